"""The draft methods section of a study, with what people decided, read and say of themselves."""

from pipeline.decisions import before_themes, outcomes, reflexivity, states
from pipeline.reporting import method
from pipeline.reporting.report_tables import ReportData


def draft(data: ReportData, *, reflexive: bool) -> method.Draft:
    """The draft from what every stage recorded and people wrote; `reflexive`: without coefficients."""
    decided = ""
    if data.count.touched:
        shown = states.shown_in_words(data.count, who="the researchers")
        decided = ". ".join(filter(None, (shown, outcomes.in_words(data.outcomes).removesuffix("."))))
    return method.draft(
        data.records,
        reflexive=reflexive,
        matrix=bool(data.cells),
        decided=decided,
        researchers=[reflexivity.in_words(data.statements), *before_themes.in_words(data.readers)],
    )
