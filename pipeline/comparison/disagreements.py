"""Passages on which coders differ, those most worth discussing first: both sure, and they differ.

A person is sure of a code they gave; nearly sure that a code does not apply where they gave the passage another; and
less so where they left it blank, which may be an oversight. The pipeline is as sure as its score says.
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


def scored(found: Ratings, assignments: pd.DataFrame) -> dict[int, Floats]:
    """Return the pipeline's confidence, (units, codes), by its position among the coders; units are segments."""
    scores = {}
    for method, rows in assignments.groupby("method"):
        name = pipeline_name(str(method))
        if name not in found.coders:
            continue
        coder = found.coders.index(name)
        unit = pd.Index(found.units["segment_id"]).get_indexer(pd.Index(rows["segment_id"]))
        code = pd.Index(found.codes).get_indexer(pd.Index(rows["code"]))
        placed = (unit >= 0) & (code >= 0)
        score = np.where(rows["accepted"], rows["score"], 1 - rows["score"])
        scores[coder] = by_habit(found.given[coder])
        scores[coder][unit[placed], code[placed]] = score[placed]
    return scores


def worth(found: Ratings, scores: Mapping[int, Floats]) -> tuple[Floats, Bools]:
    """How worth discussing each unit is (0: nobody differs), and which codes are disputed, units x codes.

    Worth is the product of two coders' certainty, at its highest over the pairs and codes on which they differ. Two
    methods of the pipeline are no pair. What the consensus coder has settled is worth nothing more. `scores`: see
    `scored`; of the other coders the answers tell how sure they are.
    """
    best = np.zeros(len(found.units))
    disputed = np.zeros((len(found.units), len(found.codes)), dtype=bool)
    for a, b in pairs(found):
        both = np.flatnonzero(found.seen[a] & found.seen[b])
        given = [found.given[coder][both] for coder in (a, b)]
        differ = (given[0] != given[1]) & found.asked[a] & found.asked[b]
        disputed[both] |= differ
        if differ.any():
            first, second = (
                scores[coder][both] if coder in scores else by_habit(own)
                for coder, own in zip((a, b), given, strict=True)
            )
            best[both] = np.maximum(best[both], np.where(differ, first * second, 0.0).max(1))
    if CONSENSUS in found.coders:
        best = np.where(found.seen[found.coders.index(CONSENSUS)], 0.0, best)
    return best, disputed


def disagreement_rows(found: Ratings, assignments: pd.DataFrame, talk: Talk) -> list[dict[str, Any]]:
    """Rows of Disagreements, most worth discussing first; ties by the number of codes in dispute, then by place."""
    best, disputed = worth(found, scored(found, assignments))
    order = np.lexsort((np.arange(len(best)), -disputed.sum(1), -best))
    around = _around(talk)
    codes = np.array(found.codes, dtype=object)
    rows: list[dict[str, Any]] = []
    for unit in order[best[order] > 0]:
        coders = np.flatnonzero(found.seen[:, unit])
        given = found.given[coders, unit]
        rows.append(
            {
                "rank": len(rows) + 1,
                "worth": best[unit],
                **around[str(found.units["segment_id"].iloc[unit])],
                "agreed": "; ".join(codes[given.all(0)]),
                "disputed": "; ".join(codes[disputed[unit]]),
                "says": " | ".join(
                    f"{found.coders[coder]}: {'; '.join(codes[found.given[coder, unit]]) or 'none'}" for coder in coders
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
