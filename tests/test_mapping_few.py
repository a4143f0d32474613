"""Few-shot mapping learns from other documents alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

from pipeline.deductive import calibration, mapping_few
from pipeline.deductive.mapping_few import EVERYTHING, UNPREDICTED, Options, folds_of, predict


def made(documents: int = 6, each: int = 20, codes: int = 3, seed: int = 0):
    """Features of which the first few say the code, truth, and each row's document."""
    random = np.random.default_rng(seed)
    n = documents * each
    truth = random.random((n, codes)) < 0.3
    X = np.hstack([truth + random.normal(0, 0.4, (n, codes)), random.normal(0, 0.3, (n, 5))])
    groups = np.repeat([f"d{d}" for d in range(documents)], each)
    return X, truth, groups


def run(X, truth, groups, seen=None, **options):
    seen = np.ones(len(X), dtype=bool) if seen is None else seen
    extra = {key: options.pop(key) for key in ("texts", "words", "in_order") if key in options}
    return predict(X, truth, groups=groups, seen=seen, options=Options(**options), **extra)


def agreed(found, truth, rows=slice(None)):
    given = found.probabilities[rows] >= found.thresholds[rows]
    return 2 * (given & truth[rows]).sum() / (given.sum() + truth[rows].sum())


def test_it_learns():
    X, truth, groups = made()
    assert agreed(run(X, truth, groups), truth) > 0.8


@pytest.mark.parametrize("documents", [2, 3, 4, 6])
def test_nothing_of_a_document_depends_on_its_own_codes(documents):
    X, truth, groups = made(documents=documents)
    first = run(X, truth, groups)
    own = groups == "d1"
    changed = truth.copy()
    changed[own] = ~changed[own]
    second = run(X, changed, groups)
    assert (first.probabilities[own] == second.probabilities[own]).all()
    assert (first.thresholds[own] == second.thresholds[own]).all()
    assert not (first.probabilities[~own] == second.probabilities[~own]).all()


def test_nothing_of_a_document_depends_on_the_codes_of_its_fold():
    X, truth, groups = made(documents=8)
    first = run(X, truth, groups, folds=3)
    fold = first.fold[0]
    changed = truth.copy()
    changed[first.fold == fold] = False
    second = run(X, changed, groups, folds=3)
    rows = first.fold == fold
    assert len(set(groups[rows])) > 1
    assert (first.probabilities[rows] == second.probabilities[rows]).all()
    assert (first.thresholds[rows] == second.thresholds[rows]).all()


def noise(documents: int = 6, each: int = 20, features: int = 150):
    """Features that say nothing of the codes, and so many that a model knows the rows it has seen by heart."""
    random = np.random.default_rng(11)
    X = random.normal(size=(documents * each, features)) / np.sqrt(features)
    return X, random.random((len(X), 2)) < 0.3, np.repeat([f"d{d}" for d in range(documents)], each)


def test_scores_that_a_model_has_by_heart_calibrate_nothing():
    X, truth, groups = noise()
    seen = groups != "d5"
    found = run(X, truth, groups, seen=seen, ridge=0.01)
    for rows in (seen, ~seen):  # out of fold, and from all that was coded
        assert found.probabilities[rows].std(axis=0).max() < 0.15
        assert found.probabilities[rows].mean(axis=0) == pytest.approx(truth[seen].mean(axis=0), abs=0.08)


def test_a_fold_is_decided_by_out_of_fold_scores_of_the_others_as_scikit_learn_makes_them(monkeypatch):
    X, truth, groups = made(documents=6)
    seen, each = groups != "d5", 20
    learned, fit = [], calibration.fit

    def noted(known, answers):
        learned.append((known, answers))
        return fit(known, answers)

    monkeypatch.setattr(calibration, "fit", noted)
    words = np.random.default_rng(2).normal(size=truth.shape)
    run(X, truth, groups, seen=seen, words=words, by_words=0.8)
    left_out = (None, *(f"d{number}" for number in range(5)))  # first what nobody coded, for which no fold is left out
    for name, (known, answers) in zip(left_out, learned, strict=True):
        rows = seen & (groups != name)
        n = rows.sum() - each  # each score is by a model of the other folds
        ridge = Ridge(alpha=n / (n + mapping_few.RIDGE_FROM))
        scores = cross_val_predict(ridge, X[rows], truth[rows], groups=groups[rows], cv=LeaveOneGroupOut())
        assert known[1] == pytest.approx(scores, abs=1e-4)
        by_words = (known[0] - known[1]) / words[rows]
        for fold in set(groups[rows]):  # what the words say counts half as much from 50 passages of a code on
            passages = truth[rows & (groups != fold)].sum(axis=0)
            here = by_words[groups[rows] == fold]
            spread = here[0, 0] * (50 + passages[0]) / (0.8 * 50)
            assert here == pytest.approx(np.tile(0.8 * spread * 50 / (50 + passages), (each, 1)))
            assert spread == pytest.approx(scores.std(axis=0).mean(), rel=0.1)
        assert not known[3].any()
        assert (answers == truth[rows]).all()


def test_a_document_nobody_coded_is_predicted_from_everything():
    X, truth, groups = made()
    seen = groups != "d5"
    found = run(X, truth, groups, seen=seen)
    assert (found.fold[~seen] == EVERYTHING).all()
    assert (found.fold[seen] >= 0).all()
    assert agreed(found, truth, ~seen) > 0.7
    hidden = truth.copy()
    hidden[~seen] = True  # what is not seen is not learned from
    assert (run(X, hidden, groups, seen=seen).probabilities == found.probabilities).all()


def test_a_document_that_was_read_in_part_is_out_of_fold_altogether():
    X, truth, groups = made()
    seen = np.ones(len(X), dtype=bool)
    seen[:10] = False
    found = run(X, truth, groups, seen=seen)
    assert len(set(found.fold[groups == "d0"])) == 1
    assert found.fold[0] >= 0


def test_the_only_coded_document_has_no_honest_prediction():
    X, truth, groups = made()
    seen = groups == "d2"
    found = run(X, truth, groups, seen=seen)
    assert (found.fold[seen] == UNPREDICTED).all()
    assert (found.fold[~seen] == EVERYTHING).all()
    assert agreed(found, truth, ~seen) > 0.5


def test_with_few_documents_as_many_codes_are_given_as_people_gave():
    X, truth, groups = made()
    seen = np.isin(groups, ["d0", "d1"])
    found = run(X, truth, groups, seen=seen)
    given = (found.probabilities >= found.thresholds)[~seen]
    assert given.mean() == pytest.approx(truth[seen].mean(), abs=0.02)


def test_the_order_of_rows_changes_no_fold_and_nothing_beyond_rounding():
    X, truth, groups = made()
    order = np.random.default_rng(1).permutation(len(X))
    first, second = run(X, truth, groups), run(X[order], truth[order], groups[order])
    assert (first.fold[order] == second.fold).all()
    assert np.allclose(first.probabilities[order], second.probabilities, atol=1e-8)


def talked(stay: float = 0.9, documents: int = 6, each: int = 40):
    """Talk that stays with a code for a while, of which each passage by itself says little."""
    random = np.random.default_rng(7)
    n = documents * each
    code = np.zeros(n, dtype=int)
    for row in range(1, n):
        code[row] = code[row - 1] if random.random() < stay else random.integers(3)
    truth = np.eye(3, dtype=bool)[code]
    return truth + random.normal(0, 1.2, truth.shape), truth, np.repeat([f"d{d}" for d in range(documents)], each)


def test_the_talk_before_and_after_helps_where_it_goes_on():
    X, truth, groups = talked()
    assert agreed(run(X, truth, groups, in_order=True), truth) > agreed(run(X, truth, groups), truth) + 0.05
    X, truth, groups = talked(stay=0.0)
    assert agreed(run(X, truth, groups, in_order=True), truth) > agreed(run(X, truth, groups), truth) - 0.03


def test_nothing_of_a_document_depends_on_its_own_codes_in_the_order_of_the_talk_either():
    X, truth, groups = talked()
    own = groups == "d2"
    changed = truth.copy()
    changed[own] = ~changed[own]
    first, second = run(X, truth, groups, in_order=True), run(X, changed, groups, in_order=True)
    assert (first.probabilities[own] == second.probabilities[own]).all()
    assert (first.thresholds[own] == second.thresholds[own]).all()


@pytest.mark.parametrize("documents", [3, 6])
def test_about_as_many_codes_are_given_as_people_gave(documents):
    X, truth, groups = made(documents=documents, each=40)
    noisy = X + np.random.default_rng(6).normal(0, 0.8, X.shape)
    found = run(noisy, truth, groups)
    assert (found.probabilities >= found.thresholds).sum() == pytest.approx(truth.sum(), rel=0.25)


def test_a_code_that_few_passages_show_is_not_lost_to_the_codes_that_many_show():
    X, truth, groups = made(documents=8, codes=3)
    rare = truth.copy()
    rare[np.flatnonzero(truth[:, 2])[4:], 2] = False  # four passages are left of it
    found = run(X, rare, groups)
    assert np.corrcoef(found.probabilities[:, 2], truth[:, 2])[0, 1] > 0.3


def test_many_lines_of_a_category_count_no_more_than_a_few():
    X, truth, groups = made(documents=2, each=10)
    lines = np.random.default_rng(8).normal(size=(60, X.shape[1]))
    of_line = np.zeros((60, 3), dtype=bool)
    of_line[:, 0] = True
    few = run(X, truth, groups, texts=(lines[:4], of_line[:4]))
    many = run(X, truth, groups, texts=(np.repeat(lines[:4], 15, axis=0), of_line))
    assert np.allclose(few.probabilities, many.probabilities, atol=1e-6)


def test_lines_of_the_codebook_teach_where_passages_do_not():
    X, truth, groups = made(codes=2)
    unseen = truth.copy()
    unseen[:, 1] = False  # nobody used the second code
    line = np.zeros((1, X.shape[1]))
    line[0, 1] = 1.0
    texts = (line, np.array([[False, True]]))
    without, having = run(X, unseen, groups), run(X, unseen, groups, texts=texts, text_weight=50.0)

    def order(found):
        return np.corrcoef(found.probabilities[:, 1], truth[:, 1])[0, 1]

    assert np.ptp(without.probabilities[:, 1]) < np.ptp(having.probabilities[:, 1]) or order(having) > order(without)
    assert order(having) > 0.3


def test_what_the_words_say_counts_beside_what_was_learned():
    X, truth, groups = made()
    noise = np.random.default_rng(3).normal(size=X.shape)
    words = (truth - truth.mean(axis=0)) / truth.std(axis=0)
    alone = run(noise, truth, groups)
    helped = run(noise, truth, groups, words=words, by_words=1.0)
    assert agreed(helped, truth) > agreed(alone, truth) + 0.2
    misled = run(X, truth, groups, words=np.random.default_rng(4).normal(size=words.shape), by_words=3.0)
    assert agreed(misled, truth) > agreed(run(X, truth, groups), truth) - 0.05  # where words mislead, they are dropped
    ignored = run(noise, truth, groups, words=words, by_words=0.0)
    assert np.allclose(ignored.probabilities, alone.probabilities)


def test_aiming_at_precision_gives_less_and_is_right_more_often():
    X, truth, groups = made(documents=10)
    X = X + np.random.default_rng(5).normal(0, 0.5, X.shape)
    plain, strict = run(X, truth, groups), run(X, truth, groups, aim="precision", precision=0.95)

    def precision(found):
        given = found.probabilities >= found.thresholds
        return truth[given].mean(), given.sum()

    assert precision(strict)[0] > precision(plain)[0]
    assert precision(strict)[1] < precision(plain)[1]


@settings(max_examples=30)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(2, 6), st.randoms())
def test_folds_are_whole_documents_of_like_size(sizes, folds, random):
    groups = np.repeat([f"d{n:02d}" for n in range(len(sizes))], sizes)
    fold = folds_of(groups, coded=np.ones(len(groups), dtype=bool), folds=folds)
    assert set(fold) == set(range(min(folds, len(sizes))))
    for name in set(groups):
        assert len(set(fold[groups == name])) == 1
    held = np.bincount(fold)
    assert held.max() - held.min() <= max(sizes)
    order = list(range(len(groups)))
    random.shuffle(order)
    assert (folds_of(groups[order], coded=np.ones(len(groups), dtype=bool), folds=folds) == fold[order]).all()


def test_nothing_coded_nothing_learned():
    X, truth, groups = made(documents=2)
    found = run(X, truth, groups, seen=np.zeros(len(X), dtype=bool))
    assert (found.fold == mapping_few.EVERYTHING).all() or (found.fold == UNPREDICTED).all()
    assert not (found.probabilities >= found.thresholds).any()
