"""A handout that comes back: every answer under its author's name, once, and never lost."""

import io
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipeline import cli
from pipeline.commands import handout, handout_back, returned
from pipeline.core import store
from pipeline.corpus.readers import word_tables
from pipeline.corpus.readers.model import RefusedError
from pipeline.decisions import alternative_readings
from pipeline.decisions.alternative_readings import Reading
from pipeline.exchange import handout as sheet

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
CARDS = [sheet.Card(0, "Charts at <home>", "Two people.", ()), sheet.Card(1, "Time & the ward", "One.", ())]
MEANS, CALLED, MISSING = alternative_readings.ANSWERS.values()


@pytest.fixture
def study(small_study, tmp_path) -> Path:
    return shutil.copytree(small_study, tmp_path / "data" / "small")


def filled(place: Path, *, about=("Dev", "porter", "2026-03-01"), cards=CARDS, **answers: str) -> Path:
    """The form as somebody filled it in; answers by theme and question: t0_1 is the first question of theme 0."""
    form = Document(io.BytesIO(sheet.document(cards, study_name="small")))
    for row, said in zip(form.tables[0].rows, about, strict=True):
        row.cells[1].text = said
    for name, said in answers.items():
        theme, question = (int(part) for part in name[1:].split("_"))
        form.tables[1 + theme].rows[question].cells[1].text = said
    form.save(str(place))
    return place


def take(path: Path, study: Path, who: str = "") -> list[str]:
    return handout_back.take_in(path, study, who=who, now=NOW)


def readings(study: Path) -> list[Reading]:
    return alternative_readings.load(study / "interpretations.yaml")


def test_each_card_that_is_filled_in_is_a_reading_under_the_name_on_the_form(study, tmp_path):
    path = filled(tmp_path / "f.docx", t0_1="It is done at home.\nAlways.", t0_3="Pay 😀 <b>", t1_2="Stolen time")
    lines = take(path, study)
    by = {"who": "Dev", "role": "porter", "when": "2026-03-01"}
    assert readings(study) == [
        Reading(theme=0, label="Charts at <home>", means="It is done at home.\nAlways.", missing="Pay 😀 <b>", **by),
        Reading(theme=1, label="Time & the ward", called="Stolen time", **by),
    ]
    assert lines == [
        f"Added 2 readings by Dev (porter) to {study / 'interpretations.yaml'}. Run `counterpoint run` to see them in the report."
    ]


def opened(word: Path, place: Path) -> Path:
    """The form as LibreOffice saves it: paragraphs and tables of OpenDocument, and notes that belong to neither."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
    )
    tables = ""
    for table in Document(str(word)).tables:
        tables += "<text:p>A card.</text:p><table:table><table:table-column/>"
        for row in table.rows:
            cells = ("".join(f"<text:p>{escape(one)}</text:p>" for one in cell.text.split("\n")) for cell in row.cells)
            tables += (
                "<table:table-row>"
                + "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
                + "</table:table-row>"
            )
        tables += "</table:table>"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        xml = f"<office:document-content{names}><office:body><office:text>{tables}</office:text></office:body>"
        archive.writestr("content.xml", f"{xml}</office:document-content>")
    return place


def test_a_form_saved_as_opendocument_is_read_as_the_same_form_in_word_is(study, tmp_path):
    answers = {"t0_1": "It is done at home.\nAlways.", "t0_3": "Pay 😀 <b>", "t1_2": "Stolen time"}
    word = filled(tmp_path / "f.docx", **answers)
    path = opened(word, tmp_path / "f.odt")
    assert returned.comes_back(path)
    returned.run(path, study, now=NOW)
    from_open = readings(study)
    (study / "interpretations.yaml").unlink()
    take(word, study)
    assert readings(study) == from_open
    assert len(from_open) == 2


def test_the_same_form_again_doubles_nothing_and_an_amended_one_adds_without_replacing(study, tmp_path):
    take(filled(tmp_path / "f.docx", t0_1="One."), study)
    before = (study / "interpretations.yaml").read_bytes()
    (line,) = take(filled(tmp_path / "f.docx", t0_1="One."), study)
    assert line.startswith("Added no readings by Dev (porter) to")
    assert " 1 already existed." in line
    assert (study / "interpretations.yaml").read_bytes() == before
    take(filled(tmp_path / "f.docx", t0_1="Two."), study)
    assert [one.means for one in readings(study)] == ["One.", "Two."]


def test_several_people_stand_beside_each_other(study, tmp_path):
    for name in ("Dev", "Eva"):
        take(filled(tmp_path / "f.docx", about=(name, "", "2026-03-01"), t0_2="Ours"), study)
    assert [(one.who, one.called) for one in readings(study)] == [("Dev", "Ours"), ("Eva", "Ours")]


def test_a_form_without_a_name_needs_one_and_the_name_on_the_form_counts(study, tmp_path):
    nobody = filled(tmp_path / "f.docx", about=("", "", "2026-03-01"), t0_1="x")
    with pytest.raises(handout_back.HandoutBackError, match="--who NAME"):
        take(nobody, study)
    assert readings(study) == []
    assert "from --who" in take(nobody, study, who=" Flo ")[0]
    take(filled(tmp_path / "g.docx", t0_1="x"), study, who="Flo")
    assert [one.who for one in readings(study)] == ["Dev", "Flo"]


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("2026-02-03", "2026-02-03"),
        ("3 February 2026", "2026-02-03"),
        ("Feb 3 2026", None),
        ("February 3, 2026", "2026-02-03"),
        ("03.02.2026", "2026-02-03"),
        ("03/02/2026", None),
        ("", None),
        ("2026-13-01", None),
    ],
)
def test_a_date_that_can_be_read_in_two_ways_is_not_guessed(study, tmp_path, said, when):
    lines = take(filled(tmp_path / "f.docx", about=("Dev", "", said), t0_1="x"), study)
    assert readings(study)[0].when == (when or "2026-03-05")
    assert (len(lines) == 2) == (when is None)


def test_a_theme_that_is_gone_keeps_its_reading_and_is_pointed_out(study, tmp_path):
    cards = [sheet.Card(999_999, "Long gone", "None.", ())]
    lines = take(filled(tmp_path / "f.docx", cards=cards, t0_1="Still true."), study)
    assert readings(study)[0].theme == 999_999
    assert "Theme 999999 (Long gone) is not among the themes now" in lines[-1]


def test_a_study_without_themes_takes_readings_all_the_same(study, tmp_path):
    store.path(study, "themes").unlink()
    assert len(take(filled(tmp_path / "f.docx", t0_1="x"), study)) == 1
    assert len(readings(study)) == 1


def test_an_empty_form_is_refused(study, tmp_path):
    with pytest.raises(handout_back.HandoutBackError, match="all 2 cards are empty"):
        take(filled(tmp_path / "f.docx", t0_1="  \n "), study)


def test_another_document_is_refused_in_words(study, tmp_path):
    made = Document()
    made.add_table(rows=1, cols=2).cell(0, 0).text = "Themes 1"
    made.save(str(tmp_path / "f.docx"))
    with pytest.raises(handout_back.HandoutBackError, match="not a Counterpoint handout"):
        take(tmp_path / "f.docx", study)


def test_an_answer_as_long_as_a_book_is_refused(study, tmp_path):
    with pytest.raises(handout_back.HandoutBackError, match="longer than 20,000"):
        take(filled(tmp_path / "f.docx", t0_1="x" * 20_001), study)
    assert not (study / "interpretations.yaml").exists() or readings(study) == []


def test_a_hostile_file_is_refused_before_it_is_read(study, tmp_path):
    (tmp_path / "f.docx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(RefusedError):
        take(tmp_path / "f.docx", study)
    with pytest.raises(returned.ReturnedError, match=r"f\.docx"):
        returned.run(tmp_path / "f.docx", study)


# What XML can hold.
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
typed = st.text(LETTERS, max_size=40).map(str.strip)


@settings(max_examples=25)
@given(answers=st.lists(typed.filter(bool), min_size=3, max_size=3), name=typed.filter(bool))
def test_whatever_is_typed_into_a_cell_comes_back_as_it_is(answers: list[str], name: str, tmp_path_factory):
    place = tmp_path_factory.mktemp("f") / "f.docx"
    fields = {f"t0_{number}": said for number, said in enumerate(answers, start=1)}
    filled(place, about=(name, "", ""), **fields)
    found = handout_back.parsed(word_tables.read_tables(place.read_bytes()), place="f.docx")
    ((theme, label, said),) = found.cards
    assert (theme, label, found.who) == (0, CARDS[0].label, " ".join(name.split()))
    assert list(said.values()) == answers


TABLES = [
    [["YOUR NAME:", "Dev"], ["your role", ""]],
    [["Theme\xa0 7", "Lost"], ["What would you call it ?", "", "Ours"]],
]


def test_questions_are_known_whatever_a_program_made_of_their_spelling():
    found = handout_back.parsed(TABLES, place="f.docx")
    assert (found.who, found.role, found.date) == ("Dev", "", "")
    assert found.cards == ((7, "Lost", {"called": "Ours"}),)


@pytest.mark.parametrize("first", [[], [[]], [["Theme"]], [["Theme x"]], [["A theme 7"]]])
def test_tables_that_are_none_of_ours_are_passed_over(first):
    assert handout_back.parsed([first, *TABLES], place="f.docx").n_cards == 1


def test_a_row_that_was_copied_does_not_hide_the_first_answer():
    twice = [["Theme 7", ""], [MEANS, "first"], [MEANS, "second"], [MISSING], [CALLED, ""]]
    assert handout_back.parsed([twice], place="f.docx").cards == ((7, "", {"means": "first"}),)


def test_from_the_command_out_and_back(study, tmp_path, monkeypatch):
    (tmp_path / "params.yaml").write_text("study: data/small\n")
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    assert run(cli.app, ["handout", "--role", "nurse"]).exit_code == 0
    place = Path("data/small/export/handout-nurse.docx")
    form = Document(str(place))
    assert form.tables[0].rows[1].cells[1].text == "nurse"
    form.tables[0].rows[0].cells[1].text = "Nia"
    form.tables[1].rows[2].cells[1].text = "What we do at night"
    form.save("back.docx")
    done = run(cli.app, ["import", "back.docx"])
    assert done.exit_code == 0, done.output
    assert "1 reading by Nia (nurse)" in done.output
    (one,) = readings(Path("data/small"))
    assert (one.theme, one.called, one.role) == (0, "What we do at night", "nurse")
    assert handout.write(Path("data/small"), role="nurse")


def test_who_imports_is_not_taken_for_who_filled_it_in_unless_that_is_said(study, tmp_path, monkeypatch):
    (tmp_path / "params.yaml").write_text("study: data/small\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERPOINT_WHO", "Asha")
    path = filled(tmp_path / "f.docx", about=("", "", ""), t0_1="x")
    done = CliRunner().invoke(cli.app, ["import", str(path)])
    assert done.exit_code == 1
    assert "has no name" in str(done.exception)
    assert CliRunner().invoke(cli.app, ["import", str(path), "--who", "Flo"]).exit_code == 0
    assert [one.who for one in readings(study)] == ["Flo"]


def test_the_file_may_not_be_there(study):
    with pytest.raises(returned.ReturnedError, match="cannot be opened"):
        returned.run(study / "nowhere.docx", study)
