"""Edit rows of a CSV file and leave every other line exactly as it was."""

import codecs
import csv
import io
from collections.abc import Callable, Collection

from pipeline.corpus.readers import decoding
from pipeline.corpus.readers import rows as reader

Change = Callable[[int, dict[str, str]], dict[str, str] | None]


def edit(data: bytes, change: Change, *, comments: bool = False) -> tuple[bytes, int]:
    """Return the edited file in UTF-8 and the number of rows changed or removed.

    Line ends and byte order mark are kept. `change` receives a row's line number and its cells by column name (lower
    case), and returns the new cells, or None to remove the row. `comments`: skip lines whose first cell starts with #.
    """
    header, csv_rows = reader.read_csv(data, comments=comments)
    edited = {number: (cells, change(number, dict(cells))) for number, cells in csv_rows}
    text, _ = decoding.decode(data)
    lines = text.split("\n")
    delimiter = max(",;\t", key=next((line for line in lines if line.strip() and not line.startswith("#")), "").count)
    out: list[str] = []
    first_line, touched = 0, 0
    for last in _ends(text, delimiter):
        cells, new = edited.get(first_line + 1, ({}, {}))
        if new == cells:
            out += lines[first_line:last]
        else:
            touched += 1
            out += [_written(header, new, delimiter)] if new is not None else []
        first_line = last
    end = "\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else "\n"
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return mark + end.join(out + lines[first_line:]).encode(), touched


def without_rows(data: bytes, numbers: Collection[int], *, delimiter: str) -> bytes:
    """Return a csv in UTF-8 without the records that begin on some lines; other lines are kept as they are."""
    text, _ = decoding.decode(data)
    lines = text.split("\n")
    out: list[str] = []
    at = 0
    for last in _ends(text, delimiter):
        out += [] if at + 1 in numbers else lines[at:last]
        at = last
    end = "\r\n" if data.count(b"\r\n") * 2 > data.count(b"\n") else "\n"
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return mark + end.join(out + lines[at:]).encode()


def _ends(text: str, delimiter: str) -> list[int]:
    """The number of the last line of each record, quoted line ends and empty lines counted."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [records.line_num for _ in records]


def _written(header: list[str], cells: dict[str, str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="").writerow([cells.get(name, "") for name in header])
    return out.getvalue()
