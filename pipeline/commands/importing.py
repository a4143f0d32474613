"""`counterpoint import`: turns files of other programs into the files of a study.

Existing files are not overwritten. A codebook is replaced only if it is empty or on request, and then kept as a copy.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.commands import codebook_table
from pipeline.core import atomic_files, prose, study_lock, study_template
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.study_paths import Places
from pipeline.corpus import document_names, participants, refi
from pipeline.corpus.readers import codes_csv, files, guards, offsets, qde, qdpx, rows
from pipeline.corpus.readers.coding import Coding, by_people
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.sources import source_files
from pipeline.deductive import codebook
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import csv
from pipeline.reporting.code_text import fields

KINDS = (".csv", ".qdc", ".qdpx", ".xlsx")
UNITS = {"auto": offsets.UNITS, "codepoints": offsets.UNITS[:1], "utf16": offsets.UNITS[1:2]}
COLUMNS = ("document", "start", "end", "text", "code", "parent_code", "coder", "memo", "date")
# Characters not allowed in file names on some systems, and device names reserved on Windows.
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_LONGEST = 120
_SHORT_COLOR = re.compile(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])")


@dataclass(frozen=True)
class Wanted:
    """Options: replace the codebook, add transcripts, and how positions are counted."""

    codebook: bool = False
    transcripts: bool = False
    offsets: str = "auto"


@dataclass
class Plan:
    """What an import will write, with messages. It is completed before anything is written.

    `files`: new files; `replaced`: existing files; `kept`: for replaced files, the path of the copy that is kept.
    """

    folder: Path
    wanted: Wanted
    files: dict[Path, bytes] = field(default_factory=dict)
    replaced: dict[Path, bytes] = field(default_factory=dict)
    kept: dict[Path, Path] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def replace(self, file: Path, data: bytes, *, copy: Path) -> None:
        """Plan to write a file that may exist as a template; a changed one is kept as a copy, preferably at `copy`."""
        if not file.exists():
            self.files[file] = data
            return
        self.replaced[file] = data
        if file.read_bytes() != study_template.FILES[file.name].encode():
            self.kept[file] = study_lock.kept_as(file, copy)
            self.lines.append(f"The previous {file} was kept as {self.kept[file]}.")

    def carry_out(self) -> None:
        """Write the files atomically. If interrupted, running the same import again completes it."""
        for old, copy in self.kept.items():
            study_lock.keep(old, copy)
        for path, data in self.files.items():
            atomic_files.create(path, data)
        for path, data in self.replaced.items():
            atomic_files.write(path, data)


def run(path: Path, folder: Path, *, wanted: Wanted | None = None) -> list[str]:
    """Import a file (.qdpx, .qdc, .csv, .xlsx) into a study; return messages on what was and was not imported.

    Raises CounterpointError, and writes nothing, if the file cannot be used or would overwrite existing data.
    """
    if wanted is not None and wanted.offsets not in UNITS:
        raise CounterpointError(f"Unknown --offsets '{wanted.offsets}'. Use one of {', '.join(UNITS)}.")
    if path.suffix.lower() not in KINDS:
        raise CounterpointError(
            f"Unsupported file {path}. Supported: {', '.join(KINDS)}. Export it in one of these formats."
        )
    plan = Plan(folder, wanted or Wanted())
    try:
        data = _bytes(path)
        if not folder.is_dir():
            _read(Plan(folder, plan.wanted), path, data)  # a refusal makes no study
            study_template.create(folder)
        with study_lock.locked(folder):
            study_lock.clear(Places(folder).transcripts)
            _read(plan, path, data)
            plan.carry_out()
            study_template.create(folder)
    except RefusedError as error:
        raise CounterpointError(f"{path}: {error}") from None
    except OSError as error:
        raise _stopped(error) from None
    return plan.lines


def _bytes(path: Path) -> bytes:
    data = files.content(path, follow=True)
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    return data


def _read(plan: Plan, path: Path, data: bytes) -> None:
    kinds = dict(zip(KINDS, (_table, _book, _project, _workbook), strict=True))
    with files.reading(f"{path.suffix.lower()} (to import)"):
        kinds[path.suffix.lower()](plan, path, data)


def _stopped(error: OSError) -> CounterpointError:
    problem = refused(error, doing="The import") or f"{error.filename} cannot be written ({error.strerror})."
    return CounterpointError(f"{problem} Then run the same import again; it continues where it stopped.")


def _project(plan: Plan, path: Path, data: bytes) -> None:
    project = qdpx.read_project(data, path.stem, units=UNITS[plan.wanted.offsets])
    plan.lines.append(
        f"{path.name}: {prose.count(len(project.sources), 'text')}, "
        f"{prose.count(len(by_people(project.codings)[0]), 'human coding')}."
    )
    if project.counted:
        plan.lines.append(f"Positions are counted in: {project.counted}.")
    names = _texts(plan, project.sources)
    _codings(
        plan,
        path,
        [replace(coding, document=names.get(coding.document, coding.document)) for coding in project.codings],
    )
    _people(plan, project, names, place=str(path))
    _codes(plan, path, project.project)


def _book(plan: Plan, path: Path, data: bytes) -> None:
    guards.check_size(len(data))
    _codes(plan, path, qde.parse_project(data))


def _table(plan: Plan, path: Path, data: bytes) -> None:
    """Import a csv with codings, a codebook or participants, recognised by its columns."""
    header, table_rows = rows.read_csv(data, comments=True)
    if {"document", "code"} <= set(header):
        _codings(plan, path, codes_csv.read_own_csv(data, path.stem))
    elif set(participants.COLUMNS) <= set(header):
        _write_people(plan, data, place=str(path))
    elif codebook_table.columns(header):
        _write_codebook(plan, codebook_table.read(header, [row for _, row in table_rows], place=str(path)))
    else:
        raise CounterpointError(
            f"{path}: unknown columns ({', '.join(header[:8])}). Codings need document and code; a codebook needs name "
            f"(or code) and definition; participants need {', '.join(participants.COLUMNS)}."
        )


def _workbook(plan: Plan, path: Path, data: bytes) -> None:
    """Import a workbook whose first sheet is a codebook."""
    header, table_rows = rows.read_xlsx(data)
    if not codebook_table.columns(header):
        raise CounterpointError(
            f"{path}: the first sheet is not a codebook. A codebook needs the columns name and definition."
        )
    _write_codebook(plan, codebook_table.read(header, [row for _, row in table_rows], place=str(path)))


def _texts(plan: Plan, sources: Sequence[qdpx.Source]) -> dict[str, str]:
    """Plan to add missing texts if the study has no transcripts; return the document of each source that has one."""
    transcripts = Places(plan.folder).transcripts
    present = [document_names.normal(file.relative_to(transcripts).as_posix()) for file in source_files(transcripts)]
    known = document_names.Documents(present)
    names = {source.name: known.find(source.name) for source in sources}
    written_before = _written_before(transcripts, names, sources)
    missing = [source for source in sources if not names[source.name] and source.text.strip()]
    if missing and set(present) - written_before and not plan.wanted.transcripts:
        listed = ", ".join(source.name for source in missing[:5]) + (", …" if len(missing) > 5 else "")
        plan.lines.append(
            f"Texts of this file that are not in {transcripts} ({len(missing)}): {listed}. To add them, use "
            "--transcripts."
        )
        missing = []
    used = {name.casefold() for name in present}
    for source in missing:
        names[source.name] = _free(_safe(source.name), used)
        file = transcripts / names[source.name]
        if not file.resolve().is_relative_to(transcripts.resolve()):
            raise CounterpointError(f"{file.parent} is a link to another location. Replace it by a folder.")
        plan.files[file] = source.text.encode()
    if missing:
        plan.lines.append(f"Wrote {prose.count(len(missing), 'text')} to {transcripts}.")
    # Keep a name that already identifies the document, so that a repeated import gives the same result.
    documents_after = document_names.Documents([*present, *filter(None, names.values())])
    return {
        name: name if documents_after.find(name) == document else document
        for name, document in names.items()
        if document
    }


def _written_before(transcripts: Path, names: dict[str, str], sources: Sequence[qdpx.Source]) -> set[str]:
    """The documents that an interrupted import of this file has already written: identical to its texts, byte for byte.

    Corrects `names` if several sources match one document: all but the one with its text get their own numbered
    document, or none.
    """
    texts = {source.name: source.text.encode() for source in sources}
    same_text = {
        name: document for name, document in names.items() if document and _holds(transcripts / document, texts[name])
    }
    for name, document in names.items():
        if document in same_text.values() and name not in same_text:
            names[name] = next(
                (
                    candidate
                    for candidate in _numbered(_safe(name), len(names))
                    if _holds(transcripts / candidate, texts[name])
                ),
                "",
            )
            same_text |= {name: names[name]} if names[name] else {}
    return set(same_text.values())


def _holds(file: Path, data: bytes) -> bool:
    return file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data


def _safe(name: str) -> str:
    """A source's name as a safe path of a text file below transcripts/: no hidden files, no way out of the folder."""
    components = [_FORBIDDEN.sub("_", component).strip(" .~") for component in document_names.normal(name).split("/")]
    path = (
        "/".join(
            _short(f"_{component}" if _RESERVED.match(component) else component)
            for component in components
            if component
        )
        or "source"
    )
    return path if path.lower().endswith(".txt") else f"{path}.txt"


def _short(component: str) -> str:
    """A name cut to at most 120 bytes without splitting a character."""
    return unicodedata.normalize("NFC", component).encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")


def _free(name: str, used: set[str]) -> str:
    free = next(candidate for candidate in (name, *_numbered(name, len(used) + 1)) if candidate.casefold() not in used)
    used.add(free.casefold())
    return free


def _numbered(name: str, count: int) -> Iterator[str]:
    """`count` alternative names for a text file."""
    return (f"{name[:-4]} ({number}).txt" for number in range(2, count + 2))


def _codings(plan: Plan, path: Path, codings: Sequence[Coding]) -> None:
    """Plan to write human codings as csv to human_codes/."""
    codings, left_out = by_people(codings)
    if left_out:
        plan.lines.append(left_out)
    placed = [coding for coding in codings if coding.start is not None or coding.text.strip()]
    if len(placed) < len(codings):
        n_without_position = len(codings) - len(placed)
        plan.lines.append(
            f"Left out {prose.count(n_without_position, 'coding')} without a position in text (images, audio)."
        )
    if not placed:
        return
    file = Places(plan.folder).human_codes / f"{_safe(path.stem).removesuffix('.txt')}.csv"
    data = csv.table(
        pd.DataFrame([[getattr(coding, name) for name in COLUMNS] for coding in placed], columns=list(COLUMNS))
    )
    existing = study_lock.alike(file)
    if existing is None:
        plan.files[file] = data
    elif not _holds(existing, data):
        raise CounterpointError(f"{existing} already exists with other content. Move it, or rename {path.name}.")
    coders = sorted({coding.coder for coding in placed})
    plan.lines.append(f"Wrote {prose.count(len(placed), 'coding')} by {', '.join(coders)} to {file}.")


def _people(plan: Plan, project: qdpx.Contents, names: dict[str, str], *, place: str) -> None:
    """Plan participants.csv from the descriptions in our exports or the cases of another program."""
    attributes = _attributes(project.project.variables)
    kinds = [guid for guid, name in project.project.variables.items() if name == refi.SOURCE_TYPE]
    cases = {case.name: case for case in project.project.cases if case.name}
    people = []
    for source in project.sources:
        kind = next((source.values[guid] for guid in kinds if guid in source.values), "")
        speakers = refi.speakers(source.description) or [
            (name, "participant", name) for name, case in cases.items() if source.guid in case.sources
        ]
        for speaker, role, case in speakers:
            values = cases[case].values if case in cases else {}
            document = names.get(source.name, source.name)
            people.append([document, speaker, case, role, kind, *(values.get(guid, "") for guid in attributes)])
    if people:
        columns = [*participants.COLUMNS, refi.SOURCE_TYPE, *attributes.values()]
        _write_people(plan, csv.table(pd.DataFrame(people, columns=columns)), place=place)


def _attributes(variables: dict[str, str]) -> dict[str, str]:
    """The column name of each attribute by the GUID of its variable; unique, ignoring case."""
    used = {name.casefold() for name in (*participants.RESERVED, refi.SOURCE_TYPE)}
    column_of = {}
    for guid, name in variables.items():
        if name == refi.SOURCE_TYPE:
            continue
        choices = (name or "attribute", *(f"{name or 'attribute'} {number}" for number in range(2, len(used) + 3)))
        column_of[guid] = next(choice for choice in choices if choice.casefold() not in used)
        used.add(column_of[guid].casefold())
    return column_of


def _write_people(plan: Plan, data: bytes, *, place: str) -> None:
    file = Places(plan.folder).participants
    if participants.read_participants(file):
        plan.lines.append(f"{file} already has entries and was not changed.")
        return
    number = len(participants.parse_participants(data, place=place))
    plan.replace(file, data, copy=Places(plan.folder).earlier / file.name)
    plan.lines.append(f"Wrote {prose.count(number, 'speaker')} to {file}. Please check who is who.")


def _codes(plan: Plan, path: Path, project: qde.Project) -> None:
    """Plan to import the codes of a project or codebook file, except candidate themes and codes beyond the codebook."""
    names = qde.code_names(project)
    entries: list[Any] = []
    for guid, code in project.codes.items():
        if guid not in project.beyond and not project.is_theme(guid):
            color = _SHORT_COLOR.sub(r"#\1\1\2\2\3\3", code.color) if len(code.color) == 4 else code.color
            parent = names.get(code.parent, "")
            entries.append({"name": names[guid], "parent": parent, **fields(code.description), "color": color})
    _write_codebook(plan, codebook.parse_codebook(entries, place=path.name))


def _write_codebook(plan: Plan, book: Codebook) -> None:
    file = Places(plan.folder).codebook
    there = codebook.load_codebook(file) if file.exists() else Codebook()
    if not len(book):
        return
    if there == book:
        plan.lines.append(
            f"{file} already has {'this' if len(book) == 1 else 'these'} {prose.count(len(book), 'code')}."
        )
        return
    if len(there) and not plan.wanted.codebook:
        plan.lines.append(f"{file} already has codes and was not changed. To replace it, use --codebook.")
        return
    plan.replace(file, codebook.dump_codebook(book).encode(), copy=file.with_stem(f"{file.stem}.before"))
    plan.lines.append(f"Wrote {prose.count(len(book), 'code')} to {file}.")
