"""Finds who speaks in the cues of a subtitle file: voice tags, identifiers, labels in the text, or dashes alone."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.core.names import INVISIBLE, key
from pipeline.corpus.readers import inline_labels, rolling_captions, strict_json, times, voices
from pipeline.corpus.readers.inline_labels import Reading
from pipeline.corpus.readers.model import Labels, RefusedError, Remark, Utterance
from pipeline.corpus.readers.voices import Piece

if TYPE_CHECKING:
    from pipeline.corpus.readers.cues import Cue

# Identifiers are speakers if this share of the cues has one and they recur.
IDENTIFIED = 0.5
# A time without brackets at the start of a cue is no speech if this share of the cues has one.
TIMED = 0.25

# Bounded, so that a text of open brackets is scanned only once.
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?[ \t]+(?P<name>[^<>]{0,200})>|<v[ \t]*(?P<dash>-)>")
_TAG = re.compile(
    r"</?(?:v|c|i|b|u|s|font|ruby|rt|lang)\b[^<>]{0,200}>|<\d[\d:.,]{0,20}>|\{\\[^{}]{0,80}\}", re.IGNORECASE
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
# Webex writes `1 "Ana Ruiz" (101)`; Teams a GUID and a number.
_COUNTED = re.compile(r'\d+[ \t]*[-.:)]?[ \t]*"(?P<name>[^"]*)"[ \t]*(?:\(\d+\))?$')
_MACHINE = re.compile(r"[0-9a-f]{6,}-|[0-9a-f]{16}|/\d|\d+-\d+$|\d+$", re.IGNORECASE)


def spoken(cues: Sequence[Cue], labels: Labels) -> tuple[list[Utterance], list[Remark]]:
    """Return what is said in cues as utterances, and messages; see `pieces`."""
    found, remarks = pieces(cues, labels)
    return voices.joined(found, _pauses(cues)), remarks


def pieces(cues: Sequence[Cue], labels: Labels) -> tuple[list[Piece], list[Remark]]:
    """Return what is said in cues, with the speakers that the best of several signs names, and messages.

    The best sign is the one that most cues have; of equal ones, the one that tells more people apart.
    """
    payloads = [_payload(cue) for cue in cues]
    units, remarks = _units(cues, payloads)
    readings = {
        "voice tags": _by_voice(units, payloads),
        "names in the text": inline_labels.read(units, labels, unit="cue"),
        "the lines above the times": _by_identifier(units, cues),
    }
    found = {name: reading for name, reading in readings.items() if reading is not None}
    if not found:
        unnamed, more = voices.unnamed(units, unit="cue")
        return unnamed, [*remarks, *(more or inline_labels.doubtful(units, unit="cue"))]
    best = max(found, key=lambda name: (round(found[name].share, 1), _n_speakers(found[name])))
    others = [name for name in found if name != best and found[name].share >= IDENTIFIED and _n_speakers(found[name])]
    remarks += found[best].remarks + [
        _second(name, best, found) for name in others if _differ(found[best], found[name])
    ]
    return found[best].pieces, remarks


def has_voice(payload: str) -> bool:
    """Return whether a cue has a voice tag."""
    return bool(_VOICE.search(payload))


def roll(cues: Sequence[Cue]) -> bool:
    """Return whether the captions roll, so that words stand in more than one cue."""
    return rolling_captions.read_once([[words(line) for line in cue.lines] for cue in cues])[1] > 0


def words(marked: str) -> str:
    """Return a cue's text without tags, times and invisible signs."""
    plain = html.unescape(_TAG.sub("", marked))
    plain = _INVISIBLE.sub(lambda sign: sign.group() if sign.group() in "\u200c\u200d\ufe0f" else "", plain)
    plain = plain.replace("\xa0", " ")
    for mark in reversed(times.marks(plain)):
        if not mark.bare:
            plain = f"{plain[: mark.start].rstrip()} {plain[mark.end :].lstrip()}"
    return plain.strip()


def _payload(cue: Cue) -> str:
    """Return a cue's lines; the JSON that Teams writes with metadata becomes a voice tag and words."""
    payload = "\n".join(cue.lines)
    if payload.startswith("{") and '"spokenText"' in payload:
        try:
            said = strict_json.parse_json(payload)
        except RefusedError:
            return payload
        if isinstance(said, dict) and isinstance(said.get("spokenText"), str):
            name = str(said.get("speakerName") or "-")
            return f"<v {html.escape(name)}>{html.escape(said['spokenText'])}"
    return payload


def _units(cues: Sequence[Cue], payloads: Sequence[str]) -> tuple[list[Utterance], list[Remark]]:
    """Return the plain lines of each cue; captions that roll are read once, which a remark says."""
    lines = [[line for raw in payload.split("\n") if (line := words(raw))] for payload in payloads]
    lines = _untimed(lines)
    lines, cut = rolling_captions.read_once(lines) if not any(map(has_voice, payloads)) else (lines, 0)
    units = [
        Utterance("", voices.split_arrows("\n".join(shown)), cue.start_s, (number, number))
        for number, (cue, shown) in enumerate(zip(cues, lines, strict=True), start=1)
    ]
    message = f"{cut} of {len(cues)} cues repeat words of the cue before them (rolling captions); these were read once."
    return units, [Remark("note", message)] if cut else []


def _untimed(lines: list[list[str]]) -> list[list[str]]:
    """Return lines without the times they begin with, if many cues repeat theirs: `00:05 Ana: yes`."""
    leads = {at: mark.end for at, shown in enumerate(lines) for mark in times.marks(shown[0] if shown else "")[:1]}
    if len(leads) < max(2, TIMED * len(lines)):
        return lines
    return [[shown[0][leads.get(at, 0) :].strip(), *shown[1:]] if shown else [] for at, shown in enumerate(lines)]


def _by_voice(units: Sequence[Utterance], payloads: Sequence[str]) -> Reading | None:
    """Split cues at voice tags, as one cue may contain two voices. Words before a tag continue the previous voice."""
    if not any(map(has_voice, payloads)):
        return None
    pieces, remarks = voices.continued(_voiced(units, payloads), unit="cue")
    share = len({piece.at for piece in pieces if piece.opens and piece.utterance.speaker}) / voices.speaking(units)
    nameless = [piece for piece in pieces if piece.opens and not piece.utterance.speaker]
    return Reading(pieces, share, [*remarks, *voices.unnamed_voices(nameless, unit="cue")])


def _voiced(units: Sequence[Utterance], payloads: Sequence[str]) -> Iterator[Piece]:
    for at, (unit, payload) in enumerate(zip(units, payloads, strict=True)):
        parts = _VOICE.split(payload)
        if words(parts[0]):
            yield Piece(replace(unit, text=words(parts[0])), False, at)
        for name, dash, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            speaker = inline_labels.cleaned(html.unescape(name or "")) if not dash else ""
            speaker = speaker if inline_labels.is_name(speaker) else ""
            yield Piece(replace(unit, speaker=speaker, text=_without_name(words(text), speaker)), True, at)


def _without_name(text: str, speaker: str) -> str:
    """Return a voice's words without the name that some programs repeat before them."""
    label, colon, rest = text.partition(":")
    return rest.strip() if colon and speaker and key(inline_labels.cleaned(label)) == key(speaker) else text


def _by_identifier(units: Sequence[Utterance], cues: Sequence[Cue]) -> Reading | None:
    names = [_identified(cue.identifier) for cue in cues]
    named = [name for name in names if name]
    share = len(named) / voices.speaking(units)
    if share < IDENTIFIED or len({key(name) for name in named}) > max(1, len(named) / 2):
        return None
    pieces = [
        Piece(replace(unit, speaker=name), bool(name), at)
        for at, (unit, name) in enumerate(zip(units, names, strict=True))
    ]
    spread, remarks = voices.continued(pieces, unit="cue")
    return Reading(spread, share, remarks)


def _identified(identifier: str) -> str:
    """Return the speaker in an identifier; '' for numbers, ids and chapters."""
    counted = _COUNTED.match(identifier)
    if counted:
        return counted["name"].strip()
    name = inline_labels.cleaned(re.sub(r"^\d+[ \t]*[-.:)]?[ \t]+(?=[^\W\d])|[ \t]*\(\d+\)$", "", identifier))
    machine = _MACHINE.search(name) and " " not in name and not inline_labels.is_role(name)
    return "" if machine or not any(letter.isalpha() for letter in name) else name


def _pauses(cues: Sequence[Cue]) -> dict[int, float]:
    pauses: dict[int, float] = {}
    until = 0.0
    for at, cue in enumerate(cues):
        start = cue.start_s or 0.0
        pauses[at] = start - until
        until = cue.end_s if cue.end_s is not None and cue.start_s is not None else start
    return pauses


def _n_speakers(reading: Reading) -> int:
    return len({key(piece.utterance.speaker) for piece in reading.pieces if piece.utterance.speaker})


def _differ(one: Reading, other: Reading) -> bool:
    """Return whether two readings tell people apart differently, whatever they call them."""
    first, second = _by_unit(one), _by_unit(other)
    both = {(name, second[at]) for at, name in first.items() if name and second.get(at)}
    return len(both) > min(len({name for name, _ in both}), len({name for _, name in both}))


def _by_unit(reading: Reading) -> dict[int, str]:
    return {piece.at: key(piece.utterance.speaker) for piece in reversed(reading.pieces)}


def _second(name: str, best: str, found: dict[str, Reading]) -> Remark:
    counts = Counter(piece.utterance.speaker for piece in found[name].pieces if piece.utterance.speaker)
    shown = ", ".join(f"'{speaker}'" for speaker, _ in counts.most_common(3))
    message = f"Speakers were read from {best}; {name} also suggest {shown}. If those are right, remove the others."
    return Remark("guessed", message)
