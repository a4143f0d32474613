"""What the machine may refuse or take away: a full disk, a folder that can read-only, a run that is killed."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from filelock import FileLock

from pipeline.core import atomic_files, errors, stage_runner, store, study_template
from pipeline.core.errors import CounterpointError

# Limits, rights and signals are other matters on Windows.
resource = pytest.importorskip("resource", reason="the system has no limits of this kind")

ROOT = Path(__file__).parent.parent
TURN = {
    "document": "a.txt",
    "turn_id": "a.txt:1",
    "speaker": "Anna",
    "case": "a.txt/Anna",
    "part": "participant",
    "start": 0,
    "end": 5,
    "time_s": None,
    "place": "",
    "text": "Hello",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("study: data/x\n")
    (tmp_path / "data/x/transcripts").mkdir(parents=True)
    return tmp_path


def turns(n: int, text: str = "Hello") -> pd.DataFrame:
    return pd.DataFrame([TURN | {"turn_id": f"a.txt:{at}", "text": text} for at in range(n)])


def large(n: int = 20_000) -> pd.DataFrame:
    """A table that does not fit into a few kilobytes, however it is packed."""
    words = np.random.default_rng(1).integers(0, 10**9, n).astype(str)
    return turns(n).assign(text=words)


def python(root: Path, code: str) -> "subprocess.Popen[str]":
    """A process that has the project's modules, in a folder."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize(
    ("number", "word"),
    [(errno.ENOSPC, "full"), (errno.EROFS, "read-only"), (errno.EACCES, "permission denied"), (errno.EFBIG, "limit")],
)
def test_what_the_machine_refuses_is_a_sentence_with_a_remedy(number: int, word: str):
    said = str(errors.refused(OSError(number, "as the system says", "a/file"), doing="Stage x"))
    assert word in said and "a/file" in said and "again" in said


def test_a_refusal_without_a_file_says_what_was_being_done():
    assert str(errors.refused(OSError(errno.ENOSPC, "full"), doing="Writing x")).startswith("Writing x failed")


def test_a_refusal_is_found_below_a_librarys_own_error():
    try:
        try:
            raise OSError(errno.ENOSPC, "full", "the.xlsx")
        except OSError as low:
            raise RuntimeError("the library's own words") from low
    except RuntimeError as high:
        assert "the.xlsx" in str(errors.refused(high, doing="x"))
    rust = RuntimeError("I/O error: No space left on device (os error 28)")
    assert "disk is full" in str(errors.refused(rust, doing="x"))


@pytest.mark.parametrize(
    "fault", [ValueError("no"), FileNotFoundError(errno.ENOENT, "not there", "x"), KeyError("x"), OSError("no number")]
)
def test_a_fault_that_is_not_the_machines_is_none_of_its_sentences(fault: Exception):
    assert errors.refused(fault, doing="x") is None


def test_too_little_memory_is_a_sentence():
    assert "memory" in str(errors.refused(MemoryError(), doing="Stage themes"))


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "full"), MemoryError(), OSError(errno.EROFS, "ro", "f")])
def test_a_stage_ends_with_the_sentence_and_no_traceback(
    root: Path, capsys: pytest.CaptureFixture[str], fault: Exception
):
    with pytest.raises(SystemExit) as stop, stage_runner.opened("ingest"):
        raise fault
    assert stop.value.code == 1
    assert capsys.readouterr().err.strip() == str(errors.refused(fault, doing="Stage ingest"))


def test_a_file_of_ours_that_is_missing_keeps_its_traceback(root: Path):
    with pytest.raises(FileNotFoundError), stage_runner.opened("ingest"):
        (root / "nowhere").read_text()


def test_a_full_disk_leaves_the_old_table_whole_and_no_half_one(tmp_path: Path):
    store.write(tmp_path, "turns", turns(1))
    before = store.path(tmp_path, "turns").read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    frame = large()
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        with pytest.raises(store.StoreError, match="turns"):
            store.write(tmp_path, "turns", frame)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert store.path(tmp_path, "turns").read_bytes() == before
    assert files(tmp_path / "interim") == ["turns.parquet"]
    store.write(tmp_path, "turns", frame)
    assert len(store.read(tmp_path, "turns")) == len(frame)


def test_a_disk_that_fills_at_the_last_step_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "full", str(self))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(store.StoreError, match="the disk is full"):
        store.write(tmp_path, "turns", turns(1))
    assert files(tmp_path / "interim") == []


def test_a_place_that_cannot_be_a_folder_is_a_sentence(tmp_path: Path):
    (tmp_path / "interim").write_text("a file")
    with pytest.raises(store.StoreError, match="with that name"):
        store.write(tmp_path, "turns", turns(1))


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to the system's administrator")
def test_a_folder_that_can_only_be_read_is_a_sentence(tmp_path: Path):
    (tmp_path / "interim").mkdir(mode=0o500)
    with pytest.raises(store.StoreError, match="permission denied"):
        store.write(tmp_path, "turns", turns(1))


KILLED_IN_MID_WRITE = """
    import os, signal
    from pathlib import Path
    import pyarrow.parquet as pq
    from pipeline.core import store

    def half(table, place, **options):
        Path(place).write_bytes(b"PAR1 half of what somebody said")
        os.kill(os.getpid(), signal.SIGKILL)

    pq.write_table = half
    store.write(Path("x"), "turns", store.empty("turns"))
"""


def test_a_stage_killed_as_it_writes_leaves_the_old_table_and_the_next_run_clears_up(tmp_path: Path):
    store.write(tmp_path / "x", "turns", turns(3))
    before = store.path(tmp_path / "x", "turns").read_bytes()
    process = python(tmp_path, KILLED_IN_MID_WRITE)
    _, said = process.communicate()
    assert process.returncode == -signal.SIGKILL, said
    assert store.path(tmp_path / "x", "turns").read_bytes() == before
    assert len(files(tmp_path / "x/interim")) == 2, "the kill must have struck between the file and its rename"
    store.write(tmp_path / "x", "turns", turns(2))
    assert files(tmp_path / "x/interim") == ["turns.parquet"]


def test_what_dvc_left_of_a_copy_is_cleared_up_too(tmp_path: Path):
    (tmp_path / "interim").mkdir()
    (tmp_path / "interim" / ".19PMFEtFVB2Cogl6TQJNUg.tmp").write_text("half of what somebody said")
    (tmp_path / "interim" / ".mine.tmp").write_text("not ours")
    store.write(tmp_path, "turns", turns(1))
    assert files(tmp_path / "interim") == [".mine.tmp", "turns.parquet"]


def test_another_tables_unfinished_file_is_left_alone(tmp_path: Path):
    (tmp_path / "interim").mkdir()
    (tmp_path / "interim" / ".turns_more.7.new").write_text("not ours")
    store.write(tmp_path, "turns", turns(1))
    assert ".turns_more.7.new" in files(tmp_path / "interim")


def test_a_template_is_laid_out_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(temporary: Path, place: Path) -> None:
        raise OSError(errno.ENOSPC, "full", str(temporary))

    with monkeypatch.context() as patched:
        patched.setattr(atomic_files, "_name", full)
        with pytest.raises(OSError, match="full"):
            study_template.create(tmp_path / "new")
    assert not (tmp_path / "new/codebook.yaml").exists() and not list(atomic_files.leftovers(tmp_path / "new"))
    study_template.create(tmp_path / "new")
    assert (tmp_path / "new/codebook.yaml").read_text() == study_template.CODEBOOK


HOLDS = """
    import sys, time
    from pipeline.core import stage_runner as stage
    with stage.opened("ingest"):
        print("held", flush=True)
        sys.stdin.readline()
        time.sleep({seconds})
"""


def holder(root: Path, seconds: float) -> "subprocess.Popen[str]":
    """A process that holds a stage's lock until it is told to end, and some seconds more."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDS.format(seconds=seconds))],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdout.readline() == "held\n"
    return process


def test_a_stage_waits_for_the_run_before_it_and_says_so(root: Path, capsys: pytest.CaptureFixture[str]):
    other = holder(root, 0.3)
    assert other.stdin
    other.stdin.write("\n")
    other.stdin.flush()
    with stage_runner.opened("ingest") as params:
        assert params.study == "data/x"
    other.communicate()
    assert "Waiting for it to finish" in capsys.readouterr().err


def test_a_run_before_it_that_was_killed_holds_nothing(root: Path, capsys: pytest.CaptureFixture[str]):
    other = holder(root, 60)
    other.kill()
    other.communicate()
    with stage_runner.opened("ingest"):
        pass
    assert capsys.readouterr().err == ""


def test_a_run_before_it_that_does_not_end_is_named(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stage_runner, "WAIT_S", 0.1)
    (root / "data/x/.cache").mkdir()
    with FileLock(root / "data/x/.cache/ingest.lock"), pytest.raises(SystemExit), stage_runner.opened("ingest"):
        pass
    assert "has not finished" in capsys.readouterr().err


def test_the_lock_is_free_again_after_a_stage_that_failed(root: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit), stage_runner.opened("ingest"):
        raise CounterpointError("Row 3 has no code.")
    with stage_runner.opened("ingest"):
        pass
    assert capsys.readouterr().err == "Row 3 has no code.\n"


STARTS_A_STAGE_AND_DIES = """
    import os, signal, subprocess, sys
    child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    child.stdout.readline()
    print(child.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
GOES_ON = """
import pathlib, time
from pipeline.core import stage_runner as stage
with stage.opened("ingest"):
    print("held", flush=True)
    time.sleep(3)
    pathlib.Path("written").write_text("by a stage that nobody waits for")
"""


@pytest.mark.parametrize(("environment", "goes_on"), [({"DVC_STAGE": "ingest"}, False), ({}, True)])
def test_a_stage_ends_with_the_dvc_that_started_it_and_by_hand_it_goes_on(
    root: Path, environment: dict[str, str], goes_on: bool
):
    outer = [sys.executable, "-c", textwrap.dedent(STARTS_A_STAGE_AND_DIES), GOES_ON]
    clean = {name: value for name, value in os.environ.items() if name != "DVC_STAGE"}
    with subprocess.Popen(
        outer, cwd=root, env={**clean, "PYTHONPATH": str(ROOT), **environment}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
    until = time.monotonic() + 60
    while time.monotonic() < until and _alive(pid):
        time.sleep(0.05)
    assert not _alive(pid)
    assert (root / "written").exists() == goes_on


def _alive(pid: int) -> bool:
    """Whether a process runs: one that nobody collected does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
