"""Exports researchers' decisions as REFI-QDA notes, and themes as sets of codes, sources and notes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import table_rows
from pipeline.corpus import refi
from pipeline.decisions import alternative_readings, held_themes, states
from pipeline.decisions import ledger as deciding
from pipeline.decisions.ledger import Decision
from pipeline.exchange import markup
from pipeline.exchange.code_tree import Codes, Node


@dataclass(frozen=True)
class Note:
    """A note: its XML, the file with its text, and the theme it is about, or the theme that one was merged into."""

    guid: str
    xml: str
    path: str
    text: bytes
    theme: int


def notes(decisions: Sequence[Decision], nodes: Mapping[int, Node], *, study_name: str) -> list[Note]:
    """Return a note for each decision in force that contains text by researchers, in chronological order."""
    all_notes = []
    names: set[str] = set()
    standing = deciding.standing(decisions)
    labels = held_themes.called(standing)
    for decision in standing:
        paragraphs = [text for text in (decision.text, f"Why: {decision.why}" if decision.why else "") if text]
        if not paragraphs or decision.theme is None:
            continue
        last_label = labels.get(decision.theme) or states.named(decision.theme, {})
        label = nodes[decision.theme].name if decision.theme in nodes else last_label
        name = f"{decision.action.capitalize()}: {label} ({decision.who}, {decision.when[:10]})"
        name = next(
            candidate
            for candidate in [name, *(f"{name} {number}" for number in range(2, len(names) + 3))]
            if candidate not in names
        )
        names.add(name)
        guid = refi.guid(study_name, "note", decision.key)
        attributes = {
            "guid": guid,
            "name": name,
            "plainTextPath": f"internal://{guid}.txt",
            "creatingUser": refi.user(study_name, decision.who),
            "creationDateTime": refi.moment(decision.when) or refi.UNDATED,
        }
        path = f"sources/{guid}.txt"
        theme = alternative_readings.current_theme(decision.theme, standing)
        all_notes.append(Note(guid, markup.element("Note", attributes), path, "\n".join(paragraphs).encode(), theme))
    return all_notes


def sets(
    tables: Mapping[str, pd.DataFrame],
    codes: Codes,
    nodes: Mapping[int, Node],
    sources: Mapping[str, str],
    notes: Sequence[Note],
    *,
    study_name: str,
) -> list[str]:
    """Return one set per theme, and one of the codes missing from the codebook, if any."""
    document_of = dict(zip(tables["segments"]["segment_id"], tables["segments"]["document"], strict=True))
    documents: dict[int, set[str]] = defaultdict(set)
    for row in table_rows.each(tables["theme_assignments"]):
        documents[int(row.theme_id)].add(str(document_of[row.segment_id]))
    all_sets = []
    for row in table_rows.each(tables["themes"][tables["themes"]["level"] == 1].sort_values("theme_id")):
        node = nodes[int(row.theme_id)]
        members = [
            *(_member("Code", code_node.guid) for code_node in [node, *node.below]),
            *(_member("Source", sources[document]) for document in sorted(documents[int(row.theme_id)])),
            *(_member("Note", note.guid) for note in notes if note.theme == row.theme_id),
        ]
        attributes = {"guid": refi.guid(study_name, "set", row.theme_id), "name": f"Candidate theme: {node.name}"}
        all_sets.append(markup.element("Set", attributes, markup.text("Description", node.description), *members))
    if codes.beyond:
        description = markup.text("Description", "Codes that people applied but codebook.yaml does not contain.")
        attributes = {"guid": refi.guid(study_name, "beyond"), "name": refi.BEYOND}
        all_sets.append(
            markup.element("Set", attributes, description, *(_member("Code", guid) for guid in codes.beyond))
        )
    return all_sets


def _member(kind: str, guid: str) -> str:
    return markup.element(f"Member{kind}", {"targetGUID": guid})
