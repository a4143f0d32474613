"""Reads coded segments exported as tables (csv, xlsx) by Taguette, MAXQDA, Dedoose, Delve and others."""

from pipeline.corpus.readers import codes_csv, rows
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.model import RefusedError

# Column names in other programs. MAXQDA's Beginning and End are paragraph numbers, so they do not count as offsets.
NAMES = {
    "document": [
        "document",
        "document name",
        "media title",
        "source",
        "file_name",
        "file name",
        "file",
        "transcript",
        "transcript name",
        "transcript title",
        "document title",
        "source name",
        "interview",
    ],
    "text": [
        "text",
        "content",
        "segment",
        "excerpt",
        "excerpt copy",
        "coded text",
        "quotation",
        "snippet",
        "preview",
        "snippet text",
        "excerpt text",
        "quote",
        "highlight",
        "reference text",
        "quotation content",
    ],
    "code": [
        "code",
        "tag",
        "codes applied combined",
        "codes",
        "code name",
        "code(s)",
        "tags",
        "hierarchical name",
        "node",
        "node name",
        "code names",
        "labels",
    ],
    "coder": [
        "coder",
        "created by",
        "excerpt creator",
        "coded by",
        "user",
        "author",
        "coded by initials",
        "coded by user",
        "creator",
        "researcher",
    ],
    "memo": ["memo", "comment", "note"],
    "date": ["date", "created", "excerpt date", "modified on", "coded on"],
    "parent_code": ["parent_code", "parent code", "parent"],
    "start": ["start"],
    "end": ["end"],
}
SEVERAL = ("codes applied combined", "codes", "code(s)", "tags", "code names", "labels")
PATHS = ("\\", ">", " / ")


def read_csv(data: bytes, stem: str) -> list[Coding]:
    """Return the codings of a csv, in our own format or another program's, recognised by its columns.

    Raises RefusedError if a required column is missing.
    """
    header, numbered_rows = rows.read_csv(data)
    if {"document", "code"} <= set(header) and ("text" in header or {"start", "end"} <= set(header)):
        return codes_csv.read_own_csv(data, stem)
    return _codings(header, numbered_rows, stem)


def read_xlsx(data: bytes, stem: str) -> list[Coding]:
    """Return the codings on a workbook's first sheet, recognised by its columns.

    Raises RefusedError if a required column is missing.
    """
    return _codings(*rows.read_xlsx(data), stem)


def _codings(header: list[str], numbered_rows: list[tuple[int, dict[str, str]]], stem: str) -> list[Coding]:
    column = {ours: next((name for name in names if name in header), "") for ours, names in NAMES.items()}
    missing = [ours for ours in ("document", "text", "code") if not column[ours]]
    if missing:
        raise RefusedError(
            f"No column for '{missing[0]}', and the header matches no known export. Expected columns: "
            "document,start,end,text,code,coder."
        )
    if not (column["start"] and column["end"]):
        column |= {"start": "", "end": ""}
    codings = []
    for number, row in numbered_rows:
        cell = {ours: row.get(name, "") for ours, name in column.items()}
        stripped = {name: value.strip() for name, value in cell.items()}
        for code in _several(stripped["code"]) if column["code"] in SEVERAL else [stripped["code"]]:
            *above, name = [code] if column["code"] == "tag" else path(code)  # Taguette's tags have no parents
            codings.append(
                Coding(
                    f"line {number}",
                    stripped["document"],
                    codes_csv.integer(stripped["start"]),
                    codes_csv.integer(stripped["end"]),
                    cell["text"],
                    name,
                    stripped["coder"] or stem,
                    stripped["parent_code"] or (above[-1] if above else ""),
                    stripped["memo"],
                    stripped["date"],
                )
            )
    return codings


def _several(cell: str) -> list[str]:
    separator = next((mark for mark in ("\n", ";", ",") if mark in cell), "\n")
    return [code.strip() for code in cell.split(separator) if code.strip()] or [""]


def path(code: str) -> list[str]:
    r"""Return a code path as a list, outermost first: `A > B`, `A\\B` or `A / B`."""
    for mark in PATHS:
        parts = [part.strip() for part in code.replace(2 * mark, mark).split(mark)]
        if len(parts) > 1 and all(parts):
            return parts
    return [code]
