"""Gathers the facts of a run for the reporting checklists."""

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
        saturation=not tables["saturation_verdict"].empty,
        software=method.software(data.records),
        researchers=reflexivity.coreq(data.statements),
        outcomes=outcomes.in_words(data.outcomes, who="People"),
        readers=before_themes.in_words(data.readers),
    )


def _in_words(data: ReportData, attribute: str) -> str:
    """An attribute with the number of participants of each value: role (doctor 3, nurse 9)."""
    values = data.tables["cases"][attribute].fillna("").astype(str).str.strip()
    number = counts(values[values != ""])
    if not 1 < len(number) <= MOST_VALUES or len(number) == len(values):
        return attribute
    return f"{attribute} ({', '.join(f'{value} {number[value]}' for value in sorted(number))})"
