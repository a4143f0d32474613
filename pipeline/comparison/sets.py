"""Agreement on sets of codes, since a passage often carries several: Krippendorff's alpha with MASI distance."""

from itertools import combinations, combinations_with_replacement
from typing import NamedTuple

import numpy as np

from pipeline.comparison import coefficients
from pipeline.comparison.coefficients import Bools, Floats, Ints

# Kinds of answer that are set against all others at once, which bounds memory.
BLOCK = 512


class Sums(NamedTuple):
    """What alpha rests on, by document, so that a draw of documents needs only how often each was drawn.

    `observed`: documents; distances within units, each unit's over its answers less one. `values`: documents; answers
    that can be paired. `totals`: documents x kinds of answer; how often each was given. `kinds`: kinds x codes.
    """

    observed: Floats
    values: Floats
    totals: Floats
    kinds: Bools

    def of(self, documents: Ints) -> "Sums":
        """The sums of some documents, by their places."""
        return Sums(self.observed[documents], self.values[documents], self.totals[documents], self.kinds)


def set_alpha(sets: Bools, documents: Ints, weights: Floats) -> Floats:
    """Krippendorff's alpha of the sets of codes that coders gave, with MASI distance: coders x units x codes."""
    sums = set_sums(sets, np.ones(sets.shape[:2], dtype=bool), documents, weights)
    return np.asarray(alpha(sums, np.ones((1, len(sums.values))))[0], dtype=np.float64)


def set_sums(sets: Bools, seen: Bools, documents: Ints, weights: Floats) -> Sums:
    """The sums of the sets that coders gave (coders x units x codes).

    `seen`: coders x units, whose answer is known; a unit with fewer than two answers cannot be paired and is left out.
    """
    size = int(documents.max(initial=-1)) + 1
    answers = seen.sum(0)
    pairable = seen & (answers > 1)
    rows = sets[pairable]
    owner = np.broadcast_to(documents, seen.shape)[pairable]
    weight = np.broadcast_to(weights, seen.shape)[pairable]
    observed = np.zeros(size)
    for a, b in combinations(range(len(sets)), 2):
        both = pairable[a] & pairable[b]
        first, second = sets[a][both], sets[b][both]
        apart = coefficients.masi_of_sizes((first & second).sum(1), first.sum(1), second.sum(1))
        np.add.at(observed, documents[both], 2 * apart * weights[both] / (answers[both] - 1))
    distinct, kind = np.unique(np.packbits(rows, axis=1), axis=0, return_inverse=True)
    unpacked = np.unpackbits(distinct, axis=1, count=sets.shape[2]).astype(bool)
    totals = np.zeros((size, len(distinct)))
    np.add.at(totals, (owner, kind.ravel()), weight)
    return Sums(observed, totals.sum(1), totals, unpacked)


def alpha(sums: Sums, weights: Floats) -> Floats:
    """Alpha of every draw of documents (draws x documents)."""
    chance = _expected(weights @ sums.totals, sums.kinds)
    return coefficients.alpha_of_disagreement(weights @ sums.observed, weights @ sums.values, chance)


def _expected(counts: Floats, kinds: Bools) -> Floats:
    """The sum of MASI distances between all ordered pairs of answers, for each row of draws x kinds of answer.

    Between sets of two given sizes the distance depends only on how many codes they share, so it is looked up.
    """
    size = kinds.sum(1)
    member = kinds.astype(np.float32)
    groups = [np.flatnonzero(size == value) for value in np.unique(size)]
    found = np.zeros(len(counts))
    for first, second in combinations_with_replacement(groups, 2):
        a, b = int(size[first[0]]), int(size[second[0]])
        of_shared = coefficients.masi_of_sizes(np.arange(min(a, b) + 1), a, b)
        times = 1.0 if second is first else 2.0
        for start in range(0, len(first), BLOCK):
            some = first[start : start + BLOCK]
            shared = (member[some] @ member[second].T).astype(np.int64)  # whole numbers: exact
            found += times * ((counts[:, some] @ of_shared[shared]) * counts[:, second]).sum(1)
    return found
