"""`.counterpoint/python`: which Python the stages are started with, from an environment that is active and by path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.core import launcher, project_files

ROOT = Path(__file__).parent.parent
POSIX = pytest.mark.skipif(os.name == "nt", reason="the launcher of Linux and macOS")
STAGES = 'stages:\n  one:\n    cmd: \'".counterpoint/python" -c "import pipeline"\'\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "pro jekt ü"
    (root / ".counterpoint").mkdir(parents=True)
    for name in launcher.FILES:
        shutil.copy(ROOT / name, root / name)
    (root / "dvc.yaml").write_text(STAGES)
    return root


def environment(place: Path, *, name: str = "", whole: bool = True) -> Path:
    """An environment whose Python says its name and what it was asked."""
    (place / "bin").mkdir(parents=True)
    for program in ("python", "counterpoint") if whole else ("python",):
        (place / "bin" / program).write_text(f'#!/bin/sh\necho "{name or place.name}: $*"\n')
        (place / "bin" / program).chmod(0o755)
    return place


def start(project: Path, **variables: str) -> str:
    bare = {"PATH": "/usr/bin:/bin", **variables}
    words = [str(project / ".counterpoint/python"), "-m", "pipeline.ingest"]
    return subprocess.run(words, cwd=project, env=bare, capture_output=True, text=True, check=True).stdout.strip()


@POSIX
def test_the_environment_is_found_in_this_order(project: Path, tmp_path: Path):
    asked = "-P -m pipeline.ingest"
    environment(tmp_path / "on the path")
    (tmp_path / "on the path/bin/python").rename(tmp_path / "on the path/bin/python3")
    path = f"{tmp_path}/on the path/bin:/usr/bin:/bin"
    assert start(project, PATH=path) == f"on the path: {asked}"
    environment(project / ".venv")
    assert start(project, PATH=path) == f".venv: {asked}"
    noted = environment(tmp_path / "nötig") / "bin/python"
    (project / launcher.NOTE).write_text(f"{noted}\n", encoding="utf-8")
    assert start(project) == f"nötig: {asked}"
    other = environment(tmp_path / "of something else", whole=False)
    assert start(project, VIRTUAL_ENV=str(other)) == f"nötig: {asked}", "Counterpoint is not installed in it"
    assert start(project, CONDA_PREFIX=str(environment(tmp_path / "conda"))) == f"conda: {asked}"
    active = str(environment(tmp_path / "active"))
    assert start(project, VIRTUAL_ENV=active) == f"active: {asked}"
    named = environment(tmp_path / "named", whole=False) / "bin/python"
    assert start(project, VIRTUAL_ENV=active, COUNTERPOINT_PYTHON=str(named)) == f"named: {asked}"
    noted.unlink()
    assert start(project) == f".venv: {asked}", "an environment that is gone is passed over"


@POSIX
def test_only_in_a_clone_are_the_modules_beside_dvc_yaml_the_program(project: Path):
    environment(project / ".venv")
    (project / "pipeline.py").write_text("")
    assert "-P -m" in start(project)
    (project / "pipeline").mkdir()
    (project / "pipeline/ingest.py").write_text("")
    assert start(project) == ".venv: -m pipeline.ingest"


@POSIX
def test_somebodys_own_pipeline_py_does_not_hide_the_program(project: Path):
    (project / "pipeline.py").write_text("raise SystemExit('not this one')")
    words = [str(project / ".counterpoint/python"), "-c", "import pipeline.core.errors"]
    variables = {**os.environ, "COUNTERPOINT_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    subprocess.run(words, cwd=project, env=variables, check=True)


def test_a_command_notes_its_environment_and_mends_what_is_stale(project: Path):
    (project / launcher.FILES[0]).write_text("older")
    (project / launcher.FILES[0]).chmod(0o644)
    launcher.refresh(project)
    assert (project / launcher.NOTE).read_text(encoding="utf-8").strip() == sys.executable
    assert (project / launcher.FILES[0]).read_bytes() == (ROOT / launcher.FILES[0]).read_bytes()
    if os.name != "nt":
        assert os.access(project / launcher.FILES[0], os.X_OK)
    times = {place: place.stat().st_mtime_ns for place in (project / ".counterpoint").iterdir()}
    launcher.refresh(project)
    assert {place: place.stat().st_mtime_ns for place in (project / ".counterpoint").iterdir()} == times


def test_a_projects_own_venv_need_not_be_noted_so_that_a_moved_clone_finds_its_own():
    project = Path("/srv/clone")
    assert launcher.noted(project, prefix="/srv/clone/.venv", executable="/srv/clone/.venv/bin/python") == ""
    assert launcher.noted(project, prefix="/opt/env", executable="/opt/env/bin/python") == "/opt/env/bin/python\n"


@pytest.mark.parametrize("text", [None, "stages: {}\n", "\udcff"])
def test_where_stages_are_not_started_so_nothing_is_written(tmp_path: Path, text: str | None):
    if text is not None:
        (tmp_path / "dvc.yaml").write_bytes(text.encode(errors="surrogateescape"))
    launcher.refresh(tmp_path)
    assert [place.name for place in tmp_path.iterdir()] == ([] if text is None else ["dvc.yaml"])


def test_the_launcher_of_windows_looks_in_the_same_order():
    text = (ROOT / ".counterpoint/python.cmd").read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n"), "cmd.exe reads lines that end in CR LF"
    order = [b"COUNTERPOINT_PYTHON%", b"%VIRTUAL_ENV%", b"%CONDA_PREFIX%", b'"%noted%"', b'".venv']
    places = [
        text.index(b'exist "' + name.strip(b'"')) if b"noted" not in name else text.index(name) for name in order[1:]
    ]
    assert places == sorted(places)
    assert b"exit /b %ERRORLEVEL%" in text


def test_a_project_of_an_older_version_is_told_and_a_missing_dvc_yaml_is_written(project: Path):
    said = launcher.pipeline_file(project)
    assert "differs from the one in the installed version" in said
    assert (project / "dvc.yaml").read_text() == STAGES, "it may have been changed on purpose"
    (project / "dvc.yaml").unlink()
    assert "was written" in launcher.pipeline_file(project)
    assert (project / "dvc.yaml").read_bytes() == (ROOT / "dvc.yaml").read_bytes()
    (project / "dvc.yaml").write_bytes((ROOT / "dvc.yaml").read_bytes().replace(b"\n", b"\r\n"))
    assert launcher.pipeline_file(project) == ""


def test_nothing_is_said_of_the_dvc_yaml_of_a_clone_or_of_another_project(tmp_path: Path):
    (tmp_path / "dvc.yaml").write_text(STAGES)
    assert launcher.pipeline_file(tmp_path) == launcher.pipeline_file(ROOT) == ""


def test_a_command_names_what_hides_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["where"]).stderr
    assert "Note:" not in said
    (tmp_path / "pipeline").mkdir()
    assert "Note: pipeline/ in this folder" in CliRunner().invoke(app, ["where"]).stderr
    (tmp_path / "pipeline.py").write_text("")
    assert "Note: pipeline.py in this folder" in CliRunner().invoke(app, ["where"]).stderr
    assert project_files.hidden_by(ROOT) == ""


def test_the_files_of_a_project_are_where_this_installation_has_them():
    assert project_files.root() == ROOT
    assert project_files.is_clone(ROOT) and not project_files.is_clone(ROOT / "tests")
    assert "cfir" in project_files.codebooks(ROOT)
