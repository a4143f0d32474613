"""Agreement of pairs: the figures are those of the formulas, and what cannot be said is said."""

import numpy as np
import pandas as pd
import pytest

from pipeline.comparison import coefficients as ag
from pipeline.comparison.pairs import ALL_CATEGORIES, ALL_CODES, Options, agreement_rows, pairs, shared
from pipeline.comparison.units import ANY_CODE
from tests.coded_study import assignments, codings
from tests.coded_study import tables as study_tables
from tests.test_units import laid

OPTIONS = Options(draws=200, seed=1, min_documents=5, min_units=10)


def study(documents=6, seed=0, coders=("ann", "ben"), codes=("A", "B", "C"), noise=0.2):
    """Coders who see the same thing with some noise."""
    made = study_tables(documents=documents, segments=11)
    random = np.random.default_rng(seed)
    rows = []
    for d in range(documents):
        for s in range(1, 11):
            for code in codes:
                truth = random.random() < 0.4
                for coder in coders:
                    if truth != (random.random() < noise):
                        rows.append((coder, code, f"d{d}", s, 1))
    made["codings"] = codings(*rows)
    return made


def frame(made, unit="segment", uncoded="negative", category_of=None, options=OPTIONS):
    found = laid(made, unit, uncoded)
    return pd.DataFrame(agreement_rows(found, category_of=category_of or {}, options=options))


def row(rows, code, a="ann", b="ben"):
    return rows[(rows["code"] == code) & (rows["coder_a"] == a) & (rows["coder_b"] == b)].iloc[0]


def test_a_row_holds_counts_and_every_coefficient_of_the_code():
    made = study()
    found = laid(made)
    one = row(frame(made), "A")
    a, b = found.given[0][:, 0], found.given[1][:, 0]
    table = ag.crosstab(a, b, n_answers=2)
    assert (one["n"], one["n_documents"], one["n_a"], one["n_b"]) == (60, 6, a.sum(), b.sum())
    assert one["n_both"] == (a & b).sum()
    assert one["prevalence"] == pytest.approx((a.mean() + b.mean()) / 2)
    for name, formula in (
        ("kappa", ag.cohen_kappa),
        ("percent", ag.percent),
        ("ac1", ag.gwet_ac1),
        ("f1", ag.f1),
        ("pabak", ag.pabak),
        ("precision", ag.precision),
        ("recall", ag.recall),
        ("jaccard", ag.jaccard),
    ):
        assert one[name] == pytest.approx(float(formula(table))), name
    assert one["alpha"] == pytest.approx(float(ag.krippendorff_alpha(table + table.T)))
    assert one["low"] < one["kappa"] < one["high"]
    assert one["note"] == ""


def test_tables_by_document_add_up_and_keep_documents_apart():
    found = laid(study())
    pair = shared(found, 0, 1)
    counts = pair.tables
    assert counts.shape == (6, 3, 2, 2)
    assert (counts.sum((2, 3)) == 10).all()
    here = pair.documents == 2
    assert np.array_equal(counts[2, 1], ag.crosstab(pair.first[here, 1], pair.second[here, 1], n_answers=2))


def test_pooled_rows_hold_pooled_kappa_and_alpha_of_the_sets_of_codes():
    made = study()
    found = laid(made)
    pooled = row(frame(made), ALL_CODES)
    per_code = shared(found, 0, 1).tables.sum(0)
    assert pooled["kappa"] == pytest.approx(float(ag.pooled_kappa(per_code)))
    assert pooled["f1"] == pytest.approx(float(ag.f1(per_code.sum(0))))
    assert pooled["n"] == 60
    assert "3 codes; both coded 6 of 6 documents" in pooled["note"]


def test_alpha_of_sets_is_what_nltk_says_up_to_its_rounded_thirds():
    from nltk.metrics import masi_distance
    from nltk.metrics.agreement import AnnotationTask

    made = study()
    found = laid(made)
    data = []
    for coder in (0, 1):
        for unit in range(len(found.units)):
            # nltk divides by zero for two empty sets, so that every set gets one code more on both sides of the test.
            named = frozenset(np.array(found.codes)[found.given[coder, unit]])
            data.append((found.coders[coder], str(unit), named | {"always"}))
    theirs = AnnotationTask(data=data, distance=masi_distance).alpha()
    from dataclasses import replace

    whole = np.concatenate([found.given, np.ones((2, len(found.units), 1), dtype=bool)], axis=2)
    more = replace(found, codes=(*found.codes, "always"), given=whole, possible=np.ones((2, 4), dtype=bool))
    ours = row(pd.DataFrame(agreement_rows(more, category_of={}, options=OPTIONS)), ALL_CODES)["alpha"]
    assert ours == pytest.approx(theirs, abs=0.01)


def test_whether_to_code_at_all_is_a_row_of_its_own():
    made = study()
    found = laid(made)
    any_code = ag.crosstab(found.given[0].any(1), found.given[1].any(1), n_answers=2)
    assert row(frame(made), ANY_CODE)["kappa"] == pytest.approx(float(ag.cohen_kappa(any_code)))


def test_categories_have_rows_only_where_codes_have_parents():
    flat = frame(study())
    assert set(flat["level"]) == {"code", "pooled"}
    deep = frame(study(), category_of={"A": "Top", "B": "Top"})
    assert set(deep[deep["level"] == "category"]["code"]) == {"Top", "C"}
    assert row(deep, ALL_CATEGORIES)["note"].startswith("2 categories")


def test_coders_are_compared_where_both_coded_and_the_overlap_is_stated():
    made = study()
    made["codings"] = made["codings"][~((made["codings"]["coder"] == "ben") & (made["codings"]["document"] == "d3"))]
    rows = frame(made)
    assert row(rows, "A")["n_documents"] == 5
    assert row(rows, "A")["n"] == 50
    assert "both coded 5 of 6 documents" in row(rows, ALL_CODES)["note"]


def test_coders_without_a_common_document_have_one_row_that_says_so():
    made = study_tables(documents=2)
    made["codings"] = codings(("ann", "A", "d0", 1, 1), ("ben", "A", "d1", 1, 1))
    rows = frame(made)
    assert len(rows) == 1
    assert rows.iloc[0]["n"] == 0
    assert rows.iloc[0]["note"] == "no document coded by both (ann: 1, ben: 1)"
    assert "kappa" not in rows or rows["kappa"].isna().all()


def test_a_code_neither_gave_where_both_coded_is_undefined_in_words():
    made = study(codes=("A",))
    made["codings"] = pd.concat([made["codings"], codings(("ann", "Z", "d5", 2, 1))], ignore_index=True)
    made["codings"] = made["codings"][~((made["codings"]["coder"] == "ben") & (made["codings"]["document"] == "d5"))]
    lonely = row(frame(made), "Z")
    assert lonely["kappa"] is None or np.isnan(lonely["kappa"])
    assert lonely["note"] == "undefined: neither applied it in the documents both coded"


def test_a_code_both_gave_to_everything_is_undefined_in_words():
    made = study_tables(documents=5)
    made["codings"] = codings(*[(c, "A", f"d{d}", 1, 7) for c in ("ann", "ben") for d in range(5)])
    whole = row(frame(made), "A")
    assert np.isnan(pd.to_numeric(whole["kappa"]))
    assert whole["note"] == "undefined: both applied it to every unit, so there is no variation"
    assert whole["percent"] == 1


def test_a_code_only_one_coder_uses_says_why_kappa_is_0():
    made = study(codes=("A",))
    made["codings"] = pd.concat([made["codings"], codings(("ann", "Z", "d1", 2, 3))], ignore_index=True)
    alone = row(frame(made), "Z")
    assert alone["kappa"] == pytest.approx(0)
    assert alone["note"].startswith("ben never applied it here")


def test_a_coder_who_gives_the_code_to_everything_says_why_kappa_is_0():
    made = study(codes=("A",))
    made["codings"] = pd.concat([made["codings"], codings(*[("ann", "Z", f"d{d}", 1, 10) for d in range(6)])])
    made["codings"] = pd.concat([made["codings"], codings(("ben", "Z", "d1", 2, 7))])
    whole = row(frame(made), "Z")
    assert whole["kappa"] == pytest.approx(0)
    assert whole["note"].startswith("ann applied it to every unit here")


def test_few_units_are_refused_and_few_documents_give_no_interval():
    made = study(documents=1)
    refused = row(frame(made, options=Options(200, 1, 5, 20)), "A")
    assert refused["note"] == "too few: 10 units (at least 20 needed)"
    assert np.isnan(pd.to_numeric(refused.get("kappa", np.nan)))
    few = row(frame(study(documents=4)), "A")
    assert few["note"].endswith("no interval: 4 documents (at least 5 needed)")
    assert np.isnan(pd.to_numeric(few["low"]))
    assert not np.isnan(few["kappa"])


def test_unknown_silence_compares_only_what_both_coded():
    made = study()
    rows = frame(made, uncoded="unknown")
    found = laid(made)
    both = found.given[0].any(1) & found.given[1].any(1)
    assert row(rows, "A")["n"] == both.sum()


def test_the_pipeline_is_set_against_people_with_their_own_agreement_beside_it():
    made = study(coders=("ann", "ben", "cat"))
    made["code_assignments"] = assignments({"d0.1": ["A"], "d1.2": ["B"]}, made["segments"], ["A", "B"])
    rows = frame(made)
    name = "pipeline (zero_shot)"
    between = [row(rows, "A", a, b)["kappa"] for a, b in (("ann", "ben"), ("ann", "cat"), ("ben", "cat"))]
    assert row(rows, "A", "cat", name)["ceiling"] == pytest.approx(np.mean(between))
    assert np.isnan(pd.to_numeric(row(rows, "A")["ceiling"]))
    assert "C" not in set(rows[rows["coder_b"] == name]["code"])
    found = laid(made)
    mapped = [ag.pooled_kappa(shared(found, a, b).tables.sum(0)[:2]) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert row(rows, ALL_CODES, "ann", name)["ceiling"] == pytest.approx(np.mean(mapped))
    assert row(rows, ALL_CODES, "ann", name)["note"].startswith("2 codes")


def test_the_ceiling_of_a_category_is_not_that_of_a_code_of_its_name():
    made = study(coders=("ann", "ben", "cat"), codes=("A", "B"), noise=0.25)
    made["code_assignments"] = assignments({"d0.1": ["A"], "d1.2": ["B"]}, made["segments"], ["A", "B"])
    rows = frame(made, category_of={"A": "B"})
    people, machine = (
        rows[~rows["coder_b"].str.startswith("pipeline")],
        rows[rows["coder_b"].str.startswith("pipeline")],
    )
    between = {
        level: people[(people["level"] == level) & (people["code"] == "B")]["kappa"] for level in ("code", "category")
    }
    assert [len(kappas) for kappas in between.values()] == [3, 3]
    assert between["code"].mean() != pytest.approx(between["category"].mean(), abs=0.01)
    for level, kappas in between.items():
        ceiling = machine[(machine["level"] == level) & (machine["code"] == "B")]["ceiling"]
        assert ceiling.to_numpy() == pytest.approx(np.full(3, kappas.mean()))


def test_two_methods_are_no_pair_and_the_consensus_coder_meets_the_pipeline_alone():
    made = study(coders=("ann", "ben", "consensus"))
    made["code_assignments"] = pd.concat(
        [assignments({}, made["segments"], ["A"], method=method) for method in ("zero_shot", "few_shot")]
    )
    found = laid(made)
    met = {(found.coders[a], found.coders[b]) for a, b in pairs(found)}
    machines = {"pipeline (few_shot)", "pipeline (zero_shot)"}
    assert met == {("ann", "ben")} | {(who, machine) for who in ("ann", "ben", "consensus") for machine in machines}


def test_characters_agree_as_nvivo_says_for_one_file():
    made = study_tables(documents=1, segments=10)
    made["codings"] = codings(("ann", "A", "d0", 1, 4), ("ben", "A", "d0", 3, 4))
    one = row(frame(made, "character"), "A")
    table = np.array([[40, 20], [20, 20]])
    assert one["kappa"] == pytest.approx(float(ag.cohen_kappa(table)))
    assert one["jaccard"] == pytest.approx(20 / 60)
    assert f"as in NVivo: {float(ag.cohen_kappa(table)):.3f}" in one["note"]


def test_long_stretches_that_nobody_coded_lift_negatives_but_not_spans():
    made = study_tables(documents=6, segments=60)
    made["codings"] = codings(
        *[
            (who, code, f"d{d}", s, 1)
            for d in range(6)
            for s, pair in ((1, "AB"), (2, "AA"), (3, "BB"))
            for who, code in zip(("ann", "ben"), pair, strict=True)
        ]
    )
    whole, marked = row(frame(made), "A"), row(frame(made, "span"), "A")
    assert whole["percent"] > 0.98
    assert marked["n"] == 18
    assert marked["percent"] == pytest.approx(2 / 3)


def test_the_same_input_gives_the_same_rows_whatever_its_order():
    made = study()
    mixed = {name: table.sample(frac=1, random_state=7) for name, table in made.items()}
    pd.testing.assert_frame_equal(frame(made), frame(mixed))


def test_two_people_are_laid_side_by_side_once_however_many_people_there_are(monkeypatch):
    made = study_tables(documents=2, segments=10)
    people = [f"coder {n}" for n in range(6)]
    made["codings"] = codings(*((who, "A", f"d{n % 2}", 1 + n, 1) for n, who in enumerate(people)))
    made["code_assignments"] = assignments({"d0.1": ["A"]}, made["segments"], ["A", "B"])
    found, done = laid(made), []
    monkeypatch.setattr("pipeline.comparison.pairs.shared", lambda *given: done.append(given[1:]) or shared(*given))
    rows = agreement_rows(found, category_of={}, options=OPTIONS)
    assert {row["coder_b"] for row in rows} > {"pipeline (zero_shot)"}
    assert sorted(done) == sorted(pairs(found)) and len(done) == 15 + 6


def test_how_much_each_coded_is_counted_in_the_whole_study_and_both_where_both_coded():
    made = study_tables(documents=3, segments=11)
    made["codings"] = codings(
        *(("ann", "A", f"d{d}", s, 1) for d in (0, 1) for s in range(1, 7)),
        *(("ben", "A", f"d{d}", s, 1) for d in (1, 2) for s in range(5, 9)),
        ("ben", "B", "d1", 5, 1),
    )
    for uncoded in ("negative", "unknown"):
        rows = pd.DataFrame(agreement_rows(laid(made, uncoded=uncoded), category_of={}, options=OPTIONS))
        for name in ("A", ANY_CODE):
            one = row(rows, name)
            assert (one["given_a"], one["given_b"], one["n_both"]) == (12, 8, 2), (uncoded, name)
    assert (row(rows, "B")["given_a"], row(rows, "B")["given_b"], row(rows, "B")["n_both"]) == (0, 1, 0)


def test_people_and_pipeline_are_compared_on_the_same_unit():
    made = study()
    made["code_assignments"] = assignments({"d0.1": ["A"]}, made["segments"], ["A", "B"])
    rows = frame(made)
    people = rows[~rows["coder_b"].str.startswith("pipeline")]
    machine = rows[rows["coder_b"].str.startswith("pipeline")]
    assert set(people["unit"]) == set(machine["unit"]) == {"segment"}
    assert set(people["n"]) == set(machine["n"]) == {60}
