"""Formats numbers and lists for use in sentences."""

import re
from collections.abc import Sequence
from math import floor

import pandas as pd

SOURCES = {
    "interview": "interview",
    "focus_group": "focus group",
    "field_note": "set of field notes",
    "document": "document",
}
SOURCES_MANY = {"field_note": "sets of field notes"}

# What is quoted, and a segment in our own words (not in the name of a table or a setting).
_QUOTED = re.compile(r"(“[^”]*”)")
_SEGMENT = re.compile(r"(?<![\w.`])([Ss])egment(?=s?(?![\w.`]))")


def count(number: int, noun: str, many: str = "") -> str:
    """Return a number with its noun: 1 case, 1,204 cases, no cases."""
    shown = f"{number:,}" if number else "no"
    return f"{shown} {noun}" if number == 1 else f"{shown} {many or noun + 's'}"


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """Return a sort key that compares runs of digits as numbers: P2 comes before P10."""
    pieces = re.split(r"([0-9]+)", name)
    key = [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces if piece]
    return [*key, (2, 0, name)]


def listed(items: Sequence[str], last: str = "and") -> str:
    """Return items as a list in words: a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def percent(share: float | None) -> str:
    """Return a share (0 to 1) as a percentage without decimals; 'under 1%' and 'over 99%' where it is not none or all.

    A half is rounded up, as the page's script does, so that no number differs between them.
    """
    if share is None or pd.isna(share):
        return "undefined"
    if 0 < share < 0.01:
        return "under 1%"
    if 0.995 <= share < 1:
        return "over 99%"
    return f"{floor(100 * share + 0.5)}%"


def figure(value: float | None) -> str:
    """Return a coefficient with two decimals; 'undefined' for a missing value."""
    return "undefined" if value is None or pd.isna(value) else f"{value:.2f}".replace("-0.00", "0.00")


def interval(low: float, high: float) -> str:
    """Return the bounds of a coefficient with two decimals; 'undefined' if one is missing."""
    return "undefined" if pd.isna(low) or pd.isna(high) else f"{figure(low)} to {figure(high)}"


def source(source_type: str, number: int = 1) -> str:
    """Return a count of sources of a type in words: 2 focus groups."""
    noun = SOURCES[source_type]
    return count(number, noun, SOURCES_MANY.get(source_type, ""))


def shortened(text: str, *, most_words: int = 14) -> str:
    """Return a text on one line, cut after `most_words` words with a mark."""
    words = text.split()
    return " ".join(words) if len(words) <= most_words else " ".join(words[:most_words]) + " …"


def sentence(text: str) -> str:
    """Return a text with an initial capital and a final full stop."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…" else ".")


def passages(text: str) -> str:
    """Our own text as the report words it, where a segment is called a passage; what stands in “ ” is left as it is."""
    parts = _QUOTED.split(text)
    return "".join(
        part if n % 2 else _SEGMENT.sub(lambda found: "Passage" if found[1] == "S" else "passage", part)
        for n, part in enumerate(parts)
    )


def unit(name: str, number: int | None = None) -> str:
    """A unit of comparison as the report calls it, counted if a number is given: "1 passage", "12 turns"."""
    called = "passage" if name == "segment" else name
    return called if number is None else count(number, called)
