"""Exports the framework matrix as a workbook: one sheet to read and filter, and one with all passages."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from pipeline.core import languages
from pipeline.core.coders import PIPELINE
from pipeline.core.formula_guard import LONGEST, MADE
from pipeline.core.table_rows import each
from pipeline.core.terms import Paper
from pipeline.exchange.sheet_layout import LINE, for_print, height
from pipeline.reporting import written_summaries
from pipeline.reporting.matrix import Cell
from pipeline.reporting.quotes import Quote

# Content of cells without a summary, by state.
SILENT = {
    "asked": "asked, silent",
    "not_asked": "not asked",
    "unknown": "",
    "not_available": "not available (not in English)",
    "spoken": "summary not available (not in English)",
}
HEADINGS = (
    "quote",
    "case",
    "code",
    "document",
    "speaker",
    "attributes",
    "time",
    "question",
    "passage",
    "segment_id",
    "coded by",
)
WIDTHS = (7, 16, 22, 26, 14, 22, 8, 40, 80, 28, 14)
# Columns of the sheet Themes; people may edit label, decision and memo.
THEMES = ("theme", "label", "status", "decision", "memo", "segments", "words", "in vivo", "id")
THEME_WIDTHS = (7, 44, 30, 12, 60, 10, 44, 44, 10)
DECISIONS = ("accept", "reject")
# The widths of a code's column and of the sheet About, in characters.
CODE_WIDTH, ABOUT_WIDTH = 42, 100
# How many codes stand side by side on a printed sheet.
ABREAST = 6
# Columns of the hidden sheet with the original content, by which edits are detected: one row per cell (case, code,
# fingerprints of the shown text and of the extractive summary) or theme (id, status, label).
ORIGIN = ("kind", "name", "code", "shown", "extractive")


def write_matrix(
    path: Path,
    *,
    cells: Sequence[Cell],
    codes: Sequence[str],
    quotes: Mapping[str, Quote],
    attributes: Mapping[str, Mapping[str, str]],
    themes: pd.DataFrame | None = None,
    status_of: Mapping[int, str] | None = None,
    theme_sentences: Sequence[str] = (),
    summaries: Mapping[tuple[str, str], written_summaries.Summary] | None = None,
    paper: Paper = "a4",
) -> None:
    """Write the workbook: `Matrix` (one row per case, attributes, one column per code), `Themes`, `Quotes`, `About`.

    Cells of the matrix name their passages by their numbers in `Quotes`: LibreOffice shows a cell with a link as a
    single line. Everything is written as text, so that speech that looks like a formula or address is not interpreted.
    For re-import (`counterpoint import`), a hidden sheet contains
    fingerprints of all editable content. `themes`: top-level themes with their `number`; `status_of`: their status for
    people, by id; `theme_sentences`: sentences about all themes; `summaries`: summaries written by people; `paper`: the
    sheets it is printed on, across, with heads repeated.
    """
    summaries = summaries or {}
    path.parent.mkdir(parents=True, exist_ok=True)
    # In memory: a killed run must not leave passages in the system's temporary folder.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(str(path), plain)
    book.set_properties(
        {
            "title": "Framework matrix",
            "comments": "People's codes, and candidate codes for review.",
            "created": MADE,
        }
    )
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#F0F3F5"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "soft": book.add_format({"text_wrap": True, "valign": "top", "font_color": "#6B757D", "italic": True}),
        "name": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
    }
    names = ("Matrix", "Themes", "Quotes", "About", "Origin")
    matrix, labels, quote_sheet, about, origin = (book.add_worksheet(name) for name in names)
    first_quote_row = _write_quotes(quote_sheet, cells, quotes, formats=formats)
    _write_cells(
        matrix,
        cells,
        codes,
        attributes=attributes,
        first_quote_row=first_quote_row,
        formats=formats,
        summaries=summaries,
    )
    theme_origins = _write_themes(labels, themes, status_of or {}, formats)
    _write_about(about, theme_sentences, formats)
    for sheet, columns in ((matrix, 1), (labels, 0), (quote_sheet, 0), (about, 0)):
        for_print(sheet, paper, columns=columns)
    matrix.fit_to_pages(-(-max(len(codes), 1) // ABREAST), 0)
    _write_origin(origin, [*(_origin(cell, summaries) for cell in cells), *theme_origins])
    book.close()


def attributes_of(cases: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return each case's attributes as text."""
    columns = [str(column) for column in cases.columns if column != "case"]
    known = cases.fillna("").astype(str).to_dict("records")
    return {row["case"]: {column: row[column] for column in columns} for row in known}


def _write_cells(
    sheet: Any,
    cells: Sequence[Cell],
    codes: Sequence[str],
    *,
    attributes: Mapping[str, Mapping[str, str]],
    first_quote_row: Mapping[tuple[str, str], int],
    formats: Mapping[str, Any],
    summaries: Mapping[tuple[str, str], written_summaries.Summary],
) -> None:
    names = sorted({name for known in attributes.values() for name in known})
    cases = sorted({cell.case for cell in cells})
    row_of = {case: number + 1 for number, case in enumerate(cases)}
    column_of = {code: number + 1 + len(names) for number, code in enumerate(codes)}
    for column, heading in enumerate(["case", *names, *codes]):
        sheet.write_string(0, column, _fits(heading), formats["head"])
    sheet.set_row(0, height((_fits(code), CODE_WIDTH) for code in codes))
    for case, row in row_of.items():
        sheet.write_string(row, 0, _fits(case), formats["name"])
        for column, name in enumerate(names):
            sheet.write_string(row, column + 1, _fits(attributes.get(case, {}).get(name, "")), formats["text"])
    text_of = {(cell.case, cell.code): shown(cell, summaries) for cell in cells}
    for cell in cells:
        row, column = row_of[cell.case], column_of[cell.code]
        if cell.excerpts:
            summary = summaries.get((cell.case, cell.code))
            first = first_quote_row[cell.case, cell.code]
            told = "; ".join(filter(None, [_passages(first, len(cell.excerpts)), summary.who if summary else ""]))
            text_of[cell.case, cell.code] = text = _fits(f"{shown(cell, summaries)}\n({told})")
            sheet.write_string(row, column, text, formats["text"])
        else:
            kind = "text" if (cell.case, cell.code) in summaries else "soft"
            sheet.write_string(row, column, _fits(shown(cell, summaries)), formats[kind])
    tallest = dict.fromkeys(row_of.values(), LINE)
    for cell in cells:
        row = row_of[cell.case]
        tallest[row] = max(tallest[row], height([(text_of[cell.case, cell.code], CODE_WIDTH)]))
    for row, points in tallest.items():
        sheet.set_row(row, points)
    sheet.set_column(0, 0, 18)
    if names:
        sheet.set_column(1, len(names), 14)
    if codes:
        sheet.set_column(1 + len(names), len(names) + len(codes), CODE_WIDTH)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(cases), 1), len(names) + len(codes))


def _passages(first: int, count: int) -> str:
    """How many passages a cell has, and their numbers in the sheet Quotes."""
    return f"{count}; quote {first}" if count == 1 else f"{count}; quotes {first}–{first + count - 1}"


def shown(cell: Cell, summaries: Mapping[tuple[str, str], written_summaries.Summary]) -> str:
    """Return the text of a cell: a person's summary, otherwise the extractive one, otherwise why there is none."""
    summary = summaries.get((cell.case, cell.code))
    return summary.summary if summary else cell.summary or SILENT[cell.state]


def _origin(cell: Cell, summaries: Mapping[tuple[str, str], written_summaries.Summary]) -> tuple[str, ...]:
    return (
        "cell",
        cell.case,
        cell.code,
        written_summaries.digest(_fits(shown(cell, summaries))),
        written_summaries.digest(cell.summary),
    )


def _write_themes(
    sheet: Any, themes: pd.DataFrame | None, status_of: Mapping[int, str], formats: Mapping[str, Any]
) -> list[tuple[str, ...]]:
    """Write one row per theme; return their rows of the hidden sheet."""
    for column, (heading, width) in enumerate(zip(THEMES, THEME_WIDTHS, strict=True)):
        sheet.write_string(0, column, heading, formats["head"])
        sheet.set_column(column, column, width)
    sheet.set_row(0, height([]))
    theme_rows = [] if themes is None else list(each(themes))
    for row_number, row in enumerate(theme_rows, start=1):
        keywords = languages.shown(row.keywords, row.language)
        texts = {"theme": f"T{row.number}", "label": row.label, "status": status_of.get(row.theme_id, row.status)}
        texts |= {
            "segments": str(row.n_segments),
            "words": keywords,
            "in vivo": getattr(row, "in_vivo", ""),
            "id": str(row.theme_id),
        }
        for column, name in enumerate(THEMES):
            sheet.write_string(row_number, column, _fits(texts.get(name, "")), formats["text"])
        sheet.set_row(
            row_number, height(zip((_fits(texts.get(name, "")) for name in THEMES), THEME_WIDTHS, strict=True))
        )
    if theme_rows:
        column = THEMES.index("decision")
        sheet.data_validation(1, column, len(theme_rows), column, {"validate": "list", "source": list(DECISIONS)})
    sheet.freeze_panes(1, 2)
    return [
        ("label", str(row.theme_id), row.status, written_summaries.digest(_fits(row.label)), "") for row in theme_rows
    ]


def _write_origin(sheet: Any, lines: Sequence[Sequence[str]]) -> None:
    """Write the hidden sheet."""
    for row, values in enumerate([ORIGIN, *lines]):
        for column, value in enumerate(values):
            sheet.write_string(row, column, _fits(value))
    sheet.very_hidden()


def _write_quotes(
    sheet: Any, cells: Sequence[Cell], quotes: Mapping[str, Quote], *, formats: Mapping[str, Any]
) -> dict[tuple[str, str], int]:
    """Write one row per passage of each cell; return the first row (from 0) of each cell."""
    for column, (heading, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
        sheet.write_string(0, column, heading, formats["head"])
        sheet.set_column(column, column, width)
    sheet.set_row(0, height([]))
    first: dict[tuple[str, str], int] = {}
    row = 0
    for cell in cells:
        for place, segment in enumerate(cell.excerpts):
            row += 1
            first.setdefault((cell.case, cell.code), row)
            quote = quotes[segment]
            sheet.write_number(row, 0, row, formats["text"])
            values = (cell.case, cell.code, quote.document, quote.speaker, quote.attributes, quote.time, quote.question)
            by = "a person" if place < cell.n_coded else PIPELINE
            texts = [_fits(value) for value in (*values, quote.text, segment, by)]
            for column, value in enumerate(texts, start=1):
                sheet.write_string(row, column, value, formats["text"])
            sheet.set_row(row, height(zip(texts, WIDTHS[1:], strict=True)))
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(row, 1), len(HEADINGS) - 1)
    return first


def _write_about(sheet: Any, sentences: Sequence[str], formats: Mapping[str, Any]) -> None:
    paragraphs = (
        "A framework matrix (Gale et al. 2013): one row per case, one column per code.",
        "A passage that a person coded stands under that person's codes alone. Passages that nobody coded stand under "
        "the codes that the pipeline suggests (candidates): read them before relying on a cell. The column coded by of "
        "Quotes says which is which.",
        "Each summary consists of whole sentences in the participant's own words; […] marks omitted text. "
        "In brackets stand the count of passages and their numbers in the sheet Quotes.",
        "asked, silent: a question was close to the code, but nothing was coded or suggested. not asked: "
        "no question was close to the code. Empty: not known.",
        "The workbook can be imported again: what you write in a cell of Matrix, or in the columns label, "
        "decision and memo of Themes, is read by `counterpoint import framework_matrix.xlsx --who NAME` "
        "and recorded under your name. A summary written by a person shows their name beside the count.",
        *sentences,
        f"Passages longer than {LONGEST:,} characters are cut here, with a mark; the report has the full text.",
    )
    for row, text in enumerate(paragraphs):
        sheet.write_string(row, 0, text, formats["text"])
        sheet.set_row(row, height([(text, ABOUT_WIDTH)]))
    sheet.set_column(0, 0, ABOUT_WIDTH)


def _fits(text: str) -> str:
    """Return a text shortened, with a mark, to what Excel can hold."""
    return text if len(text) <= LONGEST else text[:LONGEST] + " [cut]"
