"""Reads workbooks (.xlsx): the cells of chosen sheets as text."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.corpus.readers import guards
from pipeline.corpus.readers.model import RefusedError

# Tables of codings repeat the coded text, so they may be larger than a transcript.
MAX_SHEET_BYTES = 48 * 2**20
MAX_ROWS, MAX_COLUMNS, MAX_EMPTY = 200_000, 2_000, 1_000
NO_CELLS = "The workbook has no sheet with cells. Save it again as .xlsx, or as csv."
# Exceptions that openpyxl raises on damaged workbooks.
_DAMAGE = (
    InvalidFileException,
    zipfile.BadZipFile,
    ParseError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OSError,
    OverflowError,
    RecursionError,
)
# Limits on tags in and outside cells; styles, names and merged cells are ignored, but openpyxl reads them all.
MAX_MARKS, MAX_MARKS_BESIDE = 3_000_000, 150_000
# Limit on the total width of all rows, in cells.
MAX_WIDTH = 20_000_000
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")

Row = tuple[int, list[str]]


def names(data: bytes) -> list[str]:
    """Return the names of a workbook's sheets, in order. Raises RefusedError."""
    with _opened(data) as book:
        return [str(sheet.title) for sheet in book.worksheets]


def sheets(data: bytes, wanted: Sequence[str] | None = None, *, formulas: bool = False) -> dict[str, list[Row]]:
    """Return the rows of the wanted sheets that exist; of the first sheet if `wanted` is None.

    A row is its number and its cells as displayed text; empty rows are omitted. `formulas`: cells as formulas instead
    of values. Raises RefusedError if the file is not a workbook, is too large or malicious, or a formula has no value.
    """
    rows_of: dict[str, list[Row]] = {}
    with _opened(data, formulas=formulas) as book:
        chosen = [worksheet for worksheet in book.worksheets if wanted is None or worksheet.title in wanted]
        for sheet in chosen[:1] if wanted is None else chosen:
            rows_of[str(sheet.title)] = list(_rows(sheet))
    if not formulas and _has_formulas(data):
        with _opened(data, formulas=True) as book:
            for sheet in (worksheet for worksheet in book.worksheets if worksheet.title in rows_of):
                _check_formulas(sheet, dict(rows_of[str(sheet.title)]))
    if wanted is None and not rows_of:
        raise RefusedError(NO_CELLS)
    return rows_of


def merged(data: bytes) -> dict[str, frozenset[tuple[int, int]]]:
    """Return the cells that continue a merged cell above them, by sheet: (row number, position of the column).

    Raises RefusedError.
    """
    found: dict[str, frozenset[tuple[int, int]]] = {}
    archive = guards.opened_archive(data)
    with _opened(data) as book:
        paths = {str(sheet.title): str(getattr(sheet, "_worksheet_path", "")).lstrip("/") for sheet in book.worksheets}
    for name, path in paths.items():
        if path not in archive.namelist():
            continue
        cells: set[tuple[int, int]] = set()
        for match in _MERGED.finditer(guards.member(archive, path)):
            left, top, _, bottom = range_boundaries(match[1].decode("ascii"))
            if top and left and bottom:
                rows = range(top + 1, min(bottom, MAX_ROWS) + 1)
                cells.update((row, left - 1) for row in rows if len(cells) < MAX_ROWS)
        found[name] = frozenset(cells)
    return found


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # the stated size may be wrong
    empty = width = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        width += len(cells)
        texts = ["" if cell is None else _text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        empty = 0 if texts else empty + 1
        if number > MAX_ROWS or len(texts) > MAX_COLUMNS or width > MAX_WIDTH:
            raise RefusedError(
                f"Sheet '{sheet.title}' has more than {MAX_ROWS:,} rows or {MAX_COLUMNS:,} columns. Remove "
                "those that are not needed."
            )
        if empty > MAX_EMPTY:
            return
        if texts:
            yield number, texts


def _check_formulas(sheet: Any, shown: dict[int, list[str]]) -> None:
    """Raise RefusedError if a cell has a formula without a stored value."""
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > max(shown, default=0):
            return
        values = shown.get(number, [])
        for column, cell in enumerate(cells):
            if str(cell).startswith("=") and (column >= len(values) or not values[column]):
                raise RefusedError(
                    f"Sheet '{sheet.title}', row {number}, column {column + 1}: the formula has no value. "
                    "Open the workbook in a spreadsheet program and save it, or enter the value itself."
                )


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


@contextmanager
def _opened(data: bytes, *, formulas: bool = False) -> Iterator[Any]:
    _check_parts(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas, keep_links=False)
        try:
            yield book
        finally:
            book.close()
    except RefusedError:
        raise
    except _DAMAGE as error:
        raise RefusedError(f"The workbook cannot be read ({error}). Save it again as .xlsx, or as csv.") from None


def _check_parts(data: bytes) -> None:
    """Raise RefusedError if an unpacked part of the workbook is too large or declares a document type."""
    if not data.startswith((guards.ZIP, guards.OLE)):
        raise RefusedError("Not a workbook, despite its extension. Save it again as .xlsx, or as csv.")
    archive = guards.opened_archive(data)
    parts = _parts(archive)
    if sum(info.file_size for info in parts) > MAX_SHEET_BYTES:
        raise RefusedError(
            f"The workbook would unpack to more than {MAX_SHEET_BYTES // 2**20} MiB. Keep only the sheet "
            "that is needed."
        )
    for info in parts:
        xml = guards.member(archive, info.filename)
        guards.refuse_doctype(xml)
        guards.check_marks(xml, most=MAX_MARKS)
        start, end = xml.find(b"sheetData"), xml.rfind(b"sheetData")
        cells = xml.count(b"<", start, end) if start < end else 0
        if not info.filename.lower().endswith("sharedstrings.xml") and xml.count(b"<") - cells > MAX_MARKS_BESIDE:
            raise RefusedError(
                f"Part '{info.filename[:60]}' has too many merged cells, styles or names. Copy the cells "
                "into a new workbook."
            )


def _has_formulas(data: bytes) -> bool:
    archive = guards.opened_archive(data)
    return any(_FORMULA.search(guards.member(archive, info.filename)) for info in _parts(archive))


def _parts(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in archive.infolist() if info.filename.lower().endswith((".xml", ".rels"))]
