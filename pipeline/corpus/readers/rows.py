"""Reads rows of csv files with any common delimiter and encoding; comments are allowed."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from pipeline.corpus.readers import decoding, guards, workbooks
from pipeline.corpus.readers.model import RefusedError

MAX_ROWS, MAX_COLUMNS = workbooks.MAX_ROWS, workbooks.MAX_COLUMNS
# Tables of codings repeat the coded text, so they may be larger than a transcript.
MAX_TABLE_BYTES, MAX_TABLE_LINES = 32 * 2**20, 2_000_000
NO_HEADER = "The header is missing. The first line must name the columns."


def read_csv(
    data: bytes, *, comments: bool = False, whole: bool = False
) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header in lower case, and each row's line number and cells by column.

    Missing cells at the end of a row are empty. `comments`: skip rows whose first cell begins with #. `whole`: refuse
    rows with text beyond the last column, which would be lost. Raises RefusedError if there is no header, a column is
    duplicated, or there are too many rows.
    """
    guards.check_size(len(data), limit=MAX_TABLE_BYTES)
    text, _ = decoding.decode(data)
    return _table(csv_records(text), comments=comments, whole=whole)


def read_xlsx(data: bytes) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header and rows of a workbook's first sheet, as `read_csv` does; cells are text as displayed.

    Raises RefusedError.
    """
    (found,) = workbooks.sheets(data).values()
    return _table(iter(found), comments=False)


def _table(
    numbered: Iterator[tuple[int, list[str]]], *, comments: bool, whole: bool = False
) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    header: list[str] = []
    numbered_rows: list[tuple[int, dict[str, str]]] = []
    for number, cells in numbered:
        if comments and cells[0].lstrip().startswith("#"):
            continue
        if not header:
            header = [cell.strip().lower() for cell in cells]
            twice = sorted(name for name, count in Counter(header).items() if name and count > 1)
            if twice:
                raise RefusedError(f"Line {number}: duplicate column '{twice[0]}'. Keep one of them.")
        elif any(cell.strip() for cell in cells):
            if whole:
                check_width(number, header, cells)
            numbered_rows.append((number, dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))))
        if len(numbered_rows) > MAX_ROWS:
            raise too_many()
    if not header:
        raise RefusedError(NO_HEADER)
    return header, numbered_rows


def csv_records(text: str, *, delimiter: str = "") -> Iterator[tuple[int, list[str]]]:
    """Yield the non-empty records of a csv text, each with its first line number. Raises RefusedError.

    The default delimiter is the most frequent of comma, semicolon and tab in the first line.
    """
    csv.field_size_limit(MAX_TABLE_BYTES)
    if text.count("\n") > MAX_TABLE_LINES:
        raise RefusedError(f"The table has more than {MAX_TABLE_LINES:,} lines. Split it.")
    first = next((line for line in text.split("\n") if line.strip() and not line.startswith("#")), "")
    delimiter = delimiter or max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = start = 0
    try:
        for cells in reader:
            start = before
            before = reader.line_num
            if len(cells) > MAX_COLUMNS:
                raise RefusedError(
                    f"Line {start + 1}: more than {MAX_COLUMNS:,} columns. Remove those that are not needed."
                )
            if cells:
                yield start + 1, cells
        if before > start + 1:  # an unclosed quotation mark swallows all lines to the end
            last = "\n".join(text.split("\n")[start:])
            _ = list(csv.reader(io.StringIO(last, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise RefusedError(
                f"Line {start + 1}: a quotation mark is never closed. Close it, or save the file again as csv."
            ) from None
        if before > start + 1 and reader.line_num == before:
            return  # the last record is not strict csv, but it is complete
        raise RefusedError(
            f"Line {reader.line_num}: not valid csv ({error}). Save the file again as csv in UTF-8."
        ) from None


def too_many() -> RefusedError:
    """The refusal of a table with more than MAX_ROWS rows."""
    return RefusedError(f"The table has more than {MAX_ROWS:,} rows. Split it, or remove rows that are not needed.")


def check_width(number: int, header: list[str], cells: list[str]) -> None:
    """Raise RefusedError if a row has text beyond the last column of the header."""
    if any(cell.strip() for cell in cells[len(header) :]):
        raise RefusedError(
            f"Line {number}: {len(cells)} cells, but {len(header)} columns in the header. Put cells that "
            "contain the delimiter in quotation marks, or add a column name."
        )
