"""`counterpoint run`: DVC's run without its advice to push, refused before DVC touches anything, ending with the report."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.commands import settings_file
from pipeline.core.errors import CounterpointError

ROOT = Path(__file__).parent.parent
# Two stages in the place of the pipeline: the file of parts, then a page that says what it was made from.
STAGES = """stages:
  study:
    cmd: python -c "import pathlib; pathlib.Path('${study}/interim').mkdir(exist_ok=True);
      pathlib.Path('${study}/interim/parts.txt').write_text('x')"
    outs: ["${study}/interim/parts.txt"]
  report:
    cmd: python -c "import pathlib; pathlib.Path('${study}/report').mkdir(exist_ok=True);
      pathlib.Path('${study}/report/index.html').write_text(pathlib.Path('${study}/transcripts/a.txt').read_text())"
    deps: ["${study}/interim/parts.txt", "${study}/transcripts/a.txt"]
    outs: ["${study}/report/index.html"]
"""


def command(root: Path, *words: str) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def counterpoint(root: Path, *words: str) -> tuple[int, str]:
    return command(root, sys.executable, "-c", "from pipeline.cli import main; main()", *words)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("run") / "my project"
    for name in ("data/x", "data/y"):
        (root / name / "transcripts").mkdir(parents=True)
        (root / name / "transcripts/a.txt").write_text(f"talk of {name}")
    (root / "params.yaml").write_text("study: data/x\n")
    (root / "dvc.yaml").write_text(STAGES)
    for words in (
        ["git", "init", "-q", "-b", "main"],
        ["git", "config", "user.name", "A"],
        ["git", "config", "user.email", "a@example.org"],
        [sys.executable, "-m", "dvc", "init", "-q"],
        [sys.executable, "-m", "dvc", "config", "core.analytics", "false"],
        ["git", "add", "-A"],
        ["git", "commit", "-q", "-m", "all"],
    ):
        assert command(root, *words)[0] == 0
    return root


def test_a_run_ends_with_the_report_and_without_advice_to_push(project: Path):
    code, said = counterpoint(project, "run", "--force")
    assert code == 0, said
    assert said.splitlines()[:2] == ["[1/2] study", "[2/2] report"]
    assert not any(word in said for word in ("dvc push", "git add", "autostage", "dvc.lock", "> python"))
    assert "The report: data/x/report/index.html" in said.splitlines()[-3]
    assert (project / "data/x/report/index.html").read_text() == "talk of data/x"
    code, said = counterpoint(project, "run")
    assert code == 0
    assert "Nothing has changed" in said and "The report: data/x" in said


def test_a_setting_may_be_given_for_the_run(project: Path):
    code, said = counterpoint(project, "run", "-S", "study=data/y")
    assert code == 0, said
    assert "The report: data/y/report/index.html" in said
    assert (project / "data/y/report/index.html").read_text() == "talk of data/y"
    assert counterpoint(project, "run", "--set", "study=data/x")[0] == 0


@pytest.mark.parametrize("study", ["../elsewhere", "/srv/x", ".", "data/link", "data/none"])
def test_a_study_that_cannot_be_one_is_refused_before_dvc_touches_anything(project: Path, study: str):
    outside = project.parent / "elsewhere"
    for place in ("interim/parts.txt", "report/index.html", "transcripts/a.txt"):
        (outside / place).parent.mkdir(parents=True, exist_ok=True)
        (outside / place).write_text("theirs")
    if not (project / "data/link").is_symlink():
        (project / "data/link").symlink_to(outside)
    kept = (project / "params.yaml").read_text()
    for words in (["run", "-S", f"study={study}"], ["run"]):
        if len(words) == 1:
            (project / "params.yaml").write_text(f"study: {study}\n")
        code, said = counterpoint(project, *words)
        (project / "params.yaml").write_text(kept)
        assert code == 1
        assert "[1/2]" not in said and "Traceback" not in said
        assert len(said.strip().splitlines()) == 1
    assert {path.read_text() for path in outside.rglob("*") if path.is_file()} == {"theirs"}


def test_a_run_that_fails_says_no_results(project: Path):
    (project / "data/x/transcripts/a.txt").rename(project / "data/x/transcripts/b.txt")
    code, said = counterpoint(project, "run")
    (project / "data/x/transcripts/b.txt").rename(project / "data/x/transcripts/a.txt")
    assert code != 0
    assert "The report:" not in said


def test_a_stage_that_always_runs_is_no_change(project: Path):
    kept = (project / "dvc.yaml").read_text()
    (project / "dvc.yaml").write_text(kept.replace("  study:\n", "  study:\n    always_changed: true\n"))
    counterpoint(project, "run")
    code, said = counterpoint(project, "run")
    (project / "dvc.yaml").write_text(kept)
    assert code == 0
    assert said.splitlines()[1] == "Nothing has changed since the last run: everything is up to date."


def test_the_next_run_says_how_long_it_will_take(project: Path):
    assert counterpoint(project, "run", "--force")[0] == 0
    code, said = counterpoint(project, "run", "--force")
    assert code == 0
    assert re.search(r"^\[1/2\] study: about \d+ s, at most \d+ s to the end$", said, re.M), said
    assert command(project, "git", "status", "--porcelain", ".dvc")[1] == ""


def test_a_stage_that_fails_is_named_and_dvc_says_nothing_of_the_command(project: Path):
    kept = (project / "dvc.yaml").read_text()
    (project / "dvc.yaml").write_text(kept.replace("write_text(pathlib", "write_text(nothing"))
    code, said = counterpoint(project, "run")
    (project / "dvc.yaml").write_text(kept)
    assert code != 0
    assert "Stage report did not finish; its message is above." in said


def test_a_setting_is_written_with_the_comments_kept_or_not_at_all(tmp_path: Path):
    path = tmp_path / "params.yaml"
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    settings_file.assign(["themes.context=9", "embed.revision=null"], path=path)
    changed = [line for line in path.read_text(encoding="utf-8").splitlines() if line not in text.splitlines()]
    assert changed == ["  context: 9"]
    before = path.read_bytes()
    for wrong in ("themes.contxt=2", "themes=2", "nothing.at.all=1", "themes.context", "=2", "study=../elsewhere"):
        with pytest.raises(CounterpointError):
            settings_file.assign(["themes.context=3", wrong], path=path)
    assert path.read_bytes() == before


def test_the_first_study_of_a_project_is_named_and_no_other(tmp_path: Path):
    path = tmp_path / "params.yaml"
    path.write_text("# which\nstudy: data/sample\n")
    assert settings_file.name_first_study(Path("data/été 1"), path=path)
    assert path.read_text(encoding="utf-8") == "# which\nstudy: data/été 1\n"
    (tmp_path / "data/été 1/transcripts").mkdir(parents=True)
    assert not settings_file.name_first_study(Path("data/other"), path=path)
    assert not settings_file.name_first_study(Path("data/other"), path=tmp_path / "none.yaml")
