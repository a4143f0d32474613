import numpy as np
import pandas as pd
import pytest

from pipeline.inductive import passports
from pipeline.inductive.passports import Facts, Study
from pipeline.inductive.theme_guide import Asked


def segments(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Segments: case, document and the question they answer."""
    return pd.DataFrame(rows, columns=["case", "document", "prompt_id"]).assign(language="en")


def asked(words: dict[str, str]) -> Asked:
    """Turns that each ask a question of their own, which no talk answers more than other talk does."""
    return Asked({turn: turn for turn in words}, words, words, share_of=dict.fromkeys(words, 1.0))


def known(**changed) -> Facts:
    plain = {"n_segments": 20, "n_cases": 8, "n_documents": 8, "effective_cases": 7.0, "main_case": "Nurse 3"}
    plain |= {"main_case_share": 0.2, "prompt_id": "", "prompt_text": "", "prompt_share": 0.0, "unprompted_share": 1.0}
    return Facts(**{**plain, **changed})


def test_facts_of_a_theme():
    said = segments(("a", "d1", "t0"), ("a", "d1", "t0"), ("a", "d1", "t2"), ("b", "d2", ""))
    facts = passports.facts(
        said,
        asked=Asked({"t0": "Q1", "t2": "Q1"}, {"Q1": "Is there time?"}, {"t0": "Is there time?", "t2": "And time?"}),
        keywords=["bleep"],
    )
    assert (facts.n_segments, facts.n_cases, facts.n_documents) == (4, 2, 2)
    assert (facts.main_case, facts.main_case_share) == ("a", 0.75)
    assert facts.effective_cases == pytest.approx(1 / (0.75**2 + 0.25**2))
    assert (facts.prompt_id, facts.prompt_text, facts.prompt_share) == ("t0", "Is there time?", 0.75)
    assert facts.unprompted_share == 0.25  # most of it answers one question, whose words are not the theme's


def test_of_cases_and_questions_that_are_as_frequent_the_first_by_name_is_the_main_one():
    said = segments(
        ("b", "d", "t2"), ("a", "d", "t2"), ("b", "d", "t1"), ("a", "d", "t1"), ("a", "d", ""), ("b", "d", "")
    )
    facts = passports.facts(said, asked=asked({"t1": "One?", "t2": "Two?"}), keywords=["two"])
    assert (facts.main_case, facts.main_case_share) == ("a", 0.5)
    assert (facts.prompt_id, facts.prompt_share) == ("t1", pytest.approx(2 / 6))  # of the theme, not of what was asked
    assert facts.unprompted_share == pytest.approx(4 / 6)
    assert passports.facts(said.iloc[::-1], asked=Asked(), keywords=[]).main_case == "a"


def test_talk_that_partly_answers_a_question_was_prompted_by_it():
    said = segments(*[("a", "d", "t1")] * 4, *[("b", "d", "t2")] * 3, *[("c", "d", "")] * 3)
    words = {"t1": "The board?", "t2": "Time?"}
    rare = passports.facts(
        said, asked=Asked(words, words, words, share_of={"The board?": 0.1, "Time?": 0.1}), keywords=[]
    )
    assert rare.unprompted_share == 0.6, "the card says that the theme partly answers the first question"
    usual = passports.facts(said, asked=Asked(words, words, words, share_of={"The board?": 0.4}), keywords=[])
    assert usual.unprompted_share == 1, "it answers it no more than other talk does"


def test_facts_where_nobody_is_named_as_speaking():
    facts = passports.facts(segments(("", "notes", ""), ("", "notes", "")), asked=Asked(), keywords=[])
    assert (facts.n_cases, facts.effective_cases, facts.main_case, facts.prompt_id) == (0, 0.0, "", "")


def test_effective_cases_is_their_number_where_all_say_the_same_much():
    said = segments(*[(case, "d", "") for case in "abcd" * 3])
    assert passports.facts(said, asked=Asked(), keywords=[]).effective_cases == pytest.approx(4)


def test_talk_that_nobody_is_named_for_makes_no_case_and_no_voice_more():
    said = segments(("a", "d", ""), ("a", "d", ""), ("b", "d", ""), ("b", "d", ""), *[("", "notes", "")] * 4)
    facts = passports.facts(said, asked=Asked(), keywords=[])
    assert facts.effective_cases == pytest.approx(
        2
    )  # two cases that say as much as each other, whatever the notes hold
    assert (facts.n_cases, facts.main_case, facts.main_case_share) == (2, "a", 0.25)  # of the theme, notes and all


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (known(), "Shared: 8 of 10 cases, at most 20% of it from any one."),
        (known(n_cases=3, effective_cases=2.9), "Some participants: 3 of 10 cases"),
        (known(n_cases=1, main_case_share=1.0), "Only one participant: Nurse 3."),
        (known(main_case_share=0.71), "Dominated by one participant: 71% of it is from Nurse 3."),
        (known(n_cases=3, effective_cases=2.1, main_case_share=0.49), "Few participants: 3 of 10 cases"),
        (
            known(n_cases=1, main_case_share=0.2),
            "One participant, Nurse 3: 20% of it; the rest is from sources in which",
        ),
        (known(n_cases=0), "Only in notes and documents"),
        (
            known(prompt_share=0.64, prompt_text="Is there time?"),
            "mostly one question: 64% of it answers “Is there time?”",
        ),
        (
            known(lost_without=("Nurse 3", "all participants with site “north”")),
            "fragile: lost without Nurse 3 or all participants with site “north”.",
        ),
        (known(lost_without=tuple("abcd")), "lost without a, b, c or 1 other."),
        (known(lost_without=tuple("abcde")), "lost without a, b, c or one of 2 others."),
        (known(n_cases=5), "Shared: 5 of 10 cases"),
        (known(n_cases=4), "Some participants: 4 of 10 cases"),
        (known(main_case_share=0.5), "Dominated by one participant: 50% of it is from Nurse 3."),
        (
            known(effective_cases=2.5, main_case_share=0.49),
            "One participant above all: 49% of it is from Nurse 3; 8 of 10 cases",
        ),
        (known(prompt_share=0.6, prompt_text="Why?"), "mostly one question: 60% of it answers “Why?”"),
        (known(lost_without=("a",)), "ragile: lost without a."),
        (known(lost_without=("a", "b", "c")), "ragile: lost without a, b or c."),
        (known(stability=0.75), "; stable when"),
        (known(stability=0.74), "; partly stable"),
        (known(stability=0.5), "; partly stable"),
        (known(stability=0.49), "; unstable"),
        (known(stability=0.9), "; stable when"),
        (known(stability=0.6), "; partly stable"),
        (known(stability=0.2), "; unstable"),
        (known(main_case_share=1 / 3), "Shared: 8 of 10 cases, at most 33%"),
        (known(main_case_share=0.34), "One participant above all: 34%"),
        (
            known(stability=0.9, lost_without=("a",)),
            "; stable when some documents are left out, but lost without a.",
        ),
        (
            known(stability=0.6, lost_without=("a",)),
            "; partly stable when some documents are left out, and lost",
        ),
        (known(stability=0.2, lost_without=("a",)), "are left out, and lost without a: interpret with care."),
    ],
)
def test_the_verdict_in_words(facts, words):
    said = passports.verdict(facts, Study(10))
    assert words in said
    assert said[0].isupper()
    assert said.endswith(".")


def test_the_verdict_says_nothing_of_what_was_not_measured():
    assert "comes back" not in passports.verdict(known(), Study(10))
    assert "question" not in passports.verdict(known(prompt_share=0.3, prompt_text="Why?"), Study(10))


def test_a_long_question_is_cut_at_a_word():
    said = passports.verdict(known(prompt_share=1.0, prompt_text="word " * 40), Study(10))
    assert "word word …”" in said


def test_jaccard_is_that_of_the_best_match():
    theme = np.array([True, True, True, False, False])
    assert passports.jaccard(theme, np.array([1, 1, 0, 0, 0])) == pytest.approx(2 / 3)
    assert passports.jaccard(theme, np.array([2, 2, 2, 0, 0])) == 1
    assert passports.jaccard(theme, np.full(5, -1)) == 0
    assert passports.jaccard(theme, np.array([0, 0, -1, -1, 0])) == pytest.approx(
        2 / 4
    )  # what is in no group is in none


def test_counts_by_attribute():
    said = segments(("a", "d", ""), ("a", "d", ""), ("b", "d", ""), ("c", "d", ""), ("", "notes", ""))
    cases = pd.DataFrame({"case": ["a", "b", "c"], "role": ["nurse", "nurse", ""]})
    counted = passports.attributes(said, np.array([0, 0, 0, 0, 0]), cases)
    assert counted.to_dict("records") == [
        {"theme": 0, "attribute": "role", "value": "(not given)", "n_segments": 1, "n_cases": 1},
        {"theme": 0, "attribute": "role", "value": "nurse", "n_segments": 3, "n_cases": 2},
    ]


def test_counts_by_attribute_are_of_each_theme_and_of_talk_in_one():
    said = segments(("b", "d", ""), ("a", "d", ""), ("b", "d", ""), ("a", "d", ""), ("x", "d", ""))
    cases = pd.DataFrame({"case": ["a", "b"], "site": ["n", "s"], "role": ["nurse", "nurse"]})
    counted = passports.attributes(said, np.array([1, 0, 1, -1, 1]), cases)
    assert counted.to_numpy().tolist() == [
        [0, "role", "nurse", 1, 1],
        [0, "site", "n", 1, 1],
        [1, "role", "(not given)", 1, 1],  # a case that is in no row of participants.csv
        [1, "role", "nurse", 2, 1],
        [1, "site", "(not given)", 1, 1],
        [1, "site", "s", 2, 1],
    ]


def test_a_study_without_attributes_has_no_counts():
    assert passports.attributes(segments(("a", "d", "")), np.array([0]), pd.DataFrame({"case": ["a"]})).empty


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"main_document_cases": 5},
            "; mostly one group conversation: 88% of it is from group.txt, one of 4 documents.",
        ),
        ({"main_document_cases": 2}, "; mostly one document: 88% of it is from group.txt, one of 4 documents."),
        ({"main_document_cases": 0, "n_cases": 0}, "; mostly one document: 88%"),
        ({"main_document_cases": 1, "main_case_share": 0.9}, ""),
        ({"main_document_cases": 5, "main_document_share": 0.49}, ""),
        ({"main_document_cases": 5, "main_document": "long.txt", "main_document_share": 0.6}, ""),
    ],
)
def test_the_verdict_says_where_a_theme_is_one_documents(changed, words):
    theme = known(**{"main_document": "group.txt", "main_document_share": 0.88, **changed})
    said = passports.verdict(theme, Study(10, {"group.txt": 10, "long.txt": 60, "b": 10, "c": 10}))
    assert words in said
    assert ("mostly one" in said) == bool(words)


def test_documents_are_weighed_as_cases_are():
    said = segments(*[("abcde"[n % 5], "group", "") for n in range(15)], ("f", "other", ""), ("", "notes", ""))
    facts = passports.facts(said, asked=Asked(), keywords=[])
    assert (facts.main_document, facts.main_document_cases) == ("group", 5)
    assert facts.main_document_share == pytest.approx(15 / 17)
    assert facts.effective_documents == pytest.approx(17**2 / (15**2 + 1 + 1))
    assert facts.effective_cases > 5


def test_a_theme_that_comes_from_one_document_is_not_called_shared():
    theme = known(main_document="group.txt", main_document_share=0.88, main_document_cases=8)
    said = passports.verdict(theme, Study(10, {"group.txt": 20, "a": 20, "b": 20}))
    assert said.startswith("Some participants: 8 of 10 cases")
    assert "shared" not in said.lower()


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (
            ["focus_group", "focus_group", "interview", "interview"],
            "mostly one focus group: 88% of it is from g, one of 2 focus groups",
        ),
        (
            ["focus_group", "interview", "interview", "interview"],
            "mostly one focus group: 88% of it is from g, the only focus group",
        ),
        (["interview"] * 4, "mostly one group conversation: 88% of it is from g, one of 4 documents"),
        (
            ["field_note", "field_note", "interview", "interview"],
            "mostly one set of field notes: 88% of it is from g, one of 2 sets of field notes",
        ),
    ],
)
def test_one_document_is_one_of_its_type(kinds, words):
    theme = known(main_document="g", main_document_share=0.88, main_document_cases=5)
    study = Study(10, dict.fromkeys("gabc", 10), dict(zip("gabc", kinds, strict=True)))
    assert words in passports.verdict(theme, study)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.9, "; mostly from field notes: 90% of it, and 20% of all segments."), (0.49, ""), (0.25, "")],
)
def test_one_type_of_source(share, words):
    theme = known(main_document="a", main_document_share=0.3, main_source="field_note", main_source_share=share)
    sources = {"a": "field_note", "b": "field_note", "c": "interview"}
    said = passports.verdict(theme, Study(10, {"a": 10, "b": 10, "c": 80}, sources))
    assert words in said
    assert ("mostly" in said) == bool(words)


@pytest.mark.parametrize(
    ("code", "counted", "words"),
    [
        ("de", {"en": 80, "de": 20}, "; mostly in German: 75% of it, and 20% of all segments."),
        ("en", {"en": 80, "de": 20}, ""),
        ("de", {"de": 100}, ""),
        ("unknown", {"en": 80, "unknown": 20}, ""),
    ],
)
def test_one_language(code, counted, words):
    said = passports.verdict(known(main_language=code, main_language_share=0.75), Study(10, languages=counted))
    assert words in said
    assert ("mostly" in said) == bool(words)


def test_shared_counts_those_who_were_asked():
    study = Study(20)
    assert passports.verdict(known(), study).startswith("Some participants: 8 of 20 cases")
    asked_ten = passports.verdict(known(possible_cases=10), study)
    assert asked_ten.startswith("Shared: 8 of the 10 cases who were asked or spoke about it, at most 20%")
    assert passports.verdict(known(possible_cases=20), study) == passports.verdict(known(), study)


def test_those_who_were_asked_or_speak_of_it_could_speak_of_it():
    said = segments(("a", "d1", "t0"), ("a", "d1", "t0"), ("b", "d2", "t1"), ("z", "d3", ""))
    who = Asked({"t0": "Q1", "t1": "Q1"}, {"Q1": "Why?"}, {}, {"Q1": frozenset("abcd")})
    assert passports.facts(said, asked=who, keywords=[]).possible_cases == 5
    assert passports.facts(said.iloc[[0, 3, 3]], asked=who, keywords=[]).possible_cases == 0  # no one question
    kinds = {"d1": "interview", "d2": "focus_group", "d3": "field_note"}
    facts = passports.facts(said, asked=who, keywords=[], sources=kinds)
    assert (facts.main_source, facts.main_source_share, facts.main_language) == ("interview", 0.5, "en")
