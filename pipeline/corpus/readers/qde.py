"""Parses the XML of a REFI-QDA project or codebook into records: users, codes, cases, variables, notes, sets."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from pipeline.corpus import refi
from pipeline.corpus.readers import guards
from pipeline.corpus.readers.model import RefusedError

# A coded selection takes five elements, so this allows fifty thousand.
MAX_ELEMENTS = 250_000
MAX_DEPTH = 64


@dataclass(frozen=True)
class CodeEntry:
    """A code as stated in a file. `parent`: guid of the parent code, or ''."""

    guid: str
    name: str
    parent: str
    description: str
    color: str


@dataclass(frozen=True)
class CaseEntry:
    """A case: guids of its sources, and its values by guid of the variable."""

    name: str
    sources: tuple[str, ...]
    values: dict[str, str]


@dataclass
class Project:
    """The content of a file, by guid where objects have one, in file order. `root`: its XML, for the sources."""

    root: Any
    name: str = ""
    origin: str = ""
    user: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, CodeEntry] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    cases: list[CaseEntry] = field(default_factory=list)
    beyond: set[str] = field(default_factory=set)

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


def parse_project(xml: bytes) -> Project:
    """Parse the XML of a .qde or .qdc. Raises RefusedError if it is neither, is damaged, or is too large."""
    root = parse_xml(xml)
    if root.tag not in ("Project", "CodeBook"):
        raise RefusedError("Not a REFI-QDA project or codebook. Export it again as REFI-QDA.")
    project = Project(root, root.get("name", ""), root.get("origin", ""), key(root.get("creatingUserGUID")))
    for user in root.iterfind("Users/User"):
        project.users[key(user.get("guid"))] = (user.get("name") or user.get("id") or user.get("guid") or "").strip()
    book = root if root.tag == "CodeBook" else root.find("CodeBook")
    for code in book.iterfind("Codes/Code") if book is not None else ():
        _add_code(project, code, parent="")
    for variable in root.iterfind("Variables/Variable"):
        project.variables[key(variable.get("guid"))] = (variable.get("name") or "").strip()
    for case in root.iterfind("Cases/Case"):
        sources = tuple(key(ref.get("targetGUID")) for ref in case.iterfind("SourceRef"))
        project.cases.append(CaseEntry((case.get("name") or "").strip(), sources, values(case)))
    for code_set in root.iterfind("Sets/Set"):
        if code_set.get("name") == refi.BEYOND:
            project.beyond |= {key(ref.get("targetGUID")) for ref in code_set.iterfind("MemberCode")}
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


def values(element: Any) -> dict[str, str]:
    """Return the values of a case or source by guid of the variable."""
    by_variable = {}
    for value in element.iterfind("VariableValue"):
        reference = value.find("VariableRef")
        texts = [child.text or "" for child in value if child.tag.endswith("Value")]
        if reference is not None and texts:
            by_variable[key(reference.get("targetGUID"))] = texts[0].strip()
    return by_variable


def code_names(project: Project) -> dict[str, str]:
    """Return each code's name by guid, made unique: names shared by several codes are prefixed with their parents.

    Codes of the codebook have priority over other codes and candidate themes in keeping their names.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for guid, code in project.codes.items():
        if guid not in project.beyond and not project.is_theme(guid):
            groups[_plain(code.name).casefold()].append(guid)
    names = {guids[0]: _plain(project.codes[guids[0]].name) for guids in groups.values() if len(guids) == 1}
    taken = set(names.values())
    waiting = [guid for guids in groups.values() if len(guids) > 1 for guid in guids]
    for guid in [*waiting, *(guid for guid in project.codes if guid not in names and guid not in waiting)]:
        alone = guid not in waiting
        names[guid] = _free(project, guid, taken, alone=alone)
        taken.add(names[guid])
    return names


def _free(project: Project, guid: str, taken: set[str], *, alone: bool) -> str:
    """Return the shortest unused name, with as many parents in front as needed."""
    parts = [_plain(code.name) for code in project.path(guid)]
    used = {name.casefold() for name in taken} if not alone else taken
    choices = [" / ".join(reversed(parts[:size])) for size in range(1 if alone else 2, len(parts) + 1)]
    choices += [f"{choices[-1] if choices else parts[0]} ({number})" for number in range(1, len(taken) + 3)]
    return next(name for name in choices if (name if alone else name.casefold()) not in used)


def _plain(name: str) -> str:
    return " ".join(name.split()) or "(no name)"


def _add_code(project: Project, element: Any, *, parent: str) -> None:
    guid = key(element.get("guid"))
    if guid in project.codes:
        raise RefusedError(f"Two codes have the same id ({guid[:40]}). Export the project again.")
    project.codes[guid] = CodeEntry(
        guid, element.get("name") or "", parent, text(element, "Description"), element.get("color") or ""
    )
    for child in element.iterfind("Code"):
        _add_code(project, child, parent=guid)
