"""`counterpoint speakers`: writes who speaks into participants.csv, for people to confirm or correct."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipeline import ingest
from pipeline.core import atomic_files, prose, study_lock, study_template, withdrawal_state
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError
from pipeline.core.names import key
from pipeline.core.study_paths import Places
from pipeline.core.table_rows import each
from pipeline.corpus import participants, participants_file, proposals
from pipeline.corpus.participants import CONFIRMED, Person

COLUMNS = (*participants.COLUMNS, "source_type", CONFIRMED)


def write(folder: Path, options: settings.Ingest) -> list[str]:
    """Add a row to participants.csv for each speaker that it lacks; return messages.

    Rows that are there are left as they are, the file's earlier version is kept, and new rows are marked as proposals.
    Raises ParticipantsError if the file has errors, StudyError if there is no study, and CounterpointError if the file
    changes meanwhile.
    """
    study_template.exists(folder)
    withdrawal_state.refuse(folder)
    place = Places(folder).participants
    before = place.read_bytes() if place.exists() else b""
    people = participants.parse_participants(before, place=str(place))
    tables = ingest.ingest(folder, **options.model_dump(), people=people)
    rows, left = unlisted(tables, people)
    if rows:
        data = before or study_template.PARTICIPANTS.encode()
        after = participants_file.extend(data, columns=COLUMNS, rows=rows)
        _verify(people, rows, participants.parse_participants(after, place=str(place)), place)
        left = [*_replace(folder, before, after), *left]
    waiting = [person.line for person in participants.read_participants(place) if person.proposed]
    return [*_told(place, rows, waiting), *left]


def unlisted(tables: Mapping[str, pd.DataFrame], people: list[Person]) -> tuple[list[dict[str, str]], list[str]]:
    """Return what `proposed` does, for the rows `people` of participants.csv."""
    known, _ = participants.match_documents(people, [str(name) for name in tables["documents"]["document"]])
    return proposed(tables, known)


def proposed(
    tables: Mapping[str, pd.DataFrame], known: Mapping[tuple[str, str], Person]
) -> tuple[list[dict[str, str]], list[str]]:
    """Return a row for each speaker without one, and messages on those that cannot have one.

    `known`: the rows there are, by document and speaker key. A document in which nobody is labelled is one row without
    a speaker. The source type stands in a document's first row only, so that it is corrected in one place.
    """
    kinds = dict(zip(tables["documents"]["document"], tables["documents"]["source_type"], strict=True))
    stated = {document for (document, _), person in known.items() if person.source_type}
    labelled = set(tables["speakers"].loc[tables["speakers"]["speaker"] != "", "document"])
    rows: list[dict[str, str]] = []
    left, done = [], set(known)
    for row in each(tables["speakers"]):
        place = (row.document, key(row.speaker))
        if place in done or (not row.speaker and row.document in labelled):
            continue
        done.add(place)
        if row.document.lstrip().startswith("#"):
            left.append(f"transcripts/{row.document}: its name begins with #, as comments do. Rename it to list it.")
            continue
        kind = "" if row.document in stated else kinds[row.document]
        stated.add(row.document)
        own = {"document": row.document, "speaker": row.speaker, "part": row.part, "source_type": kind}
        rows.append({**own, CONFIRMED: "no"})
    return rows, list(dict.fromkeys(left))


def _verify(before: Sequence[Person], rows: Sequence[Mapping[str, str]], after: Sequence[Person], place: Path) -> None:
    """Raise CounterpointError unless a file reads back as the rows that were there and the new ones."""
    new = [(one.document, key(one.speaker), one.part, one.source_type) for one in after[len(before) :]]
    wanted = [(row["document"], key(row["speaker"]), row["part"], row["source_type"]) for row in rows]
    kept = [(one.line, one.document, one.speaker, one.case, one.part, one.confirmed) for one in after[: len(before)]]
    if new != wanted or kept != [(o.line, o.document, o.speaker, o.case, o.part, o.confirmed) for o in before]:
        raise CounterpointError(f"{place} cannot be added to without changing what is in it. Save it as csv in UTF-8.")


def _replace(folder: Path, before: bytes, after: bytes) -> list[str]:
    """Write the file, unless it has changed since it was read, and keep the earlier version."""
    places = Places(folder)
    with study_lock.locked(folder):
        if (places.participants.read_bytes() if places.participants.exists() else b"") != before:
            raise CounterpointError(f"{places.participants} was changed meanwhile. Run this command again.")
        said = []
        if before and before != study_template.PARTICIPANTS.encode():
            kept = study_lock.kept_as(places.participants, places.earlier / places.participants.name)
            study_lock.keep(places.participants, kept)
            said.append(f"The previous {places.participants} was kept as {kept}.")
        atomic_files.write(places.participants, after)
    return said


def _told(place: Path, rows: Sequence[Mapping[str, str]], waiting: Sequence[int]) -> list[str]:
    said = []
    if rows:
        documents = prose.count(len({row["document"] for row in rows}), "document")
        said.append(f"Added {prose.count(len(rows), 'row')} for {documents} to {place}.")
    if waiting:
        said.append(
            f"{prose.count(len(waiting), 'row')} to confirm ({proposals.lines(waiting)}). Open {place} in Excel: write "
            f"yes in the column {CONFIRMED} where a row is right; where it is wrong, correct it and write yes."
        )
    return said or [f"Every speaker is in {place}, and every row is confirmed. Nothing was changed."]
