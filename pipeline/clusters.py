"""Clusters: groups of segments that come back however the question is put, and one hierarchy of them.

One run of a clustering depends on settings nobody can defend and on who happened to be interviewed. So many runs are
made, each on other documents, with other neighbourhoods and another fineness, and what is kept is what stays together
across them: evidence accumulation (Fred & Jain 2005, doi:10.1109/TPAMI.2005.113). The runs are communities of the graph
of nearest neighbours (Leiden: Traag et al. 2019, doi:10.1038/s41598-019-41695-z) and groups around centres (k-means).

Everything here is a function of the rows in the order given: callers sort them. Vectors are put on a grid on which
sums of products are exact in float64, so that neither the number of threads nor the library that multiplies matters.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from pipeline.context import unit

GRID = 2.0**14
BLOCK = 1024
# Shares of the neighbourhood asked for, taken in turn by the runs: no single size of it decides.
SPREAD = (0.67, 1.0, 1.33, 1.67)
# Communities this much finer than the runs' own are the ends of the hierarchy's branches.
FINE = 4.0
MIN_DOCUMENTS = 5
# The runs look at the vectors in this many directions, in turn.
DIMENSIONS = (20, 40)
# Steps of k-means, and of settling, after which whatever is reached is taken.
STEPS, MOVES = 30, 10


@dataclass(frozen=True)
class Clusters:
    """A clustering of n segments.

    `themes` and `parts`: (n,) numbers from 0, the largest theme first, each part inside one theme; `runs`: (runs, n),
    the groups of each run; `curve`: how well each number of themes agrees with the runs (mean ARI); `fine`: (n,), the
    ends of the branches; `cuts`: for each number of groups, the group of each end.
    """

    themes: np.ndarray
    parts: np.ndarray
    runs: np.ndarray
    curve: dict[int, float]
    fine: np.ndarray
    cuts: dict[int, np.ndarray]


def exact(vectors: np.ndarray) -> np.ndarray:
    """Unit rows on a grid of 2**-14: products and their sums are then exact, in whatever order they are added."""
    return np.asarray(np.round(unit(vectors) * GRID) / GRID, dtype=np.float64)


def nearest(vectors: np.ndarray, *, count: int) -> tuple[np.ndarray, np.ndarray]:
    """For each row the `count` rows most like it (fewer where there are fewer), nearest first, and their cosines.

    Exact, by blocks of a matrix product; of equals the earlier row comes first. Both arrays are (n, count).
    """
    rows = exact(vectors)
    count = max(min(count, len(rows) - 1), 0)
    found, cosines = np.empty((len(rows), count), dtype=np.int64), np.empty((len(rows), count))
    for start in range(0, len(rows) if count else 0, BLOCK):
        block = rows[start : start + BLOCK] @ rows.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        best = np.sort(np.argpartition(-block, count - 1, axis=1)[:, :count], axis=1)
        values = np.take_along_axis(block, best, axis=1)
        sort = np.argsort(-values, axis=1, kind="stable")
        found[start : start + BLOCK] = np.take_along_axis(best, sort, axis=1)
        cosines[start : start + BLOCK] = np.take_along_axis(values, sort, axis=1)
    return found, cosines


def project(vectors: np.ndarray, *, dimensions: int) -> np.ndarray:
    """Unit rows in the directions in which the rows differ most (principal components), again on the grid.

    What is left out is mostly noise: neighbours in the rest change less when documents come and go. Fewer rows or
    columns than `dimensions` give the rows around their mean, in all directions.
    """
    rows = exact(vectors)
    centred = rows - np.round(rows.mean(axis=0) * GRID) / GRID
    if min(centred.shape) <= dimensions:
        return exact(centred)
    # The sums are exact; one thread, so that the decomposition adds up in one order too.
    with threadpool_limits(limits=1):
        _, directions = np.linalg.eigh(centred.T @ centred)
    return exact(np.einsum("ij,jk->ik", centred, directions[:, ::-1][:, :dimensions], optimize=False))


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
    """Cluster at least two rows; `documents` names the document of each.

    Of the `runs`, in turn: communities of the graph of about `neighbours` neighbours, at a resolution from the band
    `resolutions`; and as many groups around centres (spherical k-means), which err in another way. Each keeps about a
    share `keep` of the documents (all, where they are fewer than five). Groups below `min_size` join the group they are
    most often with. The number of themes is the one that agrees best with the runs, unless `n_themes` says another.
    """
    views = [project(vectors, dimensions=count) for count in DIMENSIONS]
    reach = 2 * _neighbourhood(len(vectors), round(neighbours * SPREAD[-1]))
    graphs = [nearest(view, count=reach) for view in views]
    kept = _kept(documents, runs=runs, keep=keep, seed=seed)
    made = _runs(views, graphs, kept, neighbours=neighbours, resolutions=resolutions, seed=seed)
    together = _together(graphs[0][0][:, : _neighbourhood(len(vectors), neighbours)], made)
    wanted = 2 * (n_themes or 2)
    fine, resolution = _communities(together, resolution=FINE, seed=seed), FINE
    while fine.max() + 1 < min(wanted, len(fine)) and resolution < 64:
        resolution *= 2
        fine = _communities(together, resolution=resolution, seed=seed)
    fine = _without_small(fine, made, min_size=min_size if n_themes is None else 1)
    cuts = _cuts(fine, made)
    curve = {count: _agreement(cut[fine], made) for count, cut in sorted(cuts.items())}
    chosen = _chosen(curve, n_themes)
    whole, part = cuts[chosen], cuts[max(count for count in cuts if count <= max(3 * chosen, 2))]
    themes = _settled(whole[fine], made, min_size=min_size)
    # A part lies in the theme that its ends lie in; a segment that changed its theme takes the likeliest part of it.
    inside = np.zeros((part.max() + 1, whole.max() + 1), dtype=bool)
    inside[part, whole] = True
    parts = np.where(inside.T[themes], strengths(made, part[fine]), -1.0).argmax(axis=1)
    return Clusters(themes=_by_size(themes), parts=_by_size(parts), runs=made, curve=curve, fine=fine, cuts=cuts)


def _settled(themes: np.ndarray, runs: np.ndarray, *, min_size: int) -> np.ndarray:
    """Move each segment to the theme it is most often with, until none moves, or a theme would become too small."""
    for _ in range(MOVES):
        moved = np.round(strengths(runs, themes), 9).argmax(axis=1)
        sizes = np.bincount(moved, minlength=themes.max() + 1)
        if (moved == themes).all() or sizes.min() < min(min_size, np.bincount(themes).min()):
            break
        themes = moved
    return themes


def strengths(runs: np.ndarray, themes: np.ndarray) -> np.ndarray:
    """How often a segment goes with each theme: (n, themes), the mean share of a theme found beside it over the runs.

    Rows add up to 1, so that a row's largest value says how clearly the segment belongs where it belongs.
    """
    members = _indicator(themes)
    sizes = np.asarray(members.sum(axis=0)).ravel()
    total = np.zeros(members.shape)
    for run in runs:
        groups = _indicator(run)
        shares = (groups.T @ members).toarray() / sizes
        total += shares[run]
    return np.asarray(total / np.maximum(total.sum(axis=1, keepdims=True), 1e-12))


def rand_index(a: np.ndarray, b: np.ndarray) -> float:
    """The adjusted Rand index of two clusterings of the same rows (Hubert & Arabie 1985); 1 where both say the same.

    Any numbers name the groups; rows in no group (-1) count as a group of their own.
    """
    first, second = (np.unique(groups, return_inverse=True)[1] for groups in (a, b))
    return _rand_index((_indicator(first).T @ _indicator(second)).toarray())


def _rand_index(table: np.ndarray) -> float:
    pairs = [float((counts * (counts - 1) / 2).sum()) for counts in (table, table.sum(0), table.sum(1), table.sum())]
    both, left, right, all_pairs = pairs
    expected = left * right / all_pairs if all_pairs else 0.0
    span = (left + right) / 2 - expected
    return 1.0 if span == 0 else (both - expected) / span


def _neighbourhood(n: int, asked: int) -> int:
    """How many neighbours a segment has: as asked, but no more than a small study can mean by 'near'."""
    return max(1, min(asked, n - 1, max(3, int(1.2 * n**0.5))))


def _kept(documents: np.ndarray, *, runs: int, keep: float, seed: int) -> np.ndarray:
    """The rows each run keeps, (runs, n). Whether it keeps a document depends on the document's name alone.

    So a study and the same study with one document less are looked at through the same runs.
    """
    names, owner = np.unique(documents, return_inverse=True)
    if len(names) < MIN_DOCUMENTS:
        return np.ones((runs, len(documents)), dtype=bool)
    kept = np.empty((runs, len(documents)), dtype=bool)
    for number in range(runs):
        drawn = np.array([_draw(f"{seed}|{number}|{name}") for name in names])
        some = drawn < max(keep, float(np.sort(drawn)[min(2, len(names) - 1)]) + 1e-9)
        kept[number] = some[owner]
    return kept


def _draw(name: str) -> float:
    """A number from 0 to 1 that only the name decides."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:12], 16) / 16**12


def _runs(
    views: Sequence[np.ndarray],
    graphs: Sequence[tuple[np.ndarray, np.ndarray]],
    kept: np.ndarray,
    *,
    neighbours: int,
    resolutions: tuple[float, float],
    seed: int,
) -> np.ndarray:
    """The groups of each run, (runs, n); a segment left out of a run joins the group it is nearest to."""
    made = np.zeros(kept.shape, dtype=np.int32)
    band = np.linspace(*resolutions, max((len(kept) + 1) // 2, 1))
    for number, rows in enumerate(kept):
        pair = number // 2
        view = pair % len(views)
        if number % 2:
            made[number] = _around_centres(views[view], rows, count=int(made[number - 1].max()) + 1, seed=seed + number)
        else:
            size = _neighbourhood(kept.shape[1], round(neighbours * SPREAD[pair % len(SPREAD)]))
            made[number] = _in_graph(*graphs[view], rows, size=size, resolution=float(band[pair]), seed=seed + number)
    return made


def _in_graph(
    near: np.ndarray, cosines: np.ndarray, kept: np.ndarray, *, size: int, resolution: float, seed: int
) -> np.ndarray:
    """Communities of the graph of neighbours among the rows kept; the others go with most of their neighbours."""
    graph = _graph(near, cosines, kept, size)
    inside, outside = np.flatnonzero(kept), np.flatnonzero(~kept)
    groups = np.zeros(len(kept), dtype=np.int32)
    groups[inside] = _communities(_symmetric(graph[inside][:, inside]), resolution=resolution, seed=seed)
    if len(outside):
        groups[outside] = (graph[outside][:, inside] @ _indicator(groups[inside])).toarray().argmax(axis=1)
    return groups


def _around_centres(rows: np.ndarray, kept: np.ndarray, *, count: int, seed: int) -> np.ndarray:
    """Spherical k-means of the rows kept (Dhillon & Modha 2001), the others with the nearest centre; exact on the grid.

    A centre that loses all its rows keeps its place.
    """
    used = rows[kept]
    random = np.random.default_rng(seed)
    centres = used[np.sort(random.choice(len(used), size=min(count, len(used)), replace=False))]
    for _ in range(STEPS):
        groups = (used @ centres.T).argmax(axis=1)
        sums = _indicator(groups, count=len(centres)).T @ used
        moved = exact(np.where(np.abs(sums).sum(axis=1, keepdims=True) > 0, sums, centres))
        if (moved == centres).all():
            break
        centres = moved
    return np.asarray((rows @ centres.T).argmax(axis=1), dtype=np.int32)


def _graph(near: np.ndarray, cosines: np.ndarray, kept: np.ndarray, size: int) -> sparse.csr_matrix:
    """Each row's first `size` neighbours among the rows kept, weighted by cosine."""
    usable = kept[near]
    usable &= np.cumsum(usable, axis=1) <= size
    rows, columns = np.nonzero(usable)
    weights = np.maximum(cosines[rows, columns], 1e-3)
    return sparse.csr_matrix((weights, (rows, near[rows, columns])), shape=(len(near), len(near)))


def _symmetric(graph: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(graph.maximum(graph.T))


def _together(near: np.ndarray, runs: np.ndarray) -> sparse.csr_matrix:
    """Neighbours, weighted by the share of runs in which they are in one group."""
    rows = np.repeat(np.arange(len(near)), near.shape[1])
    columns = near.ravel()
    shares = reduce(np.add, ((run[rows] == run[columns]).astype(np.float64) for run in runs)) / len(runs)
    graph = sparse.csr_matrix((shares, (rows, columns)), shape=(len(near), len(near)))
    graph.eliminate_zeros()
    return _symmetric(graph)


def _communities(graph: sparse.csr_matrix, *, resolution: float, seed: int) -> np.ndarray:
    """Leiden communities of a weighted graph, numbered from 0; a graph without edges is a community a row."""
    from sknetwork.clustering import Leiden

    if graph.shape[0] < 2 or graph.nnz == 0:
        return np.arange(graph.shape[0], dtype=np.int32)
    found = Leiden(resolution=resolution, random_state=seed % 2**32).fit_predict(graph)
    return np.unique(found, return_inverse=True)[1].astype(np.int32)


def _indicator(groups: np.ndarray, *, count: int = 0) -> sparse.csr_matrix:
    n = len(groups)
    shape = (n, max(count, int(groups.max()) + 1 if n else 0))
    return sparse.csr_matrix((np.ones(n), (np.arange(n), groups)), shape=shape)


def _association(groups: np.ndarray, runs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How often a member of one group is with a member of another over the runs, (groups, groups), and their sizes."""
    members = _indicator(groups)
    sizes = np.asarray(members.sum(axis=0)).ravel()
    total = np.zeros((len(sizes), len(sizes)))
    for run in runs:
        counts = (members.T @ _indicator(run)).toarray()
        total += counts @ counts.T  # whole numbers: exact
    return total / np.outer(sizes, sizes) / len(runs), sizes


def _without_small(groups: np.ndarray, runs: np.ndarray, *, min_size: int) -> np.ndarray:
    """Join each group below `min_size`, smallest first, to the group it is most often with."""
    while True:
        sizes = np.bincount(groups)
        if len(sizes) < 2 or sizes.min() >= min_size:
            return groups
        small = int(sizes.argmin())
        with_others = _association(groups, runs)[0][small]
        with_others[small] = -1
        groups = np.unique(np.where(groups == small, with_others.argmax(), groups), return_inverse=True)[1]


def _cuts(fine: np.ndarray, runs: np.ndarray) -> dict[int, np.ndarray]:
    """Join groups two at a time, those most often together first (average linkage); the group of each end at each step.

    Keys are numbers of groups, from the number of ends down to 1.
    """
    association, sizes = _association(fine, runs)
    np.fill_diagonal(association, -1)
    sizes = sizes.copy()
    alive, group = list(range(len(sizes))), np.arange(len(sizes))
    cuts = {len(alive): group.copy()}
    while len(alive) > 1:
        among = association[np.ix_(alive, alive)]
        first, second = sorted(alive[place] for place in np.unravel_index(int(among.argmax()), among.shape))
        weighted = association[first] * sizes[first] + association[second] * sizes[second]
        association[first] = association[:, first] = weighted / (sizes[first] + sizes[second])
        association[first, first] = -1
        sizes[first] += sizes[second]
        alive.remove(second)
        group[group == second] = first
        cuts[len(alive)] = np.unique(group, return_inverse=True)[1]
    return cuts


def _agreement(groups: np.ndarray, runs: np.ndarray) -> float:
    """Mean adjusted Rand index of a clustering with the runs."""
    members = _indicator(groups).T
    return float(np.mean([_rand_index((members @ _indicator(run)).toarray()) for run in runs]))


def _chosen(curve: dict[int, float], n_themes: int | None) -> int:
    """The number asked for or the nearest there is; else the one that agrees best, and of equals the smallest."""
    if n_themes is not None:
        return min(curve, key=lambda count: (abs(count - n_themes), count))
    several = {count: value for count, value in curve.items() if count > 1} or curve
    return max(several, key=lambda count: (round(several[count], 9), -count))


def _by_size(groups: np.ndarray) -> np.ndarray:
    """Number groups from 0, the largest first, of equals the one whose first member comes first."""
    names, first, sizes = np.unique(groups, return_index=True, return_counts=True)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(names))
    return rank[np.searchsorted(names, groups)]
