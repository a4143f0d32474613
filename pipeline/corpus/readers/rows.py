"""Rows of a csv file as people and programs write them: any of the usual delimiters and encodings, comments allowed."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from pipeline.corpus.readers import decoding, guards, workbooks
from pipeline.corpus.readers.model import RefusedError

MAX_ROWS, MAX_COLUMNS = workbooks.MAX_ROWS, workbooks.MAX_COLUMNS
# A table of codings repeats the coded words, so it may be larger than a transcript.
MAX_TABLE_BYTES, MAX_TABLE_LINES = 32 * 2**20, 2_000_000


def read_csv(
    data: bytes, *, comments: bool = False, whole: bool = False
) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header, in lower case, and for each row its line number and its cells by column, as written.

    A row that ends early has empty cells in the columns that it lacks.
    `comments`: lines whose first cell begins with # are not read. `whole`: a row with words beyond its header's last
    column is refused, since they would be lost. Raises RefusedError where there is no header, a
    column occurs twice, or there are more rows than any study has.
    """
    guards.check_size(len(data), limit=MAX_TABLE_BYTES)
    text, _ = decoding.decode(data)
    return _table(csv_records(text), comments=comments, whole=whole)


def read_xlsx(data: bytes) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header and rows of a workbook's first sheet, as `read` does; cells are text as they are shown."""
    (found,) = workbooks.sheets(data).values()
    return _table(iter(found), comments=False)


def _table(
    numbered: Iterator[tuple[int, list[str]]], *, comments: bool, whole: bool = False
) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    header: list[str] = []
    found: list[tuple[int, dict[str, str]]] = []
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
                _check_width(number, header, cells)
            found.append((number, dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))))
        if len(found) > MAX_ROWS:
            raise RefusedError(
                f"The table has more than {MAX_ROWS:,} rows. Split it, or remove rows that are not needed."
            )
    if not header:
        raise RefusedError("The header is missing. The first line must name the columns.")
    return header, found


def csv_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record of a csv text that has cells, with the number of its first line; see `read` for what it raises.

    The delimiter is the one of comma, semicolon and tab that the first line has most of.
    """
    csv.field_size_limit(MAX_TABLE_BYTES)
    if text.count("\n") > MAX_TABLE_LINES:
        raise RefusedError(f"The table has more than {MAX_TABLE_LINES:,} lines. Split it.")
    first = next((line for line in text.split("\n") if line.strip() and not line.startswith("#")), "")
    delimiter = max(",;\t", key=first.count)
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
        if before > start + 1:  # a quotation mark that is never closed takes in all lines up to the end
            last = "\n".join(text.split("\n")[start:])
            _ = list(csv.reader(io.StringIO(last, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise RefusedError(
                f"Line {start + 1}: a quotation mark is never closed. Close it, or save the file again as csv."
            ) from None
        if before > start + 1 and reader.line_num == before:
            return  # the last record is no strict csv, but it ends
        raise RefusedError(
            f"Line {reader.line_num}: not valid csv ({error}). Save the file again as csv in UTF-8."
        ) from None


def _check_width(number: int, header: list[str], cells: list[str]) -> None:
    """Raise RefusedError where a row has words beyond its header's last column: they would belong to none."""
    if any(cell.strip() for cell in cells[len(header) :]):
        raise RefusedError(
            f"Line {number}: {len(cells)} cells, but {len(header)} columns in the header. Put cells that "
            "contain the delimiter in quotation marks, or add a column name."
        )
