"""Tables whose cells hold speaker labels: a labelled line in each row, or a whole transcript in a cell."""

from dataclasses import replace

from pipeline.core.names import key
from pipeline.corpus.readers import speakers, table_parts
from pipeline.corpus.readers.column_profiles import Profile
from pipeline.corpus.readers.grids import Grid
from pipeline.corpus.readers.model import Labels, Transcript, traced

# Minimum share of cells with several speakers in a table of whole transcripts.
WHOLE = 0.5


def labelled(grid: Grid, text: int, labels: Labels) -> Transcript | None:
    """Return the talk if the cells of the text column begin with labels: `Anna: I came late.`"""
    lines = [" ".join(cell.split()) for cell in grid.columns[text].cells]
    marks, at = [], 0
    for number, line in zip(grid.numbers, lines, strict=True):
        marks.append((at, number))
        at += len(line) + 1
    found = speakers.transcript("\n".join(lines), labels)
    named = {key(turn.speaker) for turn in found.turns if turn.speaker}
    return traced(found, "row", marks) if len(named) >= 2 else None


def whole(grid: Grid, text: int, labels: Labels) -> Transcript | None:
    """Return the transcripts in a table with a whole one in each cell of the text column, or None."""
    cells = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in grid.columns[text].cells]
    filled = [at for at, cell in enumerate(cells) if cell]
    if sum(1 for at in filled if cells[at].count("\n") >= 2) < WHOLE * len(filled):
        return None
    read_cells = {at: speakers.transcript(cells[at], labels) for at in filled}
    spoken = [at for at in filled if len({turn.speaker for turn in read_cells[at].turns if turn.speaker}) >= 2]
    if len(spoken) < max(1, WHOLE * len(filled)):
        return None
    names = _row_names(grid, text)
    where = {
        at: replace(
            found,
            turns=[replace(turn, place=f"row {grid.numbers[at]}") for turn in found.turns],
            rows=(grid.numbers[at],),
        )
        for at, found in read_cells.items()
    }
    return table_parts.together({names[at]: where[at] for at in filled if where[at].turns}, by="row")


def _row_names(grid: Grid, text: int) -> list[str]:
    """Return a name for each row: from the first column with short, different cells, or its number."""
    for at, column in enumerate(grid.columns):
        profile = Profile(column)
        if at != text and profile.coverage == 1 and profile.named == 1 and len(profile.counts) == len(column.cells):
            return [f"row {cell}" if cell.isdecimal() else cell for cell in column.cells]
    return [f"row {number}" for number in grid.numbers]
