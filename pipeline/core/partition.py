"""Partition: the parts in which a large study is worked on, each of whole documents next to each other by name.

Where a part ends depends on the documents around its end, not on how many came before: a document more or less changes
the part it is in, and rarely the next one, so that what was kept of the others (vectors) still serves.
"""

from hashlib import sha256
from typing import NamedTuple

import pandas as pd

# The most words of a part, but for a document that is longer.
WORDS = 200_000
# From half of that on, a part ends before one document in so many.
ONE_IN = 8


class Part(NamedTuple):
    """All documents from `first` to `last` by name; `name` is of letters and digits, and a file's name may hold it."""

    name: str
    first: str
    last: str


def partition(words: pd.Series, *, most: int | None = None) -> list[Part]:
    """Cut a study into parts of at most about `most` words; `words` has those of each document, by name.

    Parts are in the order of the names. A study of no documents is one part without any.
    """
    limit = WORDS if most is None else most
    parts: list[list[str]] = []
    held = 0
    for name, count in sorted((str(name), int(count)) for name, count in words.items()):
        full = held + count > limit or (held >= limit / 2 and _number(name) % ONE_IN == 0)
        if full or not parts:
            parts.append([])
            held = 0
        parts[-1].append(name)
        held += count
    return [Part(_named(names[0]), names[0], names[-1]) for names in parts] or [Part(_named(""), "", "")]


def _named(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:16]


def _number(name: str) -> int:
    return int(_named(name), 16)
