"""Compares candidate themes with assigned codes: the topic of each theme, and where each code ended up.

The pipeline's codes are judged as people's are, among the segments that have a code; see `comparison.verdicts`. A theme
marked by one code fits it; one marked by several about equally is ambiguous; one marked by none is an orphan, a
candidate for the framework.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison import verdicts
from pipeline.comparison.overlaps import FEWEST, Overlaps, overlaps_of
from pipeline.comparison.pairs import Options
from pipeline.core.coders import PIPELINE
from pipeline.core.params import SEED
from pipeline.core.terms import CANNOT_TELL

# A theme fits its most frequent code if that is this many times as frequent as the next.
DOMINANT = 2.0
QUOTES = 3


def against_themes(
    themes: pd.DataFrame,
    given: pd.DataFrame,
    *,
    category_of: Mapping[str, str],
    segments: pd.DataFrame,
    seed: int = SEED,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of theme_code and of code_themes: categories first where there are any, then codes.

    `themes`: segment_id, theme_id; `given`: segment_id, code; `category_of`: the category of each code, in the order of
    the codebook; `segments`: segment_id and document, in the order of the talk. Both are empty without themes.
    """
    options, codes = Options(seed=seed), list(category_of)
    found = overlaps(themes, given, codes=codes, segments=segments, options=options)
    if not found.themes.size:
        return pd.DataFrame(), pd.DataFrame()
    rows = [recovery(found, codes=codes, parent_of=category_of, options=options).assign(level="code")]
    categories = list(dict.fromkeys(category_of.values()))
    if set(categories) != set(codes):
        rolled_up = given.assign(code=given["code"].map(category_of))
        by_category = overlaps(themes, rolled_up, codes=categories, segments=segments, options=options)
        rows.insert(0, recovery(by_category, codes=categories, options=options).assign(level="category"))
    return crossed(found, codes=codes), pd.concat(rows, ignore_index=True)


def overlaps(
    themes: pd.DataFrame, given: pd.DataFrame, *, codes: list[str], segments: pd.DataFrame, options: Options
) -> Overlaps:
    """Count the pipeline's codes by theme; for the tables see `against_themes`."""
    ids = pd.Index(segments["segment_id"])
    theme_of = themes.drop_duplicates("segment_id").set_index("segment_id")["theme_id"]
    placed = theme_of.reindex(ids).fillna(-1).to_numpy(dtype=np.int64)
    unit, code = ids.get_indexer(pd.Index(given["segment_id"])), pd.Index(codes).get_indexer(pd.Index(given["code"]))
    table = np.zeros((len(ids), len(codes)), dtype=bool)
    table[unit[(unit >= 0) & (code >= 0)], code[(unit >= 0) & (code >= 0)]] = True
    documents = pd.factorize(segments["document"])[0].astype(np.int64)
    return overlaps_of(PIPELINE, placed, table, documents, codes=codes, options=options)


def crossed(found: Overlaps, *, codes: list[str]) -> pd.DataFrame:
    """Return rows of theme_code for the pipeline: every theme with every code.

    `verdict`: fits or ambiguous for codes that mark a theme, orphan on all rows of a theme that none marks, otherwise
    other, as on all rows of a theme too small to tell.
    """
    rows = {(row["theme_id"], row["code"]): row for row in verdicts.table(found)}
    table: list[dict[str, Any]] = []
    for theme, theme_id in enumerate(found.themes.tolist()):
        said = _verdicts(found, theme)
        for code in codes:
            empty = {
                "theme_id": theme_id,
                "code": code,
                "coder": PIPELINE,
                "n_theme": int(found.size[theme]),
                "n_coded": int(found.counts.size[theme]),
                "n_code": 0,
                "n_overlap": 0,
                "overlap": 0.0,
                "precision": np.nan,
                "recall": np.nan,
            }
            table.append(rows.get((theme_id, code), empty) | {"verdict": said.get(code, said[""])})
    return pd.DataFrame(table)


def _verdicts(found: Overlaps, theme: int) -> dict[str, str]:
    """Return the verdict on each code that marks a theme, and by the name "" that on all others."""
    counts = found.counts.both[theme]
    marking = {found.codes[code]: int(counts[code]) for code in np.flatnonzero(found.related.marks[theme])}
    if found.size[theme] < FEWEST:
        return {"": "other"}
    if not marking:
        return {"": "orphan"}
    ordered = sorted(marking.values(), reverse=True)
    if len(ordered) == 1 or ordered[0] >= DOMINANT * ordered[1]:
        return {"": "other"} | {code: "fits" if n == ordered[0] else "other" for code, n in marking.items()}
    # Codes far less frequent than the first are ignored.
    return {"": "other"} | {code: "ambiguous" for code, n in marking.items() if DOMINANT * n > ordered[0]}


def recovery(
    found: Overlaps, *, codes: list[str], parent_of: Mapping[str, str] | None = None, options: Options
) -> pd.DataFrame:
    """Return rows of code_themes: what becomes of each code in the candidate themes; see `verdicts.recovery`."""
    rows = {row["code"]: row for row in verdicts.recovery(found, parent_of=parent_of, options=options)}
    never: dict[str, Any] = {"n_segments": 0, "n_documents": 0, "verdict": CANNOT_TELL, "theme_id": -1}
    never |= {"parent": "", "themes": "", "half_in": "", "note": "no segment has it"}
    figures = ("precision", "recall", "expected", "p", "power")
    table = pd.DataFrame([rows.get(code, never | {"code": code}) for code in codes])
    return table.reindex(columns=[*never, "code", *figures]).astype(dict.fromkeys(figures, "float64"))


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
