"""What mapping knows of a segment: itself, its neighbours, its question, its words."""

import numpy as np
import pytest

from pipeline.deductive import mapping_features
from pipeline.vectors import context
from tests import mapped_study as made


def study():
    frame = made.segments(2)
    return frame, made.encode(frame["text"].tolist())


def test_views_are_of_substantive_segments_in_their_order():
    frame, vectors = study()
    found = mapping_features.views(frame, vectors, neighbours=2, decay=0.6)
    keep = frame["substantive"].to_numpy()
    assert found.plain.shape == found.around.shape == found.question.shape == (keep.sum(), made.WIDTH)
    assert np.allclose(found.plain, vectors[keep], atol=1e-6)
    assert not np.allclose(found.around, found.plain)


def test_without_neighbours_the_talk_around_is_the_segment():
    frame, vectors = study()
    found = mapping_features.views(frame, vectors, neighbours=0, decay=0.6)
    assert np.allclose(found.around, found.plain, atol=1e-6)


def test_the_question_is_the_turn_that_is_answered():
    frame, vectors = study()
    found = mapping_features.questions(frame, context.unit(vectors))
    asked = context.unit(made.encode(["What is it like?"]))[0]
    assert np.allclose(found[1], asked, atol=1e-6)
    assert not found[0].any()  # the question itself answers none


def test_a_question_of_several_segments_is_their_mean_by_words():
    frame, vectors = study()
    frame.loc[1, ["turn_id", "n_words"]] = ["d0.t0", 12]
    found = mapping_features.questions(frame, context.unit(vectors))[2]
    expected = context.unit(vectors)[0] * frame.loc[0, "n_words"] + context.unit(vectors)[1] * 12
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-6)


def test_what_is_no_word_counts_as_one_in_a_question():
    frame, vectors = study()
    frame.loc[1, ["turn_id", "n_words"]] = ["d0.t0", 0]
    found = mapping_features.questions(frame, context.unit(vectors))[2]
    expected = context.unit(vectors)[0] * frame.loc[0, "n_words"] + context.unit(vectors)[1]
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-6)


def test_a_prompt_that_is_no_turn_here_counts_as_none():
    frame, vectors = study()
    frame["prompt_id"] = "elsewhere"
    assert not mapping_features.questions(frame, context.unit(vectors)).any()


def test_vocabulary_brings_texts_of_like_words_together():
    texts = [text for group in (made.TIME, made.CAKE) for text in group] * 2
    own, others = mapping_features.vocabulary(texts, ["a lemon cake", "zzz"], size=4, seed=0)
    assert own.shape == (16, 8)
    likeness = others @ own.T
    cake = np.array(["cake" in text for text in texts])
    assert likeness[0, cake].mean() > likeness[0, ~cake].mean()
    assert not others[1, :4].any()


@pytest.mark.parametrize("texts", [[], ["one alone"], ["no word", "twice here"], ["", ""]])
def test_a_study_too_small_for_a_vocabulary_has_none_or_little(texts):
    own, others = mapping_features.vocabulary(texts, ["word"], size=10, seed=0)
    assert len(own) == len(texts)
    assert len(others) == 1
    assert own.shape[1] == others.shape[1]
    assert np.isfinite(own).all()


def test_a_term_counts_from_the_second_text_on():
    texts = ["zebra one", "zebra owl", "owl three", "rota four", "rota owl"]
    options = {"size": 9, "seed": 0, "analyzer": "word", "ngram_range": (1, 1)}
    own, others = mapping_features._reduced(texts, ["a zebra", "three"], **options)
    assert own.shape == (5, 2)  # three terms are said in two texts or more: zebra, owl, rota
    assert others.shape == (2, 2) and not others[1].any()
    assert own[0] @ others[0] == pytest.approx(1)
    assert mapping_features._reduced(texts, [], **{**options, "size": 1})[0].shape == (5, 1)


def test_features_of_segments_and_of_texts_stand_in_the_same_columns_and_within_length_one():
    frame, vectors = study()
    found = mapping_features.views(frame, vectors, neighbours=2, decay=0.6)
    texts = frame.loc[frame["substantive"], "text"].tolist()
    words, line_words = mapping_features.vocabulary(texts, texts[:1], size=5, seed=0)
    rows = mapping_features.of_segments(found, words)
    lines = mapping_features.of_texts(found.plain[:1], line_words)
    assert rows.shape[1] == lines.shape[1]
    assert (np.linalg.norm(rows, axis=1) <= 1 + 1e-6).all()
    width = made.WIDTH
    assert np.allclose(lines[0, :width], rows[0, :width])
    assert not lines[0, 2 * width : 3 * width].any()
    assert np.allclose(lines[0, 3 * width :], rows[0, 3 * width :], atol=1e-6)


def test_texts_that_repeat_each_other_have_no_more_directions_than_there_are_of_them():
    said = [f"the {thing} was {way} again" for thing in ("rota", "audit", "board") for way in ("late", "lost")]
    own, others = mapping_features.vocabulary(
        said * 20, ["the rota was late", "an audit by the board"], size=30, seed=0
    )
    of_words = np.linalg.matrix_rank(own)
    assert own.shape[1] <= 2 * len(said) and of_words <= len(said)
    # Turned round, the study has the same directions: what a line of the codebook is like does not hang on rounding.
    turned, again = mapping_features.vocabulary(
        (said * 20)[::-1], ["the rota was late", "an audit by the board"], size=30, seed=0
    )
    assert others @ own.T == pytest.approx(again @ turned.T[:, ::-1], abs=1e-9)
