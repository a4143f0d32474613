"""Turns scores into probabilities, and probabilities into decisions.

Several scores of a passage (learned, from the codebook's words, of its neighbours) are combined into one probability by
logistic regression on coded passages (stacking: Wolpert 1992; calibration: Platt 1999). One set of weights is learned
from all codes together, and each code deviates from it as far as its own passages support, so that codes with few
examples borrow strength. Thresholds serve a stated aim and are shrunk in the same way. Callers decide which rows may be
learned from.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.core.terms import Aim

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Strength of shrinkage towards the weights of all codes; and the number of passages for which all codes' counts stand
# when a threshold is chosen. Otherwise the best threshold of a rare code is often to assign it to nearly everything
# (Lipton et al. 2014).
PRIOR = 100.0
THRESHOLD_PRIOR = 100.0
STEPS = 100
ROUNDS = 12
ENOUGH = 1e-9
# Scores are compared with thresholds at this precision, because further digits depend on the processor.
DIGITS = 6


@dataclass(frozen=True)
class Calibrator:
    """Turns scores (kinds x rows x codes) into probabilities (rows x codes).

    `mean`, `spread`: of each kind of score over all codes, which preserves differences in frequency between codes.
    `weights`: codes x (constant, then kinds).
    """

    mean: Floats
    spread: Floats
    weights: Floats

    def __call__(self, scores: Floats) -> Floats:
        """Return probabilities from 0 to 1."""
        found = sigmoid((_inputs(scores, self.mean, self.spread) @ self.weights[:, :, None])[:, :, 0].T)
        return found.round(DIGITS)


def sigmoid(values: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    clipped = np.clip(values, -30.0, 30.0)
    return np.asarray(1.0 / (1.0 + np.exp(-clipped)), dtype=np.float64)


def _inputs(scores: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return codes x rows x (constant, then each kind of score in standard deviations)."""
    z = (scores - mean[:, None, None]) / spread[:, None, None]
    return np.ascontiguousarray(np.concatenate([np.ones((1, *z.shape[1:])), z]).transpose(2, 1, 0))


def fit(scores: Floats, truth: Bools, *, prior: float = PRIOR) -> Calibrator:
    """Learn from rows with known codes (scores: kinds x rows x codes, main kind first; truth: rows x codes).

    A code that never occurs is about as improbable as its scores make a rare one.
    """
    mean, spread = scores.mean(axis=(1, 2)), scores.std(axis=(1, 2))
    spread = np.where(spread > 1e-12, spread, 1.0)
    inputs, known = _inputs(scores, mean, spread), truth.T.astype(np.float64)
    base = (known.sum() + 0.5) / (known.size + 1.0)
    # Prior: the share of codes assigned, and the main score.
    start = np.zeros(inputs.shape[2])
    start[0], start[1] = np.log(base / (1 - base)), 1.0
    shared = _newton(inputs.reshape(1, -1, len(start)), known.reshape(1, -1), towards=start, prior=1.0)
    return Calibrator(mean, spread, _newton(inputs, known, towards=shared[0], prior=prior))


def _newton(inputs: Floats, known: Floats, *, towards: Floats, prior: float) -> Floats:
    """Return logistic regression weights per code (codes x inputs), with a Gaussian prior around `towards`."""
    weights = np.repeat(towards[None], len(inputs), axis=0)
    turned, penalty = inputs.transpose(0, 2, 1), prior * np.eye(len(towards))
    for _ in range(ROUNDS):
        p = sigmoid((inputs @ weights[:, :, None])[:, :, 0])
        slope = (turned @ (p - known)[:, :, None])[:, :, 0] + prior * (weights - towards)
        bend = turned @ (inputs * (p * (1 - p))[:, :, None]) + penalty
        step = np.clip(np.linalg.solve(bend, slope[:, :, None])[:, :, 0], -2, 2)
        weights -= step
        if np.abs(step).max(initial=0.0) < ENOUGH:
            break
    return weights


def thresholds(
    probabilities: Floats, truth: Bools, *, aim: Aim = "f1", precision: float = 0.7, prior: float = THRESHOLD_PRIOR
) -> Floats:
    """Return the probability from which each code is assigned, chosen on rows with known codes.

    `aim` f1: assigns a code about as often as people did, where precision equals recall; on other documents this
    performs as well as the threshold with the best F1 on the known ones, or better, especially with few. `aim`
    precision: the lowest threshold that reaches this share of correct assignments. Counts of all codes, scaled to
    `prior` passages, are added to a code's own, so that rare codes are treated much like the others.
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
    """Return passages assigned, and correctly assigned, per threshold 1/STEPS ... (STEPS-1)/STEPS and code."""
    k = probabilities.shape[1]
    # Without rounding, 0.29 * 100 is below 29.
    bins = np.minimum((probabilities * STEPS).round(DIGITS).astype(np.int64), STEPS - 1)
    flat = (bins * k + np.arange(k)).ravel()
    given = np.bincount(flat, minlength=STEPS * k).reshape(STEPS, k)
    right = np.bincount(flat, weights=truth.ravel().astype(np.float64), minlength=STEPS * k).reshape(STEPS, k)
    above_given, above_right = (np.cumsum(part[::-1], axis=0)[::-1][1:].astype(np.float64) for part in (given, right))
    return above_given, above_right


def reliability(probabilities: Floats, truth: Bools, *, bins: int = 10) -> pd.DataFrame:
    """Return the reliability curve: one row per non-empty bin of equal width (low, high, n, mean_score, share).

    `share` is how often the code truly applied. The expected calibration error is the mean difference of share and
    mean_score weighted by n (Naeini et al. 2015).
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
    """Return the expected calibration error of a reliability curve, from 0 to 1; nan if it is empty."""
    if curve.empty:
        return float("nan")
    return float(np.average((curve["share"] - curve["mean_score"]).abs(), weights=curve["n"]))
