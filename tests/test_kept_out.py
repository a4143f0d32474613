"""What people said stays out of Git wherever a study lies, and `check` says at once where it does not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.commands import exporting, exposed, handout
from pipeline.core import environment, git_exclusions, study_template
from pipeline.core.study_paths import Places

ROOT = Path(__file__).parent.parent
PRIVATE = (
    "transcripts/wave 1/int_01.txt",
    "transcripts/Zoë.docx",
    "human_codes/a.csv",
    "participants.csv",
    "guide.yaml",
    "summaries.yaml",
    "interpretations.yaml",
    "interim/turns.parquet",
    "processed/report/framework_matrix.xlsx",
    "report/index.html",
    "sheets/coding_A.xlsx",
    "export/coded.qdpx",
    "edited/framework_matrix-12345678.xlsx",
    "earlier/codes.csv",
    ".cache/vectors.parquet",
    "paper/methods.docx",
    "codebook.before.yaml",
    "participants.csv.bak",
    "transcripts.zip",
    "audio.m4a",
    ".decisions.yaml.123.new",
)
SHARED = ("codebook.yaml", "decisions.yaml", "passages_read.yaml", ".gitignore")


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project under Git that has none of our own rules, so that a study's own have to do."""
    root = tmp_path / "my project"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    for name, value in (("user.name", "A"), ("user.email", "a@example.org"), ("commit.gpgsign", "false")):
        git(root, "config", name, value)
    git(root, "config", "core.quotePath", "false")
    monkeypatch.chdir(root)
    return root


def filled(folder: Path) -> Path:
    for name in PRIVATE:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("what somebody said")
    return folder


def taken_up(root: Path) -> set[str]:
    return set(git(root, "ls-files", "--others", "--exclude-standard").splitlines())


@pytest.mark.parametrize("name", ["data/x", "data/wave1/site-a", "studies/x", "mine", "data/Étude 面接"])
def test_git_takes_up_only_what_holds_nobody_s_words(root: Path, name: str):
    done = CliRunner().invoke(cli.app, ["new", name])
    assert done.exit_code == 0, done.output
    filled(Path(name))
    assert taken_up(root) == {f"{name}/{shared}" for shared in SHARED}
    assert exposed.exposed(Places(Path(name))) == exposed.Exposed()


def test_a_study_that_was_made_by_hand_is_kept_out_from_its_first_stage_on(root: Path):
    filled(Path("studies/x"))
    study_template.lay_out(Path("studies/x"))
    assert taken_up(root) == {f"studies/x/{shared}" for shared in SHARED}


def test_the_rule_is_there_before_anything_that_it_keeps_out(root: Path, monkeypatch: pytest.MonkeyPatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(
        Path, "mkdir", lambda self, **_: killed() if self.name == "transcripts" else original(self, **_)
    )
    with pytest.raises(KeyboardInterrupt):
        study_template.create(Path("x"))
    assert git_exclusions.stands(Path("x"))


original = Path.mkdir


@pytest.mark.parametrize("there", [b"/notes/\n!/mine.txt", b"*.bak\r\n", b"", "# équipe\n".encode("latin-1")])
def test_what_somebody_wrote_in_gitignore_stays(root: Path, there: bytes):
    Path("x").mkdir()
    Path("x/.gitignore").write_bytes(there)
    assert Path("x/.gitignore") in study_template.create(Path("x"))
    held = Path("x/.gitignore").read_bytes()
    assert held.startswith(there) and held.endswith(git_exclusions.BLOCK.encode())
    assert study_template.create(Path("x")) == []
    assert Path("x/.gitignore").read_bytes() == held
    filled(Path("x"))
    Path("x/mine.txt").write_text("said")
    assert taken_up(root) == {f"x/{shared}" for shared in SHARED}


def check(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, ["check", *words])
    return done.exit_code, done.output


def test_check_says_what_git_would_take_up(root: Path):
    Path("params.yaml").write_text("study: studies/x\n")
    filled(Path("studies/x"))
    Path("models/studies/x").mkdir(parents=True)
    Path("models/studies/x/topics.json").write_text("{}")
    code, said = check()
    assert code == 1
    line = next(line for line in said.splitlines() if "Git would add" in line)
    for name in (
        "transcripts/ (2 files)",
        "participants.csv",
        "human_codes/",
        "transcripts.zip",
        "codebook.before.yaml",
    ):
        assert name in line
    assert "`counterpoint new studies/x` writes a .gitignore" in line
    assert "Git would add topics.json in models/studies/x" in said
    assert CliRunner().invoke(cli.app, ["new", "studies/x"]).exit_code == 0
    Path(".gitignore").write_text("/models/*/\n")
    assert "Git" not in check()[1]


def test_check_says_what_git_tracks_and_how_to_take_it_out(root: Path):
    Path("params.yaml").write_text("study: data/x\n")
    study_template.create(Path("data/x"))
    filled(Path("data/x"))
    git(root, "add", "-f", "data/x/transcripts", "data/x/participants.csv")
    code, said = check()
    assert code == 1
    line = next(line for line in said.splitlines() if "Git tracks" in line)
    assert "participants.csv, transcripts/ (2 files) in data/x" in line
    command = line.partition("keep the files: ")[2].partition(". Earlier commits")[0]
    subprocess.run(command, shell=True, check=True, cwd=root)
    assert "Git" not in check()[1]
    assert Path("data/x/participants.csv").exists()


def test_what_is_let_in_on_purpose_is_told_and_is_no_problem(root: Path):
    study_template.create(Path("data/x"))
    filled(Path("data/x"))
    with Path("data/x/.gitignore").open("a") as rules:
        rules.write("!/transcripts/\n")
    found = exposed.exposed(Places(Path("data/x")))
    assert found.problems == []
    assert found.notes == [
        "data/x/.gitignore lets Git add transcripts in data/x. Make sure they contain nothing participants said."
    ]
    git(root, "add", "-A")
    assert exposed.exposed(Places(Path("data/x"))) == found


def test_dvc_s_own_store_is_looked_at(root: Path):
    study_template.create(Path("data/x"))
    Path(".dvc/cache/files").mkdir(parents=True)
    Path(".dvc/cache/files/ab").write_text("said")
    assert "files/ in .dvc/cache" in exposed.exposed(Places(Path("data/x"))).problems[0]


def test_a_repository_above_the_project_counts(root: Path, monkeypatch: pytest.MonkeyPatch):
    Path("thesis/data/x/transcripts").mkdir(parents=True)
    Path("thesis/data/x/transcripts/a.txt").write_text("said")
    monkeypatch.chdir(root / "thesis")
    assert "transcripts/ in data/x" in exposed.exposed(Places(Path("data/x"))).problems[0]
    monkeypatch.setenv("GIT_DIR", str(root / "nowhere"))
    assert exposed.exposed(Places(Path("data/x"))).problems


def test_names_that_are_not_utf_8_are_told(root: Path):
    Path("data/x/transcripts").mkdir(parents=True)
    try:
        Path("data/x/caf\udce9.txt").write_text("said")
    except OSError:
        pytest.skip("this file system takes no such name")
    (problem,) = exposed.exposed(Places(Path("data/x"))).problems
    assert "caf\\xe9.txt" in problem


def test_a_notebook_with_output_is_told(root: Path):
    study_template.create(Path("data/x"))
    Path("notebooks").mkdir()
    for name, output in (("a", ""), ("b", '{"text": ["said"]}')):
        Path(f"notebooks/{name}.ipynb").write_text(f'{{"cells": [{{"outputs": [ {output} ]}}]}}')
    for _ in range(2):
        (note,) = exposed.exposed(Places(Path("data/x"))).notes
        assert note.startswith("notebooks/b.ipynb has output")
        git(root, "add", "notebooks")


def test_what_goes_out_where_git_would_take_it_up_is_told(small_study: Path, root: Path):
    shutil.copytree(small_study, "data/x")
    Path("data/x/transcripts").mkdir(exist_ok=True)
    study_template.lay_out(Path("data/x"))
    assert not [line for line in exporting.export(Path("data/x")) if "Git" in line]
    assert not [line for line in handout.write(Path("data/x")) if "Git" in line]
    assert "Git would add files in out" in exporting.export(Path("data/x"), Path("out"))[-1]
    assert "Git would add cards.docx" in handout.write(Path("data/x"), to=Path("cards.docx"))[-1]


def test_without_git_or_a_repository_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    filled(Path("data/x"))
    if not (
        shutil.which("git") and subprocess.run(["git", "rev-parse"], capture_output=True, check=False).returncode == 0
    ):
        assert exposed.exposed(Places(Path("data/x"))) == exposed.Exposed()
    subprocess.run(["git", "init", "-q"], check=True)
    assert exposed.exposed(Places(Path("data/x"))).problems
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert exposed.exposed(Places(Path("data/x"))) == exposed.Exposed()


def test_two_people_s_decisions_are_both_kept_wherever_the_study_lies(root: Path):
    shutil.copy(ROOT / ".gitattributes", root)
    for name in ("data/x", "data/wave1/site-a", "studies/x"):
        for file in ("decisions.yaml", "passages_read.yaml"):
            assert git(root, "check-attr", "merge", "--", f"{name}/{file}").endswith("merge: union\n")


def test_the_sample_study_is_tracked_and_what_is_made_of_it_is_not(root: Path):
    shutil.copy(ROOT / ".gitignore", root)
    (root / "data/sample").mkdir(parents=True)
    shutil.copy(ROOT / "data/sample/.gitignore", root / "data/sample")
    filled(Path("data/sample"))
    kept = {name.removeprefix("data/sample/") for name in taken_up(root) - {".gitignore"}}
    given = ("transcripts/", "human_codes/", "participants.csv", "guide.yaml", "summaries.yaml", "interpretations.yaml")
    assert kept == {
        ".gitignore",
        *(
            name
            for name in PRIVATE
            if name.startswith(given) and name not in ("transcripts.zip", "participants.csv.bak")
        ),
    }
    assert study_template.create(Path("data/sample"))
    assert (root / "data/sample/.gitignore").read_bytes() == (ROOT / "data/sample/.gitignore").read_bytes()


STAGE = """stages:
  one:
    cmd: python -c "import pathlib; [pathlib.Path(p).parent.mkdir(parents=True, exist_ok=True) or pathlib.Path(p).write_text('x')
      for p in ('studies/w/x/interim/turns.parquet', 'studies/w/x/report/index.html', 'models/studies/w/x/topics.json')]"
    outs: [studies/w/x/interim/turns.parquet, studies/w/x/report/index.html, models/studies/w/x/topics.json]
"""


def test_dvc_finds_its_outputs_kept_out_and_adds_no_rules_of_its_own(root: Path):
    shutil.copy(ROOT / ".gitignore", root)
    study_template.create(Path("studies/w/x"))
    (root / "dvc.yaml").write_text(STAGE)
    (root / ".dvc").mkdir()
    shutil.copy(ROOT / ".dvc/config", root / ".dvc")
    for words in (["init", "-q", "-f"], ["config", "core.no_scm", "true"], ["repro", "-q"]):
        done = subprocess.run(
            [sys.executable, "-m", "dvc", *words],
            env=environment.variables(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    rules = {path.as_posix() for path in Path().rglob(".gitignore")}
    assert rules == {".gitignore", "studies/w/x/.gitignore", ".dvc/.gitignore"}
    assert Path("studies/w/x/.gitignore").read_text() == git_exclusions.BLOCK
    assert exposed.exposed(Places(Path("studies/w/x"))) == exposed.Exposed()
