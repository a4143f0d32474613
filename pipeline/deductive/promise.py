"""A precision that can be promised: learn then test, over documents.

A threshold is promised if the hypothesis that fewer than the asked share of the codes it assigns are right is rejected,
with thresholds tested from the strictest down until the first that fails (fixed-sequence testing: Angelopoulos et al.
2021, Learn then Test). Documents, not passages, are exchangeable, so each document is one observation. The test is a
bet against the hypothesis, mixed over stakes (Waudby-Smith & Ramdas 2024): valid for any number of documents, also
where a few are much worse than the rest. A t test needs fewer documents, and broke its promise up to twice as often as
it may in simulations on human-coded studies.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.core import prose
from pipeline.deductive.calibration import Bools, Floats

Ints = npt.NDArray[np.int64]

CONFIDENCE = 0.9
# Shares of the largest stake, with which all can be lost.
STAKES = np.array([0.3, 0.6, 0.9])
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
    among the codes assigned from there, otherwise at the most promising threshold. `needed`: about how many coded
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


def promise(given: Ints, right: Ints, thresholds: Floats, *, level: float, confidence: float = CONFIDENCE) -> Promise:
    """Return what can be promised.

    `given`, `right`: codes assigned, and rightly assigned, by threshold and document (thresholds x documents), from
    predictions that did not use the document's codes; `thresholds`: ascending.
    """
    documents = given.shape[1]
    enough = -float(np.log(1.0 - confidence))
    assigned = given.sum(axis=1)
    least = max(FIRST * float(assigned[np.argmin(np.abs(thresholds - MIDDLE))]), documents, 1)
    testable = [row for row in range(len(thresholds)) if assigned[row] >= least]
    chosen, best, most = float("nan"), -1, -np.inf
    held = True
    for row in reversed(testable):
        gains = _gains(given[row], right[row], level)
        evidence = _evidence(gains, documents, level)
        held = held and evidence >= enough
        if held:
            chosen, best = float(thresholds[row]), row
        elif np.isnan(chosen) and evidence > most:
            best, most = row, evidence
    if best < 0:
        return Promise(level, documents, float("nan"), float("nan"), fewest(level, confidence=confidence))
    share = float(right[best].sum() / max(given[best].sum(), 1))
    if np.isfinite(chosen):
        return Promise(level, documents, chosen, share, documents)
    counts = [_needed(_gains(given[row], right[row], level), enough, level) for row in testable]
    return Promise(level, documents, float("nan"), share, min((n for n in counts if n), default=0))


def fewest(level: float, *, confidence: float = CONFIDENCE) -> int:
    """Return the number of documents that a promise takes if every code in them is right."""
    return _needed(np.array([1.0 - level]), -float(np.log(1.0 - confidence)), level)


def _gains(given: Ints, right: Ints, level: float) -> Floats:
    """Return each document's codes that were right beyond the level, as a share of the largest document's codes."""
    return np.asarray((right - level * given) / max(int(given.max(initial=0)), 1), dtype=np.float64)


def _growth(gains: Floats, level: float) -> Floats:
    """Return the mean logarithm of what each stake becomes over the documents."""
    return np.asarray(np.log(np.maximum(1.0 + STAKES[:, None] / level * gains, 1e-12)).mean(axis=1), dtype=np.float64)


def _evidence(gains: Floats, documents: int, level: float) -> float:
    """Return the logarithm of the mean of what the stakes become."""
    return float(np.logaddexp.reduce(documents * _growth(gains, level)) - np.log(len(STAKES)))


def _needed(gains: Floats, enough: float, level: float) -> int:
    """Return from how many documents like these the evidence is enough; 0 if from none up to MOST."""
    counts = np.arange(1, MOST + 1)
    grown = counts[:, None] * _growth(gains, level)
    found = np.logaddexp.reduce(grown, axis=1) - np.log(len(STAKES)) >= enough
    return int(counts[np.argmax(found)]) if found.any() else 0


def sentence(made: Promise, *, confidence: float = CONFIDENCE) -> str:
    """Return what is promised, or why nothing is and what it takes."""
    level, n = prose.percent(made.level), prose.count(made.documents, "coded document")
    sure = prose.percent(confidence)
    if made.holds:
        return (
            f"At least {level} of the codes assigned are right, with {sure} confidence over documents (from {n}; "
            f"{prose.percent(made.precision)} were right there)."
        )
    start = f"A precision of {level} cannot be promised yet (with {sure} confidence, from {n})."
    meanwhile = "Until then, thresholds are those that reach it on the coded documents."
    if np.isnan(made.precision):
        return f"{start} It takes at least {made.needed} coded documents, even if every code is right. {meanwhile}"
    reached = f"{prose.percent(made.precision)} of the codes that are surest were right"
    if not made.needed:
        return (
            f"{start} {reached}, so more documents like these would not be enough: code more passages of each code, or "
            f"ask for less (map_codes.precision). {meanwhile}"
        )
    return f"{start} {reached}; it takes about {made.needed} coded documents like these. {meanwhile}"
