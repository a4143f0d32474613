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
# So many passages of a code halve what the codebook's words count.
WORDS_UNTIL = 50.0


@dataclass(frozen=True)
class Options:
    """How to learn.

    `ridge`: strength of the penalty; `text_weight`: how much a line of the codebook counts against a coded passage;
    `by_words`: how much the zero-shot scores count, in standard deviations of the learned ones, while a code has no
    passage yet; it counts less and less as there are more.
    """

    folds: int = 5
    ridge: float = 1.0
    text_weight: float = 1.0
    by_words: float = 0.8
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

    def solve(self, ridge: float) -> Floats:
        """Coefficients, features x codes; the last feature is the constant, which is not penalised."""
        penalty = np.full(len(self.features), ridge)
        penalty[-1] = 1e-6
        return np.asarray(np.linalg.solve(self.features + np.diag(penalty), self.codes), dtype=np.float64)


def _sums(X: Floats, Y: Floats, weight: float = 1.0) -> _Sums:
    return _Sums(weight * (X.T @ X), weight * (X.T @ Y))


@dataclass(frozen=True)
class _Scorer:
    """Scores of all rows by one model: what it learned, and what the codebook's words say beside it."""

    X: Floats
    words: Floats | None
    ridge: float
    by_words: float

    def __call__(self, learned: _Sums) -> Floats:
        """Scores (2 x rows x codes): with the words, and without; the same twice where there are none."""
        scores: Floats = self.X @ learned.solve(self.ridge)
        told = scores
        if self.words is not None:
            # The model's own spread and its own passages of each code (the last feature is one everywhere, so that its
            # products are counts): nothing here has seen what the model has not.
            passages = np.maximum(learned.codes[-1], 0.0)
            share = self.by_words * WORDS_UNTIL / (WORDS_UNTIL + passages)
            told = scores + float(scores.std(axis=0).mean()) * share * self.words
        return np.stack([told, scores])


def predict(
    X: Floats,
    Y: Bools,
    *,
    groups: npt.NDArray[np.str_],
    seen: Bools,
    options: Options,
    texts: tuple[Floats, Bools] | None = None,
    words: Floats | None = None,
) -> Predicted:
    """Probabilities, thresholds and folds for every row (features `X`: rows x features; codes `Y`: rows x codes).

    `seen` marks the rows whose codes are known (a coder read them): only they are learned from. `groups` names each
    row's document. `texts` holds features and codes of the codebook's own lines, which every model may learn from, and
    `words` the zero-shot scores (rows x codes), which no coding has touched.
    """
    X = np.hstack([X, np.ones((len(X), 1))])
    coded = np.isin(groups, np.unique(groups[seen]))
    fold = folds_of(groups, coded=coded, folds=options.folds)
    k = int(fold.max(initial=EVERYTHING)) + 1
    learned = [_sums(X[seen & (fold == f)], Y[seen & (fold == f)].astype(np.float64)) for f in range(k)]
    own = _of_texts(texts, X.shape[1], Y.shape[1], options.text_weight)

    def without(*left: int) -> _Sums:
        # Added up anew each time: to subtract would leave a trace in the last digit.
        return sum((learned[f] for f in range(k) if f not in left), start=own)

    score = _Scorer(X, words, options.ridge, options.by_words)
    scores = np.zeros((2, *Y.shape))
    inner: dict[tuple[int, int], Floats] = {}
    for f in range(k):
        scores[:, fold == f] = score(without(f))[:, fold == f]
    for f, g in combinations(range(k), 2) if k >= FOLDS_TO_CALIBRATE else []:
        both = score(without(f, g))
        inner[f, g] = both[:, seen & (fold == g)]  # the scores of g by which f is decided
        inner[g, f] = both[:, seen & (fold == f)]
    if (fold == EVERYTHING).any():
        scores[:, fold == EVERYTHING] = score(without())[:, fold == EVERYTHING]
    return _decided(scores, Y, fold=fold, seen=seen, inner=inner, k=k, options=options)


def _of_texts(texts: tuple[Floats, Bools] | None, features: int, codes: int, weight: float) -> _Sums:
    if texts is None:
        return _Sums(np.zeros((features, features)), np.zeros((features, codes)))
    return _sums(np.hstack([texts[0], np.ones((len(texts[0]), 1))]), texts[1].astype(np.float64), weight)


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
        if not rows.any() or not (others or f == EVERYTHING):
            continue
        learned = seen & (fold != f) & (fold != EVERYTHING)
        if not inner:
            probabilities[rows], limits[rows] = _by_rate(scores[0, rows], Y[learned])
            continue
        # Out-of-fold scores of what was learned from; for a fold, of models that have not seen that fold either.
        known = scores[:, learned] if f == EVERYTHING else np.hstack([inner[f, g] for g in others])
        truth = Y[learned] if f == EVERYTHING else np.vstack([Y[seen & (fold == g)] for g in others])
        probabilities[rows], chosen = _by_known(known, truth, scores[:, rows])
        limits[rows] = calibration.thresholds(chosen, truth, aim=options.aim, precision=options.precision)
    alone = fold if k > 1 else np.where(fold == EVERYTHING, EVERYTHING, UNPREDICTED)
    return Predicted(probabilities, limits, alone)


def _by_known(known: Floats, truth: Bools, scores: Floats) -> tuple[Floats, Floats]:
    """Probabilities of scores and of the known scores (each 2 x rows x codes, with and without the codebook's words).

    For each code the words count only where, on what is known, they make its probabilities better (by log loss).
    """
    if np.array_equal(known[0], known[1]):
        calibrator = calibration.fit(known[0], truth)
        return calibrator(scores[0]), calibrator(known[0])
    calibrators = [calibration.fit(one, truth) for one in known]
    told, plain = (calibrator(one) for calibrator, one in zip(calibrators, known, strict=True))
    helps = calibration.log_loss(told, truth) <= calibration.log_loss(plain, truth)
    return np.where(helps, calibrators[0](scores[0]), calibrators[1](scores[1])), np.where(helps, told, plain)


def _by_rate(scores: Floats, truth: Bools) -> tuple[Floats, Floats]:
    """With too few documents to calibrate on: scores as they are, and as many codes a row as the known rows have."""
    share = float(truth.mean()) if truth.size else 0.0
    p = np.clip(scores, 0.0, 1.0)
    limit = float(np.quantile(p, 1 - share)) if p.size else 1.0
    return p, np.full(scores.shape, np.clip(limit, 0.01, 1.0))
