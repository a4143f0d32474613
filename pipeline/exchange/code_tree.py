"""The codebook, codes beyond it and candidate themes as trees of codes with ids, for formats that hold such trees."""

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
    """A code with its id and the codes below it; `codable`: whether it may be applied to a passage."""

    guid: str
    name: str
    description: str = ""
    color: str = ""
    codable: bool = True
    below: list["Node"] = field(default_factory=list)

    def xml(self) -> str:
        """The code as REFI-QDA writes it."""
        attributes = {
            "guid": self.guid,
            "name": self.name,
            "isCodable": "true" if self.codable else "false",
            "color": self.color,
        }
        return markup.element(
            "Code", attributes, markup.text("Description", self.description), *(node.xml() for node in self.below)
        )


@dataclass(frozen=True)
class Codes:
    """The codes of a study: trees, each code's id by its name, and the ids of those that the codebook lacks."""

    trees: list[Node]
    guids: dict[str, str]
    beyond: list[str]


def codes(book: Codebook, codings: pd.DataFrame, *, study: str) -> Codes:
    """The codebook's codes, and then those that people applied and it lacks, each below the parent they stated."""
    nodes = {
        code.name: Node(refi.guid(study, "code", code.name), code.name, described(code), code.color)
        for code in book.codes
    }
    parents = {code.name: code.parent for code in book.codes}
    for name, parent in sorted(_beyond(book, codings).items()):
        nodes[name] = Node(refi.guid(study, "code", name), name)
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
    """Each code that was applied (or stated as a parent) and is not in the codebook, with its commonest parent."""
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
    taken: set[str],
    study: str,
    told: Sequence[str] = (),
    become: Mapping[int, str] | None = None,
) -> tuple[list[Node], dict[int, Node]]:
    """The candidate themes as a tree of their own (no tree where there are none), and each theme's node by its id.

    `told`: sentences on all themes together; `become`: what each is for people, by its id.
    A label that another code has already (`taken`) gets the theme's id behind it: some programs take a name for an id.
    """
    if table.empty:
        return [], {}
    used = {name.casefold() for name in taken}
    root = Node(
        refi.guid(study, "themes"),
        refi.THEMES,
        " ".join(("Proposed by the pipeline for researchers to review.", *told)),
        codable=False,
    )
    nodes: dict[int, Node] = {}
    for row in table_rows.each(table.sort_values(["level", "theme_id"])):
        label = " ".join(str(row.label).split())
        name = f"{label} (theme {row.theme_id})" if not label or label.casefold() in used else label
        used.add(name.casefold())
        node = Node(refi.guid(study, "theme", row.theme_id), name, _said(row, become or {}))
        nodes[int(row.theme_id)] = node
        nodes.get(int(row.parent_id), root).below.append(node)
    return [root], nodes


def _said(row: Any, become: Mapping[int, str]) -> str:
    """What a theme's table says of it, as a description."""
    held = row._asdict()
    words = languages.shown(held["keywords"], str(held.get("language", languages.ENGLISH)))
    kind = "sub-theme" if held["level"] > 1 else "theme"
    counts = f"{held['n_segments']} segments, {held['n_cases']} cases, {held['n_documents']} documents"
    said = held.get("passport") or f"Proposed by the pipeline: {counts}."
    known = become.get(held["theme_id"], held.get("status") if held["level"] == 1 else "")
    status = f"Status: {known}.\n" if known else ""
    kind = kind.capitalize() if held.get("status") == "accepted" else f"Candidate {kind}"
    return f"{kind} {held['theme_id']}. {said}\n{status}Keywords: {words}."
