"""What mapping knows of a segment: its own words, the talk around it, the question it answers, and its vocabulary.

A sentence's vector says what it is about; people coding an interview also go by what was asked and said before. And a
vector model has seen little of a field's own vocabulary, which plain word counts (tf-idf, reduced by latent semantic
analysis: Deerwester et al. 1990) put back. No coding plays a part here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.core.arithmetic import unit
from pipeline.deductive.calibration import Floats
from pipeline.vectors import context

# Words and pairs of words; parts of words, which see through spelling and inflection.
VOCABULARIES = (("word", (1, 2)), ("char_wb", (3, 5)))
MAX_TERMS = 50_000
# A direction in which the study differs by less than this share of what it does in the first is none.
NOTHING = 1e-6


@dataclass(frozen=True)
class Views:
    """Vectors of the substantive segments, one row each, every part of unit length or zero.

    `plain`: the segment; `around`: with its neighbours; `question`: the question it answers, zero where there is none.
    """

    plain: Floats
    around: Floats
    question: Floats


def views(segments: pd.DataFrame, vectors: npt.NDArray[np.float32], *, neighbours: int, decay: float) -> Views:
    """The views of the substantive segments, in the order of the rows of `segments`; vectors aligned to all rows."""
    plain = unit(vectors)
    around = context.smooth(segments, vectors, neighbours=neighbours, decay=decay).astype(np.float64)
    keep = segments["substantive"].to_numpy(dtype=bool)
    return Views(plain[keep], around[keep], questions(segments, plain)[keep])


def questions(segments: pd.DataFrame, plain: Floats) -> Floats:
    """For each segment the mean vector of the turn it answers (`prompt_id`), at unit length; zero without one."""
    turns = sorted(set(segments["turn_id"]))
    place = {turn: number for number, turn in enumerate(turns)}
    means = np.zeros((len(turns) + 1, plain.shape[1]))
    # In the order of the talk, so that sums do not depend on the order of rows.
    talk = context.order(segments)
    weights = np.maximum(segments["n_words"].to_numpy(dtype=np.float64), 1.0)[talk, None]
    np.add.at(means, segments["turn_id"].map(place).to_numpy(np.int64)[talk], plain[talk] * weights)
    asked = segments["prompt_id"].map(place).fillna(len(turns)).to_numpy(np.int64)
    found: Floats = unit(means)[asked]
    return found


def vocabulary(texts: Sequence[str], others: Sequence[str], *, size: int, seed: int) -> tuple[Floats, Floats]:
    """Reduced tf-idf vectors of the study's texts, and of other texts (the codebook's lines) in the same terms.

    One block of `size` columns for words and pairs of words, one for parts of words; fewer where the study is small.
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

    from pipeline.core.word_counts import TfidfVectorizer

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
    # Where texts repeat each other, there are fewer directions than asked for, and the rest is what rounding left.
    directions = reducer.components_[reducer.singular_values_ > NOTHING * reducer.singular_values_[0]].T
    own, other = counts @ directions, counter.transform(others) @ directions if others else directions[:0]
    return unit(own), unit(other)


def of_segments(found: Views, words: Floats) -> Floats:
    """The features few-shot mapping learns from, one row a substantive segment; no row is longer than 1."""
    return _joined(found.plain, found.around, found.question, words)


def of_texts(vectors: Floats, words: Floats) -> Floats:
    """The same features for lines of the codebook, which have no neighbours and answer no question."""
    return _joined(vectors, vectors, np.zeros_like(vectors), words)


def _joined(*parts: Floats) -> Floats:
    side_by_side: Floats = np.hstack(parts) / np.sqrt(3.0 + len(VOCABULARIES))
    return side_by_side
