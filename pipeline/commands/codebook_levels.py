"""Where a codebook's rows stand in its hierarchy: by columns of levels or parents, ids, groups, paths or indents."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, count, pairwise
from typing import NamedTuple

from pipeline.core import prose
from pipeline.corpus.readers import code_headings, code_separators
from pipeline.corpus.readers.code_records import Record
from pipeline.corpus.readers.model import Remark
from pipeline.deductive import codebook_headings
from pipeline.deductive.codebook import CodebookError
from pipeline.deductive.codebook_headings import Layout

# The first part of NVivo's hierarchical names.
_ROOTS = frozenset(["codes", "nodes", "knoten", "nodos", "noeuds", "nos", "nodi", "kodes", "codigos", "codici"])
# More levels than this are taken for a mistake; `paths` follows a code's parents no further than one beyond.
MOST_LEVELS = 50
# What groups stand between in a cell; a comma may be part of a group's name.
_APART = r"[\n;|]"
# A place in an outline, such as 2.10.3.
_OUTLINE = re.compile(r"[^\W_]{1,4}(?:\.\d{1,3}){0,7}")

Path = tuple[str, ...]


class Paths(NamedTuple):
    """The path of names of each row, outermost first, () if it names no code; and messages."""

    of_rows: list[Path]
    lines: list[str]


def paths(layout: Layout, name: int, below: Sequence[Record]) -> Paths:
    """Return the path of each row. `name`: the column of the code's name, or -1."""
    if len(layout.levels) > 1:
        return _by_levels(layout, below)
    column = name if name >= 0 else layout.levels[0] if layout.levels else layout.at.get("path", -1)
    cells = [_cell(cells, column) for _, cells in below]
    names = [one.strip() for one in cells]
    if "path" in layout.at and name < 0:
        found = Paths(_split(cells), [])
    elif "parent_id" in layout.at and "id" in layout.at:
        found = Paths(_by_ids(layout, names, below), [])
    elif "parent" in layout.at:
        found = Paths(_by_parents(layout.at["parent"], names, below), [])
    elif layout.groups:
        found = _by_groups(layout, names, below)
    elif "id" in layout.at and _outlined(own := [_cell(cells, layout.at["id"]).strip() for _, cells in below]):
        heading = layout.headings[layout.at["id"]].strip()
        found = Paths(_by_outline(own, names), [f"Codes were put below others by the column '{heading}'."])
    else:
        found = _by_names(layout.headings[column] if column >= 0 else "", cells)
    return found


def _by_names(heading: str, cells: Sequence[str]) -> Paths:
    """Return paths where there is only a column of names: by their indents, or names that are paths."""
    if any(one[:1].isspace() for one in cells) and cells and not cells[0][:1].isspace():
        return Paths(_by_indents(cells), [f"Codes were put below others by the spaces before '{_first(cells)}'."])
    if code_headings.folded(heading) == "tag":  # Taguette's tags have no parents
        return Paths([(one.strip(),) if one.strip() else () for one in cells], [])
    return Paths(_split(cells), [])


def unique(found: Sequence[Path]) -> dict[Path, str]:
    """Return a name for each path, in order: its last part, with as many parents before it as tell it apart.

    Names that differ in capitals alone are one name; where parents do not tell them apart, numbers do.
    """
    last: dict[str, list[Path]] = {}
    for path in found:
        last.setdefault(path[-1].casefold(), []).append(path)
    names: dict[Path, str] = {}
    numbered: dict[str, Iterator[int]] = {}
    taken: set[str] = {name for name, same in last.items() if len(same) == 1}
    for path in found:
        if len(last[path[-1].casefold()]) == 1:
            names[path] = path[-1]
            continue
        whole = " / ".join(path)
        by_parents = (" / ".join(path[-size:]) for size in range(1 if len(path) == 1 else 2, len(path) + 1))
        numbers = numbered.setdefault(whole.casefold(), count(2))
        by_numbers = (f"{whole} ({number})" for number in numbers)
        names[path] = next(one for one in chain(by_parents, by_numbers) if one.casefold() not in taken)
        taken.add(names[path].casefold())
    return names


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if 0 <= at < len(cells) else ""


def _first(cells: Sequence[str]) -> str:
    return next(one for one in cells if one[:1].isspace()).strip()[:60]


def _split(cells: Sequence[str]) -> list[Path]:
    """Return paths written as one name: `A > B`, or `Codes\\\\A\\\\B`."""
    levels, _ = code_separators.levels([one.strip() for one in cells if one.strip()])
    found = [tuple(levels[one.strip()]) if one.strip() else () for one in cells]
    rooted = [path for path in found if path]
    if rooted and all(len(path) > 1 and code_headings.folded(path[0]) in _ROOTS for path in rooted):
        return [path[1:] for path in found]
    return found


def _by_levels(layout: Layout, below: Sequence[Record]) -> Paths:
    """Return paths from columns of levels.

    A blank cell before a filled one is that of the row above, unless the table repeats such cells in each row.
    """
    levels = _ordered(layout, below)
    rows = [(number, [_cell(cells, at).strip() for at in levels]) for number, cells in below]
    repeats = any(
        before[place] and before[place] == after[place] and any(after[place + 1 :])
        for (_, before), (_, after) in pairwise(rows)
        for place in range(len(levels) - 1)
    )
    above = [""] * len(levels)
    found: list[Path] = []
    blank: list[int] = []
    for number, row in rows:
        deepest = max((place for place, one in enumerate(row) if one), default=-1)
        blank += [number] if not all(row[: deepest + 1]) else []
        new = repeats
        for place in range(deepest + 1):
            new = new or (bool(row[place]) and row[place] != above[place])
            row[place] = row[place] or ("" if new else above[place])
        above = row if deepest >= 0 else above
        path = [one for one in row if one]
        found.append(tuple(one for place, one in enumerate(path) if place == 0 or one != path[place - 1]))
    lines = [f"The columns were read as levels: {' > '.join(layout.headings[at].strip() for at in levels)}."]
    if blank:
        listed = ", ".join(map(str, blank[:5])) + (", …" if len(blank) > 5 else "")
        how = "left blank: the code has no parent there" if repeats else "taken from the row above"
        lines.append(f"Line {listed}: blank cells of a level were {how}. If that is wrong, fill them in.")
    return Paths(found, lines)


def _ordered(layout: Layout, below: Sequence[Record]) -> list[int]:
    """Return the columns of levels from the outermost: a theme before a category, unless the rows say otherwise."""
    levels = list(layout.levels)
    ranks = [codebook_headings.level(layout.headings[at]) for at in levels]
    if ranks[:2] != list(codebook_headings.EITHER):
        return levels
    outer, inner, *others = levels
    pairs = {(a, b) for _, cells in below if (a := _cell(cells, outer).strip()) and (b := _cell(cells, inner).strip())}
    within = len({b for _, b in pairs}) == len(pairs)
    around = len({a for a, _ in pairs}) == len(pairs)
    return [inner, outer, *others] if around and not within else levels


def _by_ids(layout: Layout, names: Sequence[str], below: Sequence[Record]) -> list[Path]:
    own = [_cell(cells, layout.at["id"]).strip() for _, cells in below]
    above = {
        one: _cell(cells, layout.at["parent_id"]).strip() for one, (_, cells) in zip(own, below, strict=True) if one
    }
    name_of = dict(zip(own, names, strict=True))
    return [_chain(one, name, above, name_of) for one, name in zip(own, names, strict=True)]


def _outlined(own: Sequence[str]) -> bool:
    """Return whether ids are an outline: `1`, `1.1`, `1.2`, `2`, each below one that is there."""
    plain = [one.rstrip(".") for one in own if one]
    inner = [one for one in plain if "." in one]
    listed = set(plain)
    return (
        bool(inner)
        and len(listed) == len(plain)
        and all(_OUTLINE.fullmatch(one) for one in plain)
        and all(one.rpartition(".")[0] in listed for one in inner)
    )


def _by_outline(own: Sequence[str], names: Sequence[str]) -> list[Path]:
    plain = [one.rstrip(".") for one in own]
    above = {one: one.rpartition(".")[0] for one in plain if one}
    name_of = dict(zip(plain, names, strict=True))
    return [_chain(one, name, above, name_of) for one, name in zip(plain, names, strict=True)]


def _chain(own: str, name: str, above: dict[str, str], name_of: dict[str, str]) -> Path:
    if not name:
        return ()
    path, seen = [name], {own}
    at = above.get(own, "")
    while name_of.get(at) and at not in seen and len(path) <= MOST_LEVELS:
        path.append(name_of[at])
        seen.add(at)
        at = above.get(at, "")
    return tuple(reversed(path))


def _by_parents(column: int, names: Sequence[str], below: Sequence[Record]) -> list[Path]:
    """Return paths from a column of parents, which may themselves be paths, such as `A > B`."""
    written = [_cell(cells, column).strip() for _, cells in below]
    levels, _ = code_separators.levels([one for one in written if one])
    parent_of: dict[str, Path] = {}
    for name, one in zip(names, written, strict=True):
        parent_of.setdefault(name, tuple(levels[one]) if one else ())
    found: list[Path] = []
    for name, one in zip(names, written, strict=True):
        path = tuple(levels[one]) if one else ()
        seen = {name}
        while path and parent_of.get(path[0]) and path[0] not in seen and len(path) <= MOST_LEVELS:
            seen.add(path[0])
            path = (*parent_of[path[0]], *path)
        if name in path:
            raise CodebookError(f"'{name}' is below itself: {' > '.join((*path, name))}. Correct the parents.")
        found.append((*path, name) if name else ())
    return found


def _by_groups(layout: Layout, names: Sequence[str], below: Sequence[Record]) -> Paths:
    """Return paths from groups of codes: a code's first group is its parent, and a message names further ones."""
    of_rows: list[list[str]] = [[] for _ in names]
    lines: list[str] = []
    remarks: list[Remark] = []
    for at in layout.groups:
        cells = [_cell(cells, at).strip() for _, cells in below]
        if any(re.search(_APART, cell) for cell in cells):
            split, remarks = [re.split(_APART, cell) for cell in cells], []
        else:
            split, remarks = code_separators.several(layout.headings[at], cells, [None] * len(cells))
        lines += [remark.text for remark in remarks]
        for listed, groups in zip(of_rows, split, strict=True):
            listed += [one for group in groups if (one := group.strip()) and one not in listed]
    further = [(name, groups) for name, groups in zip(names, of_rows, strict=True) if len(groups) > 1]
    if any(of_rows):
        lines.append("Groups of codes were read as their parents.")
    if further:
        shown = prose.listed([f"'{name}' ({', '.join(groups[1:])})" for name, groups in further[:5]])
        lines.append(f"A code has one parent, so further groups were left out: {shown}.")
    found: list[Path] = [
        () if not name else (groups[0], name) if groups and groups[0] != name else (name,)
        for name, groups in zip(names, of_rows, strict=True)
    ]
    return Paths(found, lines)


def _by_indents(cells: Sequence[str]) -> list[Path]:
    found: list[Path] = []
    stack: list[tuple[int, str]] = []
    for cell in cells:
        name = cell.strip()
        if not name:
            found.append(())
            continue
        indent = len(cell) - len(cell.lstrip())
        while stack and stack[-1][0] >= indent:
            stack.pop()
        stack.append((indent, name))
        found.append(tuple(one for _, one in stack[: MOST_LEVELS + 1]))
    return found
