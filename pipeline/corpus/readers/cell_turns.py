"""Reads the tables of a text document (Word, OpenDocument) as talk, with turns at the cells' places in the text."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.corpus import text_layout
from pipeline.corpus.readers import grids, speakers, table_columns, table_talk
from pipeline.corpus.readers.grids import Grid
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, Turn
from pipeline.corpus.readers.sayings import Saying, Talk

# Minimum share of the words in tables with speakers for a document to be read as such a table.
SHARE = 0.5
MOST_COLUMNS = 12


@dataclass(frozen=True)
class Cell:
    """A cell of a table: number of the table, of the row, and of the column, and its span in the text."""

    table: int
    row: int
    column: int
    start: int
    end: int


def transcript(text: str, cells: Sequence[Cell], labels: Labels) -> Transcript:
    """Return the turns of a text: by cells if most of it is a table of talk, else by lines. Raises RefusedError."""
    found = _by_cells(text, cells, labels) if cells else None
    return speakers.transcript(text, labels) if found is None else found


def _by_cells(text: str, cells: Sequence[Cell], labels: Labels) -> Transcript | None:
    rows = _rows(cells)
    width = max((len(row) for row in rows), default=0)
    inside = sum(text_layout.count_words(text[row[0].start : row[-1].end]) for row in rows)
    if not 2 <= width <= MOST_COLUMNS or inside < SHARE * text_layout.count_words(text):
        return None
    spans: dict[tuple[int, int], Cell] = {}
    numbered = []
    for number, row in enumerate(rows, start=1):
        line = [""] * (max(cell.column for cell in row) + 1)
        for cell in row:
            spans[number, cell.column] = cell
            line[cell.column] = text[cell.start : cell.end]
        numbered.append((number, line))
    try:
        grid = grids.grid("", numbered)
    except RefusedError:
        return None
    talk = _talk(grid, labels)
    if talk is None:
        return None
    turns = _turns(text, talk, grid, spans)
    outside = _outside(text, rows, labels)
    ordered = sorted([*turns, *outside], key=lambda turn: turn.start)
    return Transcript(text, ordered, talk.remarks, talk.attributes)


def _rows(cells: Sequence[Cell]) -> list[list[Cell]]:
    rows: dict[tuple[int, int], list[Cell]] = {}
    for cell in cells:
        rows.setdefault((cell.table, cell.row), []).append(cell)
    return [sorted(row, key=lambda cell: cell.column) for row in rows.values()]


def _talk(grid: Grid, labels: Labels) -> Talk | None:
    """Return the talk of a table that names speakers, or None."""
    by_columns = table_talk.by_columns(grid, labels)
    if by_columns is not None:
        return by_columns
    chosen = table_columns.choose(grid.columns)
    if chosen.text < 0 or (chosen.speaker < 0 and chosen.question < 0):
        return None
    found = table_talk.by_rows(grid, chosen)
    remarks = table_talk.unsure(grid, chosen)  # most tables in documents name no columns
    return Talk(
        found.sayings,
        [*found.remarks, *(remark for remark in remarks if grid.headed or remark.kind != "guessed")],
        found.attributes,
    )


def _turns(text: str, talk: Talk, grid: Grid, spans: dict[tuple[int, int], Cell]) -> list[Turn]:
    turns: list[Turn] = []
    for said in sorted(talk.sayings, key=lambda said: (said.row, said.column)):
        cell = spans.get((grid.numbers[said.row], said.column))
        if cell is None:
            continue
        start, end = text_layout.trimmed(text, cell.start, cell.end)
        start += max(0, text[start:end].find(said.text))
        turns.append(_turn(said, start, end))
    return turns


def _turn(said: Saying, start: int, end: int) -> Turn:
    return Turn(said.speaker, start, end, said.time_s, role=said.role)


def _outside(text: str, rows: Sequence[Sequence[Cell]], labels: Labels) -> list[Turn]:
    """Return the turns before, between and after the tables."""
    turns: list[Turn] = []
    at = 0
    for start, end in [*((row[0].start, row[-1].end) for row in rows), (len(text), len(text))]:
        piece = text[at : max(at, start)]
        if piece.strip():
            found = speakers.transcript(piece, labels)
            turns += [Turn(one.speaker, one.start + at, one.end + at, one.time_s) for one in found.turns]
        at = max(at, end)
    return turns
