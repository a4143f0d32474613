"""The codebook and the framework matrix as Word documents, for print and sharing."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from docx import Document
from docx.shared import Pt

from pipeline.core import formula_guard, table_rows
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import markup
from pipeline.reporting.written_summaries import Summary

FIELDS = (("include", "Include"), ("exclude", "Exclude"))
LISTS = (("examples", "Examples"), ("counter_examples", "Counter-examples"))
SILENT = {
    "asked": "Asked; no answer matched this code.",
    "not_asked": "Not asked.",
    "unknown": "No passage matched; it is not known whether this was asked.",
    "not_available": "Not available: code mapping requires English, and this case speaks another language.",
}
NO_SUMMARY = "No summary: the passages are not in English."
LEVELS = 9


def codebook(book: Codebook) -> bytes:
    """Return the codebook as a Word document: one heading per code, sub-codes below their parents."""
    document = begun("Codebook")
    if not len(book):
        document.add_paragraph("The codebook has no codes.")
    waiting = [(name, 1) for name in reversed(book.categories)]
    while waiting:
        name, level = waiting.pop()
        _code(document, book, name, level)
        waiting += [(child, level + 1) for child in reversed(book.children(name))]
    return saved(document)


def matrix(
    table: pd.DataFrame,
    *,
    cases: pd.DataFrame,
    codes: Sequence[str],
    summaries: Mapping[tuple[str, str], Summary] | None = None,
) -> bytes:
    """Return the framework matrix as a Word document: one heading per case, one table row per code.

    `table`: framework_matrix; `cases`: with attributes; `codes`: their order; `summaries`: summaries written by people.
    """
    document = begun("Framework matrix")
    document.add_paragraph(
        "A framework matrix (Gale et al. 2013) for print: one section per case, one row per code. Codes "
        "are candidates assigned by a program: read the passages before relying on a cell. The text is "
        "verbatim unless an author is named beside the count; […] marks omitted text."
    )
    case_rows = {str(row["case"]): row for row in cases.to_dict("records")}
    code_order = {code: number for number, code in enumerate(codes)}
    for case, cells in table_rows.groups(table, "case").items():
        document.add_heading(markup.allowed(str(case)), level=1)
        values = [
            f"{name}: {value}" for name, value in case_rows.get(str(case), {}).items() if name != "case" and value
        ]
        if values:
            document.add_paragraph(markup.allowed("; ".join(str(value) for value in values)))
        grid = document.add_table(rows=1, cols=2)
        grid.style = "Table Grid"
        _filled(grid.rows[0].cells, "Code", "What is said", bold=True)
        for row in sorted(
            table_rows.each(cells), key=lambda row: (code_order.get(row.code, len(code_order)), row.code)
        ):
            number = f"{row.n_segments} passage{'' if row.n_segments == 1 else 's'}"
            summary = (summaries or {}).get((str(case), str(row.code)))
            text = (
                f"{summary.summary}\n({number}; {summary.who})"
                if summary
                else f"{row.summary or NO_SUMMARY}\n({number})"
            )
            silence = SILENT.get(str(row.state), "")
            _filled(grid.add_row().cells, str(row.code), text if summary or row.n_segments else silence)
    if table.empty:
        document.add_paragraph("No matrix: it requires a codebook and speaking participants.")
    return saved(document)


def _code(document: Any, book: Codebook, name: str, level: int) -> None:
    code = book[name]
    document.add_heading(markup.allowed(name), level=min(level, LEVELS))
    if code.definition:
        document.add_paragraph(markup.allowed(code.definition))
    for field, label in FIELDS:
        if getattr(code, field):
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{label}: ").bold = True
            paragraph.add_run(markup.allowed(getattr(code, field)))
    for field, label in LISTS:
        if getattr(code, field):
            document.add_paragraph().add_run(f"{label}:").bold = True
            for quote in getattr(code, field):
                document.add_paragraph(markup.allowed(quote), style="List Bullet")


def begun(title: str) -> Any:
    """Return an empty document with a title and fixed properties."""
    document = Document()
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by, properties.comments = (
        title,
        "Counterpoint",
        "Counterpoint",
        "",
    )
    properties.created = properties.modified = formula_guard.MADE
    properties.revision = 1
    document.add_heading(title, level=0)
    return document


def _filled(places: Any, left: str, right: str, *, bold: bool = False) -> None:
    for place, text in zip(places, (left, right), strict=True):
        place.paragraphs[0].add_run(markup.allowed(text)).bold = bold


def saved(document: Any) -> bytes:
    """Return a document's bytes; the same content gives the same bytes."""
    place = io.BytesIO()
    document.save(place)
    return markup.repacked(place.getvalue())
