"""What reading and writing REFI-QDA share: ids, dates, and the lines of descriptions that are read again."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import refi
from pipeline.deductive import codebook
from pipeline.reporting import code_text

LINE = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20)


def test_ids_are_the_same_every_time_and_differ_between_things():
    assert refi.guid("s", "code", "Time") == refi.guid("s", "code", "Time") == "25028a4b-85a7-56ca-8d67-50ab5a5422c4"
    keys = [
        ("s", "code", "Time"),
        ("t", "code", "Time"),
        ("s", "user", "Time"),
        ("s", "code", "Time", ""),
        ("s", "codeTime"),
    ]
    assert len({refi.guid(*key) for key in keys}) == len(keys)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", refi.guid("s", "a", 1))


@pytest.mark.parametrize(
    ("date", "written", "read"),
    [
        ("2026-01-15", "2026-01-15T00:00:00Z", "2026-01-15"),
        ("2026-01-15 10:30", "2026-01-15T10:30:00Z", "2026-01-15T10:30:00Z"),
        ("2026-01-15T10:30:05+02:00", "2026-01-15T10:30:05+02:00", "2026-01-15T10:30:05+02:00"),
        ("2026-01-15T10:30:05.250Z", "2026-01-15T10:30:05.250Z", "2026-01-15T10:30:05.250Z"),
        ("last spring", "", ""),
        ("", "", ""),
    ],
)
def test_dates(date, written, read):
    assert refi.moment(date) == written
    assert refi.date_of(written) == read


def test_the_date_that_stands_for_none_is_none():
    assert refi.date_of(refi.UNDATED) == ""


@given(LINE, st.sampled_from(["participant", "interviewer", "none"]), LINE, LINE)
def test_who_speaks_and_which_file_it_is_are_read_from_a_description(speaker, part, case, document):
    document = document.strip()
    description = "\n".join([refi.file_line(document), refi.speaker_line(speaker, part, case), "and more"])
    assert refi.file_of(description) == document
    if "; part: " not in speaker + case:
        assert refi.speakers(description) == [(speaker, part, case)]


def test_another_programs_description_names_no_file_and_nobody():
    assert refi.file_of("An interview.\nFile: x") == ""
    assert refi.speakers("Speaker: Ann") == []


@pytest.mark.parametrize("unit", ["code points", "UTF-16 units"])
def test_how_positions_count_is_said_and_read(unit):
    assert refi.counted(f"More. {refi.counting(unit)} More.") == unit
    assert refi.counted("Nothing of it.") == ""


def test_a_code_as_a_text_that_people_can_read():
    code = codebook.Code(
        name="A", definition="What it is.", include="this", examples=("one", "two"), counter_examples=("no",)
    )
    assert code_text.described(code) == "What it is.\nInclude: this\nExample: one\nExample: two\nCounter-example: no"
    assert code_text.described(codebook.Code(name="A")) == ""


def test_a_definition_that_looks_like_another_field_is_marked():
    code = codebook.Code(name="A", definition="Exclude: nothing")
    assert code_text.described(code) == "Definition: Exclude: nothing"
    assert code_text.fields("Definition: Exclude: nothing") == {"definition": "Exclude: nothing"}


def test_another_programs_description_is_the_definition():
    assert code_text.fields("COVID or not\r\n\r\nsecond line\nINCLUDE:  a ") == {
        "definition": "COVID or not second line",
        "include": "a",
    }
    assert code_text.fields("") == {}


WORDS = st.text(alphabet=st.sampled_from("Include:Exampl-cou nter Defion: é😀\n\u2028"), max_size=40)


@given(
    WORDS, WORDS, WORDS, st.lists(WORDS.filter(str.strip), max_size=3), st.lists(WORDS.filter(str.strip), max_size=3)
)
def test_every_code_survives_as_a_text(definition, include, exclude, examples, counter_examples):
    code = codebook.Code(
        name="A",
        definition=definition,
        include=include,
        exclude=exclude,
        examples=tuple(examples),
        counter_examples=tuple(counter_examples),
    )
    assert codebook.Code(name="A", **code_text.fields(code_text.described(code))) == code
