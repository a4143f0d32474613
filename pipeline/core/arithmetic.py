"""Numbers as every part of the pipeline computes them."""

from typing import Any

import numpy as np

# The length below which a vector is what rounding left of nothing.
NOTHING = 1e-9


def unit(vectors: Any) -> np.ndarray:
    """Rows scaled to length 1 (float64); a row of zeros, or of what rounding left of nothing, is one of zeros."""
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > NOTHING, rows, 0.0) / np.where(lengths > NOTHING, lengths, 1.0))
