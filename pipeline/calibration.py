"""From scores to probabilities, and from probabilities to decisions.

Scores become probabilities by logistic calibration (Platt 1999), one slope and one offset a code, both drawn towards
what all codes share, so that a code with few examples is calibrated by its fellows. Thresholds serve a stated aim and
are drawn together in the same way. Everything here is told which rows it may learn from; it never looks elsewhere.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Aim = Literal["f1", "precision"]

# How many passages the codes' common experience counts for against a code's own. Thresholds lean on it more: the
# threshold that looks best for a rare code is often one that gives it to nearly everything (Lipton et al. 2014).
PRIOR = 10.0
THRESHOLD_PRIOR = 100.0
STEPS = 100
NEARLY_BEST = 0.97


@dataclass(frozen=True)
class Calibrator:
    """Turns scores (rows x codes) into probabilities: sigmoid(offset + slope * (score - mean) / spread), by code."""

    mean: Floats
    spread: Floats
    offset: Floats
    slope: Floats

    def __call__(self, scores: Floats) -> Floats:
        """Probabilities, 0 to 1, in the shape of the scores."""
        return sigmoid(self.offset + self.slope * (scores - self.mean) / self.spread)


def sigmoid(values: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    clipped = np.clip(values, -30.0, 30.0)
    return np.asarray(1.0 / (1.0 + np.exp(-clipped)), dtype=np.float64)


def fit(scores: Floats, truth: Bools, *, prior: float = PRIOR) -> Calibrator:
    """Calibrate on rows whose codes are known (rows x codes); a code that never occurs gets probabilities near zero."""
    n = len(scores)
    mean, spread = scores.mean(axis=0), scores.std(axis=0)
    spread = np.where(spread > 1e-12, spread, 1.0)
    z = (scores - mean) / spread
    base = (truth.sum(axis=0) + 0.5) / (n + 1.0)
    start = np.log(base / (1 - base))
    shared = _newton(z.ravel(order="F")[:, None], truth.ravel(order="F")[:, None], np.repeat(start, n)[:, None])
    offset, slope = _newton(z, truth, np.broadcast_to(start, z.shape), towards=shared, prior=prior)
    return Calibrator(mean, spread, start + offset, np.maximum(slope, 0.0))


def _newton(
    z: Floats, truth: Bools, start: Floats, *, towards: tuple[Floats, Floats] | None = None, prior: float = 1.0
) -> tuple[Floats, Floats]:
    """Offset and slope of a logistic regression of each column on its score: Newton's method, Gaussian prior."""
    centre = towards or (np.zeros(1), np.ones(1))
    offset, slope = (np.broadcast_to(value, z.shape[1]).astype(np.float64).copy() for value in centre)
    for _ in range(12):
        p = sigmoid(start + offset + slope * z)
        error, weight = p - truth, p * (1 - p)
        first = error.sum(axis=0) + prior * (offset - centre[0])
        second = (error * z).sum(axis=0) + prior * (slope - centre[1])
        aa, bb, ab = weight.sum(axis=0) + prior, (weight * z * z).sum(axis=0) + prior, (weight * z).sum(axis=0)
        determinant = aa * bb - ab * ab
        offset -= np.clip((bb * first - ab * second) / determinant, -2, 2)
        slope -= np.clip((aa * second - ab * first) / determinant, -2, 2)
    return offset, slope


def log_loss(probabilities: Floats, truth: Bools) -> Floats:
    """The mean logarithmic loss of each code's probabilities (rows x codes): 0 is perfect."""
    p = np.clip(np.where(truth, probabilities, 1 - probabilities), 1e-9, 1.0)
    return np.asarray(-np.log(p).mean(axis=0), dtype=np.float64)


def thresholds(
    probabilities: Floats, truth: Bools, *, aim: Aim = "f1", precision: float = 0.7, prior: float = THRESHOLD_PRIOR
) -> Floats:
    """The probability from which each code is given, chosen on rows whose codes are known.

    `aim` f1: precision and recall together about as good as they get, with no more given than that takes. `aim`
    precision: the lowest threshold at which at least that share of what is given is right. A code's own counts are
    added to all codes' counts, scaled to `prior` passages, so that a rare code is decided much as the others are.
    """
    given, right = _counts(probabilities, truth)
    total = truth.sum(axis=0).astype(np.float64)
    if not len(truth) or not total.sum():
        return np.full(probabilities.shape[1], 0.5)
    scale = prior / total.sum()
    given = given + scale * given.sum(axis=1, keepdims=True)
    right = right + scale * right.sum(axis=1, keepdims=True)
    total = total + prior
    steps = np.arange(1, STEPS) / STEPS
    if aim == "f1":
        f1 = 2 * right / (given + total)
        # Around its best F1 hardly changes; of thresholds that do about as well, the strictest says least.
        enough = f1 >= NEARLY_BEST * f1.max(axis=0)
        return np.asarray(steps[len(steps) - 1 - np.argmax(enough[::-1], axis=0)], dtype=np.float64)
    reached = right / np.maximum(given, 1e-9) >= precision
    return np.where(reached.any(axis=0), steps[np.argmax(reached, axis=0)], 1.0)


def _counts(probabilities: Floats, truth: Bools) -> tuple[Floats, Floats]:
    """At each threshold 1/STEPS ... (STEPS-1)/STEPS (rows) and code (columns): passages given, and rightly given."""
    k = probabilities.shape[1]
    bins = np.minimum((probabilities * STEPS).astype(np.int64), STEPS - 1)
    flat = (bins * k + np.arange(k)).ravel()
    given = np.bincount(flat, minlength=STEPS * k).reshape(STEPS, k)
    right = np.bincount(flat, weights=truth.ravel().astype(np.float64), minlength=STEPS * k).reshape(STEPS, k)
    above_given, above_right = (np.cumsum(part[::-1], axis=0)[::-1][1:].astype(np.float64) for part in (given, right))
    return above_given, above_right


def reliability(probabilities: Floats, truth: Bools, *, bins: int = 10) -> pd.DataFrame:
    """The reliability curve: one row a bin of equal width (low, high, n, mean_score, share), empty bins left out.

    `share` is how often the code was really given. The expected calibration error is the mean distance of share and
    mean_score, weighted by n (Naeini et al. 2015).
    """
    p, y = np.asarray(probabilities).ravel(), np.asarray(truth).ravel().astype(np.float64)
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    n = np.bincount(place, minlength=bins)
    sums = np.bincount(place, weights=p, minlength=bins), np.bincount(place, weights=y, minlength=bins)
    used = np.flatnonzero(n)
    return pd.DataFrame(
        {
            "low": used / bins,
            "high": (used + 1) / bins,
            "n": n[used],
            "mean_score": sums[0][used] / n[used],
            "share": sums[1][used] / n[used],
        }
    )


def calibration_error(curve: pd.DataFrame) -> float:
    """Expected calibration error of a reliability curve, 0 to 1; nan for an empty one."""
    if curve.empty:
        return float("nan")
    return float(np.average((curve["share"] - curve["mean_score"]).abs(), weights=curve["n"]))
