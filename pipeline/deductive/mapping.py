"""One mapping of segments to codes: scores, thresholds and what is given, by one method.

A code with sub-codes scores as the best of itself and them, and is given itself only where none of its sub-codes is:
a passage then belongs to the category, and nothing more specific can be said.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.deductive import mapping_features, mapping_few, mapping_zero
from pipeline.deductive.calibration import Bools, Floats
from pipeline.deductive.codebook import Codebook
from pipeline.deductive.coded import Tree, Truth
from pipeline.deductive.mapping_features import Views
from pipeline.deductive.mapping_few import EVERYTHING, UNPREDICTED
from pipeline.deductive.mapping_near import Ints

# A sub-code is chosen for a passage of its category from this share of its own threshold on.
NEARLY = 0.5


@dataclass(frozen=True)
class Mapped:
    """Rows are the substantive segments, columns the codes of a tree, by one method.

    `scores`: 0 to 1; `limits`: the score from which a code fits; `accepted`: codes given; `told`: rows that the method
    could predict at all; `fold`: the fold left out of the model behind a row (EVERYTHING: none had to be).
    """

    method: str
    codes: tuple[str, ...]
    scores: Floats
    limits: Floats
    accepted: Bools
    told: Bools
    fold: Ints


@dataclass(frozen=True)
class Material:
    """What mapping works on: rows of `segments` are the substantive segments, in the order of the talk.

    `lines`: the codebook's own texts, and `of_line`: the codes each belongs to, with those above. `words`: zero-shot
    scores (segments x codes of the book), without their roll-up. `learned_from`: the features of segments and of lines,
    worked out when they are first asked for, since mapping by words alone needs none.
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


def zero_shot(material: Material, *, book: Codebook, codes: Tree, codes_per_segment: float) -> Mapped:
    """Map by the codebook's words alone, onto the codes of the codebook."""
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


def few_shot(material: Material, *, codes: Tree, truth: Truth, options: mapping_few.Options) -> Mapped:
    """Map by what people coded, each document by a model that has seen no coding of it."""
    features, lines = material.learned_from
    found = mapping_few.predict(
        features,
        truth.rolled,
        groups=material.segments["document"].to_numpy(dtype=np.str_),
        seen=truth.seen,
        options=options,
        texts=(lines, material.of_line),
        words=mapping_zero.rolled(_beside(material.words, len(codes.names)), codes.above),
        in_order=True,
    )
    scores = mapping_zero.rolled(found.probabilities, codes.above)
    given = np.array([name in codes.given for name in codes.names], dtype=bool)
    accepted = decided(scores, found.thresholds, above=codes.above, given=given)
    told = found.fold != UNPREDICTED
    return Mapped("few_shot", codes.names, scores, found.thresholds, accepted & told[:, None], told, found.fold)


def _beside(words: Floats, width: int) -> Floats:
    """Zero-shot scores with columns of zeros for the codes that the codebook lacks."""
    return np.hstack([words, np.zeros((len(words), width - words.shape[1]))])


def decided(scores: Floats, limits: Floats, *, above: Bools, given: Bools) -> Bools:
    """Which codes are given: those that reach their limit, with sub-codes before the codes above them.

    `above`: codes x codes, whether the second is the first or above it; `given`: codes that can be given at all. Where
    a code with sub-codes fits and none of them does, the best of them is given if it nearly does, else the code itself.
    """
    fits = scores >= limits
    accepted = fits & given
    below = above & ~np.eye(len(above), dtype=bool)
    relative = scores / np.maximum(limits, 1e-9)
    # The deepest first: a code's sub-codes are settled before it is.
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


def assignments(found: Mapped, segments: pd.DataFrame, *, codes: Tree) -> pd.DataFrame:
    """Rows of code_assignments: every segment the method could predict against every code that can be given."""
    columns = [number for number, name in enumerate(found.codes) if name in codes.given]
    rows = np.flatnonzero(found.told)
    names = np.array(found.codes, dtype=object)[columns]
    grid = np.ix_(rows, np.array(columns, dtype=np.int64))
    return pd.DataFrame(
        {
            "segment_id": np.repeat(segments["segment_id"].to_numpy()[rows], len(columns)),
            "code": np.tile(names, len(rows)),
            "score": found.scores[grid].ravel().round(6),
            "accepted": found.accepted[grid].ravel(),
            "method": found.method,
        }
    )
