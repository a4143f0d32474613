"""Chooses how a text names its speakers: each form of label is tried, and the one that explains most is taken."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from re import compile as pattern

from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers import label_lines, label_names
from pipeline.corpus.readers.label_lines import Line, Reading
from pipeline.corpus.readers.model import Labels, Remark

# Unlisted labels must begin at least this share of paragraphs: `Action:` twice in a report is not a speaker.
MIN_SHARE = 0.15
# Or this share of the blocks of lines between empty lines.
BLOCK_SHARE = 0.5
# Minimum lines and mean recurrence of labels of any other form, and the share of labelled lines whose label differs
# from the one before.
MIN_LINES, RECURRENCE, ALTERNATION = 4, 1.5, 0.3
# From this share of lines on, a form that was not taken is asked about; and from this share of the score of the best.
ASK_SHARE, RIVAL = 0.25, 0.8
SHOWN, SHOWN_WORDS = 3, 8

_ROLE = pattern(r"(?:participant|interviewee|respondent|informant|speaker|unknown speaker)s?[\s_#.-]*\w{0,3}")
# What stands in brackets in transcripts and names nobody.
_SOUNDS = text_layout.word_list(
    """
    applause background beep break cough coughs crosstalk gesture gestures inaudible interruption laugh laughing laughs
    laughter long music nods noise overlapping pause pauses phone redacted short sigh sighs silence smiles sniff
    unclear unintelligible lacht lachen rire rires risas risos gelach skratt
    """
)


@dataclass(frozen=True)
class Scheme:
    """A form of labels. `words`: how lines begin; `share`: least share of lines; `lines`: lines of a turn.

    `least`: how often a label must recur; `weight`: how far the form is to be believed, against the others.
    """

    words: str
    read: Reading
    share: float
    weight: float
    lines: int = 1
    least: int = 2


@dataclass(frozen=True)
class Hypothesis:
    """A text read by one scheme: its lines with labels, the spelling of each accepted label by key, and its score."""

    scheme: Scheme
    lines: list[Line]
    spelled: dict[str, str]
    labelled: int = 0
    share: float = 0.0
    score: float = 0.0


COLON = Scheme("{} and a colon", label_lines.with_colon, MIN_SHARE, 1.0)
OTHERS = (
    Scheme("a time and {}", label_lines.under_time, 0.3, 0.95, lines=2),
    Scheme("{} and a time", label_lines.around_time, 0.5, 0.95),
    Scheme("{} in bold", label_lines.in_bold, 0.4, 0.95),
    Scheme("{} in brackets", label_lines.in_brackets, 0.5, 0.9),
    Scheme("a table row with {}", label_lines.in_cell, 0.5, 0.9),
    Scheme("{} on a line of its own", label_lines.alone, 0.2, 0.85, lines=2, least=3),
    Scheme("{} and a tab", label_lines.before_tab, 0.6, 0.85),
    Scheme("{} and a semicolon", label_lines.before_semicolon, 0.6, 0.8),
    Scheme("{} and a dash or an arrow", label_lines.before_sign, 0.6, 0.75),
    Scheme("{} in capitals", label_lines.in_capitals, 0.6, 0.75),
    Scheme("{} and a full stop", label_lines.before_stop, 0.6, 0.7),
)


def chosen(lines: Sequence[Line], labels: Labels, *, paragraphs: int) -> tuple[Hypothesis, list[Remark]]:
    """Return the reading that explains a text best, and questions about what it leaves unexplained.

    `lines`: with the labels before a colon; `paragraphs`: number of paragraphs. Without speakers, no label is accepted.
    """
    colon = _with_colon(lines, labels, paragraphs)
    plain = [line.plain() for line in lines]
    tried = [_tried(plain, scheme, labels, paragraphs) for scheme in OTHERS]
    taken = [one for one in tried if one.spelled]
    best = max([*([colon] if colon.spelled else []), *taken], key=lambda one: one.score, default=None)
    if best is None:
        return Hypothesis(COLON, plain, {}), _questions(tried)
    if colon.spelled and best is not colon and colon.score > best.score * RIVAL:
        best = colon
    if best is not colon:
        return best, []
    talk = frozenset(usual(_talk(lines, colon.spelled)))
    spelled, remarks = label_names.with_slips(colon.spelled, usual(lines), in_talk=talk)
    return replace(colon, spelled=spelled), remarks + _rivals(colon, taken)


def _talk(lines: Sequence[Line], spelled: Mapping[str, str]) -> list[Line]:
    """Return the lines without those before the first speaker that are no talk, such as `Study: Dialysis at home`."""
    own = [line for line in lines if line.raw.strip()]
    titles = text_layout.title_lines(
        [(spelled.get(key(line.label), "") if line.label else "", line.raw) for line in own]
    )
    return [line for place, line in enumerate(own) if place not in titles]


def usual(lines: Sequence[Line]) -> dict[str, str]:
    """Return the commonest spelling of each label, by key."""
    spellings = Counter(line.label for line in lines if line.label)
    return {key(label): label for label, _ in reversed(spellings.most_common())}


def _with_colon(lines: Sequence[Line], labels: Labels, paragraphs: int) -> Hypothesis:
    """Return the reading by labels before a colon, which need less evidence than the others."""
    counts = Counter(key(line.label) for line in lines if line.label)
    spelling = usual(lines)
    sure = {label for label in counts if labels.known(label) or _ROLE.fullmatch(label)}
    often = max(3, labels.min_count)
    recurring = {name for name, count in counts.items() if count >= labels.min_count and not _low(spelling[name])}
    recurring |= {name for name, count in counts.items() if count >= often and len(name.split()) <= 2}
    # Numbered labels support each other: a single `P7:` among many `P1:` to `P6:` is a speaker.
    shapes = Counter(label_names.shape(name) for name in counts)
    recurring |= {
        name for name in counts if label_names.shape(name) != name and shapes[label_names.shape(name)] >= often
    }
    opened = sum(counts[name] for name in recurring - sure)
    units = sum(1 for line in lines if line.form in ("text", "label"))
    if (
        not any(labels.known(name) for name in sure)
        and opened < MIN_SHARE * units
        and not _open_blocks(lines, recurring)
    ):
        recurring = set()
    spelled = {name: spelling[name] for name in sorted(sure | recurring)}
    return _scored(Hypothesis(COLON, list(lines), spelled), paragraphs)


def _open_blocks(lines: Sequence[Line], names: Collection[str]) -> bool:
    """Return whether labels open most blocks of lines between empty lines, as in a hard-wrapped dialogue."""
    first = [
        line
        for before, line in zip([None, *lines], lines, strict=False)
        if line.form in ("text", "label") and (before is None or before.form == "blank")
    ]
    opened = sum(key(line.label) in names for line in first if line.label)
    return len(first) >= MIN_LINES and opened >= BLOCK_SHARE * len(first)


def _tried(plain: Sequence[Line], scheme: Scheme, labels: Labels, paragraphs: int) -> Hypothesis:
    """Return the reading by another form, with accepted labels only if the text uses it throughout.

    Requires at least two labels, each known or frequent, on a minimum share of the lines, that take turns, and that are
    not on consecutive lines as in a list of names.
    """
    lines = [scheme.read(line, labels) for line in plain]
    persons = label_names.joined([line.label for line in lines if line.label], labels)
    lines = [replace(line, label=persons[line.label]) if line.label in persons else line for line in lines]
    counts = Counter(key(line.label) for line in lines if line.label)
    least = max(scheme.least, labels.min_count)
    accepted = {
        name
        for name, count in counts.items()
        if (count >= least or labels.known(name) or _ROLE.fullmatch(name)) and not _sound(name)
    }
    shapes = Counter(label_names.shape(name) for name in accepted)
    accepted |= {name for name in counts if shapes[label_names.shape(name)] >= 2 and label_names.shape(name) != name}
    spelling = usual(lines)
    reading = _scored(Hypothesis(scheme, lines, {name: spelling[name] for name in sorted(accepted)}), paragraphs)
    told = sum(counts[name] for name in accepted)
    listed = all(labels.known(name) for name in accepted)
    written = [line for line in lines if line.form in ("text", "label")]
    here = [line.form == "label" and key(line.label) in accepted for line in written]
    doubled = sum(1 for one, two in pairwise(here) if one and two) if scheme.lines == 2 else 0
    order = [key(line.label) for line in written if key(line.label) in accepted]
    turns = sum(1 for one, two in pairwise(order) if one != two)
    throughout = (
        len(accepted) >= 2
        and (told >= MIN_LINES or listed)
        and told >= RECURRENCE * len(accepted)
        and told >= scheme.share * min(len(written), max(paragraphs, told) * scheme.lines)
        and turns >= ALTERNATION * (len(order) - 1)
        and doubled <= 0.1 * told
    )
    return reading if throughout else replace(reading, spelled={})


def _scored(reading: Hypothesis, paragraphs: int) -> Hypothesis:
    """Return a reading with its score: share of paragraphs with a label, recurrence of labels, weight of the form."""
    here = [line for line in reading.lines if key(line.label) in reading.spelled and line.label]
    share = min(1.0, len(here) * reading.scheme.lines / max(paragraphs, len(here), 1))
    regular = 1 - len(reading.spelled) / max(len(here), len(reading.spelled), 1) / 2
    return replace(reading, labelled=len(here), share=share, score=reading.scheme.weight * share * regular)


def _questions(tried: Sequence[Hypothesis]) -> list[Remark]:
    """Return the question about the most frequent pattern at the beginning of lines, if no form was taken."""
    asked = []
    for reading in tried:
        counts = Counter(key(line.label) for line in reading.lines if line.label and not _sound(key(line.label)))
        again = [name for name, count in counts.items() if count >= 2]
        told = sum(counts[name] for name in again)
        if told >= MIN_LINES and told >= ASK_SHARE * sum(line.form in ("text", "label") for line in reading.lines):
            asked.append((told * reading.scheme.weight, told, reading, again))
    if not asked:
        return []
    _, told, reading, again = max(asked, key=lambda one: one[0])
    message = (
        f"{_pattern(reading, again, told)} They were read as speech, because the pattern is not regular enough. If "
        "these are speakers, list them in participants.csv."
    )
    return [Remark("guessed", message)]


def _rivals(colon: Hypothesis, taken: Sequence[Hypothesis]) -> list[Remark]:
    """Return a question if another form explains as much of the text as labels before a colon."""
    rivals = [one for one in taken if one.score >= RIVAL * colon.score and not set(one.spelled) & set(colon.spelled)]
    if not rivals:
        return []
    rival = max(rivals, key=lambda one: one.score)
    known = ", ".join(f"'{label}'" for label in sorted(colon.spelled.values())[:SHOWN])
    message = (
        f"{known} were taken for the speakers, but {_pattern(rival, list(rival.spelled), rival.labelled)} If these are "
        "the speakers, list them in participants.csv."
    )
    return [Remark("guessed", message)]


def _pattern(reading: Hypothesis, names: Sequence[str], told: int) -> str:
    spelling = usual(reading.lines)
    shown = [f"'{spelling[name]}'" for name in sorted(names)]
    names_ = ", ".join(shown[:SHOWN]) + (" and others" if len(shown) > SHOWN else "")
    at, first = next(
        (at, one) for at, one in enumerate(reading.lines, start=1) if key(one.label) in set(names) and one.label
    )
    words = " ".join(first.raw.split()[:SHOWN_WORDS])
    return f'{told} lines begin with {reading.scheme.words.format(names_)} (line {at}: "{words} …").'


def _sound(name: str) -> bool:
    return set(name.split()) <= _SOUNDS


def _low(label: str) -> bool:
    return label[0].islower()
