"""Reads who is who from the head of a document: `R = researcher, I = interviewee`, `Interviewer: Ana Ruiz (AR)`."""

import re
from collections.abc import Iterable

from pipeline.core.names import key
from pipeline.corpus import role_words
from pipeline.corpus.readers.model import Transcript

# Most lines of the head, most words of a name or role in it, among how many first turns a role may stand
# alone, and in how many words.
LINES, WORDS, FIRST, ALONE = 40, 6, 4, 2
_PIECE = re.compile(
    r"[\n;|]|,(?=[^,=:\n]*(?:[=:(]|\s[-–—]\s))|\.(?=\s|$)|\b(?:and|und|et|y|e)\b(?=[^=\n]*[=(])"
    r"|\w{3,}:(?=[^:=,;\n]*[:=])"
)
_PAIR = re.compile(
    r"^[\W_]*(?P<left>[^=:()\n]{1,60}?)\s*(?:=|:|：|＝|\s[-–—]\s|\()\s*(?P<right>[^=()\n]{1,80}?)[\W_]*$"
)
_END = re.compile(r"[.!?。？！]")
_AND = re.compile(r"\s*(?:,|/|&|\+|\b(?:and|und|et|y|e|och|en|и|και)\b|和|、)\s*")
_SHORT = re.compile(r"^(?P<name>[^()]+?)\s*\((?P<short>[^()]{1,6})\)")
_PLAIN = re.compile(r"[*_#>`~\"“”„«»\[\]{}]+")


def parts(transcript: Transcript, labels: Iterable[str]) -> dict[str, float]:
    """Return, by speaker key, 1 for speakers whom the head calls the interviewer and -1 for participants.

    `labels`: the document's speakers. A speaker is matched by the label, a name of it, or its initials.
    """
    said: dict[str, set[float]] = {}
    for turn in transcript.turns[:FIRST]:
        if value := _value(_alone(transcript.text[turn.start : turn.end])):
            said.setdefault(key(turn.speaker), set()).add(value)
    for name, value in _stated(_head(transcript)):
        for label in labels:
            if _same(name, label):
                said.setdefault(key(label), set()).add(value)
    return {name: values.pop() for name, values in said.items() if len(values) == 1}


def _head(transcript: Transcript) -> str:
    """Return the text before the first turn with a label, and short remarks without a label."""
    first = min((turn.start for turn in transcript.turns if turn.speaker), default=0)
    return "\n".join(transcript.text[:first].split("\n")[:LINES])


def _stated(head: str) -> list[tuple[str, float]]:
    """Return each name that the head gives a role, with 1 for people who ask and -1 for people who answer."""
    found = []
    for piece in _PIECE.split(_PLAIN.sub("", head)):
        short = _SHORT.match(piece.strip())
        pairs = [(short["name"], short["short"])] if short else []
        pair = _PAIR.match(piece.strip())
        pairs += [(pair["left"], pair["right"])] if pair else []
        for left, right in pairs:
            for role, names in ((left, right), (right, left)):
                value = _value(role)
                if value and not role_words.kind(names):
                    found += [(name, value) for name in (names, *_AND.split(names)) if name.strip()]
    return found


def _alone(text: str) -> str:
    """Return a turn that is only a role, as where `E: entrevistadora` was read as a turn; otherwise ''."""
    return text if len(text.split()) <= ALONE and not _END.search(text) else ""


def _value(role: str) -> float:
    """Return 1 for a role of people who ask, -1 of people who answer, otherwise 0."""
    return {"asks": 1.0, "answers": -1.0}.get(role_words.kind(role) if len(role.split()) <= WORDS else "", 0.0)


def _same(name: str, label: str) -> bool:
    """Return whether a name in the head is the label: `Bo Kern` for `BK`, `Kern`, `Bo` or `Bo Kern`."""
    words, wanted = key(name).split(), key(label)
    initials = "".join(word[0] for word in words)
    near = len(words) <= WORDS and (wanted in words or (len(words) > 1 and wanted.replace(".", "") == initials))
    return key(name) == wanted or near
