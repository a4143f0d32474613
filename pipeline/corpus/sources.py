"""Reads the transcripts of a study; what cannot be read is listed with the reason."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipeline.core.names import key
from pipeline.corpus import document_names, readers
from pipeline.corpus.participants import ANY, Person
from pipeline.corpus.readers import files
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript


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


def _listed(people: list[Person], documents: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return the keys of speakers that participants.csv lists, per document."""
    names = document_names.Documents(documents)
    listed: dict[str, set[str]] = defaultdict(set)
    for person in people:
        for document in documents if person.document == ANY else [names.find(person.document)]:
            listed[document] |= {key(person.speaker)} - {""}
    return listed
