"""Features of segments for mapping: their own words, surrounding talk, the question they answer, and vocabulary.

A sentence vector captures the topic, but people who code an interview also use what was asked and said before. Vector
models know little of a field's vocabulary; word counts (tf-idf, reduced by latent semantic analysis: Deerwester et al.
1990) add it. Human codes are not used here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.core.arithmetic import unit
from pipeline.deductive.calibration import Floats
from pipeline.vectors import context

# Words and word pairs; and character n-grams, which are robust to spelling and inflection.
VOCABULARIES = (("word", (1, 2)), ("char_wb", (3, 5)))
MAX_TERMS = 50_000
# Components with less than this share of the first component's singular value are dropped.
NOTHING = 1e-6


@dataclass(frozen=True)
class Views:
    """Vectors of substantive segments, one row each, of unit length or zero.

    `plain`: the segment; `around`: with its neighbours; `question`: the question it answers, zero if there is none.
    """

    plain: Floats
    around: Floats
    question: Floats


def views(segments: pd.DataFrame, vectors: npt.NDArray[np.float32], *, neighbours: int, decay: float) -> Views:
    """Return the views of substantive segments, in row order of `segments`; `vectors` has one row per segment."""
    plain = unit(vectors)
    around = context.smooth(segments, vectors, neighbours=neighbours, decay=decay).astype(np.float64)
    keep = segments["substantive"].to_numpy(dtype=bool)
    return Views(plain[keep], around[keep], questions(segments, plain)[keep])


def questions(segments: pd.DataFrame, plain: Floats) -> Floats:
    """Return, for each segment, the mean vector of the turn it answers (`prompt_id`), at unit length; zero if none."""
    turns = sorted(set(segments["turn_id"]))
    place = {turn: number for number, turn in enumerate(turns)}
    means = np.zeros((len(turns) + 1, plain.shape[1]))
    # Sorted, so that sums do not depend on row order.
    talk = context.order(segments)
    weights = np.maximum(segments["n_words"].to_numpy(dtype=np.float64), 1.0)[talk, None]
    np.add.at(means, segments["turn_id"].map(place).to_numpy(np.int64)[talk], plain[talk] * weights)
    asked = segments["prompt_id"].map(place).fillna(len(turns)).to_numpy(np.int64)
    vectors: Floats = unit(means)[asked]
    return vectors


def vocabulary(texts: Sequence[str], others: Sequence[str], *, size: int, seed: int) -> tuple[Floats, Floats]:
    """Return reduced tf-idf vectors of the study's texts, and of other texts (codebook lines) in the same terms.

    One block of `size` columns for words and word pairs, one for character n-grams; fewer in small studies.
    """
    blocks = [
        _reduced(list(texts), list(others), size=size, seed=seed, analyzer=analyzer, ngram_range=grams)
        for analyzer, grams in VOCABULARIES
    ]
    return np.hstack([own for own, _ in blocks]), np.hstack([other for _, other in blocks])


def _reduced(
    texts: list[str], others: list[str], *, size: int, seed: int, analyzer: str, ngram_range: tuple[int, int]
) -> tuple[Floats, Floats]:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    counter = TfidfVectorizer(
        sublinear_tf=True, min_df=2, max_features=MAX_TERMS, analyzer=analyzer, ngram_range=ngram_range
    )
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # no term occurs twice: there is no vocabulary to speak of
        return np.zeros((len(texts), 0)), np.zeros((len(others), 0))
    size = min(size, counts.shape[0] - 1, counts.shape[1] - 1)
    if size < 1:
        return np.zeros((len(texts), 0)), np.zeros((len(others), 0))
    reducer = TruncatedSVD(size, n_iter=3, random_state=seed).fit(counts)
    # With repeated texts there are fewer components than requested; the rest are rounding errors.
    directions = reducer.components_[reducer.singular_values_ > NOTHING * reducer.singular_values_[0]].T
    own, other = counts @ directions, counter.transform(others) @ directions if others else directions[:0]
    return unit(own), unit(other)


def of_segments(found: Views, words: Floats) -> Floats:
    """Return the features for few-shot mapping, one row per substantive segment, of length at most 1."""
    return _joined(found.plain, found.around, found.question, words)


def of_texts(vectors: Floats, words: Floats) -> Floats:
    """Return the same features for codebook lines, which have no neighbours or question."""
    return _joined(vectors, vectors, np.zeros_like(vectors), words)


def _joined(*parts: Floats) -> Floats:
    side_by_side: Floats = np.hstack(parts) / np.sqrt(3.0 + len(VOCABULARIES))
    return side_by_side
