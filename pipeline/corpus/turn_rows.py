"""Makes the rows of turns and cases: who says each turn, in which role, and what is doubtful about it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from pipeline.core import languages
from pipeline.core.names import key, written
from pipeline.corpus import document_types, duplicates, language_detection, proposals, speaker_roles, text_layout
from pipeline.corpus.participants import ANY, Person
from pipeline.corpus.readers.model import Labels, Transcript
from pipeline.corpus.sources import Problem

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


def with_own_case(turns: list[Turn], types: Mapping[str, str], transcripts: Mapping[str, Transcript]) -> list[Turn]:
    """Give unlabelled speech in an interview without a labelled participant a case of its own, the document's."""
    spoken = {turn.document for turn in turns if turn.part == "participant"}
    alone = {name for name, kind in types.items() if kind in ("interview", "focus_group")} - spoken
    no_talk = {(name, turn.start) for name in alone for turn in transcripts[name].turns if turn.role == "none"}
    no_talk |= {(name, start) for name in alone for start in _titles(transcripts[name])}
    return [
        turn._replace(case=turn.document)
        if turn.document in alone
        and turn.part == "none"
        and not (turn.speaker or turn.case or (turn.document, turn.start) in no_talk)
        else turn
        for turn in turns
    ]


def _titles(transcript: Transcript) -> list[int]:
    """Return where the lines before the first speaker start that are no talk."""
    said = [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns]
    titles = text_layout.title_lines(said)
    return [turn.start for place, turn in enumerate(transcript.turns) if place in titles and turn.time_s is None]


def stated_attributes(transcripts: Mapping[str, Transcript]) -> dict[tuple[str, str], dict[str, str]]:
    """Return the attributes that files state, by document and speaker key."""
    return {
        (document, speaker): attributes
        for document, transcript in transcripts.items()
        for speaker, attributes in transcript.attributes.items()
    }
