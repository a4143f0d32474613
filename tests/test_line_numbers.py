"""Line numbers in the margin of plain text and of printed pages."""

import pytest

from pipeline.corpus import span_alignment
from pipeline.corpus.readers import line_numbers, rtf, txt
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.model import Labels

LABELS = Labels(("I",))
TALK = [
    "I: How do you begin a working day here?",
    "P: I open the shed first and then I look at",
    "the list on the door, because it changes.",
    "",
    "I: And who writes that list?",
    "P: The night team writes it, and sometimes",
    "nobody can read it, so we phone them.",
    "",
]
FIRST = "I open the shed first and then I look at the list on the door, because it changes."


def numbered(lines, write, *, every=1, restart=0, skip_empty=False, right=False):
    made, count = [], 0
    for at, line in enumerate(lines):
        count = 0 if restart and at % restart == 0 else count
        count += bool(line) or not skip_empty
        mark = write.format(count) if line and count % every == 0 else ""
        made.append(f"{line:<50}{mark}".rstrip() if right else f"{mark or ' ' * len(write.format(1))}{line}".rstrip())
    return "\n".join(made)


@pytest.mark.parametrize(
    "text",
    [
        *(numbered(TALK * 2, write) for write in ("{:3}  ", "{}\t", "{:03} ", "{}. ", "{}: ", "[{}] ", "{:3} | ")),
        numbered(TALK * 4, "{:3}  ", restart=16),
        numbered(TALK * 2, "{:3}  ", skip_empty=True),
        numbered(TALK * 5, "{:3}  ", every=5),
        numbered(TALK * 5, "{:3}  ", every=5, skip_empty=True),
        numbered(TALK * 8, "{:3}  ", every=5, restart=24),
        numbered(TALK * 2, "{:5}", right=True),
        numbered(TALK * 5, "{:5}", right=True, every=5),
        "\n".join(f"{at} {line}" for at, line in enumerate(TALK * 2, start=340)),
    ],
)
def test_line_numbers_of_plain_text_are_no_speech_and_every_position_stays(text):
    found = txt.read_txt(text.encode(), LABELS)
    said = [" ".join(found.text[turn.start : turn.end].split()) for turn in found.turns]
    assert FIRST in said
    assert not any(letter.isdigit() for letter in found.text)
    assert len(found.text) == len(text)
    assert all(one == other or one == " " for one, other in zip(found.text, text, strict=True))
    assert [remark.kind for remark in found.remarks] == ["note"]


@pytest.mark.parametrize(
    "lines",
    [
        ["1. We wait.", "2. We sleep.", "", "1. We go.", "2. We come.", "3. We sit."] * 3,
        [f"{year} was a good year" for year in range(2001, 2015)],
        ["7 days a week we open", "and then we close", "12 hours later it opens", "again and so on"] * 5,
        ["1 What is it?", "It is work.", "It goes on.", "2 And then?", "We wait.", "And wait."] * 2,
        TALK * 3,
    ],
)
def test_other_numbers_at_the_start_of_lines_stay(lines):
    assert line_numbers.blanked("\n".join(lines)) == ("\n".join(lines), 0)


def test_numbers_in_lines_of_their_own_go_with_their_line_and_runs_of_them_go():
    lines = [mark for at, line in enumerate(filter(None, TALK * 2), start=1) for mark in (str(at), line)]
    assert line_numbers.without([lines]) == ([[line for line in TALK * 2 if line]], 12)
    assert line_numbers.without_blocks(["1", "2", "3", "4", "Anna: Yes.", "12", "Bo: No."]) == [
        "Anna: Yes.",
        "12",
        "Bo: No.",
    ]


def test_a_numbered_line_without_words_is_an_empty_line():
    pages = [[f"{at} {line}".strip() for at, line in enumerate(TALK, start=1)] * 2]
    assert line_numbers.without(pages) == ([TALK * 2], 16)


def test_line_numbers_of_rich_text():
    text = numbered(TALK * 2, "{}\\tab ").replace("\n", "\\par\n")
    found = rtf.read_rtf(b"{\\rtf1\\ansi " + text.encode() + b"}", LABELS)
    assert not any(letter.isdigit() for letter in found.text)
    assert [remark.kind for remark in found.remarks] == ["note"]


@pytest.mark.parametrize("offsets", [True, False])
def test_passages_coded_with_their_line_numbers_find_their_place(offsets):
    text = numbered(TALK * 2, "{:3}  ")
    start = text.index("open the shed")
    end = text.index("because it")
    read = txt.read_txt(text.encode(), LABELS).text
    places = (start, end) if offsets else (None, None)
    coding = Coding("line 2", "P1", *places, text[start:end], "Time", "lea")
    placed, _ = span_alignment.place_codings([coding], {"P1.txt": read[: len(text) // 2]})
    assert [(one.start, one.how) for one in placed] == [(start, "offsets" if offsets else "text")]


def test_a_passage_with_a_word_broken_at_a_line_end_finds_its_place():
    coding = Coding("line 2", "P1", None, None, "open every morn-\ning at", "Time", "lea")
    placed, _ = span_alignment.place_codings([coding], {"P1.txt": "We open every morning at six."})
    assert [(one.start, one.how) for one in placed] == [(3, "text")]
