"""Texts that people keep and edit by hand: UTF-8, or a sentence that says which line is not."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.core import plain_files
from pipeline.core.errors import CounterpointError

# Far above any file that people keep by hand, far below what fills the memory.
LARGEST = 32 * 2**20
# What no person types: control characters but tab and line ends, and the two code points that are no characters.
STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# Half of a surrogate pair: no text in UTF-8 can hold it.
HALF = re.compile("[\ud800-\udfff]")
_OTHERS = (
    ((b"\xff\xfe", b"\xfe\xff"), "it is UTF-16"),
    ((b"PK\x03\x04",), "it is a zip archive, such as a workbook or a Word document"),
    ((b"\x1f\x8b",), "it is a gzip archive"),
)
_MARKS = re.compile(r"^(<{7}|={7}|>{7}|\|{7})(?: .*)?\r?$", re.MULTILINE)


class TextFileError(CounterpointError):
    """A text file cannot be read; the message names the file and the line."""


def read_text(path: Path, *, largest: int = LARGEST) -> str:
    """The text of a file, without a byte order mark, its line ends as they are.

    Raises FileNotFoundError, and TextFileError with the line for what is not UTF-8, holds characters that no text
    holds, or is larger than `largest` bytes.
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
    """The text of bytes in UTF-8, without a byte order mark; `place` is the file, for the sentence of TextFileError."""
    for starts, said in _OTHERS:
        if data.startswith(starts):
            raise TextFileError(f"{place}, line 1: {said}, not plain text in UTF-8. Save it as UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TextFileError(
            f"{place}, line {line}: it is not valid UTF-8 (byte {error.start + 1} of the file). Save it as "
            "UTF-8; in Excel choose 'CSV UTF-8'."
        ) from None
    if found := STRANGE.search(text):
        raise TextFileError(
            f"{place}, line {_line(text, found.start())}: it contains the control character "
            f"U+{ord(found[0]):04X}. Remove it, or save the file as UTF-8."
        )
    return text


def csv_rows(text: str, *, place: str, comments: bool = False) -> Iterator[tuple[int, list[str]]]:
    """The rows of a csv text that are not empty, each with the line on which it begins; its delimiter is found.

    `comments`: rows whose first cell begins with # are left out. Raises TextFileError, with the line, for quotation
    marks that are not closed, which would swallow all that follows, or that stand in the middle of a cell.
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
    """A sentence for the first mark that Git left of a merge, with its line; none where there is no such mark."""
    found = next((mark for mark in _MARKS.finditer(text) if mark[1][0] != "="), None)
    if found is None:
        return []
    return [
        f"{place}, line {_line(text, found.start())}: unresolved Git merge conflict ({found[1]}). Keep the "
        "right version and remove the conflict markers."
    ]


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
