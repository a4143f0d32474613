"""Saturation after Guest, Namey & Chen (2020)."""

from itertools import permutations
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.comparison import saturation as sat
from pipeline.comparison.saturation import Order, Rule
from pipeline.core.terms import EVERYTHING as ALL
from tests.coded_study import tables

RULE = Rule(base=4, run=2, threshold=0.05, orders=50, seed=1)


def presence(*codes_of_documents):
    names = sorted({code for codes in codes_of_documents for code in codes})
    return np.array([[name in codes for name in names] for codes in codes_of_documents], dtype=bool)


def test_new_codes_are_counted_where_they_are_first_met():
    assert sat.new_codes(presence("ab", "bc", "abc", "d", "")).tolist() == [2, 1, 0, 1, 0]
    assert sat.new_codes(np.zeros((3, 0), dtype=bool)).tolist() == [0, 0, 0]


def test_runs_after_the_base_move_on_by_one_document():
    # A base of 4 documents with 37 codes; 5 and 6 bring 4 new ones (11%), 6 and 7 bring 3 (8%), 7 and 8 bring 1 (3%).
    new = np.array([20, 9, 5, 3, 1, 3, 0, 1])
    found = sat.ratios(new, RULE)
    assert np.isnan(found[:5]).all()
    assert found[5:] == pytest.approx([4 / 37, 3 / 37, 1 / 37])
    assert sat.reached_at(new, RULE) == 8


def test_a_threshold_of_0_needs_a_run_without_anything_new():
    rule = Rule(base=2, run=2, threshold=0.0)
    assert sat.reached_at(np.array([5, 3, 0, 1, 0, 0]), rule) == 6
    assert sat.reached_at(np.array([5, 3, 1, 0, 1, 0]), rule) == -1
    assert sat.reached_at(np.array([5, 3, 0, 0, 1, 0, 0]), rule) == 7, "what comes after a run counts too"


def test_a_base_without_codes_has_no_ratio():
    assert np.isnan(sat.ratios(np.array([0, 0, 0, 0, 1, 1]), RULE)).all()


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ([], "Nurse, site B: no documents, too few to assess: at least 6 are needed (a base of 4 and a run of 2)."),
        (
            [5, 2],
            "Nurse, site B: two documents, too few to assess: at least 6 are needed (a base of 4 and a run of 2).",
        ),
        (
            [10, 5, 3, 2, 2, 1],
            "Nurse, site B: 6 documents, saturation not reached: the last 2 added 3 new codes (15% of the 20 in the "
            "base; threshold 5%).",
        ),
        (
            [10, 5, 3, 2, 0, 1],
            "Nurse, site B: 6 documents, saturation reached after 6: documents 5 and 6 added 1 new code (5% of the 20 in the base).",
        ),
        (
            [10, 5, 3, 2, 0, 0, 1, 0],
            "Nurse, site B: 8 documents, saturation reached after 6: documents 5 and 6 added no new codes (0% of the 20 in the "
            "base), and the 2 after them 1.",
        ),
        (
            [10, 5, 3, 2, 0, 0, 4],
            "Nurse, site B: 7 documents, saturation not reached: the last 2 added 4 new codes (20% of the 20 in the base; "
            "threshold 5%).",
        ),
        (
            [10, 5, 3, 2, 0, 0, 4, 0, 0],
            "Nurse, site B: 9 documents, saturation reached after 9: documents 8 and 9 added no new codes (0% of the 20 in "
            "the base).",
        ),
        (
            [0, 0, 0, 0, 1, 1],
            "Nurse, site B: the first 4 of 6 documents have no codes, so saturation cannot be assessed.",
        ),
    ],
)
def test_the_verdict_is_a_plain_sentence(new, said):
    assert sat.sentence("nurse, site B", np.array(new, dtype=np.int64), RULE) == said


def test_the_whole_study_is_called_all_documents_and_themes_are_themes():
    said = sat.sentence(ALL, np.array([3, 1, 1, 0, 2, 2]), RULE, things="themes")
    assert said.startswith("All documents: 6 documents, saturation not reached: the last 2 added 4 new themes")


def test_curves_hold_the_given_order_and_random_ones():
    seen = presence("ab", "bc", "cd", "a", "e", "a", "b")
    order = Order(tuple(f"d{i}" for i in range(7)), "interviewing")
    rows, verdict = sat.saturation("ann", ALL, seen, order, RULE)
    given_order = pd.DataFrame([row for row in rows if row["order"] == "interviewing"])
    random = pd.DataFrame([row for row in rows if row["order"] == "random"])
    assert given_order["n_known"].tolist() == [2, 3, 4, 4, 5, 5, 5]
    assert given_order["document"].tolist() == list(order.documents)
    assert random["n_known"].iloc[-1] == 5
    assert (random["known_low"] <= random["n_known"]).all()
    assert (random["n_known"] <= random["known_high"]).all()
    assert random["n_known"].is_monotonic_increasing
    assert verdict["n_known"] == 5
    assert verdict["reached_at"] == 7
    assert 0 <= verdict["random"] <= 1


def test_random_orders_know_what_documents_drawn_one_by_one_would():
    # Hurlbert (1971), Ecology 52: a code of m of n documents is among k of them with 1 - C(n - m, k) / C(n, k).
    seen = presence("ab", "a", "bc", "ad", "a", "b", "e")
    order = Order(tuple("1234567"), "file names")
    rows, _ = sat.saturation("ann", ALL, seen, order, Rule(base=3, run=2, orders=2000, seed=4))
    random = pd.DataFrame([row for row in rows if row["order"] == "random"])
    expected = [sum(1 - comb(7 - m, k) / comb(7, k) for m in seen.sum(0)) for k in range(1, 8)]
    assert random["n_known"].to_numpy() == pytest.approx(np.array(expected), abs=0.08)
    assert random["n_new"].to_numpy() == pytest.approx(np.diff(expected, prepend=0), abs=0.08)
    assert (random["known_low"] < random["known_high"]).tolist() == [True] * 6 + [False]


def test_the_share_of_random_orders_that_reach_saturation_is_that_of_all_orders():
    seen, rule = presence("abc", "ad", "ab", "e", "bc"), Rule(base=2, run=2, threshold=0.25, orders=2000, seed=2)
    rows, verdict = sat.saturation("ann", ALL, seen, Order(tuple("12345"), "file names"), rule)
    ratios = np.array([sat.ratios(sat.new_codes(seen[list(order)]), rule) for order in permutations(range(5))])
    assert verdict["random"] == pytest.approx(np.mean([(each <= 0.25).any() for each in ratios]), abs=0.04)
    random = [row for row in rows if row["order"] == "random"]
    assert "ratio" not in random[2]  # the base and one document: no run is complete
    for place in (3, 4):
        assert random[place]["ratio"] == pytest.approx(ratios[:, place].mean(), abs=0.03)
        low, high = np.percentile(ratios[:, place], [2.5, 97.5])
        assert (random[place]["ratio_low"], random[place]["ratio_high"]) == pytest.approx((low, high), abs=0.01)


def test_a_cell_that_is_too_small_has_a_sentence_and_no_figures():
    _, verdict = sat.saturation("ann", "nurse", presence("a", "b"), Order(("d0", "d1"), "file names"), RULE)
    assert (verdict["ratio"], verdict["random"], verdict["reached_at"]) == (None, None, -1)


@given(st.lists(st.sets(st.sampled_from("abcdefgh")), min_size=1, max_size=9))
def test_every_code_is_new_once_in_any_order(documents):
    seen = presence(*documents)
    order = Order(tuple(str(i) for i in range(len(documents))), "file names")
    rows, verdict = sat.saturation("ann", ALL, seen, order, Rule(orders=20))
    total = len(set().union(*documents))
    assert verdict["n_known"] == total
    assert [row["n_known"] for row in rows if row["position"] == len(documents)] == pytest.approx([total, total])
    assert sum(row["n_new"] for row in rows if row["order"] == "random") == pytest.approx(total)


def test_met_marks_the_documents_with_the_code_in_the_order_given():
    found = pd.DataFrame({"document": ["b", "a", "b", "other"], "code": ["x", "y", "y", "z"]})
    assert sat.presence(found, Order(("b", "a"), "file names")).tolist() == [[True, True], [False, True]]


def ordered(cases, **options):
    made = tables(documents=len(cases), **options)
    return sat.interview_order(made["documents"], made["turns"], cases)


def test_interviews_follow_the_order_column_then_the_date():
    numbers = pd.DataFrame({"case": ["c0", "c1", "c2"], "order": ["10", "9", "1"], "date": ["2020-01-01"] * 3})
    assert ordered(numbers) == Order(("d2", "d1", "d0"), "interviewing")
    dates = pd.DataFrame({"case": ["c0", "c1", "c2"], "date": ["2024-03-01", "2023-12-24", "2024-01-05"]})
    assert ordered(dates) == Order(("d1", "d2", "d0"), "interviewing")


def test_a_focus_group_was_held_when_the_first_of_its_participants_came():
    made = tables(documents=2)
    turns = pd.DataFrame({"document": ["d0", "d0", "d0", "d1"], "case": ["late", "", "early", "middle"]})
    cases = pd.DataFrame({"case": ["late", "early", "middle"], "order": ["5", "1", "3"]})
    assert sat.interview_order(made["documents"], turns, cases).documents == ("d0", "d1")


def test_an_interview_without_a_date_comes_last_and_is_named():
    cases = pd.DataFrame({"case": ["c0", "c1", "c2"], "date": ["", "2023-12-24", "someday"]})
    assert ordered(cases) == Order(("d1", "d0", "d2"), "interviewing", ("d0", "d2"))


def test_without_dates_names_are_read_with_their_numbers():
    made = tables(documents=12)
    order = sat.interview_order(made["documents"], made["turns"], made["cases"])
    assert order == Order(tuple(f"d{i}" for i in range(12)), "file names")
    empty = ordered(pd.DataFrame({"case": ["c0", "c1"], "order": ["", ""]}))
    assert empty.kind == "file names"


def test_field_notes_and_documents_are_no_interviews_unless_there_is_nothing_else():
    cases = pd.DataFrame({"case": ["c0", "c1"]})
    assert ordered(cases, source_types=["field_note", "focus_group"]).documents == ("d1",)
    assert ordered(cases, source_types=["field_note", "document"]).documents == ("d0", "d1")


def test_one_document_after_the_run_is_called_one():
    said = sat.sentence(ALL, np.array([5, 0, 0, 0, 0, 0, 0]), Rule(base=4, run=2))
    assert said.endswith("and the one after them none.")
    assert sat.sentence(ALL, np.array([5, 0, 0, 0, 0, 0, 0, 0]), Rule(base=4, run=2)).endswith(
        "and the 2 after them none."
    )


def test_cells_are_the_combinations_that_occur():
    cases = pd.DataFrame(
        {"case": ["a", "b", "c", "d"], "role": ["nurse", "nurse", "doctor", ""], "site": ["B", "B", "A", "A"]}
    )
    assert sat.cells(cases, ("role", "site")) == {"doctor, A": {"c"}, "nurse, B": {"a", "b"}}
    assert sat.cells(cases, ("role", "ward")) == {"doctor": {"c"}, "nurse": {"a", "b"}}
    assert sat.cells(cases, ("ward",)) == {}


@pytest.mark.parametrize("frame", [("role", "site"), ("role",), ("site", "role", "unit")])
@pytest.mark.parametrize("filled", [{}, {"role": "nurse"}, {"site": "A"}])
def test_columns_that_nobody_filled_in_make_no_cells(frame, filled):
    cases = pd.DataFrame({"case": ["a", "b"], "role": "", "site": ""}).assign(**filled)
    whole = all(name in filled for name in frame if name in cases)
    assert sat.cells(cases, frame) == ({"nurse": {"a", "b"}} if whole else {})


@given(st.lists(st.integers(0, 4), max_size=12), st.integers(1, 5), st.integers(1, 6))
def test_the_share_of_new_codes_in_each_run_is_counted_run_by_run(new, base, run):
    rule = Rule(base=base, run=run)
    found = sat.ratios(np.array(new, dtype=np.int64), rule)
    for last in range(len(new)):
        complete = last >= base + run - 1 and sum(new[:base])
        expected = sum(new[last - run + 1 : last + 1]) / sum(new[:base]) if complete else np.nan
        assert np.isnan(found[last]) if np.isnan(expected) else found[last] == expected
