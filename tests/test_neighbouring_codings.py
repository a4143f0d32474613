"""Which of several occurrences a coding means, by its paragraph or the codings beside it."""

import pytest

from pipeline.corpus import span_alignment
from pipeline.corpus.readers.coding import Coding

LINES = ["How do you begin?", "Okay.", "I open the shed.", "And then?", "Okay.", "The night team writes.", "Okay."]
FORMS = {
    "lines": "\n".join(LINES),
    "blank lines between": "\n\n".join(LINES),
    "numbers on lines of their own": "\n".join(f"{number}\n{line}" for number, line in enumerate(LINES, 1)),
    "numbers in the lines": "\n".join(f"{number} {line}" for number, line in enumerate(LINES, 1)),
    "a title above": "Interview with Ann\n\n" + "\n".join(LINES),
}


def row(text, *, first=None, last=None):
    return Coding(
        "line 2", "P1", None, None, text, "Time", "lea", paragraphs=None if first is None else (first, last or first)
    )


def placed(codings, text):
    found, lost = span_alignment.place_codings(codings, {"P1.txt": text})
    return {one.coding: (one.start, one.how) for one in found}, [one.kind for one in lost]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("paragraph", [2, 5, 7])
def test_a_paragraph_number_tells_which_is_meant_however_it_is_counted(form, paragraph):
    text = FORMS[form]
    meant = row("Okay.", first=paragraph)
    found, _ = placed([row("I open the shed.", first=3), meant, row("The night team writes.", first=6)], text)
    at = [start for start in range(len(text)) if text.startswith("Okay.", start)]
    assert found[meant] == (at[[2, 5, 7].index(paragraph)], "paragraph")


@pytest.mark.parametrize("form", ["lines", "numbers on lines of their own"])
def test_a_paragraph_number_alone_will_do(form):
    meant = row("Okay.", first=5)
    found, _ = placed([meant], FORMS[form])
    assert found[meant][0] == FORMS[form].index("Okay.", FORMS[form].index("And then?"))


def test_a_paragraph_that_does_not_hold_the_words_proves_nothing():
    assert placed([row("Okay.", first=4)], FORMS["lines"])[1] == ["their words occur more than once"]


def test_a_count_that_does_not_fit_the_others_is_not_used():
    others = [
        row("How do you begin?", first=40),
        row("I open the shed.", first=3),
        row("The night team writes.", first=90),
    ]
    assert placed([*others, row("Okay.", first=5)], FORMS["lines"])[1] == ["their words occur more than once"]


SIX = "One is here. Yes. Two is here. Yes. Three is here. Four is here. Five is here. Yes."


def test_a_passage_between_two_others_of_the_file_lies_between_them_in_the_text():
    meant = row("Yes.")
    file = [row(f"{name} is here.") for name in ("One", "Two", "Three", "Four", "Five")]
    found, _ = placed([*file[:2], meant, *file[2:]], SIX)
    assert found[meant] == (SIX.index("Yes.", 20), "order")


def test_in_a_file_in_another_order_neighbours_prove_nothing():
    file = [row(f"{name} is here.") for name in ("Two", "One", "Three", "Four", "Five")]
    assert placed([*file[:2], row("Yes."), *file[2:]], SIX)[1] == ["their words occur more than once"]


def test_before_the_first_and_after_the_last_nothing_is_proved():
    file = [row(f"{name} is here.") for name in ("One", "Two", "Three", "Four", "Five")]
    assert len(placed([row("Yes."), *file], SIX)[1]) == len(placed([*file, row("Yes.")], SIX)[1]) == 1
