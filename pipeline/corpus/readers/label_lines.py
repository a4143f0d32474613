"""Recognises speaker labels in lines of a transcript: `Anna: yes`, `Anna  12:34` (Otter), a name alone, `Q. Why?`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers.model import Labels

Form = Literal["text", "colon", "timed", "alone", "weak", "stamp", "heading", "note", "blank"]

MAX_LABEL_WORDS, MAX_LABEL_CHARACTERS, ALONE_WORDS = 5, 40, 3

TIME = r"(?:\d{1,3}:\d{1,2}:\d{1,2}|\d{1,3}:\d{2})(?:[.,]\d{1,3})?"
STAMP = rf"[\[(<]?[ \t]*{TIME}(?:[ \t]*(?:-->|-|–)[ \t]*{TIME})?[ \t]*[\])>]?"
_LABEL = rf"\[?(?P<label>[^\W\d_][^\n:：\[\]<>{{}}?!\"“”*]{{0,{MAX_LABEL_CHARACTERS - 1}}}?)\]?"
_LEAD = rf"[ \t]*(?:(?P<before>{STAMP})[ \t]*)?(?:[-–•][ \t]+|\d{{1,4}}[.)]?[ \t]+)?\**"
_COLON = re.compile(
    rf"{_LEAD}{_LABEL}\**[ \t]*(?P<after>{STAMP})?[ \t]*[:：]\**(?![/\d])[ \t]*"
    rf"(?:(?P<inside>{STAMP})(?=\s|$)[ \t]*)?\**"
)
_TIMED = re.compile(rf"[ \t]*\**{_LABEL}\**(?:[ \t]+|[ \t]*(?=[\[(]))(?P<after>{STAMP})[ \t]*$")
_STAMP_ALONE = re.compile(rf"[ \t]*(?P<before>{STAMP})[ \t]*$")
_ALONE = re.compile(rf"[ \t]*\**{_LABEL}\**[ \t]*$")
_WEAK = re.compile(
    rf"[ \t]*\**{_LABEL}\**(?:[ \t]*\t[ \t]*|[ \t]+[-–—][ \t]+)(?=\S)|[ \t]*(?P<letter>[^\W\d_]\d{{0,2}})\.[ \t]+(?=\S)"
)
_FIRST_TIME = re.compile(TIME)
# Words that often precede a colon but are not speakers.
_NEVER = text_layout.word_list(
    """
    action actions apologies attendees author background cc date duration e.g example file from http https i.e keywords
    location methods n.b nb note notes p.s page place present ps re results source subject time title to venue
    """
)
_FILLERS = text_layout.word_list(
    "yeah yes yep no nope okay ok right mm mmm hmm mhm sure exactly thanks well so oh and but"
)


@dataclass(frozen=True)
class Line:
    """A line of text with its speaker label (if it may have one), the start of the speech, and a time in seconds.

    `odd`: an invalid time stamp, for which `time_s` is None.
    """

    start: int
    end: int
    label: str = ""
    speech: int = -1
    time_s: float | None = None
    form: Form = "text"
    odd: str = ""

    def plain(self) -> "Line":
        """Return the line without its label."""
        return self if not self.label else replace(self, label="", speech=-1, time_s=None, form="text")


def classify_lines(text: str, labels: Labels) -> list[Line]:
    """Return the lines of a text, each with the label it may begin with."""
    return [_classified(text, start, end, labels) for start, end in _lines(text)]


def seconds(stamp: str) -> float | None:
    """Return the first time in a stamp, in seconds: `12:34` is minutes and seconds, `1:02:03` includes hours.

    None if there is none or it is not a clock time, such as `99:99:99`.
    """
    match = _FIRST_TIME.search(stamp)
    if not match:
        return None
    parts = [float(part) for part in match.group().replace(",", ".").split(":")]
    if any(part > 60 for part in parts[1:]):  # programs that round write 60
        return None
    return sum(part * 60.0**place for place, part in enumerate(reversed(parts)))


def named_alone(text: str, line: Line, labels: Labels) -> Line:
    """Return a line with its label if the whole line may be a name, as NVivo and Teams write speakers."""
    match = _ALONE.match(text[line.start : line.end]) if line.form == "text" else None
    if not match:
        return line
    label = match["label"].strip()
    capital = all(word[0] == word[0].upper() for word in label.split())
    ended = label[-1] in ".,;…-–" and not label.endswith(("Dr.", "Jr.", "Sr."))
    fits = len(label.split()) <= ALONE_WORDS and capital and not ended and _shaped(label)
    return replace(line, label=label, speech=line.end, form="alone") if fits or labels.known(label) else line


def weakly_named(text: str, line: Line) -> Line:
    """Return a line with its label if a tab, a dash or (after a single letter) a full stop may mark it."""
    match = _WEAK.match(text[line.start : line.end]) if line.form == "text" else None
    label = (match["label"] or match["letter"] or "").strip() if match else ""
    if not match or not _shaped(label) or label[0].islower():
        return line
    return replace(line, label=label, speech=line.start + match.end(), form="weak")


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _classified(text: str, start: int, end: int, labels: Labels) -> Line:
    line = text[start:end]
    if not line.strip():
        return Line(start, end, form="blank")
    if match := _STAMP_ALONE.match(line):
        return _at(Line(start, end, form="stamp"), match["before"])
    if (match := _COLON.match(line)) and _shaped(match["label"]):
        stamp = match["before"] or match["after"] or match["inside"] or ""
        named = _at(Line(start, end, match["label"].strip(), start + match.end(), form="colon"), stamp)
        if labels.known(named.label) or not text_layout.is_heading(line):
            return named
    if (match := _TIMED.match(line)) and _shaped(match["label"]):
        return _at(Line(start, end, match["label"].strip(), end, form="timed"), match["after"])
    form: Form = "heading" if text_layout.is_heading(line) else "note" if text_layout.is_note(line) else "text"
    return Line(start, end, form=form)


def _at(line: Line, stamp: str) -> Line:
    at = seconds(stamp)
    return replace(line, time_s=at, odd=stamp.strip() if stamp and at is None else "")


def _shaped(label: str) -> bool:
    name = key(label)
    return bool(name) and len(name.split()) <= MAX_LABEL_WORDS and name not in _NEVER and name not in _FILLERS
