"""Trees of codes with ids, for export formats: the codebook, codes missing from it, and candidate themes."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.core import languages, table_rows
from pipeline.corpus import refi
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import markup
from pipeline.reporting.code_text import described


@dataclass
class Node:
    """A code with its id and sub-codes. `codable`: whether it may be applied to passages."""

    guid: str
    name: str
    description: str = ""
    color: str = ""
    codable: bool = True
    below: list["Node"] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refer(self, notes: Mapping[str, Sequence[str]]) -> None:
        """Add the references to notes about this code and those below it. `notes`: XML by id of the code."""
        self.notes = list(notes.get(self.guid, ()))
        for node in self.below:
            node.refer(notes)

    def xml(self) -> str:
        """Return the code as REFI-QDA XML."""
        attributes = {
            "guid": self.guid,
            "name": self.name,
            "isCodable": "true" if self.codable else "false",
            "color": self.color,
        }
        return markup.element(
            "Code",
            attributes,
            markup.text("Description", self.description),
            *self.notes,
            *(node.xml() for node in self.below),
        )


@dataclass(frozen=True)
class Codes:
    """A study's codes: trees, ids by name, and ids of codes missing from the codebook."""

    trees: list[Node]
    guids: dict[str, str]
    beyond: list[str]


def codes(book: Codebook, codings: pd.DataFrame, *, study_name: str) -> Codes:
    """Return the codebook's codes, then other applied codes, each below the parent that coders stated."""
    nodes = {
        code.name: Node(
            refi.guid(study_name, "code", code.name), code.name, described(code), code.color, codable=code.codable
        )
        for code in book.codes
    }
    parents = {code.name: code.parent for code in book.codes}
    for name, parent in sorted(_beyond(book, codings).items()):
        nodes[name] = Node(refi.guid(study_name, "code", name), name)
        parents[name] = parent
    trees: list[Node] = []
    for name, node in nodes.items():
        if parents[name] in nodes:
            nodes[parents[name]].below.append(node)
        else:
            trees.append(node)
    beyond = [node.guid for name, node in nodes.items() if name not in book]
    return Codes(trees, {name: node.guid for name, node in nodes.items()}, beyond)


def _beyond(book: Codebook, codings: pd.DataFrame) -> dict[str, str]:
    """Return each code (or stated parent) missing from the codebook, with its commonest parent."""
    stated: dict[str, Counter[str]] = defaultdict(Counter)
    for row in table_rows.each(codings[["code", "parent_code"]]):
        code, parent = str(row.code), str(row.parent_code)
        if code not in book:
            stated[code][parent] += 1
        if parent and parent not in book:
            stated[parent][""] += 0
    parents: dict[str, str] = {}
    for code in sorted(stated):
        parent = min((-count, name) for name, count in stated[code].items())[1]
        parents[code] = "" if _circles(code, parent, parents) else parent
    return parents


def _circles(code: str, parent: str, parents: Mapping[str, str]) -> bool:
    while parent and parent != code:
        parent = parents.get(parent, "")
    return parent == code


def themes(
    table: pd.DataFrame,
    *,
    used_names: set[str],
    study_name: str,
    sentences: Sequence[str] = (),
    status_of: Mapping[int, str] | None = None,
) -> tuple[list[Node], dict[int, Node]]:
    """Return the candidate themes as a tree (empty if there are none), and each theme's node by id.

    `sentences`: about all themes; `status_of`: each theme's status for people, by id; `used_names`: names in use, which
    get the theme's id appended, because some programs treat names as ids.
    """
    if table.empty:
        return [], {}
    used = {name.casefold() for name in used_names}
    root = Node(
        refi.guid(study_name, "themes"),
        refi.THEMES,
        " ".join(("Proposed by the pipeline for researchers to review.", *sentences)),
        codable=False,
    )
    nodes: dict[int, Node] = {}
    for row in table_rows.each(table.sort_values(["level", "theme_id"])):
        label = " ".join(str(row.label).split())
        name = f"{label} (theme {row.theme_id})" if not label or label.casefold() in used else label
        used.add(name.casefold())
        node = Node(refi.guid(study_name, "theme", row.theme_id), name, _theme_description(row, status_of or {}))
        nodes[int(row.theme_id)] = node
        nodes.get(int(row.parent_id), root).below.append(node)
    return [root], nodes


def _theme_description(row: Any, status_of: Mapping[int, str]) -> str:
    """Return a theme's description."""
    fields = row._asdict()
    keywords = languages.shown(fields["keywords"], str(fields.get("language", languages.ENGLISH)))
    kind = "sub-theme" if fields["level"] > 1 else "theme"
    counts = f"{fields['n_segments']} segments, {fields['n_cases']} cases, {fields['n_documents']} documents"
    summary = fields.get("passport") or f"Proposed by the pipeline: {counts}."
    status_words = status_of.get(fields["theme_id"], fields.get("status") if fields["level"] == 1 else "")
    status = f"Status: {status_words}.\n" if status_words else ""
    kind = kind.capitalize() if fields.get("status") == "accepted" else f"Candidate {kind}"
    return f"{kind} {fields['theme_id']}. {summary}\n{status}Keywords: {keywords}."
