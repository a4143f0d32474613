"""Context: talk goes on across segments, so a segment's vector borrows from those just before and after it.

A cut at 60 words is a cut in the text, not in the thought. The neighbours' vectors, weighted less the further away
they are, put back what the cut took. The price is sharpness where the subject changes: it is measured in
benchmarks/themes.py.
"""

import numpy as np
import pandas as pd


def order(segments: pd.DataFrame) -> np.ndarray:
    """The positions that put segments in the order of the talk: by document, place in it, and id.

    Every step that could depend on the order of rows starts from this, so that no result does.
    """
    keys = segments[["document", "start", "segment_id"]].reset_index(drop=True)
    return keys.sort_values(["document", "start", "segment_id"], kind="stable").index.to_numpy()


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1 (float64); a row of zeros stays zeros."""
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)


def smooth(segments: pd.DataFrame, vectors: np.ndarray, *, neighbours: int, decay: float) -> np.ndarray:
    """Vectors with context: each substantive segment plus its neighbours, `decay ** distance` each, at length 1 again.

    Rows are aligned to `segments` (columns segment_id, document, start, substantive). Neighbours are the `neighbours`
    substantive segments on either side in the same document, in the order of the talk. A segment that is not
    substantive keeps its own vector and lends it to none. Returns float32, one row a segment. `neighbours` 0 gives
    the plain vectors. Raises ValueError where rows and vectors do not match, or decay is not between 0 and 1.
    """
    if len(segments) != len(vectors):
        raise ValueError(f"{len(segments)} segments and {len(vectors)} vectors: they must be aligned row by row.")
    if neighbours < 0 or not 0 <= decay <= 1:
        raise ValueError(f"neighbours is {neighbours} (0 or more) and decay is {decay} (between 0 and 1).")
    plain = unit(vectors)
    result = plain.copy()
    talk = order(segments)
    talk = talk[segments["substantive"].to_numpy(dtype=bool)[talk]]
    documents = segments["document"].to_numpy()[talk]
    for distance in range(1, neighbours + 1):
        before, after = talk[:-distance], talk[distance:]
        same = documents[:-distance] == documents[distance:]
        result[before[same]] += decay**distance * plain[after[same]]
        result[after[same]] += decay**distance * plain[before[same]]
    return unit(result).astype(np.float32)
