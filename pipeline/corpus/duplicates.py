"""Finds transcripts that are in a study twice, also in two formats: the same letters, compared by hashes of shingles.

Only letters count, so that labels with numbers, times, page numbers, line breaks and hyphens make no difference.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from scipy import sparse

from pipeline.core import prose

# Letters of a shingle, and the number of a text's shingles (the smallest hashes) in its sketch (Broder 1997).
LETTERS, SKETCH = 24, 256
# Texts with fewer letters are not compared.
LEAST = 150
# Two texts are worth comparing if this share of their sketches is common, and the same if this share of the shorter
# one's shingles is in the other. Two interviews by one script share the questions, not the answers.
WORTH, SAME, IDENTICAL = 0.3, 0.8, 0.97
_MULTIPLIER, _MIX = np.uint64(0x100000001B3), np.uint64(0x9E3779B97F4A7C15)
_NO_LETTER = re.compile(r"[\W\d_]+")


class Pair(NamedTuple):
    """Two documents with the same words. `share`: of the shorter one's shingles that are in the other, 0 to 1."""

    first: str
    second: str
    share: float


def twice(texts: Mapping[str, str], answers: Mapping[str, str]) -> list[Pair]:
    """Return the pairs of documents with nearly the same words, in order of their names.

    `texts`: each document's whole text; `answers`: what is said in it by others than the interviewer.
    """
    names = [name for name in sorted(texts) if len(texts[name]) >= LEAST]
    sketches = [_sketch(_hashes(texts[name])) for name in names]
    hashes, columns = np.unique(np.concatenate([*sketches, np.empty(0, np.uint64)]), return_inverse=True)
    rows = np.repeat(np.arange(len(names)), [len(sketch) for sketch in sketches])
    counted = np.bincount(columns, minlength=len(hashes))
    # What most of many texts hold is a script or a heading.
    kept = counted[columns] <= max(len(names) // 2, 20)
    held = sparse.csr_matrix(
        (np.ones(int(kept.sum()), np.int32), (rows[kept], columns[kept])), shape=(len(names), len(hashes))
    )
    common = sparse.triu(held @ held.T, k=1).tocoo()
    sizes = np.bincount(rows[kept], minlength=len(names))
    worth = common.data >= WORTH * np.minimum(sizes[common.row], sizes[common.col])
    near = [(names[one], names[other]) for one, other in zip(common.row[worth], common.col[worth], strict=True)]
    found = (Pair(one, other, _shared(one, other, texts, answers)) for one, other in near)
    return sorted(pair for pair in found if pair.share >= SAME)


def groups(pairs: Iterable[Pair]) -> list[tuple[tuple[str, ...], float]]:
    """Return documents that are the same, each group once, with the lowest share of its pairs."""
    found: list[tuple[set[str], float]] = []
    for first, second, share in pairs:
        inside = [group for group in found if group[0] & {first, second}]
        merged = {first, second}.union(*(names for names, _ in inside))
        found = [group for group in found if group not in inside]
        found.append((merged, min([share, *(least for _, least in inside)])))
    return sorted((tuple(sorted(names)), share) for names, share in found)


def shingles(text: str) -> np.ndarray:
    """Return the distinct hashes of all runs of LETTERS letters in a text, sorted; of fewer letters, their one hash."""
    return np.unique(_hashes(text))


def _hashes(text: str) -> np.ndarray:
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    letters = _NO_LETTER.sub("", plain.casefold())
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    size = min(LETTERS, len(codes))
    if not size:
        return np.empty(0, np.uint64)
    rolled = np.zeros(len(codes) - size + 1, np.uint64)
    for at in range(size):
        rolled = rolled * _MULTIPLIER + codes[at : at + len(rolled)]
    mixed = (rolled ^ (rolled >> np.uint64(32))) * _MIX
    return mixed ^ (mixed >> np.uint64(29))


def _sketch(hashes: np.ndarray) -> np.ndarray:
    """Return the smallest distinct hashes: a random sample, and of the same text the same."""
    some = 4 * SKETCH
    return np.unique(np.partition(hashes, some)[:some] if len(hashes) > some else hashes)[:SKETCH]


def _shared(one: str, other: str, texts: Mapping[str, str], answers: Mapping[str, str]) -> float:
    """Return the share of the shorter text's shingles that are in the other: of the whole, and of the answers.

    The answers are not asked for if the whole is the same: in one of two formats nobody may be taken for the
    interviewer.
    """
    whole = _containment(texts[one], texts[other])
    if not SAME <= whole < IDENTICAL:
        return whole
    return min(whole, _containment(answers.get(one) or texts[one], answers.get(other) or texts[other]))


def _containment(one: str, other: str) -> float:
    first, second = shingles(one), shingles(other)
    least = min(len(first), len(second))
    return len(np.intersect1d(first, second, assume_unique=True)) / least if least else 0.0


def reasons(pairs: Iterable[Pair]) -> list[tuple[str, str]]:
    """Return each document that repeats another, but the first of each group, with a sentence that names it."""
    told = []
    for (first, *others), share in groups(pairs):
        how = "the same words" if share > IDENTICAL else f"nearly the same words ({prose.percent(share)})"
        said = f"It has {how} as {first}, and each was read as a document of its own. Remove all but one of them."
        told += [(name, said) for name in others]
    return told
