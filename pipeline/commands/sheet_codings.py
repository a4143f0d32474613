"""Where the codings of a filled sheet go: a csv of their own in human_codes/, never over codings that are not theirs.

A file is the sheet's own where every row is a coding, by the sheet's coders, of a passage of the sheet: the sheet was
taken in before. Its answers then take the place of the earlier ones on the same passages, and where that changes
anything the file is kept as it was. Any other file of that name is left alone, and another name is taken.
"""

import csv
import io
import itertools
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.core import atomic_files, formula_guard, prose, study_lock
from pipeline.core.names import key
from pipeline.core.study_paths import Places
from pipeline.corpus.readers import rows as table
from pipeline.corpus.readers.model import RefusedError

COLUMNS = ("document", "start", "end", "text", "code", "coder", "parent_code", "memo", "date")
# A passage: document, start, end; and who coded it.
Passage = tuple[str, int, int]
Rows = list[dict[str, str]]
Coded = dict[tuple[Passage, str], Rows]


@dataclass(frozen=True)
class Filled:
    """What a sheet holds. `codings`: fields by COLUMNS, one a code; `passages`: all of it, also those left blank.

    `coders`: whose sheet it is; `anywhere`: whether codings by its coders on other passages are its own too, as those
    of earlier rounds are where disagreements are resolved.
    """

    codings: Sequence[Mapping[str, Any]]
    passages: Collection[Passage]
    coders: Collection[str]
    anywhere: bool = False


@dataclass
class Taken:
    """The file that holds the sheet's codings, and lines that say what became of earlier ones."""

    file: Path
    lines: list[str] = field(default_factory=list)


def write(study: Path, name: str, sheet: Filled) -> Taken:
    """Write a sheet's codings to human_codes/<name>.csv, or to <name>-2.csv … where other codings have that name.

    The study's lock must be held. Raises OSError.
    """
    folder = Places(study).human_codes
    lines: list[str] = []
    for number in itertools.count(1):
        place = folder / f"{name if number == 1 else f'{name}-{number}'}.csv"
        there = study_lock.alike(place)
        if there is None:
            atomic_files.create(place, _csv(_grouped(sheet.codings)))
            return Taken(place, [*lines, *_elsewhere(folder, place, sheet)])
        before = _own(there, sheet)
        if before is not None:
            return Taken(there, [*lines, *_replaced(study, there, before, sheet), *_elsewhere(folder, there, sheet)])
        lines.append(f"{there} has other codings and was not changed.")
    raise AssertionError


def _replaced(study: Path, file: Path, before: Coded, sheet: Filled) -> list[str]:
    """Put a sheet's codings in the place of its earlier ones; say what changed."""
    new = _grouped(sheet.codings)
    merged = before | new
    data = _csv(merged)
    if data == file.read_bytes():
        return [f"{file} already has these codings; nothing was changed."]
    lines = []
    changed = [passage for passage in new if passage in before and _said(before[passage]) != _said(new[passage])]
    if changed:
        copy = study_lock.kept_as(file, Places(study).earlier / file.name)
        study_lock.keep(file, copy)
        passages = prose.count(len(changed), "passage")
        lines.append(
            f"{passages} had other codes before and now have the codes of this sheet. The previous {file} is kept as "
            f"{copy}."
        )
    blank = [passage for passage in before if passage[0] in set(sheet.passages) and passage not in new]
    if blank:
        document, start, end = blank[0][0]
        lines.append(
            f"{prose.count(len(blank), 'passage')} left blank in this sheet (the first: {document}, {start} to {end}) "
            "keep their earlier codes. Write 'none' if no code applies."
        )
    atomic_files.write(file, data)
    return lines


def _own(file: Path, sheet: Filled) -> Coded | None:
    """The codings of a file that an earlier taking in of this sheet wrote; None where it holds anything else."""
    try:
        header, csv_rows = table.read_csv(file.read_bytes())
    except (OSError, RefusedError):
        return None
    if sorted(header) != sorted(COLUMNS):
        return None
    rows = [{name: formula_guard.plain(row.get(name, "")) for name in COLUMNS} for _, row in csv_rows]
    passages, coders = set(sheet.passages), {key(coder) for coder in sheet.coders}
    for row in rows:
        if not (row["start"].isdecimal() and row["end"].isdecimal()):
            return None
        is_of_sheet = key(row["coder"]) in coders and not row["parent_code"] and not row["date"]
        if not is_of_sheet or not (sheet.anywhere or _passage(row) in passages):
            return None
    return _grouped(rows)


def _elsewhere(folder: Path, own_file: Path, sheet: Filled) -> list[str]:
    """A line for each other csv with codings by the sheet's coders that overlap those of the sheet."""
    sheet_passages = list(_grouped(sheet.codings))
    lines = []
    for file in sorted(folder.glob("*.csv")):
        if file == own_file or file.name.startswith("."):
            continue
        try:
            _, csv_rows = table.read_csv(file.read_bytes())
        except (OSError, RefusedError):
            continue
        spans_of: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for _, row in csv_rows:
            if _is_placed(row):
                document, start, end = _passage(row)
                spans_of.setdefault((document, key(row.get("coder", "") or file.stem)), []).append((start, end))
        count = sum(
            any(start < last and first < end for first, last in spans_of.get((document, coder), ()))
            for (document, start, end), coder in sheet_passages
        )
        if count:
            lines.append(
                f"{file} also has codings by the same coder that overlap {prose.count(count, 'passage')} of this "
                "sheet. All of them are used; delete those that should not be."
            )
    return lines


def _is_placed(row: Mapping[str, str]) -> bool:
    return row.get("start", "").isdecimal() and row.get("end", "").isdecimal()


def _passage(row: Mapping[str, Any]) -> Passage:
    return unicodedata.normalize("NFC", str(row.get("document", ""))), int(row["start"]), int(row["end"])


def _grouped(codings: Iterable[Mapping[str, Any]]) -> Coded:
    """Rows by passage and coder."""
    grouped: Coded = {}
    for row in codings:
        fields = {name: str(row.get(name, "")) for name in COLUMNS}
        grouped.setdefault((_passage(row), key(fields["coder"])), []).append(fields)
    return grouped


def _said(rows: Rows) -> list[tuple[str, str]]:
    return sorted((row["code"], row["memo"]) for row in rows)


def _csv(coded: Coded) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    rows = [row for coded_rows in coded.values() for row in coded_rows]
    for row in sorted(rows, key=lambda row: (*_passage(row), row["code"], row["coder"])):
        writer.writerow({name: formula_guard.guarded(cell) for name, cell in row.items()})
    return out.getvalue().encode()
