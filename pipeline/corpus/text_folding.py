"""Folds texts so that passages are found despite other marks, spaces and line breaks, and maps them back."""

import re
import unicodedata
from array import array
from collections.abc import Sequence
from functools import lru_cache

Span = tuple[int, int]

# Passages at least this long need not begin and end at word boundaries, because people select parts of words; and the
# largest number of occurrences considered.
LONG, MOST = 30, 1000
_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛´`′", "'") | dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("–—‑‒―−", "-"))
# What may stand before the speech in a line: a time, a label, or a number alone on its line.
_HEAD = re.compile(
    r"^[ \t]*(?:\d{1,5}[ \t]*$|[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?[ \t]*|)(?:[^\n:]{1,40}:(?=[ \t]))?",
    re.MULTILINE,
)


class Folded:
    """A folded text, the text it was made of, and for each folded character its index there."""

    def __init__(self, source: str, text: str, at: "array[int]") -> None:
        """Take the original, the folded text and its map; `levelled` and `letters` make them."""
        self.source, self.text, self.at = source, text, at

    def span(self, start: int, end: int) -> Span:
        """Return a span of the folded text as one of the original."""
        return self.at[start], self.at[end - 1] + 1

    def hits(self, wanted: str, start: int = 0, end: int | None = None) -> list[Span]:
        """Return where folded words occur in the folded text, at most `MOST`; short ones must be whole words."""
        found: list[Span] = []
        at = self.text.find(wanted, start, end) if wanted else -1
        while at >= 0 and len(found) < MOST:
            if len(wanted) >= LONG or whole(self.source, *self.span(at, at + len(wanted))):
                found.append((at, at + len(wanted)))
            at = self.text.find(wanted, at + 1, end)
        return found

    def find(self, wanted: str) -> list[Span]:
        """Return the spans in the original where folded words occur."""
        return [self.span(*hit) for hit in self.hits(wanted)]


def levelled(text: str) -> Folded:
    """Fold case, spacing, compatibility forms, quotation marks and dashes; invisible characters are removed."""
    pieces: list[str] = []
    at = array("I")
    space = True
    for index, character in enumerate(text):
        folded = _level(character)
        if not folded or (folded == " " and space):
            continue
        space = folded == " "
        pieces.append(folded)
        at.extend((index,) * len(folded))
    return Folded(text, "".join(pieces), at)


def letters(text: str, without: Sequence[Span] = ()) -> Folded:
    """Fold to letters and digits alone, without accents, spaces or marks; `without`: sorted spans that are left out."""
    pieces: list[str] = []
    at = array("I")
    begin = 0
    for start, end in [*without, (len(text), len(text))]:
        for index in range(begin, max(begin, start)):
            folded = _letter(text[index])
            if folded:
                pieces.append(folded)
                at.extend((index,) * len(folded))
        begin = max(begin, end)
    return Folded(text, "".join(pieces), at)


def line_heads(text: str) -> list[Span]:
    """Return what stands before the speech of lines: times, labels that end in a colon, and numbers of lines."""
    return [found.span() for found in _HEAD.finditer(text) if found.end() > found.start()]


def occurrences(text: str, wanted: str) -> list[Span]:
    """Return the spans of a phrase in a text, at most `MOST`; short phrases must match whole words."""
    if not wanted:
        return []
    spans: list[Span] = []
    at = text.find(wanted)
    while at >= 0 and len(spans) < MOST:
        if len(wanted) >= LONG or whole(text, at, at + len(wanted)):
            spans.append((at, at + len(wanted)))
        at = text.find(wanted, at + 1)
    return spans


def whole(text: str, start: int, end: int) -> bool:
    """Return whether a span begins and ends at word boundaries."""
    cut_left = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    cut_right = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not (cut_left or cut_right)


def with_marks(text: str, span: Span, wanted: str) -> Span:
    """Return a span of letters with the marks beside it that the wanted words have too, such as a final full stop."""
    start, end = span
    bare = wanted.strip()
    for mark in bare[_last_letter(bare) :]:
        if end < len(text) and _level(text[end]) == _level(mark):
            end += 1
    for mark in reversed(bare[: len(bare) - _last_letter(bare[::-1])]):
        if start and _level(text[start - 1]) == _level(mark):
            start -= 1
    return start, end


def _last_letter(text: str) -> int:
    """Return where the last letter or digit of a text ends."""
    return next((at for at in range(len(text), 0, -1) if text[at - 1].isalnum()), 0)


@lru_cache(maxsize=4096)
def _level(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) == "Cf":
        return ""
    return unicodedata.normalize("NFKC", character.translate(_QUOTES)).translate(_QUOTES).casefold() or character


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", character).casefold() if one.isalnum())
