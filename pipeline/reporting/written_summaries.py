"""What people wrote in cells of the framework matrix, in summaries.yaml: it stands instead of the extractive summary.

The file holds what people say of a case in their own words, so it stays out of Git like the transcripts. Entries are
only ever added; of two about a cell the later one stands.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.core import entry_files
from pipeline.core.errors import CounterpointError
from pipeline.core.names import written as named

# The last line of a cell of the workbook: how many passages, and who wrote the summary.
_COUNT = re.compile(r"\n\(\d+(; [^\n]*)?\)\s*$")
# What spreadsheet programs write for a control character.
_ESCAPED = re.compile(r"_x00[01][0-9A-Fa-f]_")


class WrittenError(CounterpointError):
    """summaries.yaml cannot be used; the message lists every problem, one a line."""


class Summary(entry_files.Entry):
    """A cell (case, code) as a person put it. `of`: the digest of the extractive summary there was then."""

    case: entry_files.Name
    code: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    who: entry_files.Name
    when: entry_files.Time
    of: str = ""


def load(path: Path) -> list[Summary]:
    """Every entry, by time; raise WrittenError with every problem at once. A file that is not there holds none."""
    held = entry_files.read_entries(path, "summaries", Summary, error=WrittenError, beside=())
    found = [_kept(one) for one in held]
    return sorted(found, key=lambda one: (one.when.replace(" ", "T"), one.case, one.code, one.who, one.summary))


def standing(found: Iterable[Summary]) -> dict[tuple[str, str], Summary]:
    """The last entry about each cell (case, code), of entries in the order of `load`.

    A person who gave a cell its extractive summary back leaves nothing in it.
    """
    last = {(one.case, one.code): one for one in found}
    return {cell: one for cell, one in last.items() if digest(one.summary) != one.of}


def dump(found: Iterable[Summary]) -> str:
    """The text of summaries.yaml: a line each, by case, code and time."""
    held = sorted(set(found), key=lambda one: (one.case, one.code, one.when, one.who, one.summary))
    return entry_files.dump_entries("summaries", (one.model_dump(exclude_defaults=True) for one in held))


def save(path: Path, found: Iterable[Summary]) -> None:
    """Write summaries.yaml whole, with the comments that people wrote into it."""
    entry_files.save_entries(path, dump(found), "summaries", lambda held: entry_files.one_line(dump([_kept(held)])))


def _kept(held: Any) -> Summary:
    """An entry as it is kept: its case and its author each in one spelling."""
    one = Summary.model_validate(held)
    return one.model_copy(update={"case": named(one.case), "who": named(one.who)})


def plain(cell: str) -> str:
    """The text of a cell of the workbook as a person means it: without the count of passages and stray characters."""
    text = _ESCAPED.sub("", cell).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(part.rstrip() for part in _COUNT.sub("", text).split("\n")).strip()


def digest(text: str) -> str:
    """A fingerprint of a cell's text as a person means it (12 hexadecimal digits); empty for an empty cell."""
    said = " ".join(plain(text).split())
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:12] if said else ""
