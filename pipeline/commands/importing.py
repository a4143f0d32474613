"""`counterpoint import`: turns files of other programs into the files of a study.

Existing files are not overwritten. A codebook is replaced only if it is empty or on request, and then kept as a copy.
"""

from dataclasses import replace
from pathlib import Path

from pipeline.commands import (
    import_coded,
    import_codes,
    import_codings,
    import_documents,
    import_leftovers,
    import_people,
    import_study,
    import_tables,
    import_texts,
)
from pipeline.commands.import_plan import Plan, Wanted
from pipeline.core import prose, study_lock, study_template
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.study_paths import Places
from pipeline.corpus.readers import files, guards, offsets, programs, qde, qdpx
from pipeline.corpus.readers.coding import by_people
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.taken import Tally
from pipeline.deductive import codebook

KINDS = (".csv", ".qdc", ".qdpx", ".xlsx", ".yaml", ".yml")
SUPPORTED = tuple(sorted({*KINDS, *programs.ENDINGS, *import_documents.ENDINGS, ".rock"}))
# Projects in forms that only their own programs read, and what to export instead.
OWN = {
    (".nvp", ".nvpx", ".nvcx"): "In NVivo, export the project: Share, Export, REFI-QDA Project (.qdpx).",
    (".atlproj", ".atlproj9", ".atlproj22", ".atlproj23", ".atlproj24", ".hpr5", ".hpr6", ".hpr7", ".atlcb"): (
        "In ATLAS.ti, export the project: File, Export, QDPX (.qdpx)."
    ),
    (".mx18", ".mx20", ".mx22", ".mx24", ".mx2", ".mx3", ".mx4", ".mx5", ".mx11", ".mx12", ".mod"): (
        "In MAXQDA, export the project: Home, Export, REFI-QDA project (.qdpx)."
    ),
    (".qrk", ".quirkos", ".qrkos"): "In Quirkos, export the project as REFI-QDA (.qdpx), or its coded text as csv.",
    (".f4a", ".f4p", ".f4analyse"): "In f4analyse, export the project as REFI-QDA (.qdpx).",
    (".xls", ".ods", ".numbers"): "Save the table as .xlsx or .csv.",
    (".qde",): "It is part of a REFI-QDA project; import the project (.qdpx) that holds it.",
    (".doc", ".pages"): "Save the document as .docx or .odt.",
}
ONE_BOOK = "a second codebook; to read it, save this {} as a file of its own"
UNITS = {"auto": offsets.UNITS, "codepoints": offsets.UNITS[:1], "utf16": offsets.UNITS[1:2]}


def run(path: Path, folder: Path, *, wanted: Wanted | None = None) -> list[str]:
    """Import a file (.qdpx, .qdc, .csv, .xlsx) into a study; return messages on what was and was not imported.

    Raises CounterpointError, and writes nothing, if the file cannot be used or would overwrite existing data.
    """
    if wanted is not None and wanted.offsets not in UNITS:
        raise CounterpointError(f"Unknown --offsets '{wanted.offsets}'. Use one of {', '.join(UNITS)}.")
    if path.suffix.lower() not in SUPPORTED and not programs.is_project(path):
        raise _unsupported(path)
    plan = Plan(folder, wanted or Wanted())
    try:
        data = _bytes(path)
        if not folder.is_dir():
            _read(Plan(folder, plan.wanted), path, data)  # a refusal makes no study
            study_template.create(folder)
        with study_lock.locked(folder):
            study_lock.clear(Places(folder).transcripts)
            _read(plan, path, data)
            plan.finish()
            plan.carry_out()
            study_template.create(folder)
    except RefusedError as error:
        raise CounterpointError(f"{path}: {error}") from None
    except OSError as error:
        raise _stopped(error) from None
    return plan.lines


def _bytes(path: Path) -> bytes:
    if programs.is_project(path):
        return programs.content(path)
    data = files.content(path, follow=True)
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    return data


def _read(plan: Plan, path: Path, data: bytes) -> None:
    if programs.is_project(path):
        with files.reading("a project (to import)"):
            path = programs.named(path)
            _contents(plan, path, programs.as_contents(programs.read_project(data, path.stem)))
        return
    kinds = dict(zip(KINDS, (_table, _book, _project, _workbook, _own_book, _own_book), strict=True))
    with files.reading(f"{path.suffix.lower()} (to import)"):
        kinds.get(path.suffix.lower(), _document)(plan, path, data)


def _unsupported(path: Path) -> CounterpointError:
    suffix = path.suffix.lower()
    instead = next((advice for endings, advice in OWN.items() if suffix in endings), "")
    advice = instead or f"Supported: {', '.join(SUPPORTED)}. Export it in one of these formats."
    return CounterpointError(f"Unsupported file {path}. {advice}")


def _no_codes(path: Path) -> CounterpointError:
    return CounterpointError(f"{path} has no codes; nothing was imported.")


def _stopped(error: OSError) -> CounterpointError:
    problem = refused(error, doing="The import") or f"{error.filename} cannot be written ({error.strerror})."
    return CounterpointError(f"{problem} Then run the same import again; it continues where it stopped.")


def _project(plan: Plan, path: Path, data: bytes) -> None:
    _contents(plan, path, qdpx.read_project(data, path.stem, units=UNITS[plan.wanted.offsets]))


def _contents(plan: Plan, path: Path, project: qdpx.Contents) -> None:
    plan.lines.append(
        f"{path.name}: {prose.count(len(project.sources), 'text')}, "
        f"{prose.count(len(by_people(project.codings)[0]), 'human coding')}."
    )
    if project.counted:
        plan.lines.append(f"Positions are counted in: {project.counted}.")
    names = import_texts.add(plan, project.sources, project.tally)
    study = import_study.Study(plan)
    codings = [replace(coding, document=names.get(coding.document, coding.document)) for coding in project.codings]
    import_codings.add(plan, path, codings, tally=project.tally, study=study)
    import_people.add(plan, project, names, study, place=str(path))
    import_codes.add(plan, project.project, project.tally, memos=project.memos, place=path.name)
    import_leftovers.count(project.project, project.tally)
    plan.memos += [replace(memo, document=names.get(memo.document, memo.document)) for memo in project.memos]
    plan.taken = [row._replace(file=path.name) for row in project.tally.rows]


def _book(plan: Plan, path: Path, data: bytes) -> None:
    guards.check_size(len(data))
    project = qde.parse_project(data)
    if not project.codes:
        raise _no_codes(path)
    tally = Tally(path.name)
    import_codes.add(plan, project, tally, place=path.name)
    import_leftovers.count(project, tally)
    empty = [group.name for group in project.sets if not group.ours and not set(group.codes) & set(project.codes)]
    tally.leave("sets", len(empty), why="it holds no codes of the file", names=empty)
    plan.taken = tally.rows


def _own_book(plan: Plan, path: Path, data: bytes) -> None:
    """Import the codebook.yaml of another study."""
    guards.check_size(len(data))
    book = codebook.load_codebook(path)
    if not len(book):
        raise _no_codes(path)
    tally = Tally(path.name)
    tally.take("codes", sum(code.codable for code in book.codes))
    tally.take("headings", sum(not code.codable for code in book.codes))
    import_codes.write(plan, book, tally)
    plan.taken = tally.rows


def _table(plan: Plan, path: Path, data: bytes) -> None:
    """Import a csv with codings, coded segments, a codebook or participants, recognised by its columns."""
    _recognised(plan, path, data, import_tables.of_csv(data, path))


def _workbook(plan: Plan, path: Path, data: bytes) -> None:
    """Import a workbook with coded segments or a codebook."""
    _recognised(plan, path, data, import_tables.of_workbook(data, path))


def _document(plan: Plan, path: Path, data: bytes) -> None:
    """Import a document: NVivo's coding report, comments that are codes, a codebook in tables; or a ROCK source."""
    if import_documents.kind(path) == "codebook":
        table = import_tables.of_document(import_documents.tables_of(data, path.suffix.lower()), path)
        if table.segments:
            raise RefusedError("It holds coded segments in a table. Copy the table into a spreadsheet (.xlsx or .csv).")
        _recognised(plan, path, data, table)
    else:
        tally = Tally(path.name)
        import_coded.add(plan, path, data, tally)
        plan.taken = tally.rows


def _recognised(plan: Plan, path: Path, data: bytes, table: import_tables.Table) -> None:
    if table.book is not None and not len(table.book):
        if not (table.people or table.codings or table.segments):
            raise _no_codes(path)
        plan.lines.append(f"The codebook in {path.name} has no codes.")
    plan.lines.extend(table.lines)
    tally = Tally(path.name)
    if table.people:
        import_people.take_table(plan, table.people, tally, place=str(path))
    if table.codings:
        import_codings.add(plan, path, table.codings, tally=tally)
    if table.segments:
        import_coded.add(plan, path, data, tally, beside=table.read)
    else:
        tally.leave("other", len(table.others), why=f"{table.called}s that are not read", names=table.others)
    if table.book is not None:
        tally.take("codes", len(table.book))
        tally.leave("other", len(table.unread), why="columns that are not read", names=table.unread)
        tally.leave("other", len(table.books), why=ONE_BOOK.format(table.called), names=table.books)
        import_codes.write(plan, table.book, tally)
    plan.taken = tally.rows
