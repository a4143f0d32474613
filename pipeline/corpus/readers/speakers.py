"""Finds speakers and turns in plain text."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers import guards, label_lines
from pipeline.corpus.readers.label_lines import Line
from pipeline.corpus.readers.model import Labels, Remark, Transcript, Turn, without_time

# Unlisted labels must begin at least this share of paragraphs: `Action:` twice in a report is not a speaker.
MIN_SHARE = 0.15
# Labels this similar count as a misspelling of the same label; not checked if there are more labels than this.
SLIP_CHARACTERS, SLIP_LIKENESS, SLIP_LABELS = 5, 0.9, 200
# A name alone on a line, or before a tab or dash, is a label only if the text uses this form throughout.
MIN_ALONE, ALONE_SHARE, WEAK_SHARE = 3, 0.2, 0.6
SHOWN = 5

_ROLE = re.compile(r"(?:participant|interviewee|respondent|informant|speaker|unknown speaker)s?[\s_#.-]*\w{0,3}")
_DIGITS = re.compile(r"\d+")


def transcript(text: str, labels: Labels) -> Transcript:
    """Return the turns of a text.

    With labels, a turn extends from its label to the next label, heading or bracketed note. If only the interviewer is
    labelled, a label covers its paragraph, and the rest belongs to an unnamed speaker. Without labels, each paragraph
    is a turn with speaker ''. Raises RefusedError if there are too many lines.
    """
    guards.check_lines(text.count("\n"))
    lines = label_lines.classify_lines(text, labels)
    spelled, remarks = _accepted(lines, labels)
    if spelled:
        marked = _kept(lines, spelled)
    else:
        plain = [line.plain() for line in lines]
        marked, spelled = _throughout(
            plain, lambda line: label_lines.named_alone(text, line, labels), labels, share=ALONE_SHARE
        )
        if not spelled:
            marked, spelled = _throughout(
                plain, lambda line: label_lines.weakly_named(text, line), labels, share=WEAK_SHARE
            )
    remarks += without_time([(f"line {at}", line.odd) for at, line in enumerate(lines, start=1) if line.odd])
    wrapped = text_layout.hard_wrapped(text)
    only_asking = all(labels.asks(label) for label in spelled)
    return Transcript(text, list(_turns(text, marked, wrapped=wrapped, only_asking=only_asking)), remarks)


def _kept(lines: list[Line], spelled: dict[str, str]) -> list[Line]:
    return [
        replace(line, label=spelled[key(line.label)]) if key(line.label) in spelled else line.plain() for line in lines
    ]


def _usual(lines: list[Line]) -> dict[str, str]:
    """Return the commonest spelling of each label."""
    spellings = Counter(line.label for line in lines if line.label)
    return {key(label): label for label, _ in reversed(spellings.most_common())}


def _accepted(lines: list[Line], labels: Labels) -> tuple[dict[str, str], list[Remark]]:
    """Return the labels that are speakers, with their commonest spelling, and remarks on labels that are too rare."""
    counts = Counter(key(line.label) for line in lines if line.label)
    usual = _usual(lines)
    sure = {label for label in counts if labels.known(label) or _ROLE.fullmatch(label)}
    often = max(3, labels.min_count)
    recurring = {name for name, count in counts.items() if count >= labels.min_count and not usual[name][0].islower()}
    recurring |= {name for name, count in counts.items() if count >= often and len(name.split()) == 1}
    # Numbered labels support each other: a single `P7:` among many `P1:` to `P6:` is a speaker.
    shapes = Counter(_shape(name) for name in counts)
    recurring |= {name for name in counts if _shape(name) != name and shapes[_shape(name)] >= often}
    opened = sum(counts[name] for name in recurring - sure)
    paragraphs = sum(1 for line in lines if line.form in ("text", "colon", "timed"))
    if not any(labels.known(name) for name in sure) and opened < MIN_SHARE * paragraphs:
        recurring = set()
    return _with_slips({name: usual[name] for name in sorted(sure | recurring)}, usual)


def _with_slips(spelled: dict[str, str], usual: dict[str, str]) -> tuple[dict[str, str], list[Remark]]:
    """Add misspelt labels (`Particpant:`) under the right name; add remarks on rare labels."""
    accepted, rare = dict(spelled), []
    remarks: list[Remark] = []
    stems = [name for name in spelled if len(name) >= SLIP_CHARACTERS and _shape(name) == name]
    for name in sorted(usual) if spelled and len(usual) <= SLIP_LABELS else ():
        if name in spelled:
            continue
        near = [stem for stem in stems if _slip(name, stem)]
        if len(near) == 1:
            accepted[name] = spelled[near[0]]
            message = (
                f"'{usual[name]}:' was read as a misspelling of '{accepted[name]}'. If it is another speaker, "
                "list both in participants.csv."
            )
            remarks.append(Remark("guessed", message))
        elif usual[name].istitle() and len(name.split()) <= 2:
            rare.append(f"'{usual[name]}:'")
    if rare:
        message = (
            f"{', '.join(rare[:SHOWN])}{' and others' if len(rare) > SHOWN else ''} at the start of a "
            "line: read as speech, because the label does not recur. If it is a speaker, list it in "
            "participants.csv."
        )
        remarks.append(Remark("note", message))
    return accepted, remarks


def _slip(label: str, name: str) -> bool:
    return SequenceMatcher(None, label, name, autojunk=False).ratio() >= SLIP_LIKENESS


def _shape(label: str) -> str:
    return _DIGITS.sub("0", label)


def _throughout(
    lines: list[Line], named: Callable[[Line], Line], labels: Labels, *, share: float
) -> tuple[list[Line], dict[str, str]]:
    """Return the lines and labels of a text that marks speakers in a weaker form, if it does so throughout.

    Requires at least two labels, each known or frequent, on a minimum share of the lines, and not on consecutive lines
    as in a list of names.
    """
    tried = [named(line) for line in lines]
    counts = Counter(key(line.label) for line in tried if line.label)
    accepted = {
        name for name, count in counts.items() if count >= MIN_ALONE or labels.known(name) or _ROLE.fullmatch(name)
    }
    total = sum(counts[name] for name in accepted)
    written = [line for line in tried if line.form in ("text", "alone", "weak")]
    empty = [line.form == "alone" and key(line.label) in accepted for line in written]
    doubled = sum(1 for one, two in pairwise(empty) if one and two)
    if len(accepted) < 2 or total < share * len(written) or doubled > 0.1 * total:
        return lines, {}
    usual = _usual(tried)
    spelled = {name: usual[name] for name in sorted(accepted)}
    return _kept(tried, spelled), spelled


@dataclass
class _Open:
    """The current turn."""

    speaker: str
    start: int
    end: int
    time_s: float | None
    labelled: bool


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
            current = _Open(
                opening, line.speech if line.label else line.start, line.end, stamp, bool(line.label) or bool(opening)
            )
            if line.form != "note":
                last = current if line.form != "heading" else None
            time_s = None
        elif current is not None:
            current.end = line.end
        gap = False
        if line.form in ("heading", "note"):
            yield from _closed(text, current)
            current = None
    yield from _closed(text, current)


def _opening(
    line: Line, current: _Open | None, last: _Open | None, *, gap: bool, wrapped: bool, only_asking: bool
) -> str | None:
    """Return the speaker of the turn that a line begins, or None if the current turn continues."""
    if line.label:
        return line.label
    if line.form in ("heading", "note"):
        return ""
    if current is None:
        return last.speaker if last and last.labelled and not only_asking else ""
    waiting = current.labelled and current.start >= current.end  # a label alone on its line: the speech follows
    if waiting or (current.labelled and not only_asking):
        return None
    return None if wrapped and not gap else ""


def _closed(text: str, turn: _Open | None) -> Iterator[Turn]:
    if turn is None:
        return
    start, end = text_layout.trimmed(text, turn.start, turn.end)
    if start < end:
        yield Turn(turn.speaker, start, end, turn.time_s)
