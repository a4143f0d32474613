"""Text in csv files that spreadsheets open: what looks like a formula is marked, and the mark is taken off on reading.

A cell that begins with = + - @, a tab or a line end (also behind apostrophes) is written with one apostrophe before it.
Every text survives the way out and back. A file from elsewhere loses an apostrophe where it has one before such a sign.
"""

import re

# Wide forms too: spreadsheets in East Asian settings read them as the plain ones.
_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def guarded(cell: str) -> str:
    """The cell as it is written."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def plain(cell: str) -> str:
    """The cell as it was, the way back from `guarded`."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell
