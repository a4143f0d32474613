"""`counterpoint init`: a project in an empty folder, which writes over nothing; and what a wheel carries for it."""

import ast
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands import initialising
from pipeline.core import params, project_files

ROOT = Path(__file__).parent.parent


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_project_is_laid_out_and_its_first_study_can_be_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["init", "my pröject"])
    assert done.exit_code == 0, done.output
    assert 'cd "my pröject"' in done.output
    project = tmp_path / "my pröject"
    assert {*project_files.FILES, "README.md", "data/README.md"} <= set(tree(project))
    assert (project / ".counterpoint/python").stat().st_mode & stat.S_IXUSR
    assert "my pröject" in (project / "README.md").read_text(encoding="utf-8")
    monkeypatch.chdir(project)
    done = CliRunner().invoke(app, ["new", "data/x", "--framework", "cfir"])
    assert done.exit_code == 0, done.output
    assert "params.yaml now names data/x" in done.output
    assert params.load().study == "data/x"
    again = CliRunner().invoke(app, ["new", "data/x"]).output
    assert "Now put the transcripts in data/x/transcripts, look at" in again, "the study is named already"
    assert "set `study: data/y` in params.yaml" in CliRunner().invoke(app, ["new", "data/y"]).output
    (project / "data/x/transcripts/a.txt").write_text("Interviewer: Why?\n\nAna: We had no time for it at all.\n")
    done = CliRunner().invoke(app, ["check"])
    assert done.exit_code == 0, done.output


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
def test_git_takes_up_what_a_team_shares_and_nothing_of_a_run(tmp_path: Path):
    project = tmp_path / "p"
    initialising.init(project)
    for name in ("dvc.lock", ".counterpoint/environment", ".dvc/tmp/x", ".dvc/cache/x", "models/data/x/topics.json"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("x")
    subprocess.run(["git", "add", "-A"], cwd=project, check=True)
    said = subprocess.run(["git", "ls-files"], cwd=project, capture_output=True, text=True, check=True).stdout
    assert set(said.split()) == {*project_files.FILES, "README.md", "data/README.md"}


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
def test_a_project_inside_a_repository_makes_none_of_its_own(tmp_path: Path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    said = initialising.init(tmp_path / "p")
    assert not (tmp_path / "p/.git").exists()
    assert not any("Git repository" in line for line in said)


def test_a_project_may_be_laid_out_in_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    assert initialising.init(Path())[-1] == "Now: counterpoint new data/my-study"
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_without_git_a_project_is_made_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    initialising.init(tmp_path / "p")
    assert (tmp_path / "p/dvc.yaml").is_file() and not (tmp_path / "p/.git").exists()


@pytest.mark.parametrize("taken", ["params.yaml", "README.md", ".dvc/config", "data/README.md"])
def test_nothing_is_written_over(tmp_path: Path, taken: str):
    project = tmp_path / "p"
    (project / taken).parent.mkdir(parents=True)
    (project / taken).write_text("mine")
    with pytest.raises(initialising.InitError, match="nothing is overwritten") as error:
        initialising.init(project)
    assert taken in str(error.value)
    assert tree(project) == {taken: b"mine"}


def test_a_file_and_a_folder_in_another_project_are_refused(tmp_path: Path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(initialising.InitError, match="is a file"):
        initialising.init(tmp_path / "file")
    initialising.init(tmp_path / "outer")
    with pytest.raises(initialising.InitError, match="lies in another project"):
        initialising.init(tmp_path / "outer/data/inner")


def test_dvc_leaves_git_alone_so_that_it_takes_a_lock_that_git_ignores():
    config = (ROOT / ".dvc/config").read_text(encoding="utf-8")
    assert "no_scm = true" in config and "analytics = false" in config
    assert "/dvc.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_dvc_reads_a_new_project_and_keeps_its_lock_out_of_git(tmp_path: Path):
    project = tmp_path / "p"
    initialising.init(project)
    (project / "dvc.yaml").write_text("stages:\n  one:\n    cmd: echo x> out.txt\n    outs: [out.txt]\n")
    words = [sys.executable, "-m", "dvc", "repro"]
    done = subprocess.run(words, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (project / "dvc.lock").exists()
    assert "git add" not in done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this clone, built where nothing of it is written."""
    copy = tmp_path_factory.mktemp("wheel") / "clone"
    copy.mkdir()
    for name in (
        "pipeline",
        "models",
        "data/codebooks",
        ".dvc/config",
        ".dvc/.gitignore",
        ".counterpoint",
        "notebooks",
    ):
        place = copy / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place, ignore=shutil.ignore_patterns("__pycache__", "environment"))
        else:
            shutil.copy(ROOT / name, place)
    for name in ("pyproject.toml", "setup.py", "README.md", *(f for f in project_files.FILES if "/" not in f)):
        shutil.copy(ROOT / name, copy)
    words = [sys.executable, "-c", "from setuptools.build_meta import build_wheel; build_wheel('..')"]
    subprocess.run(words, cwd=copy, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": ""})
    return next(copy.parent.glob("*.whl"))


def test_a_wheel_carries_what_a_project_is_laid_out_with(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    carried = [*(ROOT / "data/codebooks").glob("*"), *(ROOT / "notebooks").glob("*.ipynb")]
    for name in [*project_files.FILES, *(one.relative_to(ROOT).as_posix() for one in carried)]:
        assert held[f"pipeline/project/{name}"] == (ROOT / name).read_bytes()
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pipeline").rglob("*.py")}
    assert modules <= set(held)
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pipeline/reporting/templates").glob("*.*")}
    assert templates <= set(held)
    assert not {name for name in held if name.startswith(("tests", "dev", "setup", "benchmarks"))}


def test_a_wheel_lays_out_the_same_project_as_a_clone(wheel: Path, tmp_path: Path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    code = "from pathlib import Path; from pipeline.commands import initialising; initialising.init(Path('p'))"
    variables = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=variables, check=True)
    initialising.init(tmp_path / "of the clone" / "p")
    noted = ".counterpoint/environment"
    theirs, ours = tree(tmp_path / "p"), tree(tmp_path / "of the clone/p")
    assert {**theirs, noted: b""} == {**ours, noted: b""}


def test_the_build_and_the_program_name_the_same_files():
    code = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    named = next(node.value for node in code.body if isinstance(node, ast.Assign) and node.targets[0].id == "PROJECT")
    assert ast.literal_eval(named) == project_files.FILES
