"""Tables in Word and OpenDocument texts: turns at the cells' places in the text."""

import io
import zipfile

import pytest

from pipeline.corpus.readers import docx, odt
from pipeline.corpus.readers.model import Labels
from tests.talk_tables import ANSWERS, QUESTIONS, TALK, word

LABELS = Labels(("interviewer",))
PAIRS = list(zip(QUESTIONS, ANSWERS, strict=True))


def said(found):
    return [(turn.speaker, found.text[turn.start : turn.end]) for turn in found.turns]


@pytest.mark.parametrize(
    "rows",
    [
        [*TALK],
        [("Sprecher", "Text"), *TALK],
        [("Zeit", "Wer", "Text"), *((f"00:0{at}", *one) for at, one in enumerate(TALK))],
        [(str(at), *one) for at, one in enumerate(TALK, start=1)],
        [(words, who) for who, words in TALK],
    ],
)
def test_a_row_is_a_turn(rows):
    found = docx.read_docx(word(rows), LABELS)
    assert said(found) == TALK
    assert found.turns[0].place.startswith("paragraph")


def test_times_in_a_column_are_read():
    rows = [("Time", "Speaker", "Text"), *((f"00:00:1{at}", *one) for at, one in enumerate(TALK))]
    found = docx.read_docx(word(rows), LABELS)
    assert [turn.time_s for turn in found.turns] == [10.0 + at for at in range(len(TALK))]


@pytest.mark.parametrize(
    ("header", "names"), [([("Interviewer", "Eva")], ("Interviewer", "Eva")), ([], ("Question", "Answer"))]
)
def test_columns_side_by_side(header, names):
    found = docx.read_docx(word([*header, *PAIRS]), LABELS)
    assert said(found) == [(name, words) for pair in PAIRS for name, words in zip(names, pair, strict=True)]


def test_paragraphs_in_a_cell_stay_in_its_turn_and_text_outside_is_nobodys():
    rows = [
        ("Jo", "Why?\nAnd when?"),
        ("Eva", "It was late.\n\nSo we left, all of us."),
        ("Jo", "Why so?"),
        ("Eva", "No."),
    ]
    found = docx.read_docx(word(rows, before=["Interview in the shed", "12 May"]), LABELS)
    assert said(found) == [
        ("", "Interview in the shed"),
        ("", "12 May"),
        ("Jo", "Why?\nAnd when?"),
        ("Eva", "It was late.\n\nSo we left, all of us."),
        ("Jo", "Why so?"),
        ("Eva", "No."),
    ]


def test_a_table_over_several_pages_is_one():
    found = docx.read_docx(word([("Who", "Text"), *TALK[:2]], [("Who", "Text"), *TALK[2:]]), LABELS)
    assert said(found) == TALK


def test_a_small_table_in_an_interview_changes_nothing():
    lines = [f"{who}: {words}" for who, words in TALK]
    form = [("Name", "Eva Kern"), ("Age", "45"), ("Site", "north shed")]
    assert said(docx.read_docx(word(form, before=lines), LABELS))[:5] == TALK[:5]


def test_tables_in_an_opendocument_text():
    names = 'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    names += 'xmlns:b="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    rows = "".join(
        f"<b:table-row>{''.join(f'<b:table-cell><t:p>{cell}</t:p></b:table-cell>' for cell in one)}</b:table-row>"
        for one in [("Int", "Text"), *TALK]
    )
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("content.xml", f"<o:body {names}><t:p>Shed</t:p><b:table>{rows}</b:table></o:body>")
    assert said(odt.read_odt(place.getvalue(), LABELS)) == [("", "Shed"), *TALK]
