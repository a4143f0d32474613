"""Pieces of work done side by side: a second process, forked from this one, begins at one end, this one at the other.

What it needs it has already, and what it finds it writes into memory that both see: nothing is sent from one to the
other. Where processes cannot be forked safely, or the second one is killed, this one does all of it.
"""

import mmap
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import numpy as np

from pipeline.core import environment, stage_runner

# Where forking a process that has used its numerical libraries is safe.
FORKS = sys.platform.startswith("linux")
# What is known of a piece: nobody is at it, the second process is, it is done there, or this process takes it.
FREE, THERE, DONE, HERE = range(4)

Work = Callable[[int], np.ndarray]
# What is going on in this process: a second one beside it would be a third.
_busy = False


def both(work: Work, sizes: Sequence[int]) -> list[np.ndarray]:
    """What `work` gives for each piece by its number; see `begun`."""
    with begun(work, sizes) as found:
        return found()


@contextmanager
def begun(work: Work, sizes: Sequence[int]) -> Iterator[Callable[[], list[np.ndarray]]]:
    """Begin the pieces in a second process; what is yielded ends them in both, and gives what was found.

    `work` gives whole numbers (int64), as many as the piece's size says, or writes files of its own and gives none. It
    must be a function of its number alone: which process does it, or both, makes no difference. Pieces are begun in
    their order: the largest should come first. Where pieces are being worked on already, here or there, there is no
    second process.
    """
    global _busy  # one process has one
    if _busy or not FORKS or len(sizes) < 2:
        yield lambda: [work(piece) for piece in range(len(sizes))]
        return
    ends = np.cumsum([len(sizes), *sizes])
    shared = np.frombuffer(mmap.mmap(-1, 8 * int(ends[-1])), dtype=np.int64)
    known, places = shared[: len(sizes)], np.split(shared, ends)[1:-1]
    second = 0
    _busy = True
    try:
        with environment.one_thread():
            second = os.fork()
            if not second:
                _there(work, known, places)
            yield lambda: _here(work, known, places, second)
    finally:
        _busy = False
        if second:
            _ended(second)


def _here(work: Work, known: np.ndarray, places: Sequence[np.ndarray], second: int) -> list[np.ndarray]:
    """Take what nobody has begun, from the last piece on; then wait for what the second process is at."""
    found: dict[int, np.ndarray] = {}
    for piece in reversed(range(len(places))):
        if known[piece] == FREE:
            known[piece] = HERE
            found[piece] = work(piece)
    os.waitid(os.P_PID, second, os.WEXITED | os.WNOWAIT)
    for piece in set(range(len(places))) - set(found):
        found[piece] = places[piece].copy() if known[piece] == DONE else work(piece)
    return [found[piece] for piece in range(len(places))]


def _there(work: Work, known: np.ndarray, places: Sequence[np.ndarray]) -> NoReturn:
    """Do pieces until none is left; end with the first process, and without anything that ends with that one."""
    try:
        stage_runner.end_with_parent()
        for piece, place in enumerate(places):
            if known[piece] == HERE:
                break
            known[piece] = THERE
            place[:] = work(piece)
            known[piece] = DONE
    finally:
        os._exit(0)


def _ended(second: int) -> None:
    """End the second process, where it has not ended by itself, and leave nothing of it."""
    if os.waitpid(second, os.WNOHANG) == (0, 0):
        os.kill(second, signal.SIGKILL)
        os.waitpid(second, 0)
