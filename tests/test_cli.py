"""The commands: a new study, a check that lists every problem, and where the results are."""

import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.core import store
from tests import coded_study


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("study: data/my-study\n")
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, list(words))
    return done.exit_code, done.output


def transcript(
    root: Path,
    name: str = "int_1.txt",
    text: str = "Interviewer: Why?\n\nAnna: Because.\n\nInterviewer: And?\n\nAnna: No.\n",
):
    (root / "data/my-study/transcripts").mkdir(parents=True, exist_ok=True)
    (root / "data/my-study/transcripts" / name).write_text(text)


def test_a_new_study_is_laid_out_and_says_what_comes_next(root: Path):
    code, said = run("new", "data/my-study")
    assert code == 0
    assert (root / "data/my-study/transcripts").is_dir()
    assert "Now put the transcripts in data/my-study/transcripts, look at what `counterpoint check` says" in said
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert run("new", "data/my-study")[0] == 0
    assert before == {path: path.stat().st_mtime_ns for path in root.rglob("*")}


def test_a_fresh_study_without_transcripts_says_what_is_missing(root: Path):
    run("new", "data/my-study")
    code, said = run("check")
    assert code == 1
    assert "no readable transcripts" in said


def test_a_study_that_can_be_run_is_said_to_be(root: Path):
    transcript(root)
    code, said = run("check")
    assert code == 0
    assert "1 document (1 interview), " in said
    assert "is ready" in said
    assert not (root / "data/my-study/codebook.yaml").exists(), "a check writes nothing"


def test_every_problem_is_listed_at_once(root: Path):
    transcript(root)
    transcript(root, "empty.txt", "")
    transcript(root, "photo.heic", "x")
    (root / "params.yaml").write_text("study: data/my-study\nsegment: {max_words: few}\n")
    (root / "data/my-study/codebook.yaml").write_text("codes: [{name: a}, {name: a}]\n")
    (root / "data/my-study/decisions.yaml").write_text("decisions: [{action: accept}]\n")
    (root / "data/my-study/human_codes").mkdir()
    (root / "data/my-study/human_codes/c.csv").write_text(
        "document,start,end,text,code,coder\nint_1,,,Nobody said this,Time,A\nint_9,0,3,Why,Time,A\n"
    )
    code, said = run("check", "data/my-study")
    assert code == 1
    for part in ("segment.max_words", "codebook.yaml", "decisions.yaml", "empty.txt", "photo.heic", "c.csv", "int_9"):
        assert part in said
    assert "Traceback" not in said


def test_codes_beyond_the_codebook_are_noted_and_stop_nothing(root: Path):
    transcript(root)
    (root / "data/my-study/codebook.yaml").write_text("codes: [{name: Staffing}]\n")
    (root / "data/my-study/human_codes").mkdir()
    (root / "data/my-study/human_codes/c.csv").write_text(
        "document,start,end,text,code,coder\nint_1,,,Because.,Time,A\n"
    )
    code, said = run("check")
    assert code == 0
    assert "not in data/my-study/codebook.yaml: Time" in said


def test_a_study_that_is_not_there_is_a_sentence(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    code, said = run("check", "data/mispelt")
    assert code == 1
    assert "data/mispelt/transcripts does not exist" in said
    monkeypatch.setattr("sys.argv", ["counterpoint", "new", "data/x", "--framework", "nothing"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 1
    assert "Unknown framework" in capsys.readouterr().err


def test_where_names_the_report_once_it_is_there(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.argv", ["counterpoint", "where"])
    with pytest.raises(SystemExit):
        cli.main()
    assert "counterpoint run" in capsys.readouterr().err
    (root / "data/my-study/report").mkdir(parents=True)
    (root / "data/my-study/report/index.html").write_text("")
    code, said = run("where")
    assert code == 0
    assert "data/my-study/report/index.html" in said


def test_the_report_is_opened_when_asked_and_else_only_named(root: Path, monkeypatch: pytest.MonkeyPatch):
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    page = root / "data/my-study/report/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("")
    code, said = run("report")
    assert (code, opened) == (0, [])
    assert "data/my-study/report/index.html" in said
    assert run("report", "--open")[0] == 0
    assert opened == [page.resolve().as_uri()]


def test_a_blind_sheet_goes_out_without_the_machine_s_answers_and_comes_back_as_codings(root: Path):
    study = root / "data/my-study"
    (study / "human_codes").mkdir(parents=True)
    (study / "codebook.yaml").write_text("codes: [{name: A}, {name: B}]\n")
    made = coded_study.tables()
    for name in ("documents", "turns", "cases", "codings", "segments", "code_assignments"):
        store.write(study, name, made[name])
    code, said = run("sample-for-coding", "--coder", "Carla", "--n", "4")
    assert code == 0, said
    sheet = study / "sheets/coding_Carla.csv"
    text = sheet.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4
    assert not {"score", "theme", "theme_id"} & set(rows[0])
    assert run("sample-for-coding", "--coder", "Carla")[0] != 0, "a sheet that may be half filled is not overwritten"
    for row in rows:
        row["code"] = "A"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    code, said = run("import", str(sheet))
    assert code == 0, said
    (taken,) = (study / "human_codes").glob("*.csv")
    assert [row["code"] for row in csv.DictReader(taken.open(encoding="utf-8"))] == ["A"] * 4
