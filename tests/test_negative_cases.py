"""Near and not it; given the code and against the theme."""

import numpy as np
import pandas as pd

from pipeline.deductive import negative_cases
from pipeline.deductive.coded import Tree
from pipeline.deductive.mapping import Mapped

TREE = Tree(("Top", "Leaf", "Other"), {"Top": "", "Leaf": "Top", "Other": ""}, frozenset(("Top", "Leaf", "Other")), ())
SEGMENTS = pd.DataFrame({"segment_id": ["s0", "s1", "s2", "s3"]})


def mapped(scores, accepted, told=(True,) * 4):
    scores, accepted = np.array(scores, dtype=float), np.array(accepted, dtype=bool)
    return Mapped(
        "few_shot", TREE.names, scores, np.full(scores.shape, 0.5), accepted, np.array(told), np.zeros(4, int)
    )


def test_the_nearest_that_are_not_it_nor_its_kin():
    scores = [[0.9, 0.9, 0.1], [0.4, 0.3, 0.8], [0.45, 0.2, 0.1], [0.2, 0.49, 0.2]]
    accepted = [[0, 1, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]]
    rows = negative_cases.near(mapped(scores, accepted), SEGMENTS, codes=TREE, most=2)
    by_code = rows.groupby("code")["segment_id"].agg(list)
    assert by_code["Top"] == ["s2", "s1"]  # s0 has a code below it
    assert by_code["Leaf"] == ["s3", "s1"]
    assert by_code["Other"] == ["s3", "s0"]
    assert rows["rank"].tolist() == [1, 2] * 3
    said = rows.set_index(["code", "segment_id"])["reason"]
    assert "was coded Other instead" in said["Top", "s1"]
    assert "given no code" in said["Top", "s2"]


def test_what_could_not_be_predicted_is_no_case_and_none_may_be_wanted():
    scores = np.full((4, 3), 0.4)
    none = np.zeros((4, 3))
    rows = negative_cases.near(mapped(scores, none, told=(False, True, True, True)), SEGMENTS, codes=TREE, most=9)
    assert "s0" not in set(rows["segment_id"])
    assert negative_cases.near(mapped(scores, none), SEGMENTS, codes=TREE, most=0).empty


def against(valences: list[str], themes: list[int] | None = None, most: int = 5) -> pd.DataFrame:
    ids = [f"s{n}" for n in range(len(valences))]
    given = pd.DataFrame({"segment_id": ids, "code": "Leaf", "score": 0.8})
    read = pd.DataFrame({"segment_id": ids, "valence": valences, "score": np.linspace(0.6, 0.9, len(ids))})
    held = pd.DataFrame({"segment_id": ids, "theme_id": themes or [0] * len(ids)})
    return negative_cases.contradicting(given, read, held, most=most)


def test_what_contradicts_the_majority_of_its_theme():
    rows = against(["barrier"] * 4 + ["facilitator", "neither"])
    assert rows["segment_id"].tolist() == ["s4"]
    assert rows["kind"].tolist() == ["contradicts"]
    assert rows["theme_id"].tolist() == [0]
    assert "4 passages of theme 0 with this code read as barriers" in rows["reason"].iloc[0]


def test_the_surest_comes_first_and_no_more_than_are_wanted():
    rows = against(["facilitator"] * 8 + ["barrier"] * 3, most=2)
    assert rows["segment_id"].tolist() == ["s10", "s9"]
    assert rows["rank"].tolist() == [1, 2]


def test_without_a_clear_majority_nothing_contradicts():
    assert against(["barrier"] * 3 + ["facilitator"] * 2).empty
    assert against(["barrier"] * 2 + ["facilitator"]).empty
    assert against(["barrier"] * 4 + ["facilitator"], themes=[-1] * 5).empty
    assert against(["barrier"] * 4 + ["facilitator"], themes=[0] * 4 + [1]).empty
