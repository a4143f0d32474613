"""Reads CHAT transcripts (.cha) of CLAN and TalkBank: one line a turn, with codes, and dependent tiers below it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.names import key
from pipeline.corpus.readers import decoding, guards
from pipeline.corpus.readers.model import (
    Labels,
    RefusedError,
    Remark,
    Transcript,
    Utterance,
    compose,
    in_time,
    without_time,
)

# Milliseconds with more digits are not valid times.
MAX_DIGITS = 12
# Roles of CHAT whose speakers ask; all others are participants.
_ASKS = frozenset(["investigator", "interviewer"])

_TURN = re.compile(r"^\*([\w+-]+):[\t ]?(.*)$")
_BULLET = re.compile(r"\x15(?:(\d+)_\d+)?[^\x15]*\x15|[ \t](\d+)_\d+[ \t]*$")
_CODES = re.compile(
    r"\[[^\[\]]*\]|[<>‹›]|\+[./!?\"<,^+]*|\((?:\.{1,3}|[\d.:]+)\)|(?<!\w)&=\S+|(?<!\w)&[-~+]|[↑↓≠„‡]|@\w+(?::\w+)?"
)


@dataclass(frozen=True)
class _Person:
    """An entry of @Participants: its code, the name if there is one, and the role."""

    code: str
    name: str
    role: str


def read_cha(data: bytes, labels: Labels) -> Transcript:
    """Read the main lines of a CHAT file, without its codes and dependent tiers.

    A speaker is called by their role, or by their code where several have the same role. Raises RefusedError.
    """
    guards.check_size(len(data))
    text, _ = decoding.decode(data.replace(b"\x15", b"\xe2\x90\xa1"))
    lines = re.sub(r"\n[\t ]+", " ", text).replace("\u2421", "\x15").split("\n")
    people = {person.code: person for line in lines for person in _people(line)}
    odd: list[tuple[str, str]] = []
    utterances = list(_turns(lines, people, labels, odd))
    if not utterances:
        raise RefusedError("No turns found (lines such as '*PAR:' followed by text). Export the file again.")
    transcript = compose(utterances, unit="utterance")
    transcript.remarks.extend([*_unlisted(lines, people), *without_time(odd)])
    return transcript


def _people(line: str) -> Iterator[_Person]:
    if line.startswith("@Participants:"):
        for entry in line.partition(":")[2].split(","):
            words = entry.split()
            if len(words) > 1:
                yield _Person(words[0], " ".join(words[1:-1]).replace("_", " "), words[-1])


def _turns(
    lines: list[str], people: dict[str, _Person], labels: Labels, odd: list[tuple[str, str]]
) -> Iterator[Utterance]:
    """Yield the turns; append unusable times to `odd`."""
    shared = Counter(key(person.role) for person in people.values())
    number = 0
    for line in lines:
        if not (turn := _TURN.match(line)):
            continue
        number += 1
        person = people.get(turn[1])
        speaker = person.role if person and shared[key(person.role)] == 1 else turn[1]
        role = "" if person is None else "interviewer" if key(person.role) in _ASKS else ""
        bullet = _BULLET.search(turn[2])
        stamp = bullet and (bullet[1] or bullet[2])
        at = in_time(int(stamp) / 1000) if stamp and len(stamp) <= MAX_DIGITS else None
        odd += [(f"utterance {number}", stamp)] if stamp and at is None else []
        spoken = " ".join(_CODES.sub("", _BULLET.sub("", turn[2])).replace("_", " ").split())
        yield Utterance(speaker, re.sub(r"\s+([.?!,])", r"\1", spoken), at, (number, number), role)


def _unlisted(lines: list[str], people: dict[str, _Person]) -> list[Remark]:
    """Return a message on speakers whom the head of the file does not list, which may be slips."""
    codes = dict.fromkeys(turn[1] for line in lines if (turn := _TURN.match(line)))
    missing = [f"'*{code}:'" for code in codes if code not in people] if people else []
    if not missing:
        return []
    message = f"{', '.join(missing[:4])} speaks, but @Participants does not list this code. Correct it if it is a slip."
    return [Remark("note", message)]
