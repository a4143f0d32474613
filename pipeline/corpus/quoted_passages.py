"""Takes quotes apart as people write them: in quotation marks, with words left out, changed or added in brackets."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.corpus.text_folding import Folded, Span, letters

# The fewest letters by which a passage is recognised without its marks, and the most that may lie between two pieces
# of a quote: where words were left out, and where a bracket or a line break stands for a few.
FEWEST, FAR, NEAR = 12, 3_000, 80
_LEFT_OUT = (
    r"\[[\s.…/-]{0,20}\]|\([\s./-]{0,20}(?:\.|…)[\s.…/-]{0,20}\)|<[\s.…]{1,20}>|/\s?(?:\.{2,}|…)\s?/"
    r"|…|\.{2,}|(?:\.\s){2,}\.|\s-{2,3}\s"
)
_GAP = re.compile(rf"(?P<far>{_LEFT_OUT})|(?P<near>\[[^\[\]\n]{{1,80}}\]|\([^()\n]{{1,40}}\)|\n)")
_ITEM = r"\(?\d{1,3}[.)]\s+|[-–—>]\s+"
_MARKS = "\"'“”„‟‘’‚‛«»‹›…·•*_ \t\r\n\u00a0\u200b\ufeff"
# Traces of a PDF's margin in a passage: three or more line numbers in a row, and words hyphenated at line ends.
_NUMBERS = re.compile(r"(?<!\S)\d{1,5}(?:\s+\d{1,5}){2,}(?!\S)")
_LONE = re.compile(r"(?<!\S)(?<!\d )\d{1,5}(?!\S)(?! \d)")
_BROKEN = re.compile(r"(?<=[^\W\d_])- +(?=[^\W\d_])")


class Piece(NamedTuple):
    """Letters of a part of a quote, and how many letters may lie between it and the part before it."""

    text: str
    gap: int


def bare(quote: str) -> str:
    """Return a quote without the quotation marks, dots and brackets around it, and without its number in a list."""
    for _ in range(5):
        quote = re.sub(rf"^(?:{_LEFT_OUT}|{_ITEM})|(?:{_LEFT_OUT})$", "", quote.strip(_MARKS))
    return quote.strip(_MARKS)


def without_margin(words: str) -> list[str]:
    """Return normalised words as they are, without consecutive line numbers, and with hyphenation removed.

    Line numbers stand together (a PDF's margin) or one before each line, counting on.
    """

    def kept(found: re.Match[str]) -> str:
        return "" if _count_on(found.group().split()) else found.group()

    plain = " ".join(_NUMBERS.sub(kept, words).split())
    lone = _LONE.findall(words)  # numbers beside each other were said, or are in a margin of their own
    without = " ".join(_LONE.sub("", words).split()) if _count_on(lone) else plain
    forms = (words, plain, _BROKEN.sub("-", plain), _BROKEN.sub("", plain), without, _BROKEN.sub("", without))
    return list(dict.fromkeys(forms))


def _count_on(numbers: Sequence[str]) -> bool:
    return all(int(after) == int(before) + 1 for before, after in pairwise(numbers))


def pieces(quote: str) -> list[Piece]:
    """Return the parts of a quote between dots, brackets and line breaks; [] if there are none of these."""
    found: list[Piece] = []
    gap = at = 0
    for mark in [*_GAP.finditer(quote), None]:
        text = letters(quote[at : mark.start() if mark else len(quote)]).text
        if text:
            found.append(Piece(text, gap))
            gap = 0
        if mark:
            gap = max(gap, FAR if mark.lastgroup == "far" else NEAR)
            at = mark.end()
    return found if at else []


def in_order(parts: list[Piece], text: Folded) -> list[Span]:
    """Return the spans of a text's letters from the first part to the last, with all parts between in their order.

    A part of few letters must be the only one within reach.
    """
    if not parts:
        return []
    longest = max(range(len(parts)), key=lambda number: len(parts[number].text))
    if len(parts[longest].text) < FEWEST:
        return []
    spans = set()
    for start, end in text.hits(parts[longest].text):
        reach = _after(text, parts[longest + 1 :], end), _before(text, parts[: longest + 1], start)
        if min(reach) >= 0:
            spans.add((reach[1], reach[0]))
    return [text.span(*span) for span in sorted(spans)]


def _after(text: Folded, parts: Sequence[Piece], end: int) -> int:
    """Return where the last of the parts that follow a position ends; -1 if one is missing or there is no telling."""
    for part in parts:
        found = text.hits(part.text, end, end + part.gap + len(part.text))
        if not found or (len(found) > 1 and len(part.text) < FEWEST):
            return -1
        end = found[0][1]
    return end


def _before(text: Folded, parts: Sequence[Piece], start: int) -> int:
    """Return where the first of the parts begins whose last one begins at a position; -1 as in `_after`."""
    for part, after in reversed(list(pairwise(parts))):
        found = text.hits(part.text, max(0, start - after.gap - len(part.text)), start)
        if not found or (len(found) > 1 and len(part.text) < FEWEST):
            return -1
        start = found[-1][0]
    return start
