"""What a whole project of another program consists of, in the form in which REFI-QDA projects are read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from pipeline.corpus.readers import qde
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.readers.qdpx import Source

SIXTEEN = frozenset("0123456789abcdef")


class Left(NamedTuple):
    """What a reader leaves out: its kind as in `taken`, how many, why, and names by which to find them."""

    kind: str
    number: int
    why: str
    names: Sequence[str] = ()


class Parts(NamedTuple):
    """A project. `book`: its codes, cases and variables; `left`: what is not read.

    `passages`: for cases that are a part of a text, their passages by source and name of the case.
    """

    program: str
    book: qde.Project
    sources: Sequence[Source]
    codings: Sequence[Coding]
    memos: Sequence[Memo] = ()
    left: Sequence[Left] = ()
    passages: Mapping[str, Mapping[str, Sequence[tuple[int, int]]]] = MappingProxyType({})


def code(guid: str, name: str, parent: str, description: str, color: str, *, codable: bool = True) -> qde.CodeEntry:
    """Return a code; a colour in another form than #rrggbb is left out."""
    plain = color.strip().lower()
    known = len(plain) == 7 and plain[0] == "#" and SIXTEEN.issuperset(plain[1:])
    return qde.CodeEntry(guid, name.strip(), parent, description.strip(), plain if known else "", codable)


def unique_names(names: Sequence[str]) -> list[str]:
    """Return names with a number after each that occurred before, ignoring case; codings refer to texts by name."""
    taken: set[str] = set()
    found = []
    for name in names:
        choices = (name, *(f"{name} ({number})" for number in range(2, len(names) + 2)))
        found.append(next(choice for choice in choices if choice.casefold() not in taken))
        taken.add(found[-1].casefold())
    return found


def check_parents(project: qde.Project) -> None:
    """Take away parents that do not exist, and those that close a circle."""
    for guid, entry in list(project.codes.items()):
        seen = {guid}
        above = entry.parent
        while above in project.codes and above not in seen:
            seen.add(above)
            above = project.codes[above].parent
        if entry.parent and (entry.parent not in project.codes or above in seen):
            project.codes[guid] = replace(entry, parent="")


def settled(parts: Parts) -> Parts:
    """Return a project without byte order marks and blank lines at the beginning of its texts; positions follow."""
    leads = {one.name: len(one.text) - len(one.text.lstrip("\ufeff\n")) for one in parts.sources}
    codings = [
        replace(one, start=max(0, one.start - leads[one.document]), end=max(0, one.end - leads[one.document]), copy="")
        if one.start is not None and one.end is not None and leads.get(one.document)
        else one
        for one in parts.codings
    ]
    memos = [
        replace(one, start=max(0, one.start - leads[one.document]), end=max(0, one.end - leads[one.document]))
        if one.start is not None and one.end is not None and leads.get(one.document)
        else one
        for one in parts.memos
    ]
    sources = [replace(one, text=one.text[leads[one.name] :]) for one in parts.sources]
    return parts._replace(sources=sources, codings=codings, memos=memos)
