"""Who speaks in a plain text: labels such as `Anna:` or Otter's `Anna  12:34`, and what belongs to each."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from pipeline import layout
from pipeline.readers.model import Labels, Remark, Transcript, Turn, key

MAX_LABEL_WORDS, MAX_LABEL_CHARACTERS = 5, 40
# Labels nobody lists must open at least this share of the paragraphs: `Action:` twice in a report is no speaker.
MIN_SHARE = 0.15
# A label as like another as this is the same one, mistyped.
SLIP_CHARACTERS, SLIP_LIKENESS = 5, 0.9
# A name alone on its line is a label only in a text that is written so throughout.
MIN_ALONE, ALONE_WORDS, ALONE_SHARE = 3, 3, 0.2

TIME = r"(?:\d{1,3}:\d{1,2}:\d{1,2}|\d{1,3}:\d{2})(?:[.,]\d{1,3})?"
STAMP = rf"[\[(<]?[ \t]*{TIME}(?:[ \t]*(?:-->|-|–)[ \t]*{TIME})?[ \t]*[\])>]?"
_LABEL = rf"(?P<label>[^\W\d_][^\n:：\[\]<>{{}}?!\"“”*]{{0,{MAX_LABEL_CHARACTERS - 1}}}?)"
_COLON = re.compile(
    rf"[ \t]*(?:(?P<before>{STAMP})[ \t]*)?(?:[-–•][ \t]+)?\**{_LABEL}\**[ \t]*(?P<after>{STAMP})?[ \t]*[:：]\**"
    rf"(?![/\d])[ \t]*(?:(?P<inside>{STAMP})(?=\s|$)[ \t]*)?\**"
)
_TIMED = re.compile(rf"[ \t]*\**{_LABEL}\**(?:[ \t]+|[ \t]*(?=[\[(]))(?P<after>{STAMP})[ \t]*$")
_STAMP_ALONE = re.compile(rf"[ \t]*(?P<before>{STAMP})[ \t]*$")
_ALONE = re.compile(rf"[ \t]*\**{_LABEL}\**[ \t]*$")
_ROLE = re.compile(r"(?:participant|interviewee|respondent|informant|speaker|unknown speaker)s?[\s_#.-]*\w{0,3}")
_FIRST_TIME = re.compile(TIME)
_DIGITS = re.compile(r"\d+")
# Words that stand before a colon again and again and name no speaker.
_NEVER = layout.word_list(
    """
    action actions apologies attendees author background cc date duration e.g example file from http https i.e keywords
    location methods n.b nb note notes p.s page place present ps re results source subject time title to venue
    """
)
_FILLERS = layout.word_list("yeah yes yep no nope okay ok right mm mmm hmm mhm sure exactly thanks well so oh and but")


@dataclass(frozen=True)
class _Line:
    """A line of text with what it opens: a label (if it may be one), where speech begins, and a time."""

    start: int
    end: int
    label: str = ""
    speech: int = -1
    time_s: float | None = None
    form: str = "text"  # text, colon, timed, alone, stamp, heading, note, blank


def transcript(text: str, labels: Labels) -> Transcript:
    """Find the turns of a text.

    With labels, a turn goes from its label to the next one, a heading or a bracketed note. Where only the one who
    asks is labelled, the label holds for its paragraph and the rest is somebody else's. Without labels, a turn is a
    paragraph and its speaker is ''.
    """
    lines = [_classified(text, start, end, labels) for start, end in _lines(text)]
    spelled, remarks = _accepted(lines, labels)
    accepted = set(spelled)
    marked = [
        replace(line, label=spelled[key(line.label)]) if key(line.label) in spelled else _plain(line) for line in lines
    ]
    if not accepted:
        marked, accepted = _with_names_alone(text, lines, labels)
    wrapped = layout.hard_wrapped(text)
    only_asking = all(labels.asks(label) for label in accepted)
    return Transcript(text, list(_turns(text, marked, wrapped=wrapped, only_asking=only_asking)), remarks)


def seconds(stamp: str) -> float | None:
    """Return the first time in a stamp, in seconds: `12:34` is minutes and seconds, `1:02:03` hours too."""
    found = _FIRST_TIME.search(stamp)
    if not found:
        return None
    parts = [float(part) for part in found.group().replace(",", ".").split(":")]
    return sum(part * 60.0**place for place, part in enumerate(reversed(parts)))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _classified(text: str, start: int, end: int, labels: Labels) -> _Line:
    line = text[start:end]
    if not line.strip():
        return _Line(start, end, form="blank")
    if found := _STAMP_ALONE.match(line):
        return _Line(start, end, time_s=seconds(found["before"]), form="stamp")
    if (found := _COLON.match(line)) and _shaped(found["label"]):
        stamp = found["before"] or found["after"] or found["inside"] or ""
        named = _Line(start, end, found["label"].strip(), start + found.end(), seconds(stamp), "colon")
        if labels.known(named.label) or not layout.is_heading(line):
            return named
    if (found := _TIMED.match(line)) and _shaped(found["label"]):
        return _Line(start, end, found["label"].strip(), end, seconds(found["after"]), "timed")
    form = "heading" if layout.is_heading(line) else "note" if layout.is_note(line) else "text"
    return _Line(start, end, form=form)


def _shaped(label: str) -> bool:
    name = key(label)
    return bool(name) and len(name.split()) <= MAX_LABEL_WORDS and name not in _NEVER and name not in _FILLERS


def _plain(line: _Line) -> _Line:
    return line if not line.label else replace(line, label="", speech=-1, time_s=None, form="text")


def _accepted(lines: list[_Line], labels: Labels) -> tuple[dict[str, str], list[Remark]]:
    """Return the labels that are speakers, each with its usual spelling, and remarks on labels that are too rare."""
    counts = Counter(key(line.label) for line in lines if line.label)
    spellings = Counter(line.label for line in lines if line.label)
    usual = {key(label): label for label, _ in reversed(spellings.most_common())}
    sure = {label for label in counts if labels.known(label) or _ROLE.fullmatch(label)}
    recurring = {
        label for label, count in counts.items() if count >= labels.min_count and not usual[label][0].islower()
    }
    recurring |= {
        label for label, count in counts.items() if count >= max(3, labels.min_count) and len(label.split()) == 1
    }
    # Numbered labels lend each other weight: one `P7:` among many `P1:` to `P6:` is a speaker, however little they say.
    shapes = Counter(_shape(label) for label in counts)
    recurring |= {
        label for label in counts if _shape(label) != label and shapes[_shape(label)] >= max(3, labels.min_count)
    }
    opened = sum(counts[label] for label in recurring - sure)
    paragraphs = sum(1 for line in lines if line.form in ("text", "colon", "timed"))
    if not any(labels.known(label) for label in sure) and opened < MIN_SHARE * paragraphs:
        recurring = set()
    spelled = {label: usual[label] for label in sure | recurring}
    return _with_slips(spelled, counts, usual)


def _with_slips(
    spelled: dict[str, str], counts: Counter[str], usual: dict[str, str]
) -> tuple[dict[str, str], list[Remark]]:
    """Add labels that are slips of the pen (`Particpant:`) under the right name, and remark on other rare ones."""
    found = dict(spelled)
    remarks: list[Remark] = []
    for label in counts:
        if label in spelled or not spelled:
            continue
        near = [
            name for name in spelled if len(name) >= SLIP_CHARACTERS and _shape(name) == name and _slip(label, name)
        ]
        if len(near) == 1:
            found[label] = spelled[near[0]]
            said = f"'{usual[label]}:' was taken for '{found[label]}'. If it is another, list both in participants.csv."
            remarks.append(Remark("guessed", said))
        elif usual[label].istitle() and len(label.split()) <= 2:
            said = (
                f"A line begins with '{usual[label]}:' but the label does not recur, so it was read as speech. "
                "If it is a speaker, list it in participants.csv."
            )
            remarks.append(Remark("note", said))
    return found, remarks


def _slip(label: str, name: str) -> bool:
    return SequenceMatcher(None, label, name, autojunk=False).ratio() >= SLIP_LIKENESS


def _shape(label: str) -> str:
    return _DIGITS.sub("0", label)


def _with_names_alone(text: str, lines: list[_Line], labels: Labels) -> tuple[list[_Line], set[str]]:
    """Return the lines, and the labels found in a text whose speakers stand alone on a line, as NVivo and Teams do."""
    named = [_named_alone(text, _plain(line), labels) for line in lines]
    counts = Counter(key(line.label) for line in named if line.label)
    accepted = {label for label, count in counts.items() if count >= MIN_ALONE or labels.known(label)}
    total = sum(counts[label] for label in accepted)
    written = [line for line in named if line.form in ("text", "alone")]
    doubled = sum(1 for one, two in pairwise(written) if key(one.label) in accepted and key(two.label) in accepted)
    if len(accepted) < 2 or total < ALONE_SHARE * len(written) or doubled > 0.1 * total:
        return [_plain(line) for line in lines], set()
    return [line if key(line.label) in accepted else _plain(line) for line in named], accepted


def _named_alone(text: str, line: _Line, labels: Labels) -> _Line:
    found = _ALONE.match(text[line.start : line.end]) if line.form == "text" else None
    if not found:
        return line
    label = found["label"].strip()
    capital = all(word[0] == word[0].upper() for word in label.split())
    ended = label[-1] in ".,;…-–" and not label.endswith(("Dr.", "Jr.", "Sr."))
    fits = len(label.split()) <= ALONE_WORDS and capital and not ended and _shaped(label)
    return replace(line, label=label, speech=line.end, form="alone") if fits or labels.known(label) else line


@dataclass
class _Open:
    """The turn under way."""

    speaker: str
    start: int
    end: int
    time_s: float | None
    labelled: bool


def _turns(text: str, lines: list[_Line], *, wrapped: bool, only_asking: bool) -> Iterator[Turn]:
    """Walk over the lines and yield the turns; no letter outside labels and times is left out."""
    current: _Open | None = None
    last: _Open | None = None  # the labelled turn that goes on after a note
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
    line: _Line, current: _Open | None, last: _Open | None, *, gap: bool, wrapped: bool, only_asking: bool
) -> str | None:
    """Return the speaker of the turn that this line opens, or None where it goes on with the turn under way."""
    if line.label:
        return line.label
    if line.form in ("heading", "note"):
        return ""
    if current is None:
        return last.speaker if last and last.labelled and not only_asking else ""
    waiting = current.labelled and current.start >= current.end  # a label alone on its line: what it says comes now
    if waiting or (current.labelled and not only_asking):
        return None
    return None if wrapped and not gap else ""


def _closed(text: str, turn: _Open | None) -> Iterator[Turn]:
    if turn is None:
        return
    start, end = layout.trimmed(text, turn.start, turn.end)
    if start < end:
        yield Turn(turn.speaker, start, end, turn.time_s)
