"""The map of segments: a reproducible two-dimensional layout of vectors."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.core import environment

# With fewer points, principal components are used instead of t-SNE.
MIN_NEIGHBOURHOODS = 60
# t-SNE is run on at most this many points, because it would take minutes; others are placed among their nearest.
LAID_OUT, NEAREST = 6_000, 5
# Fewer iterations and neighbours and a coarser approximation than scikit-learn's defaults: they preserve as many of the
# ten nearest neighbours of 4,650 passages (41%) in a quarter of the time.
ROUNDS, NEIGHBOURS, ANGLE = 400, 20.0, 0.8


def positions(vectors: np.ndarray, *, order: np.ndarray | None = None, seed: int = 0) -> np.ndarray:
    """Return map positions of n vectors (n, d): shape (n, 2), coordinates from 0 to 1.

    Uses t-SNE (van der Maaten & Hinton 2008; Barnes-Hut: van der Maaten 2014), initialised with principal components
    and run on one thread, so that the same vectors give the same map; with few points, principal components alone. Only
    neighbourhoods are meaningful, not distances across the map. Beyond LAID_OUT vectors, the first ones by `order` (n
    positions; default: as given) are laid out, and the others are placed among their nearest.
    """
    if len(vectors) == 0:
        return np.zeros((0, 2))
    with environment.one_thread():
        flat = _principal(vectors, min(50, vectors.shape[1], max(len(vectors) - 1, 1)))
        if len(vectors) > LAID_OUT:
            first = np.sort((np.arange(len(vectors)) if order is None else order)[:LAID_OUT])
            flat = _among(flat, first, _neighbourhoods(flat[first], seed))
        elif len(vectors) >= MIN_NEIGHBOURHOODS:
            flat = _neighbourhoods(flat, seed)
    wide: np.ndarray = np.pad(flat, ((0, 0), (0, max(0, 2 - flat.shape[1]))))[:, :2].astype(float)
    return np.round(_scaled(wide), 4)


def _neighbourhoods(flat: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE

    start = flat[:, :2] / (np.std(flat[:, 0]) or 1.0) * 1e-4
    perplexity = min(NEIGHBOURS, (len(flat) - 1) / 3)
    model = TSNE(init=start, perplexity=perplexity, max_iter=ROUNDS, angle=ANGLE, random_state=seed, n_jobs=1)
    laid: np.ndarray = model.fit_transform(flat)
    return laid


def _among(flat: np.ndarray, first: np.ndarray, laid: np.ndarray) -> np.ndarray:
    """Return positions for all vectors: as laid out for `first`, otherwise among the nearest of these.

    The nearest may be in different parts of the map, where their mean would be in none; so the mean of the three that
    are closest together is used.
    """
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=NEAREST, algorithm="brute").fit(flat[first])
    around = laid[nearest.kneighbors(flat, return_distance=False)]
    apart = np.linalg.norm(around[:, :, None] - around[:, None], axis=3)
    closest = np.argsort(np.sort(apart, axis=2)[:, :, :3].sum(axis=2), axis=1, kind="stable")[:, 0]
    three = np.argsort(apart[np.arange(len(flat)), closest], axis=1, kind="stable")[:, :3]
    placed: np.ndarray = np.take_along_axis(around, three[:, :, None], axis=1).mean(axis=1)
    placed[first] = laid
    return placed


def places(names: Sequence[str], vectors: np.ndarray) -> pd.DataFrame:
    """Return rows of theme_map: the position of each segment, from vectors with context (one row per name)."""
    # Pseudo-random but reproducible choice of the segments to lay out if there are too many.
    drawn = np.argsort([hashlib.sha256(name.encode()).hexdigest() for name in names], kind="stable")
    flat = positions(vectors, order=drawn)
    return pd.DataFrame({"segment_id": list(names), "x": flat[:, 0], "y": flat[:, 1]})


def _principal(vectors: np.ndarray, count: int) -> np.ndarray:
    """Return principal components with the sign chosen so that the largest value is positive."""
    if len(vectors) < 2:
        return np.zeros((len(vectors), 2), dtype="float32")
    centred = vectors.astype("float64") - vectors.mean(axis=0, dtype="float64")
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    flat = (left * sizes)[:, :count]
    largest = flat[np.argmax(np.abs(flat), axis=0), np.arange(flat.shape[1])]
    turned: np.ndarray = (flat * np.where(largest < 0, -1, 1)).astype("float32")
    return turned


def _scaled(flat: np.ndarray) -> np.ndarray:
    """Scale both axes by the same factor to the range 0 to 1, centred."""
    low, high = flat.min(axis=0), flat.max(axis=0)
    span = float((high - low).max()) or 1.0
    centred: np.ndarray = (flat - (low + high) / 2) / span + 0.5
    return centred
