"""Prepare segments for clustering and turn clusters into themes, sub-themes and strengths."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.core import params as settings
from pipeline.core.terms import UNASSIGNED
from pipeline.inductive import clusters, runs
from pipeline.vectors import context

# A segment is an outlier if its similarity to its neighbours is this many MADs below the median; at most this share.
UNLIKE, MOST_UNLIKE = 3.5, 0.05
NEAREST = 5


@dataclass(frozen=True)
class Talk:
    """The clustered segments in text order, with plain vectors and context vectors, each (n, d)."""

    segments: pd.DataFrame
    plain: np.ndarray
    vectors: np.ndarray


@dataclass(frozen=True)
class Groups:
    """Themes of n segments.

    `themes` and `sub_themes`: (n,), -1 for none; `strength`: (n, themes); `likeness`: (n,), mean cosine with
    the nearest segments; `curve`: the fit of each number of themes; `clusterings`: the runs, None if there were too few
    segments to cluster.
    """

    themes: np.ndarray
    sub_themes: np.ndarray
    strength: np.ndarray
    likeness: np.ndarray
    curve: dict[int, float]
    clusterings: runs.Runs | None = None


def prepare(
    segments: pd.DataFrame, embeddings: pd.DataFrame, *, options: settings.Themes
) -> tuple[Talk, list[tuple[str, str, str, str]]]:
    """Return the substantive segments in text order with their vectors, and problems for those without a vector."""
    substantive = segments[segments["substantive"].astype(bool)].reset_index(drop=True)
    substantive = substantive.iloc[context.order(substantive)].reset_index(drop=True)
    vector_of = dict(zip(embeddings["segment_id"], embeddings["vector"], strict=True))
    has = substantive["segment_id"].isin(list(vector_of)).to_numpy(dtype=bool)
    problems = [
        ("refused", str(document), str(name), "It has no vector, so it is in no theme. Run the embed stage again.")
        for document, name in substantive.loc[~has, ["document", "segment_id"]].itertuples(index=False)
    ]
    substantive = substantive[has].reset_index(drop=True)
    stacked = [np.asarray(vector_of[name], dtype=np.float32) for name in substantive["segment_id"]]
    plain = np.stack(stacked) if stacked else np.zeros((0, 1), dtype=np.float32)
    vectors = context.full(
        substantive,
        segments,
        vector_of,
        plain,
        neighbours=options.context,
        decay=options.context_decay,
        question=options.question,
    )
    return Talk(substantive, plain, vectors), problems


def n_distinct(talk: Talk) -> int:
    """Return the number of distinct segments; identical texts have identical vectors."""
    return len({vector.tobytes() for vector in talk.plain})


def selection(talk: Talk, selected: np.ndarray) -> Talk:
    """Return the segments that `selected`, a mask, selects."""
    return Talk(talk.segments[selected].reset_index(drop=True), talk.plain[selected], talk.vectors[selected])


def grouped(talk: Talk, *, options: settings.Themes, seed: int = settings.SEED) -> Groups:
    """Return themes and sub-themes; a single theme if there are too few distinct segments to cluster."""
    n = len(talk.segments)
    if n_distinct(talk) < options.min_segments:
        one_theme = np.zeros(n, dtype=np.int64)
        return Groups(one_theme, one_theme, np.ones((n, min(n, 1))), np.ones(n), {})
    clustering = _clusters(talk, options=options, seed=seed)
    likeness = np.round(runs.nearest(talk.vectors, count=NEAREST)[1].mean(axis=1), 6)
    apart = _outliers(likeness, clustering.themes)
    strength = np.round(clusters.strengths(clustering.clusterings.groups, clustering.themes), 6)
    themes, sub_themes = (np.where(apart, UNASSIGNED, groups) for groups in (clustering.themes, clustering.sub_themes))
    return Groups(themes, _without_gaps(sub_themes), strength, likeness, clustering.curve, clustering.clusterings)


def _without_gaps(groups: np.ndarray) -> np.ndarray:
    """Renumber groups from 0 without gaps, in the same order."""
    inside = groups >= 0
    groups = groups.copy()
    groups[inside] = np.unique(groups[inside], return_inverse=True)[1]
    return groups


def _clusters(talk: Talk, *, options: settings.Themes, seed: int) -> clusters.Clusters:
    return clusters.cluster(
        talk.vectors,
        talk.segments["document"].to_numpy(),
        neighbours=options.neighbours,
        runs=options.runs,
        keep=options.keep,
        resolutions=options.resolutions,
        min_size=options.min_size,
        n_themes=options.n_themes,
        seed=seed,
    )


def unlike_below(likeness: np.ndarray) -> float:
    """Return the similarity below which a segment is an outlier: the median less UNLIKE scaled MADs."""
    middle = float(np.median(likeness))
    spread = 1.4826 * float(np.median(np.abs(likeness - middle)))
    return middle - UNLIKE * spread


def _outliers(likeness: np.ndarray, themes: np.ndarray) -> np.ndarray:
    """Return a mask of outliers: at most 5% of the segments, and never more than half of a theme."""
    apart = likeness < unlike_below(likeness)
    order = np.argsort(likeness, kind="stable")
    apart[order[int(MOST_UNLIKE * len(likeness)) :]] = False
    for theme in range(int(themes.max()) + 1):
        inside = themes == theme
        if apart[inside].mean() > 0.5:
            apart[inside] = False
    return apart


def recluster(talk: Talk, selected: np.ndarray, *, options: settings.Themes, seed: int = settings.SEED) -> np.ndarray:
    """Cluster the segments that `selected`, a mask, selects; return their themes."""
    return grouped(selection(talk, selected), options=options, seed=seed).themes


def regroup(
    talk: Talk, selected: np.ndarray, *, groups: Groups, options: settings.Themes, seed: int = settings.SEED
) -> np.ndarray:
    """Return the themes of the segments that `selected` selects, from existing runs that left the others out.

    With too few such runs the segments are clustered again.
    """
    if groups.clusterings is None or not clusters.enough(groups.clusterings, selected):
        return recluster(talk, selected, options=options, seed=seed)
    themes = clusters.left(
        groups.clusterings,
        selected,
        neighbours=options.neighbours,
        min_size=options.min_size,
        n_themes=options.n_themes,
    )
    return np.where(_outliers(groups.likeness[selected], themes), UNASSIGNED, themes)
