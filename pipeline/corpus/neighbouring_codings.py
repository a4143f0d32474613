"""Tells which occurrence of a passage a coding means, by its paragraph number or the codings beside it."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from pipeline.corpus.text_folding import Span

Paragraphs = tuple[int, int]
# The order of rows counts if at least this many codings of a document have one place each, and all of them follow each
# other in the text; a way of counting paragraphs, if it fits at least this share of them.
ENOUGH, ORDERLY = 5, 0.9
_LINE = re.compile(r"[^\n]+")
_NUMBERED = re.compile(r"^[ \t]*[\[(]?(\d{1,5})[\])]?(?=\s|$)", re.MULTILINE)


class Anchor(NamedTuple):
    """A coding with one place: its row in the file, its paragraphs if the file says them, and its start."""

    row: int
    paragraphs: Paragraphs | None
    start: int


class Neighbours:
    """The codings of a document that have one place each, in the order of their file."""

    def __init__(self, text: str, anchors: Sequence[Anchor]) -> None:
        """Take the document's text and the anchors in the order of their rows."""
        self._text, self._anchors = text, anchors
        self._numbered = sorted((one.paragraphs, one.start) for one in anchors if one.paragraphs)

    def by_paragraph(self, paragraphs: Paragraphs, spans: Sequence[Span]) -> Span | None:
        """Return the one span in the paragraphs, however their program counts them; None if there is no telling."""
        first, last = paragraphs
        meant: set[Span] = set()
        best = (ORDERLY, False)
        for fit, shift, starts in self._counts:
            inside = [span for span in spans if first <= bisect_right(starts, span[0]) + shift <= last]
            if fit < best or len(inside) != 1:
                continue
            meant = {inside[0]} if fit > best else meant | {inside[0]}
            best = fit
        if meant:
            return meant.pop() if len(meant) == 1 else None
        below = [start for (begin, _), start in self._numbered if begin < first]
        above = [start for (begin, _), start in self._numbered if begin > last]
        return _between(max(below), min(above), spans) if below and above else None

    def by_order(self, row: int, spans: Sequence[Span]) -> Span | None:
        """Return the one span between the codings before and after in the file, if these follow the text's order."""
        at = bisect_right(self._anchors, row, key=lambda one: one.row)
        if not self._orderly or not 0 < at < len(self._anchors):
            return None
        return _between(self._anchors[at - 1].start, self._anchors[at].start, spans)

    @cached_property
    def _orderly(self) -> bool:
        following = all(a.start <= b.start for a, b in pairwise(self._anchors))
        return following and len(self._anchors) >= ENOUGH

    @cached_property
    def _counts(self) -> list[tuple[tuple[float, bool], int, list[int]]]:
        """How well each way of counting fits the anchors, the number to add to it, and its paragraphs' starts."""
        counts = []
        for starts in _counts(self._text):
            shifts = Counter(begin - bisect_right(starts, start) for (begin, _), start in self._numbered)
            shift, agreed = min(shifts.items(), key=lambda item: (-item[1], abs(item[0]))) if shifts else (0, 1)
            counts.append(((agreed / max(1, len(self._numbered)), shift == 0), shift, starts))
        return counts


def _between(after: int, before: int, spans: Sequence[Span]) -> Span | None:
    found = [span for span in spans if after <= span[0] <= before]
    return found[0] if len(found) == 1 else None


def _counts(text: str) -> list[list[int]]:
    """Return the starts of a text's paragraphs in each way of counting them.

    Programs count all lines, those with text or those with words, or number them in the text itself.
    """
    lines = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")]
    filled = [found.start() for found in _LINE.finditer(text) if found.group().strip()]
    worded = [found.start() for found in _LINE.finditer(text) if any(map(str.isalpha, found.group()))]
    counts = [lines, filled, worded]
    printed = [(int(found[1]), found.start()) for found in _NUMBERED.finditer(text)]
    if len(printed) > 1 and [number for number, _ in printed] == list(range(1, len(printed) + 1)):
        counts.append([start for _, start in printed])
    return [list(starts) for starts in dict.fromkeys(map(tuple, counts))]
