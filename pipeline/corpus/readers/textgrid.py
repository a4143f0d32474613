"""Reads Praat TextGrids, in the long and the short text format."""

import re
from collections.abc import Iterator

from pipeline.corpus.readers import decoding, guards, tier_kinds, tiers
from pipeline.corpus.readers.model import Labels, Transcript, in_time
from pipeline.corpus.readers.tier_kinds import Annotation, Tier

_STRING = r'"([^"]*(?:""[^"]*)*)"'
_NAME = re.compile(rf"^[ \t]*name[ \t]*=[ \t]*{_STRING}", re.MULTILINE)
_INTERVAL = re.compile(
    rf"xmin[ \t]*=[ \t]*([\d.]+)[ \t]*\n[ \t]*xmax[ \t]*=[ \t]*([\d.]+)[ \t]*\n[ \t]*text[ \t]*=[ \t]*{_STRING}"
    rf"|number[ \t]*=[ \t]*([\d.]+)[ \t]*\n[ \t]*mark[ \t]*=[ \t]*{_STRING}"
)
# In the short format, the same numbers and strings stand without their names, one a line.
_SHORT = re.compile(rf"^[ \t]*(?:{_STRING}|([\d.]+))[ \t]*$", re.MULTILINE)


def read_textgrid(data: bytes, labels: Labels) -> Transcript:
    """Read a Praat TextGrid: one tier per speaker; tiers of notes, words and phones are told apart.

    Raises RefusedError.
    """
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    odd: list[tuple[str, str]] = []
    found = list(_long(text, odd)) or list(_short(text, odd))
    return tiers.transcript(found, labels, unit="interval", what="intervals with text found in the TextGrid", odd=odd)


def _long(text: str, odd: list[tuple[str, str]]) -> Iterator[Tier]:
    items = [(found.start(), found) for pattern in (_NAME, _INTERVAL) for found in pattern.finditer(text)]
    tier = Tier("")
    number = 0
    for _, item in sorted(items, key=lambda one: one[0]):
        if item.re is _NAME:
            if tier.annotations:
                yield tier
            tier = Tier(item[1].replace('""', '"'))
            continue
        number += 1
        start, end = (item[1], item[2]) if item[1] is not None else (item[4], item[4])
        tier.annotations.append(_annotation(start, end, item[3] if item[3] is not None else item[5], number, odd))
    if tier.annotations:
        yield tier


def _short(text: str, odd: list[tuple[str, str]]) -> Iterator[Tier]:
    values = [(string, number) for string, number in _SHORT.findall(text)]
    at = next((at for at, (string, _) in enumerate(values) if string in ("IntervalTier", "TextTier")), len(values))
    number = 0
    while at + 4 < len(values) and values[at][0] in ("IntervalTier", "TextTier"):
        points = values[at][0] == "TextTier"
        tier = Tier(values[at + 1][0].replace('""', '"'))
        size = values[at + 4][1]
        at += 5
        for _ in range(int(size) if size.isdecimal() and len(size) < 9 else 0):
            row = values[at : at + (2 if points else 3)]
            if len(row) < (2 if points else 3):
                break
            at += len(row)
            number += 1
            tier.annotations.append(_annotation(row[0][1], row[-2][1], row[-1][0], number, odd))
        yield tier


def _annotation(start: str, end: str, words: str, number: int, odd: list[tuple[str, str]]) -> Annotation:
    begins, ends = (in_time(_number(stamp)) for stamp in (start, end))
    if begins is None:
        odd.append((f"interval {number}", start))
    return Annotation(begins, ends, tier_kinds.spoken(words.replace('""', '"')), "", number)


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else 0.0
