"""Two halves of the same work side by side: a second process, forked from this one, does every other piece.

What it needs it has already, and what it finds it writes into memory that both see: nothing is sent from one to the
other. Where processes cannot be forked safely, or the second one is killed, this one does all of it.
"""

import mmap
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

import numpy as np
from threadpoolctl import threadpool_limits

# Where forking a process that has used its numerical libraries is safe.
FORKS = sys.platform.startswith("linux")
_DONE = 1


def both(work: Callable[[np.ndarray], np.ndarray], pieces: Sequence[np.ndarray]) -> list[np.ndarray]:
    """What `work` gives for each piece (a mask of rows): whole numbers, as many as the piece has rows that are kept.

    `work` must be a function of its piece alone: which process does it makes no difference.
    """
    if not FORKS or len(pieces) < 2:
        return [work(piece) for piece in pieces]
    rows = max(len(piece) for piece in pieces)
    # A place for each second piece: whether it is done, then what was found.
    shared = np.frombuffer(mmap.mmap(-1, 8 * (rows + 1) * (len(pieces) // 2)), dtype=np.int64)
    places = shared.reshape(len(pieces) // 2, rows + 1)
    with threadpool_limits(limits=1):
        second = os.fork()
        if not second:
            _second(work, pieces[1::2], places)
        try:
            found = {at: work(pieces[at]) for at in range(0, len(pieces), 2)}
        finally:
            os.waitpid(second, 0)
    for at, place in zip(range(1, len(pieces), 2), places, strict=True):
        done = place[0] == _DONE
        found[at] = place[1 : 1 + int(pieces[at].sum())].copy() if done else work(pieces[at])
    return [found[at] for at in range(len(pieces))]


def _second(work: Callable[[np.ndarray], np.ndarray], pieces: Sequence[np.ndarray], places: np.ndarray) -> NoReturn:
    """Do the pieces and end, without anything that ends with the first process; and end where that is gone."""
    first = os.getppid()
    try:
        for piece, place in zip(pieces, places, strict=True):
            if os.getppid() != first:
                break
            result = work(piece)
            place[1 : 1 + len(result)] = result
            place[0] = _DONE
    finally:
        os._exit(0)
