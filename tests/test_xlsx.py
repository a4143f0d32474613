"""The workbook: what was said is text, cells name their quotes, and the bytes are always the same."""

import openpyxl
import pandas as pd
import pytest

from pipeline.exchange import xlsx
from pipeline.reporting import written_summaries
from pipeline.reporting.matrix import Cell, SummarySentence
from pipeline.reporting.quotes import Quote

SAID = "=SUM(A1:A9) http://example.org +1 @x 😀 \u202etfel"


def quote(segment: str, text: str = SAID) -> Quote:
    return Quote(0, segment, "d.txt", "interview", "Ana", "ana", "nurse", "1:05", "Why?", 0, len(text), text)


def cell(case: str, code: str, *segments: str, state: str = "spoken", text: str = SAID) -> Cell:
    parts = tuple(SummarySentence(segment, 0, len(text), text) for segment in segments[:1])
    return Cell(case, code, state, parts, segments)


CELLS = [
    cell("ana", "A", "s1", "s2"),
    cell("ana", "B", state="asked"),
    cell("ben", "A", state="not_asked"),
    cell("ben", "B", "s3"),
]
QUOTES = {name: quote(name) for name in ("s1", "s2", "s3")}
KNOWN = {"ana": {"role": "nurse"}, "ben": {"role": "=1+1"}}


@pytest.fixture
def book(tmp_path):
    place = tmp_path / "deep" / "matrix.xlsx"
    xlsx.write_matrix(place, cells=CELLS, codes=["A", "B"], quotes=QUOTES, attributes=KNOWN)
    return openpyxl.load_workbook(place)


def test_a_row_a_case_a_column_a_code_after_the_attributes(book):
    rows = list(book["Matrix"].iter_rows(values_only=True))
    assert rows[0] == ("case", "role", "A", "B")
    assert [row[0] for row in rows[1:]] == ["ana", "ben"]
    assert rows[1][3] == "asked, silent"
    assert rows[2][2] == "not asked"
    assert rows[1][2] == SAID + "\n(2; quotes 1–2)"


def test_what_looks_like_a_formula_or_a_link_is_text(book):
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(one.data_type in ("s", "n") for one in row)
    # LibreOffice shows a cell with a link as a single line.
    assert [one.hyperlink for sheet in book for row in sheet.iter_rows() for one in row if one.hyperlink] == []


def test_a_cell_names_its_quotes_by_their_numbers(book):
    numbers = {row[0]: row[9] for row in book["Quotes"].iter_rows(min_row=2, values_only=True)}
    assert book["Matrix"]["D3"].value.endswith("\n(1; quote 3)") and numbers[3] == "s3"
    assert written_summaries.digest(book["Matrix"]["C2"].value) == written_summaries.digest(SAID)


def test_every_row_of_every_sheet_is_tall_enough_for_its_text(tmp_path):
    themes = pd.DataFrame(
        {"theme_id": [7], "number": [1], "label": ["a long label " * 9], "status": ["candidate"], "n_segments": [3]}
    ).assign(keywords=[["w"]], language="en", in_vivo="as somebody said " * 12)
    quotes = {name: quote(name, f"{SAID} " * 20) for name in QUOTES}
    place = tmp_path / "m.xlsx"
    xlsx.write_matrix(place, cells=CELLS, codes=["A", "B"], quotes=quotes, attributes=KNOWN, themes=themes)
    for sheet in openpyxl.load_workbook(place).worksheets[:4]:
        groups = sheet.column_dimensions.values()  # columns of one width
        width = {column: one.width for one in groups for column in range(one.min, one.max + 1)}
        for row in sheet.iter_rows(min_row=1 if sheet.title == "About" else 2):
            for one in row:
                lines = len(str(one.value or "")) / width[one.column]
                assert sheet.row_dimensions[one.row].height >= lines * xlsx.LINE, (sheet.title, one.coordinate)


def test_a_row_for_every_quote_with_where_it_comes_from(book):
    rows = list(book["Quotes"].iter_rows(values_only=True))
    assert rows[0] == xlsx.HEADINGS
    assert rows[1] == (1, "ana", "A", "d.txt", "Ana", "nurse", "1:05", "Why?", SAID, "s1", "pipeline")
    assert len(rows) == 4


def test_panes_are_frozen_and_rows_can_be_filtered(book):
    assert (book["Matrix"].freeze_panes, book["Matrix"].auto_filter.ref) == ("B2", "A1:D3")
    assert (book["Quotes"].freeze_panes, book["Quotes"].auto_filter.ref) == ("D2", "A1:K4")


@pytest.mark.parametrize(("paper", "number"), [("a4", 9), ("letter", 1)])
def test_it_is_laid_out_for_print_with_heads_on_each_sheet_and_rows_that_show_their_text(tmp_path, paper, number):
    place = tmp_path / "matrix.xlsx"
    quotes = QUOTES | {"s1": quote("s1", "long " * 90)}
    long = [cell("ana", "A", "s1"), *CELLS[1:]]
    xlsx.write_matrix(place, cells=long, codes=["A", "B"], quotes=quotes, attributes=KNOWN, paper=paper)
    sheet = openpyxl.load_workbook(place)["Matrix"]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", number)
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$A")
    for row in (2, 3):
        lines = max(-(-len(one.value) // xlsx.CODE_WIDTH) for one in sheet[row][2:])
        assert sheet.row_dimensions[row].height >= lines * xlsx.LINE


def test_the_same_study_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        xlsx.write_matrix(tmp_path / name, cells=CELLS, codes=["A", "B"], quotes=QUOTES, attributes=KNOWN)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_no_codes_and_no_cases_make_a_workbook_that_opens(tmp_path):
    xlsx.write_matrix(tmp_path / "none.xlsx", cells=[], codes=[], quotes={}, attributes={})
    book = openpyxl.load_workbook(tmp_path / "none.xlsx")
    assert book.sheetnames == ["Matrix", "Themes", "Quotes", "About", "Origin"]


def test_what_excel_cannot_hold_is_cut_with_a_mark(tmp_path):
    long = "word " * 200_000
    cells = [cell("ana", "A", "s1", text=long)]
    place = tmp_path / "long.xlsx"
    xlsx.write_matrix(place, cells=cells, codes=["A"], quotes={"s1": quote("s1", long)}, attributes={})
    value = openpyxl.load_workbook(place)["Quotes"]["I2"].value
    assert value.endswith(" [cut]")
    assert long.startswith(value.removesuffix(" [cut]"))


def test_attributes_are_text_whatever_they_were():
    cases = pd.DataFrame({"case": ["a", "b"], "years": [3, 4], "site": ["x", None]})
    assert xlsx.attributes_of(cases) == {"a": {"years": "3", "site": "x"}, "b": {"years": "4", "site": ""}}
