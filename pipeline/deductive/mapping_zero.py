"""Zero-shot mapping: segments against what the codebook says, before anybody has coded a passage.

Each code is a vector: its name, its definition with what to include, and its examples. A segment's likeness to it is
then set against that code's likeness to all segments (its mean and spread), since some codes' wording is near to
everything: the hubness of nearest-neighbour search (Radovanovic et al. 2010). Scores order segments; as nobody has
coded yet, they are no probabilities.
"""

import numpy as np
import numpy.typing as npt

from pipeline.core.arithmetic import unit
from pipeline.deductive.calibration import DIGITS, Floats, sigmoid
from pipeline.deductive.codebook import Code, Codebook
from pipeline.deductive.mapping_features import Views

# How much of the difference a code's exclusions take off, where a segment is nearer to them than to the code.
EXCLUSION = 0.5
# The question says what an answer is about, less surely than the answer itself.
QUESTION = 0.5
# With few segments a code's own spread says little: so many segments of the codes' mean spread are added.
SHARED = 10
# A segment must stand out from a code's usual likeness by this many standard deviations, however few the codes.
LEAST = 1.0
STEEPNESS = 2.0


def lines(code: Code) -> list[str]:
    """What a code says of itself, as separate texts: its name, its definition, what to include, its examples."""
    said = [code.name]
    if code.definition:
        said.append(f"{code.name}. {code.definition}")
    if code.include:
        said.append(f"{code.definition} {code.include}".strip())
    return said + list(code.examples)


def against(code: Code) -> list[str]:
    """What a code says it is not: exclusions and counter-examples."""
    return [text for text in (code.exclude, *code.counter_examples) if text]


def texts(book: Codebook) -> list[str]:
    """Every text of a codebook that mapping makes a vector of, each once, in the order of the file."""
    return list(dict.fromkeys(text for code in book.codes for text in (*lines(code), *against(code))))


def scores(found: Views, *, book: Codebook, vectors: dict[str, npt.NDArray[np.float32]]) -> Floats:
    """How far each segment stands out for each code, in standard deviations (segments x codes of the book).

    `vectors` holds a vector for each of `texts(book)`.
    """
    talk = unit(found.plain + found.around + QUESTION * found.question)
    likeness = talk @ np.stack([_prototype(code, vectors) for code in book.codes]).T
    for column, code in enumerate(book.codes):
        if against(code):
            mine = talk @ np.stack([vectors[text] for text in lines(code)]).T.astype(np.float64)
            not_mine = talk @ np.stack([vectors[text] for text in against(code)]).T.astype(np.float64)
            likeness[:, column] -= EXCLUSION * np.maximum(not_mine.max(axis=1) - mine.max(axis=1), 0.0)
    return standardised(likeness)


def _prototype(code: Code, vectors: dict[str, npt.NDArray[np.float32]]) -> Floats:
    """A code's vector: what it says of itself and the mean of its examples, half and half where it has any."""
    said = [text for text in lines(code) if text not in code.examples]
    described = unit(np.stack([vectors[text] for text in said]).mean(axis=0, keepdims=True))[0]
    if not code.examples:
        return np.asarray(described, dtype=np.float64)
    shown = unit(np.stack([vectors[text] for text in code.examples]).mean(axis=0, keepdims=True))[0]
    return np.asarray(unit((described + shown)[None, :])[0], dtype=np.float64)


def standardised(likeness: Floats) -> Floats:
    """Likeness (segments x codes) in standard deviations from each code's mean, the spread drawn to that of all codes.

    A segment alone stands out for nothing.
    """
    n = len(likeness)
    if not n:
        return likeness
    variance = likeness.var(axis=0)
    variance = (n * variance + SHARED * variance.mean()) / (n + SHARED)
    found = (likeness - likeness.mean(axis=0)) / np.sqrt(variance + 1e-9)
    return np.asarray(found.round(DIGITS), dtype=np.float64)


def limit(found: Floats, *, codes_per_segment: float) -> float:
    """The score from which a code is given: such that segments get so many codes on average, and never below LEAST."""
    if not found.size:
        return LEAST
    share = min(codes_per_segment / found.shape[1], 1.0)
    return max(float(np.quantile(found, 1.0 - share)), LEAST)


def as_shares(found: Floats, threshold: float) -> Floats:
    """Scores on a scale of 0 to 1 on which the threshold is one half. They are no probabilities."""
    return sigmoid(STEEPNESS * (found - threshold))


def rolled(found: Floats, above: npt.NDArray[np.bool_]) -> Floats:
    """Scores by which a code with sub-codes scores as the best of itself and them. `above`: as `coded.Tree` has it."""
    columns = [found[:, np.flatnonzero(above[:, column])].max(axis=1) for column in range(found.shape[1])]
    return np.stack(columns, axis=1) if columns else found
