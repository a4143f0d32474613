"""Was a person asked about a code at all? Silence after a question says something; silence without one says nothing.

A question is taken to ask about a code if it is as like the questions that drew that code elsewhere in the study as
those are like each other. It is a candidate reading, and the question it rests on is always named beside it.
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from pipeline.rows import each, groups

# With fewer questions than this behind a code there is no telling what asking about it looks like.
MIN_QUESTIONS = 3


def asked(
    *, turns: pd.DataFrame, segments: pd.DataFrame, accepted: pd.DataFrame, rows: pd.DataFrame
) -> dict[tuple[str, str], str]:
    """For each case and code, the turn_id of the question that most nearly asked about it, or "" where none did.

    `accepted` holds segment_id and code; `rows` holds document and case (which cases are in which documents). A pair
    that cannot be told, because too few questions drew the code or the case was asked none, is left out.
    """
    questions = turns[turns.part == "interviewer"].sort_values("turn_id")
    vectors = _vectors(questions.text.to_list())
    if vectors is None:
        return {}
    place = {turn: number for number, turn in enumerate(questions.turn_id)}
    put = _put_to(questions, rows, place)
    drew = accepted.merge(segments[["segment_id", "prompt_id"]], on="segment_id")
    drew = drew[drew.prompt_id.isin(list(place))]
    found: dict[tuple[str, str], str] = {}
    names = questions.turn_id.to_list()
    for code, group in groups(drew, "code").items():
        behind = sorted({place[turn] for turn in group.prompt_id})
        if len(behind) < MIN_QUESTIONS:
            continue
        likeness, least = _likeness(vectors, behind)
        for case, numbers in put.items():
            best = max(numbers, key=lambda number: (likeness[number], -number))
            found[case, str(code)] = names[best] if likeness[best] >= least else ""
    return found


def _vectors(texts: list[str]) -> csr_matrix | None:
    """Questions as weighted words (tf-idf), one row each; None where they hold no word to compare."""
    try:
        return TfidfVectorizer(sublinear_tf=True, stop_words="english", ngram_range=(1, 2)).fit_transform(texts)
    except ValueError:  # no words at all, or nothing but stop words
        return None


def _put_to(questions: pd.DataFrame, rows: pd.DataFrame, place: dict[str, int]) -> dict[str, list[int]]:
    """The questions each case was there to answer: in a focus group, all of them."""
    within = {name: [place[turn] for turn in group.turn_id] for name, group in groups(questions, "document").items()}
    put: dict[str, list[int]] = {}
    for row in each(rows.sort_values(["case", "document"])):
        put.setdefault(str(row.case), []).extend(within.get(row.document, []))
    return {case: numbers for case, numbers in put.items() if numbers}


def _likeness(vectors: csr_matrix, behind: list[int]) -> tuple[np.ndarray, float]:
    """How like each question is to the mean of those behind a code, and the least that counts: the median of their own.

    Each of them is compared with the mean of the others, as a new question would be.
    """
    own = vectors[behind]
    total = np.asarray(own.sum(axis=0)).ravel()
    likeness = np.asarray(vectors @ normalize(total[None, :]).ravel()).ravel()
    others = normalize(np.asarray(total[None, :] - own.toarray()))
    least = float(np.median(np.asarray(own.multiply(others).sum(axis=1)).ravel()))
    return likeness, max(least, 1e-9)
