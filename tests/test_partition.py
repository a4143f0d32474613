"""The parts of a study: whole documents, all of them once, and mostly the same when one comes or goes."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.partition import Batch, partition

WORDS = st.dictionaries(st.text(min_size=1, max_size=8), st.integers(0, 50), max_size=60)


def documents(part: Batch, words: dict[str, int]) -> list[str]:
    return [name for name in sorted(words) if part.first <= name <= part.last]


@given(WORDS, st.integers(1, 200))
def test_each_document_is_in_one_part_and_parts_are_in_order(words, most):
    parts = partition(pd.Series(words, dtype="int64"), most=most)
    if words:
        assert [name for part in parts for name in documents(part, words)] == sorted(words)
        assert all(documents(part, words) for part in parts)
    assert len({part.name for part in parts}) == len(parts)


@given(WORDS, st.integers(1, 200))
def test_no_part_is_longer_than_asked_but_for_one_long_document(words, most):
    for part in partition(pd.Series(words, dtype="int64"), most=most):
        inside = documents(part, words)
        assert len(inside) < 2 or sum(words[name] for name in inside) <= most


@given(WORDS, st.randoms())
def test_the_order_of_rows_says_nothing(words, random):
    mixed = list(words.items())
    random.shuffle(mixed)
    one, two = (partition(pd.Series(dict(rows), dtype="int64"), most=40) for rows in (words.items(), mixed))
    assert one == two


def test_a_small_study_is_one_part_and_an_empty_one_too():
    assert partition(pd.Series({"a.txt": 10, "b.txt": 5})) == [Batch("18b7cb099a9ea3f5", "a.txt", "b.txt")]
    (part,) = partition(pd.Series({}, dtype="int64"))
    assert (part.first, part.last) == ("", "")


def test_a_document_that_fills_a_part_to_the_word_is_in_it():
    words = pd.Series({"a": 5, "b": 5, "c": 1})
    sizes = [int(words.loc[part.first : part.last].sum()) for part in partition(words, most=10)]
    assert max(sizes) <= 10 and sum(sizes) == 11


@pytest.mark.parametrize("gone", [0, 17, 500, 999])
def test_a_document_more_or_less_changes_few_parts(gone):
    words = pd.Series({f"{number:04}.txt": 10 + number % 7 for number in range(1000)})
    before = {(part.first, part.last) for part in partition(words, most=800)}
    after = {(part.first, part.last) for part in partition(words.drop(words.index[gone]), most=800)}
    assert len(before) > 10
    assert len(before - after) <= 3
