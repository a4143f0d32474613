"""Pieces of work side by side."""

import os
import signal
import time

import numpy as np
import pytest

from pipeline.core import beside

SIZES = [7, 5, 0, 3, 2]

forking = pytest.mark.skipif(not beside.FORKS, reason="processes are not forked on this system")


def squares(piece: int) -> np.ndarray:
    return np.arange(SIZES[piece]) ** 2 - piece


def lists(found: list[np.ndarray]) -> list[list[int]]:
    return [one.tolist() for one in found]


@pytest.mark.parametrize("count", range(len(SIZES) + 1))
def test_side_by_side_gives_what_one_after_the_other_gives(count, monkeypatch):
    together = beside.both(squares, SIZES[:count])
    monkeypatch.setattr(beside, "FORKS", False)
    assert lists(together) == lists(beside.both(squares, SIZES[:count])) == lists([squares(n) for n in range(count)])


@forking
def test_the_second_process_begins_with_the_first_piece_while_this_one_does_other_work():
    with beside.begun(lambda piece: np.full(SIZES[piece], os.getpid()), SIZES) as found:
        time.sleep(1)
        assert all(os.getpid() not in one for one in found())


@forking
def test_this_process_takes_what_the_other_has_not_begun():
    here = os.getpid()

    def slow_there(piece: int) -> np.ndarray:
        if os.getpid() != here:
            time.sleep(0.5)
        return np.full(SIZES[piece], os.getpid())

    with beside.begun(slow_there, SIZES) as found:
        time.sleep(0.2)
        first, *rest = found()
    assert here not in first
    assert all(set(one.tolist()) <= {here} for one in rest)


@forking
def test_inside_there_is_no_third_process():
    def forks(piece: int) -> np.ndarray:
        inner = beside.both(lambda _: np.array([os.getpid()]), [1, 1])
        return np.array([os.getpid(), *np.concatenate(inner)])

    for one in beside.both(forks, [3] * 4):
        assert len(set(one.tolist())) == 1


@pytest.mark.parametrize("at", range(len(SIZES)))
def test_what_a_second_process_leaves_undone_is_done_here(at):
    here = os.getpid()

    def killed(piece: int) -> np.ndarray:
        if os.getpid() != here and piece == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return squares(piece)

    with beside.begun(killed, SIZES) as found:
        time.sleep(0.3)
        assert lists(found()) == lists([squares(piece) for piece in range(len(SIZES))])


@pytest.mark.parametrize("at", [0, len(SIZES) - 1])
def test_an_error_there_is_an_error_here(at):
    def fails(piece: int) -> np.ndarray:
        if piece == at:
            raise ValueError("the piece is wrong")
        return squares(piece)

    with pytest.raises(ValueError, match="the piece is wrong"):
        beside.both(fails, SIZES)


@forking
@pytest.mark.parametrize("ends", [True, False])
def test_no_process_is_left_behind_by_an_error(monkeypatch, ends):
    forked, fork = [], os.fork

    def noted() -> int:
        forked.append(fork())
        return forked[-1]

    def endless(piece: int) -> np.ndarray:
        time.sleep(0 if ends else 60)
        return squares(piece)

    monkeypatch.setattr(os, "fork", noted)
    with pytest.raises(KeyError), beside.begun(endless, SIZES):
        raise KeyError("something else went wrong")
    with pytest.raises(ChildProcessError):
        os.waitpid(forked[0], os.WNOHANG)
    assert lists(beside.both(squares, SIZES)) == lists([squares(piece) for piece in range(len(SIZES))])
    assert len(forked) == 2


@forking
def test_the_second_process_ends_with_the_first_in_the_middle_of_a_piece(tmp_path):
    written = tmp_path / "page.html"

    def slow(piece: int) -> np.ndarray:
        time.sleep(2)
        written.write_text("too late")
        return squares(piece)

    first = os.fork()
    if not first:
        with beside.begun(slow, SIZES):
            time.sleep(0.5)
            os._exit(0)
    os.waitpid(first, 0)
    time.sleep(3)
    assert not written.exists()
