"""Memos, notes, annotations and journals that an import brought, and where each belongs: imported/memos.csv.

A row says what it is about: the project, a code, a document, a case, a passage (an annotation) or nothing in particular
(a journal). Memos of codings are not here but in the table codings. People may edit the file; an import adds rows and
changes none.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields, replace

from pipeline.core import formula_guard, terms
from pipeline.corpus import document_names, span_alignment
from pipeline.corpus.readers import guards, rows
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.sources import Problem

NAME = "memos.csv"


COLUMNS = tuple(field.name for field in fields(Memo))


def dump(memos: Iterable[Memo]) -> bytes:
    """Return memos as the content of imported/memos.csv."""
    place = io.StringIO()
    writer = csv.writer(place, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for memo in memos:
        cells = ("" if cell is None else str(cell) for cell in astuple(memo))
        writer.writerow([formula_guard.guarded(cell) for cell in cells])
    return place.getvalue().encode("utf-8-sig")


def load(data: bytes) -> list[Memo]:
    """Return the rows of imported/memos.csv. Raises RefusedError if it is no table or lacks the column memo."""
    if not data.strip():
        return []
    guards.check_size(len(data))
    header, numbered = rows.read_csv(data)
    if "memo" not in header:
        raise RefusedError("The column memo is missing. Add it to the header, or import the project again.")
    return [_memo(row) for _, row in numbered]


def added(before: Sequence[Memo], memos: Iterable[Memo]) -> list[Memo]:
    """Return the memos of a file with those that it lacks; what is there stays as it is."""
    known = {memo.memo_id for memo in before}
    new = {memo.memo_id: memo for memo in (memo.identified() for memo in memos) if memo.memo_id not in known}
    return [*before, *new.values()]


def placed(memos: Sequence[Memo], texts: Mapping[str, str]) -> tuple[list[Memo], list[Problem]]:
    """Return memos with the study's documents and positions, and a note about each that was not found.

    `texts`: of the documents. A memo whose passage or document is not there is kept without them.
    """
    documents = document_names.Documents(sorted(texts))
    found: list[Memo] = []
    problems: list[Problem] = []
    for number, memo in enumerate(memos, start=2):
        document = documents.find(memo.document) if memo.document else ""
        where = f"imported/{NAME}, line {number}"
        if memo.document and not document:
            problems.append(
                Problem("note", "", where, f"A memo's document is missing: {documents.reason(memo.document)}")
            )
            found.append(replace(memo, start=None, end=None))
            continue
        if memo.about == "passage":
            coding = Coding(where, document, memo.start, memo.end, memo.text, "passage", "")
            spans, lost = span_alignment.place_codings([coding], {document: texts[document]})
            problems += [Problem("note", document, where, f"An annotation's passage: {one.reason}") for one in lost]
            at = (spans[0].start, spans[0].end) if spans else (None, None)
            memo = replace(memo, start=at[0], end=at[1])
        found.append(replace(memo, document=document))
    return found, problems


def _memo(row: Mapping[str, str]) -> Memo:
    cell = {name: formula_guard.plain(row.get(name, "")) for name in COLUMNS}
    start, end = (int(cell[name]) if cell[name].strip().isdecimal() else None for name in ("start", "end"))
    about = cell["about"].strip().lower()
    words = {name: cell[name] for name in COLUMNS if name not in ("start", "end", "about")}
    memo = Memo(about=about if about in terms.MEMOS_ABOUT else "journal", start=start, end=end, **words)
    return memo if memo.memo_id else memo.identified()
