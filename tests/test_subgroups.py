"""Agreement by attribute of the participants."""

import numpy as np
import pandas as pd
import pytest

from pipeline.comparison import coefficients as ag
from pipeline.comparison.pairs import Options, shared
from pipeline.comparison.subgroups import comparable, rows_by_attribute
from tests.test_pairs import study
from tests.test_units import laid


def rows(made, cases, **options):
    found = laid(made)
    case_of = made["segments"].set_index("segment_id")["case"].reindex(found.units["segment_id"])
    return pd.DataFrame(rows_by_attribute(found, cases, case_of, options=Options(draws=300, **options)))


def people(n, roles):
    return pd.DataFrame({"case": [f"c{i}" for i in range(n)], "role": roles})


def test_a_group_is_set_against_the_others():
    made = study(documents=12)
    found = rows(made, people(12, ["nurse"] * 6 + ["doctor"] * 6))
    assert found["value"].tolist() == ["doctor", "nurse"]
    pair = shared(laid(made), 0, 1)
    names = sorted(set(laid(made).units["document"]))
    is_nurse = np.array([int(name[1:]) < 6 for name in names])
    nurses, doctors = pair.tables[is_nurse].sum(0), pair.tables[~is_nurse].sum(0)
    one = found[found["value"] == "nurse"].iloc[0]
    assert (one["n"], one["n_cases"], one["n_documents"]) == (60, 6, 6)
    first, second = (codes.any(1) & is_nurse[pair.documents] for codes in (pair.first, pair.second))
    assert (one["n_a"], one["n_b"], one["n_both"]) == (first.sum(), second.sum(), (first & second).sum())
    assert one["kappa"] == pytest.approx(float(ag.pooled_kappa(nurses)))
    assert one["rest"] == pytest.approx(float(ag.pooled_kappa(doctors)))
    assert one["difference"] == pytest.approx(one["kappa"] - one["rest"])
    assert one["low"] < one["difference"] < one["high"]
    assert one["note"] == ""


def test_a_group_in_which_coders_differ_more_has_an_interval_below_0():
    made = study(documents=24, noise=0.02)
    coded = made["codings"]
    late = coded["document"].isin([f"d{d}" for d in range(12, 24)])
    random = np.random.default_rng(1)
    dropped = late & (coded["coder"] == "ben") & (random.random(len(coded)) < 0.6)
    made["codings"] = coded[~dropped]
    found = rows(made, people(24, ["doctor"] * 12 + ["nurse"] * 12))
    nurse = found[found["value"] == "nurse"].iloc[0]
    assert nurse["high"] < 0


def test_fewer_than_three_cases_are_refused_and_few_documents_have_no_interval():
    found = rows(study(documents=8), people(8, ["chief"] * 2 + ["nurse"] * 6))
    chief, nurse = (found[found["value"] == value].iloc[0] for value in ("chief", "nurse"))
    assert chief["note"].startswith("too few: 2 cases and 20 units")
    assert np.isnan(pd.to_numeric(chief["kappa"]))
    assert nurse["note"] == "no interval: 2 documents in the others (at least 5 needed)"
    assert not np.isnan(nurse["kappa"])
    assert np.isnan(pd.to_numeric(nurse["low"]))


def test_what_tells_when_or_tells_everybody_apart_is_not_compared():
    cases = people(20, ["nurse", "doctor"] * 10).assign(
        order=range(20), date="2024-01-01", name=[str(i) for i in range(20)], all="same", site=["A", ""] * 10
    )
    assert comparable(cases) == ["role"]
    ages = ["34", "38", "51", "", "63", "71", ""]
    assert comparable(people(7, ["nurse", "doctor"] * 3 + ["nurse"]).assign(age=ages)) == ["role"]


def test_one_case_is_said_in_the_singular():
    found = rows(study(documents=8), people(8, ["chief"] + ["nurse"] * 7))
    assert found[found["value"] == "chief"].iloc[0]["note"].startswith("too few: 1 case and 10 units (at least 3 and ")


def test_cases_without_a_value_are_in_no_group_and_not_among_the_others():
    found = rows(study(documents=12), people(12, ["nurse"] * 5 + ["doctor"] * 5 + [""] * 2))
    assert set(found["value"]) == {"nurse", "doctor"}
    assert set(found["n_documents"]) == {5}
    assert not found["low"].isna().any()


def test_without_attributes_there_are_no_rows():
    assert rows(study(), pd.DataFrame({"case": [f"c{i}" for i in range(6)]})).empty
