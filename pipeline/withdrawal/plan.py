"""Withdrawing a participant or a document: everything is worked out before anything is written, and then removed.

What is worked out: who or what goes (subject.py), raw files that go, raw files out of which turns are taken, rows of
participants.csv, of human codes and of sheets (table_rows.py), and what people wrote (ledger_entries.py). What the
pipeline made is thrown away whole and made anew (purge.py).
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

import pandas as pd

from pipeline import segment
from pipeline.core import model_registry, prose, store
from pipeline.core.errors import CounterpointError
from pipeline.core.names import key
from pipeline.core.params import Params
from pipeline.corpus import sentences
from pipeline.corpus.document_names import Documents
from pipeline.corpus.participants import ANY, Person, usable_rows
from pipeline.corpus.readers.model import Labels
from pipeline.decisions import ledger
from pipeline.deductive import codebook
from pipeline.withdrawal import csv_editing, imported_rows, interviews_in_tables, ledger_entries, redaction, table_rows
from pipeline.withdrawal.journal import Change, Journal, digest
from pipeline.withdrawal.search_terms import Needles, needles
from pipeline.withdrawal.subject import Given, Subject, WithdrawError, of_case, of_document


@dataclass
class Plan:
    """What a withdrawal will do. `written`: files with their new content; `deleted`: files that go; `lines`: in words.

    `segments`: the ids of their segments; `needles`: what must not be found afterwards; `nobody`: the changed files in
    which some words are nobody's in particular; `ledgers`: which of the files written hold what people decided and
    wrote, and are worked out again when it is their turn.
    """

    study: Path
    subject: str
    who: Subject
    deleted: list[Path] = field(default_factory=list)
    written: dict[Path, bytes] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    segments: set[str] = field(default_factory=set)
    needles: Needles = field(default_factory=lambda: Needles({}))
    nobody: list[str] = field(default_factory=list)
    ledgers: set[Path] = field(default_factory=set)

    @property
    def ids(self) -> dict[str, frozenset[str]]:
        """What is theirs, by kind."""
        ids_of_person = {"documents": self.who.documents, "cases": self.who.cases, "labels": self.who.labels}
        return {"segments": frozenset(self.segments), **ids_of_person}


def plan(params: Params, *, case: str = "", document: str = "", split: sentences.Split | None = None) -> Plan:
    """Work out what withdrawing a case or a document changes. Nothing is written.

    `split` finds sentences, as in segment; without it, the spaCy pipeline of params is loaded. Raises WithdrawError or
    RedactError, in sentences, where there is no such case or document or files cannot be changed safely.
    """
    if bool(case) == bool(document):
        raise WithdrawError("Give either a participant (--case) or a document (--document).")
    given = Given.read(params)
    who = of_case(case, given) if case else of_document(document, given)
    new_plan = Plan(params.folder, f"the participant '{case}'" if case else f"the document '{document}'", who)
    is_theirs = _theirs(given.turns, who)
    new_plan.needles = needles(
        given.turns.loc[is_theirs, "text"],
        given.turns.loc[~is_theirs, "text"],
        _names(who, given),
        phrases=_phrases(params),
    )
    redacted = _transcripts(new_plan, params, given)
    _participants(new_plan, given)
    tables, messages = table_rows.changes(given, who, redacted, new_plan.needles)
    new_plan.written |= tables
    new_plan.lines += messages
    imported, messages = imported_rows.changes(given, who, redacted, new_plan.needles)
    new_plan.written |= imported
    new_plan.lines += messages
    split = split or sentences.splitter(model_registry.load_spacy(params.segment.model))
    new_plan.segments = _segments(params, given, who, split)
    changed, lines = ledger_entries.changes(params.folder, ids=new_plan.ids, needles=new_plan.needles)
    new_plan.written |= changed
    new_plan.ledgers = set(changed)
    new_plan.lines += lines
    return new_plan


def journal(plan_made: Plan, *, words: Mapping[str, str], beyond: list[str]) -> tuple[Journal, dict[str, bytes]]:
    """The journal of a plan, and the files as they shall be, by their paths below the study's folder."""
    changes = []
    contents = {}
    for number, place in enumerate(sorted({*plan_made.written, *plan_made.deleted} - plan_made.ledgers), start=1):
        path = place.relative_to(plan_made.study).as_posix()
        before = digest(place.read_bytes()) if place.exists() else "a link to nowhere"
        if place in plan_made.written:
            contents[path] = plan_made.written[place]
            changes.append(Change(path, before, digest(plan_made.written[place]), f"{number:04d}.new"))
        else:
            changes.append(Change(path, before))
    new_journal = Journal(
        plan_made.subject,
        words,
        tuple(changes),
        plan_made.ids,
        plan_made.needles,
        nobody=tuple(plan_made.nobody),
        beyond=tuple(beyond),
    )
    return new_journal, contents


def _names(who: Subject, given: Given) -> set[str]:
    """What they are called: labels, cases, documents, and what participants.csv says of them alone, such as a mail.

    A label that stands for somebody else in another document (P1) is nobody's name.
    """
    others = {key(speaker) for speaker in given.turns.loc[~_theirs(given.turns, who), "speaker"]}
    names = {*(label for label in who.labels if key(label) not in others), *who.cases}
    for document in who.documents:
        path = PurePosixPath(document)
        # The name without its ending, if it is no plain word.
        names |= {path.name} if path.stem.isalpha() and path.stem.islower() else {path.name, path.stem}
    their_rows = [person for person in given.people if person.case and person.case in who.cases]
    for column in ("name", "mail", "phone", "pseudonym", "alias"):
        for person in their_rows:
            names |= {value for name, value in person.attributes.items() if column in name}
    return names - {""}


def _phrases(params: Params) -> list[str]:
    """Short words of the researchers' that may have been taken from what somebody said: labels, codes, examples."""
    phrases = []
    try:
        phrases += [decision.label or "" for decision in ledger.load(params.places.decisions)]
        for code in codebook.load_codebook(params.places.codebook).codes if params.places.codebook.exists() else ():
            phrases += [code.name, *code.examples, *code.counter_examples]
    except CounterpointError:
        return phrases  # what cannot be read is refused where it would be changed
    return [phrase for phrase in phrases if phrase]


def _theirs(turns: pd.DataFrame, who: Subject) -> pd.Series:
    spoken = [
        document in who.documents or key(speaker) in who.speakers.get(document, frozenset())
        for document, speaker in zip(turns["document"], turns["speaker"], strict=True)
    ]
    return pd.Series(spoken, index=turns.index, dtype=bool)


def _transcripts(plan_made: Plan, params: Params, given: Given) -> dict[str, redaction.Redacted]:
    """Plan the raw files; return those out of which turns are taken. Raises RedactError for all that cannot be."""
    refused = []
    for document in sorted(plan_made.who.documents):
        path, others = given.files[document], given.beside(document) - plan_made.who.documents
        if others:
            try:
                plan_made.written[path] = interviews_in_tables.without(
                    plan_made.written.get(path, path.read_bytes()), document
                )
            except redaction.RedactError as error:
                refused.append(str(error))
            plan_made.lines.append(
                f"remove the rows of '{PurePosixPath(document).name}' from transcripts/{document.rpartition('/')[0]}"
            )
        elif path not in plan_made.deleted:
            plan_made.deleted.append(path)
            plan_made.lines.append(f"delete transcripts/{path.relative_to(given.places.transcripts).as_posix()}")
    redacted = {}
    for document, removed_speakers in sorted(plan_made.who.speakers.items()):
        labels = Labels(
            params.ingest.interviewer_labels,
            frozenset(_listed(given, document) - removed_speakers),
            params.ingest.min_label_count,
        )
        try:
            redacted[document] = redaction.redact(
                given.files[document].read_bytes(),
                document,
                set(removed_speakers),
                labels,
                file=given.files[document].name,
            )
        except redaction.RedactError as error:
            refused.append(str(error))
            continue
        plan_made.written[given.files[document]] = redacted[document].data
        turns = given.turns[given.turns["document"] == document]
        count = int(turns["speaker"].map(key).isin(removed_speakers).sum())
        plan_made.lines.append(
            f"remove {prose.count(count, 'turn')} from transcripts/{document}, each replaced by {redaction.MARK}"
        )
        if bool((turns["speaker"] == "").any()):
            plan_made.nobody.append(document)
    if refused:
        raise redaction.RedactError("\n".join(refused))
    return redacted


def _listed(given: Given, document: str) -> set[str]:
    """The keys of the speakers that participants.csv lists for a document."""
    listed = {
        key(person.speaker)
        for person in given.people
        if not person.proposed and (person.document == ANY or given.names.find(person.document) == document)
    }
    return listed - {""}


def _participants(plan_made: Plan, given: Given) -> None:
    """Remove their rows of participants.csv, and of the copies that commands kept of it where these can be read."""
    copies = sorted(given.places.earlier.glob(f"{given.places.participants.stem}*.csv"))
    people_of = {given.places.participants: given.people} | {path: _people_of(path) for path in copies}
    for path, people in people_of.items():
        gone = {person.line for person in people if _is_gone(person, plan_made.who, given.names)}
        if gone:
            data, count = csv_editing.edit(path.read_bytes(), partial(_without, gone), comments=True)
            plan_made.written[path] = data
            where = path.relative_to(given.places.folder).as_posix()
            plan_made.lines.append(f"remove {prose.count(count, 'row')} from {where}")


def _without(gone: Set[int], line: int, row: dict[str, str]) -> dict[str, str] | None:
    return None if line in gone else row


def _people_of(copy: Path) -> list[Person]:
    """The rows that can be used of an earlier participants.csv; none if it cannot be read."""
    try:
        return usable_rows(copy.read_bytes(), place=str(copy))[0]
    except (OSError, CounterpointError):
        return []


def _is_gone(person: Person, who: Subject, names: Documents) -> bool:
    document = names.find(person.document)
    if person.document != ANY and document in who.documents:
        return True
    if person.document == ANY:
        return person.case in who.cases - {""} or person.speaker in who.labels
    return person.case in who.cases - {""} or key(person.speaker) in who.speakers.get(document, frozenset())


def _segments(params: Params, given: Given, who: Subject, split: sentences.Split) -> set[str]:
    """The ids of their segments: as they would be cut now, and as the last run cut them."""
    options = params.segment.model_dump(exclude={"model"})
    current, _ = segment.segment(given.tables["documents"], given.turns, split=split, **options)
    frames = [current]
    if store.path(params.folder, "segments").exists():
        frames.append(store.read(params.folder, "segments"))
    return {str(name) for frame in frames for name in frame.loc[_theirs(frame, who), "segment_id"]}
