"""Estimates and their intervals: documents are drawn, undefined stays undefined, and too few documents say so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.comparison import coefficients as ag
from pipeline.comparison import intervals


def documents(n: int, seed: int = 1, per: int = 60) -> np.ndarray:
    """Two-by-two tables of n documents in which two coders agree better than chance."""
    random = np.random.default_rng(seed)
    tables = []
    for _ in range(n):
        first = random.random(per) < random.uniform(0.1, 0.5)
        second = np.where(random.random(per) < 0.7, first, random.random(per) < 0.3)
        tables.append(ag.crosstab(first, second, n_answers=2))
    return np.array(tables)


def test_an_estimate_has_value_interval_and_n():
    tables = documents(12)
    found = intervals.estimate(ag.cohen_kappa, tables, n=720)
    assert found.value == pytest.approx(float(ag.cohen_kappa(tables.sum(0))))
    assert found.low < found.value < found.high
    assert (found.n, found.note) == (720, "")


def test_undefined_is_no_value_and_a_reason():
    found = intervals.estimate(ag.cohen_kappa, np.tile([[5.0, 0], [0, 0]], (8, 1, 1)), n=40, undefined="nobody gave it")
    assert (found.value, found.low, found.high, found.note) == (None, None, None, "nobody gave it")


def test_too_few_documents_give_a_value_and_no_interval():
    found = intervals.estimate(ag.cohen_kappa, documents(4), n=240)
    assert found.value is not None
    assert (found.low, found.high) == (None, None)
    assert found.note == "no interval: 4 documents (at least 5 needed)"
    assert intervals.few_documents(1, 5) == "no interval: 1 document (at least 5 needed)"


def test_a_code_in_one_document_of_many_is_undefined_in_a_third_of_the_draws():
    tables = np.tile([[10.0, 0], [0, 0]], (10, 1, 1))
    tables[0] = [[4, 2], [1, 3]]
    weights = intervals.document_draws(10, draws=2000, seed=3)
    found = intervals.bootstrap(ag.cohen_kappa, tables, weights=weights, min_documents=5)
    assert found.undefined == pytest.approx((1 - 1 / 10) ** 10, abs=0.04)
    assert found.low <= found.value <= found.high


def test_an_interval_is_refused_where_most_draws_are_undefined():
    drawn = np.full((100, 1), np.nan)
    drawn[:30] = 0.5
    found = intervals.of_draws(np.array([0.5]), drawn)
    assert np.isnan(found.low).all()
    assert found.undefined[0] == pytest.approx(0.7)


def test_draws_without_a_value_are_set_aside_and_are_no_0():
    drawn = np.append(np.linspace(0.4, 0.6, 81), np.full(19, np.nan))[:, None]
    found = intervals.of_draws(np.array([0.5]), drawn)
    assert (found.low[0], found.high[0]) == pytest.approx((0.405, 0.595))  # 2.5% of 81 at either end
    assert found.undefined[0] == pytest.approx(0.19)


def test_up_to_half_of_the_draws_may_have_no_value():
    for undefined, has in ((50, True), (51, False)):
        drawn = np.append(np.full(100 - undefined, 0.5), np.full(undefined, np.nan))[:, None]
        assert np.isfinite(intervals.of_draws(np.array([0.5]), drawn).low[0]) == has


def test_draws_draw_as_many_documents_as_there_are_and_repeat_with_the_seed():
    weights = intervals.document_draws(7, draws=50, seed=2)
    assert weights.shape == (50, 7)
    assert (weights.sum(1) == 7).all()
    assert np.array_equal(weights, intervals.document_draws(7, draws=50, seed=2))
    assert not np.array_equal(weights, intervals.document_draws(7, draws=50, seed=3))
    assert intervals.document_draws(0, draws=5, seed=2).shape == (5, 0)


def test_documents_that_differ_widen_the_interval_where_segments_would_not():
    alike = np.tile(documents(2).sum(0) / 2, (20, 1, 1))
    apart = np.where(np.arange(20)[:, None, None] % 2, [[60.0, 0], [0, 60]], [[30.0, 30], [30, 30]])
    narrow = intervals.estimate(ag.cohen_kappa, alike, n=1200)
    wide = intervals.estimate(ag.cohen_kappa, apart, n=2400)
    assert narrow.high - narrow.low == pytest.approx(0, abs=1e-9)
    assert wide.high - wide.low > 0.2


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    truth = float(ag.cohen_kappa(documents(4000, seed=99).sum(0)))
    held = 0
    for seed in range(100):
        found = intervals.estimate(ag.cohen_kappa, documents(25, seed=seed), n=1500, draws=300, seed=seed)
        held += found.low <= truth <= found.high
    assert 85 <= held <= 99


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = np.array([1.0, 2.0, 4.0, 9.0, 3.0])
    found = intervals.jackknife(lambda kept: np.array([values[kept].mean() / 10]), np.arange(5))
    half = 1.959963984540054 * values.std(ddof=1) / np.sqrt(5) / 10
    assert found.value[0] == pytest.approx(0.38)
    assert found.low[0] == pytest.approx(0.38 - half)
    assert found.high[0] == pytest.approx(0.38 + half)


def test_of_many_documents_the_jackknife_leaves_out_groups_and_says_much_the_same():
    random = np.random.default_rng(1)
    documents = np.repeat(np.arange(1000), 3)
    values = np.repeat(random.normal(0.2, 0.5, 1000), 3)
    calls = []

    def mean(kept):
        calls.append(int(kept.sum()))
        return np.array([values[kept].mean()])

    found = intervals.jackknife(mean, documents * 7 + 5)
    assert calls == [3000] + [2970] * intervals.GROUPS
    half = 1.959963984540054 * values[::3].std(ddof=1) / np.sqrt(1000)
    assert found.value[0] == pytest.approx(values.mean())
    assert found.high[0] - found.value[0] == pytest.approx(half, rel=0.2)


@pytest.mark.parametrize("documents", [2, 99, 100])
def test_up_to_a_hundred_documents_are_left_out_one_by_one(documents):
    calls = []
    intervals.jackknife(lambda kept: np.array([calls.append(int(kept.sum())) or 0.5]), np.arange(documents) % documents)
    assert calls == [documents] + [documents - 1] * documents


def test_the_jackknife_of_one_document_has_no_interval():
    found = intervals.jackknife(lambda kept: np.array([0.5]), np.zeros(4, dtype=np.int64))
    assert found.value[0] == 0.5
    assert np.isnan(found.low[0])


def test_wilson_1927():
    assert intervals.wilson(0, 0) == (None, None)
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
    assert intervals.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=0.0001)
    assert intervals.wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=0.0001)
    assert intervals.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=0.0001)
    assert intervals.wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=0.0001)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_within_0_and_1(counts):
    hits, n = counts
    low, high = intervals.wilson(hits, n)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1


def test_known_turns_nan_into_none():
    assert intervals.defined(float("nan")) is None
    assert intervals.defined(np.float64(0.5)) == 0.5


def test_of_nothing_there_are_no_intervals():
    found = intervals.of_draws(np.zeros((3, 0)), np.zeros((100, 3, 0)))
    assert found.low.shape == found.high.shape == found.undefined.shape == (3, 0)
