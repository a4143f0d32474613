"""`counterpoint import` of tables (csv, xlsx, tables in Word): says what a table is by its columns."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.commands import codebook_table
from pipeline.core import prose
from pipeline.corpus import participants
from pipeline.corpus.readers import (
    code_headings,
    codes_csv,
    decoding,
    guards,
    rows,
    word_tables,
    workbooks,
)
from pipeline.corpus.readers.code_records import Record
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.model import RefusedError
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import csv

DELIMITERS = ",;\t|"
# Columns of our own tables of codings.
OWN = {"document", "start", "end", "text", "code", "parent_code", "coder", "memo", "date"}


class Table(NamedTuple):
    """What a table holds: codings in our form, participants (as csv), coded segments, or a codebook."""

    codings: Sequence[Coding] = ()
    people: bytes = b""
    segments: bool = False
    book: Codebook | None = None
    lines: Sequence[str] = ()
    unread: Sequence[str] = ()


def of_csv(data: bytes, path: Path) -> Table:
    """Return what a csv holds. Raises RefusedError if no kind of table has its columns."""
    records = _records(data)
    header = [cell.strip().lower() for cell in records[0][1]] if records else []
    if set(participants.COLUMNS) <= set(header):
        return Table(people=data)
    placed = "text" in header or {"start", "end"} <= set(header)
    # A table of documents and codes alone lacks its passages; it is no codebook.
    if {"document", "code"} <= set(header) and (placed or set(header) <= OWN):
        return Table(codings=codes_csv.read_own_csv(data, path.stem))
    return _told({"": records}, path)


def of_workbook(data: bytes, path: Path) -> Table:
    """Return what a workbook holds, as `of_csv` does."""
    sheets = workbooks.sheets(data, workbooks.names(data))
    for records in sheets.values():
        header = [cell.strip().lower() for cell in records[0][1]] if records else []
        if set(participants.COLUMNS) <= set(header):
            rows_of = [[*cells, *[""] * (len(header) - len(cells))][: len(header)] for _, cells in records[1:]]
            return Table(people=csv.table(pd.DataFrame(rows_of, columns=header)))
    return _told(sheets, path)


def of_document(tables: Sequence[word_tables.Table], path: Path) -> Table:
    """Return the codebook in the tables of a document, as NVivo writes one. Raises RefusedError if there is none."""
    found = [list(enumerate(table, start=1)) for table in tables]
    return _told({f"table {number}": records for number, records in enumerate(found, start=1)}, path)


def is_codebook(table: word_tables.Table) -> bool:
    """Return whether a table of a document is a codebook, by its headings."""
    return _described(list(enumerate(table, start=1)))


def _told(sheets: dict[str, list[Record]], path: Path) -> Table:
    """Return what the sheets of a file hold: coded segments, the first codebook, or both."""
    names = [name for name, records in sheets.items() if records]
    books = [name for name in names if _described(sheets[name])]
    coded = [name for name in names if _segments(sheets[name])]
    books = [name for name in books if name not in coded]
    if coded and not books:
        return Table(segments=True)
    if not books:
        seen = [cell.strip() for name in names for cell in sheets[name][0][1] if cell.strip()]
        raise RefusedError(
            f"Unknown columns ({', '.join(seen[:8]) or 'none'}). Coded segments need columns for document, text "
            "and code; a codebook needs the code and its definition, description, comment or parent; participants "
            f"need {', '.join(participants.COLUMNS)}."
        )
    found = codebook_table.read(sheets[books[0]], place=str(path))
    others = [f"'{name}'" for name in names if name and name != books[0] and name not in coded]
    lines = [f"Sheets that were not read: {prose.listed(others[:5])}."] if others else []
    return Table(segments=bool(coded), book=found.book, lines=[*found.lines, *lines], unread=found.unread)


def _segments(records: Sequence[Record]) -> bool:
    """Return whether a table has coded segments: a text and a code in each row, and not what codes mean."""
    try:
        _, columns = code_headings.header(list(records))
    except RefusedError:
        return False
    _, layout = codebook_table.header(records)
    defined = {"definition", "include", "exclude"} & set(layout.at)
    return columns.has("document") or not defined


def _described(records: Sequence[Record]) -> bool:
    """Return whether a table is a codebook: it tells something about each code, or lists codes, each once."""
    position, layout = codebook_table.header(records)
    if not layout.score or layout.described:
        return layout.score > 0
    at = (*layout.names, *layout.levels)[0]
    listed = [cells[at].strip() for _, cells in records[position + 1 :] if at < len(cells) and cells[at].strip()]
    return layout.lists_codes and 0 < len(set(listed)) == len(listed)


def _records(data: bytes) -> list[Record]:
    """Return the rows of a csv with the delimiter under which its headings mean most. Raises RefusedError."""
    guards.check_size(len(data), limit=rows.MAX_TABLE_BYTES)
    text, _ = decoding.decode(data)
    top = "\n".join(text.split("\n")[: 2 * codebook_table.MOST_TITLES])
    best = max(DELIMITERS, key=lambda mark: (_meaning(top, mark), top.count(mark)))
    return [(number, cells) for number, cells in rows.csv_records(text, delimiter=best) if not _remark(cells)]


def _remark(cells: Sequence[str]) -> bool:
    return cells[0].lstrip().startswith("#") or not any(cell.strip() for cell in cells)


def _meaning(top: str, delimiter: str) -> int:
    try:
        records = list(rows.csv_records(top, delimiter=delimiter))
    except RefusedError:
        return 0
    _, layout = codebook_table.header(records)
    try:
        _, columns = code_headings.header(records)
    except RefusedError:
        return layout.score
    return max(layout.score, 1 + sum(at >= 0 for at in columns.at.values()))
