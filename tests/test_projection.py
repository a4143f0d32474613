"""The map: the same vectors, the same places."""

import numpy as np
import pytest

from pipeline.vectors import projection
from pipeline.vectors.projection import positions


def vectors(count: int, width: int = 8, seed: int = 3) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, width)).astype("float32")
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 59, 60, 120])
def test_any_number_of_vectors_has_places_on_the_map(count):
    flat = positions(vectors(count))
    assert flat.shape == (count, 2)
    assert np.isfinite(flat).all()
    assert ((flat >= 0) & (flat <= 1)).all()


@pytest.mark.parametrize("count", [10, 90])
def test_the_same_vectors_give_the_same_map(count):
    assert positions(vectors(count)).tobytes() == positions(vectors(count)).tobytes()


@pytest.mark.parametrize("count", [10, 90])
def test_vectors_that_are_all_the_same_do_not_break_it(count):
    assert np.isfinite(positions(np.ones((count, 4), dtype="float32"))).all()


def test_neighbours_stay_neighbours():
    rng = np.random.default_rng(0)
    centres = np.eye(3, 8)
    group = np.repeat([0, 1, 2], 40)
    flat = positions((centres[group] + rng.normal(scale=0.05, size=(120, 8))).astype("float32"))
    middle = np.array([flat[group == g].mean(axis=0) for g in range(3)])
    nearest = np.argmin(np.linalg.norm(flat[:, None] - middle[None], axis=2), axis=1)
    assert (nearest == group).mean() > 0.95


def test_few_points_lie_along_what_sets_them_apart_most():
    flat = positions(np.array([[0.0, 0.0], [1.0, 0.1], [2.0, 0.0], [3.0, 0.1]]))
    assert np.all(np.diff(flat[:, 0]) > 0) or np.all(np.diff(flat[:, 0]) < 0)


def test_the_map_has_one_scale_and_lies_in_the_middle():
    flat = positions(np.array([[0.0, 0.0], [1.0, 0.1], [2.0, 0.0], [3.0, 0.1]]))
    assert np.ptp(flat[:, 0]) == 1
    assert np.ptp(flat[:, 1]) < 0.1  # they differ by 3 one way, and by 0.1 the other
    assert (flat.min(axis=0) + flat.max(axis=0)) / 2 == pytest.approx([0.5, 0.5], abs=1e-3)


def groups_of(size: int) -> tuple[np.ndarray, np.ndarray]:
    group = np.repeat([0, 1, 2], size)
    spread = np.random.default_rng(0).normal(scale=0.05, size=(len(group), 8))
    return (np.eye(3, 8)[group] + spread).astype("float32"), group


def nearest_middle(flat: np.ndarray, group: np.ndarray) -> np.ndarray:
    middle = np.array([np.median(flat[group == g], axis=0) for g in range(3)])
    return np.argmin(np.linalg.norm(flat[:, None] - middle[None], axis=2), axis=1)


def test_of_too_many_some_are_laid_out_and_the_others_put_among_their_nearest(monkeypatch):
    monkeypatch.setattr(projection, "LAID_OUT", 90)
    points, group = groups_of(80)
    order = np.random.default_rng(1).permutation(len(points))
    flat = positions(points, order=order)
    assert flat.shape == (240, 2)
    assert ((flat >= 0) & (flat <= 1)).all()
    assert (nearest_middle(flat, group) == group).mean() > 0.95
    assert flat.tobytes() == positions(points, order=order).tobytes()


def test_a_place_among_others_is_the_middle_of_the_three_that_lie_closest_together():
    first = np.arange(6)
    vectors = np.concatenate([np.eye(6), [[1.0, 1.0, 1.0, 1.0, 1.0, 0.0]]])  # as near to five of the six
    laid = np.array([[0.0, 0.0], [9.0, 9.0], [0.0, 1.0], [8.0, 0.0], [1.0, 0.0], [0.3, 0.3]])
    found = projection._among(vectors, first, laid)
    assert (found[:6] == laid).all()
    assert found[6] == pytest.approx([1 / 3, 1 / 3])


def test_components_are_turned_so_that_their_largest_value_is_positive():
    points = np.array([[0.0, 0.0], [1.0, 0.4], [-5.0, 0.1], [2.0, -0.5]])
    flat, other = projection._principal(points, 2), projection._principal(-points, 2)
    for component in (*flat.T, *other.T):
        assert component[np.argmax(np.abs(component))] > 0
    assert flat == pytest.approx(other, abs=1e-5)
    assert np.linalg.norm(flat[0] - flat[2]) == pytest.approx(np.linalg.norm(points[0] - points[2]), rel=1e-5)
    assert projection._principal(points, 1).shape == (4, 1)


def test_up_to_the_limit_everything_is_laid_out_whatever_the_order(monkeypatch):
    points, _ = groups_of(30)
    monkeypatch.setattr(projection, "LAID_OUT", 90)
    assert positions(points, order=np.arange(90)[::-1]).tobytes() == positions(points).tobytes()


def test_which_are_laid_out_hangs_on_their_names(monkeypatch):
    points, _ = groups_of(30)
    names = [f"s{number}" for number in range(len(points))]
    axes = ["x", "y"]
    monkeypatch.setattr(projection, "LAID_OUT", 70)
    one, other = projection.places(names, points), projection.places(names[::-1], points)
    assert one.segment_id.to_list() == names
    assert one.equals(projection.places(names, points))
    assert not one[axes].equals(other[axes])
    monkeypatch.setattr(projection, "LAID_OUT", 90)
    assert projection.places(names, points)[axes].equals(projection.places(names[::-1], points)[axes])
