"""Tables, codebook and matrix for spreadsheets and word processors: nothing is a formula, and the bytes are the same."""

import csv as plain_csv
import io

import openpyxl
import pandas as pd
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from pipeline.commands import importing
from pipeline.core import formula_guard, store
from pipeline.corpus.readers import codes_csv
from pipeline.deductive import codebook
from pipeline.exchange import csv, docx, sheet_layout, sheets
from pipeline.paper import matrix_table

NASTY = ["=SUM(A1)", "+1", "-1", "@x", "\tx", "\rx", "'=x", "''-", "＝1", "'", "", "it's", "=cmd|' /C calc'!A0", "-"]


@pytest.mark.parametrize("text", NASTY)
def test_a_guarded_cell_is_no_formula_and_comes_back(text):
    written = formula_guard.guarded(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert formula_guard.plain(written) == text


@given(st.text(alphabet="'=+-@\t\r\nab ＝", max_size=6))
def test_every_text_survives_the_way_out_and_back(text):
    assert formula_guard.plain(formula_guard.guarded(text)) == text


def rows_of(data: bytes):
    assert data.startswith(b"\xef\xbb\xbf")
    return list(plain_csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_texts_are_guarded_and_numbers_are_not():
    frame = pd.DataFrame({"text": ["=1", "é\n😀"], "kappa": [-0.5, None], "theme_id": [-1, 2], "on": [True, False]})
    frame["words"] = [["a", "-b"], []]
    assert rows_of(csv.table(frame)) == [
        ["text", "kappa", "theme_id", "on", "words"],
        ["'=1", "-0.5", "-1", "true", '["a", "-b"]'],
        ["é\n😀", "", "2", "false", "[]"],
    ]


def test_every_table_of_a_study_can_be_written(small_study):
    for name in (*store.INTERIM, *store.PROCESSED):
        if store.path(small_study, name).exists():
            frame = store.read(small_study, name)
            found = rows_of(csv.table(frame))
            assert found[0] == list(frame.columns)
            assert len(found) == len(frame) + 1


def test_codings_that_look_like_formulas_come_back_as_human_codes():
    frame = store.empty("codings")
    row = {
        "document": "a.txt",
        "start": 0,
        "end": 9,
        "text": "=SUM(A1)x",
        "code": "-Time",
        "parent_code": "",
        "coder": "@lea",
    }
    frame = pd.DataFrame([row | {"memo": "+1\nmore", "date": "2026-01-15"}])[list(frame.columns)]
    (one,) = codes_csv.read_own_csv(csv.table(frame), "file")
    assert (one.text, one.code, one.coder, one.memo, one.start) == ("=SUM(A1)x", "-Time", "@lea", "+1\nmore", 0)


BOOK = codebook.Codebook(
    codes=(
        codebook.Code(name="=Time", definition="Whether there is time. é 😀", include="nights", color="#4477aa"),
        codebook.Code(
            name="Protected", parent="=Time", exclude="-", examples=("half a day", "=1+1"), counter_examples=("x",)
        ),
        codebook.Code(name="Below", parent="Protected"),
        codebook.Code(name="Trust"),
    )
)


def test_the_codebook_as_a_workbook_is_text_in_every_cell():
    data = sheets.codebook(BOOK)
    assert data == sheets.codebook(BOOK)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[1]] == list(sheets.COLUMNS)
    assert sheet["A2"].value == "=Time" and sheet["A2"].data_type == "s"
    assert sheet["F3"].value == "half a day\n=1+1"
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None} == {"s"}


def test_an_empty_codebook_is_a_workbook_and_a_document_too():
    assert openpyxl.load_workbook(io.BytesIO(sheets.codebook(codebook.Codebook()))).active.max_row == 1
    assert "The codebook has no codes." in [
        one.text for one in Document(io.BytesIO(docx.codebook(codebook.Codebook()))).paragraphs
    ]


def test_the_codebook_as_a_document_follows_the_tree():
    data = docx.codebook(BOOK)
    assert data == docx.codebook(BOOK)
    made = Document(io.BytesIO(data))
    headings = [(one.style.name, one.text) for one in made.paragraphs if one.style.name.startswith("Heading")]
    assert headings == [
        ("Heading 1", "=Time"),
        ("Heading 2", "Protected"),
        ("Heading 3", "Below"),
        ("Heading 1", "Trust"),
    ]
    said = [one.text for one in made.paragraphs]
    assert "Include: nights" in said and "half a day" in said and "Whether there is time. é 😀" in said
    assert made.core_properties.created.year == 2000


def test_the_matrix_as_a_document_says_what_is_silence_and_what_was_not_asked():
    columns = list(store.empty("framework_matrix").columns)
    rows = [
        ("Ana", "Time", "At home.\x07 […] </w:t> & more", 2, ["s1", "s2"], "spoken", "", 1),
        ("Ana", "Trust", "", 0, [], "asked", "t1", 0),
        ("Ben", "Time", "", 0, [], "not_asked", "", 0),
        ("Ben", "Trust", "One.", 1, ["s3"], "spoken", "", 0),
    ]
    data = _matrix(pd.DataFrame(rows, columns=columns))
    made = Document(io.BytesIO(data))
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [
        ["Case", "Trust", "Time"],
        [
            "Ana, nurse",
            "(asked; nothing coded or suggested)",
            "At home.\ufffd […] </w:t> & more (1 coded, 1 candidate)",
        ],
        ["Ben", "One. (1 candidate)", "(not asked)"],
    ]
    assert _matrix(pd.DataFrame(rows[::-1], columns=columns)) == data


def _matrix(table: pd.DataFrame) -> bytes:
    named = {"Ana": "Ana, nurse", "Ben": "Ben"}
    return matrix_table.document(table, book=codebook.Codebook(), codes=("Trust", "Time"), named=named, paper="a4")


def test_no_matrix_is_said_in_words():
    data = _matrix(store.empty("framework_matrix"))
    assert any("No matrix" in one.text for one in Document(io.BytesIO(data)).paragraphs)


def test_a_heading_comes_back_from_a_table_as_one(tmp_path):
    book = codebook.Codebook(
        codes=(codebook.Code(name="Work", codable=False), codebook.Code(name="Rota", parent="Work"))
    )
    (tmp_path / "book.xlsx").write_bytes(sheets.codebook(book))
    importing.run(tmp_path / "book.xlsx", tmp_path / "study")
    assert codebook.load_codebook(tmp_path / "study/codebook.yaml") == book


@pytest.mark.parametrize(("paper", "size", "number"), [("a4", (210, 297), 9), ("letter", (216, 279), 1)])
def test_a_codebook_is_laid_out_for_the_paper_asked_for(paper, size, number):
    (section,) = Document(io.BytesIO(docx.codebook(BOOK, paper=paper))).sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == size
    sheet = openpyxl.load_workbook(io.BytesIO(sheets.codebook(BOOK, paper=paper))).active
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", number)
    assert sheet.page_setup.fitToHeight == 0 and sheet.print_title_rows == "$1:$1"
    for row in sheet.iter_rows(min_row=2):
        tallest = max(str(one.value or "").count("\n") + 1 for one in row)
        assert sheet.row_dimensions[row[0].row].height >= tallest * sheet_layout.LINE
