"""Counts the texts and files of a REFI-QDA project: what is taken, and what a study has no place for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.core import prose
from pipeline.corpus.readers import qde, qdpx_texts
from pipeline.corpus.readers.model import Remark
from pipeline.corpus.taken import Tally

if TYPE_CHECKING:
    from pipeline.corpus.readers.qdpx import Contents, Held

# Of what a project holds beside its codings, what is worth telling where only the codings are read.
BESIDE = {"cases": "case", "memos": "memo", "annotations": "annotation", "sets": "set", "links": "link"}


def count(project: qde.Project, elements: Sequence["Held"], tally: Tally) -> None:
    """Count texts, and what of sources a study has no place for."""
    for held in elements:
        whole = held.element is held.outer
        if held.ruler is not None:
            tally.take(
                "texts", note={"plain": "", "rich": "some from rich text", "PDF": "some from a PDF"}[held.found.of]
            )
        elif held.element.tag == "TextSource":
            tally.leave("texts", why=held.found.why, names=[held.name])
        if whole:
            _count_media(held, tally)
        if held.found.of == "plain" and held.element.get("richTextPath"):
            tally.leave("rich texts", why="the plain text beside it is read, its formatting is not kept")
    dated = [project.root, *(held.outer for held in elements if held.element is held.outer)]
    n_dated = sum(any(one.get(name) for name in ("creationDateTime", "modifiedDateTime")) for one in dated)
    tally.leave("other", n_dated, why="the date of the project or a text")
    tally.leave("other", bool(project.root.get("basePath")), why="the folder of files outside the project is not read")


def _count_media(held: "Held", tally: Tally) -> None:
    kind = {"PDFSource": "PDF files", "PictureSource": "pictures"}.get(held.outer.tag, "recordings")
    if held.outer.tag == "TextSource":
        return
    if qdpx_texts.is_outside(str(held.outer.get("path") or "")):
        tally.leave("external files", why="it lies outside the project file", names=[held.name])
    if held.ruler is not None or held.found.why == "within":
        tally.leave(kind, why="its text is read, the file itself is not kept", names=[held.name])
    else:
        why = held.found.why if kind == "PDF files" else "a study holds texts only"
        tally.leave(kind, why=why, names=[held.name])


def beside(found: "Contents") -> list[Remark]:
    """Return a remark on what a project holds beside its codings, for where only these are read."""
    counts = {row.kind: row.found for row in found.tally.rows}
    counts |= {"cases": len(found.project.cases), "links": len(found.project.links)}
    counts["sets"] = sum(not group.ours for group in found.project.sets)
    listed = [prose.count(counts[kind], noun) for kind, noun in BESIDE.items() if counts.get(kind)]
    if not listed or found.project.ours:
        return []
    said = f"Only codings are read here. The project also holds {prose.listed(listed)}, not taken over"
    return [Remark("note", f"{said}: to take over what a study has a place for, use `counterpoint import`.")]
