"""Tables as files hold them: rows of cells, before anything is known about the columns."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from pipeline.corpus.readers import decoding, guards, header_words, rows, workbooks
from pipeline.corpus.readers.model import RefusedError

DELIMITERS = ",;\t|"
# Rows looked at to find the delimiter and the header.
SAMPLE, SAMPLE_CHARACTERS, MOST_TITLES = 50, 200_000, 12


@dataclass(frozen=True)
class Column:
    """A column: its name ('' if the table has no header), and its cells without surrounding space, one per row."""

    name: str
    cells: list[str]

    @property
    def filled(self) -> list[str]:
        """The cells that are not empty."""
        return [cell for cell in self.cells if cell]


@dataclass(frozen=True)
class Grid:
    """A table: its name (that of a sheet, else ''), the number of each row in the file, and the columns.

    `headed`: whether a row names the columns; `above`: the rows above it, such as a title; `joined`: the (row number,
    column) of cells that continue the cell above, because they are merged with it.
    """

    name: str
    numbers: list[int]
    columns: list[Column]
    headed: bool = True
    above: list[str] = field(default_factory=list)
    joined: frozenset[tuple[int, int]] = frozenset()

    def merged(self, column: int, rows: Sequence[int]) -> bool:
        """Return whether the cells of a column in some rows (positions) all continue the cell above."""
        return all((self.numbers[at], column) in self.joined for at in rows)


def of_csv(data: bytes) -> Grid:
    """Return the table in a csv with any common delimiter and encoding. Raises RefusedError."""
    guards.check_size(len(data), limit=rows.MAX_TABLE_BYTES)
    text, _ = decoding.decode(data)
    records = rows.csv_records(text, delimiter=delimiter(text))
    return grid("", list(islice(records, rows.MAX_ROWS + 2)), whole=True)


def of_workbook(data: bytes) -> list[Grid]:
    """Return the tables on a workbook's sheets that have cells; cells are text as displayed. Raises RefusedError."""
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    sheets = workbooks.sheets(data, workbooks.names(data))
    merged = workbooks.merged(data)
    return [replace(grid(name, found), joined=merged.get(name, frozenset())) for name, found in sheets.items() if found]


def grid(name: str, numbered: Sequence[tuple[int, list[str]]], *, whole: bool = False) -> Grid:
    """Return a table, with its header found. `whole`: refuse rows that are longer than the header.

    Raises RefusedError if there are no rows.
    """
    if len(numbered) > rows.MAX_ROWS + 1:
        raise rows.too_many()
    stripped = [(number, [cell.strip() for cell in cells]) for number, cells in numbered]
    filled = [(number, cells) for number, cells in stripped if any(cells)]
    if not filled:
        raise RefusedError("The table has no cells with text. Remove the file, or export it again.")
    top = _top(filled)
    titles, body = filled[:top], filled[top:]
    headed = has_header([cells for _, cells in body])
    header = body[0][1] if headed else []
    if headed:
        body = _without_second_header(body)
    width = max((len(cells) for _, cells in (body if headed else filled)), default=0)
    if whole and headed:
        for number, cells in body[1:]:
            rows.check_width(number, _trimmed(header), cells)
    data = [row for row in body[1:] if row[1] != header] if headed else body
    names = header + [""] * (width - len(header))
    columns = [
        Column(names[at], [cells[at] if at < len(cells) else "" for _, cells in data]) for at in range(len(names))
    ]
    above = [" ".join(cell for cell in cells if cell) for _, cells in titles]
    return Grid(name, [number for number, _ in data], columns, headed, above)


def has_header(body: Sequence[list[str]]) -> bool:
    """Return whether the first row names the columns.

    It does not if one of its cells occurs again below, is a number, or is a question among questions; otherwise it does
    if a cell is a known name, or all cells are different.
    """
    first, below = body[0], [row for row in body[1:] if row != body[0]]
    names = [cell for cell in first if cell]
    known = sum(header_words.known(name) for name in names)
    if not below:
        return known > 0
    if known >= 2 or (known and len(names) == 1):
        return True
    if any(
        cell and any(at < len(row) and row[at].casefold() == cell.casefold() for row in below)
        for at, cell in enumerate(first)
    ):
        return False
    if any(_asked(name) and _mostly_asked(at, below) for at, name in enumerate(first)):
        return False
    if any(name[0].isdigit() and not any(letter.isalpha() for letter in name) for name in names):
        return False
    return known > 0 or (len(set(names)) == len(names) and (len(names) > 1 or len(names[0].split()) <= 3))


def _asked(cell: str) -> bool:
    return cell.endswith(("?", "？", "؟"))


def _mostly_asked(column: int, below: Sequence[list[str]]) -> bool:
    cells = [row[column] for row in below if column < len(row) and row[column]]
    return sum(map(_asked, cells)) > len(cells) / 2


def _top(filled: Sequence[tuple[int, list[str]]]) -> int:
    """Return the position of the first row that is not a title.

    That is the row of known names, if there is one near the top; else the first with as many cells as most have.
    """
    for at, (_, cells) in enumerate(filled[:MOST_TITLES]):
        names = [cell for cell in cells if cell]
        if len(names) >= 2 and all(map(header_words.known, names)) and any(map(header_words.says_what, names)):
            return at
    widths = [sum(1 for cell in cells if cell) for _, cells in filled[:SAMPLE]]
    usual = Counter(widths).most_common(1)[0][0]
    for at, (_, cells) in enumerate(filled[:MOST_TITLES] if usual > 1 else ()):
        names = [cell for cell in cells if cell]
        unnamed = len(names) >= 2 and not cells[0]  # a column of row numbers has no name
        if len(names) + unnamed >= min(usual, 3):
            return at
        if at and len(names) >= 2 and any(len(name.split()) > 3 for name in names):
            return at  # talk has begun
    return 0


def _without_second_header(body: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Join a header of several rows: Qualtrics writes the questions and ids below, SurveyMonkey kinds of answers."""
    for at, (_, cells) in enumerate(body[1:4], start=1):
        if any(cell.startswith('{"ImportId"') for cell in cells):
            return [body[at - 1], *body[at + 1 :]]
    kinds = {"response", "open-ended response", "other (please specify)"}
    if len(body) > 1:
        said = [cell.casefold() for cell in body[1][1] if cell]
        if said and "open-ended response" in said and sum(cell in kinds for cell in said) >= len(said) / 2:
            return [body[0], *body[2:]]
    return body


def _trimmed(header: list[str]) -> list[str]:
    while header and not header[-1]:
        header = header[:-1]
    return header


def delimiter(text: str) -> str:
    """Return the delimiter under which most of the first records have the same number of cells, more than one."""

    def score(mark: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(text[:SAMPLE_CHARACTERS], newline=""), delimiter=mark)
        try:
            widths = Counter(len(cells) for cells in islice(reader, SAMPLE) if any(cell.strip() for cell in cells))
        except csv.Error:
            return 0.0, 0
        several = {width: count for width, count in widths.items() if width > 1}
        if not several:
            return 0.0, 0
        width, count = max(several.items(), key=lambda item: (item[1], item[0]))
        return count / widths.total(), width

    csv.field_size_limit(rows.MAX_TABLE_BYTES)
    return max(DELIMITERS, key=score)
