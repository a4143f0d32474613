"""`counterpoint check`: reads a study as the pipeline does and reports every problem at once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipeline import ingest
from pipeline.commands import exposed
from pipeline.core import languages, study_folder, study_template, withdrawal_state
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.corpus import participants
from pipeline.corpus.participants import Person
from pipeline.decisions import alternative_readings, ledger, reading_ledger
from pipeline.deductive import codebook
from pipeline.reporting import written_summaries

KINDS = {"refused": "LEFT OUT", "guessed": "guessed", "note": "note"}


@dataclass
class Findings:
    """The lines to print, and whether anything prevents a run or was left out of it."""

    lines: list[str] = field(default_factory=list)
    refused: bool = False

    def refuse(self, error: CounterpointError) -> None:
        """Add an error, one line per problem."""
        self.lines += [f"PROBLEM: {line}" for line in str(error).splitlines()]
        self.refused = True


def check(folder: Path | None, *, params_path: Path = Path("params.yaml")) -> Findings:
    """Check a study (default: the one in params.yaml) and return all findings. Writes nothing."""
    found = Findings()
    options = settings.Ingest()
    try:
        params = settings.load(params_path)
        options = params.ingest
        folder = folder or params.folder
        settings.load(params_path, current=True)
    except CounterpointError as error:
        found.refuse(error)
    if folder is None:
        return found
    try:
        study_folder.checked(folder)
    except CounterpointError as error:
        found.refuse(error)
        return found
    if said := withdrawal_state.unfinished(folder):
        found.refuse(withdrawal_state.UnfinishedError(said))
    _git(found, folder)
    _codebook_and_decisions(found, folder)
    try:
        study_template.exists(folder)
    except CounterpointError as error:
        found.refuse(error)
        return found
    tables = ingest.ingest(folder, **options.model_dump(), people=_people(found, folder))
    _tables(found, tables)
    _codes_beyond(found, folder, tables["codings"])
    ready = f"{folder} is ready. Run `counterpoint run`."
    found.lines.append("Fix the problems above, then run `counterpoint check` again." if found.refused else ready)
    return found


def _people(found: Findings, folder: Path) -> list[Person]:
    """The participants; none if participants.csv has errors, so that other problems are still reported."""
    try:
        return participants.read_participants(Places(folder).participants)
    except CounterpointError as error:
        found.refuse(error)
        return []


def _codebook_and_decisions(found: Findings, folder: Path) -> None:
    places = Places(folder)
    read: tuple[tuple[Callable[[Path], object], Path], ...] = (
        (codebook.load_codebook, places.codebook),
        (ledger.load, places.decisions),
        (written_summaries.load, places.summaries),
        (reading_ledger.load, places.reading),
        (alternative_readings.load, places.readings),
    )
    for load, file in read:
        try:
            if file.exists():
                load(file)
        except CounterpointError as error:
            found.refuse(error)


def _git(found: Findings, folder: Path) -> None:
    """Report private files of the study that Git tracks or would add."""
    seen = exposed.exposed(Places(folder))
    found.lines += [f"PROBLEM: {line}" for line in seen.problems] + [f"note: {line}" for line in seen.notes]
    found.refused |= bool(seen.problems)


def _tables(found: Findings, tables: dict[str, pd.DataFrame]) -> None:
    documents, turns = tables["documents"], tables["turns"]
    types = ", ".join(
        f"{count} {str(kind).replace('_', ' ')}" for kind, count in sorted(Counter(documents["source_type"]).items())
    )
    found.lines.append(f"{len(documents)} documents ({types or 'none'}), {documents['n_words'].sum():,} words.")
    people = turns[turns["part"] == "participant"]
    found.lines.append(
        f"{people['case'].nunique()} participants, {len(turns)} turns, {len(tables['codings'])} codings."
    )
    found.lines += [f"Language: {line}" for line in languages.summary(documents)]
    for row in tables["ingest_problems"].itertuples():
        where = ", ".join(part for part in (str(row.document), str(row.place)) if part)
        found.lines.append(f"{KINDS[str(row.kind)]}: {where}: {row.reason}")
    if documents.empty:
        found.lines.append("PROBLEM: no readable transcripts. Add transcripts to transcripts/.")
    found.refused |= documents.empty or bool((tables["ingest_problems"]["kind"] == "refused").any())


def _codes_beyond(found: Findings, folder: Path, codings: pd.DataFrame) -> None:
    """Note human codes that are not in the codebook: not an error, but useful to know before a run."""
    path = Places(folder).codebook
    if found.refused or codings.empty or not path.exists():
        return
    known = codebook.load_codebook(path).names
    missing = sorted(set(codings["code"]) - set(known)) if known else []
    if missing:
        found.lines.append(f"note: codes in human_codes/ that are not in {path}: {', '.join(missing)}.")
