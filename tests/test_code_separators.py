"""By what mark codes and their levels are separated: a property of the column, not of a cell."""

import pytest

from pipeline.corpus.readers import code_separators
from pipeline.corpus.readers.code_separators import levels, several


def parted(heading, *cells, counts=None):
    codes, remarks = several(heading, cells, counts or [None] * len(cells))
    return codes, [one.kind for one in remarks]


@pytest.mark.parametrize("mark", ["\n", ";", "; ", "|", " | ", "\t"])
def test_a_column_of_several_codes_is_split_at_one_mark(mark):
    assert parted("Codes", f"Time, lack of{mark}Pay", "Time, lack of") == (
        [["Time, lack of", "Pay"], ["Time, lack of"]],
        [],
    )


def test_a_comma_that_is_not_confirmed_is_part_of_a_code_and_asked_about():
    assert parted("Codes", "Time, lack of", "Time, lack of") == ([["Time, lack of"]] * 2, ["guessed"])
    assert parted("Tags", "Zeit, Mangel an", "Geld, Mangel an", "Zeit")[0][0] == ["Zeit, Mangel an"]


@pytest.mark.parametrize(
    "cells",
    [
        ("List, Waiting", "List", "Waiting"),
        ("List, Waiting", "Waiting, Night", "Night, List"),
        ("a,b", "b", "a", "a,b,a"),
    ],
)
def test_a_comma_separates_codes_that_occur_on_their_own(cells):
    codes, remarks = parted("Codes", *cells)
    assert len(codes[0]) == 2
    assert remarks == []


def test_in_a_column_of_one_code_a_comma_separates_only_with_evidence_and_it_is_said():
    assert parted("Code", "Time, lack of", "Pay") == ([["Time, lack of"], ["Pay"]], [])
    assert parted("Code", "Time, Pay", "Pay", "Time") == ([["Time", "Pay"], ["Pay"], ["Time"]], ["note"])
    assert parted("Code", "Time; Pay", "Rota") == ([["Time; Pay"], ["Rota"]], ["guessed"])
    assert parted("Code", "Time; Pay", "Pay; Time") == ([["Time", "Pay"], ["Pay", "Time"]], ["note"])


def test_dedoose_puts_commas_between_codes():
    assert parted("Codes Applied Combined", "List, Waiting") == ([["List", "Waiting"]], ["note"])
    assert parted("Codes Applied Combined", "Time, lack of") == ([["Time, lack of"]], ["guessed"])


def test_stated_numbers_of_codes_decide():
    one = parted("Codes", "Time, Pay", "Pay", "Time", counts=[1, 1, 1])
    assert one == ([["Time, Pay"], ["Pay"], ["Time"]], [])
    two = parted("Codes", "Time, lack of, Pay", "Pay", counts=[2, 1])
    assert two == ([["Time, lack of", "Pay"], ["Pay"]], [])
    three = parted("Codes", "A, B, C", "Pay", counts=[2, 1])
    assert three[1] == ["guessed"]
    assert parted("Codes", "Time, lack of\nPay", "Time, lack of", counts=[2, 1])[0][0] == ["Time, lack of", "Pay"]


def test_a_semicolon_in_one_code_of_a_column_with_commas_separates_nothing():
    codes, _ = parted("Codes", "A, B", "B, A", "A", "Delay; long", "B")
    assert codes == [["A", "B"], ["B", "A"], ["A"], ["Delay; long"], ["B"]]


def test_numbers_with_commas_are_one():
    assert parted("Codes", "More than 1,000", "Pay") == ([["More than 1,000"], ["Pay"]], [])


def paths(*names):
    found, remarks = levels(names)
    return [found[name] for name in names], [one.kind for one in remarks]


@pytest.mark.parametrize("mark", ["\\", "\\\\", " > ", ">", "::", " :: ", " → "])
def test_levels(mark):
    assert paths(f"Access{mark}List", "Pay") == ([["Access", "List"], ["Pay"]], [])


@pytest.mark.parametrize(
    "name", ["Work / life balance", "and/or", "Delay >2 weeks", "Delay > 2 weeks", "> 5", "A >", "km/h"]
)
def test_what_is_no_level(name):
    assert paths(name, "Pay") == ([[name], ["Pay"]], [])


def test_one_mark_for_the_whole_column():
    assert paths("A > B", "A > C", "x\\y")[0] == [["A", "B"], ["A", "C"], ["x\\y"]]


def test_a_slash_is_a_level_only_below_a_code_and_said():
    assert paths("Time", "Time / Waiting", "Time / Delay") == (
        [["Time"], ["Time", "Waiting"], ["Time", "Delay"]],
        ["note"],
    )
    assert paths("Work / life balance", "Work / home") == ([["Work / life balance"], ["Work / home"]], ["guessed"])
    assert paths("Work", "Work / life balance") == ([["Work"], ["Work / life balance"]], ["guessed"])


def test_one_name_below_two_parents_is_said():
    assert code_separators.same_names([("Time", "Other"), ("Time", "Other"), ("", "Pay")]) == []
    (one,) = code_separators.same_names([("Time", "Other"), ("Access", "Other")])
    assert "'Access' and 'Time'" in one.text
