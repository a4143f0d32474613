"""Quotes as people paste them into a table: in quotation marks, with words left out, across lines and labels."""

import pytest

from pipeline.corpus import span_alignment
from pipeline.corpus.readers.coding import Coding

TEXT = """I: How do you begin a working day?
P: I open the shed first and then I look at the list on the door, because the list changes every night.
I: And who writes that list?
P: The night team writes it, and sometimes nobody can read it. The office staff phones them.
12
[00:03:11] I: What happens then?
P: Then we wait, and waiting is what costs us most of the morning — naïve as we are… Okay.
I: Okay.
P: Okay.
"""


def found(quote, text=TEXT):
    one = Coding("line 2", "P1", None, None, quote, "Time", "lea")
    placed, lost = span_alignment.place_codings([one], {"P1.txt": text})
    return (text[placed[0].start : placed[0].end], placed[0].how) if placed else (lost[0].kind, lost[0].reason)


@pytest.mark.parametrize(
    "quote",
    [
        "“…because the list changes every night…”",
        '"because the list changes every night"',
        "«\u00a0because the list changes every night\u00a0»",
        "... because the list\nchanges every night ...",
        "[...] because the list changes every night [...]",
        "„because the list changes every night“",
        "because the\u00a0list chan\u00adges every\u200b night",
        "• because the list changes every night",
    ],
)
def test_marks_around_a_quote_are_no_part_of_it(quote):
    assert found(quote) == ("because the list changes every night", "text")


@pytest.mark.parametrize(
    "gap", ["[...]", "(...)", "…", "...", "[…]", "(…)", ". . .", "/.../", "<...>", "[ ... ]", ".....", "--"]
)
def test_where_words_are_left_out_a_quote_runs_from_its_first_piece_to_its_last(gap):
    words, how = found(f"I open the shed first {gap} because the list changes every night.")
    assert (
        words == "I open the shed first and then I look at the list on the door, because the list changes every night."
    )
    assert how == "pieces"


def test_pieces_may_lie_in_several_turns_and_be_more_than_two():
    words, how = found("“I open the shed first … on the door […] The night team writes it”")
    assert (words[:21], words[-23:], how) == ("I open the shed first", "The night team writes it"[-23:], "pieces")


def test_a_word_that_the_researcher_put_in_brackets_stands_for_a_few():
    words, _ = found("sometimes nobody can read [the handwriting]. The office staff phones them")
    assert words == "sometimes nobody can read it. The office staff phones them"


@pytest.mark.parametrize(
    "quote",
    [
        "because the list changes every night.\n\nAnd who writes that list?",
        "because the list changes every night.\nI: And who writes that list?",
        "because the list changes every night. And who writes that list?",
    ],
)
def test_a_passage_over_two_paragraphs_keeps_what_stands_between_them(quote):
    assert found(quote)[0] == "because the list changes every night.\nI: And who writes that list?"


def test_times_and_numbers_between_two_paragraphs_do_no_harm():
    assert found("The office staff phones them.\nWhat happens then?\nThen we wait")[0].endswith("P: Then we wait")


@pytest.mark.parametrize(
    "quote", ["The oﬃce staff phones them", "waiting is what costs us most of the morn- ing, naive as we"]
)
def test_ligatures_accents_and_hyphens_do_no_harm(quote):
    words, how = found(quote)
    assert how in ("text", "letters")
    assert words[:3] == quote[:3]


def test_a_match_by_letters_must_be_the_only_one():
    assert found("Then! we: wait; and", TEXT + TEXT)[0] == "their words occur more than once"


@pytest.mark.parametrize(
    "quote",
    [
        "because the list changes every night … I open the shed first",
        "I open the shed first [...] and the moon was full",
        "Okay … so … it",
        "he list changes eve [...] The night team",
    ],
)
def test_pieces_out_of_order_or_missing_are_not_placed(quote):
    kind, reason = found(quote)
    assert kind == "their words do not occur in the document"
    assert "Its parts" in reason


def test_pieces_too_far_apart_are_not_placed():
    assert "Its parts" in found("I open the shed first … most of the morning", TEXT.replace("12", "Well. " * 1000))[1]


@pytest.mark.parametrize(
    "quote",
    [
        "“because the list changes every night” (P1)",
        "because the list changes every night [laughs]",
        "1. because the list changes every night",
        "- because the list changes every night",
        "(2) “because the list changes every night” (P1, line 20)",
    ],
)
def test_what_people_add_to_a_quote_is_no_part_of_it(quote):
    assert found(quote)[0] == "because the list changes every night"
