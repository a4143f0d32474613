"""Coefficients against published worked examples, against other programs, and by their properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.comparison import coefficients as ag

# Cohen (1960): two judges sort 200 patients into three kinds.
COHEN = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
# Feinstein & Cicchetti (1990), J Clin Epidemiol 43, 543-549, which Byrt, Bishop & Carlin (1993) take up: the same percent
# agreement (0.85) with balanced and with lopsided answers.
BALANCED = np.array([[40, 9], [6, 45]])
LOPSIDED = np.array([[80, 10], [5, 5]])
# Gwet (2008): two raters, 125 people, a trait that hardly occurs.
GWET = np.array([[118, 5], [2, 0]])
M = ag.MISSING
# Krippendorff (2011), section C: four observers, twelve units, five values, some missing.
KRIPPENDORFF_C = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, M, M, M],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, M, 3],
        [M, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, M],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, M],
    ]
).T


def coded(size: int = 30, answers: int = 2):
    labels = arrays.arrays(np.int64, size, elements=st.integers(0, answers - 1))
    return st.tuples(labels, labels)


def test_cohen_1960():
    assert ag.percent(COHEN) == pytest.approx(0.70)
    assert ag.expected_by_cohen(COHEN) == pytest.approx(0.41)
    assert ag.cohen_kappa(COHEN) == pytest.approx(0.492, abs=0.0005)


def test_the_paradox_of_kappa_and_byrt_1993():
    assert ag.percent(BALANCED) == ag.percent(LOPSIDED) == pytest.approx(0.85)
    assert ag.cohen_kappa(BALANCED) == pytest.approx(0.70, abs=0.005)
    assert ag.cohen_kappa(LOPSIDED) == pytest.approx(0.32, abs=0.005)
    assert ag.pabak(BALANCED) == ag.pabak(LOPSIDED) == pytest.approx(0.70)


def test_gwet_2008():
    assert ag.cohen_kappa(GWET) == pytest.approx(-0.0234, abs=0.0001)
    assert ag.gwet_ac1(GWET) == pytest.approx(0.9408, abs=0.0001)


def test_krippendorff_2011_binary_two_observers():
    a, b = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    counts = ag.coincidences(np.array([a, b]).T)
    assert counts.tolist() == [[10, 4], [4, 2]]
    assert ag.krippendorff_alpha(counts) == pytest.approx(0.095, abs=0.0005)


def test_krippendorff_2011_nominal_two_observers():
    a, b = (["abcde".index(value) for value in said] for said in ("aabbdcccedda", "babbbccceddd"))
    assert ag.krippendorff_alpha(ag.coincidences(np.array([a, b]).T)) == pytest.approx(0.692, abs=0.0005)


def test_krippendorff_2011_many_observers_with_missing_answers():
    counts = ag.coincidences(KRIPPENDORFF_C)
    assert counts.sum() == pytest.approx(40)  # the 41st answer stands alone in its unit and cannot be paired
    assert ag.krippendorff_alpha(counts) == pytest.approx(0.743, abs=0.0005)


def test_fleiss_1971_on_the_psychiatric_diagnoses():
    inter_rater = pytest.importorskip("statsmodels.stats.tests.test_inter_rater")
    _, answers = np.unique(np.asarray(inter_rater.diagnoses), return_inverse=True)
    counts = ag.coincidences(answers.reshape(np.asarray(inter_rater.diagnoses).shape))
    assert ag.fleiss_kappa(counts) == pytest.approx(0.430, abs=0.0005)


def masi(a, b):
    return float(ag.masi_of_sizes(len(set(a) & set(b)), len(set(a)), len(set(b))))


def test_masi_passonneau_2006():
    assert masi("ab", "ab") == 0
    assert masi("abc", "ab") == pytest.approx(1 - 2 / 3 * 2 / 3)
    assert masi("abc", "abd") == pytest.approx(1 - 2 / 4 * 1 / 3)
    assert masi("ab", "cd") == 1
    assert masi("", "") == 0
    assert masi("", "a") == 1


def test_pooled_kappa_is_of_mean_agreements_and_not_the_mean_of_kappas():
    pooled = ag.pooled_kappa(np.stack([BALANCED, LOPSIDED]))
    observed = 0.85
    expected = (0.49 * 0.46 + 0.51 * 0.54 + 0.90 * 0.85 + 0.10 * 0.15) / 2
    assert pooled == pytest.approx((observed - expected) / (1 - expected))
    assert pooled != pytest.approx((ag.cohen_kappa(BALANCED) + ag.cohen_kappa(LOPSIDED)) / 2)
    assert ag.pooled_kappa(np.stack([BALANCED, BALANCED])) == pytest.approx(ag.cohen_kappa(BALANCED))


def test_pooling_leaves_out_a_code_without_units():
    assert ag.pooled_kappa(np.stack([BALANCED, np.zeros((2, 2))])) == pytest.approx(ag.cohen_kappa(BALANCED))
    assert ag.pooled_ac1(np.stack([BALANCED, np.zeros((2, 2))])) == pytest.approx(ag.gwet_ac1(BALANCED))


def test_characters_as_nvivos_help_counts_them():
    # 1,000 characters: 50 coded by both, 150 by one of the two, 800 by neither: 85% agreement.
    table = np.array([[800, 50], [100, 50]])
    assert ag.percent(table) == pytest.approx(0.85)
    expected = 150 * 100 / 1000 + 850 * 900 / 1000
    assert ag.cohen_kappa(table) == pytest.approx((850 - expected) / (1000 - expected))
    assert ag.jaccard(table) == pytest.approx(50 / 200)


def test_nvivos_mean_weighs_files_by_size_and_leaves_out_files_without_the_code():
    tables = np.array([[[50, 10], [10, 30]], [[500, 0], [0, 0]], [[300, 0], [50, 50]]])
    kappas = ag.cohen_kappa(tables)
    assert np.isnan(kappas[1])
    assert ag.nvivo_kappa(tables) == pytest.approx((kappas[0] * 100 + kappas[2] * 400) / 500)
    assert np.isnan(ag.nvivo_kappa(tables[1:2]))


@pytest.mark.parametrize(
    ("coefficient", "table"),
    [
        (ag.percent, np.zeros((2, 2))),
        (ag.cohen_kappa, np.zeros((2, 2))),
        (ag.cohen_kappa, [[7, 0], [0, 0]]),
        (ag.cohen_kappa, [[0, 0], [0, 7]]),
        (ag.cohen_kappa, [[7]]),
        (ag.gwet_ac1, [[7]]),
        (ag.gwet_ac1, np.zeros((2, 2))),
        (ag.precision, [[5, 0], [2, 0]]),
        (ag.recall, [[5, 2], [0, 0]]),
        (ag.f1, [[5, 0], [0, 0]]),
        (ag.jaccard, [[5, 0], [0, 0]]),
        (ag.krippendorff_alpha, np.zeros((3, 3))),
        (ag.krippendorff_alpha, [[20, 0], [0, 0]]),
        (ag.fleiss_kappa, [[20, 0], [0, 0]]),
    ],
)
def test_what_is_undefined_is_never_0_or_1(coefficient, table):
    assert np.isnan(coefficient(np.asarray(table, dtype=float)))


def test_one_coder_who_never_gives_the_code_makes_kappa_0_not_undefined():
    assert ag.cohen_kappa([[80, 0], [20, 0]]) == pytest.approx(0)


@pytest.mark.parametrize("coefficient", [ag.pabak, ag.precision, ag.recall, ag.f1, ag.jaccard])
def test_coefficients_of_one_code_refuse_three_answers(coefficient):
    with pytest.raises(ValueError, match="two answers"):
        coefficient(COHEN)


def test_a_crosstab_leaves_missing_answers_out_and_needs_the_same_units():
    assert ag.crosstab([0, 1, M, 1], [0, M, 1, 0]).tolist() == [[1, 0], [1, 0]]
    with pytest.raises(ValueError, match="same units"):
        ag.crosstab([0, 1], [0])


def test_tables_of_many_codes_and_draws_are_worked_at_once():
    tables = np.stack([np.stack([BALANCED, LOPSIDED]), np.stack([LOPSIDED, GWET])])
    for coefficient in (ag.percent, ag.cohen_kappa, ag.gwet_ac1, ag.pabak, ag.f1):
        one_by_one = [[coefficient(table) for table in row] for row in tables]
        assert np.allclose(coefficient(tables), one_by_one)


@given(coded(answers=3))
@settings(max_examples=60, deadline=None)
def test_kappa_is_what_scikit_learn_and_statsmodels_say(pair):
    from sklearn.metrics import cohen_kappa_score
    from statsmodels.stats.inter_rater import cohens_kappa

    table = ag.crosstab(*pair, n_answers=3)
    ours = ag.cohen_kappa(table)
    if np.isnan(ours):
        assert len(set(pair[0]) | set(pair[1])) == 1
        return
    assert ours == pytest.approx(cohens_kappa(table, return_results=False))
    assert ours == pytest.approx(cohen_kappa_score(*pair, labels=[0, 1, 2]))


@given(coded())
@settings(max_examples=60, deadline=None)
def test_precision_recall_and_f1_are_what_scikit_learn_says(pair):
    from sklearn.metrics import precision_recall_fscore_support

    theirs = precision_recall_fscore_support(*pair, average="binary", zero_division=np.nan)
    table = ag.crosstab(*pair, n_answers=2)
    for ours, other in zip((ag.precision(table), ag.recall(table), ag.f1(table)), theirs[:3], strict=True):
        assert ours == pytest.approx(other, nan_ok=True)


@given(arrays.arrays(np.int64, (12, 4), elements=st.integers(0, 3)))
@settings(max_examples=60, deadline=None)
def test_fleiss_is_what_statsmodels_says(answers):
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    ours = ag.fleiss_kappa(ag.coincidences(answers, n_answers=4))
    if np.isnan(ours):
        assert np.unique(answers).size == 1
    else:
        assert ours == pytest.approx(fleiss_kappa(aggregate_raters(answers, n_cat=4)[0]))


@given(arrays.arrays(np.int64, (10, 3), elements=st.integers(0, 3)))
@settings(max_examples=40, deadline=None)
def test_alpha_is_what_nltk_says(answers):
    from nltk.metrics.agreement import AnnotationTask

    ours = ag.krippendorff_alpha(ag.coincidences(answers))
    if np.isnan(ours):
        assert np.unique(answers).size == 1
        return
    rows = [(f"c{coder}", str(unit), int(said)) for (unit, coder), said in np.ndenumerate(answers)]
    assert ours == pytest.approx(AnnotationTask(data=rows).alpha())


@given(coded(answers=3))
def test_coefficients_do_not_mind_who_comes_first_or_how_answers_are_called(pair):
    table = ag.crosstab(*pair, n_answers=3)
    order = np.array([2, 0, 1])
    for coefficient in (ag.percent, ag.cohen_kappa, ag.gwet_ac1):
        value = coefficient(table)
        assert coefficient(table.T) == pytest.approx(value, nan_ok=True)
        assert coefficient(table[np.ix_(order, order)]) == pytest.approx(value, nan_ok=True)


@given(coded(answers=3), st.randoms(use_true_random=False))
def test_coefficients_do_not_mind_the_order_of_the_units(pair, random):
    order = list(range(30))
    random.shuffle(order)
    shuffled = [said[order] for said in pair]
    assert np.array_equal(ag.crosstab(*pair, n_answers=3), ag.crosstab(*shuffled, n_answers=3))
    both, mixed = (ag.coincidences(np.array(said).T, n_answers=3) for said in (pair, shuffled))
    assert np.allclose(both, mixed)


@given(coded())
def test_coefficients_stay_within_their_bounds(pair):
    table = ag.crosstab(*pair, n_answers=2)
    alpha = ag.krippendorff_alpha(table + table.T)
    for value in (ag.cohen_kappa(table), ag.gwet_ac1(table), ag.pabak(table), alpha):
        assert np.isnan(value) or -1 - 1e-9 <= value <= 1 + 1e-9
    for value in (ag.percent(table), ag.f1(table), ag.jaccard(table), ag.precision(table), ag.recall(table)):
        assert np.isnan(value) or -1e-9 <= value <= 1 + 1e-9


@given(coded(answers=3))
def test_a_coder_agrees_fully_with_themselves(pair):
    table = ag.crosstab(pair[0], pair[0], n_answers=3)
    for coefficient in (ag.percent, ag.cohen_kappa, ag.gwet_ac1):
        value = coefficient(table)
        assert np.isnan(value) or value == pytest.approx(1)


@given(coded(answers=3))
def test_two_coders_coincidences_are_their_table_and_its_mirror(pair):
    table = ag.crosstab(*pair, n_answers=3)
    assert np.allclose(ag.coincidences(np.array(pair).T, n_answers=3), table + table.T)


@given(st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_masi_is_symmetric_and_0_only_for_equal_sets(a, b):
    assert masi(a, b) == masi(b, a)
    assert 0 <= masi(a, b) <= 1
    assert (masi(a, b) == 0) == (a == b)


@pytest.mark.parametrize("share", [0.5, 0.1, 0.02])
def test_coding_by_chance_agrees_about_0(share):
    random = np.random.default_rng(5)
    a, b = random.random((2, 40_000)) < share
    table = ag.crosstab(a, b, n_answers=2)
    assert ag.cohen_kappa(table) == pytest.approx(0, abs=0.03)
    assert ag.krippendorff_alpha(table + table.T) == pytest.approx(0, abs=0.03)
    assert ag.fleiss_kappa(table + table.T) == pytest.approx(0, abs=0.03)


def test_ac1_of_many_coders_is_that_of_two_where_there_are_two():
    assert ag.gwet_ac1_many(GWET + GWET.T) == pytest.approx(ag.gwet_ac1(GWET))


def test_weights_count_a_unit_as_often_as_it_weighs():
    answers = np.array([[0, 1, 1], [1, 1, M], [0, 0, 0]])
    weights = np.array([3, 1, 2])
    repeated = np.repeat(answers, weights, axis=0)
    assert np.allclose(ag.coincidences(answers, weights=weights), ag.coincidences(repeated))


def test_a_unit_with_one_answer_brings_nothing():
    assert ag.coincidences(np.array([[1, M, M], [0, 1, M]]), n_answers=2).tolist() == [[0, 1], [1, 0]]


def test_alpha_from_sums_is_alpha_of_coincidences_for_the_nominal_distance():
    counts = ag.coincidences(KRIPPENDORFF_C)
    each = counts.sum(1)
    expected = each.sum() ** 2 - (each**2).sum()
    value = ag.alpha_of_disagreement(counts.sum() - np.trace(counts), counts.sum(), expected)
    assert value == pytest.approx(ag.krippendorff_alpha(counts))
