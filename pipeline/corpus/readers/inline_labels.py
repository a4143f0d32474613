"""Finds the speakers that cues, items and annotations name inside their words: `Ana: yes`, `[Ana] yes`, `>> ANA: yes`.

Display names are as people type them (`4th floor room`, `bo kern`, `🌸 Bo (she/her)`), so a label is known by how
regularly it recurs at the start of lines, not by its shape.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers import voices
from pipeline.corpus.readers.model import Labels, Remark, Utterance
from pipeline.corpus.readers.voices import Piece

# Share of the units (cues, items) that begin with a label: above MOST every unit has its label; below FEW a colon
# that recurs is speech.
FEW, HALF, MOST = 0.1, 0.5, 0.9
# Where not every unit has a label, one that may be a phrase must recur this often, on this share of labelled lines.
OFTEN, OFTEN_SHARE = 3, 0.08
# Single labels this similar to a recurring one are misspellings of it.
LIKENESS, MOST_LABELS, SHOWN = 0.85, 60, 4

_LEAD = r"[ \t]*(?:>{2,3}|[-–—•](?=[ \t]*[^\s\d\-–—>]))?[ \t]*"
_COLON = re.compile(rf"{_LEAD}(?P<label>[^\n:：]{{1,60}}?)[ \t]*[:：](?!\d|//)[ \t]*(?P<rest>.*)", re.DOTALL)
_BRACKET = re.compile(
    rf"{_LEAD}[\[(<【（](?P<label>[^\[\]()<>【】（）\n]{{1,60}})[\])>】）][ \t]*(?P<rest>.*)", re.DOTALL
)
_DASH = re.compile(rf"{_LEAD}(?P<label>[^\n:：.?!…,;–—-]{{1,40}}?)[ \t]+[-–—][ \t]+(?P<rest>\S.*)", re.DOTALL)
_ALONE = re.compile(rf"{_LEAD}(?P<label>[^\n:：.?!…,;]{{1,60}})$(?P<rest>)")
_FORMS = {"colon": _COLON, "bracket": _BRACKET, "dash": _DASH, "alone": _ALONE}
_ROLE = re.compile(
    r"(?:participant|interviewee|interviewer|moderator|respondent|informant|sprecher|speaker|spk|s|p|r)[\s_#.-]*\d{1,3}"
)
_DIGITS = re.compile(r"\d+")
_WRAPPED = re.compile(r"\[(?P<square>[^\[\]]*)\]|\((?P<round>[^()]*)\)|\*+(?P<bold>[^*]*)\*+")
_INSIDE = re.compile(r"[\[(<【（][^\[\]()<>【】（）]{1,60}[\])>】）]")
_ENDED = r"(?<=[.?!…。？！\"”»)\]])[ \t]+(?:>>+[ \t]*|[-–—][ \t]*)?"
_MIDDLE = re.compile(rf"{_ENDED}(\[?[^\W_][^\n:：.?!…,;]{{0,40}}\]?)[ \t]*[:：](?!\d|//)")


@dataclass(frozen=True)
class _Found:
    """A line with the label it may begin with; `at`: its unit, from 0; `first`: whether it opens the unit."""

    at: int
    line: str
    first: bool
    label: str = ""
    rest: str = ""

    @property
    def name(self) -> str:
        return key(self.label)


@dataclass(frozen=True)
class Reading:
    """Pieces of speech with their speakers, the share of units that name one, and messages."""

    pieces: list[Piece]
    share: float
    remarks: list[Remark]


def read(units: Sequence[Utterance], labels: Labels, *, unit: str) -> Reading | None:
    """Return the speech with the speakers named in it; None if no label recurs enough. `unit`: cue, item, annotation.

    The lines of a unit are separated by line breaks; several may have a label.
    """
    speaking = voices.speaking(units)
    best: tuple[float, list[_Found], dict[str, str]] | None = None
    for form in _FORMS:
        found = list(_candidates(units, form))
        accepted = _accepted(found, labels, form=form, units=speaking)
        share = _share(found, set(accepted), speaking)
        if accepted and (best is None or share > best[0]):
            best = share, found, accepted
    if best is None:
        return None
    share, found, accepted = best
    each = _each(found, accepted, speaking)
    spelled, remarks = _with_rare(found, accepted, each=each, unit=unit)
    remarks += [] if each else _guessed(found, accepted)
    pieces, more = voices.continued(_pieces(units, found, spelled), unit=unit)
    return Reading(pieces, share, [*remarks, *more])


def doubtful(units: Sequence[Utterance], *, unit: str) -> list[Remark]:
    """Return a question about labels that recur too little to be read as speakers."""
    counts = Counter(one.label for one in _candidates(units, "colon") if one.label and _named(one.label))
    often = [(label, count) for label, count in counts.most_common(SHOWN) if count >= 2]
    if not often:
        return []
    shown = ", ".join(f"'{label}:' ({count})" for label, count in often)
    message = (
        f"Lines begin with {shown}, but too few {unit}s do so to read them as speakers. If they are, list them in "
        "participants.csv."
    )
    return [Remark("note", message)]


def cleaned(label: str) -> str:
    """Return a label without the brackets, asterisks, arrows and colon around it."""
    name = label.strip().strip("*_>").strip().rstrip(":：").strip()
    while (match := _WRAPPED.fullmatch(name)) is not None:
        name = next(part for part in match.groups() if part is not None).strip()
    if name.count("[") != name.count("]"):
        name = name.strip("[]").strip()
    return name


def is_role(label: str) -> bool:
    """Return whether a label is a role with a number, such as `Speaker 1`."""
    return bool(_ROLE.fullmatch(key(label)))


def is_name(label: str) -> bool:
    """Return whether a label has a letter, a digit or a picture."""
    return any(sign.isalnum() or unicodedata.category(sign) == "So" for sign in label)


def _candidates(units: Sequence[Utterance], form: str) -> Iterator[_Found]:
    for at, unit in enumerate(units):
        lines = [line for line in unit.text.split("\n") if line.strip()]
        for number, line in enumerate(lines):
            found = _Found(at, line, number == 0)
            match = _FORMS[form].match(line) if form != "alone" or (number == 0 and len(lines) > 1) else None
            label = cleaned(match["label"]) if match and not text_layout.is_withdrawn(line) else ""
            if match and is_name(label):
                yield replace(found, label=label, rest=match["rest"].lstrip("]*_ \t"))
            else:
                yield found


def _accepted(found: list[_Found], labels: Labels, *, form: str, units: int) -> dict[str, str]:
    """Return the labels that are speakers, by key, with their commonest spelling."""
    usual = _usual(found)
    counts = Counter(one.name for one in found if one.label)
    known = {name for name in counts if labels.known(usual[name]) or _ROLE.fullmatch(name)}
    recurring = {name for name, count in counts.items() if count >= max(2, labels.min_count)}
    if form != "colon":
        recurring = _set_apart(found, recurring | known, form=form)
        share = _share(found, recurring, units)
        sure = recurring <= known or share >= HALF
        turns = share >= FEW and _alternate(found, recurring) and all(counts[name] >= OFTEN for name in recurring)
        return {name: usual[name] for name in sorted(recurring)} if len(recurring) > 1 and (sure or turns) else {}
    if not _each(found, recurring, units):  # a label at a change of speaker only: phrases with a colon may recur
        recurring -= _phrases(found, {name: usual[name] for name in recurring - known})
    share = _share(found, recurring, units)
    alternates = len(recurring) > 1 and share >= FEW and _alternate(found, recurring)
    if share < HALF and not alternates:
        recurring = set()
    names = {name for name in counts if _named(usual[name])}
    if not recurring and units > 1 and _share(found, names, units) >= MOST:  # a few units, each with another name
        recurring = names
    arrows = {one.name for one in found if one.name in names and voices.mark(one.line)}
    return {name: usual[name] for name in sorted(recurring | known | arrows)}


def _each(found: list[_Found], names: Iterable[str], units: int) -> bool:
    """Return whether every unit begins with a label, most of them with those in `names`."""
    return _share(found, set(names), units) >= HALF and _share(found, {one.name for one in found} - {""}, units) >= MOST


def _phrases(found: list[_Found], usual: dict[str, str]) -> set[str]:
    """Return the labels that are phrases (`One thing:`): rare ones, and those that people also say in a sentence."""
    speech = " ".join(one.rest or one.line for one in found)
    counts = Counter(one.name for one in found if one.name in usual)
    few = max(OFTEN, OFTEN_SHARE * counts.total())
    phrases = set()
    for name, label in usual.items():
        rare, lower = counts[name] < few, label.lower()
        if rare and not _named(label):
            phrases.add(name)
        elif (rare or not _named(label)) and label != lower and lower in speech:
            said = re.search(rf"(?<!\w){re.escape(lower)}(?!\w)", speech)
            phrases |= {name} if said else set()
    return phrases


def _set_apart(found: list[_Found], names: set[str], *, form: str) -> set[str]:
    """Return the bracketed names that always precede speech: `[laughs]` also stands alone or within a sentence."""
    if form in ("alone", "dash"):
        return {name for name in names if any(one.name == name and _named(one.label) for one in found)}
    apart = Counter(one.name for one in found if one.label and one.rest)
    heads = Counter(one.name for one, two in pairwise(found) if one.label and one.first and one.at == two.at)
    inside = Counter(key(match.group()[1:-1]) for one in found for match in _INSIDE.finditer(one.line))
    return {name for name in names if apart[name] + heads[name] >= 0.8 * inside[name]}


def _share(found: Iterable[_Found], names: set[str], units: int) -> float:
    return len({one.at for one in found if one.name in names}) / max(units, 1)


def _alternate(found: list[_Found], names: set[str]) -> bool:
    order = [one.name for one in found if one.name in names]
    changes = sum(1 for one, two in pairwise(order) if one != two)
    return len(order) > 2 and changes >= HALF * (len(order) - 1)


def _usual(found: Iterable[_Found]) -> dict[str, str]:
    spellings = Counter(one.label for one in found if one.label)
    return {key(label): label for label, _ in reversed(spellings.most_common())}


def _named(label: str) -> bool:
    """Return whether a label looks like a name: no lower-case word but short particles (`Lopez de Haro`)."""
    words = re.findall(r"[^\W\d_][\w'’.-]*", re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", label))
    plain = [word for word in words if word == word.lower() and word != word.upper()]
    return bool(words) and len(words) <= 8 and all(len(word) <= 3 for word in plain) and len(plain) < len(words)


def _with_rare(
    found: list[_Found], accepted: dict[str, str], *, each: bool, unit: str
) -> tuple[dict[str, str], list[Remark]]:
    """Add labels that are rarer: misspellings, and where every unit begins with a label (`each`) the other speakers."""
    spelled, speech, guessed = dict(accepted), list[str](), list[str]()
    remarks: list[Remark] = []
    shapes = Counter(_DIGITS.sub("0", name) for name in accepted)
    usual = _usual(found)
    counts = Counter(one.name for one in found if one.label)
    firsts = {one.name for one in found if one.label and one.first}
    for name in sorted(set(counts) - set(accepted))[:MOST_LABELS]:
        near = [known for known in accepted if _alike(name, known)]
        if len(near) == 1:
            spelled[name] = accepted[near[0]]
            message = (
                f"'{usual[name]}:' was read as a misspelling of '{spelled[name]}'. If it is another speaker, list both "
                "in participants.csv."
            )
            remarks.append(Remark("guessed", message))
        elif shapes[_DIGITS.sub("0", name)] > 1 and _DIGITS.search(name):
            spelled[name] = usual[name]
        elif each and name in firsts:
            spelled[name] = usual[name]
            guessed += [] if _named(usual[name]) else [f"'{usual[name]}:'"]
        elif counts[name] > 1 or (_named(usual[name]) and len(usual[name].split()) <= 2):
            speech.append(f"'{usual[name]}:'")
    if guessed:
        message = f"{_listed(guessed)} was read as a speaker, because every {unit} begins with one."
        remarks.append(Remark("guessed", f"{message} If it is speech, remove the colon."))
    if speech:
        message = f"{_listed(speech)} at the start of a line was read as speech, because few lines begin so."
        remarks.append(Remark("note", f"{message} If it is a speaker, list it in participants.csv."))
    return spelled, remarks


def _guessed(found: list[_Found], accepted: dict[str, str]) -> list[Remark]:
    """Return a question about labels that recur but may be phrases or sounds (`[Applause]`)."""
    brackets = any(one.name in accepted and one.line.lstrip()[0] in "[(" and ":" not in one.line for one in found)
    doubts = [
        f"'{label}'"
        for label in accepted.values()
        if not is_role(label) and (brackets or (" " in label and not _named(label) and label[0].isupper()))
    ]
    message = f"{_listed(doubts)} at the start of lines was read as a speaker, because it recurs."
    return [Remark("guessed", f"{message} If it is speech, change the sign after it.")] if doubts else []


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:SHOWN])}{' and others' if len(names) > SHOWN else ''}"


def _alike(one: str, other: str) -> bool:
    return len(other) >= 5 and SequenceMatcher(None, one, other, autojunk=False).ratio() >= LIKENESS


def _pieces(units: Sequence[Utterance], found: list[_Found], spelled: dict[str, str]) -> Iterator[Piece]:
    inside = _within(found, spelled)
    for one in found:
        unit = units[one.at]
        label = spelled.get(one.name, "") if one.label else ""
        marked = "" if label else voices.mark(one.line)
        texts = inside.split(one.rest if label else one.line[len(marked) :])
        for number, text in enumerate(texts[0::2]):
            speaker = label if number == 0 else cleaned(texts[2 * number - 1])
            speaker = spelled.get(key(speaker), speaker)
            yield Piece(replace(unit, speaker=speaker, text=text.strip()), bool(speaker or marked), one.at)


def _within(found: list[_Found], spelled: dict[str, str]) -> re.Pattern[str]:
    """Return a pattern of labels after the end of a sentence, within a line: known ones and frequent names."""
    middle = Counter(cleaned(match[1]) for one in found for match in _MIDDLE.finditer(one.line))
    labelled = sum(1 for one in found if one.name in spelled)
    often = [name for name, count in middle.items() if _named(name) and count >= max(2, labelled / 3)]
    names = sorted({*spelled.values(), *often}, key=lambda name: (-len(name), name))[:MOST_LABELS]
    return re.compile(
        rf"{_ENDED}(\[?(?:{'|'.join(map(re.escape, names))})\]?)[ \t]*[:：](?!\d|//)[ \t]*", re.IGNORECASE
    )
