"""Agreement on sets of codes, for passages with several codes: Krippendorff's alpha with the MASI distance."""

from itertools import combinations, combinations_with_replacement
from typing import NamedTuple

import numpy as np

from pipeline.comparison import coefficients
from pipeline.comparison.coefficients import Bools, Floats, Ints

# Number of kinds of answer compared with all others at once; limits memory.
BLOCK = 512


class Sums(NamedTuple):
    """The sums that alpha needs, by document, so that a bootstrap sample only weights the documents.

    `observed`: (documents,), distances within units, each divided by the unit's number of answers minus 1; `values`:
    (documents,), pairable answers; `totals`: (documents, kinds), how often each kind of answer was given; `kinds`:
    (kinds, codes), the distinct sets of codes.
    """

    observed: Floats
    values: Floats
    totals: Floats
    kinds: Bools

    def of(self, documents: Ints) -> "Sums":
        """Return the sums of the documents at these positions."""
        return Sums(self.observed[documents], self.values[documents], self.totals[documents], self.kinds)


def set_alpha(sets: Bools, documents: Ints, weights: Floats) -> Floats:
    """Return Krippendorff's alpha with MASI distance of coders' sets of codes; nan if undefined.

    `sets`: (coders, units, codes); `documents`: (units,), numbered from 0; `weights`: (units,).
    """
    sums = set_sums(sets, np.ones(sets.shape[:2], dtype=bool), documents, weights)
    return np.asarray(alpha(sums, np.ones((1, len(sums.values))))[0], dtype=np.float64)


def set_sums(sets: Bools, seen: Bools, documents: Ints, weights: Floats) -> Sums:
    """Return the sums for `alpha` of coders' sets of codes.

    `sets`: (coders, units, codes); `seen`: (coders, units), whether the coder's answer is known; `documents`,
    `weights`: (units,). Units with fewer than two answers are left out.
    """
    size = int(documents.max(initial=-1)) + 1
    answers = seen.sum(0)
    pairable = seen & (answers > 1)
    pairable_sets = sets[pairable]
    owner = np.broadcast_to(documents, seen.shape)[pairable]
    weight = np.broadcast_to(weights, seen.shape)[pairable]
    observed = np.zeros(size)
    for coder, other_coder in combinations(range(len(sets)), 2):
        paired = pairable[coder] & pairable[other_coder]
        first, second = sets[coder][paired], sets[other_coder][paired]
        distances = coefficients.masi_of_sizes((first & second).sum(1), first.sum(1), second.sum(1))
        np.add.at(observed, documents[paired], 2 * distances * weights[paired] / (answers[paired] - 1))
    distinct, kind = np.unique(np.packbits(pairable_sets, axis=1), axis=0, return_inverse=True)
    unpacked = np.unpackbits(distinct, axis=1, count=sets.shape[2]).astype(bool)
    totals = np.zeros((size, len(distinct)))
    np.add.at(totals, (owner, kind.ravel()), weight)
    return Sums(observed, totals.sum(1), totals, unpacked)


def alpha(sums: Sums, weights: Floats) -> Floats:
    """Return alpha for each bootstrap sample, (draws,); `weights`: (draws, documents), see intervals.document_draws."""
    chance = _expected(weights @ sums.totals, sums.kinds)
    return coefficients.alpha_of_disagreement(weights @ sums.observed, weights @ sums.values, chance)


def _expected(counts: Floats, kinds: Bools) -> Floats:
    """Return the sum of MASI distances over all ordered pairs of answers, (draws,); `counts`: (draws, kinds).

    The distance between sets of two given sizes depends only on the number of shared codes, so it is looked up.
    """
    size = kinds.sum(1)
    member = kinds.astype(np.float32)
    groups = [np.flatnonzero(size == value) for value in np.unique(size)]
    total = np.zeros(len(counts))
    for first, second in combinations_with_replacement(groups, 2):
        first_size, second_size = int(size[first[0]]), int(size[second[0]])
        distance_of_shared = coefficients.masi_of_sizes(
            np.arange(min(first_size, second_size) + 1), first_size, second_size
        )
        times = 1.0 if second is first else 2.0
        for start in range(0, len(first), BLOCK):
            block = first[start : start + BLOCK]
            shared = (member[block] @ member[second].T).astype(np.int64)  # whole numbers: exact
            total += times * ((counts[:, block] @ distance_of_shared[shared]) * counts[:, second]).sum(1)
    return total
