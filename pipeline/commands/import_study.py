"""The study as it will be after an import: its texts, who speaks in them, and what people coded already."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.commands.import_plan import Plan
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.corpus import document_names, participants, readers, sources, turn_rows
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript


@dataclass(frozen=True)
class Study:
    """Transcripts by document, and the turns of all, with guessed parts."""

    transcripts: dict[str, Transcript]
    turns: list[turn_rows.Turn]

    @property
    def texts(self) -> dict[str, str]:
        """The text of each document."""
        return {name: transcript.text for name, transcript in self.transcripts.items()}

    def find(self, name: str) -> str:
        """Return the document that a name refers to; the name itself if there is none."""
        return document_names.Documents(self.transcripts).find(name) or name

    def speakers(self, document: str) -> dict[str, str]:
        """Return the part of each speaker of a document, by label; `''` for words without a label."""
        return {turn.speaker: turn.part for turn in self.turns if turn.document == document}


def after(plan: Plan) -> Study:
    """Return the study with the texts that an import is going to write."""
    labels = _labels()
    places = Places(plan.folder)
    try:
        people = [one for one in participants.read_participants(places.participants) if not one.proposed]
    except CounterpointError:
        people = []
    found = sources.read_transcripts(places.transcripts, people, labels) if places.transcripts.is_dir() else None
    transcripts = dict(found.transcripts) if found else {}
    for path, data in plan.files.items():
        if path.is_relative_to(places.transcripts):
            transcripts |= _planned(path, data, places.transcripts, labels)
    known, _ = participants.match_documents(people, sorted(transcripts))
    roles, _ = turn_rows.assigned_roles(transcripts, known, labels)
    return Study(transcripts, turn_rows.assigned(transcripts, roles))


def _planned(path: Path, data: bytes, folder: Path, labels: Labels) -> Mapping[str, Transcript]:
    name = document_names.normal(path.relative_to(folder).as_posix())
    try:
        return {name: readers.TRANSCRIPTS[path.suffix.lower()](data, labels)}
    except (RefusedError, KeyError):
        return {}  # ingest says why


def _labels() -> Labels:
    """Return the labels of interviewers in params.yaml, or the usual ones where it cannot be read."""
    try:
        options = settings.load().ingest
    except (CounterpointError, OSError):
        options = settings.Ingest()
    return Labels(tuple(options.interviewer_labels), min_count=options.min_label_count)
