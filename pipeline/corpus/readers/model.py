"""Data types shared by the readers of transcripts."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.core.errors import CounterpointError
from pipeline.core.names import key

# Longest valid time in seconds, about a hundred days.
MOST_SECONDS = 1e7
_SPACE = re.compile(r"\s+")


class RefusedError(CounterpointError):
    """A file cannot be read; the message says why and what to do. Other files are not affected."""


@dataclass(frozen=True)
class Turn:
    """A speaker's turn: the span of the speech in the document's text, and its time in seconds, if known.

    `place`: its location in the original (page 3, cues 12 to 14, row 7); '' for plain text. `role`: the speaker's role
    (participant, interviewer, none) if the file states it, or ''.
    """

    speaker: str
    start: int
    end: int
    time_s: float | None = None
    place: str = ""
    role: str = ""


@dataclass(frozen=True)
class Remark:
    """A message about a file that was read. `kind`: guessed, note, or refused (part of the file)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Transcript:
    """A document: its canonical text, its turns in order, and messages.

    `attributes`: what the file states about its speakers (age, site), by speaker key. `parts`: if the file contains
    several documents, such as a table of several interviews, each by its name; text and turns are then those of all.
    `rows`: of such a part, the numbers of the rows that it consists of.
    """

    text: str
    turns: list[Turn]
    remarks: list[Remark] = field(default_factory=list)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    parts: dict[str, "Transcript"] = field(default_factory=dict)
    rows: tuple[int, ...] = ()

    def stated_roles(self) -> dict[str, str]:
        """Return the role that the file states for each speaker, by key; speakers without one are omitted."""
        stated: dict[str, Counter[str]] = defaultdict(Counter)
        for turn in self.turns:
            if turn.role and turn.speaker:
                stated[key(turn.speaker)][turn.role] += 1
        return {name: roles.most_common(1)[0][0] for name, roles in stated.items()}


@dataclass(frozen=True)
class Utterance:
    """One speaker's words, in formats that store speakers separately (subtitles, tables, tiers).

    `numbers`: first and last number of its cues, rows or similar. `role`: as in `Turn`.
    """

    speaker: str
    text: str
    time_s: float | None = None
    numbers: tuple[int, int] = (0, 0)
    role: str = ""


@dataclass(frozen=True)
class Labels:
    """What is known about speaker labels before a file is read.

    `interviewer`: labels that mean the interviewer; `listed`: keys of speakers that participants.csv lists for the
    document; `min_count`: how often any other label must recur.
    """

    interviewer: tuple[str, ...] = ()
    listed: frozenset[str] = frozenset()
    min_count: int = 2

    def known(self, label: str) -> bool:
        """Return whether a label counts without recurring: it is listed or means the interviewer."""
        return key(label) in self.listed or self.asks(label)

    def asks(self, label: str) -> bool:
        """Return whether a label means the interviewer, also with a number or name: `Interviewer 2`, `INT (Jo)`."""
        name = key(label)
        return any(_numbered(word).fullmatch(name) for word in map(key, self.interviewer) if word)


def in_time(seconds: float) -> float | None:
    """Return a time in seconds from the start of a recording; None if it is not plausible."""
    return float(seconds) if 0 <= seconds < MOST_SECONDS else None


def without_time(odd: Sequence[tuple[str, str]]) -> list[Remark]:
    """Return a remark on unusable times. `odd`: the location (`line 3`) and the time as written, for each."""
    if not odd:
        return []
    where, stamp = odd[0]
    which = f"'{stamp[:40]}' in {where}"
    if len(odd) == 1:
        return [Remark("note", f"One time is not valid ({which}); its text was kept without a time.")]
    message = f"{len(odd)} times are not valid (the first is {which}); their text was kept without times."
    return [Remark("note", message)]


def place(unit: str, first: int, last: int) -> str:
    """Return a location in an original in words: `cue 12`, `pages 3 to 4`."""
    return f"{unit} {first}" if first == last else f"{unit}s {first} to {last}"


def traced(transcript: Transcript, unit: str, marks: Sequence[tuple[int, int]]) -> Transcript:
    """Return a transcript whose turns know their location. `marks`: start in the text and number of each `unit`."""
    starts = [start for start, _ in marks]

    def number(at: int) -> int:
        return marks[max(bisect_right(starts, at) - 1, 0)][1]

    turns = [replace(turn, place=place(unit, number(turn.start), number(turn.end - 1))) for turn in transcript.turns]
    return replace(transcript, turns=turns) if marks else transcript


def paragraph_marks(paragraphs: Iterable[str]) -> list[tuple[int, int]]:
    """Return the start and number of each non-empty paragraph in a text with one paragraph per line."""
    marks: list[tuple[int, int]] = []
    at = 0
    for paragraph in paragraphs:
        if paragraph.strip():
            marks.append((at, len(marks) + 1))
        at += len(paragraph) + 1
    return marks


def compose(utterances: Iterable[Utterance], *, unit: str) -> Transcript:
    """Return a transcript written from utterances: `Speaker: words`, with a blank line between turns.

    Consecutive utterances of a speaker form one turn, so that split sentences are rejoined. `unit`: what their numbers
    count.
    """
    turns: list[Turn] = []
    pieces: list[str] = []
    at = 0
    for speaker, text, time_s, (first, last), role in _joined(utterances):
        lead = ("\n\n" if pieces else "") + (f"{speaker}: " if speaker else "")
        where = place(unit, first, last) if first else ""
        turns.append(Turn(speaker, at + len(lead), at + len(lead) + len(text), time_s, where, role))
        pieces.append(lead + text)
        at += len(pieces[-1])
    return Transcript("".join(pieces), turns)


@dataclass
class _Joined:
    """Consecutive utterances of a speaker."""

    first: Utterance
    texts: list[str]
    numbers: list[int]


def _joined(utterances: Iterable[Utterance]) -> list[tuple[str, str, float | None, tuple[int, int], str]]:
    turns: list[_Joined] = []
    for utterance in utterances:
        speaker, text = _SPACE.sub(" ", utterance.speaker).strip(), _SPACE.sub(" ", utterance.text).strip()
        if not text:
            continue
        before = turns[-1].first if turns else None
        if before and speaker and (key(before.speaker), before.role) == (key(speaker), utterance.role):
            turns[-1].texts.append(text)
            turns[-1].numbers.extend(utterance.numbers)
        else:
            turns.append(_Joined(replace(utterance, speaker=speaker), [text], list(utterance.numbers)))
    return [
        (
            turn.first.speaker,
            " ".join(turn.texts),
            turn.first.time_s,
            (min(turn.numbers), max(turn.numbers)),
            turn.first.role,
        )
        for turn in turns
    ]


def _numbered(word: str) -> re.Pattern[str]:
    named = r"(?:\s*[\(\[\-–].*)?" if len(word) > 2 else ""
    return re.compile(rf"{re.escape(word)}(?:[\s_#.-]*\d{{1,2}}|\s[a-z])?{named}")
