"""Consensus clustering of segments, as one hierarchy.

A single clustering depends on arbitrary settings and on who happened to be interviewed. Therefore many runs are made on
different documents with different neighbourhood sizes and resolutions, and segments that stay together across runs form
the clusters: evidence accumulation (Fred & Jain 2005, doi:10.1109/TPAMI.2005.113). Runs alternate between Louvain
communities of the nearest-neighbour graph and spherical k-means.

Results depend on the order of the rows; callers sort them (see pipeline/inductive/runs.py).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from pipeline.inductive.runs import Runs, communities, make, together, without

# Louvain resolution of the leaves of the hierarchy.
FINE = 4.0
# Maximum number of reassignment steps.
MOVES = 10
# Minimum number of runs without a case; with fewer, the rest is clustered again.
ENOUGH = 32


@dataclass(frozen=True)
class Clusters:
    """A clustering of n segments.

    `themes` and `sub_themes`: (n,), numbered from 0, largest first, each sub-theme inside one theme; `clusterings`: the
    runs; `curve`: the mean adjusted Rand index with the runs for each number of themes; `cuts`: for each number of
    groups, the group of each leaf of the hierarchy.
    """

    themes: np.ndarray
    sub_themes: np.ndarray
    clusterings: Runs
    curve: dict[int, float]
    cuts: dict[int, np.ndarray]


def cluster(
    vectors: np.ndarray,
    documents: np.ndarray,
    *,
    neighbours: int,
    runs: int,
    keep: float,
    resolutions: tuple[float, float],
    min_size: int,
    n_themes: int | None,
    seed: int,
) -> Clusters:
    """Cluster at least two rows of `vectors` (n, d); `documents`: (n,), the document of each row.

    For `neighbours`, `runs`, `keep` and `resolutions` see `runs.make`. Groups smaller than `min_size` are merged into
    the group they are most often together with. `n_themes`: the number of themes; None takes the number that agrees
    best with the runs.
    """
    clusterings = make(
        vectors, documents, neighbours=neighbours, runs=runs, keep=keep, resolutions=resolutions, seed=seed
    )
    groups = clusterings.groups
    fine, cuts, curve = _hierarchy(
        together(clusterings, neighbours=neighbours), groups, min_size=min_size, n_themes=n_themes
    )
    chosen = _chosen(curve, n_themes)
    theme_of_leaf, sub_theme_of_leaf = cuts[chosen], cuts[max(count for count in cuts if count <= max(3 * chosen, 2))]
    themes = _settled(theme_of_leaf[fine], groups, min_size=min_size)
    # A sub-theme belongs to the theme of its leaves; a segment that changed theme takes the strongest of the new one.
    belongs = np.zeros((sub_theme_of_leaf.max() + 1, theme_of_leaf.max() + 1), dtype=bool)
    belongs[sub_theme_of_leaf, theme_of_leaf] = True
    sub_themes = np.where(belongs.T[themes], strengths(groups, sub_theme_of_leaf[fine]), -1.0).argmax(axis=1)
    return Clusters(
        themes=_by_size(themes),
        sub_themes=_by_size(sub_themes),
        clusterings=clusterings,
        curve=curve,
        cuts=cuts,
    )


def left(clusterings: Runs, stays: np.ndarray, *, neighbours: int, min_size: int, n_themes: int | None) -> np.ndarray:
    """Return the themes of the remaining rows, from the runs that used none of the other rows.

    `stays`: mask of the remaining rows. No further clustering is needed: the jackknife-after-bootstrap (Efron 1992,
    doi:10.1111/j.2517-6161.1992.tb01866.x). Check with `enough` that there are enough such runs.
    """
    runs_without = without(clusterings, stays)
    groups, graph = (
        clusterings.groups[runs_without][:, stays],
        together(clusterings, neighbours=neighbours, stays=stays),
    )
    fine, cuts, curve = _hierarchy(graph, groups, min_size=min_size, n_themes=n_themes)
    return _by_size(_settled(cuts[_chosen(curve, n_themes)][fine], groups, min_size=min_size))


def enough(clusterings: Runs, stays: np.ndarray) -> bool:
    """Return whether at least ENOUGH runs used none of the rows left out; `stays`: mask of the others."""
    return int(without(clusterings, stays).sum()) >= ENOUGH


def _hierarchy(
    graph: sparse.csr_matrix, runs: np.ndarray, *, min_size: int, n_themes: int | None
) -> tuple[np.ndarray, dict[int, np.ndarray], dict[int, float]]:
    """Return the leaf of each row, (n,), the group of each leaf for each number of groups, and the curve of fit."""
    wanted = 2 * (n_themes or 2)
    fine, resolution = communities(graph, resolution=FINE), FINE
    while fine.max() + 1 < min(wanted, len(fine)) and resolution < 64:
        resolution *= 2
        fine = communities(graph, resolution=resolution)
    fine = _without_small(fine, runs, min_size=min_size if n_themes is None else 1)
    cuts = _cuts(fine, runs)
    return fine, cuts, _curve(cuts, fine, runs)


def _settled(themes: np.ndarray, runs: np.ndarray, *, min_size: int) -> np.ndarray:
    """Move each segment to its strongest theme until none moves or a theme would become too small."""
    for _ in range(MOVES):
        moved = np.round(strengths(runs, themes), 9).argmax(axis=1)
        sizes = np.bincount(moved, minlength=themes.max() + 1)
        if (moved == themes).all() or sizes.min() < min(min_size, np.bincount(themes).min()):
            break
        themes = moved
    return themes


def strengths(runs: np.ndarray, themes: np.ndarray) -> np.ndarray:
    """Return the strength of each segment in each theme, (n, themes): the mean share of the theme in its cluster.

    `runs`: (runs, n); `themes`: (n,). Rows sum to 1, so the largest value shows how clear the assignment is.
    """
    sizes = np.bincount(themes)
    total = np.zeros((len(themes), len(sizes)))
    for run in runs:
        total += (counted(run, themes) / sizes)[run]
    return np.asarray(total / np.maximum(total.sum(axis=1, keepdims=True), 1e-12))


def counted(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the contingency table of two clusterings numbered from 0, (groups of a, groups of b)."""
    n_first, n_second = int(first.max(initial=-1)) + 1, int(second.max(initial=-1)) + 1
    cells = np.bincount(first.astype(np.int64) * n_second + second, minlength=n_first * n_second)
    return cells.reshape(n_first, n_second).astype(np.float64)


def rand_index(first: np.ndarray, second: np.ndarray) -> float:
    """Return the adjusted Rand index of two clusterings of the same rows (Hubert & Arabie 1985); 1 if identical.

    Groups may have any numbers; rows in no group (-1) count as one group.
    """
    first_numbers, second_numbers = (np.unique(groups, return_inverse=True)[1] for groups in (first, second))
    table = counted(first_numbers, second_numbers)
    joint, *pairs = (_pairs(counts).sum() for counts in (table, table.sum(1), table.sum(0), table.sum()))
    return float(_adjusted(np.array([joint]), *pairs)[0])


def _pairs(counts: np.ndarray) -> np.ndarray:
    """Return the number of pairs among so many; a whole number, so that sums are exact in any order."""
    return np.asarray(counts * (counts - 1) / 2)


def _adjusted(joint: np.ndarray, first: float, second: np.ndarray, every: float) -> np.ndarray:
    """Return adjusted Rand indices from numbers of pairs: joined in both clusterings, the first, the second, all."""
    expected = first * second / every if every else np.zeros_like(joint)
    span = (first + second) / 2 - expected
    return np.where(span == 0, 1.0, (joint - expected) / np.where(span == 0, 1.0, span))


def _association(groups: np.ndarray, runs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean co-membership of groups over the runs, (groups, groups), and their sizes, (groups,)."""
    sizes = np.bincount(groups).astype(np.float64)
    total = np.zeros((len(sizes), len(sizes)))
    for run in runs:
        counts = counted(groups, run)
        total += counts @ counts.T  # whole numbers: exact
    return total / np.outer(sizes, sizes) / len(runs), sizes


def _without_small(groups: np.ndarray, runs: np.ndarray, *, min_size: int) -> np.ndarray:
    """Merge each group smaller than `min_size`, smallest first, into the group it is most often together with."""
    while True:
        sizes = np.bincount(groups)
        if len(sizes) < 2 or sizes.min() >= min_size:
            return groups
        small = int(sizes.argmin())
        with_others = _association(groups, runs)[0][small]
        with_others[small] = -1
        groups = np.unique(np.where(groups == small, with_others.argmax(), groups), return_inverse=True)[1]


def _cuts(fine: np.ndarray, runs: np.ndarray) -> dict[int, np.ndarray]:
    """Merge groups by average linkage of co-membership; return the group of each leaf for each number of groups."""
    association, sizes = _association(fine, runs)
    np.fill_diagonal(association, -1)
    sizes = sizes.copy()
    alive, group = list(range(len(sizes))), np.arange(len(sizes))
    cuts = {len(alive): group.copy()}
    while len(alive) > 1:
        among = association[np.ix_(alive, alive)]
        first, second = sorted(alive[position] for position in np.unravel_index(int(among.argmax()), among.shape))
        weighted = association[first] * sizes[first] + association[second] * sizes[second]
        association[first] = association[:, first] = weighted / (sizes[first] + sizes[second])
        association[first, first] = -1
        sizes[first] += sizes[second]
        alive.remove(second)
        group[group == second] = first
        cuts[len(alive)] = np.unique(group, return_inverse=True)[1]
    return cuts


def _curve(cuts: dict[int, np.ndarray], fine: np.ndarray, runs: np.ndarray) -> dict[int, float]:
    """Return the mean adjusted Rand index with the runs for each number of groups."""
    tables = [counted(fine, run) for run in runs]
    starts = np.cumsum([0, *(table.shape[1] for table in tables[:-1])])
    side_by_side, sizes = np.hstack(tables), np.bincount(fine).astype(np.float64)
    second = np.add.reduceat(_pairs(side_by_side.sum(axis=0)), starts)
    every = float(_pairs(sizes.sum()))
    curve = {}
    for count, cut in sorted(cuts.items()):
        joined = np.zeros((count, len(cut)))
        joined[cut, np.arange(len(cut))] = 1.0
        joint = np.add.reduceat(_pairs(joined @ side_by_side).sum(axis=0), starts)
        curve[count] = float(np.mean(_adjusted(joint, float(_pairs(joined @ sizes).sum()), second, every)))
    return curve


def _chosen(curve: dict[int, float], n_themes: int | None) -> int:
    """Return the number of themes nearest to `n_themes`; if None, the best fit, and the smallest on a tie."""
    if n_themes is not None:
        return min(curve, key=lambda count: (abs(count - n_themes), count))
    several = {count: value for count, value in curve.items() if count > 1} or curve
    return max(several, key=lambda count: (round(several[count], 9), -count))


def _by_size(groups: np.ndarray) -> np.ndarray:
    """Renumber groups from 0 by decreasing size; on a tie, by their first member."""
    names, first, sizes = np.unique(groups, return_index=True, return_counts=True)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(names))
    return rank[np.searchsorted(names, groups)]
