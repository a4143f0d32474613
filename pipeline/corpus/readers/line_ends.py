"""Joins the lines of a printed text to paragraphs, and words that were broken at line ends."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

SOFT = "\u00ad"
_HYPHENS = ("-", SOFT, "\u2010")
_LAST, _FIRST = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]$"), re.compile(r"([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u00ad\u2010][^\W\d_]+)*")
# Words of a text that its other lines show to have been broken, from which on all are taken to be.
EVIDENCE = 2


def is_torn(before: str, line: str) -> bool:
    """Return whether a line goes on with the word that the line before it ends with."""
    return before.endswith(_HYPHENS) and line[:1].islower()


class Hyphens:
    """What a text's lines say about the hyphens at their ends: typed ones stay, those that break a word go.

    A hyphen goes if the text has the whole word elsewhere and not the hyphenated one, if it is a soft hyphen, or if the
    text breaks other words at line ends.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        """Take the lines of the whole text."""
        self._words = {_plain(word.group()) for line in lines for word in _WORD.finditer(line)}
        pairs = [pair for one, two in pairwise(lines) if is_torn(one, two) and (pair := self._halves(one, two))]
        whole = sum("".join(pair) in self._words for pair in pairs)
        kept = sum("-".join(pair) in self._words for pair in pairs)
        self._breaks = whole >= EVIDENCE and whole > 2 * kept

    def end(self, before: str, line: str) -> str:
        """Return a torn line's words without its hyphen where that only broke a word."""
        halves = self._halves(before, line)
        if not halves or "-".join(halves) in self._words:
            return before
        breaks = self._breaks or before.endswith(SOFT) or "".join(halves) in self._words
        return before[:-1] if breaks else before

    @staticmethod
    def _halves(before: str, line: str) -> tuple[str, str] | None:
        last, first = _LAST.search(before), _FIRST.match(line)
        return (last[1].casefold(), first[1].casefold()) if last and first else None


def _plain(word: str) -> str:
    return word.casefold().replace(SOFT, "-").replace("\u2010", "-")


def joined(lines: Sequence[str], opens: Collection[int], *, full: float) -> tuple[str, list[int]]:
    """Return lines joined to paragraphs, one per line, and where each line begins in that text.

    A line of at least `full` characters goes on in the next one, except before an empty line and before the lines whose
    indexes are in `opens`. Empty lines are left out.
    """
    hyphens = Hyphens(lines)
    pieces: list[str] = []
    starts: list[int] = []
    at = 0
    last = ""  # the line before, as printed
    for index, line in enumerate(lines):
        if line and pieces:
            ends = len(last) < full or index in opens
            torn = not ends and is_torn(last, line)
            if torn:
                whole = hyphens.end(pieces[-1], line)
                at -= len(pieces[-1]) - len(whole)
                pieces[-1] = whole
            between = "\n" if ends else "" if torn else " "
            pieces.append(between)
            at += len(between)
        starts.append(at)
        pieces.append(line)
        at += len(line)
        last = line
    return "".join(pieces), starts
