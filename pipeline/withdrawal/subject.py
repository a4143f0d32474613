"""Find the participant or document to withdraw, under any spelling of its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from pipeline import ingest
from pipeline.core.errors import CounterpointError
from pipeline.core.names import key
from pipeline.core.params import Params
from pipeline.core.study_paths import Places
from pipeline.corpus import participants, sources
from pipeline.corpus.document_names import Documents, normal
from pipeline.corpus.participants import ANY, Person


class WithdrawError(CounterpointError):
    """A withdrawal cannot be carried out as asked; nothing was changed."""


@dataclass(frozen=True)
class Given:
    """A study's input: files by document, the tables that ingest makes, and participants.csv.

    `files` includes unreadable files, and is the same for all documents in one file; `names` finds documents by shorter
    names.
    """

    places: Places
    files: Mapping[str, Path]
    tables: Mapping[str, pd.DataFrame]
    people: list[Person]
    names: Documents

    @staticmethod
    def read(params: Params) -> "Given":
        """Read a study's folder; raise ParticipantsError if participants.csv contradicts itself."""
        places = params.places
        folder = places.transcripts
        files = {normal(path.relative_to(folder).as_posix()): path for path in sources.source_files(folder)}
        tables = ingest.ingest(params.folder, **params.ingest.model_dump())
        held = zip(tables["documents"]["document"], tables["documents"]["path"], strict=True)
        within = {document: name for document, path in held if (name := path.removeprefix("transcripts/")) != document}
        parts = {document: files[name] for document, name in within.items()}
        files = {name: path for name, path in files.items() if name not in within.values()} | parts
        return Given(places, files, tables, participants.read_participants(places.participants), Documents(files))

    @property
    def turns(self) -> pd.DataFrame:
        """The turns of all documents that could be read."""
        return self.tables["turns"]

    def beside(self, document: str) -> set[str]:
        """Return the documents in the same file, with the document itself."""
        return {name for name, path in self.files.items() if path == self.files[document]}

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of each document that could be read."""
        documents = self.tables["documents"]
        return dict(zip(documents["document"], documents["text"], strict=True))


@dataclass(frozen=True)
class Subject:
    """What is withdrawn.

    `documents`: whole documents; `speakers`: keys of the speakers to remove, by document shared with others; `cases`
    and `labels`: the names of the participants and their speaker labels.
    """

    documents: frozenset[str]
    speakers: Mapping[str, frozenset[str]]
    cases: frozenset[str]
    labels: frozenset[str]


def of_case(case: str, given: Given) -> Subject:
    """Return a participant by case name, in any spelling; their files may be unreadable.

    Raises WithdrawError if there is no such participant, or if an unreadable file also contains other people.
    """
    turns = given.turns
    all_cases = sorted({*turns["case"], *(person.case for person in given.people)} - {""})
    matching = [name for name in all_cases if name == case] or [name for name in all_cases if key(name) == key(case)]
    if len(matching) != 1:
        raise WithdrawError(
            f"There is no participant '{case}'. The participants are: {', '.join(all_cases) or 'none'}."
        )
    own_turns = turns[turns["case"] == matching[0]]
    whole_documents, partly = _unread(matching[0], given), {}
    for document, group in own_turns.groupby("document"):
        turns_of_document = turns[(turns["document"] == document) & (turns["case"] != "")]
        if set(turns_of_document["case"]) == {matching[0]}:
            whole_documents.add(str(document))
        else:
            partly[str(document)] = frozenset(key(speaker) for speaker in group["speaker"])
    listed = {person.speaker for person in given.people if person.case == matching[0]}
    labels = frozenset({*own_turns["speaker"], *listed}) - {""}
    return Subject(frozenset(whole_documents), partly, frozenset(matching), labels)


def _unread(case: str, given: Given) -> set[str]:
    """Return the unreadable documents in which, according to participants.csv, only this case speaks."""
    there: dict[str, set[str]] = {}
    for person in given.people:
        document = given.names.find(person.document) if person.document != ANY else ""
        if document and document not in given.texts and person.case:
            there.setdefault(document, set()).add(person.case)
    shared = sorted(document for document, cases in there.items() if case in cases and len(cases) > 1)
    if shared:
        raise WithdrawError(
            "\n".join(
                f"transcripts/{document} could not be read and also contains other people's words. Remove this "
                "participant's words in the program that wrote it, or save it in a supported format; then run this "
                "command again."
                for document in shared
            )
        )
    return {document for document, cases in there.items() if cases == {case}}


def of_document(document: str, given: Given) -> Subject:
    """Return a document by its path below transcripts/ or an unambiguous shorter name; raise WithdrawError if none."""
    path = given.names.find(document)
    if not path:
        known = ", ".join(given.files) or "none"
        raise WithdrawError(f"{given.names.reason(document)} The documents are: {known}.")
    turns_of_document = given.turns[given.turns["document"] == path]
    elsewhere = set(given.turns.loc[given.turns["document"] != path, "case"])
    cases = set(turns_of_document["case"]) - elsewhere - {""}
    labels = set(turns_of_document.loc[turns_of_document["case"].isin(cases), "speaker"]) - {""}
    return Subject(frozenset([path]), {}, frozenset(cases), frozenset(labels))
