"""Themes against the pipeline's codes: fits, ambiguous, orphan; recovered, merged, fragmented, invisible."""

import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from pipeline.comparison.pairs import Options
from pipeline.deductive import theme_codes

# 160 segments of eight documents; neighbours share no theme, so that every segment counts.
SEGMENTS = pd.DataFrame({"segment_id": [f"s{n:03d}" for n in range(160)]})
SEGMENTS["document"] = [f"d{n % 8}" for n in range(160)]
SEGMENTS = SEGMENTS.sort_values("document", kind="stable", ignore_index=True)
OPTIONS = Options(draws=200)


def themes(*groups: range) -> pd.DataFrame:
    rows = [(f"s{n:03d}", theme) for theme, group in enumerate(groups) for n in group]
    return pd.DataFrame(rows, columns=["segment_id", "theme_id"])


def codes(**groups: range) -> pd.DataFrame:
    rows = [(f"s{n:03d}", code) for code, group in groups.items() for n in group]
    return pd.DataFrame(rows, columns=["segment_id", "code"], dtype="str")


def found(held, given, names):
    return theme_codes.overlaps(held, given, codes=names, segments=SEGMENTS, options=OPTIONS)


def crossed(held, given, names):
    return theme_codes.crossed(found(held, given, names), codes=names)


def recovery(held, given, names):
    table = theme_codes.recovery(found(held, given, names), codes=names, options=OPTIONS)
    return table.set_index("code")


def test_counts_and_shares_by_hand():
    # The theme has 40 segments; 30 of them have a code, 20 of these A.
    table = crossed(
        themes(range(40), range(40, 160)), codes(A=range(20, 80), B=range(10, 20), C=range(90, 120)), [*"ABCD"]
    )
    row = table.set_index(["theme_id", "code"]).loc[(0, "A")]
    assert (row["n_theme"], row["n_coded"], row["n_code"], row["n_overlap"]) == (40, 30, 60, 20)
    assert row["overlap"] == pytest.approx(20 / 70)
    assert row["precision"] == pytest.approx(20 / 30)
    assert row["recall"] == pytest.approx(1 / 3)
    never = table.set_index(["theme_id", "code"]).loc[(0, "D")]
    assert (never["n_coded"], never["n_code"], never["n_overlap"]) == (30, 0, 0)
    assert pd.isna(never["recall"])


def test_one_code_that_marks_a_theme_fits_it_and_a_theme_without_codes_is_an_orphan():
    table = crossed(themes(range(40), range(40, 80), range(80, 160)), codes(A=range(32), B=range(80, 120)), ["A", "B"])
    verdicts = table.set_index(["theme_id", "code"])["verdict"]
    assert (verdicts[0, "A"], verdicts[0, "B"]) == ("fits", "other")
    assert set(verdicts[1]) == {"orphan"}


@pytest.mark.parametrize(
    ("second", "verdicts"), [(12, ["fits", "other"]), (20, ["ambiguous", "ambiguous"]), (24, ["ambiguous"] * 2)]
)
def test_one_code_is_the_themes_own_if_it_is_twice_as_frequent_as_the_next(second, verdicts):
    given = codes(A=range(24), B=range(24, 24 + second), C=range(80, 140))
    table = crossed(themes(range(60), range(60, 160)), given, ["A", "B", "C"])
    assert table[table["theme_id"] == 0]["verdict"].tolist() == [*verdicts, "other"]


def test_a_theme_of_few_segments_is_no_orphan():
    table = crossed(themes(range(8), range(8, 160)), codes(A=range(20, 60), B=range(60, 100)), ["A", "B"])
    assert set(table[table["theme_id"] == 0]["verdict"]) == {"other"}


def test_a_code_given_twice_to_a_segment_counts_once():
    twice = pd.concat([codes(A=range(5)), codes(A=range(5))])
    row = crossed(themes(range(10)), twice, ["A"]).iloc[0]
    assert (row["n_code"], row["n_overlap"], row["recall"]) == (5, 5, 1)


def test_a_segment_in_no_theme_or_set_aside_takes_no_part():
    held = pd.concat([themes(range(10)), pd.DataFrame({"segment_id": ["s011", "zz"], "theme_id": [-1, 0]})])
    assert crossed(held, codes(A=range(5)), ["A"])["n_theme"].tolist() == [10]


def test_what_becomes_of_each_code_is_told_among_what_has_a_code():
    # Half of every theme has no code: that is not held against it.
    held = themes(*(range(start, start + 16) for start in range(0, 160, 16)))
    given = codes(
        A=range(8),
        B=[*range(16, 19), *range(20, 21)],
        M=range(16, 28),
        N=range(28, 32),
        O=range(12, 16),
        F=[*range(32, 44), *range(48, 60), *range(64, 76)],
        X=[*range(80, 90), *range(96, 106), *range(112, 122), *range(128, 138), *range(144, 154)],
    )
    given = pd.concat([given, codes(A=range(8, 12), B=range(28, 32), N=range(16, 24))]).drop_duplicates()
    table = recovery(held, given, ["A", "M", "F", "N", "B", "Z"])
    assert table["verdict"].to_dict() == {
        "A": "recovered",
        "M": "recovered",
        "F": "fragmented",
        "N": "recovered",
        "B": "cannot tell",
        "Z": "cannot tell",
    }
    assert table.loc["A", ["theme_id", "recall", "precision"]].tolist() == [0, 1, 1]
    assert table.loc["F", "themes"] == "2; 3; 4"
    assert table.loc["B", "note"] == "too few to tell: 8 coded segments (at least 10 needed)"
    assert table.loc["Z", ["theme_id", "note"]].tolist() == [-1, "no segment has it"]


def test_categories_stand_first_and_hold_what_their_codes_hold():
    held = themes(range(40), range(40, 80), range(80, 160))
    given = codes(A=range(20), B=range(20, 40), C=range(80, 140))
    above = {"A": "Top", "B": "Top", "C": "C"}
    _, table = theme_codes.against_themes(held, given, category_of=above, segments=SEGMENTS)
    assert table[["level", "code", "parent"]].to_numpy().tolist() == [
        ["category", "Top", ""],
        ["category", "C", ""],
        ["code", "A", "Top"],
        ["code", "B", "Top"],
        ["code", "C", ""],
    ]
    assert table["n_segments"].tolist() == [40, 60, 20, 20, 60]
    assert table["verdict"].iloc[0] == "recovered"
    _, flat = theme_codes.against_themes(
        held, given, category_of=dict(zip("ABC", "ABC", strict=True)), segments=SEGMENTS
    )
    assert set(flat["level"]) == {"code"}


def test_no_themes_no_rows_and_no_error():
    for table in theme_codes.against_themes(themes(), codes(A=range(5)), category_of={"A": "A"}, segments=SEGMENTS):
        assert table.empty


def test_quotes_come_from_both_sides():
    held = themes(range(40), range(40, 160))
    given = codes(A=[*range(36), 60], B=range(100, 150))
    scores = pd.DataFrame({"segment_id": [f"s{n:03d}" for n in range(160)], "code": "A"})
    scores["score"] = [1 - n / 200 for n in range(160)]
    scores["accepted"] = scores["segment_id"].isin(given[given["code"] == "A"]["segment_id"])
    quotes = theme_codes.quotes(crossed(held, given, ["A", "B"]).query("code == 'A'"), held, scores)
    sides = quotes.groupby("side")["segment_id"].agg(list)
    assert sides["both"] == ["s000", "s001", "s002"]
    assert sides["theme_only"] == ["s039", "s038", "s037"]
    assert sides["code_only"] == ["s060"]


@settings(max_examples=25, deadline=None)
@drawn(
    st.lists(st.tuples(st.integers(0, 159), st.integers(-1, 3)), max_size=40),
    st.lists(st.integers(0, 159), max_size=40),
)
def test_shares_are_shares(pairs, coded):
    held = pd.DataFrame(
        {"segment_id": [f"s{n:03d}" for n in dict(pairs)], "theme_id": list(dict(pairs).values())}
    ).astype({"theme_id": "int64", "segment_id": "str"})
    table = crossed(held, codes(A=sorted(set(coded))), ["A"])
    if len(table):
        assert table["overlap"].between(0, 1).all()
        assert (table["precision"].isna() | table["precision"].between(0, 1)).all()
        assert table["n_overlap"].sum() <= len(set(coded))
