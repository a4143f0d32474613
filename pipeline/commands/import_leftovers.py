"""Counts what a study has no place for: links, and pictures of how things hang together."""

from pipeline.corpus.readers import qde
from pipeline.corpus.taken import Tally


def count(project: qde.Project, tally: Tally) -> None:
    """Count links and graphs of a project. A link to a note only says where that memo belongs."""
    notes = set()
    graphs = []
    if project.root is not None:
        notes = {qde.key(note.get("guid")) for note in project.root.iterfind("Notes/Note")}
        graphs = list(project.root.iterfind("Graphs/Graph"))
    names = {guid: code.name for guid, code in project.codes.items()}
    for link in project.links:
        if (link.origin in notes) != (link.target in notes):
            tally.take("links", note="a link to a memo says where the memo belongs")
            continue
        ends = " to ".join(names.get(guid, "") or "?" for guid in (link.origin, link.target))
        name = f"{link.name or 'link'}: {ends}"
        tally.leave("links", why="a study has no place for relations between codes or passages", names=[name])
    tally.leave(
        "graphs", len(graphs), why="a study has no place for maps", names=[one.get("name") or "" for one in graphs]
    )
