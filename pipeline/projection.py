"""The map of segments: vectors laid out in two dimensions, the same way every time."""

import numpy as np
import pandas as pd
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from pipeline import context
from pipeline.rows import lookup

# Below this many points there are no neighbourhoods to keep, and a straight projection is more honest.
MIN_NEIGHBOURHOODS = 60


def positions(vectors: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Positions of n vectors (n x d) on the map: n x 2, each coordinate 0 to 1.

    t-SNE (van der Maaten & Hinton 2008) started from the principal components, on one thread, so that the same vectors
    give the same map; with few points the principal components alone. Distances across the map mean little; who is next
    to whom means something.
    """
    if len(vectors) == 0:
        return np.zeros((0, 2))
    with threadpool_limits(limits=1):
        flat = _principal(vectors, min(50, vectors.shape[1], max(len(vectors) - 1, 1)))
        if len(vectors) >= MIN_NEIGHBOURHOODS:
            start = flat[:, :2] / (np.std(flat[:, 0]) or 1.0) * 1e-4
            model = TSNE(init=start, perplexity=min(30.0, (len(vectors) - 1) / 3), random_state=seed, n_jobs=1)
            flat = model.fit_transform(flat)
    wide: np.ndarray = np.pad(flat, ((0, 0), (0, max(0, 2 - flat.shape[1]))))[:, :2].astype(float)
    return np.round(_scaled(wide), 4)


def places(segments: pd.DataFrame, embeddings: pd.DataFrame, *, neighbours: int, decay: float) -> pd.DataFrame:
    """Where each substantive segment lies (segment_id, x, y), by the vectors with context that themes rest on."""
    said = segments[segments.substantive & segments.segment_id.isin(embeddings.segment_id.to_list())]
    said = said.iloc[context.order(said)].reset_index(drop=True)
    vector_of = lookup(embeddings, "segment_id", "vector")
    vectors = np.stack([vector_of[segment] for segment in said.segment_id]) if len(said) else np.zeros((0, 1))
    flat = positions(context.smooth(said, vectors, neighbours=neighbours, decay=decay))
    return said[["segment_id"]].assign(x=flat[:, 0], y=flat[:, 1])


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
