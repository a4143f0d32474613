"""From scores to probabilities, and from probabilities to decisions.

Several scores of a passage (what was learned, what the codebook's words say, its neighbours) become one probability by
logistic regression on known passages (stacking: Wolpert 1992; calibration: Platt 1999). One set of weights is learned
from all codes together, and each code departs from it as far as its own passages insist, so that a code with few
examples is read by its fellows. Thresholds serve a stated aim and are drawn together in the same way. Everything here
is told which rows it may learn from; it never looks elsewhere.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.core.terms import Aim

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# How strongly a code's weights are held to those of all codes, and how many passages all codes' counts stand for beside
# a code's own when its threshold is chosen: what looks best for a rare code is often to give it to nearly everything
# (Lipton et al. 2014).
PRIOR = 100.0
THRESHOLD_PRIOR = 100.0
STEPS = 100
ROUNDS = 12
ENOUGH = 1e-9
# Scores are compared with thresholds to the digits that tables show: what comes after is the processor's.
DIGITS = 6


@dataclass(frozen=True)
class Calibrator:
    """Turns scores (kinds x rows x codes) into probabilities (rows x codes).

    `mean`, `spread`: of each kind of score, over all codes, which keeps what scores say of codes' frequency.
    `weights`: codes x (a constant, then the kinds).
    """

    mean: Floats
    spread: Floats
    weights: Floats

    def __call__(self, scores: Floats) -> Floats:
        """Probabilities, 0 to 1."""
        found = sigmoid((_inputs(scores, self.mean, self.spread) @ self.weights[:, :, None])[:, :, 0].T)
        return found.round(DIGITS)


def sigmoid(values: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    clipped = np.clip(values, -30.0, 30.0)
    return np.asarray(1.0 / (1.0 + np.exp(-clipped)), dtype=np.float64)


def _inputs(scores: Floats, mean: Floats, spread: Floats) -> Floats:
    """Codes x rows x (a constant, then each kind of score in standard deviations)."""
    z = (scores - mean[:, None, None]) / spread[:, None, None]
    return np.ascontiguousarray(np.concatenate([np.ones((1, *z.shape[1:])), z]).transpose(2, 1, 0))


def fit(scores: Floats, truth: Bools, *, prior: float = PRIOR) -> Calibrator:
    """Learn from rows whose codes are known (scores: kinds x rows x codes, the chief kind first; truth: rows x codes).

    A code that never occurs is about as improbable as its scores make a rare one.
    """
    mean, spread = scores.mean(axis=(1, 2)), scores.std(axis=(1, 2))
    spread = np.where(spread > 1e-12, spread, 1.0)
    inputs, known = _inputs(scores, mean, spread), truth.T.astype(np.float64)
    base = (known.sum() + 0.5) / (known.size + 1.0)
    # Before anything is known: the share of codes given, and the chief score.
    start = np.zeros(inputs.shape[2])
    start[0], start[1] = np.log(base / (1 - base)), 1.0
    shared = _newton(inputs.reshape(1, -1, len(start)), known.reshape(1, -1), towards=start, prior=1.0)
    return Calibrator(mean, spread, _newton(inputs, known, towards=shared[0], prior=prior))


def _newton(inputs: Floats, known: Floats, *, towards: Floats, prior: float) -> Floats:
    """Weights of a logistic regression for each code (codes x inputs), Gaussian prior around `towards`."""
    weights = np.repeat(towards[None], len(inputs), axis=0)
    turned, held = inputs.transpose(0, 2, 1), prior * np.eye(len(towards))
    for _ in range(ROUNDS):
        p = sigmoid((inputs @ weights[:, :, None])[:, :, 0])
        slope = (turned @ (p - known)[:, :, None])[:, :, 0] + prior * (weights - towards)
        bend = turned @ (inputs * (p * (1 - p))[:, :, None]) + held
        step = np.clip(np.linalg.solve(bend, slope[:, :, None])[:, :, 0], -2, 2)
        weights -= step
        if np.abs(step).max(initial=0.0) < ENOUGH:
            break
    return weights


def thresholds(
    probabilities: Floats, truth: Bools, *, aim: Aim = "f1", precision: float = 0.7, prior: float = THRESHOLD_PRIOR
) -> Floats:
    """The probability from which each code is given, chosen on rows whose codes are known.

    `aim` f1: a code is given about as often as people gave it, where precision and recall meet; measured on other
    documents this does as well as the threshold of the best F1 on those known, or better, above all while few are.
    `aim` precision: the lowest threshold at which at least that share of what is given is right. A code's own counts
    are added to all codes' counts, scaled to `prior` passages, so that a rare code is decided much as the others are.
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
    reached = given <= total if aim == "f1" else right / np.maximum(given, 1e-9) >= precision
    return np.where(reached.any(axis=0), steps[np.argmax(reached, axis=0)], 1.0)


def _counts(probabilities: Floats, truth: Bools) -> tuple[Floats, Floats]:
    """At each threshold 1/STEPS ... (STEPS-1)/STEPS (rows) and code (columns): passages given, and rightly given."""
    k = probabilities.shape[1]
    # Without rounding, 0.29 * 100 is below 29.
    bins = np.minimum((probabilities * STEPS).round(DIGITS).astype(np.int64), STEPS - 1)
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
