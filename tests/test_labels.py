import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from pipeline.inductive import labels

STOP = labels.stop_words(["Nurse 3", "O'Brien"])


@pytest.mark.parametrize("word", ["the", "yeah", "don't", "don’t", "um", "really", "nurse", "o'brien", "o'brien's"])
def test_function_words_fillers_and_speakers_name_no_theme(word):
    assert word in STOP


@pytest.mark.parametrize("word", ["ward", "bleep", "staffing", "motivation", "data"])
def test_words_of_the_talk_may_name_a_theme(word):
    assert word not in STOP


def test_stop_words_do_not_depend_on_the_order_of_speakers():
    assert labels.stop_words(["Ana", "Ben"]) == labels.stop_words(["Ben", "Ana", "Ben"])


def test_words_keep_their_apostrophes_hyphens_and_accents():
    assert labels.tokens("The naïve follow-up, don't 3 x!") == ["the", "naïve", "follow-up", "don't"]


def test_the_vocabulary_is_what_enough_texts_say():
    texts = ["Protected time on the ward", "protected time, yeah", "the bleep the bleep"]
    assert labels.vocabulary(texts, ["protected time"], stop=STOP, least=2) == ["protected", "protected time"]
    assert "bleep" in labels.vocabulary(texts, [], stop=STOP, least=1)
    assert labels.vocabulary([], ["protected time"], stop=STOP, least=1) == []


def test_the_counter_counts_phrases_as_they_stand():
    counts = labels.vectorizer(["protected time", "ward"]).transform(["Protected time, ward ward", "time protected"])
    assert counts.toarray().tolist() == [[1, 2], [0, 0]]


def test_relevance_is_near_one_for_a_word_of_one_group_alone():
    said = sparse.csr_matrix([[1, 0], [1, 0], [0, 1], [0, 1]])
    vectors = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    near = labels.relevance(said, vectors, np.array([0, 0, 1, 1]))
    assert near == pytest.approx(np.array([[1, -1], [-1, 1]]))


def test_a_word_that_several_people_use_comes_before_one_persons():
    terms = ["bleep", "owl"]
    best = labels.ranked(np.array([1.0, 1.2]), np.array([0.5, 0.5]), np.array([4, 1]), np.ones(2), terms)
    assert best == ["bleep", "owl"]


def test_a_terms_score_by_hand():
    weights, near = np.array([1.0, 1.0, 1.0, 1.0]), np.array([0.7, -0.5, 0.2, 0.7])
    spread, own = np.array([4, 4, 4, 1]), np.array([0.5, 1.0, 0.5, 0.5])
    terms = ["ward", "bleep", "night shift", "owl"]  # 0.5, 0.3, 0.375 and 0.25
    assert labels.ranked(weights, near, spread, own, terms) == ["ward", "night shift", "bleep", "owl"]
    # A phrase of 1.5 times 0.25 stands before a word of 0.37, and after one of 0.38.
    for share, first in ((0.74, "night shift"), (0.76, "ward")):
        found = labels.ranked(
            np.ones(2), np.full(2, 0.7), np.ones(2), np.array([share / 2, 0.25]), ["ward", "night shift"]
        )
        assert found[0] == first


def test_a_word_of_several_themes_comes_after_one_of_this_theme_alone():
    said = sparse.csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [1, 0, 0], [1, 0, 1]]))
    own = labels.specificity(said, np.array([0, 0, 1, 1]))
    assert own[0] == pytest.approx([0.5, 5 / 6, 1 / 4])
    assert own[1] == pytest.approx([0.5, 1 / 6, 3 / 4])
    terms = ["pandemic", "fear", "hope"]
    assert labels.ranked(np.ones(3), np.ones(3), np.ones(3, dtype=int), own[0], terms) == ["fear", "pandemic", "hope"]
    assert (labels.specificity(said, np.zeros(4, dtype=int)) == 1).all()


def test_words_without_weight_are_left_out_and_equals_stand_in_order():
    best = labels.ranked(np.array([1.0, 0, 1.0]), np.zeros(3), np.ones(3, dtype=int), np.ones(3), ["b", "zero", "a"])
    assert best == ["a", "b"]


def test_terms_do_not_repeat_one_another():
    assert labels.distinct(["ward sister", "wards", "nurse", "sister", "bleep"], count=3) == [
        "ward sister",
        "nurse",
        "bleep",
    ]


@pytest.mark.parametrize(
    ("word", "stem"),
    [("nurses", "nurse"), ("charts", "chart"), ("studies", "study"), ("boss", "boss"), ("status", "status"),
     ("analysis", "analysis"), ("bus", "bus"), ("sister's", "sister"), ("classes", "class"), ("", "")],
)  # fmt: skip
def test_plurals_are_one_word_with_their_singular(word, stem):
    assert labels.stem(word) == stem


def test_labels_are_the_best_terms_as_a_name():
    assert labels.names([["protected time", "staff", "staff rota", "bleep"]]) == ["Protected time, staff, bleep"]


def test_no_two_labels_are_the_same():
    same = ["ward", "bleep", "rota"]
    assert labels.names([same, same, [*same, "chart"]]) == [
        "Ward, bleep, rota",
        "Ward, bleep, rota (2)",
        "Ward, bleep, chart",
    ]


@given(st.lists(st.lists(st.sampled_from(["ward", "wards", "Ward", "bleep", "time"]), max_size=4), max_size=8))
def test_labels_are_always_distinct_and_never_empty(ranked):
    given_names = labels.names(ranked)
    assert len({name.casefold() for name in given_names}) == len(given_names) == len(ranked)
    assert all(given_names)


def test_a_theme_without_words_is_unnamed():
    assert labels.names([[], []]) == ["Unnamed", "Unnamed (2)"]


def test_how_many_cases_say_a_word():
    said = sparse.csr_matrix([[1, 0], [2, 0], [1, 1], [0, 3]])
    counted = labels.n_cases_using(said, pd.Series(["a", "a", "b", "b"]), np.array([0, 0, 0, 1]))
    assert counted.tolist() == [[2, 1], [0, 1]]


def test_days_and_months_name_nothing_and_working_hours_do():
    texts = ["On Monday we changed the working hours.", "In June the working hours were changed again, on a Tuesday."]
    terms = labels.vocabulary(texts, ["working hours"], stop=labels.stop_words([]), least=1)
    assert "working hours" in terms
    assert not {"monday", "tuesday", "june", "hours"} & set(terms)


@pytest.mark.parametrize(
    "remark",
    [
        "[chuckles]",
        "(inaudible)",
        "(The participant reads the column headings of the whole data provenance table)",
        "[interviewer shows the second picture of the ward]",
    ],
)
def test_a_remark_in_brackets_is_no_talk(remark: str):
    said = f"I saw it {remark} on Monday (which was the day of the inspection that closed the ward for a week)"
    assert labels.spoken(said) == said.replace(remark, " " * len(remark))
