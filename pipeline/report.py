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
from pipeline.decisions import alternative_readings, before_themes, reading_ledger, reflexivity, states
from pipeline.decisions import ledger as decisions
from pipeline.deductive import codebook
from pipeline.exchange import csv, qdpx, xlsx
from pipeline.reporting import matrix, method, metrics, written_summaries
from pipeline.reporting.report_tables import PROBLEMS, ReportData, gather
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


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table the report shows, by name."""
    return {
        "documents": store.read(folder, "documents"),
        "turns": store.read(folder, "turns"),
        "speakers": store.read(folder, "speakers"),
        "cases": store.read(folder, "cases"),
        "codings": store.read(folder, "codings"),
        "memos": store.read(folder, "memos"),
        "imports": store.read(folder, "imports"),
        "segments": store.read(folder, "segments"),
        "guide": store.read(folder, "guide"),
        "prompts": store.read(folder, "prompts"),
        "embeddings": store.read(folder, "embeddings"),
        "themes": store.read(folder, "themes"),
        "theme_states": store.read(folder, "theme_states"),
        "theme_questions": store.read(folder, "theme_questions"),
        "theme_news": store.read(folder, "theme_news"),
        "theme_stability": store.read(folder, "theme_stability"),
        "theme_choice": store.read(folder, "theme_choice"),
        "theme_dependence": store.read(folder, "theme_dependence"),
        "theme_unassigned": store.read(folder, "theme_unassigned"),
        "theme_map": store.read(folder, "theme_map"),
        "theme_assignments": store.read(folder, "theme_assignments"),
        "theme_quotes": store.read(folder, "theme_quotes"),
        "theme_guide": store.read(folder, "theme_guide"),
        "theme_attributes": store.read(folder, "theme_attributes"),
        "code_assignments": store.read(folder, "code_assignments"),
        "valence": store.read(folder, "valence"),
        "segment_codes": store.read(folder, "segment_codes"),
        "mapping_quality": store.read(folder, "mapping_quality"),
        "code_reliability": store.read(folder, "code_reliability"),
        "learning_curve": store.read(folder, "learning_curve"),
        "code_themes": store.read(folder, "code_themes"),
        "theme_code_quotes": store.read(folder, "theme_code_quotes"),
        "negative_cases": store.read(folder, "negative_cases"),
        "theme_code": store.read(folder, "theme_code"),
        "agreement": store.read(folder, "agreement"),
        "agreement_of_all": store.read(folder, "agreement_of_all"),
        "agreement_by_attribute": store.read(folder, "agreement_by_attribute"),
        "missed": store.read(folder, "missed"),
        "code_recovery": store.read(folder, "code_recovery"),
        "theme_mapping": store.read(folder, "theme_mapping"),
        "theme_facets": store.read(folder, "theme_facets"),
        "saturation": store.read(folder, "saturation"),
        "theme_agreement": store.read(folder, "theme_agreement"),
        "theme_human_code": store.read(folder, "theme_human_code"),
        "disagreements": store.read(folder, "disagreements"),
        "saturation_verdict": store.read(folder, "saturation_verdict"),
        "triangulation": store.read(folder, "triangulation"),
        **{table: store.read(folder, table) for table in PROBLEMS.values()},
        **{f"{name}_record": store.read(folder, f"{name}_record") for name in method.STAGES},
    }


def main() -> None:
    """Read every table of the study; write the framework matrix and the report."""
    with stage_runner.opened("report") as params:
        decisions_taken = decisions.load(params.places.decisions)
        summaries = written_summaries.load(params.places.summaries)
        ledger = reading_ledger.load(params.places.passages_read)
        readings = alternative_readings.load(params.places.interpretations)
        book = codebook.load_codebook(params.places.codebook)
        data = gather(
            read(params.folder),
            book,
            decisions_taken,
            summaries,
            ledger=ledger,
            readings=readings,
            statements=reflexivity.load(params.places.reflexivity),
            notes=before_themes.load(params.places.notes_before_themes),
        )
        write_page(params.folder, data, params)
        write_tables(params.folder, data, reflexive=params.stance == "reflexive", paper=params.report.paper)


if __name__ == "__main__":
    main()
