"""What an import took from a file and what it left, by kind: found, taken, left and why.

Each reader of another program's files fills a `Tally`; `import` prints it, `imported/taken.csv` keeps it, `check` shows
it again, and ingest makes the table `imports` of it.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.core import formula_guard, prose

# What a file may hold, in the order in which it is told.
KINDS = (
    *("texts", "rich texts", "PDF files", "pictures", "recordings", "times", "external files"),
    *("codes", "headings", "codings", "coders"),
    *("cases", "variables", "values", "speakers"),
    *("memos", "annotations", "sets", "links", "graphs", "other"),
)
COLUMNS = ("file", "kind", "found", "taken", "left", "why")
# Names listed in a reason.
SHOWN = 5
NAME_LENGTH = 60


class Taken(NamedTuple):
    """A row: so many things of a kind in a file; `why`: where the taken ones went, and why others were left."""

    file: str
    kind: str
    found: int
    taken: int
    left: int
    why: str


class Tally:
    """Counts what is taken from a file and what is left. `file`: its name, as shown to people."""

    def __init__(self, file: str) -> None:
        """Begin with nothing found."""
        self.file = file
        self._taken: Counter[str] = Counter()
        self._notes: dict[str, list[str]] = defaultdict(list)
        self._left: dict[str, dict[str, tuple[int, list[str]]]] = defaultdict(dict)

    def take(self, kind: str, number: int = 1, *, note: str = "") -> None:
        """Count things that were taken. `note`: where they went or what became of them, a phrase."""
        _check(kind)
        self._taken[kind] += number
        if note and number and note not in self._notes[kind]:
            self._notes[kind].append(note)

    def leave(self, kind: str, number: int = 1, *, why: str, names: Iterable[str] = ()) -> None:
        """Count things that were left. `why`: a phrase; `names`: what they are called, to find them in the program."""
        _check(kind)
        if not number:
            return
        before, named = self._left[kind].get(why, (0, []))
        self._left[kind][why] = before + number, list(dict.fromkeys([*named, *filter(None, names)]))

    def give_back(self, kind: str, number: int | None = None, *, why: str, names: Iterable[str] = ()) -> None:
        """Count things as left that were counted as taken: all of a kind, or so many."""
        _check(kind)
        back = self._taken[kind] if number is None else min(number, self._taken[kind])
        self._taken[kind] -= back
        if not self._taken[kind]:
            self._notes.pop(kind, None)
        self.leave(kind, back, why=why, names=names)

    def remark(self, kind: str, note: str) -> None:
        """Add a phrase about a kind, without counting anything."""
        _check(kind)
        if note not in self._notes[kind]:
            self._notes[kind].append(note)

    @property
    def rows(self) -> list[Taken]:
        """A row for each kind that was found, in the order of KINDS."""
        rows = []
        for kind in KINDS:
            left = sum(number for number, _ in self._left[kind].values())
            if self._taken[kind] or left or self._notes[kind]:
                why = [*self._notes[kind], *(_reason(*found, why) for why, found in self._left[kind].items())]
                taken = self._taken[kind]
                rows.append(Taken(self.file, kind, taken + left, taken, left, "; ".join(why)))
        return rows


def sentences(rows: Iterable[Taken]) -> list[str]:
    """Return a line for each row: what was found, taken and left, and why."""
    return [f"  {row.kind}: {_counts(row)}{f'. {row.why[0].upper()}{row.why[1:]}' if row.why else ''}." for row in rows]


def dump(rows: Iterable[Taken]) -> bytes:
    """Return rows as the content of imported/taken.csv."""
    place = io.StringIO()
    writer = csv.writer(place, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([formula_guard.guarded(str(cell)) for cell in row])
    return place.getvalue().encode("utf-8-sig")


def load(data: bytes) -> list[Taken]:
    """Return the rows of imported/taken.csv; rows that are not as `dump` writes them are left out."""
    found = []
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"), newline="")):
        cells = [formula_guard.plain(row.get(name) or "") for name in COLUMNS]
        if all(cell.isdecimal() for cell in cells[2:5]):
            found.append(Taken(cells[0], cells[1], int(cells[2]), int(cells[3]), int(cells[4]), cells[5]))
    return found


def replaced(before: Sequence[Taken], file: str, rows: Sequence[Taken]) -> list[Taken]:
    """Return rows with those of one file replaced, sorted by file."""
    kept = [row for row in before if row.file != file]
    return sorted([*kept, *rows], key=lambda row: row.file.casefold())


def _counts(row: Taken) -> str:
    if not row.left:
        return f"{row.found:,} found and taken" if row.found else "none found"
    taken = f"{row.taken:,} taken" if row.taken else "none taken"
    return f"{row.found:,} found, {taken}"


def _reason(number: int, named: Sequence[str], why: str) -> str:
    shown = [f"'{_short(name)}'" for name in named[:SHOWN]]
    if len(named) > SHOWN:
        shown.append(prose.count(len(named) - SHOWN, "other"))
    return f"{number:,} left out: {why}{f' ({prose.listed(shown)})' if shown else ''}"


def _short(name: str) -> str:
    plain = " ".join(name.split())
    return plain if len(plain) <= NAME_LENGTH else f"{plain[:NAME_LENGTH]}…"


def _check(kind: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"Unknown kind '{kind}'. Kinds: {', '.join(KINDS)}.")
