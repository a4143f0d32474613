"""Reads text files that people edit: UTF-8, or an error that names the line."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.core import plain_files
from pipeline.core.errors import CounterpointError

# Largest file read, in bytes.
LARGEST = 32 * 2**20
# Control characters other than tab and line breaks, and two code points that are not characters.
STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# Lone surrogates, which UTF-8 cannot encode.
HALF = re.compile("[\ud800-\udfff]")
_OTHERS = (
    ((b"\xff\xfe", b"\xfe\xff"), "it is UTF-16"),
    ((b"PK\x03\x04",), "it is a zip archive, such as a workbook or a Word document"),
    ((b"\x1f\x8b",), "it is a gzip archive"),
)
_MARKS = re.compile(r"^(<{7}|={7}|>{7}|\|{7})(?: .*)?\r?$", re.MULTILINE)


class TextFileError(CounterpointError):
    """A text file cannot be read; the message gives file and line."""


def read_text(path: Path, *, largest: int = LARGEST) -> str:
    """Return the text of a file, without a byte order mark, with its line breaks unchanged.

    Raises FileNotFoundError, and TextFileError if the file is not UTF-8, contains control characters, is not a regular
    file or is larger than `largest` bytes.
    """
    size = path.stat().st_size
    why = plain_files.problem(path, follow=True)
    if why:
        raise TextFileError(f"{path}: {why}")
    if size > largest:
        raise TextFileError(
            f"{path} is larger than {largest // 2**20} MiB, too large for this kind of file. Check that it "
            "is the right one."
        )
    return decode_utf8(path.read_bytes(), place=str(path))


def decode_utf8(data: bytes, *, place: str) -> str:
    """Decode UTF-8 bytes, without a byte order mark. `place`: the file, for messages. Raises TextFileError."""
    for starts, kind in _OTHERS:
        if data.startswith(starts):
            raise TextFileError(f"{place}, line 1: {kind}, not plain text in UTF-8. Save it as UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TextFileError(
            f"{place}, line {line}: it is not valid UTF-8 (byte {error.start + 1} of the file). Save it as "
            "UTF-8; in Excel choose 'CSV UTF-8'."
        ) from None
    if control := STRANGE.search(text):
        raise TextFileError(
            f"{place}, line {_line(text, control.start())}: it contains the control character "
            f"U+{ord(control[0]):04X}. Remove it, or save the file as UTF-8."
        )
    return text


def csv_rows(text: str, *, place: str, comments: bool = False) -> Iterator[tuple[int, list[str]]]:
    """Yield the non-empty rows of a csv text, each with its first line number. The delimiter is detected.

    `comments`: skip rows that begin with #. `place`: the file, for messages. Raises TextFileError for unclosed
    quotation marks.
    """
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    delimiter = max(",;\t", key=next(lines, "").count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not (comments and cells[0].lstrip().startswith("#")):
                yield before + 1, cells
            before = reader.line_num
    except csv.Error:
        raise TextFileError(
            f"{place}, line {before + 1}: a quotation mark is not closed, or is followed by text. Close "
            'it, and double any quotation mark inside a cell ("").'
        ) from None


def merge_conflicts(text: str, *, place: str) -> list[str]:
    """Return a message for the first Git conflict marker, as a list; empty if there is none."""
    marker = next((mark for mark in _MARKS.finditer(text) if mark[1][0] != "="), None)
    if marker is None:
        return []
    return [
        f"{place}, line {_line(text, marker.start())}: unresolved Git merge conflict ({marker[1]}). Keep the "
        "right version and remove the conflict markers."
    ]


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
