import numpy as np
import pandas as pd
import pytest

from pipeline.inductive import passports
from pipeline.inductive.passports import Facts


def turns(*said: tuple[str, str]) -> pd.DataFrame:
    """Turns of one document: part and text."""
    rows = [(f"t{n}", "d", part, n * 100, text) for n, (part, text) in enumerate(said)]
    return pd.DataFrame(rows, columns=["turn_id", "document", "part", "start", "text"])


def segments(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Segments: case, document and the question they answer."""
    return pd.DataFrame(rows, columns=["case", "document", "prompt_id"])


def known(**changed) -> Facts:
    plain = {"n_segments": 20, "n_cases": 8, "n_documents": 8, "effective_cases": 7.0, "main_case": "Nurse 3"}
    plain |= {"main_case_share": 0.2, "prompt_id": "", "prompt_text": "", "prompt_share": 0.0, "unprompted_share": 1.0}
    return Facts(**{**plain, **changed})


def test_a_question_asked_again_in_nearly_the_same_words_is_one_question():
    asked = passports.questions(
        turns(
            ("interviewer", "What gets in the way of improvement work on your ward?"),
            ("participant", "What gets in the way of improvement work on your ward?"),
            ("interviewer", "So what gets in the way of improvement work on your ward, then?"),
            ("interviewer", "How did you come to it?"),
            ("interviewer", "HOW did you come to it"),
        )
    )
    assert asked == {"t0": "t0", "t2": "t0", "t3": "t3", "t4": "t3"}


def test_a_question_like_one_that_follows_another_follows_nobody_itself():
    # Ten words each: eight of them are those of the next, six those of the one after it.
    words = [f"word{letter}" for letter in "abcdefghijklmn"]
    texts = [" ".join(words[start : start + 10]) for start in (0, 2, 4)]
    assert passports._leaders(texts[:2]) == [0, 0]
    assert passports._leaders(texts) == [0, 0, 2]


def test_questions_of_an_empty_study_and_questions_without_words():
    assert passports.questions(turns()) == {}
    marks = turns(("interviewer", "…"), ("interviewer", "?"), ("interviewer", " … "))
    assert passports.questions(marks) == {"t0": "t0", "t1": "t1", "t2": "t0"}


def test_questions_do_not_depend_on_the_order_of_turns():
    table = turns(*[("interviewer", f"What about the {word} in the ward?") for word in ("time", "staff", "data")])
    assert passports.questions(table.iloc[::-1]) == passports.questions(table)


def test_facts_of_a_theme():
    said = segments(("a", "d1", "t0"), ("a", "d1", "t0"), ("a", "d1", "t2"), ("b", "d2", ""))
    facts = passports.facts(
        said,
        question_of={"t0": "t0", "t2": "t0"},
        prompts={"t0": "Is there time?", "t2": "And?"},
        keywords=["times", "bleep"],
    )
    assert (facts.n_segments, facts.n_cases, facts.n_documents) == (4, 2, 2)
    assert (facts.main_case, facts.main_case_share) == ("a", 0.75)
    assert facts.effective_cases == pytest.approx(1 / (0.75**2 + 0.25**2))
    assert (facts.prompt_id, facts.prompt_text, facts.prompt_share) == ("t0", "Is there time?", 0.75)
    assert facts.unprompted_share == 0.5  # "And?" names nothing of the theme, and the last answers nothing


def test_of_cases_and_questions_that_are_as_frequent_the_first_by_name_is_the_main_one():
    said = segments(
        ("b", "d", "t2"), ("a", "d", "t2"), ("b", "d", "t1"), ("a", "d", "t1"), ("a", "d", ""), ("b", "d", "")
    )
    facts = passports.facts(said, question_of={}, prompts={"t1": "One?", "t2": "Two?"}, keywords=["two"])
    assert (facts.main_case, facts.main_case_share) == ("a", 0.5)
    assert (facts.prompt_id, facts.prompt_share) == ("t1", pytest.approx(2 / 6))  # of the theme, not of what was asked
    assert facts.unprompted_share == pytest.approx(4 / 6)
    assert passports.facts(said.iloc[::-1], question_of={}, prompts={}, keywords=[]).main_case == "a"


def test_facts_where_nobody_is_named_as_speaking():
    facts = passports.facts(segments(("", "notes", ""), ("", "notes", "")), question_of={}, prompts={}, keywords=[])
    assert (facts.n_cases, facts.effective_cases, facts.main_case, facts.prompt_id) == (0, 0.0, "", "")


def test_effective_cases_is_their_number_where_all_say_the_same_much():
    said = segments(*[(case, "d", "") for case in "abcd" * 3])
    assert passports.facts(said, question_of={}, prompts={}, keywords=[]).effective_cases == pytest.approx(4)


def test_talk_that_nobody_is_named_for_makes_no_case_and_no_voice_more():
    said = segments(("a", "d", ""), ("a", "d", ""), ("b", "d", ""), ("b", "d", ""), *[("", "notes", "")] * 4)
    facts = passports.facts(said, question_of={}, prompts={}, keywords=[])
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
            "; stable when a tenth of the documents is left out, but lost without a.",
        ),
        (
            known(stability=0.6, lost_without=("a",)),
            "; partly stable when a tenth of the documents is left out, and lost",
        ),
        (known(stability=0.2, lost_without=("a",)), "is left out, and lost without a: interpret with care."),
    ],
)
def test_the_verdict_in_words(facts, words):
    said = passports.verdict(facts, n_cases=10)
    assert words in said
    assert said[0].isupper()
    assert said.endswith(".")


def test_the_verdict_says_nothing_of_what_was_not_measured():
    assert "comes back" not in passports.verdict(known(), n_cases=10)
    assert "question" not in passports.verdict(known(prompt_share=0.3, prompt_text="Why?"), n_cases=10)


def test_a_long_question_is_cut_at_a_word():
    said = passports.verdict(known(prompt_share=1.0, prompt_text="word " * 40), n_cases=10)
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
    said = passports.verdict(theme, n_cases=10, documents={"group.txt": 10, "long.txt": 60, "b": 10, "c": 10})
    assert words in said
    assert ("mostly one" in said) == bool(words)


def test_documents_are_weighed_as_cases_are():
    said = segments(*[("abcde"[n % 5], "group", "") for n in range(15)], ("f", "other", ""), ("", "notes", ""))
    facts = passports.facts(said, question_of={}, prompts={}, keywords=[])
    assert (facts.main_document, facts.main_document_cases) == ("group", 5)
    assert facts.main_document_share == pytest.approx(15 / 17)
    assert facts.effective_documents == pytest.approx(17**2 / (15**2 + 1 + 1))
    assert facts.effective_cases > 5
