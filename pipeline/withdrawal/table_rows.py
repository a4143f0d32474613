"""Withdraw rows from human codes and sheets, and update the offsets of the rows that stay.

Files of other programs cannot be edited: if they contain the participant's words or name, all are listed with
instructions before anything is changed.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl

from pipeline.core import formula_guard, prose
from pipeline.corpus import sources, span_alignment
from pipeline.corpus.document_names import Documents
from pipeline.corpus.readers import codes_csv, rows
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.model import RefusedError
from pipeline.withdrawal import csv_editing, redaction
from pipeline.withdrawal.containers import apart
from pipeline.withdrawal.containers.pieces import Budget, Source, Text
from pipeline.withdrawal.name_patterns import SENTENCE
from pipeline.withdrawal.search_terms import Needles
from pipeline.withdrawal.subject import Given, Subject, WithdrawError

PLACED = ("document", "start", "end", "text", "code", "coder", "parent_code", "date")
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>[^<]*</dcterms:modified>")
# Certain matches; a name that may mean something else does not stop the withdrawal and is reported at the end.
SURE = ("sentence", "name", "otherwise")


def changes(
    given: Given, who: Subject, redacted: Mapping[str, redaction.Redacted], wanted: Needles
) -> tuple[dict[Path, bytes], list[str]]:
    """Return the changed files of human codes and sheets, with their new content, and a line about each.

    `redacted`: new texts by document; `wanted`: the search terms. Raises WithdrawError, one line each, for files with
    their words that cannot be edited, and for rows whose document name would mean another document afterwards.
    """
    written: dict[Path, bytes] = {}
    lines: list[str] = []
    refused = _ambiguous_people(given, who)
    for path in sources.source_files(given.places.human_codes):
        where = path.relative_to(given.places.folder).as_posix()
        codings = _own_codings(path)
        if codings is None:
            if holds(path, wanted):
                refused.append(
                    f"{where} contains their words or name and cannot be edited by this program. Remove them in "
                    "the program it came from and export it again over this file, or delete the file; then run this "
                    "command again."
                )
            continue
        refused += _ambiguous(where, {line: coding.document for line, coding in codings.items()}, given, who)
        new, count = csv_editing.edit(path.read_bytes(), row_change(codings, given, who, redacted, wanted))
        if count:
            written[path] = new
            lines.append(f"remove or update {prose.count(count, 'row')} of {where}")
    if refused:
        raise WithdrawError("\n".join(refused))
    for path in sources.source_files(given.places.sheets):
        new, count = _sheet(path, given, who, redacted, wanted)
        if count:
            written[path] = new
            lines.append(
                f"remove or update {prose.count(count, 'row')} of {path.relative_to(given.places.folder).as_posix()}"
            )
    return written, lines


def holds(path: Path, needles: Needles) -> bool:
    """Return whether a file contains a sentence of theirs or certainly their name."""
    with path.open("rb") as stream:
        source = Source(stream, path.stat().st_size, path.name, "", Budget(path.stat().st_size))
        hits = (hit for piece in apart(source) if isinstance(piece, Text) for hit in needles.hits(piece.text))
        return any(hit.how in SURE for hit in hits)


def quoted(text: str, wanted: Needles) -> bool:
    """Return whether a text contains a sentence of theirs."""
    return SENTENCE in wanted.hits(text)


def _own_codings(path: Path) -> dict[int, Coding] | None:
    """Return the codings of a file by line, or None if it is not a CSV file in our own format."""
    if path.suffix.lower() != ".csv":
        return None
    try:
        codings = codes_csv.read_own_csv(path.read_bytes(), path.stem)
    except RefusedError:
        return None
    return {int(coding.row.removeprefix("line ")): coding for coding in codings}


def row_change(
    codings: Mapping[int, Coding],
    given: Given,
    who: Subject,
    redacted: Mapping[str, redaction.Redacted],
    needles: Needles,
) -> csv_editing.Change:
    """Return the function that removes a row, moves it to its passage's new offsets, or keeps it."""
    texts = given.texts
    placed, _ = span_alignment.place_codings(list(codings.values()), texts)
    spans = {placed_coding.coding.row: placed_coding for placed_coding in placed}

    def changed(line: int, row: dict[str, str]) -> dict[str, str] | None:
        if given.names.find(row.get("document", "")) in who.documents:
            return None
        placed_coding = spans.get(f"line {line}")
        if placed_coding is not None and placed_coding.document in redacted:
            span = redacted[placed_coding.document].span(placed_coding.start, placed_coding.end)
            if span is None:
                return None
            row = _moved(
                row,
                redacted[placed_coding.document].text,
                span,
                (placed_coding.start, placed_coding.end),
                texts[placed_coding.document],
            )
        aside = {name: redaction.MARK for name, cell in row.items() if name not in PLACED and quoted(cell, needles)}
        # A row that could not be placed but quotes them is removed.
        return None if placed_coding is None and quoted(row.get("text", ""), needles) else {**row, **aside}

    return changed


def _moved(row: dict[str, str], text: str, span: tuple[int, int], old: tuple[int, int], before: str) -> dict[str, str]:
    """Return the row with its new offsets; its text changes only if part of the passage was removed."""
    new = dict(row)
    if row.get("start", "").strip():
        new |= {"start": str(span[0]), "end": str(span[1])}
    if row.get("text", "").strip() and text[slice(*span)] != before[slice(*old)]:
        new["text"] = text[slice(*span)]
    return new


def _ambiguous(where: str, named: Mapping[int, str], given: Given, who: Subject) -> list[str]:
    """Return a problem if rows name a document ambiguously and would mean another one after the withdrawal."""
    left = Documents(set(given.files) - who.documents)
    unclear = [
        line for line, name in named.items() if name and not given.names.find(name) and (left.find(name) in given.files)
    ]
    if not unclear:
        return []
    listed = ", ".join(map(str, unclear[:10])) + (" and others" if len(unclear) > 10 else "")
    name = named[unclear[0]]
    return [f"{where}, line {listed}: {given.names.reason(name)} After the withdrawal it would mean {left.find(name)}."]


def _ambiguous_people(given: Given, who: Subject) -> list[str]:
    where = given.places.participants.name
    return _ambiguous(where, {person.line: person.document for person in given.people}, given, who)


def _sheet(
    path: Path, given: Given, who: Subject, redacted: Mapping[str, redaction.Redacted], needles: Needles
) -> tuple[bytes, int]:
    """Return a sheet without their rows and the number of rows changed; other files are unchanged."""
    data = path.read_bytes()
    reader = {".csv": rows.read_csv, ".xlsx": rows.read_xlsx}.get(path.suffix.lower())
    try:
        header, sheet_rows = reader(data) if reader else ([], [])
    except RefusedError:
        return data, 0
    if not {"document", "start", "end", "text"} <= set(header):
        return data, 0
    codings = {line: passage(line, row) for line, row in sheet_rows}
    changed = row_change(codings, given, who, redacted, needles)
    return (
        csv_editing.edit(data, changed)
        if path.suffix.lower() == ".csv"
        else _workbook(data, header, sheet_rows, changed)
    )


def passage(line: int, row: Mapping[str, str]) -> Coding:
    """The passage that a row of a table of passages names."""
    start, end = (codes_csv.integer(row.get(name, "").strip()) for name in ("start", "end"))
    text = formula_guard.plain(row.get("text", ""))
    return Coding(f"line {line}", row.get("document", "").strip(), start, end, text, "passage", "")


def _workbook(
    data: bytes, header: list[str], sheet_rows: list[tuple[int, dict[str, str]]], changed: csv_editing.Change
) -> tuple[bytes, int]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    count = 0
    for line, row in reversed(sheet_rows):
        new = changed(line, dict(row))
        if new == row:
            continue
        count += 1
        if new is None:
            sheet.delete_rows(line)
            continue
        for column, name in enumerate(header, start=1):
            if new.get(name, "") != row.get(name, ""):
                _put(sheet.cell(line, column), new[name])
    out = io.BytesIO()
    book.save(out)
    return (_timeless(out), count) if count else (data, 0)


def _timeless(book: io.BytesIO) -> bytes:
    """Remove the save time from a workbook, so that the same change gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, _MODIFIED.sub(b"", content) if name == "docProps/core.xml" else content)
    return out.getvalue()


def _put(cell: Any, value: str) -> None:
    """Set a cell: to a number if it held one, else to a text, never a formula."""
    if isinstance(cell.value, int | float):
        cell.value = int(value)
    else:
        cell.value = value
        cell.data_type = "s"
