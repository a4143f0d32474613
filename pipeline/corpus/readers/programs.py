"""Recognises whole projects of other programs, which are databases, and reads them: QualCoder, Taguette, RQDA."""

from collections.abc import Callable
from pathlib import Path

from pipeline.corpus.readers import (
    databases,
    files,
    guards,
    qdpx,
    qdpx_notes,
    qualcoder_project,
    rqda_project,
    taguette_project,
)
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.readers.project_parts import Parts
from pipeline.corpus.taken import Tally

# Endings of projects; a folder ending in .qda is one too.
ENDINGS = (".qda", ".rqda", ".sqlite", ".sqlite3", ".db", ".zip")
DATABASE = "data.qda"
# The tables by which a program's databases are known.
_PROGRAMS: tuple[tuple[frozenset[str], Callable[[bytes, str], Parts]], ...] = (
    (frozenset(("code_name", "code_text", "source")), qualcoder_project.read_project),
    (frozenset(("highlights", "tags", "highlight_tags")), taguette_project.read_project),
    (frozenset(("freecode", "coding", "source")), rqda_project.read_project),
)


def is_project(path: Path) -> bool:
    """Return whether a path looks like a project: by its ending, or because it is a folder with a database in it."""
    return path.suffix.lower() in ENDINGS or (path.is_dir() and (path / DATABASE).exists())


def content(path: Path) -> bytes:
    """Return the project's database: the file itself, or the one in a folder or in a zip of it. Raises RefusedError."""
    place = path / DATABASE if path.is_dir() else path
    if path.is_dir() and not place.exists():
        raise RefusedError(f"The folder has no file {DATABASE}, so it is not a QualCoder project.")
    data = files.content(place, limit=guards.MAX_ARCHIVE_BYTES, follow=True)
    changes = place.with_name(f"{place.name}-wal")
    if changes.is_file() and changes.stat().st_size:
        raise RefusedError(
            f"{changes.name} beside it holds changes that are not in the database yet. Close the project in its "
            "program, and import it again."
        )
    return _unpacked(data) if data.startswith(guards.ZIP) else data


def named(path: Path) -> Path:
    """Return the path that has the project's name: for the database in a project's folder, the folder."""
    return path.parent if path.name == DATABASE and path.parent.suffix.lower() == ".qda" else path


def read_project(data: bytes, name: str) -> Parts:
    """Return the content of a project's database, whichever program it comes from.

    `name`: the coder's where none is given. Raises RefusedError if no program is known to write such a database.
    """
    tables = databases.names(data, program="QualCoder, Taguette or RQDA")
    for needed, read in _PROGRAMS:
        if needed <= tables:
            return read(data, name)
    raise RefusedError(
        "The database is not a project of QualCoder, Taguette or RQDA: it has none of their tables. Export the project "
        "as REFI-QDA (.qdpx)."
    )


def as_contents(parts: Parts) -> qdpx.Contents:
    """Return a project in the form of a REFI-QDA project."""
    tally = Tally(parts.program)
    tally.take("texts", len(parts.sources))
    annotations = sum(memo.about == "passage" for memo in parts.memos)
    tally.take("memos", len(parts.memos) - annotations, note=qdpx_notes.KEPT)
    tally.take("annotations", annotations, note=qdpx_notes.KEPT)
    for kind, number, why, names in parts.left:
        tally.leave(kind, number, why=why, names=names)
    by_guid = {guid: source.name for source in parts.sources for guid in (source.guid, *source.guids)}
    places = [
        [
            *(qdpx.Place(by_guid[guid]) for guid in case.sources if guid in by_guid),
            *(
                qdpx.Place(by_guid[source], span)
                for source, of_cases in parts.passages.items()
                if source in by_guid
                for span in of_cases.get(case.name, ())
            ),
        ]
        for case in parts.book.cases
    ]
    held = (list(parts.sources), list(parts.codings))
    return qdpx.Contents(parts.book, *held, "", places=places, memos=list(parts.memos), tally=tally)


def _unpacked(data: bytes) -> bytes:
    archive = guards.opened_archive(data)
    inner = sorted(one for one in archive.namelist() if one.split("/")[-1].lower() == DATABASE)
    projects = [one for one in archive.namelist() if one.lower().endswith(".qde")]
    if projects:
        raise RefusedError("The archive is a REFI-QDA project. Rename it to end in .qdpx.")
    if len(inner) != 1:
        found = "no project" if not inner else f"{len(inner)} projects"
        raise RefusedError(f"The archive has {found} of QualCoder in it. Unpack it, and import what is in it.")
    return guards.member(archive, inner[0])
