"""Sheets that people fill in, and the way back."""

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.commands import sheets
from pipeline.commands.sheets import SheetError
from pipeline.core import formula_guard

ROWS = [
    {"document": "a.txt", "start": 3, "end": 9, "text": '=HYPERLINK("http://x","y")', "code": ""},
    {"document": "b, c.txt", "start": 0, "end": 4, "text": "- so, I said\n\"no\"; and 'no'", "code": "A; B"},
]
COLUMNS = ("document", "start", "end", "text", "code")


def write(folder, rows=ROWS):
    return sheets.write(folder / "sheet", rows, COLUMNS, to_fill=("code",), about=[["What to do", "Fill in."]])


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_what_is_written_is_read_back_as_text(tmp_path, ending):
    write(tmp_path)
    found = sheets.read(tmp_path / f"sheet{ending}", ("document", "code"))
    assert [row["row"] for row in found] == ["2", "3"]
    for given_row, row in zip(ROWS, found, strict=True):
        assert row["text"].replace("\r\n", "\n") == given_row["text"]
        assert {name: row[name] for name in ("document", "start", "code")} == {
            name: str(given_row[name]) for name in ("document", "start", "code")
        }


def test_talk_that_looks_like_a_formula_stays_talk(tmp_path):
    xlsx, csv = write(tmp_path)
    cell = openpyxl.load_workbook(xlsx)["Passages"]["D2"]
    assert cell.data_type == "s"
    assert cell.value == ROWS[0]["text"]
    assert "'=HYPERLINK" in csv.read_text(encoding="utf-8-sig")
    assert openpyxl.load_workbook(xlsx)["About"]["B1"].value == "Fill in."


def test_the_same_rows_give_the_same_bytes(tmp_path):
    for folder in ("one", "two"):
        write(tmp_path / folder)
    for name in ("sheet.xlsx", "sheet.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_semicolons_as_spreadsheets_in_europe_write_them(tmp_path):
    (tmp_path / "s.csv").write_text('document;start;code\na.txt;1;"A; B"\n', encoding="utf-8")
    assert sheets.read(tmp_path / "s.csv", ("document", "code"))[0]["code"] == "A; B"


def test_empty_rows_and_capital_headings_do_no_harm(tmp_path):
    (tmp_path / "s.csv").write_text("Document ,START,Code\n,,\na.txt,1\n", encoding="utf-8")
    found = sheets.read(tmp_path / "s.csv", ("document", "start", "code"))
    assert found == [{"document": "a.txt", "start": "1", "code": "", "row": "3"}]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("s.ods", b"x", "Save the sheet as .xlsx or .csv"),
        ("s.csv", "document\nM\xfcller".encode("latin-1"), "is not valid UTF-8"),
        ("s.xlsx", b"no workbook", "Not a workbook"),
        ("s.csv", b"start,end\n1,2\n", "the column 'document' is missing"),
        ("s.csv", b"", "the column 'document' is missing"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SheetError, match=said):
        sheets.read(tmp_path / name, ("document",))


def test_a_sheet_that_is_not_there(tmp_path):
    with pytest.raises(SheetError, match="does not exist"):
        sheets.read(tmp_path / "none.csv", ("document",))


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30))
def test_any_cell_survives_the_guard(cell):
    assert formula_guard.plain(formula_guard.guarded(cell)) == cell
