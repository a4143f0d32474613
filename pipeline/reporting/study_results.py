"""Reads a study's results: every table the report shows, and what people wrote beside them."""

from pathlib import Path

import pandas as pd

from pipeline.core import contracts, store
from pipeline.core.study_paths import Places
from pipeline.decisions import alternative_readings, before_themes, ledger, reading_ledger, reflexivity
from pipeline.deductive import codebook
from pipeline.reporting import report_tables, written_summaries
from pipeline.reporting.report_tables import ReportData


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table the report shows, by name."""
    return {name: store.read(folder, name) for name in contracts.REPORT.reads}


def load(places: Places) -> ReportData:
    """The results of a study, as the report and the files for a paper show them."""
    return report_tables.gather(
        tables(places.folder),
        codebook.load_codebook(places.codebook),
        ledger.load(places.decisions),
        written_summaries.load(places.summaries),
        ledger=reading_ledger.load(places.passages_read),
        readings=alternative_readings.load(places.interpretations),
        statements=reflexivity.load(places.reflexivity),
        notes=before_themes.load(places.notes_before_themes),
    )
