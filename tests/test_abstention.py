"""Accepted, uncertain or none; what to review first; how good a method is where people coded."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.deductive import abstention
from pipeline.deductive.coded import Tree, Truth
from pipeline.deductive.mapping import Mapped

TREE = Tree(("A", "B", "Hidden"), {"A": "Hidden", "B": "Hidden"}, frozenset(("A", "B")), ())


def mapped(scores, accepted, fold=None, method="few_shot"):
    scores, accepted = np.array(scores, dtype=float), np.array(accepted, dtype=bool)
    n = len(scores)
    folds = np.zeros(n, dtype=np.int64) if fold is None else np.array(fold)
    return Mapped(method, TREE.names, scores, np.full(scores.shape, 0.5), accepted, folds > -2, folds)


def status(found, doubt=0.6):
    ids = pd.DataFrame({"segment_id": [f"s{n}" for n in range(len(found.scores))]})
    rows = abstention.status(found, ids, codes=TREE, doubt=doubt)
    store.schema("segment_codes").validate(rows[list(store.empty("segment_codes").columns)])
    return rows.set_index("segment_id")


def test_three_answers():
    rows = status(mapped([[0.9, 0.1, 0.9], [0.4, 0.1, 0.9], [0.1, 0.2, 0.9]], [[1, 0, 0], [0, 0, 0], [0, 0, 0]]))
    assert rows["status"].tolist() == ["accepted", "uncertain", "none"]
    assert rows["best_code"].tolist() == ["A", "A", "B"]
    assert rows["n_codes"].tolist() == [1, 0, 0]
    assert rows["review_rank"].tolist() == [0, 1, 0]


def test_the_best_code_is_one_that_was_given():
    rows = status(mapped([[0.9, 0.6, 0]], [[0, 1, 0]]))
    assert rows.loc["s0", "best_code"] == "B"


def test_review_takes_the_codes_in_turn_nearest_first():
    scores = [[0.45, 0, 0], [0.44, 0, 0], [0.40, 0, 0], [0, 0.35, 0]]
    rows = status(mapped(scores, np.zeros((4, 3))))
    assert rows["review_rank"].to_dict() == {"s0": 1, "s3": 2, "s1": 3, "s2": 4}


@pytest.mark.parametrize(("doubt", "expected"), [(0.0, "uncertain"), (0.85, "none")])
def test_how_much_doubt_goes_to_review_can_be_chosen(doubt, expected):
    assert status(mapped([[0.4, 0.1, 0]], [[0, 0, 0]]), doubt).loc["s0", "status"] == expected


def test_the_source_is_said_and_what_could_not_be_predicted_is_left_out():
    rows = status(mapped(np.full((3, 3), 0.2), np.zeros((3, 3)), fold=[2, -1, -2]))
    assert rows["source"].to_dict() == {"s0": "out of fold", "s1": "all coded documents"}
    zero = status(mapped(np.full((1, 3), 0.2), np.zeros((1, 3)), fold=[-1], method="zero_shot"))
    assert zero.loc["s0", "source"] == "codebook"


def quality(given, said, seen=None):
    given, said = np.array(given, dtype=bool), np.array(said, dtype=bool)
    rolled = (said.astype(float) @ TREE.above.astype(float)) > 0
    known = np.ones(len(said), dtype=bool) if seen is None else np.array(seen)
    found = mapped(np.where(given, 0.9, 0.1), given)
    return abstention.quality(found, Truth(known, said, rolled), codes=TREE).set_index("code")


def test_figures_by_hand():
    rows = quality([[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 0]])
    assert rows.loc["A", ["n_coded", "n_given", "n_right"]].tolist() == [2, 2, 1]
    assert rows.loc["A", "precision"] == rows.loc["A", "recall"] == rows.loc["A", "f1"] == 0.5
    every = rows.loc[abstention.ALL_CODES]
    assert (every["n_coded"], every["n_given"], every["n_right"]) == (3, 4, 2)
    assert every["coverage"] == 0.75
    assert every["f1"] == pytest.approx(4 / 7)
    assert "Hidden" not in rows.index


def test_a_category_counts_where_a_code_of_it_was_given_and_all_codes_only_where_they_themselves_were():
    tree = Tree(("Top", "Leaf"), {"Top": "", "Leaf": "Top"}, frozenset(("Top", "Leaf")), ())
    given, said = np.array([[0, 1], [1, 0], [0, 0]], dtype=bool), np.array([[1, 0], [0, 1], [0, 1]], dtype=bool)
    rolled = (said.astype(float) @ tree.above.astype(float)) > 0
    found = Mapped(
        "few_shot",
        tree.names,
        np.where(given, 0.9, 0.1),
        np.full((3, 2), 0.5),
        given,
        np.ones(3, bool),
        np.zeros(3, int),
    )
    rows = abstention.quality(found, Truth(np.ones(3, bool), said, rolled), codes=tree).set_index("code")
    assert rows.loc["Top", ["n_coded", "n_given", "n_right"]].tolist() == [3, 2, 2]
    assert (rows.loc["Top", "precision"], rows.loc["Top", "recall"]) == (1.0, pytest.approx(2 / 3))
    assert rows.loc["Leaf", ["n_coded", "n_given", "n_right"]].tolist() == [2, 1, 0]
    assert rows.loc[abstention.ALL_CODES, ["n_coded", "n_given", "n_right"]].tolist() == [3, 2, 0]
    assert rows.loc["Leaf", "threshold"] == 0.5
    assert rows.loc["Leaf", "ece"] == pytest.approx(0.9)  # given with 0.9 it never was, and with 0.1 always


def test_only_what_people_read_counts_and_what_is_undefined_is_missing():
    rows = quality([[1, 0, 0], [1, 0, 0]], [[1, 0, 0], [0, 0, 0]], seen=[True, False])
    assert rows.loc["A", "precision"] == 1.0
    assert np.isnan(rows.loc["B", "precision"])
    assert np.isnan(rows.loc["B", "f1"])


def test_the_curve_is_of_codes_that_can_be_given_on_what_people_read():
    said = np.array([[1, 0, 0], [0, 1, 0]], dtype=bool)
    found = mapped([[0.95, 0.05, 0.5], [0.95, 0.05, 0.5]], np.zeros((2, 3)))
    curve = abstention.curve(found, Truth(np.array([True, False]), said, said), codes=TREE)
    assert curve["n"].tolist() == [1, 1]
    assert curve["share"].tolist() == [0.0, 1.0]
    assert set(curve["method"]) == {"few_shot"}


def test_scores_from_the_codebook_are_not_judged_as_probabilities_and_learned_ones_are_beside_frequencies():
    scores, accepted = np.array([[0.9], [0.2]] * 2), np.array([[True], [False]] * 2)
    truth = Truth(np.ones(4, dtype=bool), *[np.array([[True], [False], [False], [False]])] * 2)
    one = Tree(("Leaf",), {"Leaf": ""}, frozenset({"Leaf"}), ())
    made_of = {
        method: Mapped(
            method, one.names, scores, np.full((4, 1), 0.5), accepted, np.ones(4, dtype=bool), np.zeros(4, dtype=int)
        )
        for method in ("zero_shot", "few_shot")
    }
    figures = {method: abstention.quality(found, truth, codes=one).iloc[-1] for method, found in made_of.items()}
    assert figures["zero_shot"][["ece", "brier", "base_brier"]].isna().all()
    assert figures["few_shot"]["brier"] == pytest.approx((0.1**2 + 0.2**2 + 0.9**2 + 0.2**2) / 4)
    assert figures["few_shot"]["base_brier"] == pytest.approx(0.25 * 0.75)
