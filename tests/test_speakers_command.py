import codecs
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import ingest
from pipeline.cli import app
from pipeline.commands import checks, speakers
from pipeline.core import params, store, study_template
from pipeline.core.errors import CounterpointError
from pipeline.corpus import participants, participants_file

GUESSED = (
    "Ann: Why do you stay?\nBo: I like it here a lot.\nAnn: Why is that?\nBo: The people, mainly.\nAnn: And?\nBo: No.\n"
)
TEMPLATE = study_template.PARTICIPANTS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("study: data/mine\n")
    (tmp_path / "data/mine/transcripts").mkdir(parents=True)
    (tmp_path / "data/mine/transcripts/int1.txt").write_text(GUESSED)
    return Path("data/mine")


def run(folder: Path) -> dict[str, object]:
    return ingest.ingest(folder, **params.Ingest().model_dump())


def guesses(tables) -> list[str]:
    problems = tables["ingest_problems"]
    return problems.loc[problems["kind"] == "guessed", "reason"].tolist()


def write(folder: Path) -> list[str]:
    return speakers.write(folder, params.Ingest())


def own(folder: Path) -> Path:
    return folder / "participants.csv"


def test_a_proposal_is_used_as_the_guess_that_it_records_and_stays_a_question(folder):
    before = run(folder)
    assert len(guesses(before)) == 1
    write(folder)
    assert own(folder).read_text().splitlines()[-2:] == [
        "int1.txt,Bo,,participant,,,interview,no",
        "int1.txt,Ann,,interviewer,,,,no",
    ]
    after = run(folder)
    for table in ("documents", "turns", "cases", "codings"):
        assert after[table][list(before[table])].equals(before[table]), table
    (said,) = guesses(after)
    assert guesses(before)[0] in said and "write yes in the column confirmed of participants.csv, lines 6 and 7" in said
    why = dict(zip(after["speakers"]["speaker"], after["speakers"]["why"], strict=True))
    assert "line 7, not confirmed" in why["Ann"]


def test_a_confirmed_row_is_never_guessed_again(folder):
    write(folder)
    own(folder).write_text(own(folder).read_text().replace(",no\n", ",Yes\n"))
    tables = run(folder)
    assert guesses(tables) == []
    assert set(tables["turns"].loc[tables["turns"]["speaker"] == "Ann", "part"]) == {"interviewer"}
    # Whatever else is found out about them.
    (folder / "transcripts/int2.txt").write_text(GUESSED.replace("Ann", "X").replace("Bo", "Ann").replace("X", "Bo"))
    turns = run(folder)["turns"].query("document == 'int1.txt'")
    assert set(turns.loc[turns["speaker"] == "Ann", "part"]) == {"interviewer"}


def test_check_names_the_command_only_while_a_speaker_has_no_row(folder):
    # One text without speakers: what it is stays a guess whatever is confirmed of the speakers.
    (folder / "transcripts/notes.txt").write_text("It was a long day, and nobody had slept.\n")
    asks = "run `counterpoint speakers`"
    assert any(asks in line for line in checks.check(folder).lines)
    write(folder)
    lines = checks.check(folder).lines
    assert not any(asks in line for line in lines) and any("not confirmed (lines" in line for line in lines)
    own(folder).write_text(own(folder).read_text().replace(",no\n", ",yes\n"))
    survey = "id;Why do you stay?;What would help?\n" + "".join(
        f"{n};I like it here a lot;More hours and {n} people\n" for n in range(9)
    )
    (folder / "transcripts/survey.csv").write_text(survey)
    lines = checks.check(folder).lines
    assert any(asks in line for line in lines), lines
    write(folder)
    own(folder).write_text(own(folder).read_text().replace(",no\n", ",yes\n"))
    found = checks.check(folder)
    assert any(one.questions for one in found.documents), "something is still guessed"
    assert not any(asks in line or "not confirmed" in line for line in found.lines)


def test_a_correction_counts_at_once_and_is_asked_about_until_it_is_confirmed(folder):
    write(folder)
    text = own(folder).read_text().replace("Ann,,interviewer", "Ann,,participant")
    own(folder).write_text(text.replace("Bo,,participant", "Bo,,interviewer"))
    tables = run(folder)
    assert set(tables["turns"].loc[tables["turns"]["speaker"] == "Ann", "part"]) == {"participant"}
    (said,) = guesses(tables)
    assert "gives 'Bo' as the interviewer" in said and "lines 6 and 7" in said
    own(folder).write_text(own(folder).read_text().replace(",no\n", ",yes\n"))
    assert guesses(run(folder)) == []


def test_a_proposed_source_type_is_asked_about_until_it_is_confirmed(folder):
    (folder / "transcripts/int1.txt").write_text("It was a long day, and nobody had slept.\n")
    before = guesses(run(folder))
    write(folder)
    (said,) = guesses(run(folder))
    assert said.startswith(before[0]) and "line 6" in said
    own(folder).write_text(own(folder).read_text().replace("interview,no", "field_note,yes"))
    tables = run(folder)
    assert guesses(tables) == [] and tables["documents"]["source_type"].tolist() == ["field_note"]


def test_a_proposal_does_not_change_how_a_file_is_read(folder):
    once = GUESSED + "Zed: I only brought the tea.\n"
    (folder / "transcripts/int1.txt").write_text(once)
    before = run(folder)["turns"]
    own(folder).write_text("document,speaker,case,part,confirmed\nint1,Zed,,none,no\n")
    assert run(folder)["turns"].equals(before)
    own(folder).write_text("document,speaker,case,part,confirmed\nint1,Zed,,none,yes\n")
    assert "Zed" in set(run(folder)["turns"]["speaker"])


def test_rows_columns_order_and_comments_of_people_are_kept(folder):
    text = '# who, and "when"\ncase;document;speaker;part;role\n# Bo is new\nb1;int1;BO;;nurse; \n'
    own(folder).write_bytes(text.replace("\n", "\r\n").encode())
    said = write(folder)
    lines = own(folder).read_bytes().decode().split("\r\n")
    assert lines == [
        '# who, and "when"',
        "case;document;speaker;part;role;source_type;confirmed",
        "# Bo is new",
        "b1;int1;BO;;nurse; ",
        ";int1.txt;Ann;interviewer;;interview;no",
        "",
    ]
    assert (folder / "earlier/participants.csv").read_bytes() == text.replace("\n", "\r\n").encode()
    assert any("earlier" in line for line in said)
    before = own(folder).read_bytes()
    write(folder)
    assert own(folder).read_bytes() == before, "nothing is added twice"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_is_kept_and_names_survive(folder, encoding):
    (folder / "transcripts/int1.txt").write_text(GUESSED.replace("Ann", "Zoë").replace("Bo", "=Bo, Jr"), "utf-8")
    own(folder).write_bytes("document,speaker,case,part,rôle\n".encode(encoding))
    tables = run(folder)
    write(folder)
    data = own(folder).read_bytes()
    assert data.startswith("document".encode(encoding)[:4])
    assert {person.speaker for person in participants.read_participants(own(folder))} == set(tables["turns"]["speaker"])


def test_a_file_of_ascii_gets_the_mark_by_which_excel_knows_other_letters():
    plain, rows = b"document,speaker,case,part\n", [{"document": "a", "speaker": "Zo\u00eb"}]
    assert participants_file.extend(plain, columns=(), rows=rows).startswith(codecs.BOM_UTF8)
    assert not participants_file.extend(plain, columns=(), rows=[{"document": "a"}]).startswith(codecs.BOM_UTF8)


def test_comments_that_excel_has_put_in_quotation_marks_are_no_header():
    data = b'"# who, when",,,\r\ndocument,speaker,case,part\r\na,b,c,'
    made = participants_file.extend(data, columns=("confirmed",), rows=[{"document": "x", "confirmed": "no"}])
    assert made == b'"# who, when",,,\r\ndocument,speaker,case,part,confirmed\r\na,b,c,\r\nx,,,,no\r\n'


def test_errors_are_said_and_nothing_is_written(folder):
    own(folder).write_text("document,speaker,case,part,confirmed\nint1,Bo,b,guest,\nint1,Ann,,,perhaps\n")
    before = own(folder).read_bytes()
    with pytest.raises(CounterpointError) as error:
        write(folder)
    assert "line 2: unknown part" in str(error.value) and "line 3: unknown entry 'perhaps'" in str(error.value)
    assert own(folder).read_bytes() == before and not (folder / "earlier").exists()


def test_a_file_changed_meanwhile_is_not_written_over(folder, monkeypatch):
    theirs = TEMPLATE + "int1,Bo,b,participant,nurse,\n"

    def slow(*args, **kwargs):
        tables = real(*args, **kwargs)
        own(folder).write_text(theirs)
        return tables

    real = ingest.ingest
    monkeypatch.setattr(ingest, "ingest", slow)
    with pytest.raises(CounterpointError, match="changed meanwhile"):
        write(folder)
    assert own(folder).read_text() == theirs


def test_the_command_and_check_say_what_waits(folder):
    said = CliRunner().invoke(app, ["speakers"]).output
    assert "Added 2 rows for 1 document to" in said and "2 rows to confirm (lines 6 and 7)" in said
    assert any("2 rows of participants.csv are not confirmed" in line for line in checks.check(None).lines)
    own(folder).write_text(own(folder).read_text().replace(",no\n", ",yes\n"))
    assert "every row is confirmed" in CliRunner().invoke(app, ["speakers"]).output
    assert not any("confirmed" in line for line in checks.check(None).lines)


def test_the_column_is_no_attribute_of_a_case(folder):
    write(folder)
    assert list(run(folder)["cases"]) == ["case", "role", "site"]
    for name, frame in run(folder).items():
        store.write(folder, name, frame)
