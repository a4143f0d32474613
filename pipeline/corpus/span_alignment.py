"""Finds the span of a human coding in its document: by its offsets if they match its text, otherwise by its text."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from pipeline.core.names import written
from pipeline.corpus.document_names import Documents
from pipeline.corpus.readers.coding import Coding

# A row of codings: document, start, end, text, code, parent_code, coder, memo, date.
Row = tuple[str, int, int, str, str, str, str, str, str]

_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-"})

# Passages at least this long need not begin and end at word boundaries, because people select parts of words; and the
# largest number of occurrences considered.
LONG, MOST = 30, 1000
# Traces of a PDF's margin in a passage: three or more line numbers in a row, and words hyphenated at line ends.
_NUMBERS = re.compile(r"(?<!\S)\d{1,5}(?:\s+\d{1,5}){2,}(?!\S)")
_BROKEN = re.compile(r"(?<=[^\W\d_])- +(?=[^\W\d_])")


@dataclass(frozen=True)
class Placed:
    """A coding with its document and span. `how`: "offsets", or "text" if it was found by its words."""

    document: str
    start: int
    end: int
    how: str
    coding: Coding


@dataclass(frozen=True)
class Misplaced:
    """A coding that could not be placed, and why."""

    document: str
    reason: str
    coding: Coding


class _Folded:
    """A text with normalised case, spacing, quotation marks and dashes, and the mapping back to its code points."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = []
        self.at: list[int] = []  # for each folded character, the original's index
        space = True
        for index, character in enumerate(text):
            folded = _levelled(character)
            if folded == " " and space:
                continue
            space = folded == " "
            pieces.append(folded)
            self.at.extend([index] * len(folded))
        self.text = "".join(pieces)

    def find(self, wanted: str) -> list[tuple[int, int]]:
        """Return the spans in the original text where normalised words occur."""
        return [(self.at[start], self.at[end - 1] + 1) for start, end in _occurrences(self.text, wanted)]


def place_codings(codings: list[Coding], texts: Mapping[str, str]) -> tuple[list[Placed], list[Misplaced]]:
    """Place codings in a study's documents; return the placed and the unplaced ones, each in input order.

    Offsets are used if they match the coding's text, or if it has none. Otherwise the text is searched in its document:
    exactly, then normalised, then without line numbers from a PDF's margin. A match is accepted only if it is unique,
    or if the coding's own copy of the document shows which occurrence is meant.
    """
    names = Documents(texts)
    folded: dict[str, _Folded] = {}
    placed: list[Placed] = []
    misplaced: list[Misplaced] = []
    for coding in codings:
        document = names.find(coding.document)
        outcome: tuple[int, int, str] | str
        if not coding.code.strip():
            outcome = "No code is given. Add one, or remove the row."
        elif not document:
            outcome = names.reason(coding.document)
        else:
            outcome = _span(coding, texts[document], folded)
        if isinstance(outcome, str):
            misplaced.append(Misplaced(document or coding.document, outcome, coding))
        else:
            placed.append(Placed(document, *outcome, coding))
    return placed, misplaced


def coding_row(placed: Placed, text: str) -> Row:
    """Return a placed coding as a row of the table codings, with the document's own text."""
    coding, words = placed.coding, text[placed.start : placed.end]
    at = (placed.document, placed.start, placed.end, words)
    return (*at, coding.code, coding.parent_code, written(coding.coder), coding.memo, coding.date)


def _span(coding: Coding, text: str, folded: dict[str, _Folded]) -> tuple[int, int, str] | str:
    """Return (start, end, how), or why there is no span. `folded`: cache of normalised documents."""
    if _agrees(coding, text):
        return coding.start or 0, coding.end or 0, "offsets"
    wanted = coding.text.strip()
    if not wanted:
        return "The coding has no text, and no offsets that lie in the document. Give one of them."
    spans = _found(wanted, text, folded)
    if len(spans) > 1:
        spans = _of_copy(coding, spans, _found(wanted, coding.copy, folded)) or spans
    if len(spans) == 1:
        return *spans[0], "text"
    if spans:
        return (
            "The coded text occurs more than once, and the offsets do not say which occurrence is meant. "
            "Correct start and end."
        )
    offsets = "the offsets do not match it" if coding.start is not None else "no offsets are given"
    return (
        f"The coded text does not occur word for word in the document, and {offsets}. Correct the text, or "
        "start and end."
    )


def _found(wanted: str, text: str, folded: dict[str, _Folded]) -> list[tuple[int, int]]:
    """Return the spans where words occur in a text: exactly, otherwise normalised."""
    spans = _occurrences(text, wanted)
    if spans or not text:
        return spans
    if text not in folded:
        folded[text] = _Folded(text)
    forms = _without_margin(_Folded(wanted).text.strip())
    return next((places for form in forms if (places := folded[text].find(form))), [])


def _of_copy(coding: Coding, spans: list[tuple[int, int]], copied: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the occurrence at the same rank as in the coding's own copy, if both have equally many."""
    if coding.start is None or coding.end is None or len(copied) != len(spans):
        return []
    start, end = coding.start, coding.end
    meant = [span for span, (a, b) in zip(spans, copied, strict=True) if a < end and start < b]
    return meant if len(meant) == 1 else []


def _agrees(coding: Coding, text: str) -> bool:
    """Return whether a coding's offsets lie in the document and match its text, if it has one."""
    if coding.start is None or coding.end is None or not 0 <= coding.start < coding.end <= len(text):
        return False
    said = text[coding.start : coding.end]
    return bool(said.strip()) and (not coding.text.strip() or said == coding.text)


def _occurrences(text: str, wanted: str) -> list[tuple[int, int]]:
    """Return the spans of a phrase in a text, at most `MOST`; short phrases must match whole words."""
    if not wanted:
        return []
    spans: list[tuple[int, int]] = []
    at = text.find(wanted)
    while at >= 0 and len(spans) < MOST:
        if len(wanted) >= LONG or _whole(text, at, at + len(wanted)):
            spans.append((at, at + len(wanted)))
        at = text.find(wanted, at + 1)
    return spans


def _whole(text: str, start: int, end: int) -> bool:
    """Return whether a span begins and ends at word boundaries."""
    cut_left = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    cut_right = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not (cut_left or cut_right)


def _without_margin(words: str) -> list[str]:
    """Return normalised words as they are, without consecutive line numbers, and with hyphenation removed."""

    def kept(found: re.Match[str]) -> str:
        numbers = [int(number) for number in found.group().split()]
        return "" if all(after == before + 1 for before, after in pairwise(numbers)) else found.group()

    bare = " ".join(_NUMBERS.sub(kept, words).split())
    return list(dict.fromkeys((words, bare, _BROKEN.sub("-", bare))))


def _levelled(character: str) -> str:
    if character.isspace():
        return " "
    return unicodedata.normalize("NFKC", character).translate(_QUOTES).casefold() or character
