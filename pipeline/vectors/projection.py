"""The map of segments: vectors laid out in two dimensions, the same way every time."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.core import environment

# Below this many points there are no neighbourhoods to keep, and a straight projection is more honest.
MIN_NEIGHBOURHOODS = 60
# Above this many, so many are laid out, and the others put among their nearest: t-SNE would take minutes.
LAID_OUT, NEAREST = 6_000, 5
# Fewer rounds and neighbours than scikit-learn's own, and a coarser reckoning of what is far away: of 4,650 passages'
# ten neighbours as many are kept (41%), in a quarter of the time.
ROUNDS, NEIGHBOURS, ANGLE = 400, 20.0, 0.8


def positions(vectors: np.ndarray, *, order: np.ndarray | None = None, seed: int = 0) -> np.ndarray:
    """Positions of n vectors (n x d) on the map: n x 2, each coordinate 0 to 1.

    t-SNE (van der Maaten & Hinton 2008; its Barnes-Hut form, van der Maaten 2014) started from the principal
    components, on one thread, so that the same vectors give the same map; with few points the principal components
    alone. Distances across the map mean little; who is next to whom means something.

    Of more than LAID_OUT vectors the first by `order` (n places, by default as they come) are laid out, and each of the
    others is put in the midst of its nearest among these.
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
    """Everybody's place: of `first` where they were laid; of the others in the midst of their nearest among these.

    Their nearest may lie in several corners of the map, and the mean of all would be in none: it is the mean of the
    three that lie closest together.
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
    """Where each segment lies, rows of theme_map, by the vectors with context that themes rest on (a row a name)."""
    # By chance, and yet the same at every run: which segments are laid out if there are too many for all.
    drawn = np.argsort([hashlib.sha256(name.encode()).hexdigest() for name in names], kind="stable")
    flat = positions(vectors, order=drawn)
    return pd.DataFrame({"segment_id": list(names), "x": flat[:, 0], "y": flat[:, 1]})


def _principal(vectors: np.ndarray, count: int) -> np.ndarray:
    """Principal components, each turned so that its largest value is positive: their sign is otherwise arbitrary."""
    if len(vectors) < 2:
        return np.zeros((len(vectors), 2), dtype="float32")
    centred = vectors.astype("float64") - vectors.mean(axis=0, dtype="float64")
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    flat = (left * sizes)[:, :count]
    largest = flat[np.argmax(np.abs(flat), axis=0), np.arange(flat.shape[1])]
    turned: np.ndarray = (flat * np.where(largest < 0, -1, 1)).astype("float32")
    return turned


def _scaled(flat: np.ndarray) -> np.ndarray:
    """Both axes moved to 0..1, on one scale, in the middle."""
    low, high = flat.min(axis=0), flat.max(axis=0)
    span = float((high - low).max()) or 1.0
    centred: np.ndarray = (flat - (low + high) / 2) / span + 0.5
    return centred
