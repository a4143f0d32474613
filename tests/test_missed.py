"""The miss check: what people coded among the passages the pipeline left without a code."""

import numpy as np
import pandas as pd
import pytest

from pipeline.comparison import intervals
from pipeline.comparison.missed import missed_rows
from pipeline.comparison.pairs import Options
from pipeline.core.coders import NO_CODE
from tests.coded_study import assignments, codings, tables
from tests.test_units import laid


def rows(made, **options):
    return pd.DataFrame(missed_rows(laid(made), options=Options(draws=300, **options)))


def test_passages_left_read_and_missed_are_counted():
    made = tables(documents=6)
    made["codings"] = codings(*[("ann", "A", f"d{d}", s, 1) for d in range(6) for s in range(1, 2 + d % 3)])
    made["code_assignments"] = assignments({"d0.1": ["A"], "d2.1": ["A"]}, made["segments"], ["A"])
    one = rows(made).iloc[0]
    assert (one["coder"], one["method"]) == ("ann", "pipeline (zero_shot)")
    assert (one["n_left"], one["n_read"], one["n_missed"]) == (40, 40, 10)
    assert one["share"] == pytest.approx(0.25)
    assert one["low"] < 0.25 < one["high"]
    assert one["note"] == ""


def test_a_code_that_the_pipeline_does_not_map_is_not_missed():
    made = tables(documents=6)
    made["codings"] = codings(*[("ann", "Z", f"d{d}", 1, 3) for d in range(6)])
    made["code_assignments"] = assignments({}, made["segments"], ["A"])
    assert rows(made).iloc[0]["n_missed"] == 0


def test_a_blind_sample_counts_only_what_was_read():
    made = tables(documents=6)
    read = [("ann", NO_CODE if s else "A", f"d{d}", 1 + s, 1) for d in range(6) for s in range(3)]
    made["codings"] = codings(*read)
    made["code_assignments"] = assignments({}, made["segments"], ["A"])
    one = rows(made).iloc[0]
    assert (one["n_left"], one["n_read"], one["n_missed"]) == (42, 18, 6)


def test_none_missed_still_has_an_upper_bound():
    made = tables(documents=6)
    made["codings"] = codings(*[("ann", NO_CODE, f"d{d}", s, 1) for d in range(6) for s in range(1, 8)])
    made["code_assignments"] = assignments({}, made["segments"], ["A"])
    one = rows(made).iloc[0]
    assert one["share"] == 0
    assert (one["low"], one["high"]) == pytest.approx(intervals.wilson(0, 42))
    assert "Wilson" in one["note"]


def test_few_documents_have_wilsons_interval_and_few_passages_none():
    made = tables(documents=3)
    made["codings"] = codings(*[("ann", "A", f"d{d}", 1, 1) for d in range(3)])
    made["code_assignments"] = assignments({}, made["segments"], ["A"])
    assert "3 documents are too few" in rows(made).iloc[0]["note"]
    refused = rows(made, min_units=30).iloc[0]
    assert refused["note"] == "too few: 21 of these passages were read (at least 30 needed)"
    assert "share" not in refused or np.isnan(refused["share"])


def test_without_people_or_pipeline_there_are_no_rows():
    made = tables(documents=2)
    assert rows(made).empty
    made["codings"] = codings(("ann", "A", "d0", 1, 1))
    assert rows(made).empty
