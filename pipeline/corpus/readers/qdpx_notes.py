"""Reads what a REFI-QDA project says beside its codings: notes, descriptions, annotations and journals, as memos."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.corpus import refi
from pipeline.corpus.readers import qde
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.readers.qdpx_texts import Archive
from pipeline.corpus.taken import Tally

KEPT = "in imported/memos.csv, not used in the analysis"

if TYPE_CHECKING:
    from pipeline.corpus.readers.qdpx import Held

    Spot = tuple[Held, Any, tuple[int, int] | None]


@dataclass(frozen=True)
class Note:
    """A note: its name, text, author and date, and the passages of a source that it is about, if it says so."""

    title: str
    text: str
    author: str
    date: str
    passages: tuple[Any, ...] = ()
    n_codings: int = 0


@dataclass
class Notes:
    """The notes of a project by guid. `attached`: those that a link attaches to an object, by its guid."""

    held: dict[str, Note] = field(default_factory=dict)
    attached: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def of(self, element: Any) -> list[Note]:
        """Return the notes about an element itself, by reference or by link."""
        return self.by_guid(qde.targets(element, "NoteRef"), qde.key(element.get("guid")))

    def by_guid(self, referred: Iterable[str], guid: str) -> list[Note]:
        """Return the notes that an object refers to, and those that a link attaches to it."""
        guids = [one for one in dict.fromkeys([*referred, *self.attached.get(guid, [])]) if one in self.held]
        self.used |= set(guids)
        return [self.held[one] for one in guids if not self.held[one].passages]

    def about(self, element: Any) -> list[str]:
        """Return the texts of the notes about an element."""
        return [note.text for note in self.of(element)]

    def annotating(self, source: Any) -> list[Any]:
        """Return the passages of a source that notes are about (QualCoder keeps annotations so)."""
        guids = [one for one in qde.targets(source, "NoteRef") if one in self.held and self.held[one].passages]
        self.used |= set(guids)
        return [passage for one in guids for passage in self.held[one].passages]


def read(project: qde.Project, archive: Archive) -> Notes:
    """Read all notes, and which object a link attaches one to (as NVivo does)."""
    notes = Notes()
    for element in project.root.iterfind("Notes/Note"):
        found = archive.text(element)
        text = found.ruler.text.strip("\n") if found.ruler else ""
        short = qde.text(element, "Description").strip()
        passages = [one for one in element.iterfind("PlainTextSelection") if one.find("Coding") is None]
        outside = [one for one in passages if _end(one) > len(text) or project.origin.startswith("QualCoder")]
        owner = qde.key(element.get("creatingUser") or element.get("modifyingUser"))
        guid = qde.key(element.get("guid")) or f"without an id, {len(notes.held) + 1}"
        notes.held[guid] = Note(
            (element.get("name") or "").strip(),
            "\n\n".join(dict.fromkeys(part for part in (short, text) if part.strip())),
            project.users.get(owner, ""),
            refi.date_of(element.get("creationDateTime") or element.get("modifiedDateTime") or ""),
            tuple(outside),
            sum(1 for _ in element.iterfind(".//Coding")),
        )
    attached: dict[str, list[str]] = defaultdict(list)
    for link in project.links:
        for note, other in ((link.origin, link.target), (link.target, link.origin)):
            if note in notes.held and other and other not in notes.held:
                attached[other].append(note)
    notes.attached = dict(attached)
    return notes


def memos(
    project: qde.Project, notes: Notes, spots: Sequence["Spot"], names: Mapping[str, str], tally: Tally
) -> list[Memo]:
    """Return all memos, and count them. `names`: of the codes; `spots`: the texts and passages with their spans."""
    found = [*_of_project(project, notes), *_of_codes(project, notes, names), *_of_cases(project)]
    found += [
        Memo(about="attribute", title=project.variables[guid], memo=said)
        for guid, said in project.about_variables.items()
        if said and project.variables[guid]
    ]
    for group in project.sets:
        if not group.ours:
            found += [Memo(about="set", title=group.name, memo=group.description)] if group.description else []
    found += [memo for spot in spots for memo in _of_spot(project, notes, spot, tally)]
    for link in project.links:
        for guid in link.notes:
            if guid in notes.held:
                notes.used.add(guid)
                found.append(_memo(notes.held[guid], about="journal", title=link.name or notes.held[guid].title))
    journals = [note for guid, note in notes.held.items() if guid not in notes.used]
    found += [_memo(note, about="journal") for note in journals]
    written = [memo for memo in found if memo.memo.strip()]
    annotations = sum(memo.about == "passage" for memo in written)
    tally.take("memos", len(written) - annotations, note=KEPT)
    tally.take("annotations", annotations, note=KEPT)
    empty = [memo.title for memo in found if not memo.memo.strip()]
    tally.leave("memos", len(empty), why="nothing is written in it", names=empty)
    coded = sum(note.n_codings for note in notes.held.values())
    tally.leave("codings", coded, why="they are in a memo, not in a text")
    return written


def _of_project(project: qde.Project, notes: Notes) -> list[Memo]:
    said = "" if project.ours else qde.text(project.root, "Description").strip()
    found = [Memo(about="project", memo=said)] if said else []
    return found + [_memo(note, about="project") for note in notes.of(project.root)]


def _of_codes(project: qde.Project, notes: Notes, names: Mapping[str, str]) -> list[Memo]:
    return [
        _memo(note, about="code", code=names[guid])
        for guid, code in project.codes.items()
        for note in notes.by_guid(code.notes, guid)
        if guid not in project.of_cases
    ]


def _of_cases(project: qde.Project) -> list[Memo]:
    return [Memo(about="case", case=case.name, memo=case.description) for case in project.cases if case.description]


def _of_spot(project: qde.Project, notes: Notes, spot: "Spot", tally: Tally) -> list[Memo]:
    """Return the memos about a text, or about a passage that nobody coded; those of codings are not among them."""
    held, element, span = spot
    if element is held.element:
        own = refi.beside_own_lines(qde.text(element, "Description"))
        cells = [{name: one.get(name, "") for name in ("title", "memo", "author", "date")} for one in own]
        found = [
            Memo("", "document", held.name, title=c["title"], memo=c["memo"], author=c["author"], date=c["date"])
            for c in cells
        ]
        return found + [_memo(note, about="document", document=held.name) for note in notes.of(element)]
    if element.find("Coding") is not None or qde.key(element.get("guid")) in project.selected:
        return []
    text = held.ruler.text[slice(*span)] if span and held.ruler else ""
    at = {"start": span[0], "end": span[1]} if span else {}
    where: dict[str, Any] = {"about": "passage" if span else "document", "document": held.name, "text": text, **at}
    owner = qde.key(element.get("creatingUser") or element.get("modifyingUser"))
    date = refi.date_of(element.get("creationDateTime") or element.get("modifiedDateTime") or "")
    said = qde.text(element, "Description").strip()
    found = [Memo(memo=said, author=project.users.get(owner, ""), date=date, **where)] if said else []
    found += [_memo(note, **where) for note in notes.of(element)]
    found += [_memo(note, **where) for note in notes.held.values() if any(one is element for one in note.passages)]
    if not found:
        tally.leave("annotations", why="a passage is marked, but nothing is written about it and no code is applied")
    return found


def _memo(note: Note, **where: Any) -> Memo:
    return Memo(**{"title": note.title, "memo": note.text, "author": note.author, "date": note.date} | where)


def _end(selection: Any) -> int:
    stated = str(selection.get("endPosition") or "")
    return int(stated) if stated.isdecimal() else 0
