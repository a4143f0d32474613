"""The study as it will be after an import: its texts, and who speaks in them."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from pipeline.commands.import_plan import Plan
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.corpus import document_names, participants, readers, sources, turn_rows
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript

# An import reads its texts once to see whether it can be carried out, and again to do so.
TEXTS_KEPT = 256


class Study:
    """A study with the texts that an import is going to write. Nothing is read before it is asked for."""

    def __init__(self, plan: Plan) -> None:
        """Take the plan, whose files among the transcripts count as written."""
        self._plan = plan
        self._labels = _labels()

    @cached_property
    def _people(self) -> list[participants.Person]:
        try:
            people = participants.read_participants(Places(self._plan.folder).participants)
        except CounterpointError:
            return []  # said where participants.csv is written
        return [one for one in people if not one.proposed]

    @cached_property
    def transcripts(self) -> dict[str, Transcript]:
        """The transcripts by document."""
        folder = Places(self._plan.folder).transcripts
        found = sources.read_transcripts(folder, self._people, self._labels).transcripts if folder.is_dir() else {}
        planned = {path: data for path, data in self._plan.files.items() if path.is_relative_to(folder)}
        return dict(found) | {
            name: transcript
            for path, data in planned.items()
            for name, transcript in _planned(path.relative_to(folder).as_posix(), data, self._labels).items()
        }

    @cached_property
    def turns(self) -> list[turn_rows.Turn]:
        """The turns of all documents, with guessed parts."""
        known, _ = participants.match_documents(self._people, sorted(self.transcripts))
        roles, _ = turn_rows.assigned_roles(self.transcripts, known, self._labels)
        return turn_rows.assigned(self.transcripts, roles)

    @property
    def texts(self) -> dict[str, str]:
        """The text of each document."""
        return {name: transcript.text for name, transcript in self.transcripts.items()}

    def find(self, name: str) -> str:
        """Return the document that a name refers to; the name itself if there is none."""
        return document_names.Documents(self.transcripts).find(name) or name

    def speakers(self, document: str) -> dict[str, str]:
        """Return the part of each speaker of a document, by label; `''` for words without a label."""
        return self._parts.get(document, {})

    @cached_property
    def _parts(self) -> dict[str, dict[str, str]]:
        parts: dict[str, dict[str, str]] = {}
        for turn in self.turns:
            parts.setdefault(turn.document, {})[turn.speaker] = turn.part
        return parts


def _planned(name: str, data: bytes, labels: Labels) -> Mapping[str, Transcript]:
    try:
        return {document_names.normal(name): _transcript(Path(name).suffix.lower(), data, labels)}
    except (RefusedError, KeyError):
        return {}  # ingest says why


@lru_cache(maxsize=TEXTS_KEPT)
def _transcript(suffix: str, data: bytes, labels: Labels) -> Transcript:
    return readers.TRANSCRIPTS[suffix](data, labels)


def _labels() -> Labels:
    """Return the labels of interviewers in params.yaml, or the usual ones where it cannot be read."""
    try:
        options = settings.load().ingest
    except (CounterpointError, OSError):
        options = settings.Ingest()
    return Labels(tuple(options.interviewer_labels), min_count=options.min_label_count)
