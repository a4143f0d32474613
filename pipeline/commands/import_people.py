"""Makes rows of participants.csv of the cases of another program's project."""

import pandas as pd

from pipeline.commands.import_plan import Plan
from pipeline.core import prose
from pipeline.core.study_paths import Places
from pipeline.corpus import participants, refi
from pipeline.corpus.readers import qdpx
from pipeline.exchange import csv


def add(plan: Plan, project: qdpx.Contents, names: dict[str, str], *, place: str) -> None:
    """Plan participants.csv from the descriptions in our exports or the cases of another program."""
    attributes = columns(project.project.variables)
    kinds = [guid for guid, name in project.project.variables.items() if name == refi.SOURCE_TYPE]
    cases = {case.name: case for case in project.project.cases if case.name}
    people = []
    for source in project.sources:
        kind = next((source.values[guid] for guid in kinds if guid in source.values), "")
        speakers = refi.speakers(source.description) or [
            (name, "participant", name) for name, case in cases.items() if source.guid in case.sources
        ]
        for speaker, role, case in speakers:
            values = cases[case].values if case in cases else {}
            document = names.get(source.name, source.name)
            people.append([document, speaker, case, role, kind, *(values.get(guid, "") for guid in attributes)])
    if people:
        header = [*participants.COLUMNS, refi.SOURCE_TYPE, *attributes.values()]
        write(plan, csv.table(pd.DataFrame(people, columns=header)), place=place)


def columns(variables: dict[str, str]) -> dict[str, str]:
    """The column name of each attribute by the GUID of its variable; unique, ignoring case."""
    used = {name.casefold() for name in (*participants.RESERVED, refi.SOURCE_TYPE)}
    column_of = {}
    for guid, name in variables.items():
        if name == refi.SOURCE_TYPE:
            continue
        choices = (name or "attribute", *(f"{name or 'attribute'} {number}" for number in range(2, len(used) + 3)))
        column_of[guid] = next(choice for choice in choices if choice.casefold() not in used)
        used.add(column_of[guid].casefold())
    return column_of


def write(plan: Plan, data: bytes, *, place: str) -> None:
    """Plan participants.csv, unless it has entries already."""
    file = Places(plan.folder).participants
    if participants.read_participants(file):
        plan.lines.append(f"{file} already has entries and was not changed.")
        return
    number = len(participants.parse_participants(data, place=place))
    plan.replace(file, data, copy=Places(plan.folder).earlier / file.name)
    plan.lines.append(f"Wrote {prose.count(number, 'speaker')} to {file}. Please check who is who.")
