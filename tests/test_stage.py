"""A stage's edges: one sentence instead of a traceback, one run at a time, fixed threads."""

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from threadpoolctl import threadpool_info

from pipeline.core import stage_runner
from pipeline.core.errors import CounterpointError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("study: data/x\n")
    (tmp_path / "data/x/transcripts").mkdir(parents=True)
    return tmp_path


def test_a_stage_gets_params_and_a_laid_out_study(root: Path):
    with stage_runner.opened("ingest") as params:
        assert params.study == "data/x"
        assert (root / "data/x/codebook.yaml").exists()


def test_what_the_user_can_mend_is_a_sentence_and_exit_code_1(root: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stop, stage_runner.opened("ingest"):
        raise CounterpointError("Row 3 of codes.csv has no code. Fill it in.")
    assert stop.value.code == 1
    assert capsys.readouterr().err == "Row 3 of codes.csv has no code. Fill it in.\n"


def test_a_fault_of_ours_keeps_its_traceback(root: Path):
    with pytest.raises(ZeroDivisionError), stage_runner.opened("ingest"):
        _ = 1 / 0


def test_two_runs_of_one_stage_do_not_write_over_each_other(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stage_runner, "WAIT_S", 0.1)
    (root / "data/x/.cache").mkdir()
    with FileLock(root / "data/x/.cache/ingest.lock"), pytest.raises(SystemExit), stage_runner.opened("ingest"):
        pass
    assert "another run" in capsys.readouterr().err


def test_a_study_that_is_not_there_is_named(root: Path, capsys: pytest.CaptureFixture[str]):
    (root / "params.yaml").write_text("study: data/y\n")
    with pytest.raises(SystemExit), stage_runner.opened("ingest"):
        pass
    assert "data/y" in capsys.readouterr().err


def test_the_number_of_threads_is_fixed(root: Path):
    import numpy as np

    assert np.eye(2).sum() == 2
    with stage_runner.opened("ingest"):
        assert {library["num_threads"] for library in threadpool_info()} == {1}


def test_the_stage_that_always_runs_loads_no_tables():
    code = "import sys, pipeline.study; print(sorted({'pandas', 'pandera', 'spacy', 'sklearn'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
