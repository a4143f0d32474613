"""Protects text in spreadsheet files from being read as formulas; the marker is removed when a file is read back.

A cell that begins with = + - @, a tab or a line break (also after apostrophes) is written with a leading apostrophe.
Every text survives the round trip. In files from elsewhere, an apostrophe before such a character is removed.
"""

import datetime
import re

# Fixed creation date of workbooks and documents, so that the same table gives the same bytes.
MADE = datetime.datetime(2000, 1, 1)
# Longest text written to a cell; Excel's limit is 32,767 characters.
LONGEST = 32_000

# Full-width forms too: spreadsheets with East Asian settings treat them the same.
_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def guarded(cell: str) -> str:
    """Return a cell as written, with an apostrophe if it could be read as a formula."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def plain(cell: str) -> str:
    """Return a cell's original text; the inverse of `guarded`."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell
