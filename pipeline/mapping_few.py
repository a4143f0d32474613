"""Few-shot mapping: learn codes from passages that people coded, and never from the document being predicted.

The learner is ridge regression of each code on the passages' features, all codes at once (regularised least squares
as a classifier: Rifkin & Klautau 2004); its scores are then calibrated. It costs one matrix product and a few solves
whatever the number of codes, which makes honest nesting cheap: folds are whole documents; the scores by which a fold's
probabilities and thresholds are chosen come from models that have seen neither that fold nor the fold they score.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from pipeline import calibration
from pipeline.calibration import Aim, Bools, Floats

Ints = npt.NDArray[np.int64]

EVERYTHING = -1
UNPREDICTED = -2
# Out-of-fold scores from fewer folds than this are too few to calibrate on.
FOLDS_TO_CALIBRATE = 3


@dataclass(frozen=True)
class Options:
    """How to learn. `ridge`: strength of the penalty; `text_weight`: how much a line of the codebook counts."""

    folds: int = 5
    ridge: float = 1.0
    text_weight: float = 1.0
    aim: Aim = "f1"
    precision: float = 0.7


@dataclass(frozen=True)
class Predicted:
    """Rows x codes. `fold`: which fold's model a row comes from, EVERYTHING where no fold had to be left out,

    UNPREDICTED where no honest prediction exists (the only coded document). `thresholds`: rows x codes.
    """

    probabilities: Floats
    thresholds: Floats
    fold: Ints


def folds_of(groups: npt.NDArray[np.str_], *, coded: Bools, folds: int) -> Ints:
    """A fold for each row: rows of one group (a document) share it; EVERYTHING where nobody coded the group.

    Groups go to the fold that holds least so far, the largest first, so that folds are of like size whatever the order
    of rows. The codes themselves play no part.
    """
    names, place = np.unique(groups[coded], return_inverse=True)
    sizes = np.bincount(place, minlength=len(names))
    k = min(folds, len(names))
    held = np.zeros(max(k, 1), dtype=np.int64)
    fold_of: dict[str, int] = {}
    for number in sorted(range(len(names)), key=lambda i: (-sizes[i], names[i])):
        chosen = int(np.argmin(held))
        fold_of[str(names[number])] = chosen
        held[chosen] += sizes[number]
    return np.array([fold_of.get(str(group), EVERYTHING) for group in groups], dtype=np.int64)


@dataclass(frozen=True)
class _Sums:
    """What ridge regression needs of some rows: products of their features with each other and with their codes."""

    features: Floats
    codes: Floats

    def __add__(self, other: "_Sums") -> "_Sums":
        return _Sums(self.features + other.features, self.codes + other.codes)

    def __sub__(self, other: "_Sums") -> "_Sums":
        return _Sums(self.features - other.features, self.codes - other.codes)

    def solve(self, ridge: float) -> Floats:
        """Coefficients, features x codes; the last feature is the constant, which is not penalised."""
        penalty = np.full(len(self.features), ridge)
        penalty[-1] = 1e-6
        return np.asarray(np.linalg.solve(self.features + np.diag(penalty), self.codes), dtype=np.float64)


def _sums(X: Floats, Y: Floats, weight: float = 1.0) -> _Sums:
    return _Sums(weight * (X.T @ X), weight * (X.T @ Y))


def predict(
    X: Floats,
    Y: Bools,
    *,
    groups: npt.NDArray[np.str_],
    seen: Bools,
    options: Options,
    texts: tuple[Floats, Bools] | None = None,
) -> Predicted:
    """Probabilities, thresholds and folds for every row (features `X`: rows x features; codes `Y`: rows x codes).

    `seen` marks the rows whose codes are known (a coder read them): only they are learned from. `groups` names each
    row's document. `texts` holds features and codes of the codebook's own lines, which every model may learn from.
    """
    X = np.hstack([X, np.ones((len(X), 1))])
    coded = np.isin(groups, np.unique(groups[seen]))
    fold = folds_of(groups, coded=coded, folds=options.folds)
    k = int(fold.max()) + 1
    own = (
        _sums(np.hstack([texts[0], np.ones((len(texts[0]), 1))]), texts[1].astype(float), options.text_weight)
        if (texts is not None and len(texts[0]))
        else _Sums(np.zeros((X.shape[1],) * 2), np.zeros((X.shape[1], Y.shape[1])))
    )
    learned = [_sums(X[seen & (fold == f)], Y[seen & (fold == f)].astype(np.float64)) for f in range(k)]
    whole = sum(learned, start=own)
    without = {f: whole - learned[f] for f in range(k)}
    scores = np.full(Y.shape, np.nan)
    inner: dict[tuple[int, int], Floats] = {}
    for f in range(k):
        scores[fold == f] = X[fold == f] @ without[f].solve(options.ridge)
    for f, g in combinations(range(k), 2) if k > FOLDS_TO_CALIBRATE - 1 else []:
        coefficients = (without[f] - learned[g]).solve(options.ridge)
        inner[f, g] = X[seen & (fold == g)] @ coefficients  # the scores of g for what decides f
        inner[g, f] = X[seen & (fold == f)] @ coefficients
    scores[fold == EVERYTHING] = X[fold == EVERYTHING] @ whole.solve(options.ridge)
    return _decided(scores, Y, fold=fold, seen=seen, inner=inner, k=k, options=options)


def _decided(
    scores: Floats,
    Y: Bools,
    *,
    fold: Ints,
    seen: Bools,
    inner: dict[tuple[int, int], Floats],
    k: int,
    options: Options,
) -> Predicted:
    probabilities, limits = np.zeros(Y.shape), np.ones(Y.shape)
    for f in (EVERYTHING, *range(k)):
        rows = fold == f
        others = [g for g in range(k) if g != f]
        if not rows.any() or not others:
            continue
        if f == EVERYTHING:
            known = seen & (fold != EVERYTHING)
            learned_from = scores[known], Y[known]
            enough = k >= FOLDS_TO_CALIBRATE
        else:
            enough = bool(inner)
            learned_from = (
                np.vstack([inner[f, g] for g in others]) if enough else scores[:0],
                np.vstack([Y[seen & (fold == g)] for g in others]) if enough else Y[:0],
            )
        probabilities[rows], limits[rows] = _by(*learned_from, scores[rows], enough=enough, options=options)
    alone = fold if k > 1 else np.where(fold == EVERYTHING, EVERYTHING, UNPREDICTED)
    return Predicted(probabilities, limits, alone)


def _by(known: Floats, truth: Bools, scores: Floats, *, enough: bool, options: Options) -> tuple[Floats, Floats]:
    """Probabilities and thresholds for scores, learned from known ones; without enough, the scores as they are."""
    if not enough:
        return np.clip(scores, 0.0, 1.0), np.full(scores.shape, 0.3)
    calibrator = calibration.fit(known, truth)
    limits = calibration.thresholds(calibrator(known), truth, aim=options.aim, precision=options.precision)
    return calibrator(scores), np.broadcast_to(limits, scores.shape)
