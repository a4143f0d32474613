"""Groups wordings that ask the same, by meaning: a question of the guide is asked again in every interview.

Average linkage over a likeness: the cosine of the wordings' vectors without what all questions of the study have in
common, less POSITION times how far apart they stand in their interviews, because a guide is followed in about one
order. Two wordings of one interview are two questions; groups that share more than OVERLAP of the interviews of the
smaller are too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from pipeline.core.arithmetic import unit

# Least mean likeness within a question, and that of one asked in two interviews only. Chosen on two studies with
# questions labelled by hand.
TIE, PAIR = 0.45, 0.6
POSITION = 0.5
# How much less alike two printed questions count: a form words with care what it asks.
PRINTED = 0.4
OVERLAP = 1 / 3
# How many questions the mean of all segments counts as, where what questions have in common is estimated.
PRIOR = 20
# Rows of the likeness computed at once.
BLOCK = 2048


@dataclass(frozen=True)
class Wordings:
    """Different wordings, sorted by their words: unit vectors (n, d), where each stands (n,), and the documents.

    `places`: 0 to 1, nan where unknown; `printed`: whether it is a heading or script; `entries`: the entry of
    guide.yaml that holds it, or -1.
    """

    vectors: np.ndarray
    places: np.ndarray
    documents: Sequence[frozenset[str]]
    printed: np.ndarray
    entries: np.ndarray


def centred(vectors: np.ndarray, common: np.ndarray) -> np.ndarray:
    """Return unit vectors without the mean of questions; `common`: the mean of all segments, (d,)."""
    mean = (vectors.sum(axis=0) + PRIOR * common) / (len(vectors) + PRIOR)
    return unit(np.asarray(vectors, dtype=np.float64) - mean)


def likeness(of: Wordings, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the likeness of wordings, (rows, columns), rounded so that no noise decides."""
    gap = np.abs(of.places[rows][:, None] - of.places[columns][None, :])
    less = POSITION * np.nan_to_num(gap) + PRINTED * (of.printed[rows][:, None] & of.printed[columns][None, :])
    return np.asarray(np.round(of.vectors[rows] @ of.vectors[columns].T - less, 6))


def grouped(of: Wordings) -> list[np.ndarray]:
    """Return the groups as sorted arrays of positions, by their first; wordings of two entries are never in one."""
    everything = np.arange(len(of.entries))
    links = []
    for start in range(0, len(everything), BLOCK):
        rows = everything[start : start + BLOCK]
        links.append(sparse.csr_matrix(likeness(of, rows, everything) >= TIE))
    if not links:
        return []
    # A mean of at least TIE needs one likeness of at least TIE: what is not linked is never joined.
    _, component = csgraph.connected_components(sparse.vstack(links), directed=False)
    found = [
        one for number in range(component.max() + 1) for one in _agglomerated(of, np.flatnonzero(component == number))
    ]
    return sorted(found, key=lambda group: int(group[0]))


class _Linkage:
    """Groups being joined: their mean likeness (n, n), sizes, interviews and entries; a joined one has size 0."""

    def __init__(self, of: Wordings, inside: np.ndarray) -> None:
        """Begin with every wording by itself."""
        names = sorted({name for at in inside for name in of.documents[at]})
        self.present = np.array([[name in of.documents[at] for name in names] for at in inside], dtype=bool)
        self.mean = likeness(of, inside, inside).astype(np.float64)
        self.entry, self.size = of.entries[inside].copy(), np.ones(len(inside))
        self.members = [[int(at)] for at in inside]

    def join(self, one: int, other: int) -> None:
        """Join two groups; the first stays."""
        total = self.size[one] + self.size[other]
        self.mean[one] = (self.size[one] * self.mean[one] + self.size[other] * self.mean[other]) / total
        self.mean[:, one] = self.mean[one]
        self.present[one] |= self.present[other]
        self.entry[one] = max(int(self.entry[one]), int(self.entry[other]))
        self.members[one] += self.members[other]
        self.members[other], self.size[one], self.size[other] = [], total, 0

    def values(self, at: int) -> np.ndarray:
        """Return the mean likeness of a group with each other one, (n,); -inf where they may not be joined."""
        shared = (self.present & self.present[at]).sum(axis=1)
        smaller = np.minimum(self.present.sum(axis=1), self.present[at].sum())
        free = (self.entry < 0) | (self.entry[at] < 0) | (self.entry == self.entry[at])
        allowed = (self.size > 0) & (shared <= OVERLAP * smaller) & free
        allowed[at] = False
        return np.where(allowed & bool(self.size[at]), np.round(self.mean[at], 6), -np.inf)


def _agglomerated(of: Wordings, inside: np.ndarray) -> list[np.ndarray]:
    """Return the groups of one component, by average linkage; the first of equal pairs is joined first."""
    linkage = _Linkage(of, inside)
    n = len(inside)
    value, with_ = np.full(n, -np.inf), np.zeros(n, dtype=np.int64)

    def look(at: int) -> None:
        values = linkage.values(at)
        with_[at] = values.argmax()
        value[at] = values[with_[at]]

    for at in range(n):
        look(at)
    while value.max() >= TIE:
        pair = int(value.argmax())
        one, other = sorted((pair, int(with_[pair])))
        linkage.join(one, other)
        for at in np.flatnonzero((with_ == one) | (with_ == other) | np.isin(np.arange(n), (one, other))).tolist():
            look(at)
        fresh = linkage.values(one)
        nearer = fresh > value
        value[nearer], with_[nearer] = fresh[nearer], one
    return [np.array(sorted(group)) for group in linkage.members if group]
