"""A precision that can be promised: learn then test, over documents.

A threshold is promised if the hypothesis that fewer than the asked share of the codes it assigns are right is rejected,
with thresholds tested from the strictest down until the first that fails (fixed-sequence testing: Angelopoulos et al.
2021, Learn then Test). Documents, not passages, are exchangeable, so each document is one observation. The test is
Gaffke's (2005): documents, and one more that is as large as the largest of the study and in which every code is wrong,
are weighed at random (exponential weights), and the precision must reach the level in nine of ten weightings. It needs
the fewest documents possible where all are alike. That it errs no more often than stated is a conjecture to which no
exception is known (Learned-Miller & Thomas 2019). A t test, which trusts that no document is far worse than those seen,
broke its promise up to twice as often as it may in simulations on human-coded studies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.core import prose
from pipeline.deductive.calibration import Bools, Floats

Ints = npt.NDArray[np.int64]

CONFIDENCE = 0.9
# Weightings of the documents.
WEIGHTINGS = 2000
# The first threshold tested assigns this share of the codes that are more probable than not, and at least one a
# document, so that there is something to test.
FIRST, MIDDLE = 0.1, 0.5
# The thresholds tested.
THRESHOLDS: Floats = np.arange(2, 100, 2) / 100
# Numbers of documents beyond this are not named.
MOST = 200


@dataclass(frozen=True)
class Promise:
    """What can be promised from coded documents.

    `threshold`: the lowest probability from which the precision holds; nan if none does. `precision`: the share right
    among the codes assigned from there, otherwise from the strictest threshold. `needed`: about how many coded
    documents the promise takes, if further ones are like these; 0 if no number up to MOST is enough.
    """

    level: float
    documents: int
    threshold: float
    precision: float
    needed: int

    @property
    def holds(self) -> bool:
        """Whether the precision is promised."""
        return bool(np.isfinite(self.threshold))


def counted(
    assigned: Callable[[float], Bools], truth: Bools, documents: npt.NDArray[np.str_], thresholds: Floats
) -> tuple[Ints, Ints]:
    """Return codes assigned, and rightly assigned, by threshold and document (in the order of their names).

    `assigned`: the codes of the rows (rows x codes) from a threshold; `truth`: human codes of the same rows;
    `documents`: the document of each row.
    """
    place = np.unique(documents, return_inverse=True)[1]
    n = int(place.max(initial=-1)) + 1
    given, right = (np.zeros((len(thresholds), n), dtype=np.int64) for _ in range(2))
    for row, threshold in enumerate(thresholds.tolist()):
        codes = assigned(threshold)
        given[row] = np.bincount(place, weights=codes.sum(axis=1), minlength=n)
        right[row] = np.bincount(place, weights=(codes & truth).sum(axis=1), minlength=n)
    return given, right


def promise(
    given: Ints,
    right: Ints,
    thresholds: Floats,
    *,
    level: float,
    confidence: float = CONFIDENCE,
    largest: Ints | None = None,
) -> Promise:
    """Return what can be promised.

    `given`, `right`: codes assigned, and rightly assigned, by threshold and document (thresholds x documents), from
    predictions that did not use the document's codes; `thresholds`: ascending; `largest`: by threshold, the most codes
    that any document is assigned, if others than these can be larger.
    """
    documents = given.shape[1]
    assigned = given.sum(axis=1)
    least = max(FIRST * float(assigned[np.argmin(np.abs(thresholds - MIDDLE))]), documents, 1)
    testable = np.flatnonzero(assigned >= least)[::-1]
    if not len(testable):
        return Promise(level, documents, float("nan"), float("nan"), fewest(level, confidence=confidence))
    size = np.maximum(given.max(axis=1), 0 if largest is None else largest)
    gains = np.stack([_gains(given[row], right[row], level, int(size[row])) for row in testable])
    fails = _doubts(gains, documents, level) > 1.0 - confidence
    passed = int(np.argmax(fails)) if fails.any() else len(testable)
    row = testable[max(passed - 1, 0)]
    share = float(right[row].sum() / given[row].sum())
    if passed:
        return Promise(level, documents, float(thresholds[row]), share, documents)
    return Promise(level, documents, float("nan"), share, _needed(gains[:1], level, confidence=confidence))


def fewest(level: float, *, confidence: float = CONFIDENCE) -> int:
    """Return the number of documents that a promise takes if every code is right; 0 if no number up to MOST does."""
    needed = np.log(1.0 - confidence) / np.log(level) if level < 1.0 else np.inf
    return int(np.ceil(needed)) if needed <= MOST else 0


def _gains(given: Ints, right: Ints, level: float, size: int) -> Floats:
    """Return each document's codes that were right beyond the level, as a share of the largest document's codes."""
    # Sorted, so that the order of documents changes no digit.
    return np.sort((right - level * given) / max(size, 1)).astype(np.float64)


@lru_cache(maxsize=16)
def _weights(documents: int, columns: int) -> Floats:
    """Return random weights of documents (weightings x columns), each column standing for as many of them."""
    random = np.random.default_rng(documents)
    return np.asarray(random.standard_gamma(documents / columns, size=(WEIGHTINGS, columns)), dtype=np.float64)


def _doubts(gains: Floats, documents: int, level: float) -> Floats:
    """Return the p value of each row (rows x documents) if there were so many documents like these."""
    ahead = np.maximum(_weights(documents, gains.shape[1]) @ gains.T, 0.0)
    # The probability that the exponential weight of the worst document outweighs the others.
    return np.asarray(np.exp(-ahead / level).mean(axis=0), dtype=np.float64)


def _needed(gains: Floats, level: float, *, confidence: float) -> int:
    """Return how many documents like these a promise takes, by halving; 0 if up to MOST are not enough."""
    low, high = gains.shape[1], MOST
    if low >= high or _doubts(gains, high, level)[0] > 1.0 - confidence:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _doubts(gains, middle, level)[0] > 1.0 - confidence else (low, middle)
    return high


def _exact(level: float) -> str:
    """Return a level as a percentage with the decimals that it was given: 99.9%, not 100%."""
    return f"{100 * level:.10g}%"


def sentence(made: Promise, *, confidence: float = CONFIDENCE) -> str:
    """Return what is promised, or why nothing is and what it takes."""
    level, n = _exact(made.level), prose.count(made.documents, "coded document")
    sure = prose.percent(confidence)
    if made.holds:
        return (
            f"At least {level} of the codes assigned are right, with {sure} confidence over documents (from {n}; "
            f"{prose.percent(made.precision)} were right there)."
        )
    start = f"A precision of {level} cannot be promised yet (with {sure} confidence, from {n})."
    meanwhile = "Until then, thresholds are those that reach it on the coded documents."
    if np.isnan(made.precision) and made.needed:
        return f"{start} It takes at least {made.needed} coded documents, even if every code is right. {meanwhile}"
    if np.isnan(made.precision) or made.level >= 1.0:
        return f"{start} No number of documents can promise that: ask for less (map_codes.precision). {meanwhile}"
    reached = f"{prose.percent(made.precision)} of the codes that are surest were right"
    if not made.needed:
        return (
            f"{start} {reached}, so more documents like these would not be enough: code more passages of each code, or "
            f"ask for less (map_codes.precision). {meanwhile}"
        )
    return f"{start} {reached}; it takes about {made.needed} coded documents like these. {meanwhile}"
