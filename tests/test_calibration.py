"""Scores become probabilities that mean what they say, and thresholds serve their aim."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deductive import calibration


def made(n: int = 4000, codes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, truth, and the probabilities from which the truth was drawn."""
    random = np.random.default_rng(seed)
    scores = random.normal([-1.5, -0.5, 0.0][:codes], size=(n, codes))
    p = 1 / (1 + np.exp(-2 * scores))
    return scores, random.random((n, codes)) < p, p


def fitted(scores: np.ndarray, truth: np.ndarray, **options) -> calibration.Calibrator:
    """A calibrator of one kind of score."""
    return calibration.fit(scores[None], truth, **options)


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
def test_probabilities_are_found_again_whatever_the_scale_of_the_scores(scale):
    scores, truth, p = made()
    found = fitted(scores * scale, truth)(scores[None] * scale)
    assert np.abs(found - p).mean() < 0.02
    assert calibration.calibration_error(calibration.reliability(found, truth)) < 0.02


def test_a_code_whose_scores_mean_something_else_goes_its_own_way_with_enough_passages():
    scores, truth, _ = made()
    turned = scores.copy()
    turned[:, 0] = -turned[:, 0]
    found = fitted(turned, truth)(turned[None])
    assert calibration.calibration_error(calibration.reliability(found[:, 0], truth[:, 0])) < 0.05
    assert np.corrcoef(found[:, 0], turned[:, 0])[0, 1] < 0
    held = fitted(turned[:400], truth[:400], prior=1e4)(turned[None])
    assert np.corrcoef(held[:, 0], turned[:, 0])[0, 1] > 0  # where its fellows are believed, it is read as they are


def test_several_kinds_of_score_are_weighed_by_what_they_tell():
    random = np.random.default_rng(1)
    scores, truth, p = made()
    noise = random.normal(size=scores.shape)
    first = calibration.fit(np.stack([noise, scores]), truth)
    found = first(np.stack([noise, scores]))
    assert np.abs(found - p).mean() < 0.03
    assert np.abs(first.weights[:, 1]).max() < 0.2 * np.abs(first.weights[:, 2]).min()
    halves = np.stack([scores + noise, scores - noise])  # each is poor, together they are the scores
    both = calibration.fit(halves, truth)(halves)
    alone = calibration.fit(halves[:1], truth)(halves[:1])
    assert np.abs(both - p).mean() < np.abs(alone - p).mean() - 0.02


def test_a_kind_of_score_that_is_the_same_everywhere_changes_nothing():
    scores, truth, _ = made(500)
    with_zeros = np.stack([scores, np.zeros_like(scores)])
    assert calibration.fit(with_zeros, truth)(with_zeros) == pytest.approx(fitted(scores, truth)(scores[None]))


def test_a_code_that_never_occurs_is_improbable():
    scores, truth, _ = made(800)
    before = fitted(scores, truth)(scores[None])[:, 1].mean()
    truth[:, 1] = False
    assert fitted(scores, truth)(scores[None])[:, 1].mean() < 0.35 * before


def test_a_rare_code_leans_on_the_others():
    scores, truth, _ = made(300)
    truth[:, 0] = False
    truth[np.argsort(scores[:, 0])[:1], 0] = True  # one passage, with the lowest score of all
    found = fitted(scores, truth)(scores[None])[:, 0]
    assert found[np.argmax(scores[:, 0])] >= found[np.argmin(scores[:, 0])]


def test_scores_that_say_nothing_give_the_share_of_the_code():
    truth = np.tile([[True], [False], [False], [False]], (100, 1))
    found = fitted(np.zeros((400, 1)), truth)(np.zeros((1, 2, 1)))
    assert found == pytest.approx(0.25, abs=0.01)


def test_the_sigmoid_does_not_overflow():
    with np.errstate(over="raise"):
        found = calibration.sigmoid(np.array([-1e9, 0.0, 1e9]))
    assert found == pytest.approx([0, 0.5, 1], abs=1e-6)


def f1(given: np.ndarray, truth: np.ndarray) -> float:
    return 2 * (given & truth).sum() / (given.sum() + truth.sum())


def test_a_threshold_for_f1_is_about_as_good_as_the_best():
    _, truth, p = made(5000, codes=1)
    chosen = calibration.thresholds(p, truth)[0]
    best = max(f1(p > t, truth) for t in np.linspace(0.01, 0.99, 99))
    assert f1(p >= chosen, truth) >= 0.96 * best


P = np.array([[0.1], [0.3], [0.5], [0.7], [0.9]])


@pytest.mark.parametrize(
    ("said", "options", "chosen"),
    [
        ([0, 0, 1, 0, 1], {}, 0.51),  # the lowest from which no more than two are given
        ([1, 1, 1, 0, 0], {}, 0.31),
        ([1, 1, 1, 1, 1], {}, 0.01),
        ([0, 0, 1, 0, 1], {"aim": "precision", "precision": 0.6}, 0.31),  # 2 of 3 are right
        ([0, 0, 1, 0, 1], {"aim": "precision", "precision": 0.67}, 0.71),  # 1 of 1
        ([1, 1, 1, 1, 0], {"aim": "precision", "precision": 0.8}, 0.01),
        ([1, 1, 1, 1, 0], {"aim": "precision", "precision": 0.81}, 1.0),  # at none
    ],
)
def test_a_threshold_by_hand(said, options, chosen):
    truth = np.array(said, dtype=bool)[:, None]
    assert calibration.thresholds(P, truth, prior=0.0, **options)[0] == pytest.approx(chosen)


def test_a_threshold_is_drawn_to_that_of_all_codes_by_hand():
    # Three and one of five passages have the codes. Ten passages of all four: of each count 10 / 4, given and said.
    # From 0.31 on 3 + 15 are given, more than the 3 + 10 and the 1 + 10 that people gave; from 0.51 on 2 + 10.
    truth = np.array([[0, 0], [0, 0], [1, 0], [1, 0], [1, 1]], dtype=bool)
    assert calibration.thresholds(np.hstack([P, P]), truth, prior=10.0) == pytest.approx([0.51, 0.71])
    assert calibration.thresholds(np.hstack([P, P]), truth, prior=0.0) == pytest.approx([0.31, 0.71])


def test_about_as_much_is_given_as_people_gave():
    _, truth, p = made(5000)
    given = p >= calibration.thresholds(p, truth)
    assert given.sum(axis=0) == pytest.approx(truth.sum(axis=0), rel=0.1)


def test_of_equal_probabilities_none_is_given_rather_than_too_many():
    p, truth = np.array([[0.9]] * 50 + [[0.1]] * 50), np.array([[True]] * 50 + [[False]] * 50)
    chosen = calibration.thresholds(p, truth)[0]
    assert 0.1 < chosen <= 0.9
    scarce = np.array([[True]] * 5 + [[False]] * 95)
    assert calibration.thresholds(p, scarce)[0] > 0.9


def test_a_threshold_for_precision_reaches_it_or_gives_nothing():
    _, truth, p = made(5000, codes=1)
    chosen = calibration.thresholds(p, truth, aim="precision", precision=0.6)[0]
    assert truth[p >= chosen].mean() == pytest.approx(0.6, abs=0.05)
    noise = np.random.default_rng(0).random((500, 1))
    assert calibration.thresholds(noise, noise > 2, aim="precision")[0] == 0.5  # nothing is known
    assert calibration.thresholds(noise, noise < 0.1, aim="precision", precision=0.9)[0] == 1.0


def test_a_rare_code_is_not_given_to_all_because_that_would_find_its_one_passage():
    _, truth, p = made(5000, codes=1)
    rare = np.zeros((5000, 1), dtype=bool)
    rare[np.argmin(np.where(p > 0.02, p, 1.0))] = True
    both = np.hstack([p, p]), np.hstack([truth, rare])
    alone = calibration.thresholds(*both, prior=1e-9)[1]
    shared = calibration.thresholds(*both)
    assert abs(shared[1] - shared[0]) < abs(alone - shared[0])
    assert (p >= shared[1]).sum() <= 1.1 * (p >= shared[0]).sum()


def test_no_rows_no_knowledge():
    assert calibration.thresholds(np.zeros((0, 2)), np.zeros((0, 2), dtype=bool)).tolist() == [0.5, 0.5]


def test_the_reliability_curve_by_hand():
    curve = calibration.reliability(np.array([0.05, 0.15, 0.12, 1.0]), np.array([False, True, False, True]))
    assert curve["low"].tolist() == pytest.approx([0.0, 0.1, 0.9])
    assert curve["n"].tolist() == [1, 2, 1]
    assert curve["mean_score"].tolist() == pytest.approx([0.05, 0.135, 1.0])
    assert curve["share"].tolist() == [0.0, 0.5, 1.0]
    assert calibration.calibration_error(curve) == pytest.approx((0.05 + 2 * 0.365) / 4)


def test_an_empty_curve_has_no_error():
    assert np.isnan(calibration.calibration_error(pd.DataFrame({"n": [], "share": [], "mean_score": []})))


@given(st.integers(0, 1000), st.integers(2, 60), st.integers(1, 4))
def test_probabilities_are_probabilities_and_keep_the_order_of_scores(seed, n, codes):
    random = np.random.default_rng(seed)
    scores, truth = random.normal(size=(n, codes)), random.random((n, codes)) < 0.3
    found = fitted(scores, truth)(scores[None])
    assert ((found >= 0) & (found <= 1)).all()
    for column in range(codes):
        order = np.argsort(scores[:, column])
        steps = np.diff(found[order, column])
        assert (steps >= -1e-12).all() or (steps <= 1e-12).all()


def test_a_probability_counts_for_the_threshold_that_it_reaches():
    # In binary 0.29 * 100 is below 29, and 0.57 * 100 below 57.
    steps = np.arange(1, 100)[:, None] / 100
    given, _ = calibration._counts(steps, np.ones_like(steps, dtype=bool))
    assert given[:, 0].tolist() == [(steps >= limit).sum() for limit in steps]


def test_what_a_processor_adds_in_the_last_digit_decides_nothing():
    scores, truth, _ = made(400)
    noise = 1 + 1e-13 * np.random.default_rng(0).normal(size=scores.shape)
    learned = fitted(scores, truth)
    assert (learned(scores[None]) == learned((scores * noise)[None])).all()
