"""Passages to code next: uncertain and unlike what is coded, with a random half."""

import numpy as np
import pytest

from pipeline.deductive import teaching


def study(n: int = 60):
    """Two kinds of passages: the first half are uncertain; vectors are near one of six directions."""
    random = np.random.default_rng(0)
    scores = np.vstack([np.full((n // 2, 2), 0.5), np.full((n // 2, 2), 0.01)])
    vectors = np.eye(6)[np.arange(n) % 6] + random.normal(0, 0.01, (n, 6))
    return scores, vectors.astype(np.float32)


def drawn(n: int = 12, coded=None, seed: int = 0):
    scores, vectors = study()
    coded = np.zeros(60, dtype=bool) if coded is None else coded
    return teaching.drawn(scores, vectors, coded=coded, n=n, seed=seed).to_numpy()


def test_half_is_chosen_by_gain_and_half_at_random():
    how = drawn()
    assert (how == "gain").sum() == (how == "random").sum() == 6
    assert set(np.flatnonzero(how == "gain") % 6) == set(range(6))  # each of another kind
    assert (np.flatnonzero(how == "gain") < 30).all()
    assert (np.flatnonzero(drawn(20, seed=1) == "random") >= 30).any()


def test_coded_passages_are_not_drawn_and_what_is_like_them_comes_last():
    coded = np.arange(60) % 6 == 0
    how = drawn(10, coded=coded)
    assert set(how[coded]) == {""}
    assert set(np.flatnonzero(how == "gain") % 6) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(("asked", "found"), [(1, 1), (60, 60), (200, 60)])
def test_no_more_is_drawn_than_there_is(asked, found):
    assert (drawn(asked) != "").sum() == found


def test_a_rare_code_goes_before_a_frequent_one():
    scores = np.array([[0.5, 0.0], [0.0, 0.5], [0.5, 0.0], [0.5, 0.0]])
    how = teaching.drawn(scores, np.eye(4, dtype=np.float32), coded=np.zeros(4, dtype=bool), n=2, seed=0)
    assert how[1] == "gain"


def test_the_same_seed_draws_the_same():
    assert (drawn(seed=3) == drawn(seed=3)).all()
    assert (drawn(seed=3) != drawn(seed=4)).any()
