"""What more coded documents would add is told with its interval, or not at all."""

import numpy as np
import pandas as pd
import pytest

from pipeline import map_codes
from pipeline.core import store
from pipeline.core.params import MapCodes
from pipeline.deductive import learning_curve
from pipeline.deductive.learning_curve import Draw
from tests import mapped_study as made


def counts(kappa: float) -> np.ndarray:
    """Two codes, each in a tenth of 1,000 segments by people and mapping, with that kappa."""
    both = 100 * (kappa * 0.9 + 0.1)
    return np.array([[1000.0, 100.0, 100.0, both]] * 2)


def drawn(documents: int, *, slope: float = 0.1, noise: float = 0.0, seed: int = 0) -> list[Draw]:
    """Draws in which each doubling adds the same, with noise that falls with the number of documents."""
    random = np.random.default_rng(seed)
    names = np.array([f"d{n:02d}" for n in range(documents)])
    return [
        Draw(
            part,
            len(learned),
            counts(0.2 + slope * np.log2(len(learned)) + random.normal(0, noise)),
            0.2 + random.normal(0, noise / np.sqrt(len(learned))),
        )
        for part, learned, _ in learning_curve.draws(names, names, seed=seed)
    ]


def table(documents: int, **more):
    found = learning_curve.table(drawn(documents, **more), current=0.45, documents=documents, folds=5)
    return store.schema("learning_curve").validate(found[list(store.empty("learning_curve").columns)])


def agreement(*pairs) -> pd.DataFrame:
    rows = [
        {"unit": unit, "code": code, "coder_a": a, "coder_b": b, "kappa": kappa} for unit, code, a, b, kappa in pairs
    ]
    return pd.DataFrame(rows, columns=["unit", "code", "coder_a", "coder_b", "kappa"])


def test_the_gain_is_found_again_within_its_interval():
    rows = table(8, noise=0.005).query("kind == 'expected'").set_index("n_documents")
    for more in learning_curve.MORE:
        gain = 0.1 * np.log2((8 + more) / 8)
        assert rows.loc[8 + more, "kappa"] - 0.45 == pytest.approx(gain, abs=0.02)
        assert rows.loc[8 + more, "low"] - 0.45 <= gain <= rows.loc[8 + more, "high"] - 0.45


def test_no_more_than_full_agreement_is_expected():
    rows = learning_curve.table(drawn(8), current=0.99, documents=8, folds=5).query("kind == 'expected'")
    assert (rows[["kappa", "high"]] == 1.0).all(axis=None)


def test_models_learn_from_all_folds_but_one():
    # Of 4 documents each is a fold, so that 3 are learned from; of 9 there are 5 folds.
    found = learning_curve.gained(drawn(4), documents=4, more=5, folds=5)
    assert found.expected == pytest.approx(0.1 * np.log2(9 * 0.8 / 3))


@pytest.mark.parametrize("documents", [4, 8, 16])
@pytest.mark.parametrize("more", [2, 5])
def test_four_of_five_intervals_hold_what_documents_to_come_add(documents, more):
    # A document raises or lowers what is told by a hundredth or two, by chance, as one of those coded.
    random = np.random.default_rng(documents + more)
    inside, studies = 0, 200
    for study in range(studies):
        effect = random.normal(0, 0.06, documents + more)
        names = np.array([f"d{n:02d}" for n in range(documents)])
        place = {name: n for n, name in enumerate(names)}
        found = [
            Draw(
                part,
                len(learned),
                counts(0.2 + 0.05 * np.log2(len(learned)) + effect[[place[one] for one in held_out]].mean()),
                0.2 + effect[[place[one] for one in learned]].mean(),
            )
            for part, learned, held_out in learning_curve.draws(names, names, seed=study)
        ]
        told = learning_curve.gained(found, documents=documents, more=more, folds=5)
        rise = 0.05 * np.log2(
            learning_curve._learned_from(documents + more, 5) / learning_curve._learned_from(documents, 5)
        )
        added = rise + effect.mean() - effect[:documents].mean()
        inside += told.low <= added <= told.high if np.isfinite(told.low) else 0.8
    assert 0.7 <= inside / studies <= 0.95


def test_few_documents_tell_nothing_of_more_and_neither_do_figures_at_odds():
    assert table(3).query("kind == 'expected'")["kappa"].isna().all()
    assert table(4).query("kind == 'expected'")["kappa"].notna().all()
    assert table(8, noise=0.5).query("kind == 'expected' and n_documents == 13")["kappa"].isna().all()
    said = learning_curve.sentence(table(3), agreement())
    assert said == (
        "Learned from 3 documents: kappa 0.45 with the coders; what more coded documents would add cannot be told yet."
    )


def test_nothing_is_told_where_a_part_is_missing():
    found = [draw for draw in drawn(8) if draw.part]
    assert np.isnan(learning_curve.gained(found, documents=8, more=2, folds=5).expected)
    rows = learning_curve.table(found, current=0.45, documents=8, folds=5)
    assert rows.query("kind == 'measured'")["n_draws"].tolist() == [3] * 5


def test_figures_are_pooled_over_parts():
    found = [Draw(0, 1, counts(0.2), 0.1), Draw(1, 1, counts(0.6), 0.1)]
    row = learning_curve.table(found, current=0.45, documents=2, folds=5).iloc[0]
    assert (row["kappa"], row["low"], row["high"], row["n_draws"]) == (0.4, 0.2, 0.6, 2)


def test_the_sentence_sets_people_beside_it():
    people = agreement(
        ("segment", "(all codes)", "ann", "bob", 0.44),
        ("segment", "(all codes)", "ann", "pipeline (few_shot)", 0.9),
        ("segment", "Time", "ann", "bob", 0.9),
        ("turn", "(all codes)", "ann", "bob", 0.9),
    )
    said = learning_curve.sentence(table(8, noise=0), people)
    assert said.startswith(
        "Learned from 8 documents: kappa 0.45 with the coders’ codes together; 2 more may add "
        "about 0.03 (80% interval 0.03 to "
    )
    assert said.endswith("two people agree with each other at 0.44.")
    more = agreement(("segment", "(all codes)", "ann", "bob", 0.44), ("segment", "(all codes)", "ann", "cat", 0.24))
    assert learning_curve.sentence(table(8, noise=0), more).endswith("agree with each other at 0.34 on average.")


def test_agreement_is_never_below_its_least():
    rows = learning_curve.table(drawn(8, slope=-0.1), current=-0.99, documents=8, folds=5).query("kind == 'expected'")
    assert rows["low"].min() == -1.0


def test_where_more_would_only_take_away_nothing_is_expected():
    said = learning_curve.sentence(table(8, slope=-0.1), agreement())
    assert "2 more are expected to add nothing (80% interval -0." in said
    assert "may add" not in said


def test_nothing_learned_nothing_said():
    assert learning_curve.sentence(store.empty("learning_curve"), agreement()) == ""


def test_kappa_is_pooled_over_codes_by_hand():
    a = np.array([[True, False], [True, False], [False, False], [False, False]])
    b = np.array([[True, False], [False, False], [False, False], [False, True]])
    chance = np.mean([0.5 * 0.25 + 0.5 * 0.75, 0.0 + 1.0 * 0.75])
    assert learning_curve.kappa(a, b) == pytest.approx((0.75 - chance) / (1 - chance))
    assert np.isnan(learning_curve.kappa(a[:, :0], b[:, :0]))


def test_kappa_of_counts_is_that_of_codes():
    random = np.random.default_rng(0)
    a, b = random.random((50, 4)) < 0.3, random.random((50, 4)) < 0.4
    agreed = (a == b).mean()
    chance = np.mean([a[:, n].mean() * b[:, n].mean() + (~a[:, n]).mean() * (~b[:, n]).mean() for n in range(4)])
    assert learning_curve.pooled(learning_curve.counted(a, b)) == pytest.approx((agreed - chance) / (1 - chance))


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
