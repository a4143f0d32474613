"""Withdrawing a participant or a document: everything is worked out before anything is written, and then removed.

What is worked out: raw files that go, raw files out of which turns are taken, rows of participants.csv and of human
codes, and what people wrote (withdrawal_words.py). What the pipeline made is thrown away whole and made
anew (purge.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pandas as pd

from pipeline import ingest, models, participants, placing, segment, sentences, store, whole
from pipeline.commands import redact, sheet_rows, traces, withdrawal_words
from pipeline.core.names import key
from pipeline.core.places import Places
from pipeline.errors import CounterpointError
from pipeline.naming import Documents, normal
from pipeline.params import Params
from pipeline.participants import ANY, Person
from pipeline.readers import codes_csv
from pipeline.readers.coding import Coding
from pipeline.readers.model import Labels, RefusedError

PLACED = ("document", "start", "end", "text", "code", "coder", "parent_code", "date")


class WithdrawError(CounterpointError):
    """A withdrawal cannot be carried out as asked; nothing was changed."""


@dataclass
class Plan:
    """What a withdrawal will do. `written`: files with their new content; `deleted`: files that go; `lines`: in words.

    `segments`: the ids of their segments; `needles`: what must not be found afterwards; `nobody`: the changed files in
    which some words are nobody's in particular.
    """

    study: Path
    subject: str
    deleted: list[Path] = field(default_factory=list)
    written: dict[Path, bytes] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    segments: set[str] = field(default_factory=set)
    needles: traces.Needles = field(default_factory=lambda: traces.Needles(frozenset(), ()))
    nobody: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Subject:
    """Who or what is withdrawn: whole documents, and speakers (by key) of documents that others speak in too."""

    documents: frozenset[str]
    speakers: Mapping[str, frozenset[str]]
    cases: frozenset[str]
    labels: frozenset[str]


def plan(params: Params, *, case: str = "", document: str = "", split: sentences.Split | None = None) -> Plan:
    """Work out what withdrawing a case or a document changes. Nothing is written.

    `split` finds sentences, as in segment; without it, the spaCy pipeline of params is loaded. Raises WithdrawError or
    RedactError, in a sentence, where there is no such case or document or a file cannot be changed safely.
    """
    study = params.folder
    if bool(case) == bool(document):
        raise WithdrawError("Name either a participant (--case) or a document (--document).")
    tables = ingest.ingest(study, **params.ingest.model_dump())
    folder = Places(study).transcripts
    files = {normal(path.relative_to(folder).as_posix()): path for path in ingest.source_files(folder)}
    subject = _of_case(case, tables["turns"]) if case else _of_document(document, tables["turns"], files)
    made = Plan(study, f"the participant '{case}'" if case else f"the document '{document}'")
    theirs = _theirs(tables["turns"], subject)
    others = tables["turns"][~theirs]
    names = {*subject.labels, *subject.cases, *(name for document in subject.documents for name in _names(document))}
    made.needles = traces.needles(tables["turns"].loc[theirs, "text"], others["text"], names)
    redacted = _transcripts(made, params, subject, files, tables)
    _participants(made, subject, list(tables["documents"]["document"]))
    _human_codes(
        made, subject, redacted, dict(zip(tables["documents"]["document"], tables["documents"]["text"], strict=True))
    )
    split = split or sentences.splitter(models.load_spacy(params.segment.model))
    made.segments = _segments(params, tables, subject, split)
    changed, lines = withdrawal_words.changes(
        study,
        segments=made.segments,
        documents=subject.documents,
        cases=subject.cases,
        labels=subject.labels,
        needles=made.needles,
    )
    made.written |= changed
    made.lines += lines
    return made


def carry_out(made: Plan) -> None:
    """Delete and write what the plan says: the written files whole, each of them as it is or as it shall be."""
    for path, data in made.written.items():
        whole.write(path, data)
    for path in made.deleted:
        path.unlink()


def _of_case(case: str, turns: pd.DataFrame) -> Subject:
    known = sorted(set(turns["case"]) - {""})
    fitting = [name for name in known if name == case] or [name for name in known if key(name) == key(case)]
    if len(fitting) != 1:
        raise WithdrawError(f"There is no participant '{case}'. The participants are: {', '.join(known) or 'none'}.")
    own = turns[turns["case"] == fitting[0]]
    whole, partly = set(), {}
    for document, group in own.groupby("document"):
        there = turns[(turns["document"] == document) & (turns["case"] != "")]
        if set(there["case"]) == {fitting[0]}:
            whole.add(str(document))
        else:
            partly[str(document)] = frozenset(key(speaker) for speaker in group["speaker"])
    return Subject(frozenset(whole), partly, frozenset(fitting), frozenset(own["speaker"]) - {""})


def _of_document(document: str, turns: pd.DataFrame, files: Mapping[str, Path]) -> Subject:
    found = Documents(files).find(document)
    if not found:
        raise WithdrawError(f"{Documents(files).reason(document)} The documents are: {', '.join(files) or 'none'}.")
    here = turns[turns["document"] == found]
    elsewhere = set(turns.loc[turns["document"] != found, "case"])
    cases = set(here["case"]) - elsewhere - {""}
    labels = set(here.loc[here["case"].isin(cases), "speaker"]) - {""}
    return Subject(frozenset([found]), {}, frozenset(cases), frozenset(labels))


def _names(document: str) -> set[str]:
    """What a document may be called elsewhere; its name without the ending only if that is no plain word."""
    path = PurePosixPath(document)
    return {path.name} if path.stem.isalpha() and path.stem.islower() else {path.name, path.stem}


def _theirs(turns: pd.DataFrame, subject: Subject) -> pd.Series:
    spoken = [
        document in subject.documents or key(speaker) in subject.speakers.get(document, frozenset())
        for document, speaker in zip(turns["document"], turns["speaker"], strict=True)
    ]
    return pd.Series(spoken, index=turns.index, dtype=bool)


def _transcripts(
    made: Plan, params: Params, subject: Subject, files: Mapping[str, Path], tables: Mapping[str, pd.DataFrame]
) -> dict[str, redact.Redacted]:
    """Plan the raw files; return those out of which turns are taken."""
    for document in sorted(subject.documents):
        made.deleted.append(files[document])
        made.lines.append(f"delete transcripts/{document}")
    people = participants.read(Places(made.study).participants)
    finder = Documents(files)
    redacted = {}
    for document, gone in sorted(subject.speakers.items()):
        listed = {
            key(person.speaker)
            for person in people
            if person.document in (ANY, document) or finder.find(person.document) == document
        }
        options = params.ingest
        labels = Labels(options.interviewer_labels, frozenset(listed - gone - {""}), options.min_label_count)
        redacted[document] = redact.redact(files[document].read_bytes(), document, set(gone), labels)
        made.written[files[document]] = redacted[document].data
        turns = tables["turns"][tables["turns"]["document"] == document]
        count = int(turns["speaker"].map(key).isin(gone).sum())
        made.lines.append(f"take {count} turns out of transcripts/{document}, each replaced by {redact.MARK}")
        if bool((turns["speaker"] == "").any()):
            made.nobody.append(document)
    return redacted


def _participants(made: Plan, subject: Subject, documents: list[str]) -> None:
    path = Places(made.study).participants
    gone = {person.line for person in participants.read(path) if _is_gone(person, subject, Documents(documents))}
    if gone:
        data, count = sheet_rows.edit(path.read_bytes(), lambda line, row: None if line in gone else row, comments=True)
        made.written[path] = data
        made.lines.append(f"take {count} rows out of participants.csv")


def _is_gone(person: Person, subject: Subject, names: Documents) -> bool:
    document = names.find(person.document)
    if person.document != ANY and document in subject.documents:
        return True
    if person.document == ANY:
        return person.case in subject.cases - {""} or person.speaker in subject.labels
    return person.case in subject.cases - {""} or key(person.speaker) in subject.speakers.get(document, frozenset())


def _human_codes(
    made: Plan, subject: Subject, redacted: Mapping[str, redact.Redacted], texts: Mapping[str, str]
) -> None:
    for path in ingest.source_files(Places(made.study).human_codes):
        where = path.relative_to(made.study).as_posix()
        if path.suffix.lower() != ".csv":
            if traces.holds(path.read_bytes(), made.needles):
                raise WithdrawError(
                    f"{where} holds their words or name, and cannot be changed by machine. Take them out in the "
                    "program it came from, export it again over this file (or remove it), and run this command again."
                )
            continue
        try:
            codings = {coding.row: coding for coding in codes_csv.read(path.read_bytes(), path.stem)}
            change = _change(codings, subject, redacted, texts, made.needles)
            data, count = sheet_rows.edit(path.read_bytes(), change)
        except RefusedError as error:
            raise WithdrawError(f"{where}: {error}") from None
        if count:
            made.written[path] = data
            made.lines.append(f"take out or move {count} rows of {where}")


def _change(
    codings: Mapping[str, Coding],
    subject: Subject,
    redacted: Mapping[str, redact.Redacted],
    texts: Mapping[str, str],
    wanted: traces.Needles,
) -> sheet_rows.Change:
    """What becomes of a row of human codes: gone, moved to where its passage lies now, or as it was."""
    placed, _ = placing.place(list(codings.values()), texts)
    spans = {one.coding.row: one for one in placed}
    names = Documents([*texts, *subject.documents])

    def change(line: int, row: dict[str, str]) -> dict[str, str] | None:
        if names.find(row.get("document", "")) in subject.documents:
            return None
        one = spans.get(f"line {line}")
        if one is not None and one.document in redacted:
            span = redacted[one.document].span(one.start, one.end)
            if span is None:
                return None
            row = _moved(row, redacted[one.document].text, span, (one.start, one.end), texts[one.document])
        aside = {name: redact.MARK for name, cell in row.items() if name not in PLACED and traces.quoted(cell, wanted)}
        # A row that could not be placed, but quotes them, is theirs.
        return None if one is None and traces.quoted(row.get("text", ""), wanted) else {**row, **aside}

    return change


def _moved(row: dict[str, str], text: str, span: tuple[int, int], old: tuple[int, int], before: str) -> dict[str, str]:
    """The row with its new place; its text changes only where part of the passage was theirs."""
    new = dict(row)
    if row.get("start", "").strip():
        new |= {"start": str(span[0]), "end": str(span[1])}
    if row.get("text", "").strip() and text[slice(*span)] != before[slice(*old)]:
        new["text"] = text[slice(*span)]
    return new


def _segments(params: Params, tables: Mapping[str, pd.DataFrame], subject: Subject, split: sentences.Split) -> set[str]:
    """The ids of their segments: as they would be cut now, and as the last run cut them."""
    options = params.segment.model_dump(exclude={"model"})
    found, _ = segment.segment(tables["documents"], tables["turns"], split=split, **options)
    frames = [found]
    if store.path(params.folder, "segments").exists():
        frames.append(store.read(params.folder, "segments"))
    return {str(name) for frame in frames for name in frame.loc[_theirs(frame, subject), "segment_id"]}
