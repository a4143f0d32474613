"""The framework matrix as a workbook: a sheet to read and filter, and one with every passage it rests on."""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from pipeline.matrix import Cell
from pipeline.quotes import Quote

# The same inputs give the same bytes: the day a workbook says it was made is a fixed one.
MADE = datetime.datetime(2000, 1, 1)
# Excel holds 32,767 characters in a cell and 31 in the name of a sheet.
LONGEST = 32_000
SILENT = {"asked": "asked, silent", "not_asked": "not asked", "unknown": ""}
HEADINGS = ("quote", "case", "code", "document", "speaker", "attributes", "time", "question", "passage", "segment_id")
WIDTHS = (7, 16, 22, 26, 14, 22, 8, 40, 80, 28)


def write_matrix(
    place: Path,
    *,
    cells: Sequence[Cell],
    codes: Sequence[str],
    quotes: Mapping[str, Quote],
    attributes: Mapping[str, Mapping[str, str]],
) -> None:
    """Write the workbook: `Matrix` (a row a case, its attributes, a column a code), `Quotes`, `About`.

    A cell of the matrix links to the first of its passages in `Quotes`. Everything is written as text, so that talk
    that looks like a formula or an address stays talk.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(
        str(place), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties(
        {"title": "Framework matrix", "comments": "Candidate codes: to be read and decided about.", "created": MADE}
    )
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#F0F3F5"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "link": book.add_format({"text_wrap": True, "valign": "top", "font_color": "#1F3A5F"}),
        "soft": book.add_format({"text_wrap": True, "valign": "top", "font_color": "#6B757D", "italic": True}),
        "name": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
    }
    matrix, listed, about = (book.add_worksheet(name) for name in ("Matrix", "Quotes", "About"))
    first = _write_quotes(listed, cells, quotes, formats=formats)
    _write_cells(matrix, cells, codes, attributes=attributes, first=first, formats=formats)
    _write_about(about, formats)
    book.close()


def attributes_of(cases: pd.DataFrame) -> dict[str, dict[str, str]]:
    """What is known of each case: attribute and value as text."""
    columns = [str(column) for column in cases.columns if column != "case"]
    known = cases.fillna("").astype(str).to_dict("records")
    return {row["case"]: {column: row[column] for column in columns} for row in known}


def _write_cells(
    sheet: Any,
    cells: Sequence[Cell],
    codes: Sequence[str],
    *,
    attributes: Mapping[str, Mapping[str, str]],
    first: Mapping[tuple[str, str], int],
    formats: Mapping[str, Any],
) -> None:
    names = sorted({name for known in attributes.values() for name in known})
    cases = sorted({cell.case for cell in cells})
    row_of = {case: number + 1 for number, case in enumerate(cases)}
    column_of = {code: number + 1 + len(names) for number, code in enumerate(codes)}
    for column, heading in enumerate(["case", *names, *codes]):
        sheet.write_string(0, column, _fits(heading), formats["head"])
    for case, row in row_of.items():
        sheet.write_string(row, 0, _fits(case), formats["name"])
        for column, name in enumerate(names):
            sheet.write_string(row, column + 1, _fits(attributes.get(case, {}).get(name, "")), formats["text"])
    for cell in cells:
        row, column = row_of[cell.case], column_of[cell.code]
        if cell.excerpts:
            text = _fits(f"{cell.summary}\n({len(cell.excerpts)})")
            target = f"internal:'Quotes'!A{first[cell.case, cell.code] + 1}"
            sheet.write_url(row, column, target, formats["link"], string=text, tip="Its passages")
        else:
            sheet.write_string(row, column, SILENT[cell.state], formats["soft"])
    sheet.set_column(0, 0, 18)
    if names:
        sheet.set_column(1, len(names), 14)
    if codes:
        sheet.set_column(1 + len(names), len(names) + len(codes), 42)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(cases), 1), len(names) + len(codes))


def _write_quotes(
    sheet: Any, cells: Sequence[Cell], quotes: Mapping[str, Quote], *, formats: Mapping[str, Any]
) -> dict[tuple[str, str], int]:
    """Write a row for each passage of each cell; return the first row (from 0) of each cell."""
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        sheet.write_string(0, column, heading, formats["head"])
        sheet.set_column(column, column, width)
    first: dict[tuple[str, str], int] = {}
    row = 0
    for cell in cells:
        for segment in cell.excerpts:
            row += 1
            first.setdefault((cell.case, cell.code), row)
            quote = quotes[segment]
            sheet.write_number(row, 0, row, formats["text"])
            values = (cell.case, cell.code, quote.document, quote.speaker, quote.attributes, quote.time, quote.question)
            for column, value in enumerate((*values, quote.text, segment), start=1):
                sheet.write_string(row, column, _fits(value), formats["text"])
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(row, 1), len(HEADINGS) - 1)
    return first


def _write_about(sheet: Any, formats: Mapping[str, Any]) -> None:
    said = (
        "A framework matrix: a row a case, a column a code (Gale et al. 2013).",
        "Codes are candidates, given by the pipeline: read the passages before you rely on a cell.",
        "A cell holds whole sentences of the person's own, letter for letter; […] stands where something lies between. "
        "The number is how many passages there are. Click the cell to go to the first of them in the sheet Quotes.",
        "asked, silent: a question came near the code, and nothing was found in the answer. not asked: no question "
        "came near. Empty: it cannot be told.",
        f"A passage of more than {LONGEST:,} characters is cut here, with a mark; it is whole in the report.",
    )
    for row, text in enumerate(said):
        sheet.write_string(row, 0, text, formats["text"])
    sheet.set_column(0, 0, 100)


def _fits(text: str) -> str:
    """A text as Excel can hold it: cut, with a mark, where it is too long."""
    return text if len(text) <= LONGEST else text[:LONGEST] + " [cut]"
