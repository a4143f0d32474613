import numpy as np
import pytest

from pipeline.inductive import runs


def test_products_on_the_grid_are_the_same_in_any_order():
    rows = runs.exact(np.random.default_rng(0).normal(size=(50, 384)))
    backwards = np.ascontiguousarray(rows[:, ::-1])
    assert (rows @ rows.T == backwards @ backwards.T).all()
    one_by_one = np.array([[sum(a * b for a, b in zip(x, y, strict=True)) for y in rows[:5]] for x in rows[:5]])
    assert (one_by_one == (rows @ rows.T)[:5, :5]).all()


def test_the_grid_moves_a_vector_by_next_to_nothing():
    rows = np.random.default_rng(1).normal(size=(20, 384))
    assert np.abs(runs.exact(rows) - runs.unit(rows)).max() <= 2**-15 + 1e-12


def test_nearest_is_what_sorting_all_cosines_gives(monkeypatch):
    vectors = np.random.default_rng(2).normal(size=(60, 16))
    rows = runs.exact(vectors)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -9)
    monkeypatch.setattr(runs, "BLOCK", 7)
    found, values = runs.nearest(vectors, count=5)
    assert (found == np.argsort(-cosines, axis=1, kind="stable")[:, :5]).all()
    assert (values == -np.sort(-cosines, axis=1)[:, :5]).all()


@pytest.mark.parametrize(("n", "count"), [(0, 0), (1, 0), (2, 1), (4, 3)])
def test_nearest_has_no_more_neighbours_than_there_are(n, count):
    found, values = runs.nearest(np.eye(4)[:n], count=5)
    assert found.shape == values.shape == (n, count)


def test_no_row_is_its_own_neighbour_even_among_equals():
    found, _ = runs.nearest(np.ones((6, 3)), count=3)
    assert all(place not in row for place, row in enumerate(found))


def test_fewer_directions_keep_the_greatest_differences():
    random = np.random.default_rng(0)
    vectors = np.zeros((100, 30))
    vectors[:, :3] = random.normal(size=(100, 3)) + np.array([5, 0, 0])
    vectors += random.normal(scale=0.01, size=vectors.shape)
    few = runs.project(vectors, dimensions=2)
    assert few.shape == (100, 2)
    centred = runs.exact(vectors) - runs.exact(vectors).mean(axis=0)
    whole = runs.unit(centred) @ runs.unit(centred).T
    assert np.corrcoef((few @ few.T).ravel(), whole.ravel())[0, 1] > 0.95


@pytest.mark.parametrize("shape", [(1, 5), (4, 50), (50, 4)])
def test_what_has_few_directions_keeps_them_all(shape):
    vectors = np.random.default_rng(1).normal(size=shape)
    assert runs.project(vectors, dimensions=20).shape == shape


def test_whether_a_run_keeps_a_document_depends_on_its_name_alone():
    names = np.array([f"d{place}" for place in range(20)])
    kept = runs.kept_rows(names, runs=30, keep=0.8, seed=1)
    fewer = runs.kept_rows(names[3:], runs=30, keep=0.8, seed=1)
    assert (kept[:, 3:] == fewer).all()
    assert 0.7 < kept.mean() < 0.9
    assert not kept.all(axis=0).any(), "every document is left out of some run"


@pytest.mark.parametrize("n", [1, 2, 4])
def test_with_few_documents_every_run_keeps_all(n):
    assert runs.kept_rows(np.arange(n).astype(str), runs=5, keep=0.1, seed=1).all()


def test_a_run_always_keeps_some_documents():
    assert runs.kept_rows(np.arange(5).astype(str), runs=200, keep=0.01, seed=1).sum(axis=1).min() >= 2


def test_groups_around_centres_are_the_groups_there_are():
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], 20)
    rows = runs.exact(np.eye(8)[truth] + random.normal(scale=0.05, size=(60, 8)))
    kept = np.arange(60) % 5 > 0
    best = [runs._around_centres(rows, kept, count=3, seed=seed) for seed in range(8)]
    pairs = truth[:, None] == truth
    assert any((pairs == (groups[:, None] == groups)).all() for groups in best)


def test_more_centres_than_rows_are_no_error():
    groups = runs._around_centres(runs.exact(np.eye(3)), np.ones(3, dtype=bool), count=9, seed=0)
    assert sorted(groups) == [0, 1, 2]


def test_a_row_left_out_goes_with_its_neighbours():
    random = np.random.default_rng(2)
    truth = np.repeat([0, 1], 20)
    near, cosines = runs.nearest(np.eye(6)[truth] + random.normal(scale=0.05, size=(40, 6)), count=10)
    kept = np.arange(40) % 4 > 0
    groups = runs._in_graph(near, cosines, kept, size=5, resolution=0.2)
    assert len(set(groups[truth == 0]) & set(groups[truth == 1])) == 0


def test_neighbours_weigh_as_much_as_they_are_together():
    near = np.array([[1], [0], [0]])
    made = runs.Runs(np.array([[0, 0, 1], [0, 0, 0]]), np.ones((2, 3), dtype=bool), near)
    graph = runs.together(made, neighbours=1)
    assert graph.toarray().tolist() == [[0, 1, 0.5], [1, 0, 0], [0.5, 0, 0]]


def test_of_some_rows_alone_only_those_runs_count_in_which_the_others_had_no_say():
    near = np.array([[3, 1, 2], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
    groups = np.array([[0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]])
    kept = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 1, 1, 1]], dtype=bool)
    made, stays = runs.Runs(groups, kept, near), np.array([1, 1, 1, 0], dtype=bool)
    assert runs.without(made, stays).tolist() == [True, True, False]
    graph = runs.together(made, neighbours=1, stays=stays)
    # Row 0 is nearest to row 3, which is gone, and then to row 1; rows 1 and 2 to row 0.
    assert graph.toarray().tolist() == [[0, 0.5, 0], [0.5, 0, 0], [0, 0, 0]]


def test_no_run_of_a_handful_of_rows_is_an_error():
    made = runs.make(
        np.eye(3), np.array(["a", "b", "c"]), neighbours=25, runs=6, keep=0.8, resolutions=(0.6, 1.8), seed=1
    )
    assert made.groups.shape == made.kept.shape == (6, 3)
    assert runs.together(made, neighbours=25).shape == (3, 3)


def test_communities_are_the_same_at_every_call_in_one_process():
    random = np.random.default_rng(4)
    near, cosines = runs.nearest(random.normal(size=(300, 12)), count=10)
    graph = runs._symmetric(runs._graph(near, cosines, np.ones(300, dtype=bool), 10))
    first = runs.communities(graph, resolution=2.0)
    assert all((runs.communities(graph, resolution=2.0) == first).all() for _ in range(10))


def test_of_more_equals_than_neighbours_the_earlier_rows_are_the_nearest():
    found, values = runs.nearest(np.vstack([np.ones((300, 3)), np.eye(3)]), count=10)
    for place in range(300):
        assert found[place].tolist() == [other for other in range(11) if other != place][:10]
    assert (values[:300] == values[0, 0]).all() and values[0, 0] == pytest.approx(1, abs=1e-3)
