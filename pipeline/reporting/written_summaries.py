"""Read and write summaries.yaml: summaries that people wrote for cells of the framework matrix.

They replace the extractive summaries. The file describes cases, so it is kept out of Git like the transcripts. Entries
are only added; the latest entry about a cell counts.
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
    """A person's summary of a cell (case, code). `of`: the digest of the extractive summary at that time."""

    case: entry_files.Name
    code: str = Field(min_length=1)
    summary: str = Field(min_length=1)
    who: entry_files.Name
    when: entry_files.Time
    of: str = ""


def load(path: Path) -> list[Summary]:
    """Return all entries by time, none without a file; raise WrittenError with every problem at once."""
    entries = entry_files.read_entries(path, "summaries", Summary, error=WrittenError, beside=())
    summaries = [_with_canonical_names(summary) for summary in entries]
    return sorted(
        summaries,
        key=lambda summary: (summary.when.replace(" ", "T"), summary.case, summary.code, summary.who, summary.summary),
    )


def standing(summaries: Iterable[Summary]) -> dict[tuple[str, str], Summary]:
    """Return the latest entry about each cell (case, code), of entries in the order of `load`.

    An entry that restores the extractive summary is left out.
    """
    last = {(summary.case, summary.code): summary for summary in summaries}
    return {cell: summary for cell, summary in last.items() if digest(summary.summary) != summary.of}


def dump(summaries: Iterable[Summary]) -> str:
    """Return the text of summaries.yaml: one line per entry, by case, code and time."""
    ordered = sorted(
        set(summaries), key=lambda summary: (summary.case, summary.code, summary.when, summary.who, summary.summary)
    )
    return entry_files.dump_entries("summaries", (summary.model_dump(exclude_defaults=True) for summary in ordered))


def save(path: Path, summaries: Iterable[Summary]) -> None:
    """Write summaries.yaml whole, with the comments that people wrote into it."""
    entry_files.save_entries(
        path, dump(summaries), "summaries", lambda entry: entry_files.one_line(dump([_with_canonical_names(entry)]))
    )


def _with_canonical_names(entry: Any) -> Summary:
    """Return an entry with its case and author in canonical spelling."""
    summary = Summary.model_validate(entry)
    return summary.model_copy(update={"case": named(summary.case), "who": named(summary.who)})


def plain(cell: str) -> str:
    """Return the text of a workbook cell without the count of passages and control characters."""
    text = _ESCAPED.sub("", cell).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in _COUNT.sub("", text).split("\n")).strip()


def digest(text: str) -> str:
    """Return a fingerprint of a cell's plain text (12 hexadecimal digits); empty for an empty cell."""
    normalised = " ".join(plain(text).split())
    return hashlib.sha256(normalised.encode("utf-8", "replace")).hexdigest()[:12] if normalised else ""
