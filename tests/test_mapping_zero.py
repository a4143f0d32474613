"""Zero-shot mapping uses all that the codebook says, and no code attracts everything."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deductive import mapping_zero
from pipeline.deductive.codebook import Code, Codebook
from pipeline.deductive.mapping_features import Views
from tests import mapped_study as made


def scored(texts: list[str], *codes: Code) -> np.ndarray:
    plain = made.encode(texts).astype(float)
    book = Codebook(codes=codes)
    vectors = dict(zip(mapping_zero.texts(book), made.encode(mapping_zero.texts(book)), strict=True))
    return mapping_zero.scores(Views(plain, plain, np.zeros_like(plain)), book=book, vectors=vectors)


def test_every_text_is_wanted_once():
    assert mapping_zero.texts(made.BOOK).count("Time for improvement.") == 1
    wanted = mapping_zero.texts(made.BOOK)
    assert len(wanted) == len(set(wanted))
    assert {"Two nurses for the whole ward", "There is no time in the week"} <= set(wanted)


def test_a_name_alone_is_one_line():
    assert mapping_zero.lines(Code(name="Time")) == ["Time"]
    assert mapping_zero.against(Code(name="Time")) == []


@pytest.mark.parametrize("field", ["definition", "include", "examples"])
def test_all_that_a_code_says_counts(field):
    texts = made.TIME + made.CAKE
    value = ("lemon cake for all",) if field == "examples" else "lemon cake for all"
    plain, richer = (scored(texts, code)[:, 0] for code in (Code(name="X"), Code(name="X", **{field: value})))
    assert richer[4:].mean() - richer[:4].mean() > plain[4:].mean() - plain[:4].mean() + 0.5


@pytest.mark.parametrize("field", ["exclude", "counter_examples"])
def test_what_a_code_is_not_counts_against(field):
    texts = ["nurses on the ward", "nurses in the week with no time", "cake"]
    value = ("no time in the week",) if field == "counter_examples" else "no time in the week"
    plain = scored(texts, Code(name="nurses"))
    with_it = scored(texts, Code(name="nurses", **{field: value}))
    assert with_it[1, 0] < plain[1, 0]
    assert with_it[0, 0] > with_it[1, 0]


def test_an_exclusion_takes_off_half_of_what_it_is_nearer_than_the_code():
    axis = np.eye(4, dtype=np.float32)
    code = Code(name="name", definition="said", exclude="not", counter_examples=("nor",))
    other = Code(name="other")
    vectors = {"name": axis[0], "name. said": axis[1], "not": axis[2], "nor": axis[3], "other": axis[0]}
    plain = np.array([[0.6, 0.0, 0.8, 0.0], [0.0, 0.8, 0.0, 0.6], [0.0, 0.6, 0.5, 0.6245], [1.0, 0.0, 0.0, 0.0]])
    views, book = Views(plain, plain, np.zeros_like(plain)), Codebook(codes=(code, other))
    likeness = plain @ np.stack([(axis[0] + axis[1]) / np.sqrt(2), axis[0]]).T
    likeness[:, 0] -= 0.5 * np.array([0.8 - 0.6, 0, 0.6245 - 0.6, 0])  # nearest against nearest
    found = mapping_zero.scores(views, book=book, vectors=vectors)
    assert found == pytest.approx(mapping_zero.standardised(likeness), abs=1e-3)


def test_what_a_code_says_and_its_examples_count_half_and_half():
    axis = np.eye(4, dtype=np.float32)
    code = Code(name="name", definition="said", examples=("one", "two"))
    found = mapping_zero._prototype(code, dict(zip(("name", "name. said", "one", "two"), axis, strict=True)))
    assert found == pytest.approx([0.5, 0.5, 0.5, 0.5])
    more = Code(name="name", examples=("one", "two"))
    found = mapping_zero._prototype(more, dict(zip(("name", "one", "two"), axis, strict=False)))
    assert found == pytest.approx([np.sqrt(0.5), 0.5, 0.5, 0])


def test_a_code_that_is_near_to_everything_is_not_given_to_everything():
    likeness = np.random.default_rng(0).normal(0.1, 0.02, (500, 4))
    likeness[:, 0] += 0.5
    scores = mapping_zero.standardised(likeness)
    given = scores >= mapping_zero.limit(scores, codes_per_segment=1.0)
    assert given.mean(axis=0) == pytest.approx(0.16, abs=0.05)


def test_the_rate_is_the_one_asked_for_and_few_codes_are_not_forced_on_everything():
    scores = np.random.default_rng(0).normal(size=(2000, 20))
    for rate in (0.5, 1.0, 2.0):
        assert (scores >= mapping_zero.limit(scores, codes_per_segment=rate)).sum(axis=1).mean() == pytest.approx(
            rate, abs=0.02
        )
    assert mapping_zero.limit(scores[:, :1], codes_per_segment=1.0) == mapping_zero.LEAST
    assert mapping_zero.limit(scores[:0], codes_per_segment=1.0) == mapping_zero.LEAST


def test_one_segment_stands_out_for_nothing():
    assert scored(["time for improvement"], *made.BOOK.codes) == pytest.approx(0)
    assert mapping_zero.standardised(np.zeros((0, 3))).shape == (0, 3)
    assert mapping_zero.standardised(np.full((4, 2), 0.3)) == pytest.approx(0)


def test_the_spread_of_a_code_is_drawn_to_that_of_all_codes():
    # Variances 2/3 and 2, of 3 segments; ten more with their mean, 4/3: (2 + 40/3) / 13 and (6 + 40/3) / 13.
    found = mapping_zero.standardised(np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 4.0]]))
    assert found[:, 0] == pytest.approx(np.array([-1, 0, 1]) / np.sqrt(46 / 39), abs=1e-6)
    assert found[:, 1] == pytest.approx(np.array([-1, -1, 2]) / np.sqrt(58 / 39), abs=1e-6)


def test_one_half_is_the_threshold():
    assert mapping_zero.as_shares(np.array([[1.5, 1.4, 9.0]]), 1.5)[0] == pytest.approx([0.5, 0.45, 1.0], abs=0.01)


def test_a_code_scores_as_the_best_of_itself_and_those_below():
    above = np.array([[1, 0, 0], [1, 1, 0], [1, 1, 1]], dtype=bool)  # 0 above 1 above 2
    found = mapping_zero.rolled(np.array([[0.1, 0.2, 0.3], [0.9, 0.0, 0.5]]), above)
    assert found.tolist() == [[0.3, 0.3, 0.3], [0.9, 0.5, 0.5]]


@given(st.integers(0, 100), st.integers(1, 40), st.integers(1, 5))
def test_scores_do_not_depend_on_the_order_of_segments(seed, n, codes):
    random = np.random.default_rng(seed)
    likeness, order = random.normal(size=(n, codes)), random.permutation(n)
    assert np.allclose(mapping_zero.standardised(likeness)[order], mapping_zero.standardised(likeness[order]))


def test_a_heading_is_assigned_only_where_a_code_below_it_is():
    codes = Code(name="Time for improvement", codable=False), Code(name="nurses", parent="Time for improvement")
    found = scored(["time for improvement", "nurses on the ward", "cake"], *codes)
    assert (found[:, 0] == found.min()).all() and found[1, 1] > found[2, 1]
