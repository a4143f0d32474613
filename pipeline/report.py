"""The last stage: the page a researcher opens, the workbook, the framework matrix and the metrics.

Every quote is compared with its document, letter for letter, in the finished page: one that is not verbatim fails the
build.
"""

import json
from pathlib import Path

import pandas as pd

from pipeline.core import edited_outputs, stage_runner, store
from pipeline.core import params as settings
from pipeline.core.study_paths import WORKBOOK, Places
from pipeline.core.terms import Paper
from pipeline.decisions import states
from pipeline.exchange import csv, qdpx, xlsx
from pipeline.reporting import matrix, method, metrics, study_results
from pipeline.reporting.report_tables import PROBLEMS, ReportData
from pipeline.reporting.views import states_view, trail_view
from pipeline.reporting.views.page_parts import build_page


def fingerprints(data: ReportData) -> list[tuple[str, str, str]]:
    """The models that ran: name, what it is for, and the sha256 of its files, as the stages recorded them."""
    return method.models(data.records)


def write_page(folder: Path, data: ReportData, params: settings.Params) -> None:
    """Write the page."""
    html = build_page(data, params, fingerprints(data))
    place = Places(folder).report_page
    place.parent.mkdir(exist_ok=True)
    place.write_text(html, encoding="utf-8", newline="\n")


def write_tables(folder: Path, data: ReportData, *, reflexive: bool, paper: Paper = "a4") -> None:
    """Write the matrix, workbook, project for other programs, audit trail, metrics and plot."""
    places = Places(folder)
    tables, out, beside_page = data.tables, places.report, places.beside_page
    for needed in (out / "plots", beside_page):
        needed.mkdir(parents=True, exist_ok=True)
    store.write(folder, "framework_matrix", matrix.table(data.cells))
    xlsx.write_matrix(
        beside_page / WORKBOOK,
        cells=data.cells,
        codes=data.codes,
        quotes=data.quoted,
        attributes=xlsx.attributes_of(tables["cases"]),
        themes=states.ranked(tables["themes"]),
        status_of=states_view.in_words(tables["theme_states"]),
        theme_sentences=states_view.sentences(data.count, tables["theme_states"]),
        summaries=data.summaries,
        paper=paper,
    )
    (beside_page / "audit_trail.csv").write_bytes(
        csv.table(trail_view.table(data.decisions, tables["themes"], tables["theme_states"]))
    )
    problems = pd.concat([tables[table] for table in PROBLEMS.values()])
    numbers = metrics.build(tables, count=data.count, problems=problems, cells=data.cells, reflexive=reflexive)
    numbers |= metrics.of_decisions(data.outcomes, data.readers)
    for place, text in (
        (out / "metrics.json", json.dumps(numbers, indent=2, sort_keys=True) + "\n"),
        (out / "plots" / "theme_sizes.csv", metrics.theme_sizes(tables["themes"])),
    ):
        place.write_text(text, encoding="utf-8", newline="\n")
    coded = qdpx.project(tables, codebook=data.book, decisions=data.decisions, study_name=folder.name)
    (beside_page / "coded.qdpx").write_bytes(coded)
    for line in edited_outputs.kept_messages(edited_outputs.deliver(places)):
        print(line, flush=True)


def main() -> None:
    """Read every table of the study; write the framework matrix and the report."""
    with stage_runner.opened("report") as params:
        data = study_results.load(params.places)
        write_page(params.folder, data, params)
        write_tables(params.folder, data, reflexive=params.stance == "reflexive", paper=params.report.paper)


if __name__ == "__main__":
    main()
