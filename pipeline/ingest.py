"""Ingest: reads transcripts, participants.csv and human codes into documents, turns, cases and codings.

Files that cannot be read are omitted and listed with the reason; guesses are used and listed too.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.core import languages, stage_runner, store
from pipeline.core.coders import CONSENSUS
from pipeline.core.names import key, written
from pipeline.core.stage_record import Record
from pipeline.core.study_paths import Places
from pipeline.corpus import (
    document_names,
    document_types,
    duplicates,
    language_detection,
    participants,
    proposals,
    readers,
    span_alignment,
    speaker_roles,
    speaker_table,
)
from pipeline.corpus.participants import ANY, Person
from pipeline.corpus.readers import coding, files
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript

People = Mapping[tuple[str, str], Person]


class Turn(NamedTuple):
    """A row of turns."""

    document: str
    turn_id: str
    speaker: str
    case: str
    part: str
    start: int
    end: int
    time_s: float | None
    place: str
    text: str


class Problem(NamedTuple):
    """A row of ingest_problems."""

    kind: str
    document: str
    place: str
    reason: str


@dataclass(frozen=True)
class Sources:
    """The readable transcripts, the file (below transcripts/) and sha256 of each, and problems and guesses."""

    transcripts: dict[str, Transcript] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def ingest(
    folder: Path, *, interviewer_labels: tuple[str, ...], min_label_count: int, people: list[Person] | None = None
) -> dict[str, pd.DataFrame]:
    """Read a study's folder; return documents, turns, speakers, cases, codings, ingest_problems and ingest_record.

    `people`: used instead of participants.csv. Raises ParticipantsError if participants.csv is contradictory; all other
    problems are rows of ingest_problems.
    """
    people = participants.read_participants(Places(folder).participants) if people is None else people
    labels = Labels(interviewer_labels, min_count=min_label_count)
    confirmed = [person for person in people if not person.proposed]
    sources_ = read_transcripts(Places(folder).transcripts, confirmed, labels)
    known, lost = participants.match_documents(people, sorted(sources_.transcripts))
    roles, doubts = assigned_roles(sources_.transcripts, known, labels)
    turns = assigned(sources_.transcripts, roles)
    types, type_guesses = source_types(turns, sources_.transcripts, known)
    turns = _with_own_case(turns, types, sources_.transcripts)
    codings, code_problems, left_out = read_codings(Places(folder).human_codes, sources_.transcripts)
    problems = [*sources_.problems, *type_guesses, *code_problems, *unmatched(lost, known, turns)]
    problems += [Problem("guessed", name, "", doubt) for name, said in doubts.items() for doubt in said]
    problems += [*respelled(people), *repeated(sources_.transcripts, turns)]
    spoken = languages_of(turns, sorted(sources_.transcripts))
    problems += [
        Problem("note", name, "", message) for name, detected in spoken.items() if (message := languages.note(detected))
    ]
    heard = speaker_table.speakers(turns, roles)
    n_words = Counter[str]()
    for one in heard:
        n_words[one.document] += one.n_words
    documents = [
        (
            name,
            types[name],
            f"transcripts/{sources_.files[name]}",
            sources_.hashes[name],
            n_words[name],
            *_told(spoken[name]),
            detected.text,
        )
        for name, detected in sorted(sources_.transcripts.items())
    ]
    tables = {
        "documents": _frame("documents", documents),
        "turns": _frame("turns", turns),
        "speakers": _frame("speakers", heard),
        "cases": cases(people, turns, known, stated=_stated(sources_.transcripts)),
        "codings": _frame("codings", codings),
        "ingest_problems": _frame("ingest_problems", sorted(set(problems))),
    }
    done = record(
        tables,
        labels=labels,
        guessed=len({name for (name, _), role in roles.items() if role.guessed}),
        left_out=left_out,
    )
    return tables | {"ingest_record": done.table()}


def record(tables: Mapping[str, pd.DataFrame], *, labels: Labels, guessed: int, left_out: int) -> Record:
    """Return the stage's record.

    `guessed`: number of documents with a guessed interviewer; `left_out`: number of this program's own codings.
    """
    documents, codings = tables["documents"], tables["codings"]
    coded_by = set(codings["coder"])
    return Record(
        sources={kind: int(n) for kind, n in sorted(documents["source_type"].value_counts().items())},
        words=int(documents["n_words"].sum()),
        cases=len(tables["cases"]),
        interviewer_labels=sorted(labels.interviewer),
        min_label_count=labels.min_count,
        guessed=guessed,
        codings=len(codings),
        coders=len(coded_by - {CONSENSUS}),
        consensus=CONSENSUS in coded_by,
        left_out=left_out,
    )


def source_files(folder: Path) -> list[Path]:
    """Return the regular files below a folder in order, without hidden files and lock files."""
    return files.listed(folder).files


def read_transcripts(folder: Path, people: list[Person], labels: Labels) -> Sources:
    """Read every transcript below a folder; unreadable files become problems and do not stop others."""
    sources = Sources()
    paths: dict[str, Path] = {}
    listing = files.listed(folder, endings=readers.TRANSCRIPTS)
    sources.problems.extend(Problem("refused", name, "", why) for name, why in listing.refused)
    for path in listing.files:
        name = path.relative_to(folder).as_posix()
        document = document_names.normal(name)
        why = "Another file has the same name." if document in paths else document_names.unfit(name)
        if why:
            sources.problems.append(Problem("refused", document_names.shown(document), "", f"{why} Rename it."))
            continue
        if document_names.foreign(name):
            sources.problems.append(
                Problem("note", document, "", f"{document_names.foreign(name)} Rename it if it must be copied there.")
            )
        paths[document] = path
    listed = _listed(people, paths)
    for document, path in paths.items():
        of_document = Labels(labels.interviewer, frozenset(listed[document]), labels.min_count)
        try:
            transcript, digest = readers.read_transcript(path, of_document)
        except RefusedError as error:
            sources.problems.append(Problem("refused", document, "", str(error)))
            continue
        for part, found in document_names.parts(document, transcript.parts).items() or [(document, transcript)]:
            sources.transcripts[part] = found
            sources.files[part] = document
            sources.hashes[part] = digest
        sources.problems.extend(Problem(remark.kind, document, "", remark.text) for remark in transcript.remarks)
    return sources


def assigned_roles(transcripts: Mapping[str, Transcript], people: People, labels: Labels) -> speaker_roles.Assigned:
    """Return the roles, and the doubts about them; rows that nobody has confirmed settle roles, but no doubts."""
    roles, doubts = speaker_roles.assign(transcripts, people, labels)
    proposed = proposals.by_document(people)
    if proposed:
        confirmed = {place: person for place, person in people.items() if not person.proposed}
        without = speaker_roles.assign(transcripts, confirmed, labels)
        doubts = proposals.doubts(proposed, without=without, roles=roles, doubts=doubts)
        roles = proposals.explained(roles, without.roles, people)
    return speaker_roles.Assigned(roles, doubts)


def assigned(transcripts: Mapping[str, Transcript], roles: Mapping[tuple[str, str], speaker_roles.Role]) -> list[Turn]:
    """Return the turns of all documents with each speaker's role and case."""
    turns = []
    for document, transcript in sorted(transcripts.items()):
        for number, turn in enumerate(transcript.turns, start=1):
            role = roles[document, key(turn.speaker)]
            text = transcript.text[turn.start : turn.end]
            identifier = f"{document}:{number:04d}"
            at = (turn.start, turn.end, turn.time_s, turn.place)
            turns.append(Turn(document, identifier, written(turn.speaker), role.case, role.part, *at, text))
    return turns


def source_types(
    turns: list[Turn], transcripts: Mapping[str, Transcript], people: People
) -> tuple[dict[str, str], list[Problem]]:
    """Return the source type of each document: as stated, or by its speakers, or guessed from its name."""
    stated = {document: person.source_type for (document, _), person in sorted(people.items()) if person.source_type}
    answers: dict[str, list[str]] = defaultdict(list)
    named = {turn.document for turn in turns if turn.speaker}
    for turn in turns:
        if turn.part == "participant":
            answers[turn.document].append(key(turn.speaker))
    spoken = {name for name in transcripts if answers[name]}
    proposed = proposals.by_document(people)
    sure = {document for (document, _), person in people.items() if person.source_type and not person.proposed}
    types, problems = {}, []
    for document in sorted(transcripts):
        by_talk = document_types.by_speakers(answers[document], any_speaker=document in named)
        types[document] = stated.get(document) or by_talk or document_types.by_name(document)
        if document not in sure and document not in spoken:
            kind = {"field_note": "field notes", "document": "a document"}.get(
                types[document], "an interview with one person"
            )
            message = (
                f"No participant is labelled, so it was treated as {kind}. If that is wrong, give its source_type "
            )
            message += "or its speakers in participants.csv."
            if document in proposed:
                message += f" {proposals.confirm(proposed[document])}"
            problems.append(Problem("guessed", document, "", message))
    return types, problems


def languages_of(turns: list[Turn], documents: Sequence[str]) -> dict[str, languages.Found]:
    """Return the language of each document, detected from what its participants say."""
    answers: dict[str, list[str]] = defaultdict(list)
    questions: dict[str, list[str]] = defaultdict(list)
    for turn in turns:
        (questions if turn.part == "interviewer" else answers)[turn.document].append(turn.text)
    return {name: language_detection.spoken(answers[name], questions[name]) for name in documents}


def unmatched(lost: list[tuple[Person, str]], people: People, turns: list[Turn]) -> list[Problem]:
    """Return rows of participants.csv whose document or speaker was not found."""
    heard: dict[str, dict[str, str]] = defaultdict(dict)
    for turn in turns:
        heard[turn.document][key(turn.speaker)] = turn.speaker
    problems = [
        Problem("refused", person.document, f"participants.csv, line {person.line}", reason) for person, reason in lost
    ]
    for (document, name), person in sorted(people.items()):
        if person.document != ANY and name and name not in heard[document]:
            speakers = ", ".join(sorted(speaker for speaker in heard[document].values() if speaker)) or "none"
            reason = f"No turn by '{person.speaker}' was found. Correct the name; speakers found: {speakers}."
            problems.append(Problem("refused", document, f"participants.csv, line {person.line}", reason))
    return problems


def repeated(transcripts: Mapping[str, Transcript], turns: list[Turn]) -> list[Problem]:
    """Return the documents that have the same words as another, perhaps in another format."""
    answers: dict[str, list[str]] = defaultdict(list)
    for turn in turns:
        if turn.part != "interviewer":
            answers[turn.document].append(turn.text)
    pairs = duplicates.twice(
        {name: transcript.text for name, transcript in transcripts.items()},
        {name: "\n".join(texts) for name, texts in answers.items()},
    )
    return [Problem("guessed", document, "", reason) for document, reason in duplicates.reasons(pairs)]


def respelled(people: list[Person]) -> list[Problem]:
    """Return rows of participants.csv that spell a case differently from most rows."""
    return [
        Problem(
            "note",
            person.document,
            f"participants.csv, line {person.line}",
            f"The case '{person.other_spelling}' was treated as a spelling of '{person.case}'. If they are "
            "two people, rename one of them.",
        )
        for person in people
        if person.other_spelling
    ]


def cases(
    people: list[Person],
    turns: list[Turn],
    known: People,
    *,
    stated: Mapping[tuple[str, str], Mapping[str, str]] | None = None,
) -> pd.DataFrame:
    """Return the cases that speak, with their attributes as text.

    Attributes are those of participants.csv, then those that a file states (`stated`, by document and speaker key).
    """
    spoken = {(turn.document, key(turn.speaker)): turn.case for turn in turns if turn.case}
    given = {place: person.attributes for place, person in known.items()}
    in_files = {place: of for place, of in (stated or {}).items() if place in spoken}
    names = list(dict.fromkeys(name for person in people for name in person.attributes))
    names += sorted({name for of in in_files.values() for name in of} - set(names))
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for source in (given, in_files):
        for place, case in spoken.items():
            for name, value in source.get(place, {}).items():
                values[case][name] = values[case].get(name) or value
    speaking = sorted({turn.case for turn in turns if turn.case})
    rows = [{"case": case, **{name: values[case].get(name, "") for name in names}} for case in speaking]
    return pd.DataFrame(rows, columns=["case", *names], dtype="str")


def read_codings(
    folder: Path, transcripts: Mapping[str, Transcript]
) -> tuple[list[span_alignment.Row], list[Problem], int]:
    """Return the human codings that could be placed, problems with their file and row, and a count.

    The count is the number of codings omitted because this program made them.
    """
    by_program = 0
    texts = {document: unique.text for document, unique in transcripts.items()}
    rows: list[span_alignment.Row] = []
    problems: list[Problem] = []
    every_lost: list[span_alignment.Misplaced] = []
    n_placed = 0
    listing = files.listed(folder, endings=readers.CODES)
    problems.extend(Problem("refused", "", f"human_codes/{name}", why) for name, why in listing.refused)
    for path in readers.code_files(listing.files):
        name = f"human_codes/{document_names.shown(document_names.normal(path.relative_to(folder).as_posix()))}"
        try:
            files.check_name(path.name)
            every = readers.read_codes(path)
        except RefusedError as error:
            problems.append(Problem("refused", "", name, str(error)))
            continue
        codings, left_out = coding.by_people(every)
        by_program += len(every) - len(codings)
        if left_out:
            problems.append(Problem("note", "", name, left_out))
        problems.extend(Problem(remark.kind, "", name, remark.text) for remark in every.remarks)
        placed, lost = span_alignment.place_codings(codings, texts)
        problems.extend(
            Problem("refused", unplaced.document, f"{name}, {unplaced.coding.row}", unplaced.reason)
            for unplaced in lost
        )
        problems.extend(Problem("note", "", name, message) for message in _how_placed(placed, len(codings)))
        every_lost += lost
        n_placed += len(placed)
        unique = dict.fromkeys(span_alignment.coding_row(item, texts[item.document]) for item in placed)
        if len(unique) < len(placed):
            message = f"{len(placed) - len(unique)} duplicate codings were counted once."
            problems.append(Problem("note", "", name, message))
        rows.extend(unique)
    share = span_alignment.share_placed(n_placed, every_lost)
    if share:
        problems.append(Problem("note", "", "human_codes/", share))
    return sorted(set(rows)), problems, by_program


def _how_placed(placed: Sequence[span_alignment.Placed], total: int) -> list[str]:
    """Return a message for each way in which codings were placed other than by their offsets."""
    by_text = sum(item.how != "offsets" for item in placed)
    messages = []
    if by_text:
        messages.append(
            f"{by_text} of {total} codings were placed by their text, because their offsets are missing or wrong."
        )
    for how, words in span_alignment.TOLD.items():
        found = [item.coding.row for item in placed if item.how == how]
        if found:
            lines = ", ".join(list(dict.fromkeys(found))[:5]) + (", …" if len(set(found)) > 5 else "")
            messages.append(f"{len(found)} of {total} codings were placed {words} ({lines}). Check them.")
    return messages


def _listed(people: list[Person], documents: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return the keys of speakers that participants.csv lists, per document."""
    names = document_names.Documents(documents)
    listed: dict[str, set[str]] = defaultdict(set)
    for person in people:
        for document in documents if person.document == ANY else [names.find(person.document)]:
            listed[document] |= {key(person.speaker)} - {""}
    return listed


def _with_own_case(turns: list[Turn], types: Mapping[str, str], transcripts: Mapping[str, Transcript]) -> list[Turn]:
    """Give unlabelled speech in an interview without a labelled participant a case of its own, the document's."""
    spoken = {turn.document for turn in turns if turn.part == "participant"}
    alone = {name for name, kind in types.items() if kind in ("interview", "focus_group")} - spoken
    no_talk = {(name, turn.start) for name in alone for turn in transcripts[name].turns if turn.role == "none"}
    return [
        turn._replace(case=turn.document)
        if turn.document in alone
        and turn.part == "none"
        and not (turn.speaker or turn.case or (turn.document, turn.start) in no_talk)
        else turn
        for turn in turns
    ]


def _stated(transcripts: Mapping[str, Transcript]) -> dict[tuple[str, str], dict[str, str]]:
    """Return the attributes that files state, by document and speaker key."""
    return {
        (document, speaker): attributes
        for document, transcript in transcripts.items()
        for speaker, attributes in transcript.attributes.items()
    }


def _told(found: languages.Found) -> tuple[str, float | None, str]:
    return found.language, found.share, " ".join(found.others)


def _frame(table: str, rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    none = store.empty(table)
    return pd.DataFrame(rows, columns=list(none.columns)).astype(none.dtypes.to_dict()) if rows else none


def main() -> None:
    """Run the stage on the study that params.yaml names."""
    with stage_runner.opened("ingest") as params:
        options = params.ingest
        tables = ingest(
            params.folder, interviewer_labels=options.interviewer_labels, min_label_count=options.min_label_count
        )
        for name, frame in tables.items():
            store.write(params.folder, name, frame)


if __name__ == "__main__":
    main()
