import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score

from pipeline.inductive import clusters

SETTINGS = {
    "neighbours": 10,
    "runs": 12,
    "keep": 0.8,
    "resolutions": (0.6, 1.8),
    "min_size": 3,
    "n_themes": None,
    "seed": 3,
}


def blobs(*sizes: int, spread: float = 0.15, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Directions far apart, so many rows around each; and the direction of each row."""
    random = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    return np.eye(24)[truth] + random.normal(scale=spread, size=(len(truth), 24)), truth


def documents(n: int, each: int = 10) -> np.ndarray:
    return np.array([f"d{place // each:02d}" for place in range(n)])


def test_groups_that_are_far_apart_are_found():
    vectors, truth = blobs(40, 30, 20)
    found = clusters.cluster(vectors, documents(90), **SETTINGS)
    assert adjusted_rand_score(truth, found.themes) == 1
    assert np.bincount(found.themes).tolist() == [40, 30, 20]


def test_each_part_lies_inside_one_theme():
    vectors, _ = blobs(60, 50, 40, 30, spread=0.3)
    found = clusters.cluster(vectors, documents(180), **SETTINGS)
    for part in range(found.sub_themes.max() + 1):
        assert len(set(found.themes[found.sub_themes == part])) == 1
    assert found.sub_themes.max() >= found.themes.max()


def test_there_are_three_times_as_many_parts_as_themes_where_there_are_ends_enough():
    vectors, _ = blobs(*[15] * 8)
    for n_themes, parts in ((1, 3), (2, 6)):
        found = clusters.cluster(vectors, documents(120), **{**SETTINGS, "n_themes": n_themes})
        assert found.sub_themes.max() + 1 == parts


@pytest.mark.parametrize("n_themes", [1, 2, 3, 5, 7])
def test_the_number_asked_for_is_the_number_given(n_themes):
    vectors, _ = blobs(*[15] * 8, spread=0.3)
    found = clusters.cluster(vectors, documents(120), **{**SETTINGS, "n_themes": n_themes})
    assert found.themes.max() + 1 == n_themes


def test_the_number_chosen_is_the_top_of_the_curve():
    vectors, _ = blobs(*[20] * 5, spread=0.25)
    found = clusters.cluster(vectors, documents(100), **SETTINGS)
    chosen = found.themes.max() + 1
    assert chosen == 5
    assert found.curve[chosen] == max(found.curve.values())
    assert found.curve[1] == 0


@pytest.mark.parametrize(
    ("curve", "asked", "chosen"),
    [
        ({1: 0.9, 2: 0.3, 3: 0.5, 4: 0.5, 5: 0.1}, None, 3),  # of equals the smaller; one theme is no division
        ({1: 0.0}, None, 1),
        ({1: 0.0, 2: 0.3, 4: 0.1}, 4, 4),
        ({1: 0.0, 2: 0.3, 4: 0.1}, 3, 2),  # of those as near the smaller
        ({1: 0.0, 2: 0.3, 4: 0.1}, 9, 4),
    ],
)
def test_which_number_of_themes_is_chosen(curve, asked, chosen):
    assert clusters._chosen(curve, asked) == chosen


def test_groups_are_numbered_by_size_and_of_equals_by_their_first_member():
    assert clusters._by_size(np.array([5, 9, 9, 2, 2, 9, 5])).tolist() == [1, 0, 0, 2, 2, 0, 1]


def test_how_well_a_number_of_groups_fits_is_its_mean_rand_index_with_the_runs():
    random = np.random.default_rng(6)
    runs, fine = random.integers(0, 3, (5, 20)), random.integers(0, 6, 20)
    cuts = clusters._cuts(fine, runs)
    curve = clusters._curve(cuts, fine, runs)
    for count, cut in cuts.items():
        assert curve[count] == pytest.approx(np.mean([adjusted_rand_score(cut[fine], run) for run in runs]))


def test_no_group_is_below_the_smallest_size():
    vectors, _ = blobs(40, 40, 2)
    found = clusters.cluster(vectors, documents(82), **{**SETTINGS, "min_size": 6})
    assert np.bincount(found.themes).min() >= 6
    assert np.bincount(found.sub_themes).min() >= 6


@pytest.mark.parametrize("n", [2, 3, 4, 6])
def test_a_handful_of_rows_is_no_error(n):
    found = clusters.cluster(np.eye(8)[:n], documents(n, each=1), **SETTINGS)
    assert len(found.themes) == n


def test_rows_that_are_all_the_same_are_no_error():
    found = clusters.cluster(np.ones((30, 5)), documents(30), **SETTINGS)
    assert len(found.themes) == 30
    assert np.isfinite(list(found.curve.values())).all()


def test_rows_of_zeros_are_no_error():
    found = clusters.cluster(np.zeros((25, 5)), documents(25), **SETTINGS)
    assert len(found.themes) == 25


def test_the_same_in_another_process_with_another_hash_seed_and_number_of_threads():
    code = (
        "import sys, hashlib; sys.path.insert(0, 'tests')\n"
        "from test_clusters import *\n"
        "vectors, _ = blobs(60, 50, 40, 30, spread=0.35)\n"
        "found = clusters.cluster(vectors, documents(180), **SETTINGS)\n"
        "print(hashlib.sha256(found.themes.tobytes() + found.sub_themes.tobytes() + found.clusterings.groups.tobytes()).hexdigest())"
    )
    made = set()
    for threads, seed in (("1", "0"), ("2", "7")):
        settings = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "PYTHONHASHSEED": seed, "PATH": ""}
        done = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True)
        made.add(done.stdout.strip())
    assert len(made) == 1


def test_strengths_add_up_and_say_where_a_row_belongs():
    vectors, _ = blobs(30, 30, 30)
    found = clusters.cluster(vectors, documents(90), **SETTINGS)
    strength = clusters.strengths(found.clusterings.groups, found.themes)
    assert strength.sum(axis=1) == pytest.approx(np.ones(90))
    assert (strength.argmax(axis=1) == found.themes).all()


def test_a_row_that_the_runs_disagree_on_has_little_strength():
    runs = np.array([[0, 0, 0, 1, 1], [0, 0, 1, 1, 1]])
    strength = clusters.strengths(runs, np.array([0, 0, 0, 1, 1]))
    assert strength[2, 0] < strength[0, 0]
    assert strength[2, 1] > strength[0, 1]


groups = arrays.arrays(np.int64, st.shared(st.integers(2, 30), key="n"), elements=st.integers(-1, 5))


@given(groups, groups)
@settings(deadline=None)
def test_the_rand_index_is_that_of_scikit_learn(a, b):
    assert clusters.rand_index(a, b) == pytest.approx(adjusted_rand_score(a, b))


def test_what_is_left_without_a_document_is_told_from_the_runs_that_left_it_out():
    vectors, truth = blobs(40, 30, 20)
    options = {**SETTINGS, "runs": 200, "keep": 0.7}
    found = clusters.cluster(vectors, documents(90), **options)
    stays = documents(90) != "d03"
    assert clusters.enough(found.clusterings, stays)
    asked = {name: options[name] for name in ("neighbours", "min_size", "n_themes")}
    left = clusters.left(found.clusterings, stays, **asked)
    assert adjusted_rand_score(truth[stays], left) == 1
    assert adjusted_rand_score(left, clusters.cluster(vectors[stays], documents(90)[stays], **options).themes) == 1


def test_too_few_runs_left_several_documents_out_to_tell_what_is_left():
    vectors, _ = blobs(40, 30, 20)
    made = clusters.cluster(vectors, documents(90), **{**SETTINGS, "runs": 200, "keep": 0.7}).clusterings
    assert not clusters.enough(made, ~np.isin(documents(90), ["d01", "d02", "d03", "d04"]))
    assert not clusters.enough(clusters.cluster(vectors, documents(90), **SETTINGS).clusterings, documents(90) != "d03")


def test_small_groups_join_the_group_they_are_most_often_with():
    groups = np.array([0, 0, 0, 1, 2, 2, 2])
    runs = np.array([[0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1, 1]])
    assert clusters._without_small(groups, runs, min_size=2).tolist() == [0, 0, 0, 1, 1, 1, 1]


def test_the_cuts_are_one_hierarchy():
    vectors, _ = blobs(*[12] * 6, spread=0.35)
    found = clusters.cluster(vectors, documents(72), **SETTINGS)
    for count, cut in found.cuts.items():
        assert len(set(cut)) == count
        if count > 1:
            joined = {(a, b) for a, b in zip(cut, found.cuts[count - 1], strict=True)}
            assert len(joined) == count, "each group goes into one group of the next step"


def beside_each_other(runs: np.ndarray) -> np.ndarray:
    """The share of runs in which two rows are in one group, (n, n)."""
    return np.mean([run[:, None] == run for run in runs], axis=0)


def test_groups_join_by_the_average_linkage_of_scipy():
    random = np.random.default_rng(12)
    likely = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 3])
    runs = np.where(random.random((400, 14)) < 0.45, random.integers(0, 4, (400, 14)), likely)
    cuts = clusters._cuts(np.arange(14), runs)
    tree = linkage(squareform(1 - beside_each_other(runs), checks=False), method="average")
    assert (np.diff(tree[:, 2]) > 1e-6).all(), "no two joins are equally near, so that one hierarchy alone is right"
    assert sorted(cuts) == list(range(1, 15))
    for count, cut in cuts.items():
        assert adjusted_rand_score(fcluster(tree, count, criterion="maxclust"), cut) == 1


ends_and_runs = st.integers(4, 14).flatmap(
    lambda n: st.tuples(
        arrays.arrays(np.int64, n, elements=st.integers(0, 4)),
        arrays.arrays(np.int64, (3, n), elements=st.integers(0, 3)),
    )
)


@given(ends_and_runs)
@settings(deadline=None)
def test_the_two_groups_that_join_are_those_whose_members_are_most_often_together(drawn):
    fine, runs = np.unique(drawn[0], return_inverse=True)[1], drawn[1]
    together, cuts = beside_each_other(runs), clusters._cuts(fine, runs)
    for count in range(max(cuts), 1, -1):
        before, after = cuts[count][fine], cuts[count - 1][fine]
        means = {
            (a, b): together[np.ix_(before == a, before == b)].mean() for a in range(count) for b in range(a + 1, count)
        }
        joined = [pair for pair in means if len({*after[before == pair[0]], *after[before == pair[1]]}) == 1]
        assert len(joined) == 1
        assert means[joined[0]] == pytest.approx(max(means.values()))
