"""Reads a table as talk: whose words each row holds."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.names import alike, key
from pipeline.corpus.readers import (
    guards,
    header_words,
    labelled_cells,
    sayings,
    surveys,
    table_columns,
    table_parts,
)
from pipeline.corpus.readers.column_profiles import Profile, clean_name
from pipeline.corpus.readers.grids import Column, Grid
from pipeline.corpus.readers.model import (
    Labels,
    RefusedError,
    Remark,
    Transcript,
    in_time,
    without_time,
)
from pipeline.corpus.readers.sayings import Saying, Talk
from pipeline.corpus.readers.table_columns import Chosen
from pipeline.corpus.readers.times import first_time

NO_TEXT = "No text column found: name one 'text', and, if the speakers are known, another 'speaker'."


def read(grid: Grid, labels: Labels) -> Transcript:
    """Return the talk in a table. Raises RefusedError if no column holds speech."""
    guards.check_text(sum(len(cell) for column in grid.columns for cell in column.cells))
    found = by_columns(grid, labels)
    if found is not None:
        return sayings.written(found, grid.numbers)
    chosen = table_columns.choose(grid.columns)
    if chosen.text < 0:
        raise RefusedError(NO_TEXT)
    whole = labelled_cells.whole(grid, chosen.text, labels)
    if whole is not None:
        return whole
    transcript = _by_interview(grid, chosen, labels)
    transcript.remarks.extend(unsure(grid, chosen))
    return transcript


def by_columns(grid: Grid, labels: Labels) -> Talk | None:
    """Return the talk of a table whose columns are questions (a survey) or people, or None."""
    profiles = [Profile(column) for column in grid.columns]
    survey = surveys.find(profiles) if grid.headed else None
    if survey is not None:
        return surveys.talk(grid, survey)
    beside = _side_by_side(grid, profiles, labels)
    return _columns_that_speak(grid, profiles, beside) if beside else None


def _by_interview(grid: Grid, chosen: Chosen, labels: Labels) -> Transcript:
    """Return the rows as talk, in parts if a column says which interview each belongs to."""
    if chosen.interview < 0:
        return _talk(grid, chosen, labels)
    column = _filled_down(grid.columns[chosen.interview].cells)
    rows_of: dict[str, list[int]] = {}
    shown: dict[str, str] = {}
    for at, cell in enumerate(column):
        rows_of.setdefault(key(cell), []).append(at)
        shown.setdefault(key(cell), cell)
    if len(rows_of) < 2:
        return _talk(grid, chosen, labels)
    parts = {shown[name]: _talk(_rows(grid, at), chosen, labels) for name, at in rows_of.items()}
    spoken = {
        shown[name]: replace(parts[shown[name]], rows=tuple(grid.numbers[row] for row in at))
        for name, at in rows_of.items()
        if parts[shown[name]].turns
    }
    return table_parts.together(spoken, by=f"the column '{grid.columns[chosen.interview].name}'")


def _rows(grid: Grid, at: Sequence[int]) -> Grid:
    columns = [replace(column, cells=[column.cells[row] for row in at]) for column in grid.columns]
    return replace(grid, numbers=[grid.numbers[row] for row in at], columns=columns)


def _talk(grid: Grid, chosen: Chosen, labels: Labels) -> Transcript:
    """Return the rows of one conversation, or of one long table of answers."""
    if chosen.speaker < 0 and chosen.question < 0:
        labelled = labelled_cells.labelled(grid, chosen.text, labels)
        if labelled is not None:
            return labelled
    return sayings.written(by_rows(grid, chosen), grid.numbers)


def by_rows(grid: Grid, chosen: Chosen) -> Talk:
    """Return the talk of a table with a turn in each row, and perhaps the question that it answers."""
    times, odd = _times(grid, chosen.start)
    names, remarks = _names(grid, chosen)
    respondents = _respondents(chosen, names)
    roles = grid.columns[chosen.role].cells if chosen.role >= 0 else [""] * len(names)
    said = []
    asked = ""
    for at, name in enumerate(names):
        cell = _without_name(grid.columns[chosen.text].cells[at], name)
        question = grid.columns[chosen.question].cells[at] if chosen.question >= 0 else ""
        if question and question != asked:
            label = surveys.QUESTION if chosen.speaker >= 0 else _label(grid, chosen.question, surveys.QUESTION)
            said.append(Saying(label, question, at, chosen.question, None, "interviewer"))
            asked = question
        role = header_words.role(roles[at]) or ("participant" if respondents and name else "")
        said.append(Saying(name, cell, at, chosen.text, times[at], role))
    found = Talk([one for one in said if one.text], [*remarks, *without_time(odd)])
    if respondents:
        taken = {chosen.text, chosen.speaker, chosen.role, chosen.start, chosen.question, chosen.interview}
        own = _constant(grid, names, [at for at in range(len(grid.columns)) if at not in taken])
        found.attributes.update(surveys.attributes_of(grid, names, own))
    return found


def _label(grid: Grid, column: int, otherwise: str) -> str:
    name = clean_name(grid.columns[column].name)
    return name if name and len(name.split()) <= 3 else otherwise


def _names(grid: Grid, chosen: Chosen) -> tuple[list[str], list[Remark]]:
    """Return who speaks in each row, and a remark if the speaker of a row was taken from the row above."""
    count = len(grid.numbers)
    if chosen.speaker < 0:
        if chosen.question < 0:
            return [""] * count, []
        questions = [cell for cell in grid.columns[chosen.question].cells if cell]
        if len(set(questions)) <= len(questions) / 2:  # many answers to the same questions
            return surveys.respondents(grid, -1), []
        return [_label(grid, chosen.text, "Answer")] * count, []
    cells = [clean_name(cell) for cell in grid.columns[chosen.speaker].cells]
    if all(cell.isdecimal() for cell in cells if cell):
        kind = header_words.kind(grid.columns[chosen.speaker].name) or "Speaker"
        cells = [f"{kind} {cell}" if cell else "" for cell in cells]
    standing = alike(cell for cell in cells if cell)
    cells = [standing.get(cell, "") for cell in cells]
    empty = [at for at, cell in enumerate(cells) if not cell and grid.columns[chosen.text].cells[at]]
    if not empty or not Profile(Column("", cells)).recurrence:
        return cells, []
    filled = _filled_down(cells)
    continued = [at for at in empty if filled[at]]
    if not continued or grid.merged(chosen.speaker, continued):
        return filled, []
    rows = f"{len(continued)} rows have" if len(continued) > 1 else "One row has"
    message = (
        f"{rows} no speaker (the first is row {grid.numbers[continued[0]]}); read as continuing the speaker above. "
        "If that is wrong, fill in the speaker."
    )
    return filled, [Remark("guessed", message)]


def _filled_down(cells: Sequence[str]) -> list[str]:
    filled: list[str] = []
    for cell in cells:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


def _respondents(chosen: Chosen, names: Sequence[str]) -> bool:
    """Return whether the speakers are respondents, who answer one after another and never again."""
    speakers_ = [key(name) for name in names if name]
    if chosen.role >= 0 or len(set(speakers_)) < (1 if chosen.question >= 0 else 3):
        return False
    if any(header_words.role(name) == "interviewer" for name in set(names)):
        return False
    runs = sum(1 for one, two in zip(["", *speakers_], speakers_, strict=False) if one != two)
    return runs == len(set(speakers_)) or chosen.question >= 0


def _constant(grid: Grid, names: Sequence[str], columns: Sequence[int]) -> list[int]:
    """Return the columns of closed answers with one value for each respondent."""
    found = []
    for column in columns:
        pairs = {(key(name), cell) for name, cell in zip(names, grid.columns[column].cells, strict=True) if cell}
        if len(pairs) == len({name for name, _ in pairs}) and surveys.closed_answers(Profile(grid.columns[column])):
            found.append(column)
    return found


def _without_name(cell: str, name: str) -> str:
    """Return a cell without the speaker's label at its start, which some tables repeat."""
    label, colon, words = cell.partition(":")
    return words.strip() if colon and name and key(clean_name(label)) == key(name) else cell


def _side_by_side(grid: Grid, profiles: Sequence[Profile], labels: Labels) -> list[int]:
    """Return the columns that are speakers: their headers name people, and their cells what each says."""
    spoken = [at for at, one in enumerate(profiles) if one.speaks and one.prose >= 0.3 and one.column.name]
    spoken = [at for at in spoken if not profiles[at].means("aside")]
    if not grid.headed or len(spoken) < 2:
        return []
    headers = [profiles[at].column.name for at in spoken]
    if any(len(header.split()) > 4 or "?" in header for header in headers):
        return []
    asks = [labels.asks(clean_name(name)) or header_words.role(name) == "interviewer" for name in headers]
    known = [one.means("text") or one.means("question") for one in (profiles[at] for at in spoken)]
    if any(asks):
        return spoken
    rows = list(zip(*(profiles[at].column.cells for at in spoken), strict=True))
    alone = sum(1 for cells in rows if sum(map(bool, cells)) == 1)
    return spoken if not any(known) and alone >= 0.9 * len(rows) else []


def _columns_that_speak(grid: Grid, profiles: Sequence[Profile], columns: Sequence[int]) -> Talk:
    times, odd = _times(grid, table_columns.start(profiles, set(columns)))
    said = [
        Saying(
            clean_name(grid.columns[column].name),
            grid.columns[column].cells[at],
            at,
            column,
            times[at],
            header_words.role(grid.columns[column].name),
        )
        for at in range(len(grid.numbers))
        for column in columns
        if grid.columns[column].cells[at]
    ]
    return Talk(said, without_time(odd))


def _times(grid: Grid, start: int) -> tuple[list[float | None], list[tuple[str, str]]]:
    """Return the time of each row in seconds, and the rows whose time is not valid."""
    if start < 0:
        return [None] * len(grid.numbers), []
    cells = grid.columns[start].cells
    scale = 0.001 if {"ms", "msec", "milliseconds"} & set(header_words.words(grid.columns[start].name)) else 1.0
    times = [_seconds(cell, scale) for cell in cells]
    odd = [
        (f"row {number}", cell)
        for number, cell, at in zip(grid.numbers, cells, times, strict=True)
        if at is None and any(letter.isdigit() for letter in cell)
    ]
    return times, odd


def _seconds(cell: str, scale: float) -> float | None:
    if ":" in cell:
        return first_time(cell)
    number = cell.replace(",", ".", 1)
    return in_time(scale * float(number)) if number.replace(".", "", 1).isdecimal() and number.isascii() else None


def unsure(grid: Grid, chosen: Chosen) -> list[Remark]:
    """Return what was guessed about the columns, and which columns of sentences were not read."""

    def named(at: int) -> str:
        return f"'{grid.columns[at].name}'" if grid.columns[at].name else f"number {at + 1}"

    remarks = []
    if not chosen.sure:
        who = f", the speakers in column {named(chosen.speaker)}" if chosen.speaker >= 0 else ""
        message = (
            f"The speech was taken from column {named(chosen.text)}{who}, because of their content. If that is wrong, "
            "name the columns 'text' and 'speaker' in the first row."
        )
        remarks.append(Remark("guessed", message))
    for at in chosen.unread:
        message = f"Column {named(at)} was not read: the speech is in column {named(chosen.text)}."
        remarks.append(Remark("note", f"{message} If both are speech, put them in one column."))
    return remarks
