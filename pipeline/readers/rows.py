"""Rows of a csv file as people and programs write them: any of the usual delimiters and encodings, comments allowed."""

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.readers import decoding, guards
from pipeline.readers.model import RefusedError

MAX_ROWS, MAX_COLUMNS, MAX_EMPTY = 200_000, 200, 1_000
# A table of codings repeats the coded words, so it may be larger than a transcript.
MAX_TABLE_BYTES, MAX_SHEET_BYTES = 32 * 2**20, 48 * 2**20
# What openpyxl raises on damaged workbooks; each of them means "not as it should be".
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


def read(data: bytes, *, comments: bool = False) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header, in lower case, and for each row its line number and its cells by column, as written.

    `comments`: lines whose first cell begins with # are not read. Raises RefusedError where there is no header, a
    column occurs twice, or there are more rows than any study has.
    """
    guards.check_size(len(data), limit=MAX_TABLE_BYTES)
    text, _ = decoding.decode(data)
    return _table(_numbered(text), comments=comments)


def read_xlsx(data: bytes) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header and rows of a workbook's first sheet, as `read` does; cells are text as they are stored."""
    archive = guards.opened_archive(data)
    parts = [info for info in archive.infolist() if info.filename.endswith((".xml", ".rels"))]
    if sum(info.file_size for info in parts) > MAX_SHEET_BYTES:
        raise RefusedError(
            f"It would unpack to more than {MAX_SHEET_BYTES // 2**20} MiB. Keep the one sheet that counts."
        )
    for info in parts:
        guards.refuse_doctype(guards.member(archive, info.filename))
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            return _table(_of_sheet(book.worksheets[0]), comments=False)
        finally:
            book.close()
    except RefusedError:
        raise
    except _DAMAGE as error:
        raise RefusedError(f"It cannot be read as a workbook ({error}). Save it again as .xlsx, or as csv.") from None


def _of_sheet(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    empty = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
        said = ["" if cell is None else str(cell) for cell in cells]
        empty = 0 if any(said) else empty + 1
        if empty > MAX_EMPTY:
            return
        if any(said):
            yield number, said


def _table(
    numbered: Iterator[tuple[int, list[str]]], *, comments: bool
) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    header: list[str] = []
    found: list[tuple[int, dict[str, str]]] = []
    for number, cells in numbered:
        if comments and cells[0].lstrip().startswith("#"):
            continue
        if not header:
            header = [cell.strip().lower() for cell in cells]
            twice = sorted({name for name in header if name and header.count(name) > 1})
            if twice:
                raise RefusedError(f"Line {number}: the column '{twice[0]}' occurs twice. Keep one of them.")
        elif any(cell.strip() for cell in cells):
            found.append((number, dict(zip(header, cells, strict=False))))
        if len(found) > MAX_ROWS:
            raise RefusedError(
                f"It has more than {MAX_ROWS} rows, more than any study. Split it, or remove what is not needed."
            )
    if not header:
        raise RefusedError("It has no header line. Its first line should name the columns.")
    return header, found


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MAX_TABLE_BYTES)
    first = next((line for line in text.split("\n") if line.strip() and not line.startswith("#")), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    try:
        for cells in reader:
            if cells:
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise RefusedError(
            f"Line {reader.line_num}: it cannot be read as csv ({error}). Save it again as csv in UTF-8."
        ) from None
