"""The handout: which passages stand on a card, that no name does, and that nothing filled in is overwritten."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from docx import Document

from pipeline.commands import handout
from pipeline.core import store
from pipeline.corpus.readers import word_tables
from pipeline.exchange import handout as sheet

NAMES = ("themes", "theme_quotes", "theme_assignments", "segments", "cases")


@pytest.fixture
def tables(small_study):
    return {name: store.read(small_study, name) for name in NAMES}


@pytest.fixture
def study(small_study, tmp_path) -> Path:
    return shutil.copytree(small_study, tmp_path / "data" / "small")


def text(place: Path) -> str:
    made = Document(str(place))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in made.paragraphs), *cells])


def test_a_card_for_each_theme_largest_first_in_plain_sentences(tables):
    cards = handout.cards(tables)
    assert [card.label for card in cards] == ["Charts at <home>", "Time & the ward"]
    sizes = tables["themes"].set_index("theme_id")
    people, passages = sizes.n_cases[0], sizes.n_segments[0]
    assert cards[0].about == (
        f"{people} people spoke of this, in {passages} passages. Frequent words: charts, home and nobody."
    )


def test_a_theme_of_documents_alone_is_said_to_be_that(tables):
    tables["themes"]["n_cases"] = 0
    assert "of documents or notes without named speakers." in handout.cards(tables)[0].about


def test_the_chosen_quotes_come_first_and_none_from_the_edge_unless_there_is_room(tables):
    texts = tables["segments"].set_index("segment_id").text
    first = tables["theme_quotes"].query("theme_id == 0 and kind == 'typical'").segment_id
    said = [quote for quote, _ in handout.cards(tables)[0].quotes]
    assert said[: len(first)] == [texts[name] for name in first]
    assert len(said) <= handout.QUOTES
    assert len(set(said)) == len(said)


def test_for_a_role_only_what_people_of_that_role_said(tables):
    case_of = tables["segments"].drop_duplicates("text").set_index("text").case
    doctors = set(tables["cases"].query("role == 'doctor'").case)
    for card in handout.cards(tables, role="doctor"):
        assert {case_of[said] for said, _ in card.quotes} <= doctors
        assert {role for _, role in card.quotes} <= {"doctor"}


def test_where_nobody_of_the_role_spoke_of_it_that_is_said(tables):
    tables["cases"]["role"] = "doctor"
    tables["segments"]["case"] = ""
    assert handout.cards(tables, role="doctor")[0].about.endswith("Nobody with the role “doctor” mentioned it.")
    assert handout.cards(tables, role="doctor")[0].quotes == ()


@pytest.mark.parametrize("wanted", ["nurse", " NURSE "])
def test_a_role_is_found_however_it_is_spelt(tables, wanted):
    assert handout.known_role(tables["cases"], wanted) == "nurse"
    assert handout.known_role(tables["cases"].rename(columns={"role": "Role"}), wanted) == "nurse"


def test_a_role_that_nobody_has_is_refused_with_those_there_are(tables):
    with pytest.raises(handout.HandoutError, match="Roles: doctor, nurse"):
        handout.known_role(tables["cases"], "porter")
    with pytest.raises(handout.HandoutError, match=r"participants\.csv"):
        handout.known_role(tables["cases"].drop(columns="role"), "nurse")


def test_without_roles_the_cards_have_none(tables):
    tables["cases"] = tables["cases"].drop(columns=["role"])
    assert {who for card in handout.cards(tables) for _, who in card.quotes} == {""}


def test_the_order_of_rows_makes_no_difference(tables):
    turned = {name: table.iloc[::-1] for name, table in tables.items()}
    assert handout.cards(turned) == handout.cards(tables)


def test_no_name_and_no_document_is_on_it(study):
    handout.write(study, to=study / "out.docx")
    said = text(study / "out.docx")
    named = {*store.read(study, "segments").speaker, *store.read(study, "documents").document} - {""}
    assert not [name for name in named if name in said]


def test_it_is_written_where_it_is_wanted_and_the_same_bytes_twice(study):
    lines = handout.write(study, role="nurse")
    place = study / "export" / "handout-nurse.docx"
    assert str(place) in lines[0]
    first = place.read_bytes()
    handout.write(study, role="nurse")
    assert place.read_bytes() == first
    handout.write(study, to=study / "deep" / "other.docx")
    assert (study / "deep" / "other.docx").exists()


def test_a_form_that_may_be_filled_in_is_not_overwritten(study):
    handout.write(study)
    place = study / "export" / "handout.docx"
    place.write_bytes(b"filled in")
    with pytest.raises(handout.HandoutError, match="may have been filled in"):
        handout.write(study)
    assert place.read_bytes() == b"filled in"


def test_a_study_without_themes_has_nothing_to_hand_out(study, tmp_path):
    with pytest.raises(handout.HandoutError, match="counterpoint run"):
        handout.write(tmp_path)
    for name in ("themes", "theme_assignments", "theme_quotes"):
        store.write(study, name, store.empty(name))
    with pytest.raises(handout.HandoutError, match="no candidate theme"):
        handout.write(study)


def test_the_form_has_a_table_about_the_reader_and_one_for_each_theme_with_its_number():
    card = sheet.Card(482913, "Time & <us>", "Two people.", (("It was \u202enight.", "nurse"), ("Yes.", "")))
    tables = word_tables.read_tables(sheet.document([card], study_name="ward", role="nurse"))
    assert tables == [
        [["Your name", ""], ["Your role", "nurse"], ["Date (year-month-day)", ""]],
        [
            ["Theme 482913", "Time & <us>"],
            ["What does this mean to you?", ""],
            ["What would you call it?", ""],
            ["What is missing?", ""],
        ],
    ]


def test_characters_that_word_cannot_hold_do_not_break_it():
    data = sheet.document(
        [sheet.Card(1, "a\x00b", "c\x0b", (("d\ud800".encode("utf-8", "replace").decode(), "\x1f"),))],
        study_name="s\x01",
    )
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert word_tables.read_tables(data)[1][0] == ["Theme 1", "a\ufffdb"]


def test_nothing_of_the_day_or_the_machine_is_in_it():
    data = sheet.document([], study_name="ward")
    assert data == sheet.document([], study_name="ward")
    assert Document(io.BytesIO(data)).core_properties.author == "Counterpoint"


def test_what_nothing_grouped_is_not_said_to_be_grouped_and_a_language_model_is_named(tmp_path):
    card = sheet.Card(1, "All", "Said by 2.", (("A passage.", "nurse"),))
    plain = word_text(sheet.document([card], study_name="ward"))
    assert "A computer has grouped" in plain and "language model" not in plain
    gathered = word_text(sheet.document([card], study_name="ward", grouped=False, labeller="some-model"))
    assert "too little material to divide" in gathered and "has grouped" not in gathered
    assert "written by a language model (some-model)" in gathered


def word_text(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)
