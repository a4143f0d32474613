"""What more coded documents would add is told with its interval, or not at all."""

import numpy as np
import pandas as pd
import pytest

from pipeline import map_codes
from pipeline.core import store
from pipeline.core.params import MapCodes
from pipeline.deductive import learning_curve
from tests import mapped_study as made


def measured(documents: int, *, limit: float = 0.6, slope: float = 0.3, noise: float = 0.01, seed: int = 0):
    """Figures of four orders that approach a limit as they should."""
    random = np.random.default_rng(seed)
    sizes = [n for n in learning_curve.SIZES if n <= documents - learning_curve.n_held_out(documents)]
    rows = [(order, n, limit - slope * n**-0.5 + random.normal(0, noise)) for order in range(4) for n in sizes]
    return pd.DataFrame(rows, columns=["order", "n", "kappa"])


def table(documents: int, **more):
    found = learning_curve.table(measured(documents, **more), current=0.45, documents=documents)
    return store.schema("learning_curve").validate(found[list(store.empty("learning_curve").columns)])


def agreement(*pairs) -> pd.DataFrame:
    rows = [
        {"unit": unit, "code": code, "coder_a": a, "coder_b": b, "kappa": kappa} for unit, code, a, b, kappa in pairs
    ]
    return pd.DataFrame(rows, columns=["unit", "code", "coder_a", "coder_b", "kappa"])


def test_the_gain_is_found_again_within_its_interval():
    rows = table(8, noise=0.005).query("kind == 'expected'").set_index("n_documents")
    for more in learning_curve.MORE:
        gain = 0.3 * (8**-0.5 - (8 + more) ** -0.5)
        assert rows.loc[8 + more, "kappa"] - 0.45 == pytest.approx(gain, abs=0.02)
        assert rows.loc[8 + more, "low"] - 0.45 <= gain <= rows.loc[8 + more, "high"] - 0.45


def test_two_documents_tell_nothing_of_more_and_neither_do_figures_at_odds():
    assert table(2).query("kind == 'expected'")["kappa"].isna().all()
    assert table(8, noise=0.5).query("kind == 'expected' and n_documents == 13")["kappa"].isna().all()
    said = learning_curve.sentence(table(2), agreement())
    assert said == (
        "Learned from 2 documents: kappa 0.45 with the coders; what more coded documents would add cannot be told yet."
    )


def test_the_sentence_sets_people_beside_it():
    people = agreement(
        ("segment", "(all codes)", "ann", "bob", 0.44),
        ("segment", "(all codes)", "ann", "pipeline (few_shot)", 0.9),
        ("segment", "Time", "ann", "bob", 0.9),
        ("turn", "(all codes)", "ann", "bob", 0.9),
    )
    said = learning_curve.sentence(table(8, noise=0), people)
    assert said.startswith("Learned from 8 documents: kappa 0.45 with the coders; 2 more may add about 0.01 (0.01 to ")
    assert said.endswith("two people agree at 0.44.")


def test_nothing_learned_nothing_said():
    assert learning_curve.sentence(store.empty("learning_curve"), agreement()) == ""


def test_kappa_is_pooled_over_codes_by_hand():
    a = np.array([[True, False], [True, False], [False, False], [False, False]])
    b = np.array([[True, False], [False, False], [False, False], [False, True]])
    chance = np.mean([0.5 * 0.25 + 0.5 * 0.75, 0.0 + 1.0 * 0.75])
    assert learning_curve.kappa(a, b) == pytest.approx((0.75 - chance) / (1 - chance))
    assert np.isnan(learning_curve.kappa(a[:, :0], b[:, :0]))


def curve(coded: int, **options) -> pd.DataFrame:
    study = made.study(coded=[f"d{d}.txt" for d in range(coded)])
    return map_codes.map_codes(study, encode=made.encode, options=MapCodes(min_passages=1, **options))["learning_curve"]


def test_documents_are_left_out_in_turn():
    rows = curve(4)
    assert rows.query("kind == 'measured'")["n_documents"].tolist() == [1, 2, 3]
    assert rows.query("kind == 'now'")["n_documents"].tolist() == [4]
    assert rows.query("kind == 'expected'")["n_documents"].tolist() == [5, 6, 9]
    assert rows.query("kind == 'measured'")["kappa"].max() > 0.5
    assert curve(1).empty
    pd.testing.assert_frame_equal(rows, curve(4))


def test_what_thresholds_aim_at_changes_nothing_of_the_curve():
    pd.testing.assert_frame_equal(curve(4), curve(4, aim="precision"))
