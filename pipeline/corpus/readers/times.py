"""Finds the times that transcription programs write into lines: `#00:00:05-4#` (f4), `[00:05]`, `00:00:05:12`."""

import re
from typing import NamedTuple

_DATE = r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}),?[ \t]+"
# Minutes and seconds, or hours too; then tenths (`-4`, `.4`) or, after a third colon, frames.
_CLOCK = r"\d{1,3}(?:[:：]\d{1,2}[:：]\d{1,2}|[:：]\d{2})(?:[:;]\d{1,2}(?!\d)|[.,]\d{1,6})?(?![:：.,]?\d)"
_CLOCK_12 = rf"{_CLOCK}(?:[ \t]?[ap]\.?m\b\.?)?"
_UNITS = (
    r"(?:\d{1,3}[ \t]*(?:hours?|hrs?|h)\.?[ \t]*)?\d{1,3}[ \t]*(?:minutes?|min|m)\.?"
    r"(?:[ \t]*\d{1,2}[ \t]*(?:seconds?|sec|s)\.?)?"
)
_WORD = r"(?:(?:TC|time[ -]?code|time[ -]?stamp|time|at|min|@)\.?[:：]?[ \t]*)?"
_TO = r"[ \t]*(?:-->|->|→|-|–|—|to|bis)[ \t]*"
_PAIRS = frozenset(["[]", "()", "{}", "<>", "【】", "（）"])
_BRACKETED = (
    rf"(?P<open>[\[({{<【（])[ \t]*{_WORD}(?:{_DATE})?(?P<inside>{_CLOCK_12}|{_UNITS})"
    rf"(?:{_TO}(?:{_CLOCK_12}|{_UNITS}))?[ \t]*(?:min|h|Uhr)?[ \t]*(?P<close>[\])}}>】）])"
)
# f4 and f5 write `#00:00:05-4#`; people lose one of the two signs.
_F4 = (
    r"#[ \t]*(?P<f4>\d{1,3}[:：]\d{1,2}(?:[:：]\d{1,2})?(?:[-.,]\d{1,3})?)(?![:\d])[ \t]*#?"
    r"|(?<![\w:])(?P<half>\d{1,3}:\d{1,2}:\d{1,2}-\d{1,3})[ \t]*#"
)
# Transana writes `¤<5120>`, in milliseconds.
_ENCLOSED = re.compile(rf"{_F4}|¤[ \t]*<(?P<ms>\d{{1,9}})>|{_BRACKETED}", re.IGNORECASE)
_TC = r"(?P<tc>(?:TC|time[ -]?code|time[ -]?stamp)[:：]?[ \t]*)?"
_BARE = rf"(?:{_DATE})?(?P<bare>{_CLOCK_12})(?:{_TO}{_CLOCK_12})?"
_AT_START = re.compile(rf"[ \t]*{_TC}{_BARE}(?=[ \t]|$)", re.IGNORECASE)
_AT_END = re.compile(rf"(?:^|(?P<tab>\t)| {{2,}}|(?<=[.!?…][\"”’»)]) |(?<=[.!?…]) )[ \t]*{_BARE}[ \t]*$", re.IGNORECASE)
_WITH_HOURS = re.compile(r"\d+[:：]\d+[:：]\d+")
# A clock time as subtitles and tables have it.
PLAIN_CLOCK = r"(?:\d{1,3}:\d{1,2}:\d{1,2}|\d{1,3}:\d{2})(?:[.,]\d{1,3})?"
_FIRST = re.compile(PLAIN_CLOCK)
_NUMBER = re.compile(r"\d+")
_PARTS = re.compile(r"[:：]")
_HAS = re.compile(r"\d[ \t]*(?:[:：]|m|h|>)", re.IGNORECASE)


class Mark(NamedTuple):
    """A time in a line: its span, and the time in seconds, which is None if it is not a clock time.

    `bare`: it has no brackets or signs of its own, so that it may as well be speech (`10:30 is too early`); a time with
    hours after the last sentence of a line is not.
    """

    start: int
    end: int
    time_s: float | None
    bare: bool = False


class Trimmed(NamedTuple):
    """A line without the times at its ends: the span of what is left, the first time, and an invalid one as written."""

    start: int
    end: int
    time_s: float | None
    odd: str


def marks(line: str) -> list[Mark]:
    """Return the times in a line in order: those in brackets or signs anywhere, bare ones only at its ends.

    A bare time at the end counts after a tab, two spaces or the end of a sentence.
    """
    if not _HAS.search(line):
        return []
    found = [Mark(*match.span(), _enclosed(match)) for match in _ENCLOSED.finditer(line) if _paired(match)]
    for pattern in (_AT_START, _AT_END):
        match = pattern.search(line) if pattern is _AT_END else pattern.match(line)
        if match and not any(match.start() < mark.end and mark.start < match.end() for mark in found):
            found.append(Mark(match.start(), match.end(), seconds(match["bare"]), bare=not _sure(match)))
    return sorted(found)


def trimmed(line: str) -> Trimmed:
    """Return the span of a line without the times and spaces at its ends, and the first of those times.

    Bare times stay: they may be part of what is said.
    """
    start, end = 0, len(line)
    taken = [mark for mark in marks(line) if not mark.bare]
    at_ends: list[Mark] = []
    for mark in taken:
        if not line[start : mark.start].strip():
            start = mark.end
            at_ends.append(mark)
    for mark in reversed(taken):
        if mark.start >= start and not line[mark.end : end].strip():
            end = mark.start
            at_ends.append(mark)
    at_ends.sort()
    part = line[start:end]
    start, end = start + len(part) - len(part.lstrip()), start + len(part.rstrip())
    times = [mark.time_s for mark in at_ends if mark.time_s is not None]
    odd = [line[mark.start : mark.end].strip() for mark in at_ends if mark.time_s is None]
    return Trimmed(start, max(start, end), times[0] if times else None, odd[0] if odd else "")


def first_time(stamp: str) -> float | None:
    """Return the first clock time in a stamp, in seconds: `00:12 --> 00:15` is 12. None if there is none."""
    match = _FIRST.search(stamp)
    return seconds(match.group()) if match else None


def seconds(stamp: str) -> float | None:
    """Return a clock time in seconds; None if it is none, such as `99:99:99`.

    `12:34` is minutes and seconds, `1:02:03` includes hours. In `00:00:05:12` the last number counts frames, whose rate
    is not written, so it is left out; in `00:00:05-4` it is tenths.
    """
    stamp = stamp.strip().casefold()
    units = re.fullmatch(_UNITS, stamp, re.IGNORECASE)
    if units:
        return _of_units(stamp)
    afternoon, morning = bool(re.search(r"p\.?m", stamp)), bool(re.search(r"a\.?m", stamp))
    clock = re.match(r"[\d:：;.,-]+", stamp)
    if clock is None:
        return None
    whole, _, fraction = re.sub(r"(?<=\d)[-.,](?=\d+$)", "|", clock.group().rstrip(".,-")).partition("|")
    parts = [int(part) for part in _PARTS.split(whole.partition(";")[0]) if part.isdecimal()][:3]
    if len(parts) < 2 or any(part > 60 for part in parts[1:]):  # programs that round write 60
        return None
    if afternoon or morning:
        parts = [parts[0] % 12 + 12 * afternoon, *parts[1:], 0][:3]
    total = sum(part * 60.0**place for place, part in enumerate(reversed(parts)))
    return total + (int(fraction) / 10 ** len(fraction) if fraction.isdecimal() else 0.0)


def _enclosed(match: re.Match[str]) -> float | None:
    if match["ms"]:
        return int(match["ms"]) / 1000
    return seconds(match["f4"] or match["half"] or match["inside"])


def _sure(match: re.Match[str]) -> bool:
    """Return whether a time without brackets is one of the recorder's: named, or after a tab or the last sentence."""
    if match.re is _AT_START:
        return bool(match["tc"])
    return bool(match["tab"]) or (match.start() > 0 and bool(_WITH_HOURS.match(match["bare"])))


def _paired(match: re.Match[str]) -> bool:
    return not match["open"] or match["open"] + match["close"] in _PAIRS


def _of_units(stamp: str) -> float | None:
    numbers = [float(number) for number in _NUMBER.findall(stamp)]
    hours = bool(re.search(r"\d[ \t]*h", stamp))
    parts = [*([] if hours else [0.0]), *numbers, 0.0][:3]
    return parts[0] * 3600 + parts[1] * 60 + parts[2] if all(part <= 60 for part in parts[1:] or [0.0]) else None
