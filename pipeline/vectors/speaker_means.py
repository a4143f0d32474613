"""Takes the speakers' habits of speech out of vectors, so that segments group by what is said and not by who says it.

A speaker's mean is partly habit, partly what they were asked and care about. So it is taken out with shrinkage: the
more a speaker says, the more of it (Efron & Morris 1975, doi:10.1080/01621459.1975.10479864). Measured in
benchmarks/themes.py.
"""

import numpy as np
import pandas as pd

from pipeline.core.arithmetic import unit

# Of a speaker with n segments, n / (n + SHRINKAGE) of the difference between their mean and everybody's is taken out.
SHRINKAGE = 40.0


def removed(segments: pd.DataFrame, vectors: np.ndarray, *, shrinkage: float = SHRINKAGE) -> np.ndarray:
    """Return vectors without their speakers' means, scaled to length 1; float32, shape (n, d).

    Rows of `vectors` match those of `segments` (document, speaker, case), which must be in the order of
    `context.order`. A participant is one speaker in all documents; text without speakers has its document's habits.
    """
    result = np.asarray(vectors, dtype=np.float64).copy()
    if not len(result):
        return result.astype(np.float32)
    everybody = result.mean(axis=0)
    for places in _speakers(segments):
        n = len(places)
        result[places] -= n / (n + shrinkage) * (result[places].mean(axis=0) - everybody)
    return unit(result).astype(np.float32)


def _speakers(segments: pd.DataFrame) -> list[np.ndarray]:
    """Return the positions of each speaker's segments: of a participant, or of a label in a document."""
    case, document = segments["case"].astype(str).to_numpy(), segments["document"].astype(str).to_numpy()
    speaker = segments["speaker"].astype(str).to_numpy()
    keys = pd.DataFrame({"whose": np.where(case == "", document, ""), "who": np.where(case == "", speaker, case)})
    return [np.asarray(places) for places in keys.groupby(["whose", "who"], sort=True).indices.values()]
