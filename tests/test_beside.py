"""Two halves of the same work side by side."""

import os
import signal

import numpy as np
import pytest

from pipeline import beside

MASKS = [np.arange(12) % count != 0 for count in (2, 3, 4, 5, 6)]


def kept(mask: np.ndarray) -> np.ndarray:
    return np.flatnonzero(mask) - 1


@pytest.mark.parametrize("count", range(len(MASKS) + 1))
def test_side_by_side_gives_what_one_after_the_other_gives(count, monkeypatch):
    together = beside.both(kept, MASKS[:count])
    monkeypatch.setattr(beside, "FORKS", False)
    alone = beside.both(kept, MASKS[:count])
    assert [one.tolist() for one in together] == [one.tolist() for one in alone]
    assert [one.tolist() for one in alone] == [kept(mask).tolist() for mask in MASKS[:count]]


@pytest.mark.skipif(not beside.FORKS, reason="processes are not forked on this system")
def test_every_other_piece_is_done_by_a_second_process():
    found = beside.both(lambda mask: np.full(mask.sum(), os.getpid()), MASKS)
    own = [set(one.tolist()) == {os.getpid()} for one in found]
    assert own == [True, False, True, False, True]


def test_what_a_second_process_leaves_undone_is_done_here():
    here = os.getpid()

    def killed(mask: np.ndarray) -> np.ndarray:
        if os.getpid() != here and mask.sum() == MASKS[3].sum():
            os.kill(os.getpid(), signal.SIGKILL)
        return kept(mask)

    assert [one.tolist() for one in beside.both(killed, MASKS)] == [kept(mask).tolist() for mask in MASKS]


def test_an_error_there_is_an_error_here():
    def fails(mask: np.ndarray) -> np.ndarray:
        if not mask[2]:
            raise ValueError("the mask is wrong")
        return kept(mask)

    with pytest.raises(ValueError, match="the mask is wrong"):
        beside.both(fails, [MASKS[1], MASKS[0]])


@pytest.mark.skipif(not beside.FORKS, reason="processes are not forked on this system")
def test_no_process_is_left_behind_by_an_error(monkeypatch):
    forked, fork = [], os.fork

    def noted() -> int:
        forked.append(fork())
        return forked[-1]

    def fails(mask: np.ndarray) -> np.ndarray:
        raise ValueError(str(mask.sum()))

    monkeypatch.setattr(os, "fork", noted)
    with pytest.raises(ValueError, match="8"):
        beside.both(fails, [MASKS[1], MASKS[0]])
    with pytest.raises(ChildProcessError):
        os.waitpid(forked[0], os.WNOHANG)
