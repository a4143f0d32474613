"""Adds conversational context to vectors: each segment's vector is mixed with those of adjacent segments.

A limit of 60 words cuts the text, not the thought; the neighbours' vectors, weighted by distance, restore what was cut
off. Context stops where the topic changes: at the next question, unless the talk after it resembles the talk before it.
The question's vector is mixed in too: "twice a month" makes sense only with what was asked. The cost in sharpness is
measured in benchmarks/themes.py.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.core.arithmetic import unit
from pipeline.corpus.question_wording import ASKS
from pipeline.vectors import speaker_means

# Scales the cosine of two segments to a weight. Centred MiniLM vectors have a mean cosine of 0.1 to 0.2 between
# adjacent segments and 0 between random ones.
LIKENESS = 2.0


def order(segments: pd.DataFrame) -> np.ndarray:
    """Return the positions that sort segments by document, start and id.

    All computations that could depend on row order use this order, so that no result does.
    """
    keys = segments[["document", "start", "segment_id"]].reset_index(drop=True)
    return keys.sort_values(["document", "start", "segment_id"], kind="stable").index.to_numpy()


def smooth(segments: pd.DataFrame, vectors: np.ndarray, *, neighbours: int, decay: float) -> np.ndarray:
    """Return vectors mixed with those of neighbouring segments, scaled to length 1; float32, shape (n, d).

    Rows of `vectors` match those of `segments` (segment_id, document, turn_id, prompt_id, speaker, start, substantive).
    A neighbour at distance k, among up to `neighbours` substantive segments on either side in the same document, has
    weight `decay ** k`: in full if it is in the same turn or answers the same question, otherwise times its similarity
    (see `continues`). Segments that are not substantive keep their own vectors and are not mixed into others. With
    `neighbours` 0, returns the plain vectors. Raises ValueError if the rows do not match or `decay` is not between 0
    and 1.
    """
    if len(segments) != len(vectors):
        raise ValueError(f"{len(segments)} segments but {len(vectors)} vectors: one vector per segment is required.")
    if neighbours < 0 or not 0 <= decay <= 1:
        raise ValueError(f"neighbours must be 0 or more and decay between 0 and 1; got {neighbours} and {decay}.")
    result = unit(vectors)
    talk = order(segments)
    talk = talk[segments["substantive"].to_numpy(dtype=bool)[talk]]
    ordered_segments = segments.iloc[talk]
    plain = result[talk]
    mixed = plain.copy()
    for distance in range(1, min(neighbours, len(talk) - 1) + 1):
        weights = decay**distance * continues(ordered_segments, plain, distance=distance)[:, None]
        mixed[:-distance] += weights * plain[distance:]
        mixed[distance:] += weights * plain[:-distance]
    result[talk] = unit(mixed)
    return result.astype(np.float32)


def full(
    segments: pd.DataFrame,
    everything: pd.DataFrame,
    known: Mapping[str, np.ndarray],
    plain: np.ndarray,
    *,
    neighbours: int,
    decay: float,
    question: float,
) -> np.ndarray:
    """Return the vectors used for themes, of `segments` in the order of `order`.

    Without the speakers' means (`speaker_means.removed`), with neighbours (`smooth`) and question (`answering`).
    """
    vectors = smooth(segments, speaker_means.removed(segments, plain), neighbours=neighbours, decay=decay)
    return answering(segments, vectors, asked(segments, everything, known, plain.shape[1]), weight=question)


def answering(segments: pd.DataFrame, vectors: np.ndarray, questions: np.ndarray, *, weight: float) -> np.ndarray:
    """Return vectors plus `weight` times their question's vector, scaled to length 1; float32, shape (n, d).

    Rows of `questions` match those of `vectors` (see `asked`); zeros add nothing. The mean of all questions is
    subtracted, so that segments with and without a question are not separated by this alone.
    """
    has = np.abs(questions).sum(axis=1) > 0
    if not weight or not has.any():
        return vectors
    # A question counts once, however long its answers are: the mean is over questions, not over segments.
    _, first = np.unique(segments["prompt_id"].to_numpy()[has].astype(str), return_index=True)
    common = questions[has][np.sort(first)].mean(axis=0)
    added = np.where(has[:, None], questions - common, 0.0)
    return unit(unit(vectors) + weight * added).astype(np.float32)


def asked(segments: pd.DataFrame, everything: pd.DataFrame, known: Mapping[str, np.ndarray], width: int) -> np.ndarray:
    """Return the vector of the question each segment answers: shape (n, width), length 1, zeros if there is none.

    `everything`: all segments of the study, including questions; `known`: vectors by segment_id. A question's vector is
    the mean of the segments of its turn that are set aside as interviewer, heading or script.
    """
    vectors = np.zeros((len(segments), width))
    asking = everything[everything["set_aside"].isin(ASKS)]
    of_turn = asking.groupby("turn_id", sort=True)["segment_id"].agg(sorted).to_dict()
    for prompt, places in segments.reset_index(drop=True).groupby("prompt_id").indices.items():
        rows = [known[name] for name in of_turn.get(prompt, []) if name in known]
        if rows:
            vectors[places] = unit(np.mean(np.asarray(rows, dtype=np.float64), axis=0)[None, :])[0]
    return vectors


def continues(ordered_segments: pd.DataFrame, vectors: np.ndarray, *, distance: int) -> np.ndarray:
    """Return the weight, from 0 to 1, with which talk continues from each segment to the one `distance` after it.

    Rows are sorted by `order`; returns n - distance weights: 0 across documents, 1 within a turn or the answer to one
    question, otherwise `LIKENESS` times the cosine of the centred vectors, at most 1. A written text is no turn:
    without a speaker or a question, a code of ethics may change its topic with every sentence.
    """
    before, after = ordered_segments.iloc[:-distance], ordered_segments.iloc[distance:]
    document, turn, prompt = (
        before[column].to_numpy() == after[column].to_numpy() for column in ("document", "turn_id", "prompt_id")
    )
    answers = before["prompt_id"].to_numpy() != ""
    spoken = (before["speaker"].to_numpy() != "") | answers
    together = (turn & spoken) | (prompt & answers)
    centred = unit(vectors - vectors.mean(axis=0))
    alike = np.clip(LIKENESS * (centred[:-distance] * centred[distance:]).sum(axis=1), 0, 1)
    return np.where(document, np.where(together, 1.0, alike), 0.0)
