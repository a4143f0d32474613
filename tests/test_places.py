"""Each turn, and each segment, knows its place in the original: cue, row, page, paragraph."""

import io

import openpyxl
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from test_office_readers import page, pdf_of, writer

from pipeline import ingest, segment
from pipeline.core import study_template
from pipeline.corpus.readers import chat, docx, json_turns, odt, pdf, tables, textgrid, txt, vtt
from pipeline.corpus.readers.model import Labels, Transcript, Turn, Utterance, compose, paragraph_marks, place, traced

LABELS = Labels(("interviewer",), frozenset(["anna"]))


def places(found):
    return [(turn.speaker, turn.place) for turn in found.turns]


def test_a_range_of_one_is_one():
    assert place("cue", 3, 3) == "cue 3"
    assert place("page", 3, 5) == "pages 3 to 5"


def test_cues_that_make_a_turn_are_named():
    data = "WEBVTT\n\n" + "".join(
        f"00:{n:02d}.000 --> 00:{n + 1:02d}.000\n<v {who}>word {n}</v>\n\n"
        for n, who in enumerate(["A", "B", "B", "A"])
    )
    assert places(vtt.read_vtt(data.encode(), LABELS)) == [("A", "cue 1"), ("B", "cues 2 to 3"), ("A", "cue 4")]


def test_cues_of_nobody_are_named_too():
    data = "1\n00:00:01,000 --> 00:00:02,000\nSo we\n\n2\n00:00:02,100 --> 00:00:03,000\ncame.\n\n3\n00:00:09,000 --> 00:00:10,000\nYes.\n"
    assert places(vtt.read_vtt(data.encode(), LABELS)) == [("", "cues 1 to 2"), ("", "cue 3")]


def test_two_voices_of_a_cue_have_one_place():
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>yes</v> <v B>no</v>\n"
    assert places(vtt.read_vtt(data, LABELS)) == [("A", "cue 1"), ("B", "cue 1")]


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    assert places(tables.read_csv(b"speaker,text\nA,one\n\nB,two\nB,three\n", LABELS)) == [
        ("A", "row 2"),
        ("B", "rows 4 to 5"),
    ]
    book = openpyxl.Workbook()
    for row in (["speaker", "text"], ["A", "one"], [None, None], ["B", "two"]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    assert places(tables.read_xlsx(buffer.getvalue(), LABELS)) == [("A", "row 2"), ("B", "row 4")]


def test_items_utterances_and_intervals_are_counted():
    found = json_turns.read_json(b'[{"speaker": "Ana", "text": "x"}, {"speaker": "Bo", "text": "y"}]', LABELS)
    assert places(found) == [("Ana", "item 1"), ("Bo", "item 2")]
    found = chat.read_cha(b"*CHI:\tyes .\n%mor:\tx\n*MOT:\tno .\n", LABELS)
    assert places(found) == [("CHI", "utterance 1"), ("MOT", "utterance 2")]
    grid = 'name = "A"\nxmin = 0\nxmax = 1\ntext = ""\nxmin = 1\nxmax = 2\ntext = "yes"\n'
    assert places(textgrid.read_textgrid(grid.encode(), LABELS)) == [("A", "interval 2")]


def test_pages_of_a_pdf():
    data = pdf_of(
        page(1, "Interviewer: How long was it?", "Anna: It was a long time and we never knew why it was that", "we had come to us and not to them, in any case, as everyone"),
        page(2, "said at the time.", "Interviewer: Oh?"),
        page(3, "Anna: Yes."),
    )  # fmt: skip
    said = [("Interviewer", "page 1"), ("Anna", "pages 1 to 2"), ("Interviewer", "page 2"), ("Anna", "page 3")]
    assert places(pdf.read_pdf(data, LABELS)) == said


def test_paragraphs_of_word_and_writer_are_counted_without_empty_ones():
    document = Document()
    for line in ["Interviewer: Why?", "", "Anna: Because.", "Of that.", "Interviewer: Oh?"]:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    expected = [("Interviewer", "paragraph 1"), ("Anna", "paragraphs 2 to 3"), ("Interviewer", "paragraph 4")]
    assert places(docx.read_docx(buffer.getvalue(), LABELS)) == expected
    body = "".join(f"<text:p>{line}</text:p>" for line in ["Interviewer: Why?", "", "Anna: a", "b", "Interviewer: c"])
    assert places(odt.read_odt(writer(body), LABELS)) == expected


def test_plain_text_has_no_other_place_than_its_offsets():
    assert places(txt.read_txt(b"Interviewer: Why?\nAnna: So.\n", LABELS)) == [("Interviewer", ""), ("Anna", "")]
    assert compose([Utterance("A", "x")], unit="").turns[0].place == ""


@pytest.mark.parametrize("text", ["", "a", "\n\n", "a\n\nb\nc"])
def test_marks_lie_where_paragraphs_begin(text):
    paragraphs = text.split("\n")
    for start, number in paragraph_marks(paragraphs):
        assert text[start:].startswith([line for line in paragraphs if line.strip()][number - 1])


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.data())
def test_a_turns_place_is_that_of_its_first_and_last_letter(sizes, data):
    text = "".join(str(number) * size for number, size in enumerate(sizes, start=1))
    marks = [(sum(sizes[:n]), n + 1) for n in range(len(sizes))]
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    (turn,) = traced(Transcript(text, [Turn("", start, end)]), "page", marks).turns
    assert turn.place == place("page", int(text[start]), int(text[end - 1]))


def test_segments_have_the_place_of_their_turn(tmp_path):
    (tmp_path / "transcripts").mkdir()
    study_template.create(tmp_path)
    (tmp_path / "transcripts" / "P1.csv").write_text("speaker,text\nInterviewer,Why?\nAnna,It was the pay. And more.\n")
    found = ingest.ingest(tmp_path, interviewer_labels=("interviewer",), min_label_count=2)
    assert found["turns"]["place"].tolist() == ["row 2", "row 3"]
    segments, _ = segment.segment(
        found["documents"],
        found["turns"],
        split=lambda texts: [[(0, len(text))] for text in texts],
        unit="sentence",
        max_words=50,
        min_words=1,
    )
    assert segments["place"].tolist() == ["row 2", "row 3"]
