"""Makes rows of participants.csv of the cases, variables and sets of another program's project.

A case that is named like a speaker is that speaker. One that is named otherwise is joined to the only participant of
its text, or to the one whose turns it holds, and the row is marked as not confirmed: people decide.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import pandas as pd

from pipeline.commands import case_speakers
from pipeline.commands.import_plan import Plan
from pipeline.commands.import_study import Study
from pipeline.core import prose
from pipeline.core.names import key, written
from pipeline.core.study_paths import Places
from pipeline.corpus import document_names, participants, refi
from pipeline.corpus.readers import qdpx
from pipeline.corpus.taken import Tally
from pipeline.exchange import csv

YES, NO = "yes", "no"
OWN = "made by this program of its candidate themes"


@dataclass
class Row:
    """A row of participants.csv; `values` by column. `joined`: whether the program joined case and speaker."""

    document: str
    speaker: str
    case: str = ""
    part: str = ""
    kind: str = ""
    values: dict[str, str] = field(default_factory=dict)
    joined: bool = False


def add(plan: Plan, project: qdpx.Contents, names: Mapping[str, str], study: Study, *, place: str) -> None:
    """Plan participants.csv from the descriptions in our exports, or the cases of another program.

    `names`: the document of each source; `study`: who speaks in them; `place`: the file, for messages.
    """
    tally = project.tally
    if not (project.project.cases or project.project.sets or _values_of_sources(project)):
        _count(project, columns(project.project.variables), [], project.tally)
        return
    names = {source.name: study.find(names.get(source.name, source.name)) for source in project.sources}
    known = project.project.variables
    column_of = columns(known)
    kinds = [guid for guid, name in known.items() if name == refi.SOURCE_TYPE]
    rows = _ours(project, names)
    people = case_speakers.join(project, names, study, tally) if not rows else []
    rows = rows or [Row(one.document, one.speaker, one.case, one.part, joined=one.joined) for one in people]
    by_case = {case.name: case.values for case in project.project.cases if case.name}
    nameless = {(one.document, key(one.speaker)): one.values for one in people}
    by_place = {(row.document, key(row.speaker)): row for row in rows}
    for row in rows:
        own = {**by_case.get(row.case, {}), **nameless.get((row.document, key(row.speaker)), {})}
        row.values = {column_of[guid]: value for guid, value in own.items() if guid in column_of}
    of_sources = _of_sources(project, names, column_of)
    for document, values in of_sources.items():
        _spread(by_place, study, document, values, tally)
    rows = _settled([*by_place.values()], tally)
    for source in project.sources:
        kind = next((source.values[guid] for guid in kinds if guid in source.values), "")
        if kind.lower().replace(" ", "_") not in participants.SOURCE_TYPES:
            tally.leave("values", why=f"no {refi.SOURCE_TYPE} that a study knows", names=[kind])
            kind = ""
        for row in rows:
            if row.document == names.get(source.name, source.name):
                row.kind = kind
    if _ours(project, names):
        named = {case.name for case in project.project.cases} & {row.case for row in rows}
        tally.take("cases", len(named), note="in participants.csv")
        others = [case.name for case in project.project.cases if case.name not in named]
        tally.leave("cases", len(others), why="nobody speaks in their name in a text", names=others)
    _count(project, column_of, rows, tally)
    if rows:
        write(plan, csv.table(_table(rows, [*column_of.values(), *_set_names(project)])), place=place, tally=tally)


def columns(variables: Mapping[str, str]) -> dict[str, str]:
    """The column name of each attribute by the GUID of its variable; unique, ignoring case.

    Variables that another program made of our candidate themes' sets are none.
    """
    used = {name.casefold() for name in (*participants.RESERVED, refi.SOURCE_TYPE)}
    column_of = {}
    for guid, name in variables.items():
        if name == refi.SOURCE_TYPE or refi.is_own_set(name):
            continue
        plain = " ".join(name.split()).lstrip("#") or "attribute"
        choices = (plain, *(f"{plain} {number}" for number in range(2, len(used) + 3)))
        column_of[guid] = next(choice for choice in choices if choice.casefold() not in used)
        used.add(column_of[guid].casefold())
    return column_of


def take_table(plan: Plan, data: bytes, tally: Tally, *, place: str) -> None:
    """Plan participants.csv from a table with its columns, and count what is in it."""
    people = participants.parse_participants(data, place=place)
    values = [(name, value) for one in people for name, value in one.attributes.items() if value]
    tally.take("speakers", len(people), note="in participants.csv")
    tally.take("cases", len({key(one.case) for one in people if one.case}))
    tally.take("variables", len({name for name, _ in values}))
    tally.take("values", len(values))
    write(plan, data, place=place, tally=tally)


def write(plan: Plan, data: bytes, *, place: str, tally: Tally | None = None) -> None:
    """Plan participants.csv, unless it has entries already."""
    file = Places(plan.folder).participants
    if participants.read_participants(file):
        same = _there(participants.read_participants(file), participants.parse_participants(data, place=place))
        plan.lines.append(
            f"{file} already has these entries and was not changed."
            if same
            else f"{file} already has entries and was not changed. To use those of {place} instead, delete the rows "
            f"below the heading of {file.name}, and import again."
        )
        plan.conflicts |= not same
        if tally is not None and not same:
            for kind in ("cases", "variables", "values", "speakers"):
                tally.give_back(kind, why=f"{file.name} already has entries")
        return
    number = len(participants.parse_participants(data, place=place))
    plan.replace(file, data, copy=Places(plan.folder).earlier / file.name)
    plan.lines.append(f"Wrote {prose.count(number, 'speaker')} to {file}. Please check who is who.")


def _values_of_sources(project: qdpx.Contents) -> bool:
    return any(source.values or refi.speakers(source.description) for source in project.sources)


def _there(people: Sequence[participants.Person], new: Sequence[participants.Person]) -> bool:
    """Return whether rows say all that new ones say: document, speaker, case and every value."""
    known = {(_plain(one.document), key(one.speaker)): one for one in people}
    for row in new:
        found = known.get((_plain(row.document), key(row.speaker)))
        values = {name: value for name, value in row.attributes.items() if value}
        if not row.case and not values:
            continue
        if found is None or (row.case and found.case and key(found.case) != key(row.case)):
            return False
        if any(found.attributes.get(name) != value for name, value in values.items()):
            return False
    return True


def _plain(document: str) -> str:
    path = PurePosixPath(document)
    return str(path.with_suffix("") if path.suffix.lower() in document_names.ENDINGS else path).casefold()


def _ours(project: qdpx.Contents, names: Mapping[str, str]) -> list[Row]:
    """Return the rows that our own export describes in its sources."""
    return [
        Row(names.get(source.name, source.name), speaker, case, part)
        for source in project.sources
        for speaker, part, case in refi.speakers(source.description)
    ]


def _set_names(project: qdpx.Contents) -> list[str]:
    return [name for name, _ in _sets_of_sources(project)]


def _sets_of_sources(project: qdpx.Contents) -> list[tuple[str, set[str]]]:
    """Return each set of texts: its column, and the names of its sources. Names already used get a number."""
    used = {name.casefold() for name in (*participants.RESERVED, *columns(project.project.variables).values())}
    found = []
    for group in project.project.sets:
        members = {one.name for one in project.sources for guid in (one.guid, *one.guids) if guid in group.sources}
        if group.ours or not members:
            continue
        plain = " ".join(group.name.split()).lstrip("#") or "set"
        choices = (plain, *(f"{plain} {number}" for number in range(2, len(used) + 3)))
        name = next(choice for choice in choices if choice.casefold() not in used)
        used.add(name.casefold())
        found.append((name, members))
    return found


def _of_sources(
    project: qdpx.Contents, names: Mapping[str, str], column_of: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Return the values that a document has itself: of its variables, and whether it is in a set of texts."""
    found: dict[str, dict[str, str]] = {}
    groups = _sets_of_sources(project)
    for source in project.sources:
        values = {column_of[guid]: value for guid, value in source.values.items() if guid in column_of}
        values |= {name: YES if source.name in members else NO for name, members in groups}
        if values:
            found[names.get(source.name, source.name)] = values
    return found


def _spread(
    rows: dict[tuple[str, str], Row], study: Study, document: str, values: Mapping[str, str], tally: Tally
) -> None:
    """Give a document's values to those who take part in it; rows are added for them."""
    speakers = study.speakers(document)
    people = [label for label, part in speakers.items() if part == "participant" and label]
    people = people or ([""] if "" in speakers else [])
    own = [row for row in rows.values() if row.document == document and row.part in ("participant", "")]
    for label in people:
        if not any(key(row.speaker) == key(label) for row in own):
            rows[document, key(label)] = Row(document, label)
            own.append(rows[document, key(label)])
    if not own:
        tally.leave("values", len(values), why="nobody takes part in its text", names=[document])
    if len(own) > 1 and any(value not in (YES, NO) for value in values.values()):
        tally.remark("values", f"values of a text with several participants belong to each of them ('{document}')")
    for row in own:
        row.values = {**values, **row.values}


def _settled(rows: Sequence[Row], tally: Tally) -> list[Row]:
    """Return rows in which a case has one value of each attribute: yes of yes and no, otherwise none of several."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        for name, value in row.values.items():
            seen[written(row.case), name].add(value)
    for row in rows:
        for name in list(row.values) if row.case else ():
            found = seen[written(row.case), name]
            if found == {YES, NO}:
                row.values[name] = YES
            elif len(found) > 1:
                del row.values[name]
    several = {place: found for place, found in seen.items() if place[0] and len(found) > 1 and found != {YES, NO}}
    for (case, name), found in several.items():
        why = "they differ between the texts of one case"
        tally.leave("values", len(found), why=why, names=[f"{name} of {case}"])
    return list(rows)


def _count(project: qdpx.Contents, column_of: Mapping[str, str], rows: Sequence[Row], tally: Tally) -> None:
    variables = project.project.variables
    filled = {name for row in rows for name, value in row.values.items() if value}
    tally.take("variables", sum(name in filled for name in column_of.values()), note="as columns of participants.csv")
    empty = [name for guid, name in column_of.items() if name not in filled]
    tally.leave("variables", len(empty), why="no participant has a value", names=empty)
    own = [name for name in variables.values() if name == refi.SOURCE_TYPE or refi.is_own_set(name)]
    tally.leave("variables", sum(map(refi.is_own_set, own)), why=OWN)
    tally.take("values", sum(1 for row in rows for name in row.values if name in column_of.values()))
    held = [*(case.values for case in project.project.cases), *(source.values for source in project.sources)]
    unknown = [value for values in held for guid, value in values.items() if guid not in variables]
    tally.leave("values", len(unknown), why="their variable is not in the file", names=unknown)
    groups = {name for name, _ in _sets_of_sources(project)}
    given = [name for name in groups if name in filled]
    tally.take("sets", len(given), note="sets of texts are columns of participants.csv (yes, no)")
    lost = sorted(groups - set(given))
    tally.leave("sets", len(lost), why="a set of texts in which nobody takes part", names=lost)
    ours = sum(group.ours for group in project.project.sets)
    tally.leave("sets", ours, why=OWN)
    sources = {guid for one in project.sources for guid in (one.guid, *one.guids)}
    codes = project.project.codes
    others = [
        group.name
        for group in project.project.sets
        if not group.ours and not sources & set(group.sources) and not any(guid in codes for guid in group.codes)
    ]
    tally.leave("sets", len(others), why="it holds neither texts nor codes that were taken", names=others)


def _table(rows: Sequence[Row], columns_wanted: Sequence[str]) -> pd.DataFrame:
    filled = [name for name in columns_wanted if any(row.values.get(name) for row in rows)]
    header = [*participants.COLUMNS, refi.SOURCE_TYPE, *filled]
    cells = [
        [row.document, row.speaker, row.case, row.part, row.kind, *(row.values.get(name, "") for name in filled)]
        for row in rows
    ]
    table = pd.DataFrame(cells, columns=header)
    if any(row.joined for row in rows):
        table[participants.CONFIRMED] = [NO if row.joined else YES for row in rows]
    return table
