"""`counterpoint import`: what comes from other programs becomes the files that a study is made of.

Nothing that is there is overwritten: a codebook only where it is empty or where that is asked for, and then it is kept.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import ingest
from pipeline.commands import codebook_table
from pipeline.core import atomic_files, study_lock, study_template
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.study_paths import Places
from pipeline.corpus import document_names, participants, refi
from pipeline.corpus.readers import codes_csv, files, guards, offsets, qde, qdpx, rows
from pipeline.corpus.readers.coding import Coding, by_people
from pipeline.corpus.readers.model import RefusedError
from pipeline.deductive import codebook
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import csv
from pipeline.reporting.code_text import fields

KINDS = (".csv", ".qdc", ".qdpx", ".xlsx")
UNITS = {"auto": offsets.UNITS, "codepoints": offsets.UNITS[:1], "utf16": offsets.UNITS[1:2]}
COLUMNS = ("document", "start", "end", "text", "code", "parent_code", "coder", "memo", "date")
# What a file system somewhere does not allow in a name, and the names that Windows keeps for devices.
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_LONGEST = 120
_SHORT_COLOR = re.compile(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])")


@dataclass(frozen=True)
class Wanted:
    """What is asked for beyond what a study lacks: another codebook, more transcripts; how positions are counted."""

    codebook: bool = False
    transcripts: bool = False
    offsets: str = "auto"


@dataclass
class Plan:
    """What an import will write, and lines that say so. It is made whole before anything is written.

    `files`: those that are new; `replaced`: those that are there; `kept`: under what name a copy of such a one stays.
    """

    folder: Path
    wanted: Wanted
    files: dict[Path, bytes] = field(default_factory=dict)
    replaced: dict[Path, bytes] = field(default_factory=dict)
    kept: dict[Path, Path] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def replace(self, file: Path, data: bytes, *, kept: Path) -> None:
        """Plan a file that may be there as it was laid out; one that people changed is kept, first under `kept`."""
        if not file.exists():
            self.files[file] = data
            return
        self.replaced[file] = data
        if file.read_bytes() != study_template.FILES[file.name].encode():
            self.kept[file] = study_lock.kept_as(file, kept)
            self.lines.append(f"{file} as it was is kept as {self.kept[file]}.")

    def carry_out(self) -> None:
        """Write the files, each whole. Where it stops, the same import goes on: what was written is as it shall be."""
        for old, kept in self.kept.items():
            study_lock.keep(old, kept)
        for place, data in self.files.items():
            atomic_files.create(place, data)
        for place, data in self.replaced.items():
            atomic_files.write(place, data)


def run(path: Path, folder: Path, *, wanted: Wanted | None = None) -> list[str]:
    """Bring a file (.qdpx, .qdc, .csv, .xlsx) into a study; return lines that say what was done and what was not.

    Raises CounterpointError where the file cannot be used, or would overwrite what is there; nothing is written then.
    """
    if wanted is not None and wanted.offsets not in UNITS:
        raise CounterpointError(f"--offsets is '{wanted.offsets}'. Write one of {', '.join(UNITS)}.")
    if path.suffix.lower() not in KINDS:
        raise CounterpointError(f"{path} is none of {', '.join(KINDS)}. Export it as one of these.")
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
    said = refused(error, doing="The import") or f"{error.filename} cannot be written ({error.strerror}). Check it."
    return CounterpointError(f"{said} Then import the same file again: it goes on where it stopped.")


def _project(plan: Plan, path: Path, data: bytes) -> None:
    found = qdpx.read_project(data, path.stem, units=UNITS[plan.wanted.offsets])
    plan.lines.append(f"{path.name}: {len(found.sources)} texts, {len(by_people(found.codings)[0])} codings by people.")
    if found.counted:
        plan.lines.append(f"Positions count as: {found.counted}.")
    names = _texts(plan, found.sources)
    _codings(plan, path, [replace(one, document=names.get(one.document, one.document)) for one in found.codings])
    _people(plan, found, names, place=str(path))
    _codes(plan, path, found.project)


def _book(plan: Plan, path: Path, data: bytes) -> None:
    guards.check_size(len(data))
    _codes(plan, path, qde.parse_project(data))


def _table(plan: Plan, path: Path, data: bytes) -> None:
    """A csv of this project's: codings, a codebook, or participants, told by its columns."""
    header, found = rows.read_csv(data, comments=True)
    if {"document", "code"} <= set(header):
        _codings(plan, path, codes_csv.read_own_csv(data, path.stem))
    elif set(participants.COLUMNS) <= set(header):
        _write_people(plan, data, place=str(path))
    elif codebook_table.columns(header):
        _write_codebook(plan, codebook_table.read(header, [row for _, row in found], place=str(path)))
    else:
        raise CounterpointError(
            f"{path}: its columns ({', '.join(header[:8])}) are none we know. Codings need document and code, a "
            f"codebook name (or code) and definition, participants {', '.join(participants.COLUMNS)}."
        )


def _workbook(plan: Plan, path: Path, data: bytes) -> None:
    """A workbook whose first sheet is a codebook."""
    header, found = rows.read_xlsx(data)
    if not codebook_table.columns(header):
        raise CounterpointError(f"{path}: its first sheet is no codebook, which has the columns name and definition.")
    _write_codebook(plan, codebook_table.read(header, [row for _, row in found], place=str(path)))


def _texts(plan: Plan, sources: Sequence[qdpx.Source]) -> dict[str, str]:
    """Plan the texts that a study without transcripts lacks; return each source's document, where it has one."""
    place = Places(plan.folder).transcripts
    there = [document_names.normal(file.relative_to(place).as_posix()) for file in ingest.source_files(place)]
    known = document_names.Documents(there)
    names = {source.name: known.find(source.name) for source in sources}
    own = _written_before(place, names, sources)
    missing = [source for source in sources if not names[source.name] and source.text.strip()]
    if missing and set(there) - own and not plan.wanted.transcripts:
        listed = ", ".join(source.name for source in missing[:5]) + (", …" if len(missing) > 5 else "")
        plan.lines.append(
            f"{len(missing)} of its texts are not in {place}: {listed}. To add them, import it with --transcripts."
        )
        missing = []
    taken = {name.casefold() for name in there}
    for source in missing:
        names[source.name] = _free(_safe(source.name), taken)
        file = place / names[source.name]
        if not file.resolve().is_relative_to(place.resolve()):
            raise CounterpointError(f"{file.parent} is a link to another place. Put a folder there.")
        plan.files[file] = source.text.encode()
    if missing:
        plan.lines.append(f"{len(missing)} texts were written to {place}.")
    # A name that means the document already stays as it is, so that a later import says the same.
    after = document_names.Documents([*there, *filter(None, names.values())])
    return {name: name if after.find(name) == found else found for name, found in names.items() if found}


def _written_before(place: Path, names: dict[str, str], sources: Sequence[qdpx.Source]) -> set[str]:
    """The documents that an import of this file wrote before it was stopped: those that are its texts, byte for byte.

    Where several sources mean one document, and it is the text of one of them, `names` is mended: the others have the
    numbered document that is theirs, or none.
    """
    texts = {source.name: source.text.encode() for source in sources}
    own = {name: found for name, found in names.items() if found and _holds(place / found, texts[name])}
    for name, found in names.items():
        if found in own.values() and name not in own:
            names[name] = next(
                (one for one in _numbered(_safe(name), len(names)) if _holds(place / one, texts[name])), ""
            )
            own |= {name: names[name]} if names[name] else {}
    return set(own.values())


def _holds(file: Path, data: bytes) -> bool:
    return file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data


def _safe(name: str) -> str:
    """A source's name as the name of a text file below transcripts/: no way out, nothing hidden, nothing forbidden."""
    parts = [_FORBIDDEN.sub("_", part).strip(" .~") for part in document_names.normal(name).split("/")]
    kept = "/".join(_short(f"_{part}" if _RESERVED.match(part) else part) for part in parts if part) or "source"
    return kept if kept.lower().endswith(".txt") else f"{kept}.txt"


def _short(part: str) -> str:
    """A name of at most 120 bytes, letters whole."""
    return unicodedata.normalize("NFC", part).encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")


def _free(name: str, taken: set[str]) -> str:
    found = next(one for one in (name, *_numbered(name, len(taken) + 1)) if one.casefold() not in taken)
    taken.add(found.casefold())
    return found


def _numbered(name: str, count: int) -> Iterator[str]:
    """Other names for a text file: `count` of them."""
    return (f"{name[:-4]} ({number}).txt" for number in range(2, count + 2))


def _codings(plan: Plan, path: Path, codings: Sequence[Coding]) -> None:
    """Plan people's codings as csv below human_codes/."""
    codings, left_out = by_people(codings)
    if left_out:
        plan.lines.append(left_out)
    placed = [one for one in codings if one.start is not None or one.text.strip()]
    if len(placed) < len(codings):
        lost = len(codings) - len(placed)
        plan.lines.append(f"{lost} codings have no place in a text (pictures, sound) and were left out.")
    if not placed:
        return
    file = Places(plan.folder).human_codes / f"{_safe(path.stem).removesuffix('.txt')}.csv"
    data = csv.table(pd.DataFrame([[getattr(one, name) for name in COLUMNS] for one in placed], columns=list(COLUMNS)))
    there = study_lock.alike(file)
    if there is None:
        plan.files[file] = data
    elif not _holds(there, data):
        raise CounterpointError(
            f"{there} is there already and says something else. Move it away, or rename {path.name}."
        )
    coders = sorted({one.coder for one in placed})
    plan.lines.append(f"{len(placed)} codings by {', '.join(coders)} were written to {file}.")


def _people(plan: Plan, found: qdpx.Contents, names: dict[str, str], *, place: str) -> None:
    """Plan who is who, as the descriptions of an export say it, or as the cases of another program do."""
    attributes = _attributes(found.project.variables)
    kinds = [guid for guid, name in found.project.variables.items() if name == refi.SOURCE_TYPE]
    cases = {case.name: case for case in found.project.cases if case.name}
    people = []
    for source in found.sources:
        kind = next((source.values[guid] for guid in kinds if guid in source.values), "")
        said = refi.speakers(source.description) or [
            (name, "participant", name) for name, case in cases.items() if source.guid in case.sources
        ]
        for speaker, part, case in said:
            known = cases[case].values if case in cases else {}
            document = names.get(source.name, source.name)
            people.append([document, speaker, case, part, kind, *(known.get(guid, "") for guid in attributes)])
    if people:
        columns = [*participants.COLUMNS, refi.SOURCE_TYPE, *attributes.values()]
        _write_people(plan, csv.table(pd.DataFrame(people, columns=columns)), place=place)


def _attributes(variables: dict[str, str]) -> dict[str, str]:
    """The columns of the attributes by the guid of their variable, each unlike every other, whatever its case."""
    taken = {name.casefold() for name in (*participants.COLUMNS, refi.SOURCE_TYPE)}
    found = {}
    for guid, name in variables.items():
        if name == refi.SOURCE_TYPE:
            continue
        choices = (name or "attribute", *(f"{name or 'attribute'} {number}" for number in range(2, len(taken) + 3)))
        found[guid] = next(one for one in choices if one.casefold() not in taken)
        taken.add(found[guid].casefold())
    return found


def _write_people(plan: Plan, data: bytes, *, place: str) -> None:
    file = Places(plan.folder).participants
    if participants.read_participants(file):
        plan.lines.append(f"{file} is filled already, and was left as it is.")
        return
    number = len(participants.parse_participants(data, place=place))
    plan.replace(file, data, kept=Places(plan.folder).earlier / file.name)
    plan.lines.append(f"{number} speakers were written to {file}: look whether they are who they should be.")


def _codes(plan: Plan, path: Path, project: qde.Project) -> None:
    """Plan the codes of a project or codebook file; candidate themes and codes beyond the codebook are not of it."""
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
        plan.lines.append(f"{file} has these {len(book)} codes already.")
        return
    if len(there) and not plan.wanted.codebook:
        plan.lines.append(f"{file} has codes already, and was left as it is. To replace it, import with --codebook.")
        return
    plan.replace(file, codebook.dump_codebook(book).encode(), kept=file.with_stem(f"{file.stem}.before"))
    plan.lines.append(f"{len(book)} codes were written to {file}.")
