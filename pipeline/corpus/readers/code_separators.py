"""Decides by what mark the codes in a column, and the levels in a code's name, are separated: one mark per column."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations, pairwise
from math import comb
from typing import NamedTuple

from pipeline.core import prose
from pipeline.corpus.readers.model import Remark

MARKS = {"\n": "line breaks", ";": "semicolons", "|": "vertical bars", "\t": "tabs", ",": "commas"}
# Columns of several codes, and those in which the program puts commas between them.
SEVERAL = frozenset(
    [
        "codes",
        "code names",
        "tags",
        "labels",
        "nodes",
        "codes applied",
        "applied codes",
        "assigned codes",
        "kodes",
        "etiquettes",
        "codigos",
        "etiquetas",
        "codici",
        "etichette",
        "koder",
        "koodit",
        "kody",
        "kodok",
        "kodlar",
        "коды",
        "кодове",
        "themes",
        "topics",
        "categories",
        "temas",
        "temi",
        "themen",
        "codes applied combined",
    ]
)
COMMAS = frozenset(("codes applied combined", "code(s)"))
# The most ways tried of joining the pieces of a cell to as many codes as it is said to have.
MOST_WAYS = 5_000
_NEVER = 10**9
# A comparison as in `> 2 weeks` is no level.
_LEVELS = {
    "\\": re.compile(r"\s*\\{1,2}\s*"),
    ">": re.compile(r"\s+>\s+(?!\d)|(?<=[^\W\d])>(?=[^\W\d])"),
    "::": re.compile(r"\s*::\s*"),
    ">>": re.compile(r"\s*>>\s*(?!\d)"),
    "→": re.compile(r"\s*[→»›]\s*"),
}
_SLASH = re.compile(r"\s+/\s+")


class Evidence(NamedTuple):
    """How a mark's pieces recur: the share of cells all of whose pieces do, and whether any piece after a mark does."""

    share: float
    later: bool


def several(heading: str, cells: Sequence[str], counts: Sequence[int | None]) -> tuple[list[list[str]], list[Remark]]:
    """Return the codes of each cell of a column, and what was uncertain. `counts`: their stated numbers, if given.

    Line breaks, semicolons, bars and tabs separate codes in a column of several; a comma separates them if their number
    says so or if its pieces recur as codes of their own, since codes have commas in their names.
    """
    column = " ".join(heading.casefold().split())
    present = [mark for mark in MARKS if any(_has(cell, mark) for cell in cells)]
    if not present:
        return [[cell.strip()] for cell in cells], []
    stated = min((_surplus(mark, cells, counts), mark) for mark in present)
    if stated[0] < _NEVER:
        return _joined(stated[1], cells, counts)
    weighed = {mark: _evidence(mark, cells) for mark in present}
    recurring = [mark for mark in present if weighed[mark].share >= 0.5]
    many = column in SEVERAL or column in COMMAS
    if many and present[0] != ",":
        plain = present[0] if present[0] == "\n" or present[0] in recurring or not recurring else recurring[0]
        return _split(plain, cells), []
    if recurring:
        return _split(recurring[0], cells), [] if many else [_taken(heading, recurring[0], cells)]
    if column in COMMAS and not _inverted(cells):
        return _split(",", cells), [_taken(heading, ",", cells)]
    doubtful = many or present[0] != "," or weighed[","].later
    return [[cell.strip()] for cell in cells], [_asked(heading, present[0], cells)] if doubtful else []


def levels(names: Sequence[str]) -> tuple[dict[str, list[str]], list[Remark]]:
    r"""Return each name of a column as a path, outermost first, and what was uncertain.

    Levels are separated by `\`, ` > `, `::` or an arrow; by ` / ` only where what stands before it is a code too.
    """
    distinct = list(dict.fromkeys(names))
    found = Counter({mark: sum(bool(pattern.search(name)) for name in distinct) for mark, pattern in _LEVELS.items()})
    mark, count = found.most_common(1)[0] if distinct else ("", 0)
    if count:
        return {name: _path(name, _LEVELS[mark]) for name in distinct}, []
    slashed = [name for name in distinct if len(_path(name, _SLASH)) > 1]
    above = Counter(_path(name, _SLASH)[0] for name in slashed)
    known = set(distinct)
    alone = [name for name in slashed if _path(name, _SLASH)[0] in known]
    whole = {name: [name] for name in distinct}
    if len(slashed) > 1 and len(alone) > len(slashed) / 2:
        text = f"' / ' was read as a level of codes, as in '{slashed[0]}', because '{above.most_common(1)[0][0]}' is"
        return whole | {name: _path(name, _SLASH) for name in slashed}, [Remark("note", f"{text} a code too.")]
    if alone or (above and max(above.values()) > 1):
        text = (
            f"'{(alone or slashed)[0]}' was taken as one code, not as two levels. If it is two, write ' > ' for ' / '."
        )
        return whole, [Remark("guessed", text)]
    return whole, []


def path(code: str) -> list[str]:
    r"""Return a single code's path, outermost first: `A > B`, `A\B` or `A::B`."""
    return levels([code])[0][code]


def same_names(codes: Sequence[tuple[str, str]]) -> list[Remark]:
    """Return a remark if codes of one name have different parents. `codes`: pairs of a parent, or '', and a code."""
    parents: dict[str, set[str]] = defaultdict(set)
    for parent, code in codes:
        if parent:
            parents[code].add(parent)
    twice = sorted(code for code, above in parents.items() if len(above) > 1)
    if not twice:
        return []
    listed = " and ".join(f"'{parent}'" for parent in sorted(parents[twice[0]])[:4])
    others = f" ({len(twice)} names in all)" if len(twice) > 1 else ""
    return [
        Remark(
            "note",
            f"Two codes are called '{twice[0]}', below {listed}{others}. They keep their parents, but agreement and "
            "themes are counted by name; rename one to keep them apart there too.",
        )
    ]


def _path(name: str, pattern: re.Pattern[str]) -> list[str]:
    parts = [part.strip() for part in pattern.split(name)]
    return parts if len(parts) > 1 and all(parts) else [name]


def _has(cell: str, mark: str) -> bool:
    return len(_pieces(cell, mark)) > 1


def _pieces(cell: str, mark: str) -> list[str]:
    parts = re.split(r",(?!\d)|(?<!\d),", cell) if mark == "," else cell.split(mark)
    return [part.strip() for part in parts if part.strip()]


def _split(mark: str, cells: Sequence[str]) -> list[list[str]]:
    return [_pieces(cell, mark) or [""] for cell in cells]


def _evidence(mark: str, cells: Sequence[str]) -> Evidence:
    """Return how far the pieces between a mark recur: alone, or in other cells both first and later."""
    marked = {tuple(_pieces(cell, mark)) for cell in cells if _has(cell, mark)}
    known = {cell.strip() for cell in cells if not _has(cell, mark)}
    known |= {pieces[0] for pieces in marked} & {piece for pieces in marked for piece in pieces[1:]}
    whole = sum(known.issuperset(pieces) for pieces in marked)
    return Evidence(whole / len(marked), any(piece in known for pieces in marked for piece in pieces[1:]))


def _inverted(cells: Sequence[str]) -> bool:
    """Return whether every cell with a comma goes on in lower case, as in `Time, lack of`, but begins otherwise."""
    marked = [_pieces(cell, ",") for cell in cells if _has(cell, ",")]
    return all(first[0].isupper() and all(one[0].islower() for one in later) for first, *later in marked)


def _surplus(mark: str, cells: Sequence[str], counts: Sequence[int | None]) -> int:
    """Return how many pieces more than stated codes there are; `_NEVER` if a cell has fewer, or no number is stated."""
    stated = [len(_pieces(cell, mark)) - count for cell, count in zip(cells, counts, strict=True) if count]
    return sum(stated) if stated and min(stated) >= 0 else _NEVER


def _joined(mark: str, cells: Sequence[str], counts: Sequence[int | None]) -> tuple[list[list[str]], list[Remark]]:
    """Return each cell's codes, as many as stated: pieces are joined again so that most of them recur elsewhere."""
    names: Counter[str] = Counter()
    for cell, count in zip(cells, counts, strict=True):
        pieces = _pieces(cell, mark)
        names.update([cell.strip()] if count == 1 else pieces if count == len(pieces) else [])
    codes, unclear = [], []
    for cell, count in zip(cells, counts, strict=True):
        pieces = _pieces(cell, mark)
        if not count or count in (1, len(pieces)):
            codes.append([cell.strip()] if count == 1 else pieces or [""])
            continue
        best = _ways(pieces, count, mark, names)
        codes.append(best[0] if best else [cell.strip()])
        if len(best) != 1:
            unclear.append(cell)
    remarks = []
    if unclear:
        remarks = [
            Remark(
                "guessed",
                f"{prose.count(len(unclear), 'cell')} of codes with more {MARKS[mark]} than codes, such as "
                f"'{_short(unclear[0])}': it is not certain where one code ends. Put each code on its own line.",
            )
        ]
    return codes, remarks


def _ways(pieces: Sequence[str], count: int, mark: str, names: Counter[str]) -> list[list[str]]:
    """Return the ways of joining neighbouring pieces to `count` codes that have the most known codes."""
    if comb(len(pieces) - 1, count - 1) > MOST_WAYS:
        return []
    glue = f"{mark} " if mark == "," else mark
    ways: dict[int, list[list[str]]] = defaultdict(list)
    for cuts in combinations(range(1, len(pieces)), count - 1):
        edges = [0, *cuts, len(pieces)]
        joined = [glue.join(pieces[start:end]) for start, end in pairwise(edges)]
        ways[sum(name in names for name in joined)].append(joined)
    return ways[max(ways)] if ways else []


def _short(cell: str) -> str:
    text = " ".join(cell.split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _taken(heading: str, mark: str, cells: Sequence[str]) -> Remark:
    where = _where(heading, mark, cells)
    return Remark("note", f"{where} separate codes. If a cell is one code, put every code on its own line.")


def _asked(heading: str, mark: str, cells: Sequence[str]) -> Remark:
    fix = "on its own line" if mark != "\n" else "in a row of its own"
    return Remark(
        "guessed",
        f"{_where(heading, mark, cells)} were taken as part of a code's name, because the parts are not the codes of "
        f"other rows. If they are codes, put each {fix}.",
    )


def _where(heading: str, mark: str, cells: Sequence[str]) -> str:
    marked = [cell for cell in cells if _has(cell, mark)]
    count = prose.count(len(marked), "cell")
    return f"In the column '{heading.strip()}' {MARKS[mark]} ({count}, such as '{_short(marked[0])}')"
