"""Themes against the pipeline's codes: fits, ambiguous, orphan; recovered, merged, fragmented, invisible."""

import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from pipeline.deductive import theme_codes

SEGMENTS = pd.DataFrame({"segment_id": [f"s{n:02d}" for n in range(40)]})


def themes(*groups: range) -> pd.DataFrame:
    rows = [(f"s{n:02d}", theme) for theme, group in enumerate(groups) for n in group]
    return pd.DataFrame(rows, columns=["segment_id", "theme_id"])


def codes(**groups: range) -> pd.DataFrame:
    rows = [(f"s{n:02d}", code) for code, group in groups.items() for n in group]
    return pd.DataFrame(rows, columns=["segment_id", "code"], dtype="str")


def crossed(held: pd.DataFrame, given: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    return theme_codes.crossed(held, given, codes=names, segments=SEGMENTS)


def test_counts_and_shares_by_hand():
    table = crossed(themes(range(10)), codes(A=range(5, 20)), ["A", "B"]).set_index("code")
    row = table.loc["A"]
    assert (row["n_theme"], row["n_code"], row["n_overlap"]) == (10, 15, 5)
    assert row["overlap"] == pytest.approx(5 / 20)
    assert row["precision"] == pytest.approx(0.5)
    assert row["recall"] == pytest.approx(1 / 3)
    assert table.loc["B", "n_overlap"] == 0
    assert pd.isna(table.loc["B", "recall"])


def test_one_code_that_marks_a_theme_fits_it():
    table = crossed(themes(range(10), range(10, 20)), codes(A=range(8), B=range(20, 30)), ["A", "B"])
    verdicts = table.set_index(["theme_id", "code"])["verdict"]
    assert verdicts[0, "A"] == "fits"
    assert verdicts[0, "B"] == "other"
    assert set(verdicts[1]) == {"orphan"}


def test_two_codes_that_mark_a_theme_alike_are_ambiguous_and_one_far_behind_is_not():
    table = crossed(themes(range(10)), codes(A=range(8), B=range(2, 9), C=range(3)), ["A", "B", "C"])
    assert table.set_index("code")["verdict"].to_dict() == {"A": "ambiguous", "B": "ambiguous", "C": "other"}


@pytest.mark.parametrize(
    ("first", "second", "verdicts"),
    [(8, 4, ["fits", "other"]), (7, 4, ["ambiguous", "ambiguous"]), (4, 4, ["ambiguous", "ambiguous"])],
)
def test_one_code_is_the_themes_own_if_it_is_twice_as_frequent_as_the_next(first, second, verdicts):
    table = crossed(themes(range(10)), codes(A=range(first), B=range(second)), ["A", "B"])
    assert table.set_index("code")["verdict"].tolist() == verdicts


def test_a_code_half_as_frequent_as_the_first_of_several_says_little():
    table = crossed(themes(range(10)), codes(A=range(8), B=range(6), C=range(4)), ["A", "B", "C"])
    assert table.set_index("code")["verdict"].to_dict() == {"A": "ambiguous", "B": "ambiguous", "C": "other"}


def test_a_code_given_twice_to_a_segment_counts_once():
    twice = pd.concat([codes(A=range(5)), codes(A=range(5))])
    row = crossed(themes(range(10)), twice, ["A"]).iloc[0]
    assert (row["n_code"], row["n_overlap"], row["recall"]) == (5, 5, 1)


@pytest.mark.parametrize(
    ("held", "rest", "verdict"),
    [(5, 5, "recovered"), (4, 5, "fragmented"), (5, 6, "fragmented"), (4, 4, "merged")],
)
def test_a_theme_recovers_a_code_if_it_holds_half_of_it_and_is_half_made_of_it(held, rest, verdict):
    given = codes(A=[*range(held), *range(20, 20 + rest)])  # the theme has ten segments
    names = ["A"]
    found = theme_codes.recovery(crossed(themes(range(10)), given, names), codes=names, n_all=40).iloc[0]
    assert (found["verdict"], found["n_segments"], found["theme_id"]) == (verdict, held + rest, 0)
    assert (found["precision"], found["recall"]) == pytest.approx((held / 10, held / (held + rest)))


def test_the_best_theme_of_a_code_holds_most_of_it_and_of_equals_is_the_first():
    found = theme_codes.recovery(
        crossed(themes(range(10), range(10, 20), range(20, 30)), codes(A=[*range(8, 14), *range(20, 24)]), ["A"]),
        codes=["A"],
        n_all=40,
    ).iloc[0]
    assert (found["theme_id"], found["themes"]) == (1, "T1, T2")


def test_a_code_that_is_everywhere_marks_no_theme():
    table = crossed(themes(range(10)), codes(A=range(40)), ["A"])
    assert table["verdict"].tolist() == ["orphan"]


def test_a_code_marks_a_theme_by_how_often_it_is_outside_it():
    # 4 of 10 in the theme; of the 30 segments outside, 6 have it (a fifth), or 7.
    assert theme_codes.marks(4, 10, 10, 40)
    assert not theme_codes.marks(4, 10, 11, 40)
    assert theme_codes.marks(3, 40, 3, 40)  # nothing is outside


def test_two_segments_are_too_few_to_mark():
    assert not theme_codes.marks(2, 2, 2, 40)
    assert theme_codes.marks(3, 3, 3, 40)


def test_a_segment_in_no_theme_or_set_aside_takes_no_part():
    held = pd.concat([themes(range(10)), pd.DataFrame({"segment_id": ["s11", "zz"], "theme_id": [-1, 0]})])
    assert crossed(held, codes(A=range(5)), ["A"])["n_theme"].tolist() == [10]


def test_what_became_of_each_code():
    held = themes(range(10), range(10, 30))
    given = codes(A=range(9), M=range(10, 14), F=[*range(10), *range(10, 20), *range(30, 34)], I=range(30, 36), N=[0])
    names = ["A", "M", "F", "I", "N"]
    found = theme_codes.recovery(crossed(held, given, names), codes=names, n_all=40).set_index("code")
    assert found["verdict"].to_dict() == {
        "A": "recovered",
        "M": "merged",
        "F": "fragmented",
        "I": "invisible",
        "N": "too few",
    }
    assert found.loc["A", "theme_id"] == 0
    assert found.loc["A", "precision"] == pytest.approx(0.9)
    assert found.loc["N", "theme_id"] == -1
    assert "T0" in found.loc["F", "themes"]


def test_no_themes_no_rows_and_no_error():
    assert crossed(themes(), codes(A=range(5)), ["A"]).empty


def test_quotes_come_from_both_sides():
    held = themes(range(10))
    given = codes(A=[*range(8), 20])
    scores = pd.DataFrame(
        {
            "segment_id": SEGMENTS["segment_id"],
            "code": "A",
            "score": [1 - n / 100 for n in range(40)],
            "accepted": SEGMENTS["segment_id"].isin(given["segment_id"]),
        }
    )
    quotes = theme_codes.quotes(crossed(held, given, ["A"]), held, scores)
    sides = quotes.groupby("side")["segment_id"].agg(list)
    assert sides["both"] == ["s00", "s01", "s02"]
    assert sides["theme_only"] == ["s09", "s08"]
    assert sides["code_only"] == ["s20"]


@drawn(
    st.lists(st.tuples(st.integers(0, 39), st.integers(-1, 3)), max_size=40), st.lists(st.integers(0, 39), max_size=40)
)
def test_shares_are_shares(pairs, coded):
    held = pd.DataFrame(
        {"segment_id": [f"s{n:02d}" for n in dict(pairs)], "theme_id": list(dict(pairs).values())}
    ).astype({"theme_id": "int64", "segment_id": "str"})
    table = crossed(held, codes(A=sorted(set(coded))), ["A"])
    if len(table):
        assert table[["overlap", "precision"]].apply(lambda column: column.between(0, 1)).all().all()
        assert table["n_overlap"].sum() <= len(set(coded))
