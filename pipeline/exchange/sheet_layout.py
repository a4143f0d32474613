"""How the sheets of a workbook are laid out: how tall rows are, and how sheets are printed.

LibreOffice shows only the first line of wrapped text in rows without a height of their own.
"""

from collections.abc import Iterable
from typing import Any

from pipeline.core.terms import Paper

# The height of a line in points, and the tallest row of Excel.
LINE, TALLEST = 15.0, 409.0
# Excel's numbers of the paper sizes.
PAPERS: dict[Paper, int] = {"a4": 9, "letter": 1}


def height(texts: Iterable[tuple[str, int]]) -> float:
    """The height of a row in points, as far as Excel allows. `texts`: of its cells, with their width in characters."""
    lines = max((sum(_lines(line, width) for line in text.split("\n")) for text, width in texts), default=1)
    return min(lines * LINE + 3, TALLEST)


def _lines(line: str, width: int) -> int:
    """How many lines a line becomes, with some room for words that do not fit."""
    return -(-max(len(line), 1) // max(width - 2, 1))


def for_print(sheet: Any, paper: Paper | None = None, *, columns: int = 0) -> None:
    """Lay a sheet out for print: across, as wide as the paper, with its head on each page (and so many columns).

    `paper`: if None, that of the printer.
    """
    sheet.set_landscape()
    if paper:
        sheet.set_paper(PAPERS[paper])
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(0)
    if columns:
        sheet.repeat_columns(0, columns - 1)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
