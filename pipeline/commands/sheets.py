"""Tables that people fill in, as xlsx and csv, and the way back: cells are text, and nothing becomes a formula."""

import csv
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import CounterpointError

# The same table gives the same bytes: the day a workbook says it was made is a fixed one.
MADE = datetime.datetime(2000, 1, 1)
LONGEST = 32_000
# What a spreadsheet would take for a formula; in csv such a cell begins with an apostrophe, which reading takes off.
RISKY = ("=", "+", "-", "@", "\t", "\r")


class SheetError(CounterpointError):
    """A filled sheet cannot be read; the message lists every problem, one a line."""


def write(
    place: Path,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    widths: Mapping[str, int] | None = None,
    to_fill: Sequence[str] = (),
    about: Sequence[Sequence[str]] = (),
) -> list[Path]:
    """Write rows as `place`.xlsx and `place`.csv; return both. `to_fill`: columns left open and coloured.

    `about`: the rows of a second sheet of the workbook, which says what to do.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    _write_csv(place.with_suffix(".csv"), rows, columns)
    _write_xlsx(place.with_suffix(".xlsx"), rows, columns, widths or {}, to_fill, about=about)
    return [place.with_suffix(".xlsx"), place.with_suffix(".csv")]


def read(place: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a filled sheet (xlsx or csv), every cell as text; `row` is its number in the file, from 1.

    Raises SheetError for a file of another kind, one that cannot be read, and for columns that are gone.
    """
    if not place.exists():
        raise SheetError(f"{place} is not there. Check its name.")
    readers = {".csv": _read_csv, ".xlsx": _read_xlsx}
    if place.suffix.lower() not in readers:
        raise SheetError(f"{place} is neither .xlsx nor .csv. Save the sheet as one of them.")
    header, found = readers[place.suffix.lower()](place)
    gone = [name for name in needed if name not in header]
    if gone:
        raise SheetError(
            f"{place}: the column '{gone[0]}' is gone. Give the sheet its columns back: {', '.join(needed)}."
        )
    return found


def _write_csv(place: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([_guarded(str(row.get(name, ""))) for name in columns] for row in rows)


def _write_xlsx(
    place: Path,
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    widths: Mapping[str, int],
    to_fill: Sequence[str],
    *,
    about: Sequence[Sequence[str]],
) -> None:
    import xlsxwriter

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(place), plain)
    book.set_properties({"created": MADE})
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    blank = book.add_format(
        {"text_wrap": True, "valign": "top", "bg_color": "#FFF8E1", "border": 1, "border_color": "#D0C8A0"}
    )
    sheet = book.add_worksheet("Passages")
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(columns):
        sheet.set_column(column, column, widths.get(name, 12))
        sheet.write_string(0, column, name, head)
        style = blank if name in to_fill else text
        for line, row in enumerate(rows, start=1):
            value = row.get(name, "")
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(line, column, value, style)
            else:
                sheet.write_string(line, column, str(value)[:LONGEST], style)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    if about:
        other = book.add_worksheet("About")
        other.set_column(0, 0, 32)
        other.set_column(1, 3, 60)
        for line, cells in enumerate(about):
            for column, cell in enumerate(cells):
                other.write_string(line, column, cell[:LONGEST], text)
    book.close()


def _read_csv(place: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        text = place.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(f"{place} is not UTF-8 (byte {error.start}). Save it as 'CSV UTF-8'.") from None
    first = text.split("\n", 1)[0]
    # Spreadsheets in much of Europe write semicolons.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    lines = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter))
    return _rows([[_unguarded(cell) for cell in line] for line in lines])


def _read_xlsx(place: Path) -> tuple[list[str], list[dict[str, str]]]:
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(place, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError):
        raise SheetError(f"{place} cannot be read as a workbook. Save it again as .xlsx, or as csv.") from None
    try:
        lines = [[_text(cell) for cell in line] for line in book.worksheets[0].iter_rows(values_only=True)]
    finally:
        book.close()
    return _rows(lines)


def _rows(lines: list[list[str]]) -> tuple[list[str], list[dict[str, str]]]:
    header = [name.strip().lower() for name in lines[0]] if lines else []
    found = []
    for number, line in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in line):
            cells = [*line, *[""] * (len(header) - len(line))]
            found.append({**dict(zip(header, cells, strict=False)), "row": str(number)})
    return header, found


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RISKY) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell
