"""Vector arithmetic shared by all stages."""

from typing import Any

import numpy as np

# Vectors shorter than this are rounding errors and count as zero.
NOTHING = 1e-9


def unit(vectors: Any) -> np.ndarray:
    """Scale rows to length 1.

    Takes an array of shape (n, d) and returns float64 of the same shape. Rows shorter than `NOTHING` become rows of
    zeros.
    """
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > NOTHING, rows, 0.0) / np.where(lengths > NOTHING, lengths, 1.0))
