"""`counterpoint check`: reads a study as the pipeline does and reports every problem at once."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipeline import ingest
from pipeline.commands import exposed, overview_lines, speakers
from pipeline.core import languages, prose, study_folder, study_template, withdrawal_state, yaml_files
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.core.table_rows import each
from pipeline.corpus import guide_file, overview, participants, proposals, speaker_table, taken
from pipeline.corpus.overview import Overview
from pipeline.corpus.participants import Person
from pipeline.corpus.readers import files
from pipeline.corpus.readers.model import RefusedError
from pipeline.decisions import alternative_readings, before_themes, ledger, reading_ledger, reflexivity
from pipeline.deductive import codebook
from pipeline.reporting import written_summaries

KINDS = {"refused": "LEFT OUT", "guessed": "guessed", "note": "note"}
# Of problems that say the same, so many are listed.
ALIKE = 4
# What differs between problems that say the same: names in quotation marks, numbers.
_DIFFERS = re.compile("'[^']*'|“[^”]*”|[0-9]+")


@dataclass
class Findings:
    """The lines to print, and whether anything prevents a run or was left out of it.

    `documents`: what was read, to be laid out above the lines.
    """

    lines: list[str] = field(default_factory=list)
    refused: bool = False
    documents: list[Overview] = field(default_factory=list)

    def refuse(self, error: CounterpointError) -> None:
        """Add an error, one line per problem."""
        self.lines += [f"PROBLEM: {line}" for line in str(error).splitlines()]
        self.refused = True


def check(folder: Path | None, *, params_path: Path = Path("params.yaml"), whole: bool = False) -> Findings:
    """Check a study (default: the one in params.yaml) and return all findings. Writes nothing.

    `whole`: list also what was said of many files alike.
    """
    found = Findings()
    named, options = _settings(found, params_path)
    folder = folder or named
    if folder is None:
        return found
    try:
        study_folder.checked(folder)
    except CounterpointError as error:
        if not (found.refused and folder == named):  # said already, with its line in params.yaml
            found.refuse(error)
        return found
    if said := withdrawal_state.unfinished(folder):
        found.refuse(withdrawal_state.UnfinishedError(said))
    _git(found, folder)
    _codebook_and_decisions(found, folder)
    people = _people(found, folder)
    try:
        study_template.exists(folder)
    except CounterpointError as error:
        found.refuse(error)
        return found
    tables = ingest.ingest(folder, **options.model_dump(), people=people)
    found.documents = overview.overviews(tables)
    _tables(found, tables, whole=whole)
    _imports(found, tables["imports"])
    _to_confirm(found, people, tables)
    _codes_beyond(found, folder, tables["codings"])
    _headings(found, folder, tables["codings"])
    ready = f"{folder} is ready. Run `counterpoint run`."
    found.lines.append("Fix the problems above, then run `counterpoint check` again." if found.refused else ready)
    return found


def _settings(found: Findings, path: Path) -> tuple[Path | None, settings.Ingest]:
    """Return the study's folder and the settings of ingest; as far as they are there if other settings are wrong."""
    try:
        params = settings.load(path)
    except CounterpointError as error:
        found.refuse(error)
        return _usable_settings(path)
    try:
        settings.load(path, current=True)
    except CounterpointError as error:
        found.refuse(error)
    return params.folder, params.ingest


def _usable_settings(path: Path) -> tuple[Path | None, settings.Ingest]:
    try:
        raw = yaml_files.read_yaml(path, typed=True, largest=settings.LARGEST).value
    except (CounterpointError, OSError):
        return None, settings.Ingest()
    named = raw.get("study") if isinstance(raw, dict) else None
    own = raw.get("ingest") if isinstance(raw, dict) else None
    try:
        options = settings.Ingest(**own) if isinstance(own, dict) else settings.Ingest()
    except (TypeError, ValueError):
        options = settings.Ingest()
    return Path(named) if isinstance(named, str) and named else None, options


def _people(found: Findings, folder: Path) -> list[Person]:
    """The usable rows of participants.csv, so that its errors do not hide other problems."""
    place = Places(folder).participants
    if not place.exists() and not place.is_symlink():
        return []
    try:
        people, problems = participants.usable_rows(files.content(place), place=str(place))
    except RefusedError as error:
        found.refuse(CounterpointError(f"{place}: {error}"))
    except CounterpointError as error:
        found.refuse(error)
    else:
        if problems:
            found.refuse(CounterpointError("\n".join(problems)))
        return people
    found.lines.append(f"note: without {place.name}, speakers are shown below as they would be guessed.")
    return []


def _codebook_and_decisions(found: Findings, folder: Path) -> None:
    places = Places(folder)
    read: tuple[tuple[Callable[[Path], object], Path], ...] = (
        (codebook.load_codebook, places.codebook),
        (ledger.load, places.decisions),
        (guide_file.load, places.guide),
        (written_summaries.load, places.summaries),
        (reading_ledger.load, places.passages_read),
        (alternative_readings.load, places.interpretations),
        (reflexivity.load, places.reflexivity),
        (before_themes.load, places.notes_before_themes),
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


def _tables(found: Findings, tables: Mapping[str, pd.DataFrame], *, whole: bool) -> None:
    documents, turns, problems = tables["documents"], tables["turns"], tables["ingest_problems"]
    types = [prose.source(kind, count) for kind, count in sorted(Counter(documents["source_type"]).items())]
    listed = f" ({', '.join(types)})" if types else ""
    words = prose.count(int(documents["n_words"].sum()), "word")
    own = speaker_table.words_by(tables["speakers"], documents).get("participant", 0)
    found.lines.append(f"{prose.count(len(documents), 'document')}{listed}, {words} ({own:,} by participants).")
    participating = int(turns.loc[turns["part"] == "participant", "case"].nunique())
    counted = {"participant": participating, "turn": len(turns), "coding": len(tables["codings"])}
    found.lines.append(f"{', '.join(prose.count(number, noun) for noun, number in counted.items())}.")
    found.lines += [said for said in [overview_lines.interviewers(found.documents)] if said]
    found.lines += [f"Language: {line}" for line in languages.summary(documents)]
    found.lines += summed_up(problems, shown={one.document for one in found.documents}, whole=whole)
    if documents.empty:
        found.lines.append("PROBLEM: no readable transcripts. Add transcripts to transcripts/.")
    found.refused |= documents.empty or bool((problems["kind"] == "refused").any())


def _imports(found: Findings, imports: pd.DataFrame) -> None:
    """Say what imports left out, file by file."""
    for file, rows in imports.groupby("file"):
        if (rows["left"] > 0).any():
            found.lines.append(f"note: what the import of {file} took and left:")
            found.lines += taken.sentences(taken.Taken(*row) for row in rows.itertuples(index=False, name=None))


def summed_up(problems: pd.DataFrame, *, shown: Collection[str] = (), whole: bool = False) -> list[str]:
    """Return a line for each problem; of more than ALIKE that say the same, the first ones and how many follow.

    `shown`: documents whose guesses are shown elsewhere.
    """
    alike: dict[tuple[str, str, bool], list[str]] = {}
    for row in each(problems):
        of_talk = not row.place.startswith(overview.CODES)
        if row.kind == "guessed" and of_talk and row.document in shown:
            continue
        where = ", ".join(part for part in (row.document, row.place) if part)
        same = (row.kind, _DIFFERS.sub("'", row.reason.replace(row.document or "\0", "'")), of_talk)
        alike.setdefault(same, []).append(f"{KINDS[row.kind]}: {where}: {row.reason}")
    return [line for (kind, *_), rows in alike.items() for line in _first(KINDS[kind], rows, whole=whole)]


def _first(kind: str, rows: list[str], *, whole: bool) -> Iterable[str]:
    if whole or len(rows) <= ALIKE:
        return rows
    more = prose.count(len(rows) - ALIKE + 1, "more like this", "more like these")
    return [*rows[: ALIKE - 1], f"{kind}: {more}. To list them: counterpoint check --all"]


def _to_confirm(found: Findings, people: list[Person], tables: Mapping[str, pd.DataFrame]) -> None:
    """Say what waits to be confirmed, or how guesses on speakers without a row are."""
    waiting = [person.line for person in people if person.proposed]
    if waiting:
        rows = prose.count(len(waiting), "row of participants.csv is", "rows of participants.csv are")
        found.lines.append(f"note: {rows} not confirmed ({proposals.lines(waiting)}).")
    elif any(one.questions for one in found.documents) and speakers.unlisted(tables, people)[0]:
        found.lines.append(
            "note: to confirm or correct who speaks, run `counterpoint speakers` and open participants.csv in Excel."
        )


def _codes_beyond(found: Findings, folder: Path, codings: pd.DataFrame) -> None:
    """Note human codes that are not in the codebook: not an error, but useful to know before a run."""
    path = Places(folder).codebook
    if codings.empty or not path.exists():
        return
    try:
        book = codebook.load_codebook(path)
    except CounterpointError:
        return  # already reported
    missing = sorted(set(codings["code"]) - set(book.names)) if len(book) else []
    applied = [code.name for code in book.codes if not code.codable and code.name in set(codings["code"])]
    if applied:
        found.lines.append(
            f"note: {path} says codable: false of codes that human_codes/ applies: {', '.join(applied)}. Take that "
            "line away, or code these passages with a code below them."
        )
    if missing:
        found.lines.append(f"note: codes in human_codes/ that are not in {path}: {', '.join(missing)}.")


def _headings(found: Findings, folder: Path, codings: pd.DataFrame) -> None:
    """Note codes that may only be headings: over others, without a definition, and applied by nobody."""
    path = Places(folder).codebook
    try:
        book = codebook.load_codebook(path)
    except CounterpointError:
        return  # already reported
    over, applied = {code.parent for code in book.codes}, set(codings["code"])
    bare = [code.name for code in book.codes if code.codable and not code.is_described and code.name in over - applied]
    if bare:
        found.lines.append(
            f"note: codes over others, without a definition, that nobody applied: {', '.join(bare)}. Those that are "
            f"only headings need `codable: false` in {path}; else passages are mapped to them by their names alone."
        )
