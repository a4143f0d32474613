"""Few-shot mapping: learn codes from passages that people coded, and never from the document being predicted.

The learner is ridge regression of each code on the passages' features, all codes at once (regularised least squares
as a classifier: Rifkin & Klautau 2004), which costs one matrix product and a few solves whatever the number of codes.
Beside it count what the codebook's words say, the codes of the most similar coded passages, and what is found in the
talk just before and after; `calibration` weighs them. Folds are whole documents; the scores by which a fold's
probabilities and thresholds are chosen come from models that have seen neither that fold nor the fold they score.
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
# Kinds of score.
KINDS = 4
# Out-of-fold scores from fewer folds than this are too few to calibrate on.
FOLDS_TO_CALIBRATE = 3
# So many passages of a code halve what the codebook's words count.
WORDS_UNTIL = 50.0
# So many known passages bring half of the penalty: of few, more must be made.
RIDGE_FROM = 100.0
# A code's lines in the codebook together count no more than so many of them would.
LINES = 4.0


@dataclass(frozen=True)
class Options:
    """How to learn.

    `ridge`: strength of the penalty where much is known; `text_weight`: how much a line of the codebook counts against
    a coded passage; `by_words`: how much the zero-shot scores count, in standard deviations of the learned ones, while
    a code has no passage yet; it counts less and less as there are more.
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


def _sums(X: Floats, Y: Floats) -> _Sums:
    return _Sums(X.T @ X, X.T @ Y)


@dataclass(frozen=True)
class _Scorer:
    """Scores of all rows by one model, four kinds: learned and by words; learned; of similar passages; of what is near.

    `own`: what the codebook's lines teach; `groups`: of rows in the order of the talk, None where they are in no order.
    """

    X: Floats
    Y: Floats
    own: _Sums
    words: Floats | None
    nearest: Nearest
    groups: npt.NDArray[np.str_] | None
    options: Options

    def __call__(self, parts: list[_Sums], folds: list[int]) -> Floats:
        """Scores (kinds x rows x codes) by what the folds hold (`parts`: the sums of each)."""
        sums = sum(parts, start=self.own)
        # The last feature is one everywhere, so that its products are counts.
        passages = np.maximum(sums.codes[-1], 0.0)
        rows = float(sum(part.features[-1, -1] for part in parts))
        plain: Floats = self.X @ sums.solve(max(self.options.ridge * rows / (rows + RIDGE_FROM), 1e-3))
        told = plain
        if self.words is not None:
            # The model's own spread and its own passages: nothing here has seen what the model has not.
            share = self.options.by_words * WORDS_UNTIL / (WORDS_UNTIL + passages)
            told = plain + float(plain.std(axis=0).mean()) * share * self.words
        alike = self.nearest(self.Y, folds)
        return np.stack([told, plain, alike, np.zeros_like(told) if self.groups is None else around(told, self.groups)])


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
    """Probabilities, thresholds and folds for every row (features `X`: rows x features; codes `Y`: rows x codes).

    `seen` marks the rows whose codes are known (a coder read them): only they are learned from. `groups` names each
    row's document. `texts` holds features and codes of the codebook's own lines, which every model may learn from, and
    `words` the zero-shot scores (rows x codes), which no coding has touched. `in_order`: rows are in the order of the
    talk, so that what is found in a passage's neighbours may count too.
    """
    coded = np.isin(groups, np.unique(groups[seen]))
    fold = folds_of(groups, coded=coded, folds=options.folds)
    k = int(fold.max(initial=EVERYTHING)) + 1
    nearest = Nearest.of(X, np.where(seen, fold, EVERYTHING), k)
    X = np.hstack([X, np.ones((len(X), 1))])
    # What was not seen is nobody's answer, whatever the caller has there.
    known = (Y & seen[:, None]).astype(np.float64)
    learned = [_sums(X[seen & (fold == f)], known[seen & (fold == f)]) for f in range(k)]
    own = _of_texts(texts, X.shape[1], Y.shape[1], options.text_weight)
    model = _Scorer(X, known, own, words, nearest, groups if in_order else None, options)

    def without(*left: int) -> Floats:
        # Added up anew each time: to subtract would leave a trace in the last digit.
        kept = [f for f in range(k) if f not in left]
        return model([learned[f] for f in kept], kept)

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


def _of_texts(texts: tuple[Floats, Bools] | None, features: int, codes: int, weight: float) -> _Sums:
    if texts is None or not len(texts[0]):
        return _Sums(np.zeros((features, features)), np.zeros((features, codes)))
    X, Y = np.hstack([texts[0], np.ones((len(texts[0]), 1))]), texts[1].astype(np.float64)
    # A category that is described by the lines of all its codes would drown what people coded.
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
        # Out-of-fold scores of what was learned from; for a fold, of models that have not seen that fold either.
        known = scores[:, learned] if f == EVERYTHING else np.hstack([inner[f, g] for g in others])
        truth = Y[learned] if f == EVERYTHING else np.vstack([Y[seen & (fold == g)] for g in others])
        calibrator = calibration.fit(known, truth)
        probabilities[rows] = calibrator(scores[:, rows])
        limits[rows] = calibration.thresholds(calibrator(known), truth, aim=options.aim, precision=options.precision)
    alone = fold if k > 1 else np.where(fold == EVERYTHING, EVERYTHING, UNPREDICTED)
    return Predicted(probabilities, limits, alone)


def _by_rate(scores: Floats, truth: Bools) -> tuple[Floats, Floats]:
    """With too few documents to calibrate on: scores as they are, and as many codes a row as the known rows have."""
    share = float(truth.mean()) if truth.size else 0.0
    p = np.clip(scores, 0.0, 1.0).round(calibration.DIGITS)
    limit = float(np.quantile(p, 1 - share)) if p.size else 1.0
    return p, np.full(scores.shape, np.clip(limit, 0.01, 1.0))
