"""`counterpoint export`: writes a study as files for other programs, all in one folder."""

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipeline.commands import exposed
from pipeline.core import atomic_files, export_record, prose, store, study_folder, study_lock, study_template
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.study_paths import EXPORT_LIST, WORKBOOK, Places
from pipeline.core.terms import Paper
from pipeline.decisions import ledger
from pipeline.deductive import codebook
from pipeline.exchange import csv, docx, qdc, qdpx, sheets, taguette
from pipeline.paper import matrix_table
from pipeline.reporting import quotes, written_summaries

# Vectors are of no use to readers.
LEFT_OUT = ("embeddings",)
# The manifest of an export, and how many files a message names.
SHOWN = 5
TABLES = "csv/"
PEOPLE = ("document", "speaker", "case", "part")


def export(
    folder: Path,
    to: Path | None = None,
    *,
    offsets: qdpx.Offsets = "codepoints",
    paper: Paper = "a4",
    cases_as_codes: bool = False,
    listed: bool = False,
) -> list[str]:
    """Write a study's files to a folder (default: the study's `export/`); return messages.

    `paper`: the sheets that the matrix is laid out for. `cases_as_codes`: for QualCoder (see `qdpx.project`). `listed`:
    name every file instead of summing them up.

    Tables that do not exist yet are left out with a message. Raises CounterpointError if the study has no results, or,
    before anything is written, if a file exists that no export wrote or that was changed since.
    """
    study_template.exists(folder)
    place = to or Places(folder).export
    if to is not None and (fault := study_folder.fault_of_output(to)):
        raise CounterpointError(f"{to} {fault}")
    names = [name for name in (*store.INTERIM, *store.PROCESSED) if name not in LEFT_OUT]
    there = [name for name in names if store.path(folder, name).exists()]
    if "documents" not in there:
        raise CounterpointError(f"{folder} has no results to export yet. Run `counterpoint run` first.")
    tables = {name: store.read(folder, name) for name in there}
    files = contents(folder, tables, offsets=offsets, cases_as_codes=cases_as_codes, paper=paper)
    if "framework_matrix" in tables:
        files["framework_matrix.docx"] = _matrix(folder, tables, paper)
    # As it was made: what somebody wrote in the report's copy comes back by `import`.
    workbook = Places(folder).beside_page / WORKBOOK
    if workbook.exists():
        files[WORKBOOK] = workbook.read_bytes()
    _write(folder, place, files)
    lines = [f"wrote {place / name}" for name in sorted(files)] if listed else _summed_up(place, files)
    missing = [name for name in names if name not in there]
    if missing:
        lines.append(f"Left out because they do not exist yet: {', '.join(missing)}. `counterpoint run` creates them.")
    lines.append(f"These files quote participants: treat {place} as confidentially as the transcripts.")
    if exposed.untracked(place):
        lines.append(f"Git would add files in {place}: exclude that folder with a line in a .gitignore.")
    return lines


def _summed_up(place: Path, files: Collection[str]) -> list[str]:
    """What was written where: the files for other programs by name, the tables by their number."""
    tables = [name for name in files if name.startswith(TABLES)]
    others = sorted(set(files) - set(tables))
    return [
        f"Wrote {prose.count(len(files), 'file')} to {place} (--all names each):",
        f"  {', '.join(others)}",
        f"  {TABLES}: {prose.count(len(tables), 'table')}",
    ]


def unit(name: str) -> qdpx.Offsets:
    """The unit of positions with this name; raises CounterpointError for an unknown name."""
    units: dict[str, qdpx.Offsets] = {"codepoints": "codepoints", "utf16": "utf16"}
    if name not in units:
        raise CounterpointError(f"Unknown --offsets '{name}'. Use codepoints, or utf16 for NVivo.")
    return units[name]


def contents(
    folder: Path,
    tables: dict[str, pd.DataFrame],
    *,
    offsets: qdpx.Offsets,
    cases_as_codes: bool = False,
    paper: Paper = "a4",
) -> dict[str, bytes]:
    """The content of each file by name. `tables`: those that exist; the others count as empty."""
    all_tables = {name: tables.get(name, store.empty(name)) for name in (*qdpx.TABLES, "framework_matrix")}
    book_file, name = Places(folder).codebook, folder.resolve().name
    book = codebook.load_codebook(book_file) if book_file.exists() else codebook.Codebook()
    decisions = ledger.load(Places(folder).decisions)
    files = {
        "coded.qdpx": qdpx.project(
            all_tables,
            codebook=book,
            decisions=decisions,
            study_name=name,
            offsets=offsets,
            cases_as_codes=cases_as_codes,
        ),
        "codebook.qdc": qdc.codebook(book, study_name=name),
        "codebook.xlsx": sheets.codebook(book, paper=paper),
        "codebook.docx": docx.codebook(book, paper=paper),
        "taguette.sqlite3": taguette.project(all_tables, book=book, study_name=name),
        "taguette_codebook.csv": taguette.codebook(book),
        "csv/codebook.csv": csv.table(pd.DataFrame(sheets.codebook_rows(book), columns=list(sheets.COLUMNS))),
        "csv/participants.csv": csv.table(
            participants(all_tables["documents"], all_tables["turns"], all_tables["cases"])
        ),
    }
    files |= {f"csv/{name}.csv": csv.table(table) for name, table in tables.items()}
    return files


def _matrix(folder: Path, tables: Mapping[str, pd.DataFrame], paper: Paper) -> bytes:
    """The framework matrix for print, with participants' names, as in every other file of an export."""
    matrix, book_file = tables["framework_matrix"], Places(folder).codebook
    book = codebook.load_codebook(book_file) if book_file.exists() else codebook.Codebook()
    mapped = set(matrix.code)
    about = quotes.described(tables.get("cases", store.empty("cases")))
    return matrix_table.document(
        matrix,
        book=book,
        codes=[*(code for code in book.names if code in mapped), *sorted(mapped - set(book.names))],
        named={case: ", ".join(filter(None, (case, about.get(case, "")))) for case in sorted(set(matrix.case))},
        paper=paper,
        summaries=written_summaries.standing(written_summaries.load(Places(folder).summaries)),
    )


def participants(documents: pd.DataFrame, turns: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """A participants.csv with everything found or guessed: one row per document and speaker."""
    speaking = turns[list(PEOPLE)].drop_duplicates()
    # Where nobody is named in a document, a row without a name says what kind of source it is.
    named = (speaking["speaker"] != "") | (speaking["case"] != "")
    speaking = speaking[named | ~speaking["document"].isin(speaking.loc[named, "document"])]
    kinds = documents[["document", "source_type"]]
    with_attributes = speaking.merge(kinds, on="document", how="left").merge(cases, on="case", how="left").fillna("")
    return with_attributes.sort_values(list(PEOPLE), ignore_index=True)


def _write(folder: Path, target: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of an export atomically, replacing only files of an earlier export of the same study.

    A manifest with their hashes is written to the same folder. It lists old and new hashes while files are written, so
    that an interrupted export can be repeated.
    """
    try:
        with study_lock.locked(folder):
            is_default_folder = target == Places(folder).export
            known_hashes = export_record.known_hashes(target, None if is_default_folder else folder.resolve().name)
            new_hashes = {name: _hash(data) for name, data in files.items()}
            _refuse_others(target, files, known_hashes)
            _write_manifest(
                target, folder, {name: sorted({*known_hashes.get(name, ()), new_hashes[name]}) for name in new_hashes}
            )
            for name, data in sorted(files.items()):
                atomic_files.write(target / name, data)
            _write_manifest(target, folder, {name: [new_hashes[name]] for name in new_hashes})
    except OSError as error:
        problem = refused(error, doing=f"Writing to {target}")
        raise problem or CounterpointError(
            f"{error.filename} cannot be written ({error.strerror}). If it is open in another program, close it."
        ) from None


def _refuse_others(place: Path, files: Mapping[str, bytes], known: Mapping[str, Sequence[str]]) -> None:
    there = {name: place / name for name in sorted(files) if os.path.lexists(place / name)}
    others = [
        file
        for name, file in there.items()
        if file.is_symlink() or (_hash(file.read_bytes()) not in (*known.get(name, ()), _hash(files[name])))
    ]
    if others:
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        raise CounterpointError(
            f"{', '.join(map(str, others[:SHOWN]))}{more}: existing files that are not an unchanged export of this "
            "study. Nothing was written. Move the files you want to keep, or choose another folder with --to."
        )


def _write_manifest(target: Path, folder: Path, hashes: Mapping[str, Sequence[str]]) -> None:
    manifest = {"study": folder.resolve().name, "files": hashes}
    atomic_files.write(target / EXPORT_LIST, json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
