"""Which questions of the guide a theme answers, and what the report says of it."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.core.terms import LOOSE
from pipeline.inductive import theme_guide
from pipeline.reporting.views import guide_view


def prompts(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["prompt_id", "document", "wording", "guide_id"]).assign(likeness=1.0)


def guide(*rows: tuple[str, str, int]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["guide_id", "question", "n_segments"])
    wordings = [[question, f"And {question}"] for question in table["question"]]
    return table.assign(source="found", wordings=wordings, n_prompts=2, n_documents=2, n_cases=2)


ASKED = prompts(
    ("t1", "d1", "Time?", "Q1"), ("t2", "d2", "Hours?", "Q1"), ("t3", "d2", "Why?", ""), ("t4", "d3", "why", "")
)
GUIDE = guide(("Q1", "Is there time?", 4), ("Q2", "The board?", 0))
TURNS = pd.DataFrame({"turn_id": ["t1", "t9"], "text": ["Well. Time?", "Not in the table of prompts?"]})
SEGMENTS = pd.DataFrame(
    [
        ("d1", "ana", "t1"),
        ("d1", "ana", "t1"),
        ("d2", "ben", "t2"),
        ("d2", "cleo", "t3"),
        ("d3", "dan", "t4"),
        ("d4", "eva", "t9"),
    ],
    columns=["document", "case", "prompt_id"],
)


def test_what_was_asked_of_whom():
    asked = theme_guide.asked(GUIDE, ASKED, TURNS, SEGMENTS)
    assert [asked.of(turn) for turn in ("t1", "t2", "t3", "t4", "t9", "")] == ["Q1", "Q1", "t3", "t3", "t9", ""]
    assert asked.text_of["Q1"] == "Is there time?"
    assert asked.cases_of["Q1"] == {"ana", "ben", "cleo"}  # all who speak where it was asked
    assert asked.cases_of["t3"] == {"ben", "cleo", "dan"}
    assert asked.share_of == {"Q1": 3 / 6, "t3": 2 / 6, "t9": 1 / 6}
    assert asked.words("t2") == "Hours? Is there time?"
    assert asked.words("t9").startswith("Not in the table of prompts?")
    assert asked == theme_guide.asked(GUIDE, ASKED.iloc[::-1], TURNS, SEGMENTS.iloc[::-1])


def test_the_share_of_a_theme_and_of_the_answers():
    table = theme_guide.table(
        SEGMENTS, [(7, np.array([0, 1, 3])), (8, np.array([2, 4])), (9, np.array([5]))], GUIDE, ASKED
    )
    assert table.to_dict("records") == [
        {"theme_id": 7, "guide_id": "Q1", "n_segments": 2, "share_of_theme": 2 / 3, "share_of_answers": 2 / 3},
        {"theme_id": 8, "guide_id": "Q1", "n_segments": 1, "share_of_theme": 1 / 2, "share_of_answers": 1 / 3},
    ]
    assert theme_guide.table(SEGMENTS, [(7, np.array([5]))], GUIDE, ASKED).empty
    store.schema("theme_guide").validate(table)


@pytest.mark.parametrize(
    ("n", "of", "answers", "said"),
    [
        (14, 20, 28, "mostly “Is there time?” (14 of 20 passages, 70%; 50% of all answers to it)"),
        (10, 20, 20, "mostly “Is there time?” (10 of 20 passages, 50%; 50% of all answers to it)"),
        (8, 20, 16, "partly “Is there time?” (8 of 20 passages, 40%; 50% of all answers to it)"),
        (8, 20, 60, ""),  # no more than of any other talk
        (6, 20, 6, ""),
    ],
)
def test_the_card_says_which_question_a_theme_answers_and_how_surely(n, of, answers, said):
    rows = pd.DataFrame(
        {
            "theme_id": [7],
            "guide_id": ["Q1"],
            "n_segments": [n],
            "share_of_theme": [n / of],
            "share_of_answers": [n / answers],
        }
    )
    assert guide_view.answers(rows, guide(("Q1", "Is there time?", answers)), n_used=200) == said


def test_a_question_says_what_themes_answer_it():
    themes = pd.DataFrame({"theme_id": [7, 8], "level": 1, "label": ["rotas", "money"], "n_segments": [20, 10]})
    shares = pd.DataFrame(
        [(7, "Q1", 2, 0.1, 0.25), (8, "Q1", 6, 0.6, 0.75), (70, "Q1", 6, 1.0, 0.75)],
        columns=["theme_id", "guide_id", "n_segments", "share_of_theme", "share_of_answers"],
    )
    view = guide_view.build(GUIDE, shares, themes, n_used=100)
    first, second = view.questions
    assert first.themes == ((8, "money", "75%"), (7, "rotas", "25%"))
    assert (first.wordings, second.themes) == (("And Is there time?",), ())
    assert view.by_theme == {8: "mostly “Is there time?” (6 of 10 passages, 60%; 75% of all answers to it)"}
    loose = guide_view.build(GUIDE, shares, themes.assign(passport=["", LOOSE]), n_used=100)
    assert loose.by_theme == {} and loose.questions == view.questions, "it answers none, and is listed under it"
    assert view.lead.startswith("2 questions of the interview guide: 2 recurring in interviews.")
    nothing = guide_view.build(store.empty("guide"), store.empty("theme_guide"), themes, n_used=100)
    assert nothing.questions == () and nothing.lead.startswith("No question")


def test_a_question_names_the_theme_that_most_of_its_answers_are_in_though_most_of_the_theme_answers_follow_ups():
    groups = np.repeat([0, 1], 30)

    def named(here: int, there: int = 0, other: int = 0) -> list[str]:
        first, second = ["Time"] * here + ["Role"] * other, ["Time"] * there
        return theme_guide.names(first + [""] * (30 - len(first)) + second + [""] * (30 - there), groups)

    assert named(5) == ["Time", ""]
    assert named(4) == ["", ""], "a few answers name nothing"
    assert named(6, there=5) == ["Time", ""]
    assert named(6, there=6) == ["", ""], "as many are elsewhere"
    assert named(6, other=6) == ["", ""], "as many answer another question"
    assert theme_guide.names(["Time"] * 5 + [""] * 55, np.zeros(60, dtype=int)) == [""], "a twelfth of the theme"
