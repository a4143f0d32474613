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


@pytest.mark.parametrize(
    ("n", "asked", "given"),
    [(2, 35, 1), (4, 35, 3), (6, 35, 3), (9, 35, 3), (100, 35, 12), (900, 35, 35), (900, 1, 1), (1, 5, 1)],
)
def test_a_neighbourhood_is_as_asked_but_no_more_than_a_small_study_has(n, asked, given):
    assert runs.neighbourhood(n, asked) == given


def test_the_first_neighbours_are_the_nearest_of_those_kept():
    near = np.array([[1, 2, 3], [3, 0, 2], [0, 3, 1], [2, 1, 0]])
    kept = np.array([True, False, True, True])
    assert runs._first(near, kept, 1).tolist() == [[0, 1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]]
    assert runs._first(near, kept, 2).tolist() == [[0, 1, 1], [1, 1, 0], [1, 1, 0], [1, 0, 1]]
    cosines = np.array([[0.9, 0.8, -0.7], [0.9, 0.8, 0.7], [0.9, 0.8, 0.7], [0.9, 0.8, 0.7]])
    graph = runs._graph(near, cosines, kept, 2).toarray()  # columns are the rows kept: 0, 2 and 3
    assert graph.tolist() == [[0, 0.8, 0.001], [0.8, 0, 0.9], [0.9, 0, 0.8], [0.7, 0.9, 0]]
    assert runs._symmetric(runs._graph(near[kept], cosines[kept], kept, 2)).toarray().tolist() == [
        [0, 0.9, 0.7],
        [0.9, 0, 0.9],
        [0.7, 0.9, 0],
    ]


def test_a_row_goes_with_the_group_that_most_of_its_weight_goes_to_and_of_equals_the_first():
    weights = np.array([[0.9, 0, 0.5, 0.5], [0.2, 0.4, 0.6, 0], [0, 0, 0, 0]])
    graph = runs.sparse.csr_matrix(weights)
    assert runs._with_most(graph, np.array([0, 0, 1, 1])).tolist() == [1, 0, 0]


def test_a_centre_that_loses_all_its_rows_keeps_its_place():
    rows = runs.exact(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]))
    for seed in range(6):
        groups = runs._around_centres(rows, np.ones(4, dtype=bool), count=3, seed=seed)
        assert groups[0] == groups[1] != groups[2] == groups[3]


def test_the_share_of_documents_that_a_run_keeps_is_the_one_asked_for():
    names = np.array([f"d{place:03}" for place in range(400)])
    for keep in (0.3, 0.7):
        kept = runs.used_rows(np.repeat(names, 2), runs=20, keep=keep, seed=2)
        assert kept.mean() == pytest.approx(keep, abs=0.02)
        assert (kept[:, ::2] == kept[:, 1::2]).all(), "whole documents"
    assert (runs.used_rows(names, runs=20, keep=0.7, seed=2) != runs.used_rows(names, runs=20, keep=0.7, seed=3)).any()
    assert 0 <= min(runs.draw(str(n)) for n in range(50)) < 0.1 and 0.9 < max(runs.draw(str(n)) for n in range(50)) < 1


def test_runs_take_turns_in_how_they_look():
    vectors = np.random.default_rng(3).normal(size=(80, 60))
    made = runs.make(
        vectors, np.repeat(list("abcd"), 20), neighbours=9, runs=7, keep=0.7, resolutions=(0.4, 3.0), seed=1
    )
    numbers = [int(groups.max()) + 1 for groups in made.groups]
    for graph, centres in ((0, 1), (2, 3), (4, 5)):
        assert numbers[centres] <= numbers[graph], "as many groups around centres as the graph has"
    assert numbers[0] < numbers[6], "the finer, the more groups"
    assert made.near.shape == (80, 20)  # twice the largest neighbourhood of so few: 1.2 times the root of 80


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
    kept = runs.used_rows(names, runs=30, keep=0.8, seed=1)
    fewer = runs.used_rows(names[3:], runs=30, keep=0.8, seed=1)
    assert (kept[:, 3:] == fewer).all()
    assert 0.7 < kept.mean() < 0.9
    assert not kept.all(axis=0).any(), "every document is left out of some run"


@pytest.mark.parametrize("n", [1, 2, 4])
def test_with_few_documents_every_run_keeps_all(n):
    assert runs.used_rows(np.arange(n).astype(str), runs=5, keep=0.1, seed=1).all()


def test_a_run_always_keeps_some_documents():
    assert runs.used_rows(np.arange(5).astype(str), runs=200, keep=0.01, seed=1).sum(axis=1).min() >= 2


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
    assert made.groups.shape == made.used.shape == (6, 3)
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
