"""Reads whole Taguette projects (.sqlite3): texts, tags with their descriptions, and highlights."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.corpus import refi
from pipeline.corpus.readers import codes_taguette, databases, project_parts, qde
from pipeline.corpus.readers.codes_taguette import Page
from pipeline.corpus.readers.databases import Row
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.readers.project_parts import Left, Parts
from pipeline.corpus.readers.qdpx import Source

WANTED = {
    **codes_taguette.WANTED,
    "projects?": ("id", "name", "description?"),
    "documents": ("id", "name", "filename", "contents", "project_id?", "description?"),
    "tags": ("id", "path", "description?"),
}


def read_project(data: bytes, stem: str) -> Parts:
    """Return the content of a project. `stem`: the coder's name where none is given.

    Raises RefusedError if the file is not a Taguette database, or holds documents of several projects.
    """
    tables = databases.read_database(data, WANTED, program="Taguette")
    _check_one(tables)
    book = qde.Project(None, origin="Taguette")
    for row in tables["tags"]:
        name, description = refi.tag_name(row["path"], row["description"])
        book.codes[row["id"]] = project_parts.code(row["id"], name, "", description, "")
    names = qde.code_names(book)
    pages = {row["id"]: Page(row["contents"]) for row in tables["documents"]}
    titles = _titles(tables["documents"])
    sources = [Source(number, titles[number], page.broken, "", {}) for number, page in pages.items()]
    codings = codes_taguette.codings(tables, titles, names, stem=stem)
    memos = [
        Memo(about="document", document=titles[row["id"]], memo=_told(row["description"]))
        for row in tables["documents"]
    ]
    memos += [
        Memo(about="project", title=row["name"].strip(), memo=row["description"].strip()) for row in tables["projects"]
    ]
    kept = [memo for memo in memos if memo.memo]
    return project_parts.settled(Parts("Taguette", book, sources, codings, kept, _left(tables)))


def _check_one(tables: Mapping[str, Sequence[Row]]) -> None:
    used = {row["project_id"] for row in tables["documents"]}
    if len(used) > 1:
        names = [row["name"].strip() for row in tables["projects"] if row["id"] in used]
        raise RefusedError(
            f"The database holds documents of {len(used)} projects: {', '.join(names[:5])}. Export the one you want "
            "from Taguette (Project info, Export project), and import that file."
        )


def _titles(documents: Sequence[Row]) -> dict[str, str]:
    """Return each document's name by its number."""
    names = [
        refi.file_of(row["description"]) or row["name"].strip() or row["filename"].strip() or f"document {row['id']}"
        for row in documents
    ]
    return dict(zip((row["id"] for row in documents), project_parts.unique_names(names), strict=True))


def _told(description: str) -> str:
    """Return a document's description without the line by which our exports name its file."""
    return (description.partition("\n")[2] if refi.file_of(description) else description).strip()


def _left(tables: Mapping[str, Sequence[Row]]) -> list[Left]:
    tagged = {row["highlight_id"] for row in tables["highlight_tags"]}
    bare = [row["id"] for row in tables["highlights"] if row["id"] not in tagged]
    pictures: dict[str, int] = defaultdict(int)
    for row in tables["documents"]:
        pictures[row["name"].strip()] += row["contents"].count("<img")
    shown = [name for name, number in pictures.items() if number]
    left = [
        Left("codings", len(bare), "highlights without a tag"),
        Left("pictures", sum(pictures.values()), "pictures within documents", shown),
    ]
    return [one for one in left if one.number]
