"""The framework matrix for print: cases by codes on landscape sheets, a block of codes after another."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each
from pipeline.core.terms import Paper
from pipeline.deductive.codebook import Codebook
from pipeline.paper import word
from pipeline.reporting.matrix import count_in_words
from pipeline.reporting.written_summaries import Summary

# So many codes stand side by side on a sheet, and the first column is this wide, in centimetres.
ABREAST, FIRST = 5, 3.0
SIZE = 7.5
LEAD = (
    "A framework matrix (Gale et al. 2013): one row per case, one column per code; the codes are in blocks, each with "
    "all cases. A passage that a person coded stands under that person's codes alone (“coded”); passages that nobody "
    "coded stand under the codes that a program suggests (“candidates”): read them before relying on a cell. The text "
    "is verbatim unless an author is named; […] marks omitted text, and the numbers are those of passages."
)
SILENT = {
    "asked": "(asked; nothing coded or suggested)",
    "not_asked": "(not asked)",
    "unknown": "–",
    "not_available": "(not in English: not mapped)",
}
NO_SUMMARY = "(no summary: not in English)"


def document(
    table: pd.DataFrame,
    *,
    book: Codebook,
    codes: Sequence[str],
    named: Mapping[str, str],
    paper: Paper,
    summaries: Mapping[tuple[str, str], Summary] | None = None,
    clean: Any = str,
) -> bytes:
    """The matrix as a Word document. `table`: framework_matrix; `named`: how each case is called, in order.

    `clean`: applied to what people said, to keep names out; `summaries`: those that people wrote.
    """
    made = word.begun("Framework matrix", paper=paper, landscape=True)
    made.add_paragraph(LEAD)
    cells = {(str(row.case), str(row.code)): row for row in each(table)}
    wide = word.room(paper, landscape=True)
    for number, block in enumerate(blocks(codes, book), start=1):
        made.add_heading(f"{number}. {_title(block, book)}", level=2)
        widths = [FIRST, *[(wide - FIRST) / len(block)] * len(block)]
        grid = word.table(made, ["Case", *block], widths, size=SIZE)
        for case, name in named.items():
            content = [_cell(cells.get((case, code)), (summaries or {}).get((case, code)), clean) for code in block]
            added = word.row(grid, ["", *[""] * len(block)], widths, size=SIZE)
            word.plain(added.cells[0].paragraphs[0], name, size=SIZE, bold=True)
            for cell, (text, soft) in zip(added.cells[1:], content, strict=True):
                word.plain(cell.paragraphs[0], text, size=SIZE, italic=soft)
    if table.empty:
        made.add_paragraph("No matrix: it requires a codebook and speaking participants.")
    return word.saved(made)


def blocks(codes: Sequence[str], book: Codebook) -> list[list[str]]:
    """The codes in blocks that fit a sheet, a category's codes together where they fit; even in size."""
    families: list[list[str]] = []
    for code in codes:
        top = book.category_of(code)
        if families and book.category_of(families[-1][0]) == top:
            families[-1].append(code)
        else:
            families.append([code])
    made: list[list[str]] = []
    for family in families:
        n_parts = -(-len(family) // ABREAST)
        size = -(-len(family) // n_parts)
        for start in range(0, len(family), size):
            part = family[start : start + size]
            if made and start == 0 and len(made[-1]) + len(part) <= ABREAST:
                made[-1] += part
            else:
                made.append(part)
    return made


def _title(block: Sequence[str], book: Codebook) -> str:
    return prose.listed(list(dict.fromkeys(book.category_of(code) for code in block)))


def _cell(row: Any, summary: Summary | None, clean: Any) -> tuple[str, bool]:
    """What stands in a cell, and whether it is only about silence."""
    if row is None:
        return SILENT["unknown"], True
    if summary:
        number = f"{count_in_words(row.n_segments, row.n_coded)}; " if row.n_segments else ""
        return f"{clean(summary.summary)} ({number}{summary.who})", False
    if row.n_segments:
        return f"{clean(str(row.summary)) or NO_SUMMARY} ({count_in_words(row.n_segments, row.n_coded)})", False
    return SILENT[str(row.state)], True
