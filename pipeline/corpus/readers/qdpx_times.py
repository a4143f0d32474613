"""Writes the times of a recording's transcript into its text, where plain text has them: at the beginning of a line."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.memo import Memo

if TYPE_CHECKING:
    from pipeline.corpus.readers.qdpx import Source

Marks = list[tuple[int, str]]
_PRINTED = re.compile(r"\s*[\[(#{]?\d{1,2}[:.]\d{2}")


def marks(source: "Source") -> Marks:
    """Return what to write before which positions of a source: a time at each line that one begins.

    None, if lines have times already.
    """
    lines = {0, *(match.end() for match in re.finditer("\n", source.text))}
    first: dict[int, float] = {}
    for position, seconds in source.times:
        if position in lines and position < len(source.text):
            first.setdefault(position, seconds)
    printed = sum(bool(_PRINTED.match(source.text, position)) for position in first)
    if printed or not any(first.values()):
        return []
    return [(position, f"[{_clock(seconds)}] ") for position, seconds in sorted(first.items())]


def timed(source: "Source", wanted: Marks) -> "Source":
    """Return a source with times in its text."""
    pieces, at = [], 0
    for position, mark in wanted:
        pieces += [source.text[at:position], mark]
        at = position
    return replace(source, text="".join([*pieces, source.text[at:]]), times=())


def moved(start: int, end: int, wanted: Marks) -> tuple[int, int]:
    """Return a passage's positions in the text with times; one that begins a line begins behind the time."""
    positions = [position for position, _ in wanted]
    sizes = [0]
    for _, mark in wanted:
        sizes.append(sizes[-1] + len(mark))
    return start + sizes[bisect_right(positions, start)], end + sizes[bisect_right(positions, end - 1)]


def of_codings(codings: Sequence[Coding], wanted: dict[str, Marks], texts: dict[str, str]) -> list[Coding]:
    """Return codings in texts with times. `wanted` and `texts`: by document, for those that got times."""
    found = []
    for coding in codings:
        marks_here = wanted.get(coding.document)
        if marks_here and coding.start is not None and coding.end is not None:
            start, end = moved(coding.start, coding.end, marks_here)
            text = texts[coding.document]
            coding = replace(coding, start=start, end=end, text=text[start:end], copy=text)
        found.append(coding)
    return found


def of_memos(memos: Sequence[Memo], wanted: dict[str, Marks], texts: dict[str, str]) -> list[Memo]:
    """Return memos on passages in texts with times."""
    found = []
    for memo in memos:
        marks_here = wanted.get(memo.document)
        if marks_here and memo.start is not None and memo.end is not None:
            start, end = moved(memo.start, memo.end, marks_here)
            memo = replace(memo, start=start, end=end, text=texts[memo.document][start:end])
        found.append(memo)
    return found


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
