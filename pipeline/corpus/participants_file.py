"""Adds columns and rows to a participants.csv and leaves everything that people wrote in it as it is."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.core import formula_guard
from pipeline.corpus.readers import decoding

_BREAK = re.compile("\r\n|\n|\r")


class Form(NamedTuple):
    """How a file is written: its byte order mark, encoding, line breaks and delimiter."""

    mark: bytes
    encoding: str
    line_break: str
    delimiter: str


def extend(data: bytes, *, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a file with rows added at its end, by column, and with those of `columns` that it lacks.

    Lines, order, comments, line breaks, delimiter and encoding are kept; rows that are there get no cells. A file of
    ASCII gets a byte order mark with the first other letter, without which Excel garbles it. The header must be there.
    """
    text, form = _read(data)
    lines = _BREAK.split(text)
    at = next(number for number, line in enumerate(lines) if line.strip() and not line.lstrip('" ').startswith("#"))
    header = [cell.strip().lower() for cell in next(csv.reader([lines[at]], delimiter=form.delimiter))]
    missing = [name for name in columns if name not in header]
    breaks = _BREAK.findall(text)
    lines[at] = form.delimiter.join([lines[at], *missing])
    kept = "".join(line + end for line, end in zip(lines, [*breaks, ""], strict=True))
    if kept and not kept.endswith(("\n", "\r")):
        kept += form.line_break
    out = io.StringIO()
    writer = csv.writer(out, delimiter=form.delimiter, lineterminator=form.line_break)
    for row in rows:
        writer.writerow([formula_guard.guarded(row.get(name, "")) for name in [*header, *missing]])
    added = out.getvalue()
    mark = codecs.BOM_UTF8 if text.isascii() and not added.isascii() and form.encoding == "utf-8" else form.mark
    return mark + (kept + added).encode(form.encoding)


def _read(data: bytes) -> tuple[str, Form]:
    text, _ = decoding.as_written(data)
    mark, encoding = b"", "utf-8"
    for sign, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(sign):
            mark, encoding = sign, name
            break
    line_break = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    # As the reader finds it.
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    return text, Form(mark, encoding, line_break, max(",;\t", key=first.count))
