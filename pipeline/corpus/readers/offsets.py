"""Detects how a program counted positions in a text, among all conventions known to be in use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from pipeline.corpus.readers.model import RefusedError

UNITS = ("code points", "UTF-16 units", "UTF-8 bytes")
# Minimum share of passage ends that must not split a word.
MIN_WHOLE = 0.5
SHORTEST_NAME = 4
FULLY = 2
_CARRIAGE_RETURN, _LINE_FEED = 13, 10
_UNSPACED = (("\u0e00", "\u0eff"), ("\u1780", "\u17ff"), ("\u2e80", "\ua4cf"), ("\U00020000", "\U0003ffff"))

Span = tuple[int, int]


@dataclass(frozen=True, order=True)
class Convention:
    """A way of counting positions: the unit, whether CRLF counts as two, the byte order mark, and the end."""

    unit: str
    pairs_as_two: bool
    mark_counts: bool
    end_included: bool

    def __str__(self) -> str:
        """Return the convention in words."""
        lines = "CRLF counted as two" if self.pairs_as_two else "line ends counted as one"
        mark = ", byte order mark counted" if self.mark_counts else ""
        return f"{self.unit}, {lines}{mark}, end {'included' if self.end_included else 'not included'}"


@dataclass(frozen=True)
class Passage:
    """A selection as stated in a file: its positions, and its name, which is often its words."""

    start: int
    end: int
    name: str = ""


class Ruler:
    """A text as stored in a file (CRs kept, no byte order mark), for resolving positions under any convention."""

    def __init__(self, raw: str, *, marked: bool) -> None:
        """Take a file's text, and whether a byte order mark preceded it."""
        self.text = raw.replace("\r\n", "\n").replace("\r", "\n")
        self.marked = marked
        # Position arrays are several times the size of the text, so they are computed on demand and not kept.
        self._raw = raw

    def spans(self, passages: Sequence[Passage], convention: Convention) -> list[Span | None]:
        """Return the spans of passages in `text` in code points, end exclusive; None for invalid positions."""
        points = np.frombuffer(self._raw.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        paired = np.zeros(len(points), dtype=bool)
        paired[:-1] = (points[:-1] == _CARRIAGE_RETURN) & (points[1:] == _LINE_FEED)
        before, points_before = _before(points, paired, convention), _summed(~paired)
        starts = np.array([passage.start for passage in passages], dtype=np.int64)
        ends = np.array([passage.end + convention.end_included for passage in passages], dtype=np.int64)
        first, last = (_found(before, points_before, positions) for positions in (starts, ends))
        return [(a, b) if 0 <= a < b else None for a, b in zip(first, last, strict=True)]


def _found(before: Any, kept: Any, positions: Any) -> list[int]:
    """Return the code points of positions; -1 for a position outside the text or inside a character."""
    at = np.searchsorted(before, positions)
    exact = (at < len(before)) & (before[np.minimum(at, len(before) - 1)] == positions)
    return [int(kept[index]) if fits else -1 for index, fits in zip(at, exact, strict=True)]


def _before(points: Any, paired: Any, convention: Convention) -> Any:
    """Return the number of units before each character of a raw text, and before its end."""
    widths = np.ones(len(points), dtype=np.int8)
    if convention.unit == "UTF-16 units":
        widths += points > 0xFFFF
    if convention.unit == "UTF-8 bytes":
        widths += (points > 0x7F).astype(np.int8) + (points > 0x7FF) + (points > 0xFFFF)
    if not convention.pairs_as_two:
        widths[paired] = 0
    mark = 3 if convention.unit == "UTF-8 bytes" else 1
    totals = _summed(widths)
    totals += mark * convention.mark_counts
    return totals


def conventions(*, marked: bool, units: Sequence[str] = UNITS) -> list[Convention]:
    """Return all conventions for the given units; the byte order mark is considered only if there is one."""
    return [Convention(*one) for one in product(units, (False, True), (False, True)[: 1 + marked], (False, True))]


def fitting(
    texts: Sequence[tuple[Ruler, Sequence[Passage]]], ways: Sequence[Convention]
) -> tuple[Convention, list[list[Span | None]]]:
    """Return the convention that fits the passages best, and their spans under it.

    A convention fits if passages match their names or begin and end at word boundaries. Conventions with equal spans
    count as one, and a sole convention is accepted as it is. Raises RefusedError if two different ones fit equally
    well, or none fits.
    """
    seen: set[int] = set()
    best: list[tuple[tuple[int, int], Convention, Any]] = []
    for convention in ways:
        spans = tuple(tuple(ruler.spans(passages, convention)) for ruler, passages in texts)
        if hash(spans) in seen:
            continue
        seen.add(hash(spans))
        fit = _fit(texts, spans)
        if not best or fit > best[0][0]:
            best = [(fit, convention, spans)]
        elif fit == best[0][0]:
            best = [best[0], (fit, convention, spans)]
    (named, _), way, spans = best[0]
    number = sum(len(passages) for _, passages in texts)
    pairs = zip(texts, spans, strict=True)
    whole = sum(edge > 0 for (ruler, _), of_text in pairs for edge in _edges(ruler.text, of_text))
    # Matching names are sufficient evidence; people also select parts of words.
    if len(ways) > 1 and named < number and whole < MIN_WHOLE * 2 * number:
        raise RefusedError(
            "The positions do not match the texts in the project: whichever way they are counted, they "
            "split words. Export it again."
        )
    if len(best) > 1:
        raise RefusedError(
            f"The positions fit the texts equally well when counted in two ways ({way}; or {best[1][1]}), "
            "so the coded passages are ambiguous. Import the project with `counterpoint import --offsets "
            "codepoints` (or utf16)."
        )
    return way, [list(of_text) for of_text in spans]


def named(ruler: Ruler, passages: Sequence[Passage]) -> list[Span | None]:
    """Return the spans of passages whose words in a text are their names, under any convention; None for all others.

    For a text that is not the one that the positions were counted in.
    """
    ways = conventions(marked=ruler.marked)
    spans: list[Span | None] = []
    for passage in passages:
        tried = (ruler.spans([passage], way)[0] for way in ways)
        words = (span for span in tried if span and _matches(passage.name, ruler.text[slice(*span)]) == FULLY)
        at = ruler.text.find(passage.name) if len(passage.name) >= SHORTEST_NAME else -1
        once = at >= 0 and ruler.text.find(passage.name, at + 1) < 0
        spans.append(next(words, (at, at + len(passage.name)) if once else None))
    return spans


def _fit(texts: Iterable[tuple[Ruler, Sequence[Passage]]], spans: Any) -> tuple[int, int]:
    """Return two sums: how well passages match their names, and how clean their boundaries are."""
    named = clean = 0
    for (ruler, passages), of_text in zip(texts, spans, strict=True):
        clean += sum(_edges(ruler.text, of_text))
        named += sum(
            _matches(passage.name, ruler.text[span[0] : span[1]]) if span else 0
            for passage, span in zip(passages, of_text, strict=True)
        )
    return named, clean


def _matches(name: str, words: str) -> int:
    """Return how well a name matches a passage's words: 2 completely, 1 at the beginning, 0 not at all."""
    name = " ".join(name.split()).removesuffix("...").removesuffix("…").rstrip()
    begins = " ".join(words[: 4 * len(name) + 100].split())
    return 1 + (begins == name) if len(name) >= SHORTEST_NAME and begins.startswith(name) else 0


def _edges(text: str, spans: Iterable[Span | None]) -> Iterable[int]:
    """Yield, for each end of each span, 0 if it splits a word or is invalid, 2 if it is clean, otherwise 1."""
    for span in spans:
        if span is None:
            yield from (0, 0)
            continue
        start, end = span
        yield _edge(text[start - 1 : start], text[start])
        yield _edge(text[end : end + 1], text[end - 1])


def _edge(outside: str, inside: str) -> int:
    if outside.isalnum() and inside.isalnum():
        return 1 if _unspaced(outside) or _unspaced(inside) else 0
    return 1 if inside.isspace() else 2


def _unspaced(character: str) -> bool:
    """Return whether a letter belongs to a script without spaces between words (Thai, Chinese, Japanese, ...)."""
    return any(first <= character <= last for first, last in _UNSPACED)


def _summed(widths: Any) -> Any:
    found = np.zeros(len(widths) + 1, dtype=np.int32)
    np.cumsum(widths, dtype=np.int32, out=found[1:])
    return found
