"""What a phrase means for groups of segments: how well its vector tells a group's segments from the others'."""

from collections.abc import Callable

import numpy as np
from scipy import sparse, stats

from pipeline.core.arithmetic import unit

# Returns the unit vectors of phrases, (phrases, d), by the model that embedded the segments.
Encode = Callable[[list[str]], np.ndarray]
# Segments of each group that phrases are compared with.
MOST = 400
# What a phrase says of a group that has nothing to be told from.
ALONE = 0.75


def sampled(groups: np.ndarray) -> np.ndarray:
    """Return the places of at most MOST segments of each group, evenly over its segments in their order."""
    chosen = []
    for group in range(int(groups.max(initial=-1)) + 1):
        places = np.flatnonzero(groups == group)
        chosen.append(places[np.linspace(0, len(places) - 1, min(MOST, len(places))).astype(int)])
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=int)


def siblings_of(groups: np.ndarray, parents: np.ndarray) -> list[np.ndarray]:
    """Return for each group the groups that it is compared with, itself among them.

    These are the groups of its parent; an only one is compared with all. `groups` and `parents`: (n,), -1 for none.
    """
    count = int(groups.max(initial=-1)) + 1
    parent_of = np.array([parents[groups == group][0] for group in range(count)])
    families = [np.flatnonzero(parent_of == parent_of[group]) for group in range(count)]
    return [family if len(family) > 1 else np.arange(count) for family in families]


def apart(likeness: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the probability that a segment inside is more like a phrase than one outside, (phrases,).

    `likeness`: (segments, phrases); `inside`: (segments,), a mask. This is the area under the ROC curve.
    """
    n_inside, n_outside = int(inside.sum()), int((~inside).sum())
    if not n_inside or not n_outside or not likeness.shape[1]:
        return np.full(likeness.shape[1], ALONE)
    ranks = stats.rankdata(np.round(likeness, 4), axis=0)[inside].sum(axis=0)
    return np.asarray((ranks - n_inside * (n_inside + 1) / 2) / (n_inside * n_outside))


def of_sayings(counts: sparse.csr_matrix, vectors: np.ndarray) -> np.ndarray:
    """Return the vector of each term as the mean of the segments that say it, (terms, d), where no model encodes it."""
    return unit((counts > 0).astype(np.float64).T @ vectors)
