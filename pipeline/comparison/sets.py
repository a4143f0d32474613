"""Agreement on sets of codes, since a passage often carries several: Krippendorff's alpha with MASI distance."""

from itertools import combinations

import numpy as np

from pipeline import agreement as coefficients
from pipeline.agreement import Bools, Floats, Ints


def set_alpha(sets: Bools, documents: Ints, weights: Floats) -> Floats:
    """Krippendorff's alpha of the sets of codes that coders gave, with MASI distance: coders x units x codes."""
    observed, values, expected = set_sums(sets, np.ones(sets.shape[:2], dtype=bool), documents, weights)
    return coefficients.alpha_of_disagreement(observed.sum(), values.sum(), expected.sum())


def set_sums(sets: Bools, seen: Bools, documents: Ints, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Sums for `alpha_of_disagreement`, by document: observed (documents), values (documents), expected (documents
    x documents), so that a draw w of documents has w @ observed, w @ values and w @ expected @ w.

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
    return observed, totals.sum(1), _between(unpacked, totals)


def _between(kinds: Bools, totals: Floats) -> Floats:
    """Sum of MASI distances between the answers of every two documents; `totals`: documents x kinds of answer.

    Between sets of two given sizes the distance depends only on how many codes they share, so it is looked up.
    """
    size = kinds.sum(1)
    groups = [np.flatnonzero(size == value) for value in np.unique(size)]
    member = kinds.astype(np.float32)
    apart: Floats = np.zeros((len(totals), len(totals)))
    for position, first in enumerate(groups):
        for second in groups[position:]:
            a, b = int(size[first[0]]), int(size[second[0]])
            of_shared = coefficients.masi_of_sizes(np.arange(min(a, b) + 1), a, b).astype(np.float32)
            shared = (member[first] @ member[second].T).astype(np.int16)
            between = totals[:, first] @ (of_shared[shared] @ totals[:, second].T.astype(np.float32))
            apart += between if second is first else between + between.T
    return apart


def drawn_alpha(observed: Floats, values: Floats, expected: Floats, weights: Floats) -> Floats:
    """Alpha of every draw of documents (draws x documents), from the sums of `set_sums`."""
    chance = ((weights @ expected) * weights).sum(1)
    return coefficients.alpha_of_disagreement(weights @ observed, weights @ values, chance)
