"""Few-shot mapping: learns codes from human-coded passages, never from the document being predicted.

Uses ridge regression of codes on features, for all codes at once (regularised least squares as a classifier: Rifkin &
Klautau 2004), at the cost of one matrix product and a few solves whatever the number of codes. Further scores are those
from the codebook's words, the codes of the most similar coded passages, and the scores of adjacent segments;
`calibration` combines them. Folds are whole documents; probabilities and thresholds of a fold are based on scores from
models that saw neither that fold nor the fold they score.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from pipeline.core.terms import Aim
from pipeline.deductive import calibration
from pipeline.deductive.calibration import Bools, Floats
from pipeline.deductive.mapping_near import Ints, Nearest, around

EVERYTHING = -1
UNPREDICTED = -2
# Number of kinds of score.
KINDS = 4
# Minimum number of folds for calibration on out-of-fold scores.
FOLDS_TO_CALIBRATE = 3
# Number of passages of a code that halves the weight of the codebook's words.
WORDS_UNTIL = 50.0
# Number of known passages at which half of the penalty applies: with few passages it is lower.
RIDGE_FROM = 100.0
# A code's codebook lines together count at most as much as this many of them.
LINES = 4.0


@dataclass(frozen=True)
class Options:
    """Settings of learning.

    `ridge`: penalty with many known passages; `text_weight`: weight of a codebook line relative to a coded passage;
    `by_words`: weight of zero-shot scores, in standard deviations of the learned ones, for a code without passages; it
    falls as passages are added.
    """

    folds: int = 5
    ridge: float = 1.0
    text_weight: float = 1.0
    by_words: float = 0.8
    aim: Aim = "f1"
    precision: float = 0.7


@dataclass(frozen=True)
class Predicted:
    """Predictions, rows x codes. `thresholds`: rows x codes.

    `fold`: the fold whose model predicted a row; EVERYTHING if no fold had to be left out; UNPREDICTED if no unbiased
    prediction exists (the only coded document).
    """

    probabilities: Floats
    thresholds: Floats
    fold: Ints


def folds_of(groups: npt.NDArray[np.str_], *, coded: Bools, folds: int) -> Ints:
    """Return a fold per row: rows of one group (document) share it; EVERYTHING for groups without codes.

    Groups are assigned, largest first, to the smallest fold so far, so that folds have similar sizes whatever the row
    order. Codes play no role.
    """
    names, place = np.unique(groups[coded], return_inverse=True)
    sizes = np.bincount(place, minlength=len(names))
    k = min(folds, len(names))
    sizes_of_folds = np.zeros(max(k, 1), dtype=np.int64)
    fold_of: dict[str, int] = {}
    for number in sorted(range(len(names)), key=lambda i: (-sizes[i], names[i])):
        chosen = int(np.argmin(sizes_of_folds))
        fold_of[str(names[number])] = chosen
        sizes_of_folds[chosen] += sizes[number]
    return np.array([fold_of.get(str(group), EVERYTHING) for group in groups], dtype=np.int64)


@dataclass(frozen=True)
class _Sums:
    """Sufficient statistics of ridge regression for some rows: X'X and X'Y."""

    features: Floats
    codes: Floats

    def __add__(self, other: "_Sums") -> "_Sums":
        return _Sums(self.features + other.features, self.codes + other.codes)

    def solve(self, ridge: float) -> Floats:
        """Return coefficients (features x codes); the last feature is the constant, which is not penalised."""
        penalty = np.full(len(self.features), ridge)
        penalty[-1] = 1e-6
        return np.asarray(np.linalg.solve(self.features + np.diag(penalty), self.codes), dtype=np.float64)


def _sums(X: Floats, Y: Floats) -> _Sums:
    return _Sums(X.T @ X, X.T @ Y)


@dataclass(frozen=True)
class _Scorer:
    """Four kinds of scores by one model: learned plus words; learned; of similar passages; of adjacent segments.

    `own`: statistics of the codebook's lines; `groups`: documents of sorted rows, None if rows are not sorted.
    """

    X: Floats
    Y: Floats
    own: _Sums
    words: Floats | None
    nearest: Nearest
    groups: npt.NDArray[np.str_] | None
    options: Options

    def __call__(self, parts: list[_Sums], folds: list[int]) -> Floats:
        """Return scores (kinds x rows x codes) from the given folds (`parts`: the statistics of each)."""
        sums = sum(parts, start=self.own)
        # The last feature is always one, so its products are counts.
        passages = np.maximum(sums.codes[-1], 0.0)
        rows = float(sum(part.features[-1, -1] for part in parts))
        plain: Floats = self.X @ sums.solve(max(self.options.ridge * rows / (rows + RIDGE_FROM), 1e-3))
        by_words = plain
        if self.words is not None:
            # Uses only the spread and the passages that the model itself has seen.
            share = self.options.by_words * WORDS_UNTIL / (WORDS_UNTIL + passages)
            by_words = plain + float(plain.std(axis=0).mean()) * share * self.words
        alike = self.nearest(self.Y, folds)
        return np.stack(
            [by_words, plain, alike, np.zeros_like(by_words) if self.groups is None else around(by_words, self.groups)]
        )


def predict(
    X: Floats,
    Y: Bools,
    *,
    groups: npt.NDArray[np.str_],
    seen: Bools,
    options: Options,
    texts: tuple[Floats, Bools] | None = None,
    words: Floats | None = None,
    in_order: bool = False,
) -> Predicted:
    """Return probabilities, thresholds and folds for every row (`X`: rows x features; `Y`: rows x codes).

    `seen`: rows with known codes (read by a coder); only they are learned from. `groups`: each row's document. `texts`:
    features and codes of codebook lines, available to every model. `words`: zero-shot scores (rows x codes),
    independent of human codes. `in_order`: rows are sorted by `context.order`, so that adjacent rows may be used.
    """
    coded = np.isin(groups, np.unique(groups[seen]))
    fold = folds_of(groups, coded=coded, folds=options.folds)
    k = int(fold.max(initial=EVERYTHING)) + 1
    nearest = Nearest.of(X, np.where(seen, fold, EVERYTHING), k)
    X, texts = _in_span(X, seen, texts)
    X = np.hstack([X, np.ones((len(X), 1))])
    # Rows that were not seen have no codes, whatever `Y` contains there.
    known = (Y & seen[:, None]).astype(np.float64)
    learned = [_sums(X[seen & (fold == f)], known[seen & (fold == f)]) for f in range(k)]
    own = _of_texts(texts, X.shape[1], Y.shape[1], options.text_weight)
    model = _Scorer(X, known, own, words, nearest, groups if in_order else None, options)

    def without(*left: int) -> Floats:
        # Summed again each time, because subtraction would change the last digit.
        remaining = [f for f in range(k) if f not in left]
        return model([learned[f] for f in remaining], remaining)

    scores = np.zeros((KINDS, *Y.shape))
    inner: dict[tuple[int, int], Floats] = {}
    for f in range(k):
        scores[:, fold == f] = without(f)[:, fold == f]
    for f, g in combinations(range(k), 2) if k >= FOLDS_TO_CALIBRATE else []:
        both = without(f, g)
        inner[f, g] = both[:, seen & (fold == g)]  # the scores of g by which f is decided
        inner[g, f] = both[:, seen & (fold == f)]
    if (fold == EVERYTHING).any():
        scores[:, fold == EVERYTHING] = without()[:, fold == EVERYTHING]
    return _decided(scores, Y, fold=fold, seen=seen, inner=inner, k=k, options=options)


def _in_span(X: Floats, seen: Bools, texts: tuple[Floats, Bools] | None) -> tuple[Floats, tuple[Floats, Bools] | None]:
    """Return the features in the directions of the known rows and lines, if these are fewer than the features.

    Coefficients of ridge regression lie in the span of what they are learned from, so predictions stay the same and
    cost a fraction.
    """
    lines = texts[0] if texts is not None else X[:0]
    learned = np.vstack([X[seen], lines])
    if not 0 < len(learned) < X.shape[1]:
        return X, texts
    directions = np.linalg.qr(learned.T)[0]
    return X @ directions, None if texts is None else (lines @ directions, texts[1])


def _of_texts(texts: tuple[Floats, Bools] | None, features: int, codes: int, weight: float) -> _Sums:
    if texts is None or not len(texts[0]):
        return _Sums(np.zeros((features, features)), np.zeros((features, codes)))
    X, Y = np.hstack([texts[0], np.ones((len(texts[0]), 1))]), texts[1].astype(np.float64)
    # Limited, because a category described by the lines of all its codes would outweigh human codes.
    share = weight * (Y * np.minimum(1.0, LINES / np.maximum(Y.sum(axis=0), 1.0))).max(axis=1, initial=0.0)
    return _Sums((X.T * share) @ X, (X.T * share) @ Y)


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
        # Out-of-fold scores of the learned rows; for a fold, from models that have not seen that fold either.
        known = scores[:, learned] if f == EVERYTHING else np.hstack([inner[f, g] for g in others])
        truth = Y[learned] if f == EVERYTHING else np.vstack([Y[seen & (fold == g)] for g in others])
        calibrator = calibration.fit(known, truth)
        probabilities[rows] = calibrator(scores[:, rows])
        limits[rows] = calibration.thresholds(calibrator(known), truth, aim=options.aim, precision=options.precision)
    alone = fold if k > 1 else np.where(fold == EVERYTHING, EVERYTHING, UNPREDICTED)
    return Predicted(probabilities, limits, alone)


def _by_rate(scores: Floats, truth: Bools) -> tuple[Floats, Floats]:
    """Return scores as probabilities, with thresholds at the known rate of codes; used with too few documents."""
    share = float(truth.mean()) if truth.size else 0.0
    p = np.clip(scores, 0.0, 1.0).round(calibration.DIGITS)
    limit = float(np.quantile(p, 1 - share)) if p.size else 1.0
    return p, np.full(scores.shape, np.clip(limit, 0.01, 1.0))
