"""Repeated clusterings of the segments on different documents, with different settings and methods.

Results depend on the order of the rows; callers sort them. Vectors are rounded to a grid on which sums of products are
exact in float64, so results do not depend on threads or on the linear algebra library.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy import sparse

from pipeline.core import environment, parallel
from pipeline.core.arithmetic import unit

GRID = 2.0**14
BLOCK = 1024
# Neighbourhood sizes relative to the setting, used in turn.
SPREAD = (0.67, 1.0, 1.33, 1.67)
MIN_DOCUMENTS = 5
# Numbers of principal components, used in turn.
DIMENSIONS = (20, 40)
# Maximum number of k-means steps.
STEPS = 30
# Approximate seconds per row and run; used only to decide whether to start workers.
SECONDS_A_ROW = 5e-6


@dataclass(frozen=True)
class Runs:
    """Repeated clusterings of n rows.

    `groups`: (runs, n), the group of each row; `used`: (runs, n), True if the row was clustered in the run, False if it
    was assigned afterwards; `near`: (n, k), the nearest rows of each row, nearest first.
    """

    groups: np.ndarray
    used: np.ndarray
    near: np.ndarray


def make(
    vectors: np.ndarray,
    documents: np.ndarray,
    *,
    neighbours: int,
    runs: int,
    keep: float,
    resolutions: tuple[float, float],
    seed: int,
) -> Runs:
    """Cluster at least two rows `runs` times; `vectors`: (n, d), `documents`: (n,).

    Runs alternate between Louvain communities of the graph of about `neighbours` nearest neighbours, at a resolution
    from the range `resolutions`, and spherical k-means with as many groups. Each run uses about a share `keep` of the
    documents (all if there are fewer than five).
    """
    views = [project(vectors, dimensions=count) for count in DIMENSIONS]
    reach = 2 * neighbourhood(len(vectors), round(neighbours * SPREAD[-1]))
    graphs = [nearest(view, count=reach) for view in views]
    used = used_rows(documents, runs=runs, keep=keep, seed=seed)
    # The products are small: threads would wait for each other longer than they work.
    with environment.one_thread():
        groups = groups_of_runs(views, graphs, used, neighbours=neighbours, resolutions=resolutions, seed=seed)
    return Runs(groups, used, graphs[0][0])


def seconds(n: int, *, runs: int) -> float:
    """Estimate the seconds that `runs` runs over n rows take in one process."""
    return n * runs * SECONDS_A_ROW


def without(clusterings: Runs, stays: np.ndarray) -> np.ndarray:
    """Return a mask, (runs,), of the runs that used none of the rows left out; `stays`: mask of the others."""
    return np.asarray(~clusterings.used[:, ~stays].any(axis=1))


def exact(vectors: np.ndarray) -> np.ndarray:
    """Return unit rows rounded to multiples of 2**-14, so that sums of products are exact in any order."""
    return np.asarray(np.round(unit(vectors) * GRID) / GRID, dtype=np.float64)


def nearest(vectors: np.ndarray, *, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the `count` nearest rows of each row (at most n - 1), nearest first, and their cosines.

    Both arrays are (n, count). The search is exact; on a tie the earlier row comes first.
    """
    grid_vectors = exact(vectors)
    count = max(min(count, len(grid_vectors) - 1), 0)
    neighbours, cosines = np.empty((len(grid_vectors), count), dtype=np.int64), np.empty((len(grid_vectors), count))
    # Less than any difference on the grid, so that no two are equal and the search finds the same everywhere.
    later = np.arange(len(grid_vectors)) * (0.5 / GRID**2 / max(len(grid_vectors), 1))
    for start in range(0, len(grid_vectors) if count else 0, BLOCK):
        block = grid_vectors[start : start + BLOCK] @ grid_vectors.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        keys = later - block
        best = np.argpartition(keys, count - 1, axis=1)[:, :count]
        best = np.take_along_axis(best, np.argsort(np.take_along_axis(keys, best, axis=1), axis=1), axis=1)
        neighbours[start : start + BLOCK] = best
        cosines[start : start + BLOCK] = np.take_along_axis(block, best, axis=1)
    return neighbours, cosines


def project(vectors: np.ndarray, *, dimensions: int) -> np.ndarray:
    """Project rows on their first `dimensions` principal components; return unit rows on the grid.

    The components left out are mostly noise, so neighbours change less when documents are added or removed. With fewer
    rows or columns than `dimensions`, the rows are only centred.
    """
    grid_vectors = exact(vectors)
    centred = grid_vectors - np.round(grid_vectors.mean(axis=0) * GRID) / GRID
    if min(centred.shape) <= dimensions:
        return exact(centred)
    # The sums are exact; one thread, so that the decomposition adds up in one order too.
    with environment.one_thread():
        _, directions = np.linalg.eigh(centred.T @ centred)
    return exact(np.einsum("ij,jk->ik", centred, directions[:, ::-1][:, :dimensions], optimize=False))


def neighbourhood(n: int, wanted: int) -> int:
    """Return the number of neighbours to use for n rows: as asked, but limited in small studies."""
    return max(1, min(wanted, n - 1, max(3, int(1.2 * n**0.5))))


def used_rows(documents: np.ndarray, *, runs: int, keep: float, seed: int) -> np.ndarray:
    """Return a mask of the rows that each run uses, (runs, n).

    The draw depends only on the seed, the run and the document's name, so runs stay comparable when a document is
    added or removed.
    """
    names, owner = np.unique(documents, return_inverse=True)
    if len(names) < MIN_DOCUMENTS:
        return np.ones((runs, len(documents)), dtype=bool)
    used = np.empty((runs, len(documents)), dtype=bool)
    for number in range(runs):
        drawn = np.array([draw(f"{seed}|{number}|{name}") for name in names])
        chosen = drawn < max(keep, float(np.sort(drawn)[min(2, len(names) - 1)]) + 1e-9)
        used[number] = chosen[owner]
    return used


def draw(name: str) -> float:
    """Return a pseudo-random number from 0 to 1 that depends only on the name."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:12], 16) / 16**12


def groups_of_runs(
    views: Sequence[np.ndarray],
    graphs: Sequence[tuple[np.ndarray, np.ndarray]],
    used: np.ndarray,
    *,
    neighbours: int,
    resolutions: tuple[float, float],
    seed: int,
) -> np.ndarray:
    """Return the groups of each run, (runs, n); rows left out of a run are assigned to the nearest group."""
    runs, n = used.shape
    band = np.linspace(*resolutions, max((runs + 1) // 2, 1))

    def pair(number: int) -> np.ndarray:
        """Return a Louvain run and the k-means run with as many groups, concatenated."""
        view, size = number % len(views), neighbourhood(n, round(neighbours * SPREAD[number % len(SPREAD)]))
        groups = [_in_graph(*graphs[view], used[2 * number], size=size, resolution=float(band[number]))]
        for k_means_run in range(2 * number + 1, min(2 * number + 2, runs)):
            groups.append(
                _around_centres(views[view], used[k_means_run], count=int(groups[0].max()) + 1, seed=seed + k_means_run)
            )
        return np.concatenate(groups)

    pairs = parallel.each(pair, range((runs + 1) // 2), seconds=seconds(n, runs=runs))
    return np.concatenate(pairs).astype(np.int32).reshape(used.shape)


def _in_graph(near: np.ndarray, cosines: np.ndarray, used: np.ndarray, *, size: int, resolution: float) -> np.ndarray:
    """Return Louvain communities of the rows kept; the other rows join the majority of their neighbours."""
    graph = _symmetric(_graph(near[used], cosines[used], used, size))
    groups = np.zeros(len(used), dtype=np.int32)
    groups[used] = communities(graph, resolution=resolution)
    if not used.all():
        groups[~used] = _with_most(_graph(near[~used], cosines[~used], used, size), groups[used])
    return groups


def _with_most(graph: sparse.csr_matrix, groups: np.ndarray) -> np.ndarray:
    """Return the group with the largest edge weight for each row; on a tie the first."""
    rows = np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))
    count = int(groups.max()) + 1
    cells = np.bincount(rows * count + groups[graph.indices], weights=graph.data, minlength=graph.shape[0] * count)
    return np.asarray(cells.reshape(-1, count).argmax(axis=1))


def _around_centres(rows: np.ndarray, used: np.ndarray, *, count: int, seed: int) -> np.ndarray:
    """Spherical k-means of the rows kept (Dhillon & Modha 2001); the other rows join the nearest centre.

    A centre that loses all its rows stays where it is.
    """
    used_rows = rows[used]
    random = np.random.default_rng(seed)
    centres = used_rows[np.sort(random.choice(len(used_rows), size=min(count, len(used_rows)), replace=False))]
    for _ in range(STEPS):
        groups = (used_rows @ centres.T).argmax(axis=1)
        sums = (groups == np.arange(len(centres))[:, None]).astype(np.float64) @ used_rows  # on the grid: exact
        moved = exact(np.where(np.abs(sums).sum(axis=1, keepdims=True) > 0, sums, centres))
        if (moved == centres).all():
            break
        centres = moved
    return np.asarray((rows @ centres.T).argmax(axis=1), dtype=np.int32)


def _graph(near: np.ndarray, cosines: np.ndarray, used: np.ndarray, size: int) -> sparse.csr_matrix:
    """Return the graph of each row's first `size` kept neighbours, weighted by cosine, (rows, kept rows)."""
    usable = _first(near, used, size)
    return _edges(near, usable, used, np.maximum(cosines[usable], 1e-3))


def _first(near: np.ndarray, used: np.ndarray, size: int) -> np.ndarray:
    """Return a mask of `near` with the first `size` kept neighbours of each row."""
    usable = used[near]
    usable &= np.cumsum(usable, axis=1, dtype=np.int32) <= size
    return np.asarray(usable)


def _edges(near: np.ndarray, usable: np.ndarray, used: np.ndarray, weights: np.ndarray) -> sparse.csr_matrix:
    """Return the graph of usable neighbours, (rows of `near`, kept rows)."""
    columns = _positions(used)[near[usable]]
    ends = np.concatenate([[0], np.cumsum(usable.sum(axis=1, dtype=np.int32), dtype=np.int32)])
    return sparse.csr_matrix((weights, columns, ends), shape=(len(near), int(used.sum())))


def _positions(used: np.ndarray) -> np.ndarray:
    """Return the position of each row among the rows kept."""
    return np.cumsum(used, dtype=np.int32) - 1


def _symmetric(graph: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(graph.maximum(graph.T))


def together(clusterings: Runs, *, neighbours: int, stays: np.ndarray | None = None) -> sparse.csr_matrix:
    """Return the neighbour graph weighted by the share of runs in which two rows are in one group, (n, n).

    `stays`: mask of the rows to use, by default all; only runs that used no other rows then count.
    """
    stays = np.ones(clusterings.groups.shape[1], dtype=bool) if stays is None else stays
    near, groups = clusterings.near[stays], clusterings.groups[without(clusterings, stays)][:, stays]
    usable = _first(near, stays, neighbourhood(len(near), neighbours))
    starts, ends = np.nonzero(usable)[0], _positions(stays)[near[usable]]
    shares = reduce(np.add, ((run[starts] == run[ends]).astype(np.float64) for run in groups)) / len(groups)
    graph = _edges(near, usable, stays, shares)
    graph.eliminate_zeros()
    return _symmetric(graph)


def communities(graph: sparse.csr_matrix, *, resolution: float) -> np.ndarray:
    """Return Louvain communities of a weighted graph, numbered from 0; without edges, one per row.

    Blondel et al. 2008, doi:10.1088/1742-5468/2008/10/P10008. Not scikit-network's Leiden: its refinement draws from
    the C library's rand(), which no seed of its own sets, so that a second call in one process differs from the first.
    """
    from sknetwork.clustering import Louvain

    if graph.shape[0] < 2 or graph.nnz == 0:
        return np.arange(graph.shape[0], dtype=np.int32)
    labels = Louvain(resolution, return_probs=False, return_aggregate=False, random_state=0).fit_predict(graph)
    return np.unique(labels, return_inverse=True)[1].astype(np.int32)
