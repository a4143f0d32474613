"""Compares candidate themes with assigned codes: the topic of each theme, and where each code ended up.

A code marks a theme if it is clearly more frequent in it than outside. A theme marked by one code fits it; one marked
by several about equally is ambiguous; one marked by none is an orphan, a candidate for the framework.
"""

from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.coders import PIPELINE
from pipeline.core.terms import CLEARLY, HALF

# Minimum number of segments for a code to mark a theme.
FEWEST = 3
# A theme fits its most frequent code if that is this many times as frequent as the next.
DOMINANT = 2.0
QUOTES = 3


def crossed(themes: pd.DataFrame, given: pd.DataFrame, *, codes: list[str], segments: pd.DataFrame) -> pd.DataFrame:
    """Return rows of theme_code for the pipeline: every theme with every code.

    `themes`: segment_id, theme_id; `given`: segment_id, code. `verdict`: fits or ambiguous for codes that mark a theme,
    orphan on all rows of a theme that none marks, otherwise other.
    """
    members = themes[(themes["theme_id"] >= 0) & themes["segment_id"].isin(segments["segment_id"])]
    n_all = len(segments)
    n_theme = members.groupby("theme_id")["segment_id"].nunique()
    n_code = given.groupby("code")["segment_id"].nunique().reindex(codes, fill_value=0)
    both = members.merge(given[["segment_id", "code"]].drop_duplicates(), on="segment_id")
    counts = both.groupby(["theme_id", "code"]).size()
    rows: list[dict[str, Any]] = []
    for theme, size in n_theme.sort_index().items():
        overlaps = {code: int(counts.get((theme, code), 0)) for code in codes}
        verdicts = _verdicts(overlaps, int(size), n_code.to_dict(), n_all)
        for code in codes:
            n = overlaps[code]
            rows.append(
                {
                    "theme_id": int(str(theme)),
                    "code": code,
                    "coder": PIPELINE,
                    "n_theme": int(size),
                    "n_code": int(n_code[code]),
                    "n_overlap": n,
                    "overlap": n / (int(size) + int(n_code[code]) - n),
                    "precision": n / int(size),
                    "recall": n / int(n_code[code]) if n_code[code] else np.nan,
                    "verdict": verdicts.get(code, "other") if verdicts else "orphan",
                }
            )
    return pd.DataFrame(rows)


def marks(n_overlap: int, n_theme: int, n_code: int, n_all: int) -> bool:
    """Return whether a code is clearly more frequent in a theme than outside."""
    outside = (n_code - n_overlap) / max(n_all - n_theme, 1)
    return n_overlap >= FEWEST and n_overlap / n_theme >= CLEARLY * outside


def _verdicts(overlaps: dict[str, int], n_theme: int, n_code: dict[Any, int], n_all: int) -> dict[str, str]:
    marking = {code: n for code, n in overlaps.items() if marks(n, n_theme, n_code[code], n_all)}
    ordered = sorted(marking.values(), reverse=True)
    if not ordered:
        return {}
    if len(ordered) == 1 or ordered[0] >= DOMINANT * ordered[1]:
        return {code: "fits" if n == ordered[0] else "other" for code, n in marking.items()}
    # Codes far less frequent than the first are ignored.
    return {code: "ambiguous" for code, n in marking.items() if DOMINANT * n > ordered[0]}


def recovery(table: pd.DataFrame, *, codes: list[str], n_all: int) -> pd.DataFrame:
    """Return rows of code_themes: where each code ended up among the candidate themes (rows of theme_code).

    recovered: a theme contains at least half of it and consists of it by at least half. merged: a theme contains half
    of it, among other things. fragmented: it is spread over several themes, none with half. invisible: it marks no
    theme. too few: fewer than FEWEST segments have the code.
    """
    rows: list[dict[str, Any]] = []
    for code in codes:
        own = table[table["code"] == code].sort_values(["n_overlap", "theme_id"], ascending=[False, True])
        n_code = int(own["n_code"].iloc[0]) if len(own) else 0
        columns = [own[name].tolist() for name in ("theme_id", "n_overlap", "n_theme")]
        marked = [theme for theme, n, size in zip(*columns, strict=True) if marks(n, size, n_code, n_all)]
        row: dict[str, Any] = {"code": code, "n_segments": n_code, "themes": ", ".join(f"T{theme}" for theme in marked)}
        best = own.iloc[0] if len(own) else None
        if best is None or n_code < FEWEST:
            rows.append(row | {"verdict": "too few", "theme_id": -1, "precision": np.nan, "recall": np.nan})
            continue
        figures = {"precision": float(best["precision"]), "recall": float(best["recall"])}
        if best["recall"] >= HALF:
            verdict = "recovered" if best["precision"] >= HALF else "merged"
        else:
            verdict = "fragmented" if marked else "invisible"
        rows.append(row | {"verdict": verdict, "theme_id": int(best["theme_id"])} | figures)
    return pd.DataFrame(rows)


def quotes(table: pd.DataFrame, themes: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return rows of theme_code_quotes: segments to read for each theme and each code that marks it.

    Three of each kind. `scores`: segment_id, code, score and accepted. both: in the theme with the code. theme_only: in
    the theme, lowest score for the code. code_only: highest score for the code, outside the theme.
    """
    pairs = table[table["verdict"].isin(["fits", "ambiguous"])]
    theme_of = themes.set_index("segment_id")["theme_id"]
    by_code = {str(code): group for code, group in scores.groupby("code")}
    parts = []
    for pair in pairs.sort_values(["theme_id", "code"]).itertuples():
        rows = by_code[str(pair.code)]
        inside = rows["segment_id"].map(theme_of).to_numpy() == pair.theme_id
        given = rows["accepted"].to_numpy(dtype=bool)
        for side, chosen, lowest in (
            ("both", inside & given, False),
            ("theme_only", inside & ~given, True),
            ("code_only", ~inside & given, False),
        ):
            best = rows[chosen].sort_values(["score", "segment_id"], ascending=[lowest, True]).head(QUOTES)
            parts.append(
                pd.DataFrame(
                    {
                        "theme_id": pair.theme_id,
                        "code": pair.code,
                        "side": side,
                        "rank": np.arange(1, len(best) + 1),
                        "segment_id": best["segment_id"].to_numpy(),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
