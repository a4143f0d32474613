"""Agreement on sets of codes, since a passage often carries several: Krippendorff's alpha with MASI distance."""

from itertools import combinations
from typing import Any

import numpy as np

from pipeline import agreement as coefficients
from pipeline.agreement import Bools, Floats, Ints

BLOCK = 512


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
    rows = sets[pairable].astype(np.float32)
    owner = np.broadcast_to(documents, seen.shape)[pairable]
    weight = np.broadcast_to(weights, seen.shape)[pairable]
    observed = np.zeros(size)
    for a, b in combinations(range(len(sets)), 2):
        both = pairable[a] & pairable[b]
        first, second = sets[a][both], sets[b][both]
        apart = coefficients.masi_of_sizes((first & second).sum(1), first.sum(1), second.sum(1))
        np.add.at(observed, documents[both], 2 * apart * weights[both] / (answers[both] - 1))
    distinct, kind = np.unique(np.packbits(rows.astype(bool), axis=1), axis=0, return_inverse=True)
    unpacked = np.unpackbits(distinct, axis=1, count=sets.shape[2]).astype(np.float32)
    totals = np.zeros((size, len(distinct)))
    np.add.at(totals, (owner, kind.ravel()), weight)
    return observed, totals.sum(1), _between(unpacked, totals)


def _between(kinds: Any, totals: Floats) -> Floats:
    """Sum of MASI distances between the answers of every two documents; in blocks, since kinds may be thousands."""
    sizes = kinds.sum(1)
    expected = np.zeros((totals.shape[0], totals.shape[0]))
    for start in range(0, len(kinds), BLOCK):
        block = slice(start, start + BLOCK)
        apart = coefficients.masi_of_sizes(kinds[block] @ kinds.T, sizes[block, None], sizes[None, :])
        expected += totals[:, block] @ (apart @ totals.T)
    return expected


def drawn_alpha(observed: Floats, values: Floats, expected: Floats, weights: Floats) -> Floats:
    """Alpha of every draw of documents (draws x documents), from the sums of `set_sums`."""
    chance = ((weights @ expected) * weights).sum(1)
    return coefficients.alpha_of_disagreement(weights @ observed, weights @ values, chance)
