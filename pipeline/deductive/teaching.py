"""Which passages would teach mapping most if a person coded them.

Half of them are those of which the codes are least certain, rare codes first, and that are unlike what is coded or
chosen already (uncertainty and diversity: Settles 2009); the other half is drawn at random, so that frequencies and
agreement can be estimated from it.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.core.arithmetic import unit
from pipeline.deductive.calibration import Bools, Floats

# Share drawn at random.
AT_RANDOM = 0.5
# Digits at which gains are compared, because further digits depend on the processor.
DIGITS = 9


def drawn(scores: Floats, vectors: npt.NDArray[np.float32], *, coded: Bools, n: int, seed: int) -> pd.Series:
    """Return how each row was drawn: "gain", "random", or "" if it was not.

    `scores`: rows x codes, 0 to 1; `vectors`: of the rows; `coded`: rows that a person has read, which are not drawn.
    """
    found = pd.Series("", index=range(len(scores)))
    n = min(n, int((~coded).sum()))
    for_gain = n - round(AT_RANDOM * n)
    found[_telling(scores, unit(vectors), coded=coded, n=for_gain)] = "gain"
    rest = np.flatnonzero(~coded & (found == "").to_numpy())
    found[np.random.default_rng(seed).choice(rest, n - for_gain, replace=False)] = "random"
    return found


def _telling(scores: Floats, vectors: Floats, *, coded: Bools, n: int) -> list[int]:
    """Return rows one by one: the most uncertain, weighed by how unlike they are to coded and chosen ones."""
    doubt = (scores * (1 - scores) / np.sqrt(np.maximum(scores.mean(axis=0), 1e-3))).sum(axis=1)
    near = (vectors @ vectors[coded].T).max(axis=1, initial=0.0)
    chosen: list[int] = []
    for _ in range(n):
        gain = np.where(coded, -1.0, doubt * (1 - np.clip(near, 0.0, 1.0))).round(DIGITS)
        gain[chosen] = -1.0
        chosen.append(int(np.argmax(gain)))
        near = np.maximum(near, vectors @ vectors[chosen[-1]])
    return chosen
