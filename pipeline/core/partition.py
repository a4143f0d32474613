"""Partitions a large study into batches of whole documents, adjacent by name.

Where a batch ends depends on the documents around its end, not on the number before it: adding or removing a document
changes its own batch and rarely the next one, so caches of other batches (vectors) stay valid.
"""

from hashlib import sha256
from typing import NamedTuple

import pandas as pd

# Maximum number of words in a batch, except for longer documents.
WORDS = 200_000
# From half of the maximum, a batch ends before one document in this many, chosen by a hash of its name.
ONE_IN = 8


class Batch(NamedTuple):
    """All documents from `first` to `last` by name. `name`: letters and digits, usable in file names."""

    name: str
    first: str
    last: str


def partition(words: pd.Series, *, most: int | None = None) -> list[Batch]:
    """Divide a study into batches of at most about `most` words, sorted by name. `words`: number of words by document.

    A study without documents is a single empty batch.
    """
    limit = WORDS if most is None else most
    batches: list[list[str]] = []
    held = 0
    for name, count in sorted((str(name), int(count)) for name, count in words.items()):
        full = held + count > limit or (held >= limit / 2 and _number(name) % ONE_IN == 0)
        if full or not batches:
            batches.append([])
            held = 0
        batches[-1].append(name)
        held += count
    return [Batch(_named(names[0]), names[0], names[-1]) for names in batches] or [Batch(_named(""), "", "")]


def _named(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:16]


def _number(name: str) -> int:
    return int(_named(name), 16)
