"""Text in files that spreadsheets open: what looks like a formula is marked, and the mark is taken off on reading.

A cell that begins with = + - @, a tab or a line end (also behind apostrophes) is written with one apostrophe before it.
Every text survives the way out and back. A file from elsewhere loses an apostrophe where it has one before such a sign.
"""

import datetime
import re

# The same table gives the same bytes: the day a workbook or a document says it was made is a fixed one.
MADE = datetime.datetime(2000, 1, 1)
# The most characters that a cell of a workbook is given; it holds 32,767.
LONGEST = 32_000

# Wide forms too: spreadsheets in East Asian settings read them as the plain ones.
_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def guarded(cell: str) -> str:
    """The cell as it is written."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def plain(cell: str) -> str:
    """The cell as it was, the way back from `guarded`."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell
