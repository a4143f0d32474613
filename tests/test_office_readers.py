"""Readers over office formats: .odt, .rtf, .pdf, .xlsx."""

import io
import zipfile
import zlib

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.readers import odt, pdf, rtf, tables
from pipeline.corpus.readers.model import Labels, RefusedError

LABELS = Labels(("interviewer",))
NS = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'


def turns(found):
    return [(turn.speaker, found.text[turn.start : turn.end]) for turn in found.turns]


def packed(name, text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def writer(body):
    return packed(
        "content.xml",
        f"<office:document {NS}><office:body><office:text>{body}</office:text></office:body></office:document>",
    )


def test_odt_keeps_words_tabs_and_spaces_and_not_comments():
    body = (
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        "<text:h>Title</text:h>"
        '<text:p>Anna:<text:tab/>one<text:s text:c="2"/>two <text:span>three<text:span> four</text:span></text:span><text:line-break/>five'
        "<office:annotation><text:p>a comment</text:p></office:annotation> six</text:p>"
        "<text:p>Anna: é😀<text:note><text:p>foot</text:p></text:note>.</text:p>"
    )
    found = odt.read_odt(writer(body), LABELS)
    assert found.text == "Title\nAnna:\tone  two three four\nfive six\nAnna: é😀."
    assert turns(found)[1] == ("Anna", "one  two three four\nfive six")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"x", "archive"),
        (packed("a", "b"), "Missing part"),
        (packed("content.xml", "<!DOCTYPE a><a/>"), "document type"),
        (packed("content.xml", "<a"), "damaged"),
    ],
)
def test_odt_refuses_in_a_sentence(data, said):
    with pytest.raises(RefusedError, match=said):
        odt.read_odt(data, LABELS)


def test_rtf_of_word_and_textedit():
    data = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl\f0 Arial;}{\*\generator x;}\pard Interviewer: Why?\par Anna: Caf\'e9 \u8211- \b so\b0 .\par"
        + b"\nInterviewer: Oh?\\\nAnna: Yes.\\\n}"
    )
    assert turns(rtf.read_rtf(data, LABELS)) == [
        ("Interviewer", "Why?"),
        ("Anna", "Café – so."),
        ("Interviewer", "Oh?"),
        ("Anna", "Yes."),
    ]


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "empty"), (b"plain", "Not an RTF file"), (b"{\\rtf1" + b"{" * 9999, "not closed")]
)
def test_rtf_refuses_in_a_sentence(data, said):
    with pytest.raises(RefusedError, match=said):
        rtf.read_rtf(data, LABELS)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=120))
def test_damaged_rtf_gives_a_text_or_a_sentence(noise):
    try:
        rtf.read_rtf(b"{\\rtf1 " + noise, LABELS).text.encode()
    except RefusedError as error:
        assert str(error).endswith(".")


def page_of(lines):
    said = "".join(f"BT /F1 10 Tf {x} {y} Td ({text}) Tj ET\n" for x, y, text in lines)
    return said.encode("latin_1")


def pdf_of(*pages):
    """A PDF written by hand: pages of (x, y, words)."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"]
    kids = []
    for lines in pages:
        content = page_of(lines)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            % len(objects)
        )
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        len(objects) + 1,
        len(out),
    )


def page(number, *texts):
    return [
        (50, 780, f"Interview four, page {number}"),
        *[(50, 740 - 14 * at, text) for at, text in enumerate(texts)],
        (300, 20, f"{number}/3"),
    ]


def test_pdf_joins_lines_and_leaves_out_heads_and_numbers():
    data = pdf_of(
        page(
            1,
            "Interviewer: How long was it?",
            "Anna: It was a long time and we never really knew why it was that",
            "they had come to us and not to them, in any case, as everybody",
        ),
        page(2, "said at the time.", "Interviewer: Oh?"),
        page(3, "Anna: Yes. The self-", "centred kind."),
    )
    assert turns(pdf.read_pdf(data, LABELS)) == [
        ("Interviewer", "How long was it?"),
        (
            "Anna",
            "It was a long time and we never really knew why it was that they had come to us and not to them, in any case, as everybody said at the time.",
        ),
        ("Interviewer", "Oh?"),
        ("Anna", "Yes. The self-\ncentred kind."),
    ]


CUT = "and that was the line which the browser cut in two at the end"


def test_a_long_line_printed_on_both_sides_of_a_page_break_was_said_once():
    first = page(1, "Interviewer: So?", "Anna: It was a long time and we never knew why it was so", CUT)
    data = pdf_of(first, page(2, CUT, "of the page.", "Interviewer: Oh?"), page(3, "Anna: Yes."))
    assert pdf.read_pdf(data, LABELS).text.count(CUT) == 1


def test_a_short_line_said_again_on_the_next_page_stays():
    data = pdf_of(page(1, "Anna: No, no.", "Bo: Yes."), page(2, "Bo: Yes.", "Anna: No."), page(3, "Anna: No."))
    assert pdf.read_pdf(data, LABELS).text.count("Bo: Yes.") == 2


def bomb(content, *, pages=1, packed=True):
    """A PDF whose pages all draw the same content."""
    body = zlib.compress(content, 9) if packed else content
    drawn = b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(body), b"/Filter /FlateDecode " * packed, body)
    of_page = pdf_of([(50, 700, "x")])
    old = of_page[of_page.index(b"4 0 obj\n") : of_page.index(b"endobj", of_page.index(b"4 0 obj\n"))]
    said = of_page.replace(old, b"4 0 obj\n" + drawn + b"\n")
    return said.replace(b"/Count 1 /Kids [5 0 R]", b"/Count %d /Kids [%s]" % (pages, b"5 0 R " * pages))


LINE = b"BT /F1 10 Tf 50 700 Td (Anna: Yes.) Tj ET\n"


def test_the_bomb_is_a_pdf():
    assert pdf.read_pdf(bomb(LINE), LABELS).text == pdf.read_pdf(bomb(LINE, packed=False), LABELS).text == "Anna: Yes."


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bomb(bytes(200 * 2**20)), "cannot be read as a PDF"),
        (bomb(LINE * 200_000), "cannot be read as a PDF"),
        (bomb(LINE * 7_000, pages=2_000), "drawing operations up to page 1 than"),
        (bomb(b"BT /F1 10 Tf (" + b"a" * 2**20 + b") Tj ET"), "drawing operations up to page 1 than"),
        (bomb(LINE, pages=2_001), "more than 2,000 pages"),
    ],
)
def test_little_files_that_draw_much_are_refused(data, said):
    assert len(data) < 300_000
    with pytest.raises(RefusedError, match=said):
        pdf.read_pdf(data, LABELS)


def test_strokes_are_counted_over_all_pages(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_STROKES", 40)
    assert len(pdf.read_pdf(bomb(LINE, pages=2), LABELS).turns) > 0
    with pytest.raises(RefusedError, match="drawing operations"):
        pdf.read_pdf(bomb(LINE, pages=50), LABELS)


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "empty"), (b"PK\x03\x04", "Not a PDF"), (b"%PDF-1.4 nothing", "cannot be read"), (pdf_of([]), "scan")],
)
def test_pdf_refuses_in_a_sentence(data, said):
    with pytest.raises(RefusedError, match=said):
        pdf.read_pdf(data, LABELS)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 900), st.binary(min_size=1, max_size=20))
def test_damaged_pdf_gives_a_text_or_a_sentence(at, noise):
    good = pdf_of(page(1, "Anna: Yes."))
    try:
        pdf.read_pdf(good[:at] + noise + good[at + len(noise) :], LABELS)
    except RefusedError as error:
        assert str(error).endswith(".")


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_xlsx_is_a_row_a_turn():
    found = tables.read_xlsx(
        workbook(
            ["Speaker", "Start", "Text"],
            ["Dan", "0:05", "Why?"],
            [None, None, None],
            ["Anna", 7.5, "It was é😀"],
            ["Anna", 9, "And so."],
        ),
        LABELS,
    )
    assert found.text == "Dan: Why?\n\nAnna: It was é😀 And so."
    assert [turn.time_s for turn in found.turns] == [5.0, 7.5]


def test_xlsx_refuses_in_a_sentence(monkeypatch):
    for data in (
        b"",
        b"x",
        packed("a", "b"),
        packed("xl/workbook.xml", "<!DOCTYPE a><a/>"),
        workbook(["a", "b"]),
        workbook(),
    ):
        with pytest.raises(RefusedError, match=r"\.$"):
            tables.read_xlsx(data, LABELS)
    monkeypatch.setattr("pipeline.corpus.readers.rows.MAX_ROWS", 3)
    with pytest.raises(RefusedError, match="more than 3 rows"):
        tables.read_xlsx(workbook(["text"], *[["a"]] * 9), LABELS)
