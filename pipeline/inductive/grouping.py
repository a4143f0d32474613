"""Grouping: the talk that takes part, and the themes, parts and strengths that its clusters give."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.core import params as settings
from pipeline.core.terms import UNASSIGNED
from pipeline.inductive import clusters, runs
from pipeline.vectors import context

# A segment is unlike anything else where its likeness to its nearest is this many spreads (MAD) below the middle.
UNLIKE, MOST_UNLIKE = 3.5, 0.05
NEAREST = 5


@dataclass(frozen=True)
class Talk:
    """The segments that take part, in the order of the talk, with their plain vectors and those with context."""

    segments: pd.DataFrame
    plain: np.ndarray
    vectors: np.ndarray


@dataclass(frozen=True)
class Groups:
    """The theme and the part of each segment (-1: none), its strength in each theme, and the curve they come from.

    `made`: the runs behind them, of the segments that were clustered; None where there was too little to divide.
    """

    themes: np.ndarray
    parts: np.ndarray
    strength: np.ndarray
    likeness: np.ndarray
    curve: dict[int, float]
    made: runs.Runs | None = None


def prepare(
    segments: pd.DataFrame, embeddings: pd.DataFrame, *, options: settings.Themes
) -> tuple[Talk, list[tuple[str, str, str, str]]]:
    """The substantive segments in the order of the talk with their vectors, and what could not take part."""
    said = segments[segments["substantive"].astype(bool)].reset_index(drop=True)
    said = said.iloc[context.order(said)].reset_index(drop=True)
    known = dict(zip(embeddings["segment_id"], embeddings["vector"], strict=True))
    has = said["segment_id"].isin(list(known)).to_numpy(dtype=bool)
    problems = [
        ("refused", str(document), str(name), "It has no vector, so it is in no theme. Run the embed stage again.")
        for document, name in said.loc[~has, ["document", "segment_id"]].itertuples(index=False)
    ]
    said = said[has].reset_index(drop=True)
    rows = [np.asarray(known[name], dtype=np.float32) for name in said["segment_id"]]
    plain = np.stack(rows) if rows else np.zeros((0, 1), dtype=np.float32)
    vectors = context.full(
        said,
        segments,
        known,
        plain,
        neighbours=options.context,
        decay=options.context_decay,
        question=options.question,
    )
    return Talk(said, plain, vectors), problems


def different(talk: Talk) -> int:
    """How many segments say something different: the same words have the same vector."""
    return len({row.tobytes() for row in talk.plain})


def part_of(talk: Talk, kept: np.ndarray) -> Talk:
    """The talk of the segments kept (a mask)."""
    return Talk(talk.segments[kept].reset_index(drop=True), talk.plain[kept], talk.vectors[kept])


def grouped(talk: Talk, *, options: settings.Themes, seed: int = settings.SEED) -> Groups:
    """The themes and parts of the talk; all in one theme where there is too little to divide."""
    n = len(talk.segments)
    if different(talk) < options.min_segments:
        whole = np.zeros(n, dtype=np.int64)
        return Groups(whole, whole, np.ones((n, min(n, 1))), np.ones(n), {})
    found = _clusters(talk, options=options, seed=seed)
    likeness = np.round(runs.nearest(talk.vectors, count=NEAREST)[1].mean(axis=1), 6)
    apart = _apart(likeness, found.themes)
    strength = np.round(clusters.strengths(found.made.groups, found.themes), 6)
    own, parts = (np.where(apart, UNASSIGNED, groups) for groups in (found.themes, found.parts))
    return Groups(own, _without_gaps(parts), strength, likeness, found.curve, found.made)


def _without_gaps(groups: np.ndarray) -> np.ndarray:
    """The same groups numbered from 0 in the same order, where one has lost all its segments."""
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
    """The likeness below which a segment is unlike anything else: so many spreads below the middle."""
    middle = float(np.median(likeness))
    spread = 1.4826 * float(np.median(np.abs(likeness - middle)))
    return middle - UNLIKE * spread


def _apart(likeness: np.ndarray, found: np.ndarray) -> np.ndarray:
    """True for segments unlike anything else: at most 5% of all, and never the last half of a theme."""
    apart = likeness < unlike_below(likeness)
    order = np.argsort(likeness, kind="stable")
    apart[order[int(MOST_UNLIKE * len(likeness)) :]] = False
    for theme in range(int(found.max()) + 1):
        inside = found == theme
        if apart[inside].mean() > 0.5:
            apart[inside] = False
    return apart


def again(talk: Talk, kept: np.ndarray, *, options: settings.Themes, seed: int = settings.SEED) -> np.ndarray:
    """The themes of a part of the talk (a mask), clustered by itself."""
    return grouped(part_of(talk, kept), options=options, seed=seed).themes


def left(
    talk: Talk, kept: np.ndarray, *, found: Groups, options: settings.Themes, seed: int = settings.SEED
) -> np.ndarray:
    """The themes of a part of the talk, from the runs behind what was `found` of all of it.

    Where too few of them left the rest out, it is clustered by itself.
    """
    if found.made is None or not clusters.enough(found.made, kept):
        return again(talk, kept, options=options, seed=seed)
    themes = clusters.left(
        found.made, kept, neighbours=options.neighbours, min_size=options.min_size, n_themes=options.n_themes
    )
    return np.where(_apart(found.likeness[kept], themes), UNASSIGNED, themes)
