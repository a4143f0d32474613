import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.vectors import context


def talk(documents: str, substantive: list[bool] | None = None) -> pd.DataFrame:
    """One segment a letter; the letter is its document, its place the order of writing. Each document is one turn."""
    return pd.DataFrame(
        {
            "segment_id": [f"s{place:03d}" for place in range(len(documents))],
            "document": list(documents),
            "turn_id": list(documents),
            "prompt_id": [""] * len(documents),
            "speaker": ["Anna"] * len(documents),
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


def test_what_rounding_left_of_nothing_is_nothing():
    found = context.unit(np.array([[3e-17, -2e-17], [3.0, 4.0], [3e-6, 4e-6]]))
    assert found == pytest.approx(np.array([[0, 0], [0.6, 0.8], [0.6, 0.8]]))


@pytest.mark.parametrize("count", [0, 1])
def test_almost_nothing_is_no_error(count):
    assert context.smooth(talk("a" * count), axes(4)[:count], neighbours=2, decay=0.6).shape == (count, 4)


def test_misaligned_rows_are_refused():
    with pytest.raises(ValueError, match="2 segments but 3 vectors"):
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


def conversation() -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Two questions of two segments each (the second of the first is an aside), and what is answered to them."""
    rows = [
        ("q1", "t1", "", "interviewer"),
        ("a1", "t2", "t1", ""),
        ("a2", "t2", "t1", ""),
        ("q2", "t3", "", "interviewer"),
        ("q3", "t3", "", "interviewer"),
        ("a3", "t4", "t3", ""),
        ("a4", "t5", "", ""),
        ("h1", "t6", "", "short"),
        ("a5", "t7", "t6", ""),
    ]
    frame = pd.DataFrame(rows, columns=["segment_id", "turn_id", "prompt_id", "set_aside"])
    vectors = np.eye(len(rows), dtype=np.float32)
    return frame, dict(zip(frame["segment_id"], vectors, strict=True))


def answered() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    everything, known = conversation()
    said = everything[everything["segment_id"].str.startswith("a")].reset_index(drop=True)
    plain = np.stack([known[name] for name in said["segment_id"]])
    return said, plain, context.asked(said, everything, known, plain.shape[1])


def test_a_segment_knows_the_question_it_answers_and_no_other():
    said, _, questions = answered()
    by_name = dict(zip(said["segment_id"], questions, strict=True))
    assert by_name["a1"] == pytest.approx(np.eye(9)[0])
    assert (by_name["a1"] == by_name["a2"]).all()
    assert by_name["a3"] == pytest.approx((np.eye(9)[3] + np.eye(9)[4]) / 2**0.5)
    assert (by_name["a4"] == 0).all()  # nobody asked
    assert (by_name["a5"] == 0).all()  # what was not a question asks nothing


def test_the_order_of_rows_decides_nothing_about_questions():
    everything, known = conversation()
    said, _, questions = answered()
    shuffled = everything.sample(frac=1, random_state=3)
    assert (context.asked(said, shuffled, known, 9) == questions).all()


def test_a_question_without_a_vector_is_passed_over():
    everything, known = conversation()
    said, _, _ = answered()
    del known["q1"], known["q2"]
    questions = context.asked(said, everything, known, 9)
    assert (questions[0] == 0).all()
    assert questions[2] == pytest.approx(np.eye(9)[4])


def test_an_answer_leans_to_its_question_and_away_from_the_others():
    said, plain, questions = answered()
    mixed = context.answering(said, plain, questions, weight=0.6)
    assert np.linalg.norm(mixed, axis=1) == pytest.approx(1)
    assert (mixed[:2] @ questions[0] > 0.2).all()
    assert mixed[2] @ questions[0] < 0
    assert mixed[3] == pytest.approx(plain[3])  # answers nothing that is known: as it was
    assert mixed.dtype == np.float32


def test_what_all_questions_share_moves_nobody():
    said, plain, questions = answered()
    alike = np.where(questions.any(axis=1, keepdims=True), questions[0], 0.0)
    assert context.answering(said, plain, alike, weight=0.6) == pytest.approx(plain)


def test_a_question_counts_once_however_many_answer_it():
    said, plain, questions = answered()
    more = [0, 0, 0, 0, *range(1, len(said))]
    mixed = context.answering(said.iloc[more].reset_index(drop=True), plain[more], questions[more], weight=0.6)
    assert mixed[3:] == pytest.approx(context.answering(said, plain, questions, weight=0.6))


def test_without_weight_or_questions_vectors_stay_as_they_were():
    said, plain, questions = answered()
    assert context.answering(said, plain, questions, weight=0.0) is plain
    assert context.answering(said, plain, np.zeros_like(plain), weight=0.6) is plain


def test_a_written_text_goes_on_only_where_it_is_alike():
    written = talk("aaaa").assign(speaker="")
    vectors = np.array([[1, 0.1, 0], [1, 0, 0], [0, 0, 1], [0, 0.1, 1]], dtype=np.float32)
    assert context.continues(written, vectors, distance=1) == pytest.approx([1, 0, 1])
    assert context.continues(talk("aaaa"), vectors, distance=1) == pytest.approx([1, 1, 1])
    answered = written.assign(prompt_id="q1")
    assert context.continues(answered, vectors, distance=1) == pytest.approx([1, 1, 1]), "a script's answers are talk"
