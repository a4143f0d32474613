"""Codes by kind of source."""

import pandas as pd
import pytest

from pipeline.comparison.triangulation import triangulation_rows
from tests.coded_study import assignments, codings, tables
from tests.test_units import laid

KINDS = ["interview", "interview", "focus_group", "field_note"]


def rows(made):
    return pd.DataFrame(triangulation_rows(laid(made), made["documents"]))


def test_sources_converge_complement_or_are_silent():
    made = tables(documents=4, source_types=KINDS)
    made["codings"] = codings(
        ("ann", "both", "d0", 1, 1), ("ann", "both", "d2", 1, 2), ("ann", "once", "d3", 1, 1), ("ann", "x", "d1", 4, 1)
    )
    found = rows(made).set_index(["code", "source_type"])["reading"]
    assert found["both"].to_dict() == {"field_note": "silent", "focus_group": "converges", "interview": "converges"}
    assert found["once"].to_dict() == {"field_note": "complements", "focus_group": "silent", "interview": "silent"}


def test_documents_and_segments_are_counted_where_the_coder_read():
    made = tables(documents=4, source_types=KINDS)
    made["codings"] = codings(("ann", "A", "d0", 1, 3), ("ann", "A", "d2", 1, 1))
    found = rows(made)
    assert set(found["source_type"]) == {"interview", "focus_group"}
    interview = found[found["source_type"] == "interview"].iloc[0]
    assert (interview["n_documents"], interview["n_with"], interview["n_segments"]) == (1, 1, 3)
    assert interview["per_1000"] == pytest.approx(3000 / 7)


def test_a_study_of_one_kind_of_source_cannot_be_triangulated():
    made = tables(documents=2)
    made["codings"] = codings(("ann", "A", "d0", 1, 1))
    assert rows(made)["reading"].tolist() == ["alone"]


def test_the_pipeline_has_rows_of_its_own():
    made = tables(documents=4, source_types=KINDS)
    made["code_assignments"] = assignments({"d3.2": ["A"]}, made["segments"], ["A", "B"])
    found = rows(made)
    assert set(found["code"]) == {"A"}
    assert found.set_index("source_type")["reading"]["field_note"] == "complements"
