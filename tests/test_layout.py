import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import text_layout

ODD_TEXT = st.text(
    alphabet=st.one_of(st.sampled_from("ab .?\n\t[]()#1:é😀\u202eאش"), st.characters(exclude_categories=["Cs"])),
    max_size=80,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("...", 0),
        ("I don't know", 3),
        ("well-led care, 24 hours", 4),
        ("😀", 0),
        ("снова да", 2),
        ("我们没有时间", 6),
        ("a_b", 2),
    ],
)
def test_words_are_counted_as_people_count_them(text, words):
    assert text_layout.count_words(text) == words


@pytest.mark.parametrize(
    "line",
    [
        "# Interview",
        "### Part one",
        "[Q2] What changed",
        "Q.1. Where you live",
        "Q3: Time",
        "Task 3",
        " Question 4 - Staff",
        "[Question 2]",
    ],
)
def test_headings_are_known(line):
    assert text_layout.is_heading(line)
    assert not text_layout.is_note(line)


@pytest.mark.parametrize(
    "line",
    [
        "#hashtag",
        "Part of it was good.",
        "Question of time, really",
        "[laughter]",
        "Q",
        "Quality 1",
        "Task 3 was the one where I did not know what I should do and then I asked",
    ],
)
def test_speech_is_no_heading(line):
    assert not text_layout.is_heading(line)


def test_a_heading_is_one_line():
    assert not text_layout.is_heading("# Title\nand text")
    assert not text_layout.is_heading("Q1. One\ntwo")


@pytest.mark.parametrize(
    "line", ["[laughter]", "(pause)", "[phone rings] (door)", "1 2 3 4", "-- 7 --", "<inaudible>", "***"]
)
def test_notes_hold_no_speech(line):
    assert text_layout.is_note(line)


@pytest.mark.parametrize("line", ["[laughs] You do.", "Well (pause) no", "é", "I", "[Q2] Time"])
def test_speech_is_no_note(line):
    assert not text_layout.is_note(line)


def test_a_line_is_a_paragraph_unless_the_text_is_wrapped():
    text = "One line.\nAnother one.\n\nA third."
    assert [text[a:b] for a, b in text_layout.paragraphs(text, wrapped=False)] == [
        "One line.",
        "Another one.",
        "A third.",
    ]
    assert [text[a:b] for a, b in text_layout.paragraphs(text, wrapped=True)] == ["One line.\nAnother one.", "A third."]


def test_a_heading_stands_alone_inside_a_block():
    text = "said before\n[Q2] Time\nsaid after\nand on"
    found = [text[a:b] for a, b in text_layout.paragraphs(text, wrapped=True)]
    assert found == ["said before", "[Q2] Time", "said after\nand on"]


def test_wrapped_text_is_told_from_lines_of_talk():
    wrapped = "\n".join(["the ward was full that night and nobody came to help us at all so"] * 9) + "\nend."
    talk = "Yes.\nI think so, because it was the only thing that anybody could do.\nNo.\nWell, maybe.\nIt was fine I suppose, in the end.\n"
    assert text_layout.hard_wrapped(wrapped)
    assert not text_layout.hard_wrapped(talk)
    assert not text_layout.hard_wrapped("")
    assert not text_layout.hard_wrapped("x" * 5000 + "\n" + "y" * 5000)


@given(ODD_TEXT, st.booleans())
def test_paragraphs_cover_every_letter_once(text, wrapped):
    spans = list(text_layout.paragraphs(text, wrapped=wrapped))
    assert all(a < b for a, b in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    covered = {at for a, b in spans for at in range(a, b)}
    assert all(at in covered for at, letter in enumerate(text) if not letter.isspace())


@given(ODD_TEXT, st.data())
def test_trimming_keeps_what_is_not_space(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    a, b = text_layout.trimmed(text, start, end)
    assert start <= a <= b <= end
    assert text[a:b] == text[start:end].strip()
