"""One lock a study: what people wrote is read, changed and written by one command at a time."""

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from pipeline.core import study_lock
from pipeline.core.errors import CounterpointError
from pipeline.decisions import reading_ledger

ROOT = Path(__file__).parent.parent
READS = """
    import sys
    from pathlib import Path
    from pipeline.decisions import reading_ledger as reading
    for at in range(5):
        reading.opened(Path(sys.argv[1]), [f"{sys.argv[2]}-{at}"], who="Asha")
"""
HOLDS = """
    import sys
    from pathlib import Path
    from pipeline.core import study_lock as people_files
    with people_files.locked(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.readline()
"""


def python(code: str, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def holder(study: Path) -> "subprocess.Popen[str]":
    process = python(HOLDS, str(study))
    assert process.stdout and process.stdout.readline() == "held\n"
    return process


def test_what_several_processes_write_at_once_is_all_kept(tmp_path: Path):
    running = [python(READS, str(tmp_path), name) for name in "abcd"]
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
    kept = {read.segment for read in reading_ledger.load(tmp_path / "passages_read.yaml")}
    assert kept == {f"{name}-{at}" for name in "abcd" for at in range(5)}
    assert [path.name for path in tmp_path.iterdir()] == ["passages_read.yaml"], "the lock leaves nothing"


def test_what_several_threads_write_at_once_is_all_kept(tmp_path: Path):
    def read(name: str) -> None:
        for at in range(5):
            reading_ledger.opened(tmp_path, [f"{name}-{at}"], who="Asha")

    threads = [threading.Thread(target=read, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reading_ledger.load(tmp_path / "passages_read.yaml")) == 20


def test_a_command_that_does_not_end_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(study_lock, "WAIT_S", 0.1)
    other = holder(tmp_path)
    with pytest.raises(study_lock.BusyError, match="Another command is still writing to"):
        reading_ledger.opened(tmp_path, ["a"], who="Asha")
    other.communicate("\n")
    assert reading_ledger.opened(tmp_path, ["a"], who="Asha") == 1


def test_a_command_that_was_killed_holds_nothing(tmp_path: Path):
    other = holder(tmp_path)
    other.kill()
    other.communicate()
    assert (tmp_path / study_lock.LOCK).exists()
    assert reading_ledger.opened(tmp_path, ["a"], who="Asha") == 1
    assert not (tmp_path / study_lock.LOCK).exists()


def test_it_may_be_taken_again_by_the_one_who_holds_it_under_any_name_of_the_folder(tmp_path: Path, monkeypatch):
    (tmp_path / "study").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "study")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(study_lock, "WAIT_S", 0.1)
    with study_lock.locked(Path("study")), study_lock.locked(tmp_path / "link"):
        pass
    with pytest.raises(KeyError), study_lock.locked(Path("study")):
        raise KeyError
    with study_lock.locked(Path("study")):
        pass


def test_no_folder_is_made_for_a_study_that_is_not_there(tmp_path: Path):
    with pytest.raises(CounterpointError, match="does not exist"), study_lock.locked(tmp_path / "mistyped"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_killed_commands_left_is_removed_before_the_next_one_writes(tmp_path: Path):
    (tmp_path / "human_codes").mkdir()
    left = [tmp_path / ".summaries.yaml.77.new", tmp_path / "human_codes" / ".a.csv.77.new"]
    for path in left:
        path.write_text("half of what somebody said")
    with study_lock.locked(tmp_path):
        assert not any(path.exists() for path in left)


def test_git_never_sees_what_a_killed_command_left():
    for name in (study_lock.LOCK, ".summaries.yaml.77.new"):
        said = subprocess.run(["git", "check-ignore", f"data/mine/{name}", f"elsewhere/{name}"], cwd=ROOT, check=False)
        assert said.returncode == 0, name
