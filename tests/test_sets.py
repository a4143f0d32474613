"""Krippendorff's alpha of sets of codes, against its definition worked unit by unit."""

import numpy as np
import pytest

from pipeline.comparison import coefficients as ag
from pipeline.comparison import sets


def masi(a, b):
    return float(ag.masi_of_sizes(len(a & b), len(a), len(b)))


def slow_alpha(given, seen):
    """Alpha with MASI distance, by its definition."""
    units = [
        [frozenset(np.flatnonzero(given[c, u])) for c in range(len(given)) if seen[c, u]] for u in range(seen.shape[1])
    ]
    units = [said for said in units if len(said) > 1]
    values = [one for said in units for one in said]
    observed = sum(masi(a, b) / (len(said) - 1) for said in units for a in said for b in said) / len(values)
    expected = sum(masi(a, b) for a in values for b in values) / (len(values) * (len(values) - 1))
    return 1 - observed / expected


@pytest.mark.parametrize("seed", range(6))
def test_alpha_of_sets_is_alpha_by_its_definition(seed):
    random = np.random.default_rng(seed)
    truth = random.random((25, 5)) < 0.3
    given = np.stack([np.where(random.random((25, 5)) < 0.2, ~truth, truth) for _ in range(3)])
    seen = random.random((3, 25)) < 0.8
    documents = np.repeat(np.arange(5), 5)
    sums = sets.set_sums(given, seen, documents, np.ones(25))
    weights = np.array([[1.0, 1, 1, 1, 1], [2, 0, 1, 1, 1]])
    drawn = sets.alpha(sums, weights)
    assert drawn[0] == pytest.approx(slow_alpha(given, seen), abs=1e-12)
    twice = np.r_[0:5, 0:5, 10:25]
    assert drawn[1] == pytest.approx(slow_alpha(given[:, twice], seen[:, twice]), abs=1e-12)
    first = sets.alpha(sums.of(np.arange(3)), np.ones((1, 3)))
    assert first[0] == pytest.approx(slow_alpha(given[:, :15], seen[:, :15]), abs=1e-12)


def test_people_who_give_the_same_sets_agree_fully_and_by_chance_about_0():
    random = np.random.default_rng(0)
    one, other = random.random((2, 400, 6)) < 0.25
    documents, weights = np.repeat(np.arange(8), 50), np.ones(400)
    assert sets.set_alpha(np.stack([one, one]), documents, weights) == pytest.approx(1)
    assert sets.set_alpha(np.stack([one, other]), documents, weights) == pytest.approx(0, abs=0.05)
    assert np.isnan(sets.set_alpha(np.zeros((2, 400, 6), dtype=bool), documents, weights))


def test_weights_count_a_unit_as_often_as_it_weighs():
    random = np.random.default_rng(8)
    given = random.random((2, 12, 4)) < 0.4
    documents, weights = np.repeat([0, 1, 2], 4), random.integers(1, 4, 12)
    repeated = np.repeat(given, weights, axis=1)
    whole = sets.set_alpha(repeated, np.repeat(documents, weights), np.ones(weights.sum()))
    assert sets.set_alpha(given, documents, weights.astype(float)) == pytest.approx(float(whole))


def test_one_coder_and_no_unit_have_no_alpha():
    assert np.isnan(sets.set_alpha(np.ones((1, 5, 2), dtype=bool), np.zeros(5, dtype=np.int64), np.ones(5)))
    assert np.isnan(sets.set_alpha(np.ones((2, 0, 2), dtype=bool), np.zeros(0, dtype=np.int64), np.ones(0)))
