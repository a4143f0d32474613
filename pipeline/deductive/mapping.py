"""One mapping of segments to codes, by one method: scores, thresholds and assigned codes.

A code with sub-codes gets the highest score among itself and them, and is assigned itself only if none of its sub-codes
is: the passage then belongs to the category, and nothing more specific can be said.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.deductive import mapping_features, mapping_few, mapping_zero, promise
from pipeline.deductive.calibration import Bools, Floats
from pipeline.deductive.codebook import Codebook
from pipeline.deductive.coded import Tree, Truth
from pipeline.deductive.mapping_features import Views
from pipeline.deductive.mapping_few import EVERYTHING, UNPREDICTED
from pipeline.deductive.mapping_near import Ints

# A sub-code is assigned to a passage of its category from this share of its own threshold.
NEARLY = 0.5


@dataclass(frozen=True)
class Mapped:
    """The result of one method: rows are substantive segments, columns codes.

    `scores`: 0 to 1; `limits`: thresholds; `accepted`: codes assigned; `told`: rows that the method could predict;
    `fold`: the fold left out of the model used for a row (EVERYTHING: none needed to be). `promised`: what can be
    promised of the precision, if that is the aim.
    """

    method: str
    codes: tuple[str, ...]
    scores: Floats
    limits: Floats
    accepted: Bools
    told: Bools
    fold: Ints
    promised: promise.Promise | None = None


@dataclass(frozen=True)
class Material:
    """The inputs of mapping: rows of `segments` are substantive segments sorted by `context.order`.

    `lines`: the codebook's texts; `of_line`: the codes of each, with ancestors; `words`: zero-shot scores (segments x
    codes of the book) before roll-up; `learned_from`: features, computed on first use, since zero-shot mapping needs
    none.
    """

    segments: pd.DataFrame
    views: Views
    lines: tuple[str, ...]
    of_line: Bools
    words: Floats
    vectors: dict[str, npt.NDArray[np.float32]] = field(repr=False)
    vocabulary: int
    seed: int

    @cached_property
    def learned_from(self) -> tuple[Floats, Floats]:
        """The features of segments, and of lines in the same columns."""
        width = self.views.plain.shape[1]
        vectors = np.array([self.vectors[text] for text in self.lines], dtype=np.float64).reshape(-1, width)
        words, line_words = mapping_features.vocabulary(
            self.segments["text"].tolist(), list(self.lines), size=self.vocabulary, seed=self.seed
        )
        return mapping_features.of_segments(self.views, words), mapping_features.of_texts(vectors, line_words)

    def part(self, rows: Bools) -> "Material":
        """Return some of the segments, with the features they have among all."""
        features, lines = self.learned_from
        views = Views(self.views.plain[rows], self.views.around[rows], self.views.question[rows])
        segments = self.segments[rows].reset_index(drop=True)
        found = replace(self, segments=segments, views=views, words=self.words[rows])
        vars(found)["learned_from"] = (features[rows], lines)  # what the property would compute and keep
        return found


def zero_shot(material: Material, *, book: Codebook, codes: Tree, codes_per_segment: float) -> Mapped:
    """Map from the codebook's words alone, to the codes of the codebook."""
    own = material.words
    threshold = mapping_zero.limit(own, codes_per_segment=codes_per_segment)
    n = len(book)
    above = codes.above[:n, :n]
    scores = mapping_zero.as_shares(mapping_zero.rolled(own, above), threshold)
    limits = np.full(scores.shape, 0.5)
    rows = len(material.segments)
    return Mapped(
        "zero_shot",
        book.names,
        scores,
        limits,
        decided(scores, limits, above=above, given=np.ones(n, dtype=bool)),
        np.ones(rows, dtype=bool),
        np.full(rows, EVERYTHING),
    )


def few_shot(
    material: Material, *, codes: Tree, truth: Truth, options: mapping_few.Options, units: Ints | None = None
) -> Mapped:
    """Map from human codes, predicting each document with a model that saw none of its codes.

    `units`: the number of each segment's unit of coding, from 0 in the order of the rows; segments of a unit get the
    same codes. Without it each segment is a unit.
    """
    features, lines = material.learned_from
    words = mapping_zero.rolled(_beside(material.words, len(codes.names)), codes.above)
    rows = _Rows(material.segments["document"].to_numpy(dtype=np.str_), features, words, truth.rolled, truth.seen)
    rows = rows if units is None else rows.pooled(units)
    predicted = mapping_few.predict(
        rows.features,
        rows.codes,
        groups=rows.documents,
        seen=rows.seen,
        options=options,
        texts=(lines, material.of_line),
        words=rows.words,
        in_order=True,
    )
    if units is not None:
        predicted = mapping_few.Predicted(
            predicted.probabilities[units], predicted.thresholds[units], predicted.fold[units]
        )
    scores = mapping_zero.rolled(predicted.probabilities, codes.above)
    given = np.array([name in codes.given for name in codes.names], dtype=bool)
    limits, promised = predicted.thresholds, None
    if options.aim == "precision":
        documents = material.segments["document"].to_numpy(dtype=np.str_)
        limits, promised = _promised(
            scores, predicted, truth, documents, above=codes.above, given=given, level=options.precision
        )
    accepted = decided(scores, limits, above=codes.above, given=given)
    predictable = predicted.fold != UNPREDICTED
    accepted &= predictable[:, None]
    return Mapped("few_shot", codes.names, scores, limits, accepted, predictable, predicted.fold, promised)


def _promised(
    scores: Floats,
    predicted: mapping_few.Predicted,
    truth: Truth,
    documents: npt.NDArray[np.str_],
    *,
    above: Bools,
    given: Bools,
    level: float,
) -> tuple[Floats, promise.Promise]:
    """Return thresholds from which the precision is promised, and what is promised.

    A coded document gets the threshold promised from documents of other folds. Where nothing is promised, thresholds
    stay as they were.
    """
    known = truth.seen & (predicted.fold >= 0)
    names, first = np.unique(documents[known], return_index=True)
    fold_of = predicted.fold[known][first]

    def counted(rows: Bools) -> tuple[Ints, Ints]:
        return promise.counted(
            lambda threshold: decided(scores[rows], np.full(scores[rows].shape, threshold), above=above, given=given),
            truth.rolled[rows],
            documents[rows],
            promise.THRESHOLDS,
        )

    n_given, n_right = counted(known)
    # A document that nobody has coded may be larger than those coded.
    largest = counted(predicted.fold != UNPREDICTED)[0].max(axis=1, initial=0)

    def made(chosen: Bools) -> promise.Promise:
        return promise.promise(n_given[:, chosen], n_right[:, chosen], promise.THRESHOLDS, level=level, largest=largest)

    limits = predicted.thresholds.copy()
    for fold in np.unique(predicted.fold[predicted.fold != UNPREDICTED]).tolist():
        from_others = made(fold_of != fold)
        if from_others.holds:
            limits[predicted.fold == fold] = from_others.threshold
    return limits, replace(made(np.ones(len(names), dtype=bool)), documents=np.unique(documents[truth.seen]).size)


@dataclass(frozen=True)
class _Rows:
    """What few-shot mapping learns from and predicts, one row per unit."""

    documents: npt.NDArray[np.str_]
    features: Floats
    words: Floats
    codes: Bools
    seen: Bools

    def pooled(self, units: Ints) -> "_Rows":
        """Return one row per unit: mean features and scores; any code of its rows; read if any of them was."""
        n, first = np.bincount(units), np.unique(units, return_index=True)[1]
        return _Rows(
            self.documents[first],
            _sums(self.features, units) / n[:, None],
            _sums(self.words, units) / n[:, None],
            _sums((self.codes & self.seen[:, None]).astype(np.float64), units) > 0,
            np.bincount(units, weights=self.seen) > 0,
        )


def _sums(values: Floats, units: Ints) -> Floats:
    """Return the sum of the rows of each unit."""
    sums = np.zeros((int(units.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(sums, units, values)
    return sums


def _beside(words: Floats, width: int) -> Floats:
    """Return zero-shot scores with columns of zeros for codes missing from the codebook."""
    return np.hstack([words, np.zeros((len(words), width - words.shape[1]))])


def decided(scores: Floats, limits: Floats, *, above: Bools, given: Bools) -> Bools:
    """Return which codes are assigned: those that reach their threshold, sub-codes before their parents.

    `above`: codes x codes, whether the second is the first or an ancestor; `given`: codes that can be assigned. If a
    code with sub-codes reaches its threshold and none of them does, the best sub-code is assigned if it nearly does,
    otherwise the code itself.
    """
    fits = scores >= limits
    accepted = fits & given
    below = above & ~np.eye(len(above), dtype=bool)
    relative = scores / np.maximum(limits, 1e-9)
    # Deepest first: sub-codes are decided before their parents.
    for code in sorted(range(len(above)), key=lambda column: (-above[column].sum(), column)):
        under = np.flatnonzero(below[:, code] & given)
        if not len(under):
            continue
        open_rows = fits[:, code] & ~accepted[:, under].any(axis=1)
        accepted[:, code] = False
        best = under[np.argmax(relative[:, under], axis=1)]
        nearly = relative[np.arange(len(scores)), best] >= NEARLY
        rows = np.flatnonzero(open_rows & nearly)
        accepted[rows, best[rows]] = True
        accepted[:, code] = open_rows & ~nearly & given[code]
    return accepted


def assignments(mapped: Mapped, segments: pd.DataFrame, *, codes: Tree) -> pd.DataFrame:
    """Return rows of code_assignments: each segment that the method could predict with each assignable code."""
    columns = [number for number, name in enumerate(mapped.codes) if name in codes.given]
    rows = np.flatnonzero(mapped.told)
    names = np.array(mapped.codes, dtype=object)[columns]
    grid = np.ix_(rows, np.array(columns, dtype=np.int64))
    return pd.DataFrame(
        {
            "segment_id": np.repeat(segments["segment_id"].to_numpy()[rows], len(columns)),
            "code": np.tile(names, len(rows)),
            "score": mapped.scores[grid].ravel().round(6),
            "accepted": mapped.accepted[grid].ravel(),
            "method": mapped.method,
        }
    )
