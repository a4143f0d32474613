"""What the parts of the report share, worked out once."""

import pandas as pd
import pytest

from pipeline.core import store
from pipeline.deductive import codebook
from pipeline.reporting import quotes, report_tables, study_results


@pytest.mark.parametrize(
    ("methods", "left"),
    [
        (["zero_shot", "zero_shot", "zero_shot"], [("A", 0.4), ("B", 0.9)]),
        (["few_shot", "zero_shot", "few_shot"], [("A", 0.4)]),
        (["zero_shot", "zero_shot", "few_shot"], []),
    ],
)
def test_the_primary_method_gives_the_codes(methods, left):
    given = pd.DataFrame({"segment_id": "s", "code": ["A", "B", "C"], "score": [0.4, 0.9, 0.2], "method": methods})
    given["accepted"] = given.score > 0.3
    assert list(report_tables.accepted_codes(given)[["code", "score"]].itertuples(index=False, name=None)) == left


def made(folder) -> report_tables.ReportData:
    return report_tables.gather(study_results.tables(folder), codebook.load_codebook(folder / "codebook.yaml"))


def test_codes_are_those_that_were_mapped_in_the_order_of_the_codebook(small_study):
    assert made(small_study).codes == ("Pride", "Time", "Staffing", "Leaders")


def test_every_segment_is_a_quote_and_every_case_has_a_cell_for_every_code(small_study):
    study = made(small_study)
    assert set(study.quoted) == set(study.tables["segments"].segment_id)
    cases = {cell.case for cell in study.cells}
    assert len(study.cells) == len(cases) * len(study.codes)


def test_a_segment_that_is_not_verbatim_stops_the_report(small_study):
    tables = study_results.tables(small_study)
    tables["segments"] = tables["segments"].assign(text=tables["segments"].text.str.replace("night shift", "day shift"))
    with pytest.raises(quotes.QuoteError, match=r"ana\.txt"):
        report_tables.gather(tables, codebook.load_codebook(small_study / "codebook.yaml"))


def test_every_stage_that_lists_problems_is_read():
    assert set(report_tables.PROBLEMS.values()) == {
        name for name in (*store.PROCESSED, *store.INTERIM) if "problems" in name
    }
