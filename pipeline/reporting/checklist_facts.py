"""Gathers the facts of a run for the reporting checklists."""

import numpy as np
import pandas as pd

from pipeline.core import coders
from pipeline.core.table_rows import counts
from pipeline.decisions import before_themes, ledger, outcomes, reflexivity
from pipeline.reporting import checklists, method, method_talk
from pipeline.reporting.report_tables import ReportData
from pipeline.reporting.views import overview

# An attribute with more values than this is described in words, not counted value by value.
MOST_VALUES = 12


def facts(data: ReportData) -> checklists.Facts:
    """The facts of a run, for `checklists.coreq` and `checklists.srqr`."""
    tables = data.tables
    return checklists.Facts(
        sources=overview.sources_in_words(tables["documents"]),
        n_field_notes=int((tables["documents"].source_type == "field_note").sum()),
        n_cases=len(tables["cases"]),
        attributes=[_in_words(data, str(name)) for name in tables["cases"].columns if name != "case"],
        segments=" ".join(method_talk.segments(data.records["segment"])),
        n_codes=len(data.codes),
        coders=coders.people(tables["codings"].coder),
        count=data.count,
        clustered=bool(data.records["themes"].get("divided")),
        n_decisions=len(ledger.standing(data.decisions)),
        deciders=sorted({decision.who for decision in data.decisions}),
        saturation=bool(tables["saturation_verdict"].ratio.notna().any()),
        software=method.software(data.records),
        researchers=reflexivity.coreq(data.statements),
        outcomes=outcomes.in_words(data.outcomes, who="People"),
        readers=before_themes.in_words(data.readers),
        n_guide=int((tables["guide"].source == "people").sum()),
    )


def _in_words(data: ReportData, attribute: str) -> str:
    """An attribute with what its participants are: role (doctor 3, nurse 9), age (34 to 71, median 55)."""
    values = values_in_words(data.tables["cases"][attribute])
    return f"{attribute} ({values})" if values else attribute


def values_in_words(column: pd.Series, *, names: bool = False) -> str:
    """How many participants have each value, or the range of numbers that few share; empty if there are too many.

    `names`: also of words that are another for each of several participants, as names are.
    """
    values = column.fillna("").astype(str).str.strip()
    known = values[values != ""]
    number = counts(known)
    figures = pd.to_numeric(known, errors="coerce")
    if len(number) > 2 and np.isfinite(figures).all() and (len(number) > MOST_VALUES or 2 * len(number) > len(known)):
        missing = len(values) - len(known)
        spread = f"{figures.min():.12g} to {figures.max():.12g}, median {figures.median():.12g}"
        return f"{spread}; {missing} not given" if missing else spread
    if len(number) > MOST_VALUES or (not names and 1 < len(number) == len(values)):
        return ""
    return ", ".join(f"{value} {number[value]}" for value in sorted(number))
