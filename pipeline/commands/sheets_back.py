"""`counterpoint import` of completed sheets: passages coded blind, and disagreements that were resolved.

They come back as codings: rows of a csv in human_codes/, where a passage that was read and given no code says so with
the code "(no code)", so that what was not read stays unknown.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.commands import sheet_codings, sheets
from pipeline.commands.sheets import SheetError
from pipeline.comparison.units import ratings_of_units
from pipeline.core import prose, store, study_lock, text_files
from pipeline.core.coders import CONSENSUS, NO_CODE, is_program
from pipeline.core.study_paths import Places
from pipeline.core.terms import Uncoded
from pipeline.corpus.readers import files
from pipeline.corpus.readers.model import RefusedError
from pipeline.deductive import codebook

NONE = frozenset({"none", "no code", NO_CODE, "-", "–"})
# Columns by which a sheet of ours is told from a table of codings: of its passages, and of what is only in it.
PLACED, RESOLUTION, AROUND = {"document", "start", "end"}, "resolution", {"question", "before", "after", "drawn"}


def is_sheet(path: Path) -> bool:
    """Whether a workbook or csv is a sheet of passages to code, or of disagreements, by its columns."""
    if path.suffix.lower() not in sheets.ENDINGS or not path.is_file():
        return False
    try:
        data = files.content(path, limit=sheets.LARGEST, follow=True)
        with files.reading("a sheet"):
            header = set(sheets.header(data, place=path))
    except (RefusedError, SheetError, text_files.TextFileError):
        return False
    return header >= PLACED and (RESOLUTION in header or ("code" in header and bool(header & AROUND)))


def take_in(
    study: Path,
    sheet: Path,
    *,
    coder: str = "",
    uncoded: Uncoded = "negative",
) -> sheet_codings.Taken:
    """Read a filled sheet and write its codings to human_codes/<sheet>.csv; return that file, and messages.

    A blind sheet brings its own coder (`coder`, where the column is empty). A list of disagreements brings the coder
    "consensus": what was resolved, and the passages on which people agreed to begin with. What is there already is
    treated as `sheet_codings` says.
    """
    if sheet.resolve().is_relative_to(Places(study).human_codes.resolve()):
        raise SheetError(f"{sheet} is already in human_codes/. Import the completed sheet from sheets/.")
    documents, codings = store.read(study, "documents"), store.read(study, "codings")
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    known_codes = sorted({*codebook.load_codebook(Places(study).codebook).names, *codings["code"]} - {NO_CODE})
    sheet_rows = sheets.read(sheet, ("document", "start", "end"))
    resolved = bool(sheet_rows) and RESOLUTION in sheet_rows[0]
    column = RESOLUTION if resolved else "code"
    coder = CONSENSUS if resolved else coder
    sheet_codings_ = filled(sheet, texts=texts, column=column, coder=coder, known=known_codes)
    if not sheet_codings_:
        raise SheetError(f"{sheet}: the column '{column}' is empty, so there is nothing to import.")
    if resolved:
        resolved_passages = {(row["document"], row["start"]) for row in sheet_codings_}
        agreed = agreed_codings(store.read(study, "segments"), codings, texts=texts, uncoded=uncoded)
        sheet_codings_ += [row for row in agreed if (row["document"], row["start"]) not in resolved_passages]
    passages = {(row["document"], *span) for row in sheet_rows if (span := _span(row, texts))}
    coders = {str(row["coder"]) for row in sheet_codings_} | {
        row.get("coder", "").strip() or coder for row in sheet_rows
    } - {""}
    name = CONSENSUS if resolved else sheets.safe(sheet.stem)
    with study_lock.locked(study):
        written = sheet_codings.write(
            study, name, sheet_codings.Filled(sheet_codings_, passages, coders, anywhere=resolved)
        )
    people = prose.listed(sorted({row["coder"] for row in sheet_codings_}))
    found = f"{prose.count(len(sheet_codings_), 'coding')} by {people}"
    said = f"{written.file} has the {found} of this sheet. Run `counterpoint run` to use them."
    return sheet_codings.Taken(written.file, [*written.lines, said])


def agreed_codings(
    segments: pd.DataFrame, codings: pd.DataFrame, *, texts: Mapping[str, str], uncoded: Uncoded
) -> list[dict[str, Any]]:
    """The passages that two people or more read and gave the same codes, as codings of the consensus coder."""
    ratings = ratings_of_units(
        unit="segment",
        uncoded=uncoded,
        segments=segments,
        turns=segments,
        documents=segments,
        codings=codings[codings["coder"] != CONSENSUS],
        assignments=pd.DataFrame({name: [] for name in ("segment_id", "code", "score", "method")}).assign(
            accepted=False
        ),
    )
    is_agreed = (
        (ratings.given & ratings.seen[:, :, None]).sum(0) % np.maximum(ratings.seen.sum(0), 1)[:, None] == 0
    ).all(1)
    agreed = []
    for unit in np.flatnonzero(is_agreed & (ratings.seen.sum(0) > 1)):
        document, start, end = (ratings.units[name].iloc[unit] for name in ("document", "start", "end"))
        names = np.array(ratings.codes, dtype=object)[ratings.given[:, unit].any(0)].tolist() or [NO_CODE]
        passage = {"document": document, "start": int(start), "end": int(end), "text": texts[document][start:end]}
        agreed += [
            passage | {"code": name, "coder": CONSENSUS, "parent_code": "", "memo": "", "date": ""} for name in names
        ]
    return agreed


def filled(
    sheet: Path, *, texts: Mapping[str, str], column: str, coder: str = "", known: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The codings in a filled sheet, one a code; rows left blank are not read, and say nothing.

    The passage is taken from the document by its offsets, since spreadsheets alter text. Raises SheetError with every
    problem: a place that is none, a row without a coder, a code that is not in `known` (empty: any is taken).
    """
    problems: list[str] = []
    codings: list[dict[str, Any]] = []
    for row in sheets.read(sheet, ("document", "start", "end", column)):
        names = _codes(row[column], known)
        if not names:
            continue
        where = f"{sheet}, row {row['row']}"
        coder_name = coder if column == RESOLUTION else row.get("coder", "").strip() or coder
        span = _span(row, texts)
        unknown_codes = [name for name in names if known and name not in known and name != NO_CODE]
        if span is None:
            problems.append(
                f"{where}: {row['document']} {row['start']}-{row['end']} is not a passage of this study. Restore the "
                "cells."
            )
        if is_program(coder_name):
            problems.append(f"{where}: {sheets.own(coder_name)} Enter the coder's name.")
        if not coder_name:
            problems.append(f"{where}: the column 'coder' is empty. Enter the coder's name.")
        problems += [
            f"{where}: '{name}' is not in the codebook. Correct the spelling, or add the code."
            for name in unknown_codes
        ]
        if span is not None:
            start, end = span
            passage = {
                "document": row["document"],
                "start": start,
                "end": end,
                "text": texts[row["document"]][start:end],
            }
            coding_fields = {"coder": coder_name, "parent_code": "", "memo": row.get("memo", "").strip(), "date": ""}
            codings += [passage | {"code": name} | coding_fields for name in names]
    if problems:
        raise SheetError("\n".join(problems))
    return codings


def _codes(cell: str, known: Sequence[str]) -> list[str]:
    """The codes in a cell, in the spelling of the codebook; a code with a semicolon in its name is found whole."""
    if cell.strip() in known:
        return [cell.strip()]
    spelling = {name.casefold(): name for name in known}
    names = [name.strip() for name in cell.replace("\n", ";").split(";") if name.strip()]
    if names and all(name.casefold() in NONE for name in names):
        return [NO_CODE]
    return list(dict.fromkeys(spelling.get(name.casefold(), name) for name in names))


def _span(row: Mapping[str, str], texts: Mapping[str, str]) -> tuple[int, int] | None:
    text = texts.get(row["document"])
    if text is None or not (row["start"].strip().isdecimal() and row["end"].strip().isdecimal()):
        return None
    start, end = int(row["start"]), int(row["end"])
    return (start, end) if start < end <= len(text) else None
