"""Context: talk goes on across segments, so a segment's vector borrows from those just before and after it.

A cut at 60 words is a cut in the text, not in the thought. The neighbours' vectors, weighted less the further away
they are, put back what the cut took. Context stops where the subject changes: at the next question, unless the talk
after it is like the talk before it. The question itself lends its vector too: "twice a month" says what it is about
only with what was asked. What context costs in sharpness is measured in benchmarks/themes.py.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.core.arithmetic import unit

# Two segments of one subject are about this many times less alike than a thing is to itself: centred vectors of MiniLM
# have a mean cosine of 0.1 to 0.2 from one segment to the next, and of 0 between any two.
LIKENESS = 2.0
# What a segment is set aside as that asks something of those who speak after it.
ASKS = ("interviewer", "heading", "script")


def order(segments: pd.DataFrame) -> np.ndarray:
    """The positions that put segments in the order of the talk: by document, place in it, and id.

    Every step that could depend on the order of rows starts from this, so that no result does.
    """
    keys = segments[["document", "start", "segment_id"]].reset_index(drop=True)
    return keys.sort_values(["document", "start", "segment_id"], kind="stable").index.to_numpy()


def smooth(segments: pd.DataFrame, vectors: np.ndarray, *, neighbours: int, decay: float) -> np.ndarray:
    """Vectors with context: each substantive segment plus its neighbours, `decay ** distance` each, at length 1 again.

    Rows are aligned to `segments` (segment_id, document, turn_id, prompt_id, start, substantive). Neighbours are the
    `neighbours` substantive segments on either side in the same document, in the order of the talk. A neighbour of
    the same turn, or that answers the same question, counts in full. Beyond that the subject may have changed: there it
    counts as far as it is like the segment (see `continues`). A segment that is not substantive keeps its own vector
    and lends it to none. Returns float32, one row a segment. `neighbours` 0 gives the plain vectors. Raises ValueError
    where rows and vectors do not match, or decay is not between 0 and 1.
    """
    if len(segments) != len(vectors):
        raise ValueError(f"{len(segments)} segments but {len(vectors)} vectors: one vector per segment is required.")
    if neighbours < 0 or not 0 <= decay <= 1:
        raise ValueError(f"neighbours must be 0 or more and decay between 0 and 1; got {neighbours} and {decay}.")
    result = unit(vectors)
    talk = order(segments)
    talk = talk[segments["substantive"].to_numpy(dtype=bool)[talk]]
    said = segments.iloc[talk]
    plain = result[talk]
    mixed = plain.copy()
    for distance in range(1, min(neighbours, len(talk) - 1) + 1):
        weights = decay**distance * continues(said, plain, distance=distance)[:, None]
        mixed[:-distance] += weights * plain[distance:]
        mixed[distance:] += weights * plain[:-distance]
    result[talk] = unit(mixed)
    return result.astype(np.float32)


def full(
    said: pd.DataFrame,
    everything: pd.DataFrame,
    known: Mapping[str, np.ndarray],
    plain: np.ndarray,
    *,
    neighbours: int,
    decay: float,
    question: float,
) -> np.ndarray:
    """The vectors that themes rest on: of `said`, with neighbours (see `smooth`) and question (see `answering`)."""
    vectors = smooth(said, plain, neighbours=neighbours, decay=decay)
    return answering(said, vectors, asked(said, everything, known, plain.shape[1]), weight=question)


def answering(segments: pd.DataFrame, vectors: np.ndarray, questions: np.ndarray, *, weight: float) -> np.ndarray:
    """Vectors with the question they answer: each plus `weight` times its question's, at length 1 again (float32).

    `questions` is aligned to `vectors` (see `asked`); a row of zeros, where no question is known, adds nothing. What
    all questions have in common is taken off, so that those who were asked are not set apart from those who were not.
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
    """The vector of the question each segment answers, (n, width), at length 1; zeros where there is none.

    `everything`: all segments of the study, those that ask among them; `known`: the vectors by segment_id. Of the turn
    that asks, what was set aside as a question, a heading or script counts.
    """
    found = np.zeros((len(segments), width))
    asking = everything[everything["set_aside"].isin(ASKS)]
    of_turn = asking.groupby("turn_id", sort=True)["segment_id"].agg(sorted).to_dict()
    for prompt, places in segments.reset_index(drop=True).groupby("prompt_id").indices.items():
        rows = [known[name] for name in of_turn.get(prompt, []) if name in known]
        if rows:
            found[places] = unit(np.mean(np.asarray(rows, dtype=np.float64), axis=0)[None, :])[0]
    return found


def continues(said: pd.DataFrame, vectors: np.ndarray, *, distance: int) -> np.ndarray:
    """How far the talk goes on from each segment to the one `distance` after it: n - distance weights from 0 to 1.

    Rows are in the order of the talk. 0 across documents; 1 within a turn or the answer to one question; else twice
    their cosine, around the mean of the study, and no more than 1.
    """
    before, after = said.iloc[:-distance], said.iloc[distance:]
    document, turn, prompt = (
        before[column].to_numpy() == after[column].to_numpy() for column in ("document", "turn_id", "prompt_id")
    )
    together = turn | (prompt & (before["prompt_id"].to_numpy() != ""))
    centred = unit(vectors - vectors.mean(axis=0))
    alike = np.clip(LIKENESS * (centred[:-distance] * centred[distance:]).sum(axis=1), 0, 1)
    return np.where(document, np.where(together, 1.0, alike), 0.0)
