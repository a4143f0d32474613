"""Reads transcripts in tables (.csv, .xlsx): talk, surveys, and tables of several interviews."""

from pipeline.corpus.readers import grids, table_parts, table_talk, workbooks
from pipeline.corpus.readers.model import Labels, RefusedError, Remark, Transcript


def read_csv(data: bytes, labels: Labels) -> Transcript:
    """Read a csv; its canonical text is written as `Name: words`. Raises RefusedError."""
    return table_talk.read(grids.of_csv(data), labels)


def read_xlsx(data: bytes, labels: Labels) -> Transcript:
    """Read the sheets of a workbook; the text is written as `Name: words`. Several sheets of talk are parts.

    Sheets without talk are named in a remark. Raises RefusedError if no sheet can be read.
    """
    read: dict[str, Transcript] = {}
    unread: dict[str, str] = {}
    found = grids.of_workbook(data)
    if not found:
        raise RefusedError(workbooks.NO_CELLS)
    for grid in found:
        try:
            read[grid.name] = table_talk.read(grid, labels)
        except RefusedError as error:
            unread[grid.name] = str(error)
    if not read:
        raise RefusedError(next(iter(unread.values())))
    named = {name for name, transcript in read.items() if any(turn.speaker for turn in transcript.turns)}
    for name in list(read) if named else ():
        if name not in named:
            unread[name] = "It names no speakers, unlike the others."
            del read[name]
    remarks = [Remark("note", f"Sheet '{name}' was not read. {why}") for name, why in unread.items()]
    if len(read) == 1:
        (only,) = read.values()
        only.remarks.extend(remarks)
        return only
    parts = {
        (f"{sheet} - {name}" if name else sheet): part
        for sheet, transcript in read.items()
        for name, part in (transcript.parts or {"": transcript}).items()
    }
    whole = table_parts.together(parts, by="sheet")
    whole.remarks.extend(remarks)
    return whole
