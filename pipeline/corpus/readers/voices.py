"""Changes of speaker in formats that store speech in units (cues, items, annotations), with or without names."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.corpus import text_layout
from pipeline.corpus.readers.model import Remark, Utterance

# Without speaker labels, a pause of this many seconds after the end of a sentence starts a new turn.
SILENCE_S = 2.0
# Dashes mark speakers where a unit has two of them, or where this share of the units begins with one.
DASHED = 0.2
# Where at most this share of the units has no label and speakers repeat theirs, a unit without one is nobody's.
UNNAMED = 0.2

_ARROWS = re.compile(r"[ \t]*>{2,3}(?!>)[ \t]*")
_DASH = re.compile(r"[ \t]*[-–—‐•](?![-–—\s\d]|$)|[ \t]*[-–—‐•][ \t]+(?=\S)")
_MID_ARROWS = re.compile(r"(?<=\S)[ \t]+(?=>{2,3}(?:[ \t]|$))")
_ENDED = re.compile(r"[.!?…。？！؟][\"'”’»)\]]*\s*$")


@dataclass(frozen=True)
class Piece:
    """A piece of speech; `opens`: whether a sign or label says that a speaker begins here; `at`: its unit, from 0."""

    utterance: Utterance
    opens: bool
    at: int


def mark(line: str) -> str:
    """Return the sign of a change of speaker that a line begins with: arrows (`>> `); otherwise ''."""
    match = _ARROWS.match(line)
    return match.group() if match else ""


def split_arrows(text: str) -> str:
    """Return a text with a line break before each `>>` in the middle of a line."""
    return _MID_ARROWS.sub("\n", text)


def ended(text: str) -> bool:
    """Return whether a text ends with the end of a sentence."""
    return bool(_ENDED.search(text[-40:]))


def speaking(units: Sequence[Utterance]) -> int:
    """Return the number of units, at least 1, without those whose turns were withdrawn: they had a speaker once."""
    return max(1, sum(1 for unit in units if not text_layout.is_withdrawn(unit.text)))


def is_sound(text: str) -> bool:
    """Return whether a text is a note in brackets or between music signs, such as `[Music]`."""
    return text.strip()[:1] in ("[", "(", "♪", "*") and text_layout.is_note(text)


def continued(pieces: Iterable[Piece], *, unit: str) -> tuple[list[Piece], list[Remark]]:
    """Return pieces in which those without a label belong to the speaker before them, and messages.

    Where every unit has a label, also if the speaker stays the same, a whole sentence without one belongs to nobody.
    So does a unit that is a note, such as `[Music]`; the speaker before it goes on after it.
    """
    pieces = list(pieces)
    each = _labelled_each(pieces)
    spoken: list[Piece] = []
    nobody: list[Piece] = []
    speaker, before = "", ""
    any_named = any(piece.utterance.speaker for piece in pieces)
    alone = Counter(piece.at for piece in pieces if piece.utterance.text)
    for piece in pieces:
        if not piece.utterance.speaker and alone[piece.at] == 1 and is_sound(piece.utterance.text):
            spoken.append(replace(piece, opens=True))
            continue
        if piece.utterance.speaker or piece.opens:
            speaker = piece.utterance.speaker
        elif each and spoken and piece.at != spoken[-1].at and (ended(before) or not spoken[-1].utterance.speaker):
            speaker = ""
        if not speaker and piece.utterance.text and any_named:
            nobody.append(piece)
        before = piece.utterance.text or before
        spoken.append(replace(piece, utterance=replace(piece.utterance, speaker=speaker)))
    return spoken, nobodys([piece.utterance for piece in nobody], unit=unit)


def unnamed(units: Sequence[Utterance], *, unit: str) -> tuple[list[Piece], list[Remark]]:
    """Return the speech of units in which nobody is named, split at dashes and arrows, and a message on these."""
    lines = [(at, line) for at, one in enumerate(units) for line in one.text.split("\n") if line.strip()]
    dashed = [at for at, line in lines if _DASH.match(line)]
    by_dash = len(dashed) > len(set(dashed)) or (len(set(dashed)) >= max(2, DASHED * len(units)))
    signs = [_ARROWS.match(line) or (_DASH.match(line) if by_dash else None) for _, line in lines]
    marked = {at for (at, _), sign in zip(lines, signs, strict=True) if sign}
    pieces: list[Piece] = []
    for (at, line), sign in zip(lines, signs, strict=True):
        # In a unit of two speakers, some programs mark the second alone.
        opens = bool(sign) or (at in marked and (not pieces or pieces[-1].at != at))
        pieces.append(Piece(replace(units[at], text=line[sign.end() :] if sign else line), opens, at))
    return pieces, unnamed_voices([piece for piece in pieces if piece.opens], unit=unit)


def unnamed_voices(opened: Sequence[Piece], *, unit: str) -> list[Remark]:
    """Return a message on changes of speaker without a name; none if there are none.

    A turn that was withdrawn has no name by design.
    """
    opened = [piece for piece in opened if not text_layout.is_withdrawn(piece.utterance.text)]
    if not opened:
        return []
    first = opened[0].utterance
    message = (
        f"{len(opened)} signs (such as '-' or '>>') mark a change of speaker, but nobody is named (the first is in "
        f"{unit} {first.numbers[0]}: '{_shown(first.text)}'), so speakers cannot be told apart. Write names there, "
        "such as 'Ana: …'."
    )
    return [Remark("guessed", message)]


def joined(pieces: Iterable[Piece], pauses: Mapping[int, float] | None) -> list[Utterance]:
    """Return utterances; speech without a speaker continues up to a sign or, between units, up to a pause.

    `pauses`: the seconds of silence before each unit; without them, each unit is an utterance.
    """
    turns: list[tuple[Utterance, list[Utterance]]] = []
    last = -1
    for piece in pieces:
        said = piece.utterance
        if not said.text.strip():
            continue
        new = not turns or bool(said.speaker) or piece.opens or bool(turns[-1][0].speaker)
        if not new and piece.at != last:
            new = pauses is None or (ended(turns[-1][1][-1].text) and pauses.get(piece.at, 0.0) >= SILENCE_S)
        if new:
            turns.append((said, [said]))
        else:
            turns[-1][1].append(said)
        last = piece.at
    return [
        replace(first, text=" ".join(one.text for one in all_of), numbers=(first.numbers[0], all_of[-1].numbers[1]))
        for first, all_of in turns
    ]


def _labelled_each(pieces: Sequence[Piece]) -> bool:
    """Return whether each unit has a label, rather than the first of a speaker only: speakers repeat theirs."""
    first = {piece.at: piece for piece in reversed(pieces)}
    order = [first[at].utterance.speaker for at in sorted(first)]
    repeated = sum(1 for one, two in pairwise(order) if one and one == two)
    withdrawn = sum(1 for piece in first.values() if text_layout.is_withdrawn(piece.utterance.text))
    return repeated > 0 and order.count("") - withdrawn <= UNNAMED * (len(order) - withdrawn)


def nobodys(passages: Sequence[Utterance], *, unit: str) -> list[Remark]:
    """Return a message on passages without a speaker in a text that names speakers; none if there are none."""
    if not passages:
        return []
    first = passages[0]
    many = f"{len(passages)} passages have" if len(passages) > 1 else "One passage has"
    message = (
        f"{many} no speaker, although others do (the first is in {unit} {first.numbers[0]}: '{_shown(first.text)}'); "
        "they belong to nobody. Write the speaker's name there, such as 'Ana: …'."
    )
    return [Remark("note", message)]


def _shown(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 50 else f"{words[:50].rsplit(' ', 1)[0]} …"
