"""Whether a person was asked about a code."""

import pandas as pd
import pytest

from pipeline.core import store
from pipeline.deductive.codebook import Code
from pipeline.reporting.asked_about import asked, stems, told_by

CODES = {
    "Time": Code(name="Protected time", definition="Whether there is time set aside for the work."),
    "Leaders": Code(name="Board and leaders", include="sponsors, walkabouts", examples=("She came down and asked.",)),
}


NONE = store.empty("guide")


def turns(*rows) -> pd.DataFrame:
    """Prompts: turn, document, wording, and the guide's question that it is."""
    return pd.DataFrame([(*row, "")[:4] for row in rows], columns=["prompt_id", "document", "wording", "guide_id"])


def within(*pairs) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["document", "case"])


TALK = turns(
    ("t1", "d1", "And was there time for it?"),
    ("t3", "d2", "What do the leaders on the board make of it?"),
)
WHO = within(("d1", "ana"), ("d2", "ben"), ("d2", "cleo"), ("d3", "notes"))


def test_a_question_in_the_codes_own_words_asks_about_it():
    found = asked(TALK, NONE, cases=WHO, codes=CODES)
    assert found["ana", "Time"] == "t1"
    assert found["ana", "Leaders"] == ""
    assert found["ben", "Leaders"] == "t3"
    assert found["ben", "Time"] == ""


def test_in_a_focus_group_everybody_was_asked():
    found = asked(TALK, NONE, cases=WHO, codes=CODES)
    assert found["cleo", "Leaders"] == found["ben", "Leaders"]


def test_where_nobody_asks_nothing_can_be_told():
    found = asked(TALK, NONE, cases=WHO, codes=CODES)
    assert not [pair for pair in found if pair[0] == "notes"]


def test_a_question_in_other_words_asks_what_the_guides_question_asks():
    talk = turns(("t1", "d1", "Do you get hours for it?", "Q1"), ("t2", "d2", "What got in the way?"))
    guide = pd.DataFrame({"guide_id": ["Q1"], "question": ["Protected time"]})
    found = asked(talk, guide, cases=WHO, codes=CODES)
    assert (found["ana", "Time"], found["ben", "Time"]) == ("t1", "")
    assert asked(talk.assign(guide_id=""), NONE, cases=WHO, codes=CODES)["ana", "Time"] == ""


def test_one_wording_among_many_does_not_make_a_question_ask():
    rows = [
        (f"t{at}", "d1", f"What about {word}?", "Q1") for at, word in enumerate(("time", "rotas", "parking", "food"))
    ]
    talk = turns(*rows, ("t9", "d2", "What about rotas?", "Q1"))
    guide = pd.DataFrame({"guide_id": ["Q1"], "question": ["What about rotas?"]})
    assert asked(talk, guide, cases=WHO, codes=CODES)["ben", "Time"] == ""


def test_the_nearest_question_is_the_one_named_and_the_first_of_equals():
    talk = turns(
        ("t1", "d1", "Time, and the weather, and the parking, and the canteen?"),
        ("t2", "d1", "Was there protected time?"),
        ("t3", "d1", "Was there protected time?"),
    )
    assert asked(talk, NONE, cases=within(("d1", "ana")), codes=CODES)["ana", "Time"] == "t2"


def test_the_order_of_rows_makes_no_difference():
    assert asked(TALK.iloc[::-1], NONE, cases=WHO.iloc[::-1], codes=CODES) == asked(TALK, NONE, cases=WHO, codes=CODES)


@pytest.mark.parametrize("talk", [turns()])
def test_no_questions_no_answer(talk):
    assert asked(talk, NONE, cases=within(("d1", "ana")), codes=CODES) == {}


def test_no_codes_no_answer():
    assert asked(TALK, NONE, cases=WHO, codes={}) == {}


def test_a_question_without_a_telling_word_asks_about_nothing():
    talk = turns(("t1", "d1", "And what was it that you did?"))
    assert asked(talk, NONE, cases=within(("d1", "ana")), codes=CODES) == {("ana", "Time"): "", ("ana", "Leaders"): ""}


def test_codes_and_questions_without_any_telling_word():
    talk = turns(("t1", "d1", "And?"))
    assert asked(talk, NONE, cases=within(("d1", "ana")), codes={"X": Code(name="it")}) == {("ana", "X"): ""}


def test_enough_can_be_set():
    strict = asked(TALK, NONE, cases=WHO, codes=CODES, enough=1.1)
    assert set(strict.values()) == {""}


def test_endings_do_not_keep_words_apart_and_stop_words_say_nothing():
    assert stems("leaders leading") == ["lead", "lead"]
    assert stems("And the of") == []
    assert stems("Zürich, 1999, à la carte") == ["zürich", "carte"]


def test_a_code_is_known_by_its_name_first():
    assert told_by(CODES["Leaders"]).count("Board and leaders") == 3
    assert "She came down and asked." in told_by(CODES["Leaders"])
