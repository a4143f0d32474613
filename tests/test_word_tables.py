"""Tables of Word documents: cells as people filled them in, whatever the program, and files made to do harm."""

import io
import zipfile

import docx as python_docx
import pytest

from pipeline.corpus.readers import word_tables
from pipeline.corpus.readers.model import RefusedError

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def cell(*inside: str) -> str:
    return f"<w:tc>{''.join(inside)}</w:tc>"


def table(*rows: list[str]) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows) + "</w:tbl>"


def word(body: str) -> bytes:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {NS}><w:body>{body}</w:body></w:document>")
    return place.getvalue()


def read(body: str) -> list[word_tables.Table]:
    return word_tables.read_tables(word(body))


def test_cells_are_read_row_by_row_and_paragraphs_are_lines():
    body = p(r("before")) + table([cell(p(r("a"))), cell(p(r("b")), p(r("c ")))], [cell(p()), cell()]) + p(r("after"))
    assert read(body) == [[["a", "b\nc"], ["", ""]]]


def test_what_python_docx_writes_is_read():
    made = python_docx.Document()
    grid = made.add_table(rows=2, cols=2)
    grid.cell(0, 0).text, grid.cell(1, 1).text = "one", "two\tthree\nfour"
    place = io.BytesIO()
    made.save(place)
    assert word_tables.read_tables(place.getvalue()) == [[["one", ""], ["", "two\tthree\nfour"]]]


def test_words_in_content_controls_and_tracked_insertions_count_and_deleted_ones_do_not():
    control = f"<w:sdt><w:sdtContent>{p(r('in a control'))}</w:sdtContent></w:sdt>"
    tracked = p(f"<w:ins>{r('put in')}</w:ins>", "<w:del><w:r><w:delText>taken out</w:delText></w:r></w:del>")
    assert read(table([cell(control), cell(tracked)])) == [[["in a control", "put in"]]]


def test_a_table_in_a_cell_is_one_by_itself_and_its_words_are_in_the_cell():
    inner = table([cell(p(r("x"))), cell(p(r("y")))])
    assert read(table([cell(p(r("a")), inner, p(r("b")))])) == [[["x", "y"]], [["a\nx\ty\nb"]]]


def test_without_tables_there_are_none():
    assert read(p(r("words"))) == []


def test_rows_and_cells_outside_a_table_are_passed_over():
    assert read(f"<w:tr>{cell(p(r('a')))}</w:tr>{cell(p(r('b')))}<w:tbl>{cell(p(r('c')))}</w:tbl>") == [[]]


@pytest.mark.parametrize(
    "data",
    [b"", b"no archive", b"PK\x03\x04 damaged", word("")[:-30]],
)
def test_what_is_no_word_document_is_refused(data: bytes):
    with pytest.raises(RefusedError):
        word_tables.read_tables(data)


def test_entities_are_refused():
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as archive:
        entity = '<!DOCTYPE d [<!ENTITY a "aaaa">]>'
        archive.writestr("word/document.xml", f"{entity}<w:document {NS}><w:body>{p(r('&a;'))}</w:body></w:document>")
    with pytest.raises(RefusedError, match="document type"):
        word_tables.read_tables(place.getvalue())


def test_a_part_that_would_fill_the_memory_is_refused():
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (40 * 2**20))
    with pytest.raises(RefusedError, match="unpack"):
        word_tables.read_tables(place.getvalue())


def test_more_cells_than_any_form_has_are_refused(monkeypatch):
    monkeypatch.setattr(word_tables, "MOST_CELLS", 3)
    row = [cell(p(r("a")))]
    assert len(read(table(row, row, row))[0]) == 3
    with pytest.raises(RefusedError, match="more than 3 cells"):
        read(table(row, row, row, row))


def test_many_tables_in_each_other_are_read_or_refused_and_never_crash():
    deep = p(r("core"))
    for _ in range(60):
        deep = table([cell(deep)])
    assert len(read(deep)) == 60
