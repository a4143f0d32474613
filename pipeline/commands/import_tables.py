"""`counterpoint import` of tables (csv, xlsx, tables in Word): says what a table is by its columns."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.commands import codebook_table
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
    """What a table holds: codings in our form, participants (as csv), coded segments, a codebook.

    `unread`: columns of the codebook that are not read; `read`: the sheets with participants or the codebook;
    `books`: sheets with further codebooks, and `others`: with nothing that is read, except where there are coded
    segments; `called`: what a sheet is called.
    """

    codings: Sequence[Coding] = ()
    people: bytes = b""
    segments: bool = False
    book: Codebook | None = None
    lines: Sequence[str] = ()
    unread: Sequence[str] = ()
    read: Sequence[str] = ()
    books: Sequence[str] = ()
    others: Sequence[str] = ()
    called: str = "sheet"


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
    return _told({"": records} if records else {}, path)


def of_workbook(data: bytes, path: Path) -> Table:
    """Return what the sheets of a workbook hold, as `of_csv` does."""
    sheets = {name: records for name, records in workbooks.sheets(data, workbooks.names(data)).items() if records}
    listing = next((name for name, records in sheets.items() if set(participants.COLUMNS) <= set(_head(records))), "")
    if not listing:
        return _told(sheets, path)
    header, rest = _head(sheets[listing]), {name: records for name, records in sheets.items() if name != listing}
    rows_of = [[*cells, *[""] * (len(header) - len(cells))][: len(header)] for _, cells in sheets[listing][1:]]
    people = csv.table(pd.DataFrame(rows_of, columns=header))
    if not any(_described(records) or _segments(records) for records in rest.values()):
        return Table(people=people, read=[listing], others=list(rest))
    table = _told(rest, path)
    return table._replace(people=people, read=[listing, *table.read])


def of_document(tables: Sequence[word_tables.Table], path: Path) -> Table:
    """Return the codebook in the tables of a document, as NVivo writes one. Raises RefusedError if there is none."""
    found = [list(enumerate(table, start=1)) for table in tables]
    numbered = {f"table {number}": records for number, records in enumerate(found, start=1) if records}
    return _told(numbered, path)._replace(called="table")


def is_codebook(table: word_tables.Table) -> bool:
    """Return whether a table of a document is a codebook, by its headings."""
    return _described(list(enumerate(table, start=1)))


def _head(records: Sequence[Record]) -> list[str]:
    return [cell.strip().lower() for cell in records[0][1]]


def _told(sheets: Mapping[str, list[Record]], path: Path) -> Table:
    """Return what the sheets of a file, by name, hold: coded segments, the first codebook, or both."""
    coded = [name for name, records in sheets.items() if _segments(records)]
    books = [name for name, records in sheets.items() if name not in coded and _described(records)]
    if not coded and not books:
        seen = [cell.strip() for records in sheets.values() for cell in records[0][1] if cell.strip()]
        raise RefusedError(
            f"Unknown columns ({', '.join(seen[:8]) or 'none'}). Coded segments need columns for document, text "
            "and code; a codebook needs the code and its definition, description, comment or parent; participants "
            f"need {', '.join(participants.COLUMNS)}."
        )
    others = [name for name in sheets if name not in coded and name not in books]
    table = Table(segments=bool(coded), read=books, books=books[1:], others=others)
    if not books:
        return table
    found = codebook_table.read(sheets[books[0]], place=str(path))
    return table._replace(book=found.book, lines=found.lines, unread=found.unread)


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
