"""How many times the themes are made again, and what is made of it."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core import params as settings
from pipeline.inductive import grouping, reruns
from pipeline.inductive.grouping import Talk


def talk(n: int = 60, documents: int = 6) -> tuple[Talk, np.ndarray, pd.DataFrame]:
    """n segments of three subjects; each document is a case of its own, the last third of the talk is one site's."""
    about = np.arange(n) % 3
    owner = [f"d{place * documents // n}" for place in range(n)]
    vectors = np.eye(8)[about] + np.random.default_rng(1).normal(scale=0.05, size=(n, 8))
    segments = pd.DataFrame({"segment_id": [f"s{place:03d}" for place in range(n)], "document": owner, "case": owner})
    segments["text"] = "They never asked us."
    cases = pd.DataFrame({"case": sorted(set(owner))})
    return Talk(segments, vectors.astype(np.float32), vectors.astype(np.float32)), about.astype(np.int64), cases


def options(**changed) -> settings.Themes:
    return settings.Themes(runs=6, min_size=2, neighbours=8).model_copy(update=changed)


def steady(said, themes, cases, **changed) -> reruns.Steady:
    chosen = options(**changed)
    with reruns.begun(said, themes, cases, options=chosen, groups=grouping.grouped(said, options=chosen)) as ended:
        return ended()


@pytest.mark.parametrize(
    ("budget", "runs"),
    [(0, 0), (59, 0), (60, 1), (180, 3), (240, 3), (480, 3), (960, 4), (6000, 6)],
)
def test_a_quarter_of_the_budget_is_for_documents_left_out_but_three_runs_come_first(budget, runs):
    said, themes, cases = talk()
    again = steady(said, themes, cases, rerun_segments=budget)
    assert len(again.stability) == runs
    assert np.isnan(again.means).all() == (runs == 0)


def test_with_few_runs_what_is_left_of_the_budget_goes_to_cases():
    said, _, cases = talk()
    one_case_each = np.repeat(np.arange(3), 20)
    counts = [
        steady(said, one_case_each, cases, rerun_segments=budget).dependence["name"].nunique()
        for budget in (0, 60, 180, 240, 480, 6000)
    ]
    assert counts == [0, 0, 0, 1, 5, 6]


def test_with_many_runs_cases_need_no_further_one():
    said, _, cases = talk()
    one_case_each = np.repeat(np.arange(3), 20)
    again = steady(said, one_case_each, cases, runs=6).dependence
    known = steady(said, one_case_each, cases, runs=200, rerun_segments=0)
    assert known.stability.empty
    assert known.dependence["name"].nunique() == 6
    told = ["theme", "kind", "name", "share", "remains"]
    assert known.dependence[told].equals(again[told])


def test_a_theme_that_is_one_case_does_not_remain_without_it():
    said, _, cases = talk(documents=3)
    table = steady(said, np.repeat(np.arange(3), 20), cases).dependence
    assert sorted(table["theme"]) == [0, 1, 2]
    assert not table["remains"].any()
    assert (table["share"] == 1).all()


def test_nothing_is_made_again_where_there_was_nothing_to_divide():
    said, themes, cases = talk()
    again = steady(said, themes, cases, min_segments=100)
    assert again.stability.empty
    assert again.dependence.empty
