"""Reads the lines of a transcript: which speaker label a line may begin with, in each of the forms people use.

A line is matched on its shape: the line with invisible characters, markup and times replaced, character for character,
so that positions stay those of the text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from pipeline.core.names import INVISIBLE, key, written
from pipeline.corpus import text_layout
from pipeline.corpus.readers import times
from pipeline.corpus.readers.model import Labels

Form = Literal["text", "label", "stamp", "heading", "note", "head", "blank"]

MAX_LABEL_WORDS, MAX_LABEL_CHARACTERS, ALONE_WORDS = 6, 60, 4
# Number and share of lines that end with a time in texts that have them throughout.
MIN_TIMED, TIMED_SHARE = 3, 0.1
# Stands for a time in a line's shape; a private-use character.
T = "\ue000"

_BLANKS = {ord(sign): " " for sign in (T, *"\u00a0\u1680\u202f\u205f\u3000\u2028\u2029\x85")}
_UNSEEN = re.compile(f"[{INVISIBLE}]")
# Direction marks, zero-width spaces and byte order marks, which programs put around words.
_MARKS = re.compile("[\u2000-\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_TAG = re.compile(
    r"</?(?:b|strong|i|em|u|p|br|span|div|font|blockquote|li|ul|ol|h[1-6])\b[^<>\n]{0,200}>", re.IGNORECASE
)
_EMPHASIS = re.compile(r"\*+|(?<![^\W_])_{1,3}(?=\S)|(?<=\S)_{1,3}(?![^\W_])")

_LABEL = (
    rf"(?=[^\n:：]{{0,{MAX_LABEL_CHARACTERS - 1}}}[^\W\d_])"
    rf"(?:[^\W_]|[^\x00-\u1fff\W])[^\n:：\[\]<>{{}}?!|{T}]{{0,{MAX_LABEL_CHARACTERS - 1}}}?"
)
# A label, in brackets or not; twice, because the groups of one pattern need names of their own.
_NAME, _NAME_BEFORE = (
    rf"(?:\[(?P<square{n}>{_LABEL})[ \t]*\]|\((?P<round{n}>{_LABEL})\)|(?P<bare{n}>{_LABEL}))" for n in ("", "_before")
)
_ID = r"(?:\[[^\W\d_]{0,3}#?\d{1,5}\]|\(#?\d{1,5}\)|#?\d{1,5}[.):]?)[ \t]+"
_LEAD = rf"[ \t>»]*(?:{T}+[ \t]*(?:[-–—|][ \t]*)?)?(?:[-–—•*+·][ \t]+)?(?:{_ID})?(?:{T}+[ \t]*)?"
_COLON = re.compile(rf"{_LEAD}{_NAME}[ \t]*(?:\(?{T}+\)?[ \t]*)?[:：](?![/\d])[ \t]*(?:{T}+[ \t]*)?")
_TIMED = re.compile(rf"{_LEAD}{_NAME}[ \t]*[,|–—-]?[ \t]*{T}+[ \t]*$")
_STAMP_ALONE = re.compile(rf"[ \t]*{T}+[ \t]*$")
_STAMPED = re.compile(rf"[ \t]*{T}+[ \t]*[-–—|]?[ \t]*{_NAME}[ \t]*$")
_INLINE = re.compile(
    rf"[ \t]*(?:{T}+[ \t]*(?:\t|\|)[ \t]*{_NAME}[ \t]*(?:\t|\|)[ \t]*|"
    rf"{_NAME_BEFORE}[ \t]*{T}+[ \t]+)(?=\S)"
)
_BRACKET = re.compile(
    rf"{_LEAD}(?:\[{{1,2}}(?P<square>{_LABEL})\]{{1,2}}|\((?P<round>{_LABEL})\)|<(?P<bare>{_LABEL})>|"
    rf"\{{(?P<curly>{_LABEL})\}}|【(?P<wide>{_LABEL})】|［(?P<wide2>{_LABEL})］|（(?P<wide3>{_LABEL})）)"
    rf"[ \t]*(?:[-–—][ \t]+)?(?=\S)"
)
_ALONE = re.compile(rf"[ \t]*(?:#{{1,6}}[ \t]+)?{_NAME}[ \t]*[:：]?[ \t]*$")
_HASH = re.compile(r"[ \t]*#{1,6}[ \t]+")
_BOLD = re.compile(
    rf"[ \t>]*(?:[-–•*+][ \t]+)?(?P<open>\*\*|__|<b>|<strong>)[ \t]*"
    rf"(?P<bare>{_LABEL})[ \t]*(?:\*\*|__|</b>|</strong>)[ \t]*(?=\S)",
    re.IGNORECASE,
)
_TAB = re.compile(rf"{_LEAD}{_NAME}(?:[ \t]*\t[ \t]*|[ ]{{2,}})(?=[^\s|>=–—-])")
_SIGN = re.compile(rf"{_LEAD}{_NAME}(?:[ \t]*(?:-{{2,}}|[–—>=→])>?|[ \t]*-)[ \t]+(?=\S)")
_DOT = re.compile(r"[ \t]*(?P<bare>[^\W\d_][\w/]{0,11}(?:[ \t]\d{1,3})?)[.)][ \t]+(?=\S)")
_CAPITALS = re.compile(
    rf"{_LEAD}(?P<bare>[^\W\d_a-zß-ÿ][^\Wa-zß-ÿ]+(?:[ \t][^\Wa-zß-ÿ]{{2,}}){{0,3}})[ \t]+(?=\S*[a-zß-ÿ])"
)
_SEMICOLON = re.compile(rf"{_LEAD}{_NAME}[ \t]*;[ \t]*(?=\S)")
_CELL = re.compile(rf"[ \t]*\|?[ \t]*(?:[\d:.,{T} \t-]+\|[ \t]*)?{_NAME}[ \t]*\|[ \t]*(?=[^\s|])")
_CELL_END = re.compile(r"[ \t]*\|[ \t]*$")
_RULE = frozenset(" \t:|-")
_LAST_CLOCK = re.compile(r"[ \t](\d{1,3}:\d{2}(?::\d{2}){0,2}(?:[.,]\d{1,3})?)[ \t]*$")
# `0 minutes 7 seconds`, in any language, alone or beside the same time as a clock: `0 minutes 7 seconds0:07`.
_SPOKEN = re.compile(
    r"(?:^|(?<=[ \t]))((?:\d{1,3}[ \t]+[^\W\d_]{3,12},?[ \t]+(?:[^\W\d_]{1,3}[ \t]+)?){1,2}\d{1,2}[ \t]+[^\W\d_]{3,12}"
    r"|\d{1,2}[ \t]+[^\W\d_]{5,12})"
    r"(?:[ \t]*\d{1,3}:\d{2}(?::\d{2})?)?[ \t]*$"
)
_SHORT_LINE = 9
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
    """A line of text with its speaker label (if it may have one), the span of the speech, and a time in seconds.

    `start` and `end`: the whole line; `speech` and `stop`: without label and times at its ends. `odd`: an invalid time,
    for which `time_s` is None. `stamped`: a time at the end was taken out, as is done if `ends`. `shape`: see the
    module; `raw`: as in the text.
    """

    start: int
    end: int
    speech: int
    stop: int
    form: Form = "text"
    label: str = ""
    time_s: float | None = None
    odd: str = ""
    stamped: bool = False
    shape: str = ""
    raw: str = ""
    ends: bool = False

    def plain(self) -> "Line":
        """Return the line without its label."""
        return (
            replace(_unlabelled(self.raw, self.shape, self.start, ends=self.ends), odd=self.odd) if self.label else self
        )


Reading = Callable[[Line, Labels], Line]


def shadow(text: str) -> str:
    """Return a text of the same length with tags, direction marks and all kinds of space as spaces."""
    if not text.isascii():
        text = _MARKS.sub(" ", text.translate(_BLANKS))
    if "<" in text:
        text = _TAG.sub(lambda tag: " " * len(tag.group()), text)
    return text


def classify_lines(text: str, labels: Labels) -> list[Line]:
    """Return the lines of a text, each with the label it may begin with: before a colon, or beside a time.

    Times at the ends of lines are taken out if the text has them throughout; a single `(11:30)` is speech.
    """
    seen = shadow(text)
    if not text.isascii():
        seen = _UNSEEN.sub(" ", seen)
    spans = list(_lines(text))
    ends = _timed_throughout(text, spans)
    lines = []
    for start, end in spans:
        shape = _masked(_EMPHASIS.sub(lambda marks: " " * len(marks.group()), seen[start:end]))
        lines.append(with_colon(_unlabelled(text[start:end], shape, start, ends=ends), labels))
    above = [table_row(line.shape) and _is_rule(after.shape) for line, after in pairwise(lines)] + [False]
    return [replace(line, form="head") if heads else line for line, heads in zip(lines, above, strict=True)]


def with_colon(line: Line, labels: Labels) -> Line:
    """Return a line with its label before a colon, or with a time after it at the end of the line."""
    if line.form in ("blank", "stamp"):
        return line
    match = _COLON.match(line.shape)
    if match and _shaped(_label(match)) and (labels.known(_label(match)) or line.form != "heading"):
        return _labelled(line, match)
    match = _TIMED.match(line.shape) if line.form in ("text", "note") else None
    return _labelled(line, match) if match and _shaped(_label(match)) else line


def alone(line: Line, labels: Labels) -> Line:
    """Return a line with its label if the whole line may be a name: NVivo, Teams, Markdown headings."""
    match = _ALONE.match(line.shape) if line.form in ("text", "note") or _HASH.match(line.shape) else None
    if not match:
        return line
    label = _label(match)
    capital = all(word[0] == word[0].upper() for word in label.split())
    ended = bool(label) and label[-1] in ".,;…-–" and not label.endswith(("Dr.", "Jr.", "Sr."))
    fits = len(label.split()) <= ALONE_WORDS and capital and not ended and _shaped(label)
    return _labelled(line, match) if label and (fits or labels.known(label)) else line


def under_time(line: Line, labels: Labels) -> Line:
    """Return a line with its label if it is a time and a name: `[00:00:09] - Speaker 2`, with the words below."""
    match = _STAMPED.match(line.shape) if line.form in ("text", "note") else None
    fits = match and len(_label(match).split()) <= ALONE_WORDS and _shaped(_label(match))
    return _labelled(line, match) if match and fits and _label(match)[-1] not in ".,;…" else line


def around_time(line: Line, labels: Labels) -> Line:
    """Return a line with its label if a time or tabs part it from the words: `Anna [00:05] Yes`."""
    return _read(_INLINE, line)


def in_brackets(line: Line, labels: Labels) -> Line:
    """Return a line with its label if it stands in brackets: `[id1] Yes`, `(Keeper) Yes`."""
    return _read(_BRACKET, line, forms=("text", "heading"))


def in_bold(line: Line, labels: Labels) -> Line:
    """Return a line with its label if the label is in bold and the words are not: `**Keeper** Yes`."""
    match = _BOLD.match(line.raw) if line.form == "text" else None
    fits = match and _shaped(_label(match)) and line.shape[match.end() :].strip()
    return _labelled(line, match) if match and fits else line


def before_tab(line: Line, labels: Labels) -> Line:
    """Return a line with its label before a tab."""
    return _read(_TAB, line, lower=False)


def before_sign(line: Line, labels: Labels) -> Line:
    """Return a line with its label before a dash, an arrow or the like: `Keeper -- Yes`, `Keeper> Yes`."""
    return _read(_SIGN, line, lower=False)


def in_capitals(line: Line, labels: Labels) -> Line:
    """Return a line with its label if the label is in capitals and the words are not: `KEEPER Yes`."""
    return _read(_CAPITALS, line, lower=False)


def before_stop(line: Line, labels: Labels) -> Line:
    """Return a line with its label before a full stop: `INT. Why?`, `Q1. Why?`, `A. Because.`."""
    return _read(_DOT, line, forms=("text", "heading"), lower=False)


def before_semicolon(line: Line, labels: Labels) -> Line:
    """Return a line with its label before a semicolon."""
    return _read(_SEMICOLON, line, lower=False)


def in_cell(line: Line, labels: Labels) -> Line:
    """Return a line with its label if it is a row of a Markdown table: `| Keeper | Yes |`."""
    named = _read(_CELL, line, forms=("text", "note"))
    end = _CELL_END.search(line.shape)
    return replace(named, stop=max(line.start + end.start(), named.speech)) if named.label and end else named


def table_row(shape: str) -> bool:
    """Return whether a line is a row or a rule of a Markdown table."""
    cells = shape.strip()
    return cells.startswith("|") and (cells.endswith("|") or _is_rule(shape)) and cells.count("|") > 1


def _is_rule(shape: str) -> bool:
    return "--" in shape and _RULE.issuperset(shape)


def _read(pattern: re.Pattern[str], line: Line, *, forms: tuple[str, ...] = ("text",), lower: bool = True) -> Line:
    match = pattern.match(line.shape) if line.form in forms else None
    if not match or not _shaped(_label(match)) or (not lower and _label(match)[0].islower()):
        return line
    return _labelled(line, match)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _masked(line: str) -> str:
    """Return a line with every time in it replaced by as many T."""
    if not any(sign.isdigit() for sign in line):
        return line
    spans = [(mark.start, mark.end) for mark in times.marks(line)]
    if len(line.split()) <= _SHORT_LINE:
        spans += [match.span(1) for match in [_LAST_CLOCK.search(line)] if match]
        spans += [(match.start(1), len(line.rstrip())) for match in [_SPOKEN.search(line)] if match]
    for start, end in spans:
        line = line[:start] + T * (end - start) + line[end:]
    return line


def _unlabelled(raw: str, shape: str, start: int, *, ends: bool) -> Line:
    """Return a line without a label, with the times at its ends taken out where they stand in brackets or signs."""
    end = start + len(raw)
    if not shape.strip():
        return Line(start, end, end, end, form="blank", shape=shape, raw=raw)
    if _STAMP_ALONE.match(shape):
        time_s, odd = _time(raw, shape)
        return Line(start, end, end, end, form="stamp", time_s=time_s, odd=odd, shape=shape, raw=raw)
    if table_row(shape):
        return Line(start, end, start, end, form="note", shape=shape, raw=raw, ends=ends)
    form: Form = "heading" if text_layout.is_heading(raw) else "note" if text_layout.is_note(raw) else "text"
    words = times.trimmed(raw)
    if form != "text" or words.start >= words.end:
        return Line(start, end, start, end, form=form, shape=shape, raw=raw, ends=ends)
    leads = bool(raw[: words.start].strip())
    stamped = ends and words.end < len(raw.rstrip())
    line = Line(start, end, start + words.start, end, shape=shape, raw=raw, ends=ends)
    line = replace(line, time_s=words.time_s, odd=words.odd) if leads or stamped else line
    return replace(line, stop=start + words.end, stamped=True) if stamped else line


def _labelled(line: Line, match: re.Match[str]) -> Line:
    time_s, odd = _time(line.raw, line.shape, match.end())
    at, speech = match.end(), line.start + match.end()
    line = replace(line, label=_label(match), speech=speech, stop=line.end, form="label", stamped=False)
    words = times.trimmed(line.raw[at:])
    if line.ends and words.start < words.end < len(line.raw[at:].rstrip()):
        line = replace(line, stop=speech + words.end, stamped=True)
        time_s, odd = (time_s, odd) if time_s is not None or odd else (words.time_s, words.odd)
    return replace(line, time_s=time_s, odd=odd)


def _timed_throughout(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether lines of a text end with times throughout, or in the form of f4."""
    lines = [text[start:end].rstrip() for start, end in spans if start < end]
    trimmed = [(line, times.trimmed(line)) for line in lines if any(sign.isdigit() for sign in line[-16:])]
    tails = [line[words.end :] for line, words in trimmed if words.start < words.end < len(line)]
    return any("#" in tail for tail in tails) or len(tails) >= max(MIN_TIMED, TIMED_SHARE * len(lines))


def _time(raw: str, shape: str, before: int | None = None) -> tuple[float | None, str]:
    """Return the first time in a line before a position, and an invalid one as written."""
    match = re.search(f"{T}+", shape[:before])
    if not match:
        return None, ""
    stamp = raw[match.start() : match.end()].strip()
    marks = times.marks(stamp)
    time_s = marks[0].time_s if marks else _spoken(stamp)
    return time_s, "" if time_s is not None else stamp


def _spoken(stamp: str) -> float | None:
    clock = re.search(r"\d{1,3}(?::\d{2}){1,2}\s*$", stamp)
    if clock:
        return times.seconds(clock.group())
    numbers = [float(number) for number in re.findall(r"\d+", stamp)]
    return sum(number * 60.0**power for power, number in enumerate(reversed(numbers[:3]))) if numbers else None


def _label(match: re.Match[str]) -> str:
    label = next(text for name, text in match.groupdict().items() if text is not None and name != "open")
    return written(label.replace("*", "")).strip("_ ")


def _shaped(label: str) -> bool:
    name = key(label)
    filler = name in _FILLERS and not (label.isupper() and len(label) > 1)
    return bool(name) and len(name.split()) <= MAX_LABEL_WORDS and name not in _NEVER and not filler
