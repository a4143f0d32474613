"""The rows of the themes stage's tables, and the ids its themes go by."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.decisions import decided_themes
from pipeline.inductive import theme_tables
from pipeline.inductive.grouping import Groups, Talk


def talk(n: int = 20) -> Talk:
    rows = np.random.default_rng(3).normal(size=(n, 8)).astype(np.float32)
    names = [f"s{place:02d}" for place in range(n)]
    return Talk(pd.DataFrame({"segment_id": names, "document": "a.txt", "case": "Ana", "language": "en"}), rows, rows)


def groups(themes: list[int], likeness: list[float], curve: dict[int, float]) -> Groups:
    found = np.array(themes)
    strength = np.full((len(found), max(themes) + 1), 0.25)
    return Groups(found, found, strength, np.array(likeness), curve)


def test_groups_with_one_heart_have_ids_of_their_own_and_keep_them():
    everything = np.arange(20)
    ids = theme_tables.identifiers(talk(), [everything, everything, np.array([3]), np.array([3])])
    assert len(set(ids)) == 4
    assert all(100_000 <= one < 1_000_000 for one in ids[:3])
    assert theme_tables.identifiers(talk(), [everything]) == ids[:1]
    assert theme_tables.identifiers(talk(), [everything], used=ids[:1]) == [ids[1]]


def test_a_segment_in_no_theme_has_no_theme_and_no_strength():
    found = groups([0, -1, 0], [0.5, 0.1, 0.4], {})
    segments = talk(3).segments.assign(document="a.txt")
    clusters = decided_themes.Clusters(found.themes, found.sub_themes, found.strength, [7])
    left = decided_themes.decided(segments, clusters, [], shift_share=0.2, min_size=2)
    rows = theme_tables.assignments(talk(3), found, [7], [-1], left)
    assert rows["outside"].tolist() == ["", "unlike", ""]
    assert rows["cluster_id"].tolist() == [7, -1, 7]
    assert rows["theme_id"].tolist() == [7, -1, 7]
    assert rows["strength"].tolist() == [0.25, 0, 0.25]
    assert (rows["subtheme_id"] == -1).all()


def test_what_is_least_like_anything_is_read_first():
    rows = theme_tables.unassigned(talk(4), groups([-1, 0, -1, -1], [0.3, 0.9, 0.1, 0.2], {}))
    assert rows["segment_id"].tolist() == ["s02", "s03", "s00"]
    assert rows["rank"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(("curve", "expected"), [({2: 0.5, 3: 0.25}, [(2, True), (3, False)]), ({}, [(2, True)])])
def test_the_curve_says_which_number_was_chosen(curve, expected):
    rows = theme_tables.choice(groups([0, 1], [1, 1], curve))
    assert list(rows[["n_themes", "chosen"]].itertuples(index=False, name=None)) == expected


@pytest.mark.parametrize(
    ("n", "curve", "said"),
    [
        (0, {}, "There are no substantive segments"),
        (3, {}, "3 segments: too few to cluster"),
        (30, {2: 0.5}, "the themes are tentative at best"),
        (60, {2: 0.5}, "There is only one document"),
    ],
)
def test_what_is_too_little_to_tell_is_said(n, curve, said):
    found = Groups(np.zeros(n, dtype=int), np.zeros(n, dtype=int), np.ones((n, 1)), np.ones(n), curve)
    rows = theme_tables.notes(talk(n), found, store.empty("theme_stability"), n_sampled=n)
    assert said in rows[0][3] or said in rows[-1][3]


def test_an_empty_table_has_its_columns_and_types():
    made = theme_tables.fitted("theme_quotes", pd.DataFrame())
    assert made.dtypes.equals(store.empty("theme_quotes").dtypes)
