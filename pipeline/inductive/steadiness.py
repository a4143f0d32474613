"""Stability of themes when documents, cases or groups of participants are left out, at bounded cost.

Documents are what a resample leaves out: neighbouring segments go with their document, and a study grows and shrinks by
documents. The same clustering is made again on the rest, and compared on the segments both have (Hennig 2007,
doi:10.1016/j.csda.2006.11.025).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.inductive.clusters import rand_index
from pipeline.inductive.passports import FOUND_AGAIN, jaccard

# What a theme may rest on says so much of it, and so many times its share of the study: to leave out a site that is
# half of everything shrinks every theme, and says of none that it rests on it.
LEAST_SHARE, LEAST_LIFT = 0.15, 1.5
# An attribute with more values than this (an age, a date) does not divide a study into sites.
MOST_VALUES = 8


def drawn(documents: np.ndarray, *, runs: int, share: float, seed: int) -> list[list[str]]:
    """The documents that each run leaves out: `share` of them, at least one, each as often as the others.

    With two to four documents each is left out once; with one there is nothing to leave out.
    """
    names = sorted(set(documents))
    if len(names) < 2:
        return []
    if len(names) < 5:
        return [[name] for name in names][:runs]
    size = max(1, round(share * len(names)))
    random = np.random.default_rng(seed)
    order: list[str] = []
    while len(order) < runs * size:
        order += [names[place] for place in random.permutation(len(names))]
    return [sorted(set(order[start : start + size])) for start in range(0, runs * size, size)]


def kept(documents: np.ndarray, left_out: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """Return a mask of the segments that each run keeps."""
    return [~np.isin(documents, list(names)) for names in left_out]


def leave_out(
    documents: np.ndarray, themes: np.ndarray, others: Sequence[np.ndarray], *, left_out: Sequence[Sequence[str]]
) -> tuple[pd.DataFrame, np.ndarray]:
    """The runs without each set of documents (table theme_stability), and each theme's mean Jaccard with them.

    `others`: the themes of the segments that each run keeps (see `kept`), as it found them. A theme of which no segment
    is left in a run is not counted in that run. Without runs the means are missing (nan).
    """
    count = int(themes.max(initial=-1)) + 1
    rows, found = [], np.full((len(left_out), count), np.nan)
    for number, (names, stay, other) in enumerate(zip(left_out, kept(documents, left_out), others, strict=True)):
        rows.append((number + 1, list(names), int(stay.sum()), len(set(other) - {-1}), rand_index(themes[stay], other)))
        for theme in range(count):
            inside = themes[stay] == theme
            if inside.any():
                found[number, theme] = jaccard(inside, other)
    seen = (~np.isnan(found)).sum(axis=0)
    means = np.where(seen > 0, np.nansum(found, axis=0) / np.maximum(seen, 1), np.nan)
    return pd.DataFrame(rows, columns=["run", "left_out", "n_segments", "n_themes", "agreement"]), means


def candidates(segments: pd.DataFrame, themes: np.ndarray, cases: pd.DataFrame, *, most: int) -> list[tuple[str, str]]:
    """The cases, and the values of attributes, on which a theme leans most: (kind, name), at most `most` of each sort.

    Only those with LEAST_SHARE of some theme, and LEAST_LIFT times their share of the study.
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
        ranked = sorted((-share, kind, name) for name, share in largest.items() if share >= LEAST_SHARE)
        if kind == "case":
            chosen += [(kind, name) for _, _, name in ranked[:most]]
        else:
            attributes += ranked
    return chosen + [(kind, name) for _, kind, name in sorted(attributes)[:most]]


def _largest(values: np.ndarray, themes: np.ndarray) -> dict[str, float]:
    """For each value the largest share of a theme that it holds, where that is well above its share of the study."""
    sizes = np.bincount(themes[themes >= 0])
    largest = {}
    for name in sorted(set(values) - {""}):
        own = themes[(values == name) & (themes >= 0)]
        share = float((np.bincount(own, minlength=len(sizes)) / np.maximum(sizes, 1)).max(initial=0))
        if share >= LEAST_LIFT * float((values == name).mean()):
            largest[str(name)] = share
    return largest


def without(
    segments: pd.DataFrame,
    themes: np.ndarray,
    cases: pd.DataFrame,
    others: Sequence[np.ndarray],
    *,
    chosen: Sequence[tuple[str, str]],
) -> list[tuple[int, str, str, float, float, bool]]:
    """What is left without each case or value (kind, name): rows of theme_dependence, of the themes it is in.

    `others`: the themes of the segments of all but each, as they were found without it. A theme of which nothing is
    left does not remain.
    """
    rows = []
    for (kind, name), other in zip(chosen, others, strict=True):
        stays = ~of(segments, cases, kind=kind, name=name)
        for theme in range(int(themes.max(initial=-1)) + 1):
            share = float((~stays)[themes == theme].mean())
            if share > 0:
                rest = themes[stays] == theme
                like = jaccard(rest, other) if rest.any() else 0.0
                rows.append((theme, kind, name, share, like, like >= FOUND_AGAIN))
    return rows


def of(segments: pd.DataFrame, cases: pd.DataFrame, *, kind: str, name: str) -> np.ndarray:
    """Return a mask of the segments of a case, or of the cases with an attribute value."""
    values = segments["case"]
    if kind != "case":
        values = values.map(cases.set_index("case")[kind]).fillna("").astype(str)
    return (values == name).to_numpy(dtype=bool)
