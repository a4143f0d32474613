"""Negative cases: segments close to a code without having it, and segments that contradict their theme."""

from typing import Any

import numpy as np
import pandas as pd

from pipeline.deductive.coded import Tree
from pipeline.deductive.mapping import Mapped

# Minimum number of passages, and ratio, for a majority valence of a code in a theme.
FEWEST = 3
MAJORITY = 2.0
OPPOSITE = {"facilitator": "barrier", "barrier": "facilitator"}


def near(mapped: Mapped, segments: pd.DataFrame, *, codes: Tree, most: int) -> pd.DataFrame:
    """Return, for each code, the highest-scoring segments assigned neither it nor a code above or below it."""
    rows: list[dict[str, Any]] = []
    ids = segments["segment_id"].to_numpy()
    related = codes.above[: len(mapped.codes), : len(mapped.codes)]
    related = related | related.T
    for column, name in enumerate(mapped.codes):
        if name not in codes.given:
            continue
        free = np.flatnonzero(mapped.told & ~mapped.accepted[:, related[column]].any(axis=1))
        ordered = sorted(free, key=lambda row: (-round(float(mapped.scores[row, column]), 9), ids[row]))
        for rank, row in enumerate(ordered[:most], start=1):
            instead = [mapped.codes[other] for other in np.flatnonzero(mapped.accepted[row])]
            what = f"was coded {', '.join(instead)} instead" if instead else "was given no code"
            rows.append(
                {
                    "code": name,
                    "kind": "near",
                    "rank": rank,
                    "segment_id": ids[row],
                    "score": round(float(mapped.scores[row, column]), 6),
                    "theme_id": -1,
                    "reason": f"Close to the code, but {what}.",
                }
            )
    return pd.DataFrame(rows)


def contradicting(given: pd.DataFrame, valence: pd.DataFrame, themes: pd.DataFrame, *, most: int) -> pd.DataFrame:
    """Return segments with a code whose valence is opposite to most passages with that code in the same theme.

    `given`: segment_id, code and score. Sorted by certainty of the valence.
    """
    valenced = given.merge(valence[["segment_id", "valence", "score"]], on="segment_id", suffixes=("", "_valence"))
    valenced = valenced.merge(themes.loc[themes["theme_id"] >= 0, ["segment_id", "theme_id"]], on="segment_id")
    valenced = valenced[valenced["valence"].isin(list(OPPOSITE))]
    parts = []
    pairs = valenced[["code", "theme_id"]].drop_duplicates().sort_values(["code", "theme_id"])
    for code, theme in pairs.itertuples(index=False):
        group = valenced[(valenced["code"] == code) & (valenced["theme_id"] == theme)]
        counts = group["valence"].value_counts().reindex(list(OPPOSITE), fill_value=0)
        usual = str(counts.sort_values(ascending=False, kind="stable").index[0])
        if counts[usual] < max(FEWEST, MAJORITY * counts[OPPOSITE[usual]]):
            continue
        against = group[group["valence"] == OPPOSITE[usual]]
        reason = f"Reads as a {OPPOSITE[usual]}, where {counts[usual]} passages of theme {theme} with this code read as"
        parts.append(against.assign(kind="contradicts", reason=f"{reason} {usual}s."))
    if not parts:
        return pd.DataFrame()
    rows = pd.concat(parts).sort_values(["code", "score_valence", "segment_id"], ascending=[True, False, True])
    rows["rank"] = rows.groupby("code").cumcount() + 1
    chosen: pd.DataFrame = rows[rows["rank"] <= most]
    return chosen
