"""Stability of themes when documents, cases or groups of participants are left out, at bounded cost.

Resamples leave out whole documents, because neighbouring segments are not independent and studies grow by documents.
The remaining segments are clustered again and compared with their original themes (Hennig 2007,
doi:10.1016/j.csda.2006.11.025).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.inductive.clusters import rand_index
from pipeline.inductive.passports import FOUND_AGAIN, jaccard

# A theme may depend on a case or group that has at least this share of it, and at least this many times its share of
# the study: leaving out a site with half of all segments shrinks every theme, so it tells nothing about any one.
LEAST_SHARE, LEAST_LIFT = 0.15, 1.5
# An attribute with more values than this, such as an age or a date, does not define groups.
MOST_VALUES = 8


def draw_left_out(documents: np.ndarray, *, runs: int, share: float, seed: int) -> list[list[str]]:
    """Return the documents that each of `runs` runs leaves out.

    Each run leaves out a `share` of the documents, at least one, and all documents are left out equally often. Where a
    run leaves out one, each is left out once, in at most `runs` runs; with fewer than two documents the list is empty.
    """
    names = sorted(set(documents))
    if len(names) < 2:
        return []
    if len(names) < 5:
        return [[name] for name in names][:runs]
    size = max(1, round(share * len(names)))
    runs = min(runs, len(names)) if size == 1 else runs  # a further run would repeat another
    random = np.random.default_rng(seed)
    order: list[str] = []
    while len(order) < runs * size:
        order += [names[place] for place in random.permutation(len(names))]
    return [sorted(set(order[start : start + size])) for start in range(0, runs * size, size)]


def remaining(documents: np.ndarray, left_out: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """Return a mask, (n,), of the segments that remain in each run."""
    return [~np.isin(documents, list(names)) for names in left_out]


def leave_out(
    documents: np.ndarray,
    themes: np.ndarray,
    themes_of_runs: Sequence[np.ndarray],
    *,
    left_out: Sequence[Sequence[str]],
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table theme_stability, one row per run, and each theme's mean Jaccard index over the runs, (themes,).

    `documents` and `themes` (-1: none): (n,); `themes_of_runs`: for each run, the themes of its remaining segments. A
    run in which no segment of a theme remains does not count for that theme; without runs its mean is nan.
    """
    count = int(themes.max(initial=-1)) + 1
    rows, jaccards = [], np.full((len(left_out), count), np.nan)
    for number, (names, stay, run_themes) in enumerate(
        zip(left_out, remaining(documents, left_out), themes_of_runs, strict=True)
    ):
        rows.append(
            (
                number + 1,
                list(names),
                int(stay.sum()),
                len(set(run_themes) - {-1}),
                rand_index(themes[stay], run_themes),
            )
        )
        for theme in range(count):
            inside = themes[stay] == theme
            if inside.any():
                jaccards[number, theme] = jaccard(inside, run_themes)
    n_measured = (~np.isnan(jaccards)).sum(axis=0)
    means = np.where(n_measured > 0, np.nansum(jaccards, axis=0) / np.maximum(n_measured, 1), np.nan)
    return pd.DataFrame(rows, columns=["run", "left_out", "n_segments", "n_themes", "agreement"]), means


def candidates(segments: pd.DataFrame, themes: np.ndarray, cases: pd.DataFrame, *, most: int) -> list[tuple[str, str]]:
    """Return the cases and attribute values that some theme may depend on, as (kind, name).

    At most `most` cases and `most` values, largest share first; each has at least LEAST_SHARE of a theme and LEAST_LIFT
    times its share of the study. A value that only one case has is that case, and not left out a second time.
    """
    spread = {"case": segments["case"].to_numpy()}
    for attribute in [column for column in cases.columns if column != "case"]:
        values = segments["case"].map(cases.set_index("case")[attribute]).fillna("").astype(str).to_numpy()
        if 2 <= len(set(values) - {""}) <= MOST_VALUES:
            spread[attribute] = values
    chosen: list[tuple[str, str]] = []
    attributes: list[tuple[float, str, str]] = []
    for kind, values in spread.items():
        largest = _largest(values, themes)
        of_several = {str(value) for value in set(values) if len(set(spread["case"][values == value])) > 1}
        ranked = sorted(
            (-share, kind, name)
            for name, share in largest.items()
            if share >= LEAST_SHARE and (kind == "case" or name in of_several)
        )
        if kind == "case":
            chosen += [(kind, name) for _, _, name in ranked[:most]]
        else:
            attributes += ranked
    return chosen + [(kind, name) for _, kind, name in sorted(attributes)[:most]]


def _largest(values: np.ndarray, themes: np.ndarray) -> dict[str, float]:
    """Map each value to its largest share of any theme, if that is at least LEAST_LIFT times its share of the study."""
    sizes = np.bincount(themes[themes >= 0])
    largest = {}
    for name in sorted(set(values) - {""}):
        themes_with_value = themes[(values == name) & (themes >= 0)]
        share = float((np.bincount(themes_with_value, minlength=len(sizes)) / np.maximum(sizes, 1)).max(initial=0))
        if share >= LEAST_LIFT * float((values == name).mean()):
            largest[str(name)] = share
    return largest


def dependence(
    segments: pd.DataFrame,
    themes: np.ndarray,
    cases: pd.DataFrame,
    themes_of_runs: Sequence[np.ndarray],
    *,
    chosen: Sequence[tuple[str, str]],
) -> list[tuple[int, str, str, float, float, bool]]:
    """Return rows of theme_dependence: how much of each theme remains without each case or group that it contains.

    `chosen`: the (kind, name) left out in each run; `themes_of_runs`: for each run, the themes of the remaining
    segments. A row is the theme's number, kind, name, the share of the theme that was left out, the best Jaccard index
    with the themes of the run, and whether that is at least FOUND_AGAIN.
    """
    rows = []
    for (kind, name), run_themes in zip(chosen, themes_of_runs, strict=True):
        stays = ~members_of(segments, cases, kind=kind, name=name)
        for theme in range(int(themes.max(initial=-1)) + 1):
            share = float((~stays)[themes == theme].mean())
            if share > 0:
                remaining_members = themes[stays] == theme
                similarity = jaccard(remaining_members, run_themes) if remaining_members.any() else 0.0
                rows.append((theme, kind, name, share, similarity, similarity >= FOUND_AGAIN))
    return rows


def members_of(segments: pd.DataFrame, cases: pd.DataFrame, *, kind: str, name: str) -> np.ndarray:
    """Return a mask, (n,), of the segments of a case, or of the cases with an attribute value."""
    values = segments["case"]
    if kind != "case":
        values = values.map(cases.set_index("case")[kind]).fillna("").astype(str)
    return (values == name).to_numpy(dtype=bool)
