"""Context of passages for mapping: the most similar coded passages, and the talk just before and after.

Both are found without using codes; codes enter only when a score is computed, and only those of the given folds.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.deductive.calibration import Floats

Ints = npt.NDArray[np.int64]

# Number of similar passages, and the power to which similarity is raised: a near duplicate outweighs ten similar ones.
NEIGHBOURS = 10
SHARPNESS = 8
# Rows compared at once, to limit memory.
BLOCK = 500
# Digits at which similarities are compared, because further digits depend on the processor.
DIGITS = 9
# From this many columns, the highest values are searched in groups of this size with the highest maxima.
MANY, GROUP = 4096, 64
# Weights of the segments on either side, by distance.
REACH = (1.0, 0.6)


@dataclass(frozen=True)
class Nearest:
    """For each row, the most similar rows of each fold, best first (per fold: rows x at most NEIGHBOURS)."""

    rows: tuple[Ints, ...]
    likeness: tuple[Floats, ...]

    @classmethod
    def of(cls, features: Floats, fold: Ints, k: int) -> "Nearest":
        """Search each of k folds (`fold`: one number per row; negative: none). Similarity is the dot product."""
        rows, likeness, n = [], [], len(features)
        for f in range(k):
            members = np.flatnonzero(fold == f)
            theirs = features[members].T
            blocks = [_best((features[at : at + BLOCK] @ theirs).round(DIGITS)) for at in range(0, n, BLOCK)]
            order = np.vstack([columns for columns, _ in blocks]) if blocks else np.zeros((0, 0), dtype=np.int64)
            rows.append(members[order])
            likeness.append(np.vstack([value for _, value in blocks]) if blocks else np.zeros((0, 0)))
        return cls(tuple(rows), tuple(likeness))

    def __call__(self, Y: Floats, folds: list[int]) -> Floats:
        """Return the similarity-weighted share of each code among a row's nearest rows in these folds."""
        rows = np.hstack([self.rows[f] for f in folds]) if folds else np.zeros((len(Y), 0), dtype=np.int64)
        likeness = np.hstack([self.likeness[f] for f in folds]) if folds else np.zeros((len(Y), 0))
        order, likeness = _best(likeness)
        rows = np.take_along_axis(rows, order, axis=1)
        weights = np.maximum(likeness, 0.0) ** SHARPNESS
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
        shares = np.zeros(Y.shape)
        for column in range(rows.shape[1]):
            shares += weights[:, [column]] * Y[rows[:, column]]
        return shares


def _best(likeness: Floats) -> tuple[Ints, Floats]:
    """Return the columns of each row's highest values, highest first; ties go to the earlier column."""
    width = likeness.shape[1]
    # Made distinct, so that ties are resolved reproducibly.
    keys = np.arange(width) * (0.1**DIGITS / 2 / max(width, 1)) - likeness
    order = np.broadcast_to(np.arange(width), likeness.shape)
    if width >= MANY:
        order = _promising(keys)
        keys = np.take_along_axis(keys, order, axis=1)
    if width > NEIGHBOURS:
        least = np.argpartition(keys, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
        order, keys = np.take_along_axis(order, least, axis=1), np.take_along_axis(keys, least, axis=1)
    order = np.take_along_axis(order, np.argsort(keys, axis=1), axis=1)
    return order, np.take_along_axis(likeness, order, axis=1)


def _promising(keys: Floats) -> Ints:
    """Return columns of each row that include those of its lowest keys.

    A key among the ten lowest is in one of the ten groups with the lowest minima: otherwise each of those groups would
    contain a key as low. Columns outside complete groups are always included.
    """
    n, width = keys.shape
    groups = width // GROUP
    lowest = keys[:, : groups * GROUP].reshape(n, GROUP, groups).min(axis=1)  # group g: columns g, g + groups, …
    chosen = np.argpartition(lowest, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
    columns = (chosen[:, :, None] + groups * np.arange(GROUP)).reshape(n, -1)
    rest = np.broadcast_to(np.arange(groups * GROUP, width), (n, width - groups * GROUP))
    return np.hstack([columns, rest])


def around(scores: Floats, groups: npt.NDArray[np.str_]) -> Floats:
    """Return the weighted scores of adjacent rows in the same group (document); rows are sorted by `context.order`."""
    found = np.zeros_like(scores)
    for distance, weight in enumerate(REACH, start=1):
        together = weight * (groups[:-distance] == groups[distance:])[:, None]
        found[:-distance] += together * scores[distance:]
        found[distance:] += together * scores[:-distance]
    return found
