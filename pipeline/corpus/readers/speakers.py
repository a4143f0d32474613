"""Finds speakers and turns in plain text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers import (
    front_matter,
    guards,
    label_lines,
    label_names,
    label_slips,
    labels_within_lines,
    speaker_schemes,
)
from pipeline.corpus.readers.label_lines import Line
from pipeline.corpus.readers.model import Labels, Transcript, Turn, without_time

NO_TALK = ("heading", "note", "head")


def transcript(text: str, labels: Labels) -> Transcript:
    """Return the turns of a text.

    With labels, a turn extends from its label to the next label, heading or bracketed note. If only the interviewer is
    labelled, a label covers its paragraph, and the rest belongs to an unnamed speaker. Without labels, each paragraph
    is a turn with speaker ''. Raises RefusedError if there are too many lines.
    """
    guards.check_lines(text.count("\n"))
    lines = label_lines.classify_lines(text, labels)
    lines = _renamed(lines, label_names.joined([line.label for line in lines if line.label], labels))
    lines = front_matter.set_aside(lines, text)
    lines, within = labels_within_lines.split(lines, labels)
    wrapped = text_layout.hard_wrapped(text)
    reading, remarks = speaker_schemes.chosen(lines, labels, paragraphs=_paragraphs(lines, wrapped=wrapped))
    marked = _kept(reading.lines, reading.spelled)
    marked, slips = label_slips.mended(marked, reading.spelled)
    remarks = [*within, *remarks, *slips]
    remarks += without_time([(f"line {at}", line.odd) for at, line in enumerate(lines, start=1) if line.odd])
    only_asking = all(labels.asks(label) for label in reading.spelled.values())
    if not reading.spelled:
        marked, voices = label_slips.voices(marked)
        remarks += voices
    seen = label_lines.shadow(text)
    return Transcript(text, list(_turns(seen, marked, wrapped=wrapped, only_asking=only_asking)), remarks)


def _renamed(lines: list[Line], persons: dict[str, str]) -> list[Line]:
    return [replace(line, label=persons[line.label]) if line.label in persons else line for line in lines]


def _kept(lines: list[Line], spelled: dict[str, str]) -> list[Line]:
    return [
        replace(line, label=spelled[key(line.label)]) if key(line.label) in spelled else line.plain() for line in lines
    ]


def _paragraphs(lines: Sequence[Line], *, wrapped: bool) -> int:
    """Return the number of paragraphs with talk: lines, or blocks of lines if line breaks only wrap them."""
    if not wrapped:
        return sum(line.form in ("text", "label") for line in lines)
    before = [Line(0, 0, 0, 0, form="blank"), *lines]
    return sum(
        line.form == "label" or (line.form == "text" and last.form not in ("text", "label"))
        for last, line in zip(before, lines, strict=False)
    )


@dataclass
class _Open:
    """The current turn."""

    speaker: str
    start: int
    end: int
    time_s: float | None
    labelled: bool
    role: str = ""


def _turns(text: str, lines: list[Line], *, wrapped: bool, only_asking: bool) -> Iterator[Turn]:
    """Yield the turns; no letter outside labels and times is lost."""
    current: _Open | None = None
    last: _Open | None = None  # the labelled turn that continues after a note
    time_s: float | None = None
    gap = False
    for line in lines:
        if line.form == "blank":
            gap = True
            continue
        if line.form == "stamp":
            time_s, gap = line.time_s, True
            continue
        opening = _opening(line, current, last, gap=gap, wrapped=wrapped, only_asking=only_asking)
        if opening is not None:
            yield from _closed(text, current)
            stamp = line.time_s if line.time_s is not None else time_s
            role = "none" if line.form in NO_TALK else ""
            current = _Open(opening, line.speech, line.stop, stamp, bool(line.label) or bool(opening), role)
            if line.form != "note":
                last = current if line.form not in ("heading", "head") else None
            time_s = None
        elif current is not None:
            current.start = line.speech if current.start >= current.end else current.start
            current.end = line.stop
        gap = False
        if line.form in NO_TALK or line.stamped:
            yield from _closed(text, current)
            current = None
    yield from _closed(text, current)


def _opening(
    line: Line, current: _Open | None, last: _Open | None, *, gap: bool, wrapped: bool, only_asking: bool
) -> str | None:
    """Return the speaker of the turn that a line begins, or None if the current turn continues."""
    if line.form == "label":
        return line.label
    waiting = current is not None and current.labelled and current.start >= current.end  # a label alone on its line
    if line.form in NO_TALK:
        return None if waiting and line.form == "heading" and not line.raw.lstrip().startswith("#") else ""
    if current is None:
        return last.speaker if last and last.labelled and not only_asking else ""
    if waiting or (current.labelled and not only_asking):
        # A time at the beginning of a paragraph is no speech: the turn goes on after it.
        return current.speaker if line.speech > line.start and line.time_s is not None and not waiting else None
    return None if wrapped and not gap else ""


def _closed(text: str, turn: _Open | None) -> Iterator[Turn]:
    if turn is None:
        return
    start, end = text_layout.trimmed(text, turn.start, turn.end)
    if start < end:
        yield Turn(turn.speaker, start, end, turn.time_s, role=turn.role)
