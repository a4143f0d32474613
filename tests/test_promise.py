"""A promised precision holds for documents that were not seen, or is not given."""

import numpy as np
import pytest

from pipeline import map_codes
from pipeline.core.params import MapCodes
from pipeline.deductive import mapping
from pipeline.deductive.coded import Truth
from pipeline.deductive.mapping_few import Predicted
from pipeline.deductive.promise import counted, fewest, promise, sentence
from tests import mapped_study

THRESHOLDS = np.array([0.3, 0.5, 0.7, 0.9])


def study(n: int, random: np.random.Generator, *, bad: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Documents with 8 to 40 codes from the lowest threshold; the precision rises with it, save in bad documents."""
    size = random.integers(8, 41, size=n)
    given = np.stack([np.ceil(size * share) for share in (1.0, 0.8, 0.6, 0.4)]).astype(np.int64)
    right_of = np.array([0.6, 0.7, 0.8, 0.9])[:, None] + random.normal(0, 0.05, n)
    right_of = np.where(random.random(n) < bad, 0.1, right_of)
    return given, random.binomial(given, np.clip(right_of, 0, 1))


def precision(given: np.ndarray, right: np.ndarray, threshold: float) -> float:
    row = THRESHOLDS.tolist().index(threshold)
    return float(right[row].sum() / given[row].sum())


@pytest.mark.parametrize("documents", [5, 12, 40])
@pytest.mark.parametrize("bad", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("level", [0.6, 0.75, 0.85])
def test_promises_are_broken_in_at_most_a_tenth_of_studies(documents, bad, level):
    random = np.random.default_rng(7)
    everything = study(20_000, random, bad=bad)
    broken = 0
    for _ in range(150):
        made = promise(*study(documents, random, bad=bad), THRESHOLDS, level=level)
        broken += made.holds and precision(*everything, made.threshold) < level
    assert broken <= 0.1 * 150


def test_with_enough_documents_it_is_promised_and_the_lowest_threshold_that_holds_is_taken():
    made = promise(*study(200, np.random.default_rng(1)), THRESHOLDS, level=0.65)
    assert made.holds
    assert made.threshold == 0.5
    assert made.precision == pytest.approx(0.7, abs=0.05)
    assert sentence(made).startswith("At least 65% of the codes assigned are right, with 90% confidence over documents")


def test_with_few_documents_it_says_how_many_it_takes_and_that_many_are_enough():
    random = np.random.default_rng(3)
    given, right = study(4, random)
    made = promise(given, right, THRESHOLDS, level=0.65)
    assert not made.holds
    assert made.needed > 4
    assert f"it takes about {made.needed} coded documents" in sentence(made)
    times = -(-made.needed // 4)
    assert promise(np.tile(given, times), np.tile(right, times), THRESHOLDS, level=0.65).holds
    times = (made.needed - 1) // 4
    assert not promise(np.tile(given, times), np.tile(right, times), THRESHOLDS, level=0.65).holds


@pytest.mark.parametrize(("level", "documents"), [(0.5, 4), (0.7, 7), (0.8, 11)])
def test_documents_in_which_everything_is_right_are_as_few_as_can_be(level, documents):
    # A tenth of the time, all of n documents are right although a share 1 - level of all documents is wholly wrong,
    # if level ** n is a tenth: no rule can promise with fewer.
    assert level**documents <= 0.1 < level ** (documents - 1)
    assert fewest(level) == documents
    right = np.full((1, documents), 6)
    assert promise(right, right, THRESHOLDS[:1], level=level).holds
    assert not promise(right[:, 1:], right[:, 1:], THRESHOLDS[:1], level=level).holds


def test_a_larger_document_than_those_coded_may_be_bad():
    random = np.random.default_rng(11)
    broken = 0
    for _ in range(150):
        bad = random.random(12) < 0.1
        given = np.where(bad, 60, 20)[None]
        right = random.binomial(given, np.where(bad, 0.1, 0.9))
        # In all documents, (0.9 * 20 * 0.9 + 0.1 * 60 * 0.1) / (0.9 * 20 + 0.1 * 60) = 70% of the codes are right.
        broken += promise(given, right, THRESHOLDS[:1], level=0.71, largest=np.array([60])).holds
    assert broken <= 0.1 * 150


def test_a_precision_out_of_reach_is_not_put_off_to_more_documents():
    given, right = study(30, np.random.default_rng(2))
    made = promise(given, right, THRESHOLDS, level=0.99)
    assert (made.holds, made.needed) == (False, 0)
    assert "ask for less (map_codes.precision)" in sentence(made)
    nothing = np.zeros((4, 1), dtype=np.int64)
    assert "No number of documents can promise that" in sentence(promise(nothing, nothing, THRESHOLDS, level=1.0))


@pytest.mark.parametrize(("level", "said"), [(0.999, "99.9%"), (0.9995, "99.95%"), (0.57, "57%")])
def test_a_level_is_told_as_it_was_asked(level, said):
    assert f"precision of {said} cannot" in sentence(
        promise(*study(4, np.random.default_rng(3)), THRESHOLDS, level=level)
    )


def test_full_precision_cannot_be_had_by_coding_more():
    right = np.full((4, 9), 10, dtype=np.int64)
    told = sentence(promise(right, right, THRESHOLDS, level=1.0))
    assert "No number of documents can promise that: ask for less" in told
    assert "code more passages" not in told


def test_without_predictions_there_is_a_least_number_of_documents():
    made = promise(np.zeros((4, 1), dtype=np.int64), np.zeros((4, 1), dtype=np.int64), THRESHOLDS, level=0.7)
    assert (made.holds, made.needed) == (False, fewest(0.7))
    assert "takes at least" in sentence(made)
    assert fewest(0.5) < fewest(0.7) < fewest(0.9)


def test_the_order_of_documents_does_not_matter():
    given, right = study(9, np.random.default_rng(5))
    order = np.random.default_rng(0).permutation(9)
    one, other = (promise(given[:, o], right[:, o], THRESHOLDS, level=0.6) for o in (np.arange(9), order))
    assert str(one) == str(other)


def test_codes_are_counted_by_threshold_and_document():
    p = np.array([[0.9, 0.2], [0.6, 0.6], [0.95, 0.1]])
    truth = np.array([[True, False], [True, False], [False, True]])
    given, right = counted(lambda at: p >= at, truth, np.array(["b", "a", "b"]), np.array([0.5, 0.7]))
    assert given.tolist() == [[2, 2], [0, 2]]
    assert right.tolist() == [[1, 1], [0, 1]]


def test_the_stage_says_what_it_can_promise_and_gives_a_document_no_threshold_from_its_own_codes():
    study = mapped_study.study(coded=[f"d{d}.txt" for d in range(4)])
    options = MapCodes(aim="precision", precision=0.7)
    tables = map_codes.map_codes(study, encode=mapped_study.encode, options=options)
    reasons = "\n".join(tables["map_codes_problems"]["reason"])
    assert "A precision of 70% cannot be promised yet (with 90% confidence, from 4 coded documents)." in reasons


def test_where_it_is_promised_coded_documents_get_thresholds_from_others_alone():
    n, each = 40, 20
    random = np.random.default_rng(4)
    documents = np.repeat([f"d{d:02d}" for d in range(n)], each)
    truth = random.random((n * each, 2)) < 0.4
    scores = np.clip(np.where(truth, 0.9, 0.1) + random.normal(0, 0.05, truth.shape), 0, 1)
    fold = np.repeat(np.arange(n) % 4, each)

    def limits(codes: np.ndarray) -> np.ndarray:
        predicted = Predicted(scores, np.full(scores.shape, 0.42), fold)
        every = Truth(np.ones(len(codes), dtype=bool), codes, codes)
        options = {"above": np.eye(2, dtype=bool), "given": np.ones(2, dtype=bool), "level": 0.7}
        found, made = mapping._promised(scores, predicted, every, documents, **options)
        assert made.documents == n
        return found

    changed = truth.copy()
    changed[fold == 0] = False
    assert (limits(truth)[fold == 0] == limits(changed)[fold == 0]).all()
    assert (limits(truth) != 0.42).all()
    assert (limits(changed)[fold != 0] != limits(truth)[fold != 0]).any()


def test_a_document_that_nobody_coded_may_be_larger_than_those_coded():
    n, each = 40, 20
    random = np.random.default_rng(4)
    documents = np.concatenate([np.repeat([f"d{d:02d}" for d in range(n)], each), np.repeat("large", 100 * each)])
    codes = random.random((len(documents), 2)) < 0.4
    scores = np.clip(np.where(codes, 0.9, 0.1) + random.normal(0, 0.05, codes.shape), 0, 1)
    fold = np.where(documents == "large", -1, np.repeat(np.arange(n + 100) % 4, each))
    predicted = Predicted(scores, np.full(scores.shape, 0.42), fold)
    options = {"above": np.eye(2, dtype=bool), "given": np.ones(2, dtype=bool), "level": 0.7}

    def made(rows: np.ndarray):
        part = Predicted(scores[rows], predicted.thresholds[rows], fold[rows])
        truth = Truth(fold[rows] >= 0, codes[rows], codes[rows])
        return mapping._promised(scores[rows], part, truth, documents[rows], **options)[1]

    assert made(documents != "large").holds
    assert not made(np.ones(len(documents), dtype=bool)).holds
