"""Several documents in one table: interviews that a column or the sheets tell apart."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from pipeline.core.names import key
from pipeline.corpus.readers.model import Remark, Transcript

SHOWN, MOST_CHARACTERS = 5, 80
_SEPARATORS = re.compile(r"[\\/]+")


def together(parts: Mapping[str, Transcript], *, by: str) -> Transcript:
    """Return several transcripts as one with parts, whose text is theirs with an empty line between.

    Names of parts are made fit for document names. `by`: what tells them apart, for the remark (`column 'interview'`).
    """
    named: dict[str, Transcript] = {}
    taken: set[str] = set()
    pieces, turns, remarks, at = [], [], [], 0
    attributes: dict[str, dict[str, str]] = {}
    for name, part in parts.items():
        unique = _unique(fit(name), taken)
        named[unique] = replace(part, remarks=[])
        remarks += [remark for remark in part.remarks if remark not in remarks]
        turns += [replace(turn, start=turn.start + at, end=turn.end + at) for turn in part.turns]
        attributes |= part.attributes
        pieces.append(part.text)
        at += len(part.text) + 2
    if len(named) < 2:
        return next(iter(parts.values()))
    shown = ", ".join(list(named)[:SHOWN]) + (f" and {len(named) - SHOWN} more" if len(named) > SHOWN else "")
    message = (
        f"Contains {len(named)} interviews, told apart by {by}: {shown}. Each was read as a document of its own, whose "
        "name is that of the file followed by / and the interview's."
    )
    return Transcript("\n\n".join(pieces), turns, [Remark("note", message), *remarks], attributes, named)


def fit(name: str) -> str:
    """Return a name that may end a document's name: no slashes or control characters, not too long."""
    visible = "".join(letter if unicodedata.category(letter)[0] not in "CZ" else " " for letter in name)
    plain = " ".join(_SEPARATORS.sub("-", unicodedata.normalize("NFC", visible)).split())
    return plain[:MOST_CHARACTERS].strip(" .") or "unnamed"


def _unique(name: str, taken: set[str]) -> str:
    number, unique = 1, name
    while key(unique) in taken:
        number += 1
        unique = f"{name} ({number})"
    taken.add(key(unique))
    return unique
