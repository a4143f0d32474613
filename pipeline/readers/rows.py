"""Rows of a csv file as people and programs write them: any of the usual delimiters and encodings, comments allowed."""

import csv
import io
from collections.abc import Iterator

from pipeline.readers import decoding, guards
from pipeline.readers.model import RefusedError

MAX_ROWS = 200_000


def read(data: bytes, *, comments: bool = False) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the header, in lower case, and for each row its line number and its cells by column, as written.

    `comments`: lines whose first cell begins with # are not read. Raises RefusedError where there is no header, a
    column occurs twice, or there are more rows than any study has.
    """
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    header: list[str] = []
    found: list[tuple[int, dict[str, str]]] = []
    for number, cells in _numbered(text):
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
    csv.field_size_limit(guards.MAX_TEXT_BYTES)
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
