import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import context


def talk(documents: str, substantive: list[bool] | None = None) -> pd.DataFrame:
    """One segment a letter; the letter is its document, its place the order of writing. Each document is one turn."""
    return pd.DataFrame(
        {
            "segment_id": [f"s{place:03d}" for place in range(len(documents))],
            "document": list(documents),
            "turn_id": list(documents),
            "prompt_id": [""] * len(documents),
            "start": [place * 10 for place in range(len(documents))],
            "substantive": substantive or [True] * len(documents),
        }
    )


def axes(count: int) -> np.ndarray:
    return np.eye(count, dtype=np.float32)


def test_weights_fall_with_distance():
    smoothed = context.smooth(talk("aaaaa"), axes(5), neighbours=2, decay=0.6)
    middle = smoothed[2] / smoothed[2, 2]
    assert middle == pytest.approx([0.36, 0.6, 1, 0.6, 0.36])


def test_the_first_segment_has_neighbours_on_one_side_only():
    smoothed = context.smooth(talk("aaaa"), axes(4), neighbours=1, decay=0.5)
    assert smoothed[0] / smoothed[0, 0] == pytest.approx([1, 0.5, 0, 0])


def test_no_context_crosses_from_one_document_to_the_next():
    smoothed = context.smooth(talk("aabb"), axes(4), neighbours=3, decay=0.6)
    assert (smoothed[:2, 2:] == 0).all()
    assert (smoothed[2:, :2] == 0).all()


def test_what_is_not_substantive_keeps_its_vector_lends_none_and_is_stepped_over():
    smoothed = context.smooth(talk("aaa", [True, False, True]), axes(3), neighbours=1, decay=0.6)
    assert smoothed[1] == pytest.approx([0, 1, 0])
    assert smoothed[0] / smoothed[0, 0] == pytest.approx([1, 0, 0.6])


def test_no_neighbours_gives_plain_vectors_at_length_one():
    smoothed = context.smooth(talk("aa"), 3 * axes(2), neighbours=0, decay=0.6)
    assert smoothed == pytest.approx(axes(2))
    assert smoothed.dtype == np.float32


def test_a_vector_of_zeros_is_no_error():
    smoothed = context.smooth(talk("ab"), np.zeros((2, 3)), neighbours=2, decay=0.6)
    assert (smoothed == 0).all()


@pytest.mark.parametrize("count", [0, 1])
def test_almost_nothing_is_no_error(count):
    assert context.smooth(talk("a" * count), axes(4)[:count], neighbours=2, decay=0.6).shape == (count, 4)


def test_misaligned_rows_are_refused():
    with pytest.raises(ValueError, match="2 segments and 3 vectors"):
        context.smooth(talk("aa"), axes(3), neighbours=1, decay=0.6)


@pytest.mark.parametrize(("neighbours", "decay"), [(-1, 0.5), (1, -0.1), (1, 1.1)])
def test_weights_that_make_no_sense_are_refused(neighbours, decay):
    with pytest.raises(ValueError, match="between 0 and 1"):
        context.smooth(talk("aa"), axes(2), neighbours=neighbours, decay=decay)


@settings(deadline=None)
@given(st.text("abc", min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(documents, random):
    segments = talk(documents)
    vectors = np.random.default_rng(0).normal(size=(len(documents), 5))
    shuffled = list(range(len(documents)))
    random.shuffle(shuffled)
    smoothed = context.smooth(segments, vectors, neighbours=2, decay=0.6)
    again = context.smooth(segments.iloc[shuffled], vectors[shuffled], neighbours=2, decay=0.6)
    assert (again == smoothed[shuffled]).all()


@settings(deadline=None)
@given(st.text("ab", min_size=1, max_size=20))
def test_every_row_has_length_one(documents):
    vectors = np.random.default_rng(1).normal(size=(len(documents), 6))
    lengths = np.linalg.norm(context.smooth(talk(documents), vectors, neighbours=2, decay=0.6), axis=1)
    assert lengths == pytest.approx(np.ones(len(documents)), abs=1e-5)


def test_the_order_of_the_talk_is_by_document_then_place():
    segments = talk("bab")
    assert context.order(segments).tolist() == [1, 0, 2]


def answers(*prompts: str) -> pd.DataFrame:
    """One document, a turn each, answering these questions."""
    turns = [f"t{place}" for place in range(len(prompts))]
    return talk("a" * len(prompts)).assign(turn_id=turns, prompt_id=list(prompts))


def test_the_answer_to_one_question_is_one_talk():
    smoothed = context.smooth(answers("q1", "q1"), axes(2), neighbours=1, decay=0.6)
    assert smoothed[0] / smoothed[0, 0] == pytest.approx([1, 0.6])


def test_context_stops_at_the_next_question_where_the_talk_turns_to_something_else():
    smoothed = context.smooth(answers("q1", "q2"), axes(2), neighbours=1, decay=0.6)
    assert smoothed == pytest.approx(axes(2))


def test_context_goes_on_over_a_question_where_the_talk_goes_on():
    vectors = np.array([[1, 0.1, 0], [1, 0, 0], [0, 0, 1], [0, 0.1, 1]], dtype=np.float32)
    weights = context.continues(answers("q1", "q2", "q3", "q4"), vectors, distance=1)
    assert weights == pytest.approx([1, 0, 1])


def test_turns_without_any_question_are_not_taken_for_answers_to_one():
    smoothed = context.smooth(answers("", ""), axes(2), neighbours=1, decay=0.6)
    assert smoothed == pytest.approx(axes(2))
