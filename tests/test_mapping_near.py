"""What stands near a passage: those most like it in the folds that are named, and the talk around it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deductive import mapping_near
from pipeline.deductive.mapping_near import Nearest, around


def made(n: int = 40, seed: int = 0):
    """Features of unit length, folds of which the last rows have none, and codes."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, 6))
    fold = np.append(np.arange(n - 4) % 3, [-1] * 4)
    return X / np.linalg.norm(X, axis=1, keepdims=True), fold, (random.random((n, 2)) < 0.4).astype(float)


def test_the_nearest_rows_of_each_fold_come_best_first():
    X, fold, _ = made(90)
    found = Nearest.of(X, fold, 3)
    for f in range(3):
        members = np.flatnonzero(fold == f)
        for row in (0, 41, 89):
            order = members[np.argsort(-(X[members] @ X[row]))][: mapping_near.NEIGHBOURS]
            assert found.rows[f][row].tolist() == order.tolist()
            assert found.likeness[f][row] == pytest.approx(X[order] @ X[row], abs=1e-9)


def test_folds_together_are_as_if_they_were_one():
    X, fold, Y = made(60)
    apart = Nearest.of(X, fold, 3)(Y, [0, 2])
    together = Nearest.of(X, np.where(np.isin(fold, [0, 2]), 0, -1), 1)(Y, [0])
    assert apart == pytest.approx(together)


def test_a_twin_counts_more_than_what_is_merely_alike():
    X = np.array([[1.0, 0.0], [1.0, 0.0], [0.8, 0.6], [0.8, 0.6], [0.8, 0.6]])
    Y = np.array([[0.0], [1.0], [0.0], [0.0], [0.0]])
    found = Nearest.of(X, np.array([-1, 0, 0, 0, 0]), 1)(Y, [0])
    assert found[0, 0] == pytest.approx(1 / (1 + 3 * 0.8**8))


def test_what_is_not_alike_at_all_says_nothing():
    X, Y = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]), np.ones((3, 1))
    assert Nearest.of(X, np.array([-1, 0, 0]), 1)(Y, [0])[0, 0] == 0


def test_blocks_change_nothing(monkeypatch):
    X, fold, Y = made(50)
    whole = Nearest.of(X, fold, 3)(Y, [0, 1])
    monkeypatch.setattr(mapping_near, "BLOCK", 7)
    assert Nearest.of(X, fold, 3)(Y, [0, 1]) == pytest.approx(whole)


def test_no_folds_and_no_rows_are_no_error():
    X, fold, Y = made()
    assert (Nearest.of(X, fold, 0)(Y, []) == 0).all()
    assert Nearest.of(X[:0], fold[:0], 0)(Y[:0], []).shape == (0, 2)


@given(st.integers(0, 100), st.lists(st.integers(0, 2), unique=True))
def test_codes_of_other_folds_play_no_part(seed, folds):
    X, fold, Y = made(seed=seed)
    nearest = Nearest.of(X, fold, 3)
    other = np.where(np.isin(fold, folds)[:, None], Y, 1 - Y)
    found = nearest(Y, folds)
    assert (found == nearest(other, folds)).all()
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()


def test_the_talk_around_is_of_the_same_document_alone():
    scores = np.array([[1.0], [0.0], [0.0], [0.0], [5.0]])
    found = around(scores, np.array(["a", "a", "a", "a", "b"]))
    assert found[:, 0].tolist() == [0.0, 1.0, 0.6, 0.0, 0.0]


def test_around_looks_both_ways_and_not_at_the_row_itself():
    scores = np.array([[0.0], [0.0], [1.0], [0.0], [0.0]])
    assert around(scores, np.array(["a"] * 5))[:, 0].tolist() == [0.6, 1.0, 0.0, 1.0, 0.6]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_talk_of_a_passage_or_two(n):
    assert around(np.ones((n, 3)), np.array(["a"] * n, dtype=str)).shape == (n, 3)


@pytest.mark.parametrize("width", [4096, 4097, 5000, 12_345])
def test_the_highest_of_many_columns_are_those_of_a_whole_sort(width: int):
    likeness = np.random.default_rng(width).permutation(7 * width).reshape(7, width).astype(np.float64)
    likeness[0, -mapping_near.NEIGHBOURS :] = 10 * width  # in the columns that fill no whole group
    likeness[1, :: width // 64] += 100 * width  # in one group, or nearly
    order, values = mapping_near._best(likeness)
    assert (values == -np.sort(-likeness, axis=1)[:, : mapping_near.NEIGHBOURS]).all()
    assert (np.take_along_axis(likeness, order, axis=1) == values).all()
    assert all(len(set(row)) == mapping_near.NEIGHBOURS for row in order.tolist())


@pytest.mark.parametrize("width", [30, 5000])
def test_of_equals_the_first_are_taken_and_what_rounding_left_makes_no_difference(width: int):
    random = np.random.default_rng(0)
    X = np.repeat(random.normal(size=(2, 8)), [3, width], axis=0)
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    fold = np.array([-1] * 3 + [0] * width)
    expected = [list(range(3, 3 + mapping_near.NEIGHBOURS))] * len(X)
    assert Nearest.of(X, fold, 1).rows[0].tolist() == expected
    assert Nearest.of(X * (1 + 1e-14 * random.normal(size=(len(X), 1))), fold, 1).rows[0].tolist() == expected
