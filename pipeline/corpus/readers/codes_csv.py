"""Reads human codes in the project's own csv format.

Columns: `document,start,end,text,code,coder` and optionally `parent_code,memo,date`.
"""

from pipeline.core import formula_guard
from pipeline.corpus.readers import rows
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.model import RefusedError

REQUIRED = ("document", "code")


def read_own_csv(data: bytes, stem: str) -> list[Coding]:
    """Return the codings of a csv file. `stem`: the coder's name if none is given.

    Other columns are ignored; apostrophes that protect cells from being read as formulas are removed. Raises
    RefusedError if a required column is missing.
    """
    header, numbered_rows = rows.read_csv(data)
    missing = [name for name in REQUIRED if name not in header]
    if "text" not in header and not {"start", "end"} <= set(header):
        missing.append("text")
    if missing:
        raise RefusedError(
            f"Missing column '{missing[0]}'. Expected columns: document,start,end,text,code,coder; either "
            "text, or both start and end, may be omitted."
        )
    return [_coding(number, row, stem) for number, row in numbered_rows]


def _coding(number: int, row: dict[str, str], stem: str) -> Coding:
    cell = {
        name: formula_guard.plain(row.get(name, "").strip())
        for name in ("document", "start", "end", "code", "coder", "parent_code", "memo", "date")
    }
    return Coding(
        row=f"line {number}",
        document=cell["document"],
        start=integer(cell["start"]),
        end=integer(cell["end"]),
        text=formula_guard.plain(row.get("text", "")),
        code=cell["code"],
        coder=cell["coder"] or stem,
        parent_code=cell["parent_code"],
        memo=cell["memo"],
        date=cell["date"],
    )


def integer(cell: str) -> int | None:
    """Return a cell as an integer, also from `12.0` as spreadsheets write it; None if it is not a number."""
    number = cell[:-2] if cell.endswith(".0") else cell
    return int(number) if number.isdecimal() and len(number) < 12 else None
