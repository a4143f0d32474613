"""Zero-shot mapping: compares segments with the codebook's words, before any passage is coded.

A code's vector combines its name, its definition with inclusion criteria, and its examples. A segment's similarity to
it is standardised by the code's similarity to all segments (mean and spread), since some codes' wording is close to
everything: hubness in nearest-neighbour search (Radovanovic et al. 2010). Scores order the segments of a code;
without human codes they are not probabilities.
"""

import numpy as np
import numpy.typing as npt

from pipeline.core.arithmetic import unit
from pipeline.deductive.calibration import DIGITS, Floats, sigmoid
from pipeline.deductive.codebook import Code, Codebook
from pipeline.deductive.mapping_features import Views

# Share of the difference subtracted if a segment is closer to a code's exclusions than to the code.
EXCLUSION = 0.5
# Weight of the question relative to the answer.
QUESTION = 0.5
# Shrinkage of a code's spread towards the mean of all codes, as a number of segments.
SHARED = 10
# Minimum threshold in standard deviations above a code's mean similarity.
LEAST = 1.0
STEEPNESS = 2.0


def lines(code: Code) -> list[str]:
    """Return a code's texts: its name, definition, inclusion criteria and examples."""
    said = [code.name]
    if code.definition:
        said.append(f"{code.name}. {code.definition}")
    if code.include:
        said.append(f"{code.definition} {code.include}".strip())
    return said + list(code.examples)


def against(code: Code) -> list[str]:
    """Return a code's exclusions and counter-examples."""
    return [text for text in (code.exclude, *code.counter_examples) if text]


def texts(book: Codebook) -> list[str]:
    """Return all distinct texts of a codebook that need a vector, in file order."""
    return list(dict.fromkeys(text for code in book.codes for text in (*lines(code), *against(code))))


def scores(views: Views, *, book: Codebook, vectors: dict[str, npt.NDArray[np.float32]]) -> Floats:
    """Return standardised similarities of segments to codes (segments x codes of the book).

    `vectors`: a vector for each of `texts(book)`.
    """
    talk = unit(views.plain + views.around + QUESTION * views.question)
    likeness = talk @ np.stack([_prototype(code, vectors) for code in book.codes]).T
    for column, code in enumerate(book.codes):
        if against(code):
            mine = talk @ np.stack([vectors[text] for text in lines(code)]).T.astype(np.float64)
            not_mine = talk @ np.stack([vectors[text] for text in against(code)]).T.astype(np.float64)
            likeness[:, column] -= EXCLUSION * np.maximum(not_mine.max(axis=1) - mine.max(axis=1), 0.0)
    return _below_headings(standardised(likeness), book)


def _below_headings(found: Floats, book: Codebook) -> Floats:
    """Return scores in which a heading has none of its own, so that it is only assigned where a code below it is."""
    headings = [column for column, code in enumerate(book.codes) if not code.codable]
    if headings:
        found[:, headings] = found.min(initial=0.0)
    return found


def _prototype(code: Code, vectors: dict[str, npt.NDArray[np.float32]]) -> Floats:
    """Return a code's vector: its description and the mean of its examples, with equal weight."""
    said = [text for text in lines(code) if text not in code.examples]
    described = unit(np.stack([vectors[text] for text in said]).mean(axis=0, keepdims=True))[0]
    if not code.examples:
        return np.asarray(described, dtype=np.float64)
    shown = unit(np.stack([vectors[text] for text in code.examples]).mean(axis=0, keepdims=True))[0]
    return np.asarray(unit((described + shown)[None, :])[0], dtype=np.float64)


def standardised(likeness: Floats) -> Floats:
    """Return similarities (segments x codes) as z-scores per code, with shrunken spread.

    A single segment gets zeros.
    """
    n = len(likeness)
    if not n:
        return likeness
    variance = likeness.var(axis=0)
    variance = (n * variance + SHARED * variance.mean()) / (n + SHARED)
    z_scores = (likeness - likeness.mean(axis=0)) / np.sqrt(variance + 1e-9)
    return np.asarray(z_scores.round(DIGITS), dtype=np.float64)


def limit(found: Floats, *, codes_per_segment: float) -> float:
    """Return the threshold at which segments get `codes_per_segment` codes on average, at least LEAST."""
    if not found.size:
        return LEAST
    share = min(codes_per_segment / found.shape[1], 1.0)
    return max(float(np.quantile(found, 1.0 - share)), LEAST)


def as_shares(found: Floats, threshold: float) -> Floats:
    """Return scores on a scale of 0 to 1 with the threshold at 0.5. They are not probabilities."""
    return sigmoid(STEEPNESS * (found - threshold))


def rolled(found: Floats, above: npt.NDArray[np.bool_]) -> Floats:
    """Return scores in which a code gets the highest score among itself and its sub-codes.

    `above`: see `coded.Tree`.
    """
    columns = [found[:, np.flatnonzero(above[:, column])].max(axis=1) for column in range(found.shape[1])]
    return np.stack(columns, axis=1) if columns else found
