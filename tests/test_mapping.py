"""What is given: sub-codes before the codes above them, several codes to a segment, and none."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deductive import mapping
from pipeline.deductive.coded import Tree

# Resources above Time and Staffing, Time above Protected; Food alone.
TREE = Tree(
    names=("Resources", "Time", "Staffing", "Protected", "Food"),
    parent={"Resources": "", "Time": "Resources", "Staffing": "Resources", "Protected": "Time", "Food": ""},
    given=frozenset(("Resources", "Time", "Staffing", "Protected", "Food")),
    missing=(),
)
ALL = np.ones(5, dtype=bool)


def decided(*scores: float, limits: float | list[float] = 0.5, given=ALL) -> list[str]:
    row = np.array([scores])
    found = mapping.decided(row, np.full(row.shape, limits), above=TREE.above, given=given)
    return [name for name, one in zip(TREE.names, found[0], strict=True) if one]


def test_above_knows_all_ancestors():
    assert TREE.above[3].tolist() == [True, True, False, True, False]
    assert TREE.line("Protected") == ["Protected", "Time", "Resources"]


def test_nothing_is_given_where_nothing_fits():
    assert decided(0.4, 0.4, 0.1, 0.1, 0.2) == []


def test_several_codes_are_given_where_several_fit():
    assert decided(0.9, 0.3, 0.8, 0.3, 0.7) == ["Staffing", "Food"]


def test_the_most_specific_code_is_given():
    assert decided(0.9, 0.8, 0.1, 0.7, 0.1) == ["Protected"]


def test_where_a_category_fits_and_no_code_of_it_nearly_does_the_category_is_given():
    assert decided(0.9, 0.1, 0.1, 0.1, 0.1) == ["Resources"]


def test_where_one_nearly_fits_it_is_given_for_its_category():
    assert decided(0.9, 0.1, 0.4, 0.1, 0.1) == ["Staffing"]


def test_one_that_nearly_fits_is_given_though_it_has_sub_codes_itself():
    assert decided(0.9, 0.4, 0.1, 0.1, 0.1) == ["Time"]
    assert decided(0.9, 0.4, 0.1, 0.45, 0.1) == ["Protected"]


def test_how_nearly_is_told_by_each_codes_own_limit():
    limits = [0.5, 0.5, 0.9, 0.9, 0.5]
    assert decided(0.9, 0.3, 0.4, 0.1, 0.1, limits=limits) == ["Time"]  # 60% of its limit, and 44%
    assert decided(0.9, 0.1, 0.45, 0.1, 0.1, limits=limits) == ["Staffing"]  # half is near enough
    assert decided(0.9, 0.1, 0.44, 0.1, 0.1, limits=limits) == ["Resources"]


def test_a_category_that_cannot_be_given_still_finds_its_code():
    given = np.array([False, True, True, True, True])
    assert decided(0.9, 0.1, 0.4, 0.1, 0.1, given=given) == ["Staffing"]
    assert decided(0.9, 0.1, 0.1, 0.1, 0.1, given=given) == []


@given(st.lists(st.lists(st.floats(0, 1), min_size=5, max_size=5), min_size=1, max_size=6))
def test_no_code_is_given_beside_one_above_it(rows):
    scores = np.array(rows)
    found = mapping.decided(scores, np.full(scores.shape, 0.5), above=TREE.above, given=ALL)
    below = TREE.above & ~np.eye(5, dtype=bool)
    for row in found:
        for low, high in zip(*np.nonzero(below), strict=True):
            assert not (row[low] and row[high])
    # A category that fits is always represented, by itself or by a code below it.
    fits = scores[:, 0] >= 0.5
    assert found[fits][:, :4].any(axis=1).all()
