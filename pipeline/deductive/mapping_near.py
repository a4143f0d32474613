"""What stands near a passage: the coded passages most like it, and the talk just before and after it.

Both are found without codes; codes come in only when a score is asked for, and only those of the folds that are named.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.deductive.calibration import Floats

Ints = npt.NDArray[np.int64]

# So many similar passages count, each by its likeness to this power: a near twin says more than ten of a kind.
NEIGHBOURS = 10
SHARPNESS = 8
# Rows compared at once, which bounds memory.
BLOCK = 500
# Likeness is compared to so many digits: those beyond differ from one kind of processor to the next.
DIGITS = 9
# From so many columns on, a row's highest are looked for where its groups of so many columns have their maxima.
MANY, GROUP = 4096, 64
# Segments on either side, and how much less each further one counts.
REACH = (1.0, 0.6)


@dataclass(frozen=True)
class Nearest:
    """For each row the rows of each fold that are most like it, best first (folds: rows x so many, or fewer)."""

    rows: tuple[Ints, ...]
    likeness: tuple[Floats, ...]

    @classmethod
    def of(cls, features: Floats, fold: Ints, k: int) -> "Nearest":
        """Look in each of k folds (`fold`: one number a row; below 0: in none). Likeness is the product of features."""
        rows, likeness, n = [], [], len(features)
        for f in range(k):
            members = np.flatnonzero(fold == f)
            theirs = features[members].T
            found = [_best((features[at : at + BLOCK] @ theirs).round(DIGITS)) for at in range(0, n, BLOCK)]
            order = np.vstack([one for one, _ in found]) if found else np.zeros((0, 0), dtype=np.int64)
            rows.append(members[order])
            likeness.append(np.vstack([value for _, value in found]) if found else np.zeros((0, 0)))
        return cls(tuple(rows), tuple(likeness))

    def __call__(self, Y: Floats, folds: list[int]) -> Floats:
        """The share of each code among a row's nearest rows in these folds (rows x codes), by likeness."""
        rows = np.hstack([self.rows[f] for f in folds]) if folds else np.zeros((len(Y), 0), dtype=np.int64)
        likeness = np.hstack([self.likeness[f] for f in folds]) if folds else np.zeros((len(Y), 0))
        order, likeness = _best(likeness)
        rows = np.take_along_axis(rows, order, axis=1)
        weights = np.maximum(likeness, 0.0) ** SHARPNESS
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
        found = np.zeros(Y.shape)
        for column in range(rows.shape[1]):
            found += weights[:, [column]] * Y[rows[:, column]]
        return found


def _best(likeness: Floats) -> tuple[Ints, Floats]:
    """The columns of the highest values of each row, highest first; of equals the earlier column."""
    width = likeness.shape[1]
    # All different, so that it is never left to the search which of equals it finds.
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
    """Columns of each row among which its lowest keys are.

    A key below all but nine others is in one of the ten groups with the lowest minima: were it in none of them, each
    of those ten would hold a key as low. Columns that fill no whole group are always among them.
    """
    n, width = keys.shape
    groups = width // GROUP
    lowest = keys[:, : groups * GROUP].reshape(n, GROUP, groups).min(axis=1)  # group g: columns g, g + groups, …
    chosen = np.argpartition(lowest, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
    columns = (chosen[:, :, None] + groups * np.arange(GROUP)).reshape(n, -1)
    rest = np.broadcast_to(np.arange(groups * GROUP, width), (n, width - groups * GROUP))
    return np.hstack([columns, rest])


def around(scores: Floats, groups: npt.NDArray[np.str_]) -> Floats:
    """What the rows before and after have, of the same group (a document); rows are in the order of the talk."""
    found = np.zeros_like(scores)
    for distance, weight in enumerate(REACH, start=1):
        together = weight * (groups[:-distance] == groups[distance:])[:, None]
        found[:-distance] += together * scores[distance:]
        found[distance:] += together * scores[:-distance]
    return found
