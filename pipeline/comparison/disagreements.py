"""Passages on which coders disagree, those on which both are most certain first.

A person is certain of a code they applied, nearly certain that a code does not apply to a passage that they gave
another code, and less certain about a passage left blank, which may be an oversight. The pipeline's certainty is its
score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison.coefficients import Bools, Floats
from pipeline.comparison.pairs import pairs
from pipeline.comparison.units import Ratings
from pipeline.core.coders import CONSENSUS, pipeline_name

GAVE, GAVE_ANOTHER, LEFT_BLANK = 1.0, 0.8, 0.4


@dataclass(frozen=True)
class Talk:
    """The context of passages: segments and turns of the study."""

    segments: pd.DataFrame
    turns: pd.DataFrame


def by_habit(given: Bools) -> Floats:
    """Return a coder's confidence in each answer, (units, codes), 0 to 1, estimated from the answers."""
    return np.where(given, GAVE, np.where(given.any(1, keepdims=True), GAVE_ANOTHER, LEFT_BLANK))


def scored(ratings: Ratings, assignments: pd.DataFrame) -> dict[int, Floats]:
    """Return the pipeline's confidence, (units, codes), by its position among the coders; units are segments."""
    scores = {}
    for method, assigned in assignments.groupby("method"):
        name = pipeline_name(str(method))
        if name not in ratings.coders:
            continue
        coder = ratings.coders.index(name)
        unit = pd.Index(ratings.units["segment_id"]).get_indexer(pd.Index(assigned["segment_id"]))
        code = pd.Index(ratings.codes).get_indexer(pd.Index(assigned["code"]))
        known = (unit >= 0) & (code >= 0)
        score = np.where(assigned["accepted"], assigned["score"], 1 - assigned["score"])
        scores[coder] = by_habit(ratings.given[coder])
        scores[coder][unit[known], code[known]] = score[known]
    return scores


def worth(ratings: Ratings, scores: Mapping[int, Floats]) -> tuple[Floats, Bools]:
    """Return how much each unit deserves discussion, (units,), 0 to 1, and which codes are disputed, (units, codes).

    The worth is the product of two coders' certainty, at its maximum over the pairs and codes on which they differ. Two
    methods of the pipeline are not compared, and units that the consensus coder settled are worth 0. `scores`: see
    `scored`; other coders' certainty follows from how often they apply a code.
    """
    best = np.zeros(len(ratings.units))
    disputed = np.zeros((len(ratings.units), len(ratings.codes)), dtype=bool)
    for first_coder, second_coder in pairs(ratings):
        seen_by_both = np.flatnonzero(ratings.seen[first_coder] & ratings.seen[second_coder])
        answers = [ratings.given[coder][seen_by_both] for coder in (first_coder, second_coder)]
        differ = (answers[0] != answers[1]) & ratings.possible[first_coder] & ratings.possible[second_coder]
        disputed[seen_by_both] |= differ
        if differ.any():
            first, second = (
                scores[coder][seen_by_both] if coder in scores else by_habit(answer)
                for coder, answer in zip((first_coder, second_coder), answers, strict=True)
            )
            best[seen_by_both] = np.maximum(best[seen_by_both], np.where(differ, first * second, 0.0).max(1))
    if CONSENSUS in ratings.coders:
        best = np.where(ratings.seen[ratings.coders.index(CONSENSUS)], 0.0, best)
    return best, disputed


def disagreement_rows(ratings: Ratings, assignments: pd.DataFrame, talk: Talk) -> list[dict[str, Any]]:
    """Return rows of Disagreements, most worth discussing first, then by number of disputed codes and text order."""
    best, disputed = worth(ratings, scored(ratings, assignments))
    order = np.lexsort((np.arange(len(best)), -disputed.sum(1), -best))
    around = _around(talk)
    codes = np.array(ratings.codes, dtype=object)
    rows: list[dict[str, Any]] = []
    for unit in order[best[order] > 0]:
        coders = np.flatnonzero(ratings.seen[:, unit])
        answers = ratings.given[coders, unit]
        rows.append(
            {
                "rank": len(rows) + 1,
                "worth": best[unit],
                **around[str(ratings.units["segment_id"].iloc[unit])],
                "agreed": "; ".join(codes[answers.all(0)]),
                "disputed": "; ".join(codes[disputed[unit]]),
                "says": " | ".join(
                    f"{ratings.coders[coder]}: {'; '.join(codes[ratings.given[coder, unit]]) or 'none'}"
                    for coder in coders
                ),
                "resolution": "",
            }
        )
    return rows


def _around(talk: Talk) -> dict[str, dict[str, Any]]:
    """Return each segment's position, text, question, and the segments before and after it."""
    ordered = talk.segments.sort_values(["document", "start"], kind="stable")
    by_document = ordered.groupby("document")["text"]
    question_of = dict(zip(talk.turns["turn_id"], talk.turns["text"], strict=True))
    ordered = ordered.assign(
        question=ordered["prompt_id"].map(question_of).fillna(""),
        before=by_document.shift(1).fillna(""),
        after=by_document.shift(-1).fillna(""),
    )
    columns = ["segment_id", "document", "start", "end", "case", "speaker", "question", "before", "text", "after"]
    rows: list[dict[str, Any]] = [
        dict(zip(columns, row, strict=True)) for row in ordered[columns].to_numpy(dtype=object)
    ]
    return {row["segment_id"]: row for row in rows}
