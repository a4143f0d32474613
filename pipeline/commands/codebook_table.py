"""A codebook as a table, ours or another program's: finds its columns, its levels, and parents without a row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipeline.commands import codebook_levels
from pipeline.commands.codebook_levels import MOST_LEVELS
from pipeline.core import formula_guard, prose
from pipeline.core.errors import CounterpointError
from pipeline.corpus.readers.code_records import Record
from pipeline.deductive import codebook, codebook_headings
from pipeline.deductive.codebook import Codebook, CodebookError
from pipeline.deductive.codebook_headings import Layout

MOST_TITLES = 30
LISTS = ("examples", "counter_examples")
# A code that is a heading over others.
NO = ("no", "false", "0")
_SHORT = re.compile(r"[A-Za-z]{0,3}[\d.]*\d|[A-Z]{1,3}|[ivxIVX]{1,4}")


class Found(NamedTuple):
    """A codebook in a table, messages on how it was read, and the headings of columns that were not read."""

    book: Codebook
    lines: list[str]
    unread: list[str]


@dataclass
class _Reading:
    """A table being read: entries by the path of names that leads to each, and the line of each."""

    entries: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    at: dict[tuple[str, ...], int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def add(self, path: tuple[str, ...], told: Mapping[str, Any], number: int) -> None:
        """Add what a row tells of a code; examples gather, and other fields may be told once."""
        entry = self.entries.setdefault(path, {})
        first = self.at.setdefault(path, number)
        for name, value in told.items():
            before = entry.get(name)
            if name in LISTS:
                entry[name] = list(dict.fromkeys([*(before or []), *value]))
            elif value and before and value != before:
                self.problems.append(f"line {number}: '{path[-1]}' has another {name} than in line {first}")
            elif value or name == "codable":
                entry[name] = value


def header(records: Sequence[Record]) -> tuple[int, Layout]:
    """Return the position of the row of headings among a table's first records, and its columns."""
    scored = [(codebook_headings.layout(cells), position) for position, (_, cells) in enumerate(records[:MOST_TITLES])]
    if not scored:
        return 0, Layout([])
    best, position = max(scored, key=lambda one: (one[0].score, -one[1]))
    return position, best


def read(records: Sequence[Record], *, place: str) -> Found:
    """Return the codebook in a table. `records`: its rows with their line numbers, the headings among the first.

    Parents without a row become codes with only a name; a name that occurs below several parents becomes
    `Parent / Name`. Raises CounterpointError if two columns may hold the name, and CodebookError with all problems of
    the codes.
    """
    position, layout = header(records)
    below = [(number, [formula_guard.plain(cell) for cell in cells]) for number, cells in records[position + 1 :]]
    below = [(number, cells) for number, cells in below if any(cell.strip() for cell in cells)]
    name = _name(layout, below, place)
    reading = _Reading()
    paths = codebook_levels.paths(layout, name, below)
    reading.lines += paths.lines
    deep = [(number, path) for (number, _), path in zip(below, paths.of_rows, strict=True) if len(path) > MOST_LEVELS]
    if deep:
        number, path = deep[0]
        raise CodebookError(
            f"{place}, line {number}: '{path[-1][:60]}' is below {MOST_LEVELS} others or more. A codebook has at most "
            f"{MOST_LEVELS} levels; check the parents."
        )
    told = _told(layout, below, reading.lines)
    last: tuple[str, ...] = ()
    continued: list[int] = []
    for (number, _), path, fields in zip(below, paths.of_rows, told, strict=True):
        if not path and last and any(fields.values()):
            continued.append(number)
        last = path or last
        if last:
            reading.add(last, fields, number)
    if reading.problems:
        raise CodebookError("\n".join(f"{place}, {one}. Keep one of the rows." for one in reading.problems[:20]))
    if continued:
        listed = ", ".join(map(str, continued[:5])) + (", …" if len(continued) > 5 else "")
        reading.lines.append(f"Line {listed}: no code is named, so the row was added to the code above.")
    return Found(_book(reading, place), reading.lines, _unread(layout, name, below))


def _unread(layout: Layout, name: int, below: Sequence[Record]) -> list[str]:
    """Return the headings of columns that hold something but are not read."""
    used = {name, *layout.levels, *layout.groups, *(at for role, at in layout.at.items() if role != "name")}
    return [
        heading.strip()
        for at, heading in enumerate(layout.headings)
        if heading.strip() and at not in used and any(at < len(cells) and cells[at].strip() for _, cells in below)
    ]


def _name(layout: Layout, below: Sequence[Record], place: str) -> int:
    """Return the column of the code's name; -1 if it is a level or a path."""
    if "path" in layout.at or not layout.names:
        return -1
    if len(layout.names) == 1:
        return layout.names[0]
    filled = {at: [cells[at].strip() for _, cells in below if at < len(cells)] for at in layout.names}
    full = [at for at in layout.names if any(filled[at])]
    worded = [at for at in full if not all(_SHORT.fullmatch(cell) or not cell for cell in filled[at])]
    same = {tuple(filled[at]) for at in worded}
    if len(worded) == 1 or (worded and len(same) == 1):
        return worded[0]
    if not worded:
        return full[0] if full else layout.names[0]
    listed = prose.listed([f"'{layout.headings[at].strip()}'" for at in worded])
    raise CounterpointError(
        f"{place}: {listed} may each hold the code's name. Rename the one that does to 'Code name', and the other so "
        "that it says what it holds ('Comment', for example)."
    )


def _told(layout: Layout, below: Sequence[Record], lines: list[str]) -> list[dict[str, Any]]:
    """Return what each row tells of its code beside the name; `lines` says what was joined or left."""

    def cell(cells: Sequence[str], role: str) -> str:
        at = layout.at.get(role, -1)
        return cells[at].strip() if 0 <= at < len(cells) else ""

    filled = [role for role in ("definition", "description", "comment") if any(cell(cells, role) for _, cells in below)]
    defining = [role for role in filled if role != "comment"] or filled
    if len(defining) > 1:
        both = prose.listed([f"'{layout.headings[layout.at[role]].strip()}'" for role in defining])
        lines.append(f"The columns {both} were joined as the definition.")
    if "comment" in filled and "comment" not in defining:
        lines.append(f"The column '{layout.headings[layout.at['comment']].strip()}' was left out: it is no definition.")
    told = []
    for _, cells in below:
        texts = [text for role in defining if (text := cell(cells, role))]
        fields: dict[str, Any] = {"definition": " ".join(dict.fromkeys(texts))}
        fields |= {role: cell(cells, role) for role in ("include", "exclude")}
        fields |= {role: [line for line in cell(cells, role).split("\n") if line.strip()] for role in LISTS}
        color = cell(cells, "color")
        fields["color"] = color if re.fullmatch(r"#[0-9a-fA-F]{6}", color) else ""
        if cell(cells, "codable").casefold() in NO:
            fields["codable"] = False
        told.append(fields)
    return told


def _book(reading: _Reading, place: str) -> Codebook:
    """Return the entries as a codebook, with names made unique by their parents."""
    above = [path[:size] for path in reading.entries for size in range(1, len(path))]
    entries_of: dict[tuple[str, ...], dict[str, Any]] = {
        path: {} for path in above if path not in reading.entries
    } | reading.entries
    names = codebook_levels.unique(list(entries_of))
    renamed = [(path, name) for path, name in names.items() if name != path[-1]]
    if renamed:
        _, name = renamed[0]
        verb, were = ("shares", "was") if len(renamed) == 1 else ("share", "were")
        differ = "differs" if len(renamed) == 1 else "differ"
        reading.lines.append(
            f"{prose.count(len(renamed), 'code')} that {verb} a name, or {differ} in capitals alone, {were} written "
            f"with a parent or a number, such as '{name}'."
        )
    entries = [{"name": name, "parent": names.get(path[:-1], ""), **entries_of[path]} for path, name in names.items()]
    return codebook.parse_codebook(entries, place=place)
