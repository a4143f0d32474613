"""`counterpoint export`: a study as files for other programs, all in one folder."""

from pathlib import Path

import pandas as pd

from pipeline import codebook, decisions, store, study, whole
from pipeline.core.places import Places
from pipeline.errors import CounterpointError
from pipeline.exchange import csv, docx, qdc, qdpx, sheets
from pipeline.reporting import written

# Vectors are no reading matter.
LEFT_OUT = ("embeddings",)
PEOPLE = ("document", "speaker", "case", "part")


def export(folder: Path, to: Path | None = None, *, offsets: qdpx.Offsets = "codepoints") -> list[str]:
    """Write a study's files into a folder (its own `export/`); return lines that say what was written and what was not.

    Tables that no run has made yet are left out, and a line says so. Raises CounterpointError where the study was not
    read yet, or a file cannot be written.
    """
    study.exists(folder)
    place = to or Places(folder).export
    names = [name for name in (*store.INTERIM, *store.PROCESSED) if name not in LEFT_OUT]
    there = [name for name in names if store.path(folder, name).exists()]
    if "documents" not in there:
        raise CounterpointError(f"{folder} was not read yet, so there is nothing to export. Run `dvc repro` first.")
    tables = {name: store.read(folder, name) for name in there}
    files = contents(folder, tables, offsets=offsets)
    workbook = Places(folder).workbook
    if workbook.exists():
        files["framework_matrix.xlsx"] = workbook.read_bytes()
    for name, data in sorted(files.items()):
        _write(place / name, data)
    lines = [f"wrote {place / name}" for name in sorted(files)]
    missing = [name for name in names if name not in there]
    if missing:
        lines.append(f"Not there yet, so left out: {', '.join(missing)}. `dvc repro` makes them.")
    lines.append(f"These files hold what people said: share {place} as carefully as the transcripts.")
    return lines


def unit(name: str) -> qdpx.Offsets:
    """The unit of positions that a word names; raise CounterpointError for another word."""
    units: dict[str, qdpx.Offsets] = {"codepoints": "codepoints", "utf16": "utf16"}
    if name not in units:
        raise CounterpointError(f"--offsets is '{name}'. Write codepoints, or utf16 for NVivo.")
    return units[name]


def contents(folder: Path, tables: dict[str, pd.DataFrame], *, offsets: qdpx.Offsets) -> dict[str, bytes]:
    """The files by name. `tables`: those that were made; the others count as empty."""
    held = {name: tables.get(name, store.empty(name)) for name in (*qdpx.TABLES, "framework_matrix")}
    book_file, name = Places(folder).codebook, folder.resolve().name
    book = codebook.load(book_file) if book_file.exists() else codebook.Codebook()
    said = decisions.load(Places(folder).decisions)
    files = {
        "coded.qdpx": qdpx.project(held, codebook=book, decisions=said, study=name, offsets=offsets),
        "codebook.qdc": qdc.codebook(book, study=name),
        "codebook.xlsx": sheets.codebook(book),
        "codebook.docx": docx.codebook(book),
        "csv/codebook.csv": csv.table(pd.DataFrame(sheets.rows(book), columns=list(sheets.COLUMNS))),
        "csv/participants.csv": csv.table(participants(held["documents"], held["turns"], held["cases"])),
    }
    files |= {f"csv/{name}.csv": csv.table(table) for name, table in tables.items()}
    if "framework_matrix" in tables:
        own = written.standing(written.load(Places(folder).summaries))
        matrix = docx.matrix(held["framework_matrix"], cases=held["cases"], codes=book.names, said=own)
        files["framework_matrix.docx"] = matrix
    return files


def participants(documents: pd.DataFrame, turns: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Who speaks where, as a participants.csv that says all that was found or guessed: a row a speaker."""
    speaking = turns[list(PEOPLE)].drop_duplicates()
    # Where nobody is named in a document, a row without a name says what kind of source it is.
    named = (speaking["speaker"] != "") | (speaking["case"] != "")
    speaking = speaking[named | ~speaking["document"].isin(speaking.loc[named, "document"])]
    kinds = documents[["document", "source_type"]]
    found = speaking.merge(kinds, on="document", how="left").merge(cases, on="case", how="left").fillna("")
    return found.sort_values(list(PEOPLE), ignore_index=True)


def _write(place: Path, data: bytes) -> None:
    """Write a file whole, and say so in a sentence where that cannot be."""
    try:
        whole.write(place, data)
    except OSError as error:
        raise CounterpointError(f"{place} cannot be written ({error.strerror}). Close it if it is open.") from None
