"""Reads the rows of a table of coded segments, with the row of headings wherever it stands."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from pipeline.corpus.readers import code_headings, decoding, guards, rows, workbooks
from pipeline.corpus.readers.code_headings import Columns
from pipeline.corpus.readers.model import RefusedError, Remark

Record = tuple[int, list[str]]


class Sheet(NamedTuple):
    """A table of coded segments: its name ('' if the file has only one), columns, rows and what was repaired."""

    name: str
    columns: Columns
    records: list[Record]
    remarks: list[Remark]


def csv_sheet(data: bytes) -> Sheet:
    """Return the table in a csv file with any delimiter: the one under which the headings make most sense.

    Raises RefusedError.
    """
    guards.check_size(len(data), limit=rows.MAX_TABLE_BYTES)
    text, _ = decoding.decode(data)
    stated, text, skipped = _stated(text)
    lines = text.split("\n")
    if len(lines) > rows.MAX_TABLE_LINES:
        raise RefusedError(f"The table has more than {rows.MAX_TABLE_LINES:,} lines. Split it.")
    csv.field_size_limit(rows.MAX_TABLE_BYTES)
    top = "\n".join(lines[: 2 * code_headings.MOST_TITLES])
    choices = [stated] if stated else sorted(",;\t|", key=top.count, reverse=True)
    best = max(choices, key=lambda delimiter: _known(top, delimiter))
    remarks: list[Remark] = []
    records = [
        (number + skipped, cells) for number, cells in _records(lines, best, remarks) if any(map(str.strip, cells))
    ]
    sheet = _sheet("", records, remarks)
    return sheet._replace(records=[_within(record, sheet, best) for record in sheet.records])


def _within(record: Record, sheet: Sheet, delimiter: str) -> Record:
    """Return a row without cells beyond the last heading: they are the rest of its text if that is the last column."""
    number, cells = record
    width = max((at + 1 for at, heading in enumerate(sheet.columns.headings) if heading.strip()), default=0)
    if not any(cell.strip() for cell in cells[width:]) or any(at >= width for at in sheet.columns.codes):
        return record
    last = sheet.columns.at["text"] == width - 1
    what = "were read as the rest of its text" if last else "were not read"
    text = f"Line {number}: {len(cells)} cells, but {width} columns in the header; those beyond {what}. Put cells that "
    sheet.remarks.append(Remark("guessed", f"{text}contain the delimiter in quotation marks."))
    return (number, [*cells[: width - 1], delimiter.join(cells[width - 1 :])]) if last else record


def workbook_sheets(data: bytes) -> tuple[list[Sheet], list[str]]:
    """Return every sheet of a workbook that is a table of coded segments, and the names of its other sheets.

    Raises RefusedError if there is none; the reason is that of the first sheet.
    """
    names = workbooks.names(data)
    found = workbooks.sheets(data, names)
    merged = workbooks.merged(data)
    sheets: list[Sheet] = []
    others: list[str] = []
    refused: RefusedError | None = None
    for name in (name for name in names if found.get(name)):
        try:
            sheets.append(
                _sheet(name if len(names) > 1 else "", _unmerged(found[name], merged.get(name, frozenset())), [])
            )
        except RefusedError as error:
            refused = refused or error
            others.append(name)
    if not sheets:
        raise refused or RefusedError(workbooks.NO_CELLS)
    return sheets, others


def _unmerged(records: list[Record], continued: Collection[tuple[int, int]]) -> list[Record]:
    """Return rows with the text of merged cells in every row they span, not only in their first."""
    at_row: dict[int, list[int]] = defaultdict(list)
    for number, at in continued:
        at_row[number].append(at)
    above: list[str] = []
    filled: list[Record] = []
    for number, row in records:
        cells = [*row, *[""] * (len(above) - len(row))] if number in at_row else row
        for at in at_row.get(number, []):
            if at < len(above):
                cells[at] = above[at]
        above = cells
        filled.append((number, cells))
    return filled


def _sheet(name: str, records: list[Record], remarks: list[Remark]) -> Sheet:
    if not records:
        raise RefusedError(rows.NO_HEADER)
    position, columns = code_headings.header(records)
    below = records[position + 1 :]
    if len(below) > rows.MAX_ROWS:
        raise rows.too_many()
    return Sheet(name, columns, below, remarks)


def _stated(text: str) -> tuple[str, str, int]:
    """Return the delimiter that Excel states in a first line `sep=;`, the text below, and the lines above it."""
    first, _, below = text.partition("\n")
    bare = first.strip(' \r"')
    if bare.casefold().startswith("sep=") and len(bare) == 5:
        return bare[-1], below, 1
    return ("\t", below, 1) if first.strip("\r") == "sep=\t" else ("", text, 0)


def _known(top: str, delimiter: str) -> int:
    """Return how much the headings mean with a delimiter: the columns that a table of coded segments needs."""
    try:
        records = [(0, cells) for cells in csv.reader(io.StringIO(top, newline=""), delimiter=delimiter)]
        _, found = code_headings.header(records)
    except (csv.Error, RefusedError):
        return 0
    return 1 + sum(at >= 0 for at in found.at.values())


def _records(lines: list[str], delimiter: str, remarks: list[Remark]) -> Iterator[Record]:
    """Yield the records of a csv file with the number of their first line.

    A quotation mark that is never closed, or closed rows later, is read as it stands where its line alone has as many
    cells as the lines around it; `remarks` says which.
    """
    width = _width(lines[: code_headings.MOST_TITLES], delimiter)
    at, odd = 0, []
    while at < len(lines):
        end = at + 1
        if lines[at].count('"') % 2:
            while end < len(lines) and not lines[end].count('"') % 2:
                end += 1
            end = min(end + 1, len(lines))
        cells = _strict("\n".join(lines[at:end]), delimiter)
        if cells is None or (end > at + 1 and len(cells) != width):
            alone = lines[at].split(delimiter)
            if end > at + 1 and len(alone) == width:
                cells, end = [cell.strip('"') for cell in alone], at + 1
                odd.append(at + 1)
            elif cells is None:
                cells = _lenient(lines[at:end], delimiter, at)
        if cells:
            yield at + 1, cells
        at = end
    if odd:
        listed = ", ".join(map(str, odd[:5])) + (", …" if len(odd) > 5 else "")
        text = f"Line {listed}: a quotation mark is not closed; the line was read as it stands. Close it."
        remarks.append(Remark("guessed", text))


def _width(top: list[str], delimiter: str) -> int:
    """Return how many cells a row has: as many as the headings; a delimiter inside a quoted cell counts for nothing."""
    try:
        records = [(0, cells) for cells in csv.reader(io.StringIO("\n".join(top), newline=""), delimiter=delimiter)]
        position, _ = code_headings.header(records)
    except (csv.Error, RefusedError):
        return max((line.count(delimiter) for line in top), default=0) + 1
    return len(records[position][1])


def _strict(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of one record; None if it is not strict csv."""
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else [] if not found else None


def _lenient(lines: list[str], delimiter: str, at: int) -> list[str]:
    """Return the cells of a record with quotation marks inside its cells. Raises RefusedError."""
    found = list(csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=delimiter))
    if len(found) != 1 or sum(line.count('"') for line in lines) % 2:
        raise RefusedError(f"Line {at + 1}: a quotation mark is never closed. Close it, or save the file again as csv.")
    return found[0]
