"""Parses the XML of a REFI-QDA project or codebook into records: users, codes, cases, variables, notes, links, sets."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from pipeline.core import coders
from pipeline.corpus import refi
from pipeline.corpus.readers import guards
from pipeline.corpus.readers.model import RefusedError

# A coded selection takes five elements, so this allows fifty thousand.
MAX_ELEMENTS = 250_000
MAX_DEPTH = 64


@dataclass(frozen=True)
class CodeEntry:
    """A code as stated in a file. `parent`: guid of the parent code, or ''; `notes`: guids of notes about it."""

    guid: str
    name: str
    parent: str
    description: str
    color: str
    codable: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseEntry:
    """A case: guids of its sources, selections and codes, and its values by guid of the variable."""

    name: str
    sources: tuple[str, ...]
    values: dict[str, str]
    guid: str = ""
    description: str = ""
    selections: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkEntry:
    """A link between two objects, by guid."""

    name: str
    origin: str
    target: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class SetEntry:
    """A set of codes, sources and notes, by guid."""

    name: str
    description: str
    codes: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def ours(self) -> bool:
        """Whether our exports made it, of a candidate theme or of the codes beyond the codebook."""
        return refi.is_own_set(self.name)


@dataclass
class Project:
    """The content of a file, by guid where objects have one, in file order. `root`: its XML, for the sources.

    `selected`: passages that belong to cases; `beyond`: codes that our exports mark as missing from the codebook;
    `of_cases`: codes that stand for cases, and headings that hold nothing else; `applied`: how often each code is
    applied; `same_names`: of users who share one.
    """

    root: Any
    name: str = ""
    origin: str = ""
    user: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, CodeEntry] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    about_variables: dict[str, str] = field(default_factory=dict)
    cases: list[CaseEntry] = field(default_factory=list)
    links: list[LinkEntry] = field(default_factory=list)
    sets: list[SetEntry] = field(default_factory=list)
    beyond: set[str] = field(default_factory=set)
    of_cases: dict[str, int] = field(default_factory=dict)
    applied: Counter[str] = field(default_factory=Counter)
    same_names: list[str] = field(default_factory=list)
    selected: set[str] = field(default_factory=set)

    @property
    def ours(self) -> bool:
        """Whether our export wrote the file."""
        return self.origin.startswith(refi.ORIGIN)

    def path(self, guid: str) -> list[CodeEntry]:
        """Return a code followed by its ancestors, nearest first."""
        found: list[CodeEntry] = []
        while guid in self.codes and len(found) <= MAX_DEPTH:
            found.append(self.codes[guid])
            guid = self.codes[guid].parent
        return found

    def is_theme(self, guid: str) -> bool:
        """Return whether a code belongs to the candidate themes that our exports add."""
        return self.path(guid)[-1].name == refi.THEMES

    def in_codebook(self, guid: str) -> bool:
        """Return whether a code belongs into a codebook: no candidate theme, no case, not beyond the codebook."""
        return guid not in self.beyond and guid not in self.of_cases and not self.is_theme(guid)


def parse_project(xml: bytes) -> Project:
    """Parse the XML of a .qde or .qdc. Raises RefusedError if it is neither, is damaged, or is too large."""
    root = parse_xml(xml)
    if root.tag not in ("Project", "CodeBook"):
        raise RefusedError("Not a REFI-QDA project or codebook. Export it again as REFI-QDA.")
    project = Project(root, root.get("name", ""), root.get("origin", ""), key(root.get("creatingUserGUID")))
    _add_users(project)
    book = root if root.tag == "CodeBook" else root.find("CodeBook")
    for code in book.iterfind("Codes/Code") if book is not None else ():
        _add_code(project, code, parent="")
    for variable in root.iterfind("Variables/Variable"):
        project.variables[key(variable.get("guid"))] = (variable.get("name") or "").strip()
        project.about_variables[key(variable.get("guid"))] = text(variable, "Description").strip()
    for case in root.iterfind("Cases/Case"):
        name, guid = (case.get("name") or "").strip(), key(case.get("guid"))
        held = (text(case, "Description").strip(), targets(case, "SelectionRef"), targets(case, "CodeRef"))
        project.cases.append(CaseEntry(name, targets(case, "SourceRef"), values(case), guid, *held))
    for link in root.iterfind("Links/Link"):
        ends = (key(link.get("originGUID")), key(link.get("targetGUID")))
        project.links.append(LinkEntry((link.get("name") or "").strip(), *ends, targets(link, "NoteRef")))
    for group in root.iterfind("Sets/Set"):
        members = (targets(group, f"Member{kind}") for kind in ("Code", "Source", "Note"))
        project.sets.append(SetEntry((group.get("name") or "").strip(), text(group, "Description").strip(), *members))
        if project.sets[-1].name == refi.BEYOND:
            project.beyond |= set(project.sets[-1].codes)
    project.applied.update(key(ref.get("targetGUID")) for ref in root.iterfind("Sources//Coding/CodeRef"))
    project.selected = {guid for case in project.cases for guid in case.selections}
    project.of_cases = _codes_of_cases(project)
    return project


def parse_xml(xml: bytes) -> Any:
    """Return the root of an XML text, with tags without namespaces.

    Raises RefusedError if it is damaged or too large.
    """
    root: Any = None
    depth = count = 0
    for event, element in guards.xml_events(xml):
        if event == "end":
            depth -= 1
            continue
        root = element if root is None else root
        element.tag = element.tag.rpartition("}")[2]
        depth, count = depth + 1, count + 1
        if count > MAX_ELEMENTS or depth > MAX_DEPTH:
            raise RefusedError(
                f"The XML has more than {MAX_ELEMENTS:,} elements, or is nested more than {MAX_DEPTH} levels "
                "deep. The file was omitted; export it again."
            )
    return root


def key(guid: str | None) -> str:
    """Return a guid in the form used for comparison: lower case, without braces."""
    return (guid or "").strip().strip("{}").lower()


def text(element: Any, tag: str) -> str:
    """Return the text of a child element, or ''."""
    return element.findtext(tag) or ""


def targets(element: Any, tag: str) -> tuple[str, ...]:
    """Return the guids that child elements refer to, each once. Members of a codebook's sets name it `guid`."""
    referred = (key(ref.get("targetGUID") or ref.get("guid")) for ref in element.iterfind(tag))
    return tuple(dict.fromkeys(filter(None, referred)))


def values(element: Any) -> dict[str, str]:
    """Return the values of a case or source by guid of the variable, those without content left out."""
    by_variable = {}
    for value in element.iterfind("VariableValue"):
        reference = value.find("VariableRef")
        texts = [(child.text or "").strip() for child in value if child.tag.endswith("Value")]
        if reference is not None and texts and texts[0]:
            by_variable[key(reference.get("targetGUID"))] = texts[0]
    return by_variable


def code_names(project: Project) -> dict[str, str]:
    """Return each code's name by guid, made unique: names shared by several codes are prefixed with their parents.

    Codes of the codebook have priority over other codes, cases and candidate themes in keeping their names.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for guid, code in project.codes.items():
        if project.in_codebook(guid):
            groups[_plain(code.name).casefold()].append(guid)
    names = {guids[0]: _plain(project.codes[guids[0]].name) for guids in groups.values() if len(guids) == 1}
    taken = set(names.values())
    folded = {name.casefold() for name in taken}
    numbered: dict[tuple[bool, str], Iterator[int]] = {}
    waiting = dict.fromkeys(guid for guids in groups.values() if len(guids) > 1 for guid in guids)
    for guid in [*waiting, *(guid for guid in project.codes if guid not in names and guid not in waiting)]:
        alone = guid not in waiting
        names[guid] = _free(project, guid, taken if alone else folded, numbered, alone=alone)
        taken.add(names[guid])
        folded.add(names[guid].casefold())
    return names


def _free(
    project: Project, guid: str, used: set[str], numbered: dict[tuple[bool, str], Iterator[int]], *, alone: bool
) -> str:
    """Return the shortest unused name, with as many parents in front as needed, then a number.

    `numbered`: the numbers not yet tried, by name. Unless it is `alone`, a name is compared without capitals.
    """
    parts = [_plain(code.name) for code in project.path(guid)]
    whole = " / ".join(reversed(parts))
    by_parents = (" / ".join(reversed(parts[:size])) for size in range(1 if alone else 2, len(parts) + 1))
    numbers = numbered.setdefault((alone, whole if alone else whole.casefold()), count(1))
    by_numbers = (f"{whole} ({number})" for number in numbers)
    return next(one for one in chain(by_parents, by_numbers) if (one if alone else one.casefold()) not in used)


def _plain(name: str) -> str:
    return " ".join(name.split()) or "(no name)"


def _add_users(project: Project) -> None:
    """Add the users; those of one name who both created something get numbers, so that they stay two coders."""
    active = {key(element.get("creatingUser")) for element in project.root.iter() if element.get("creatingUser")}
    active |= {project.user}
    taken: Counter[str] = Counter()
    for user in project.root.iterfind("Users/User"):
        guid = key(user.get("guid"))
        name = " ".join((user.get("name") or user.get("id") or user.get("guid") or "").split())
        if guid in active and guid not in project.users and not coders.is_program(name):
            taken[name] += 1
            if taken[name] > 1:
                project.same_names.append(name)
                name = f"{name} ({taken[name]})"
        project.users[guid] = name


def _codes_of_cases(project: Project) -> dict[str, int]:
    """Return the codes that stand for a case, with its number; -1 for headings over nothing else.

    NVivo writes each case as a code too, under the case's id or referred to by it under the same name.
    """
    found = {case.guid: number for number, case in enumerate(project.cases) if case.guid in project.codes}
    for number, case in enumerate(project.cases):
        for guid in case.codes:
            if guid in project.codes and _plain(project.codes[guid].name).casefold() == _plain(case.name).casefold():
                found.setdefault(guid, number)
    below: dict[str, list[str]] = defaultdict(list)
    for guid, code in project.codes.items():
        below[code.parent].append(guid)
    for guid in reversed(project.codes):  # children before their parents
        code = project.codes[guid]
        if not code.codable and below[guid] and all(child in found for child in below[guid]):
            found.setdefault(guid, -1)
    return found


def _add_code(project: Project, element: Any, *, parent: str) -> None:
    guid = key(element.get("guid")) or f"without an id, {len(project.codes) + 1}"
    if guid in project.codes:
        raise RefusedError(f"Two codes have the same id ({guid[:40]}). Export the project again.")
    codable = (element.get("isCodable") or "true").strip().lower() not in ("false", "0")
    told = (text(element, "Description"), (element.get("color") or "").strip(), codable, targets(element, "NoteRef"))
    project.codes[guid] = CodeEntry(guid, element.get("name") or "", parent, *told)
    for child in element.iterfind("Code"):
        _add_code(project, child, parent=guid)
