"""Exports the codebook as a workbook: one row per code, parents first, all cells as text."""

import io

import xlsxwriter

from pipeline.core import formula_guard
from pipeline.core.terms import Paper
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import sheet_layout

COLUMNS = ("name", "parent", "definition", "include", "exclude", "examples", "counter_examples", "color", "codable")
NO = "no"
WIDTHS = (28, 22, 50, 40, 40, 60, 60, 10, 10)


def codebook_rows(book: Codebook) -> list[tuple[str, ...]]:
    """Return the codes as rows of COLUMNS, in codebook order; one example per line."""
    return [
        (
            code.name,
            code.parent,
            code.definition,
            code.include,
            code.exclude,
            "\n".join(code.examples),
            "\n".join(code.counter_examples),
            code.color,
            "" if code.codable else NO,
        )
        for code in book.codes
    ]


def codebook(book: Codebook, *, paper: Paper = "a4") -> bytes:
    """Return the workbook, laid out for print on `paper`, with a fixed date.

    Text that looks like a formula or address stays text.
    """
    buffer = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    workbook = xlsxwriter.Workbook(buffer, plain)
    workbook.set_properties({"title": "Codebook", "created": formula_guard.MADE})
    head = workbook.add_format({"bold": True, "bottom": 1, "valign": "top", "bg_color": "#F0F3F5"})
    text = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet = workbook.add_worksheet("Codebook")
    for column, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for row_number, row in enumerate(codebook_rows(book), start=1):
        for column, cell in enumerate(row):
            sheet.write_string(row_number, column, cell[: formula_guard.LONGEST], text)
        sheet.set_row(row_number, sheet_layout.height(zip(row, WIDTHS, strict=True)))
    sheet.set_row(0, sheet_layout.height([]))
    sheet_layout.for_print(sheet, paper, columns=1)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(book), 1), len(COLUMNS) - 1)
    workbook.close()
    return buffer.getvalue()
