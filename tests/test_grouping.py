"""Grouping: what takes part, in which order, and which segments are unlike anything else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from pipeline.core import params
from pipeline.core.terms import UNASSIGNED as NONE
from pipeline.inductive import grouping
from pipeline.inductive.grouping import Talk

OPTIONS = params.Themes(runs=8, context=0, question=0, min_segments=6)


def study(n: int = 60, *, kinds: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """n segments on `kinds` subjects in turn, in documents of six, and their vectors."""
    about = np.arange(n) % kinds
    vectors = (np.eye(12)[about] + np.random.default_rng(1).normal(scale=0.1, size=(n, 12))).astype(np.float32)
    rows = [(f"s{place:03}", f"d{place // 6:02}", f"t{place}", "", place % 6 * 10, True, "") for place in range(n)]
    columns = ["segment_id", "document", "turn_id", "prompt_id", "start", "substantive", "set_aside"]
    segments = pd.DataFrame(rows, columns=columns).assign(case="", speaker="Anna")
    return segments, pd.DataFrame({"segment_id": segments["segment_id"], "vector": list(vectors)})


def test_what_is_too_far_out_is_three_and_a_half_standard_deviations_from_the_middle():
    # 1.4826 times the median absolute deviation is the standard deviation of what is normally distributed.
    likeness = norm(0.6, 0.04).ppf((np.arange(10_000) + 0.5) / 10_000)
    assert grouping.unlike_below(likeness) == pytest.approx(0.6 - 3.5 * 0.04, abs=1e-4)


def likeness(low: int, n: int = 100) -> np.ndarray:
    """Of n segments the first few are unlike anything, the first of all most."""
    return np.concatenate([np.arange(1, low + 1) / 100, 0.8 + np.arange(n - low) / 1000])


def test_segments_unlike_anything_are_set_apart_five_in_a_hundred_at_most():
    themes = np.arange(100) % 2
    assert np.flatnonzero(grouping._outliers(likeness(3), themes)).tolist() == [0, 1, 2]
    assert np.flatnonzero(grouping._outliers(likeness(8), themes)).tolist() == [0, 1, 2, 3, 4]
    assert not grouping._outliers(likeness(3, 10), np.zeros(10, dtype=int)).any(), "5% of ten is none"


@pytest.mark.parametrize(("others", "apart"), [(3, [4]), (4, [0, 1, 2, 3, 4])])
def test_no_theme_loses_more_than_half_of_its_segments(others, apart):
    # The five that are unlike anything: four of one theme, beside so many others of it, and one of a large theme.
    themes = np.ones(100, dtype=int)
    themes[[0, 1, 2, 3, *range(50, 50 + others)]] = 0
    assert np.flatnonzero(grouping._outliers(likeness(5), themes)).tolist() == apart


def test_the_talk_is_in_its_order_and_what_has_no_vector_is_said():
    segments, embeddings = study(18)
    segments.loc[4, "substantive"] = False
    talk, problems = grouping.prepare(segments.iloc[::-1], embeddings.drop(index=[7]), options=OPTIONS)
    assert talk.segments["segment_id"].tolist() == [f"s{n:03}" for n in range(18) if n not in (4, 7)]
    assert (talk.plain == np.stack(embeddings["vector"])[[n for n in range(18) if n not in (4, 7)]]).all()
    assert [(kind, document, place) for kind, document, place, _ in problems] == [("refused", "d01", "s007")]
    nothing, _ = grouping.prepare(segments[:0], embeddings[:0], options=OPTIONS)
    assert nothing.plain.shape[0] == 0


def test_too_little_talk_is_one_theme_and_enough_is_divided():
    talk, _ = grouping.prepare(*study(60), options=OPTIONS)
    few = grouping.grouped(grouping.selection(talk, np.arange(60) < 5), options=OPTIONS)
    assert (few.themes.tolist(), few.sub_themes.tolist(), few.strength.tolist()) == ([0] * 5, [0] * 5, [[1.0]] * 5)
    assert few.clusterings is None and few.curve == {}
    just = grouping.grouped(grouping.selection(talk, np.arange(60) < 6), options=OPTIONS)
    assert just.clusterings is not None
    found = grouping.grouped(talk, options=OPTIONS)
    assert [len(set(found.themes[kind::3]) - {NONE}) for kind in range(3)] == [1, 1, 1]
    assert found.strength.shape == (60, 3)
    assert found.strength.sum(axis=1) == pytest.approx(np.ones(60), abs=1e-5)


def test_likeness_is_the_mean_cosine_of_the_five_nearest():
    talk, _ = grouping.prepare(*study(30), options=OPTIONS)
    unit = talk.vectors / np.linalg.norm(talk.vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    expected = np.sort(cosines, axis=1)[:, -5:].mean(axis=1)
    assert grouping.grouped(talk, options=OPTIONS).likeness == pytest.approx(expected, abs=1e-3)


def test_a_part_that_has_lost_all_its_segments_leaves_no_gap():
    assert grouping._without_gaps(np.array([2, NONE, 0, 3, 2])).tolist() == [1, NONE, 0, 2, 1]


def test_a_part_of_the_talk_keeps_rows_together():
    talk, _ = grouping.prepare(*study(12), options=OPTIONS)
    kept = np.arange(12) % 3 == 0
    part = grouping.selection(replace(talk, vectors=2 * talk.vectors), kept)
    assert isinstance(part, Talk)
    assert part.segments["segment_id"].tolist() == ["s000", "s003", "s006", "s009"]
    assert (part.plain == talk.plain[kept]).all() and (part.vectors == 2 * talk.vectors[kept]).all()
    assert part.segments.index.tolist() == [0, 1, 2, 3]


def test_what_is_left_of_the_talk_is_told_from_its_runs_or_clustered_anew():
    talk, _ = grouping.prepare(*study(60), options=OPTIONS)
    kept = talk.segments["document"].to_numpy() != "d03"
    found = grouping.grouped(talk, options=OPTIONS)
    again = grouping.recluster(talk, kept, options=OPTIONS)
    assert (grouping.regroup(talk, kept, groups=found, options=OPTIONS) == again).all(), (
        "eight runs are too few to tell"
    )
    assert (grouping.regroup(talk, kept, groups=replace(found, clusterings=None), options=OPTIONS) == again).all()
    many = OPTIONS.model_copy(update={"runs": 160})
    left = grouping.regroup(talk, kept, groups=grouping.grouped(talk, options=many), options=many)
    assert len(left) == kept.sum()
    about = np.arange(60)[kept] % 3
    assert [len(set(left[about == kind]) - {NONE}) for kind in range(3)] == [1, 1, 1]


def test_what_is_said_again_and_again_counts_once_when_it_is_asked_whether_there_is_enough():
    segments, embeddings = study(60)
    said_again = embeddings.assign(vector=[embeddings["vector"].iloc[n % 5] for n in range(60)])
    talk, _ = grouping.prepare(segments, said_again, options=OPTIONS)
    assert grouping.n_distinct(talk) == 5
    found = grouping.grouped(talk, options=OPTIONS)
    assert found.clusterings is None and set(found.themes) == {0}, "it takes six that differ"
