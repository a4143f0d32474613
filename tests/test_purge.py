"""Throwing away what was made: outputs, side caches, DVC's cache and its records; and saying what is out of reach."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from pipeline.core import environment
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.withdrawal import derived_files, purge

STAGES = """stages:
  one:
    cmd: python -c "import pathlib; pathlib.Path('data/mine/interim').mkdir(exist_ok=True);
      pathlib.Path('data/mine/interim/turns.parquet').write_text(pathlib.Path('data/mine/in.txt').read_text().upper())"
    deps: [data/mine/in.txt]
    outs: [data/mine/interim/turns.parquet]
"""


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False, env=environment.variables())
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def dvc(root: Path, *words: str) -> None:
    run(root, sys.executable, "-m", "dvc", *words)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project under Git and DVC that has run twice, so that the cache holds what is no longer there."""
    run(tmp_path, "git", "init", "-q", "-b", "main")
    for name, value in (("user.name", "A"), ("user.email", "a@example.org"), ("commit.gpgsign", "false")):
        run(tmp_path, "git", "config", name, value)
    dvc(tmp_path, "init", "-q")
    (tmp_path / "data/mine").mkdir(parents=True)
    (tmp_path / "dvc.yaml").write_text(STAGES)
    (tmp_path / "params.yaml").write_text("study: data/mine\n")
    for text in ("first words", "second words"):
        (tmp_path / "data/mine/in.txt").write_text(text)
        dvc(tmp_path, "repro", "-q")
    for place in ("data/mine/.cache/vectors.parquet", "models/data/mine/topics.json", "data/mine/report/index.html"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text("first words")
    run(tmp_path, "git", "add", "-A")
    run(tmp_path, "git", "commit", "-q", "-m", "all")
    return tmp_path


def everything(root: Path) -> str:
    files = [path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts[:1]]
    return "\n".join(path.read_text(errors="replace") for path in files).lower()


def test_what_was_made_is_gone_wherever_it_was_kept(project: Path):
    assert "first words" in everything(project)
    (project / "data/mine/in.txt").write_text("third words")
    said = purge.purge(project, Path("data/mine"))
    assert not [folder for folder in derived_files.names(Places(Path("data/mine"), project)) if folder.exists()]
    assert not (project / "models/data/mine").exists()
    assert "first words" not in everything(project) and "second words" not in everything(project)
    assert not (project / ".dvc/cache/runs").exists()
    assert not (project / "dvc.lock").exists()
    old = hashlib.md5(b"FIRST WORDS", usedforsecurity=False).hexdigest()
    assert not list((project / ".dvc").rglob(f"{old[2:]}*"))
    assert "removed data/mine/interim" in said
    assert (project / "data/mine/in.txt").exists()


def test_what_the_program_did_not_make_stays_and_is_named(project: Path):
    mine = ("data/mine/report/my notes.docx", "data/mine/export/csv/mine.csv", "models/data/mine/mine.txt")
    for place in (*mine, "data/mine/export/csv/themes.csv", "data/mine/.cache/embed/p1.parquet"):
        (project / place).parent.mkdir(parents=True, exist_ok=True)
        (project / place).write_text("first words")
    said = "\n".join(purge.purge(project, Path("data/mine")))
    for place in mine:
        assert (project / place).exists()
        assert f"kept {place}, which Counterpoint did not create" in said
    assert not (project / "data/mine/export/csv/themes.csv").exists()
    assert not (project / "data/mine/.cache").exists()
    assert "removed data/mine/interim" in said
    assert "removed data/mine/report" not in said


@pytest.mark.parametrize("place", ["data/mine/report", "data/mine/.cache", "models/data/mine"])
def test_nothing_is_removed_through_a_link(project: Path, place: str):
    kept = project / "data" / "elsewhere"
    (project / place).rename(kept)
    (project / place).symlink_to(kept)
    before = sorted(kept.rglob("*"))
    with pytest.raises(CounterpointError, match=f"{place} is a link"):
        purge.purge(project, Path("data/mine"))
    assert sorted(kept.rglob("*")) == before


def test_every_file_that_dvc_is_given_is_known_as_made():
    outs = yaml.safe_load((Path(__file__).parent.parent / "dvc.yaml").read_text())["stages"].values()
    places = [out for stage in outs for kind in ("outs", "metrics", "plots") for out in stage.get(kind, [])]
    held = {out if isinstance(out, str) else next(iter(out)) for out in places}
    known = {folder / name for folder, names in derived_files.names(Places(Path("${study}"))).items() for name in names}
    assert {Path(out) for out in held} <= known


def test_the_next_run_makes_everything_anew(project: Path):
    purge.purge(project, Path("data/mine"))
    assert purge.rerun(project) == 0
    assert (project / "data/mine/interim/turns.parquet").read_text() == "SECOND WORDS"


def test_a_run_at_work_is_not_disturbed(project: Path):
    lock = FileLock(project / "data/mine/.cache/embed.lock")
    with lock, pytest.raises(purge.PurgeError, match="The stage embed is running"):
        purge.purge(project, Path("data/mine"))
    assert (project / "data/mine/interim/turns.parquet").exists()
    purge.purge(project, Path("data/mine"))


def test_a_project_that_dvc_cannot_open_is_a_sentence(project: Path):
    (project / ".dvc/config").write_text("[core\n")
    with pytest.raises(purge.PurgeError, match="DVC cannot open the project"):
        purge.beyond(project, [])


def removal_that_fails(times: int, error: OSError):
    """A way to remove a folder into which something is still written the first few times."""
    failed = []

    def remove(folder: Path) -> None:
        if len(failed) < times:
            failed.append(folder)
            raise error
        folder.rmdir()

    return remove


def test_a_folder_that_is_still_written_to_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(purge, "PAUSE_S", 0)
    for error in (OSError(39, "Directory not empty"), FileNotFoundError(2, "No such file")):
        (tmp_path / "index").mkdir()
        monkeypatch.setattr(purge.shutil, "rmtree", removal_that_fails(purge.TRIES - 1, error))
        purge._remove(tmp_path / "index")
        assert not (tmp_path / "index").exists()


def test_a_folder_that_cannot_be_removed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(purge, "PAUSE_S", 0)
    monkeypatch.setattr(purge.shutil, "rmtree", removal_that_fails(purge.TRIES, PermissionError(13, "Not allowed")))
    with pytest.raises(purge.PurgeError, match=r"could not be removed: .*Not allowed.*run this command again"):
        purge._remove(tmp_path)


def test_without_dvc_the_folders_go(tmp_path: Path):
    (tmp_path / "data/mine/processed").mkdir(parents=True)
    assert purge.purge(tmp_path, Path("data/mine")) == ["removed data/mine/processed"]
    assert len(purge.beyond(tmp_path, [Path("data/mine/x.txt")])) == 1


def test_a_cache_outside_the_project_is_left_and_named(project: Path, tmp_path_factory: pytest.TempPathFactory):
    outside = tmp_path_factory.mktemp("shared")
    (outside / "files" / "md5" / "ab").mkdir(parents=True)
    (outside / "files" / "md5" / "ab" / "cd").write_text("somebody else's")
    dvc(project, "cache", "dir", str(outside))
    purge.purge(project, Path("data/mine"))
    assert (outside / "files" / "md5" / "ab" / "cd").exists()
    assert any(str(outside) in said and "dvc gc -w -f -p" in said for said in purge.beyond(project, []))


def test_git_s_history_experiments_and_remotes_are_named_with_what_to_do(project: Path):
    said = "\n".join(purge.beyond(project, [Path("data/mine/in.txt"), Path("data/mine/new.txt")]))
    assert "git filter-repo --invert-paths --path data/mine/in.txt`" in said
    assert "remote" not in said and "dvc exp" not in said
    dvc(project, "remote", "add", "store", str(project / "elsewhere"))
    run(project, "git", "update-ref", "refs/exps/aa/bb/exp", "HEAD")
    said = "\n".join(purge.beyond(project, []))
    assert "dvc gc -w -c -r store" in said and "dvc exp remove" in said
    assert "filter-repo" not in said
    assert "backups" in said
