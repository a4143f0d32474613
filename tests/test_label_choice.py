"""Label choice: which terms name a group, by what its segments say and by what they mean."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pipeline.core import model_registry, params
from pipeline.core import terms as core_terms
from pipeline.decisions import states
from pipeline.inductive import contrast, in_vivo, in_vivo_choice, label_choice, labels, meaning, naming
from pipeline.inductive.phrases import Lexicon, Phrase

NO_LEXICON = Lexicon({}, {}, {}, {})


def test_what_tells_a_group_apart_is_the_area_under_the_curve():
    likeness = np.array([[0.9, 0.5, 0.1], [0.8, 0.5, 0.2], [0.2, 0.5, 0.8], [0.1, 0.5, 0.9]])
    inside = np.array([True, True, False, False])
    assert meaning.apart(likeness, inside).tolist() == [1.0, 0.5, 0.0]
    assert meaning.apart(likeness, np.ones(4, dtype=bool)).tolist() == [meaning.ALONE] * 3


def test_noise_in_the_seventh_digit_changes_nothing():
    likeness = np.random.default_rng(1).normal(size=(60, 5)).round(3)
    inside = np.arange(60) < 20
    noise = np.random.default_rng(2).normal(scale=1e-7, size=likeness.shape)
    assert (meaning.apart(likeness, inside) == meaning.apart(likeness + noise, inside)).all()


def test_groups_are_compared_with_their_siblings_and_an_only_one_with_all():
    groups, parents = np.array([0, 1, 2, -1]), np.array([0, 0, 1, -1])
    assert [family.tolist() for family in meaning.siblings_of(groups, parents)] == [[0, 1], [0, 1], [0, 1, 2]]


def test_segments_are_sampled_evenly_from_each_group(monkeypatch):
    monkeypatch.setattr(meaning, "MOST", 3)
    assert meaning.sampled(np.array([0] * 9 + [1, 1, -1])).tolist() == [0, 4, 8, 9, 10]


def chosen(
    texts: list[list[str]], groups: np.ndarray, vectors: np.ndarray, lexicon: Lexicon = NO_LEXICON, encode=None
) -> list[str]:
    """The first group's label. Texts are lists of lemmas, each by a case of its own."""
    terms = contrast.counted(texts, lexicon, stop=frozenset({"of", "the"}))
    cases = pd.Series([f"case {place % 8}" for place in range(len(texts))])
    every = np.ones(len(texts), dtype=bool)
    known = naming.Read(lexicon, terms, [], cases, vectors, terms.counts, encode, every)
    frame = pd.DataFrame({"text": [" ".join(words) for words in texts], "start": 0})
    return naming.named(frame, vectors, groups, np.zeros_like(groups), known=known)[0].terms


def talk(first: list[list[str]], second: list[list[str]]) -> tuple[list[list[str]], np.ndarray, np.ndarray]:
    groups = np.repeat([0, 1], [len(first), len(second)])
    return first + second, groups, np.eye(4)[groups] + 0.01


OTHERS = [["rota", "bleep", "shift"]] * 20


def test_a_model_of_another_width_than_the_vectors_is_not_asked_what_phrases_mean():
    texts, groups, vectors = talk([["money", "grant"]] * 20, OTHERS)
    other = chosen(texts, groups, vectors, encode=lambda phrases: np.ones((len(phrases), 7)))
    assert other == chosen(texts, groups, vectors) != []


def test_a_second_term_stands_where_it_adds_segments():
    apart = [["money", "grant"]] * 10 + [["board", "paper"]] * 10
    texts, groups, _ = talk(apart, OTHERS)
    label = chosen(texts, groups, np.eye(4)[np.repeat([0, 1, 2], [10, 10, 20])])
    assert len(label) == 2
    assert len({"board", "paper"} & set(label)) == len({"money", "grant"} & set(label)) == 1
    together = [["money", "grant"]] * 20
    assert len(chosen(*talk(together, OTHERS))) == 1, "two words of the same segments say it twice"


def may_name(texts: list[list[str]], groups: np.ndarray, lexicon: Lexicon = NO_LEXICON) -> set[str]:
    """The words that may name the first group."""
    terms = contrast.counted(texts, lexicon, stop=frozenset())
    cases = pd.Series([f"case {place % 8}" for place in range(len(texts))])
    said = contrast.compared(terms.counts, groups, np.zeros_like(groups), cases)
    sizes = np.bincount(groups)
    may, _ = label_choice.allowed(terms, said, said, sizes=sizes, n_cases=np.minimum(sizes, 8))
    return {terms.forms[column] for column in np.flatnonzero(may[0])}


def test_a_word_that_few_of_the_segments_say_is_no_term_of_a_label():
    texts, groups, _ = talk([["grant"]] * 52 + [["grant", "board"]] * 4, OTHERS * 3)
    assert may_name(texts, groups) == {"grant"}
    texts, groups, _ = talk([["grant"]] * 50 + [["grant", "board"]] * 6, OTHERS * 3)
    assert may_name(texts, groups) == {"grant", "board"}


def test_what_everybody_says_names_no_group():
    """Six in ten say "money" here, three in ten elsewhere: more than anywhere, and still what the whole study says."""
    first, others = [["grant", "money"]] * 36 + [["grant"]] * 24, [["rota", "money"]] * 18 + [["rota"]] * 42
    texts, groups, _ = talk(first, others)
    assert may_name(texts, groups) == {"grant"}


def test_a_name_of_a_place_or_a_person_names_a_theme_only_where_a_third_says_it():
    lexicon = Lexicon({}, {"maria": "Maria", "jones": "Jones", "icu": "ICU"}, {}, {})
    for names, share, allowed in ((["maria", "jones"], 12, set()), (["maria"], 24, {"Maria"}), (["icu"], 12, {"ICU"})):
        texts, groups, _ = talk([["grant"]] * (60 - share) + [["grant", *names]] * share, OTHERS * 3)
        assert may_name(texts, groups, lexicon) == {"grant", *allowed}


def test_a_word_that_means_rather_what_others_talk_about_names_nothing():
    texts, groups, vectors = talk([["button", "click"]] * 20, OTHERS)
    assert chosen(texts, groups, vectors, encode=lambda terms: np.tile([1.0, 0, 0, 0], (len(terms), 1)))
    assert chosen(texts, groups, vectors, encode=lambda terms: np.tile([0, 1.0, 0, 0], (len(terms), 1))) == []


def test_a_name_that_only_the_questions_say_names_no_theme():
    lexicon = Lexicon({}, {"serdif": "Serdif"}, {}, {})
    groups = np.repeat([0, 1], [40, 60])
    terms = contrast.counted([["grant"]] * 38 + [["grant", "serdif"]] * 2 + OTHERS * 3, lexicon, stop=frozenset())
    cases = pd.Series([f"case {place % 8}" for place in range(100)])
    said = contrast.compared(terms.counts, groups, np.zeros_like(groups), cases)
    asked = terms.counts.tolil()
    asked[:40, terms.forms.index("Serdif")] = naming.ASKED
    weighed = contrast.compared(asked.tocsr(), groups, np.zeros_like(groups), cases)
    may, names = label_choice.allowed(terms, said, weighed, sizes=np.array([40, 60]), n_cases=np.array([8, 8]))
    assert names[0, terms.forms.index("Serdif")] and not may[0, terms.forms.index("Serdif")]


def test_what_people_say_names_a_theme_though_another_answers_questions_with_the_word():
    groups = np.repeat([0, 1], [40, 60])
    terms = contrast.counted([["partner"]] * 10 + [["grant"]] * 30 + OTHERS * 3, NO_LEXICON, stop=frozenset())
    cases = pd.Series([f"case {place % 8}" for place in range(100)])
    said = contrast.compared(terms.counts, groups, np.zeros_like(groups), cases)
    asked = terms.counts.tolil()
    asked[40:, terms.forms.index("partner")] = naming.ASKED
    weighed = contrast.compared(asked.tocsr(), groups, np.zeros_like(groups), cases)
    may, _ = label_choice.allowed(terms, said, weighed, sizes=np.array([40, 60]), n_cases=np.array([8, 8]))
    assert may[0, terms.forms.index("partner")]


def test_a_denied_phrase_names_a_theme_only_where_a_tenth_denies_it():
    """All say the words "use" and "tool", and few that they do not use it."""
    denied = Phrase(("use", "tool"), ("use", "tool"), verb=True, negated=True)
    lexicon = Lexicon({}, {}, {"use": "NOUN", "tool": "NOUN"}, {denied: "not using the tool"})
    for n, label in ((3, False), (6, True)):
        first = [["not", "use", "the", "tool"]] * n + [["use", "tool"]] * (40 - n)
        texts, groups, _ = talk(first, OTHERS * 3)
        assert ("not using the tool" in may_name(texts, groups, lexicon)) is label


def test_a_phrase_stands_for_its_words():
    phrase = Phrase(("code", "ethic"), ("code", "ethic"))
    lexicon = Lexicon({}, {}, {"code": "NOUN", "ethic": "NOUN"}, {phrase: "code of ethics"})
    said = [["code", "of", "ethic"]] * 12 + [["code", "page"]] * 8
    assert chosen(*talk(said, OTHERS), lexicon)[0] == "code of ethics"


def test_what_some_say_and_what_tells_the_group_from_no_other_by_meaning_names_nothing():
    texts, groups, vectors = talk([["it"]] * 15 + [["money", "grant", "fund"]] * 5, OTHERS)
    assert chosen(texts, groups, np.tile(np.eye(4)[[0, 1]], (20, 1))) == []
    assert chosen(texts, groups, vectors) != []


@pytest.mark.parametrize("kind", ["ADJ", "VERB"])
def test_a_rare_adjective_or_verb_alone_is_no_label(kind: str):
    lexicon = Lexicon({}, {}, {"cool": kind}, {})
    quiet = [["it", "of"]] * 35 + [["cool"]] * 5
    texts, groups, vectors = talk(quiet, [["rota", "bleep", "shift"]] * 40)
    assert chosen(texts, groups, vectors, lexicon) == []
    assert chosen(texts, groups, vectors, Lexicon({}, {}, {"cool": "NOUN"}, {})) == [], (
        "short remarks, said in an eighth"
    )


def test_the_line_is_the_clause_whose_meaning_tells_the_group_apart():
    def candidate(place: int, score: float, *, backed: bool = True) -> in_vivo_choice.Candidate:
        return in_vivo_choice.Candidate(backed, True, score, in_vivo.Clause(place, 0, 9, frozenset({"a", "b", "c"})))

    shortlist = [candidate(1, 3.0), candidate(2, 2.0), candidate(3, 9.0, backed=False)]
    assert in_vivo_choice.best(shortlist, np.array([0.6, 0.9, 0.9])).place == 2
    assert in_vivo_choice.best(shortlist[:2], np.array([0.75, 0.75])).place == 1
    assert in_vivo_choice.best([], np.zeros(0)) is None


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["Did not answer"] * 5 + ["Fine"], "Did not answer"),
        (["nothing.", "Nothing!", "NOTHING", "the food", "a bus"], "Nothing"),
        (["nichts", "Nichts.", "es war gut"], "Nichts"),
        (["one thing", "two things", "three things"], ""),
        (["Very long answers that people paste again and again"] * 4, ""),
        ([], ""),
        (["?", "?"], ""),
    ],
)
def test_few_words_that_a_third_says_and_nothing_else_are_the_name(texts: list[str], name: str):
    assert naming.saying(texts) == name


def test_two_residues_are_told_apart_by_their_form():
    texts = [["it", "of"]] * 30 + [["ward", "board", "staff"]] * 30 + [["ward", "board", "staff"]] * 30
    groups = np.repeat([0, 1, 2], 30)
    terms = contrast.counted(texts, NO_LEXICON, stop=frozenset({"it", "of"}))
    cases = pd.Series([f"case {place % 8}" for place in range(90)])
    every = np.ones(90, dtype=bool)
    known = naming.Read(NO_LEXICON, terms, [], cases, np.eye(4)[groups], terms.counts, None, every)
    frame = pd.DataFrame({"text": [" ".join(words) for words in texts], "start": 0})
    named = naming.named(frame, np.eye(4)[groups], groups, np.zeros_like(groups), known=known)
    assert named[0].terms == [] and named[0].hints == [naming.SHORT_REMARKS]
    assert naming.SHORT_REMARKS not in named[1].hints
    unread = replace(known, readable=np.arange(90) > 5)
    assert naming.named(frame, np.eye(4)[groups], groups, np.zeros_like(groups), known=unread)[0].hints == [], (
        "what was not read may be long"
    )


def test_a_clause_of_one_word_has_to_tell_the_group_apart():
    """Such as "I don't mind", whose other words say nothing."""
    [one, two] = [
        in_vivo_choice.Candidate(True, True, 4.0, in_vivo.Clause(place, 0, 9, frozenset(content)))
        for place, content in ((1, {"mind"}), (2, {"bed", "ward"}))
    ]
    assert in_vivo_choice.best([one], np.array([0.7])) is None
    assert in_vivo_choice.best([one], np.array([0.8])) == one.clause
    assert in_vivo_choice.best([two], np.array([0.7])) == two.clause


def test_each_term_of_a_label_is_said_where_no_other_is():
    """All who say "board" say "grant" too: the board adds nothing to the label, whichever was found first."""
    said = [set(range(20)), set(range(6)), set(range(17, 23))]
    group = SimpleNamespace(
        own=np.arange(40),
        share=lambda picked, *, but: len(said[picked[0]] - set().union(*(said[at] for at in but))) / 40,
    )
    grant, board, money = 0, 1, 2
    assert label_choice._all_add(group, [grant, money])
    assert not label_choice._all_add(group, [board, grant])
    assert not label_choice._all_add(group, [grant, board])


def test_loosely_connected_talk_comes_last():
    frame = pd.DataFrame({"theme_id": [1, 2, 3], "level": 1, "n_segments": [9, 5, 7]})
    assert states.ranked(frame)["theme_id"].tolist() == [1, 3, 2]
    loose = frame.assign(passport=[core_terms.LOOSE, "", ""])
    assert states.ranked(loose)["theme_id"].tolist() == [3, 2, 1]
    assert states.ranked(loose)["number"].tolist() == [1, 2, 3]


def test_a_label_tells_a_group_apart_by_its_words_and_by_its_meaning():
    """Half of the group says the one, all of it the other; the rarer one, of the group's own meaning, is worth less."""
    texts, groups, vectors = talk([["grant", "money"]] * 10 + [["money"]] * 10, OTHERS)
    assert chosen(texts, groups, vectors) == ["money"]


def test_the_term_that_most_segments_say_stands_first():
    apart = [["money"]] * 8 + [["board"]] * 12
    texts, groups, _ = talk(apart, OTHERS)
    assert chosen(texts, groups, np.eye(4)[np.repeat([0, 1, 2], [8, 12, 20])]) == ["board", "money"]


@pytest.fixture(scope="module")
def nlp():
    return labels.load(model_registry.find(params.Segment().model, kind="spacy").folder)


def read_with(nlp, questions: list[str]) -> naming.Named:
    """What names the first twenty answers, which share no word; one of them says a phrase of the questions."""
    words = ["bus", "rain", "tea", "roof", "lamp", "cat", "road", "coat", "lid", "pond"]
    texts = [f"There was a {words[place % 10]} and a {words[(3 * place + 1) % 10]}." for place in range(40)]
    texts[4] = "The filtering capabilities were all right."
    frame = pd.DataFrame(
        {
            "text": texts,
            "start": 0,
            "speaker": "A",
            "case": [f"case {place % 8}" for place in range(40)],
            "document": "d",
        }
    )
    groups, vectors = np.repeat([0, 1], 20), np.eye(4)[np.repeat([0, 1], 20)] + 0.01
    known = naming.read(
        frame, texts, list(range(40)), vectors, nlp=nlp, stop=labels.stop_words([]), encode=None, questions=questions
    )
    return naming.named(frame, vectors, groups, np.zeros_like(groups), known=known)[0]


def test_the_words_of_the_questions_that_a_group_answers_name_it_too(nlp):
    asked = ["What do you think of the filtering capabilities?", "Are the filtering capabilities of any use to you?"]
    assert read_with(nlp, []).terms == []
    assert read_with(nlp, asked * 10 + [""] * 20).terms == ["filtering capabilities"]


def test_what_a_question_denies_is_no_name(nlp):
    asked = ["How did it support or not support your analysis?"] * 20 + [""] * 20
    assert not any("not" in term for term in read_with(nlp, asked).terms)


def test_a_question_that_all_groups_answer_names_none(nlp):
    assert read_with(nlp, ["What do you think of the filtering capabilities?"] * 40).terms == []


def test_short_remarks_that_share_no_word_are_called_by_the_one_that_stands_for_them(nlp):
    said = ["Everything was perfect", "All was great", "Nothing was wrong", "It was fine", "No complaints here"]
    said += ["Could not fault it", "Spot on really", "Quite good indeed", "Happy with that", "Everything was perfect."]
    said *= 2
    other = [f"The bus number {at} came late to the stop by the old mill" for at in range(20)]
    frame = pd.DataFrame({"text": said + other, "start": 0, "speaker": "A", "document": "d"})
    frame["case"] = [f"case {place % 8}" for place in range(40)]
    groups = np.repeat([0, 1], 20)
    vectors = np.eye(4)[groups] + 0.01
    known = naming.read(frame, list(frame["text"]), [], vectors, nlp=nlp, stop=labels.stop_words([]), encode=None)
    named = naming.named(frame, vectors, groups, np.zeros_like(groups), known=known)
    assert (named[0].terms, named[0].remark) == ([], "Everything was perfect")
    frame["text"] = [text.replace("Everything was", "Everything  was [chuckles]") for text in frame["text"]]
    again = naming.named(frame, vectors, groups, np.zeros_like(groups), known=known)
    assert again[0].remark == "Everything was perfect", "without what a transcriber put there"
    unquoted = replace(known, quotable=np.repeat([False, True], 20))
    assert naming.named(frame, vectors, groups, np.zeros_like(groups), known=unquoted)[0].remark == ""
    assert named[1].terms != [] and named[1].remark == ""
    alike = naming.named(
        frame, np.ones((40, 4)), groups, np.zeros_like(groups), known=replace(known, vectors=vectors * 0 + 0.5)
    )
    assert alike[0].remark == "", "a remark that other talk is as like"
