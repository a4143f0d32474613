"""Withdrawal from researchers' files: decisions, the reading ledger, summaries, readings, the guide."""

from collections.abc import Mapping, Set
from pathlib import Path

from pipeline.core import prose
from pipeline.core.names import key
from pipeline.core.study_paths import Places
from pipeline.corpus import guide_file
from pipeline.corpus.document_names import normal
from pipeline.corpus.guide_file import Question
from pipeline.decisions import alternative_readings, before_themes, reading_ledger
from pipeline.decisions import ledger as decisions
from pipeline.decisions.alternative_readings import Reading
from pipeline.decisions.before_themes import Note
from pipeline.decisions.ledger import NEEDS, Decision
from pipeline.reporting import written_summaries
from pipeline.withdrawal import redaction
from pipeline.withdrawal.search_terms import Needles
from pipeline.withdrawal.table_rows import quoted

# A file with its new content, and a message on what is removed.
Change = tuple[Path, str, str]


def changes(study: Path, *, ids: Mapping[str, Set[str]], needles: Needles) -> tuple[dict[Path, bytes], list[str]]:
    """The files to change with their new content, and a message on each; nothing is written.

    `ids`: what is withdrawn: segments, documents, cases and speaker labels; `needles`: their words and names.
    """
    places = Places(study)
    found = (
        _decisions(places.decisions, ids),
        _summaries(places.summaries, ids),
        _passages_read(places.passages_read, ids),
        _interpretations(places.interpretations, ids, needles),
        _guide(places.guide, needles),
        _notes(places.notes_before_themes, ids, needles),
    )
    made = [change for change in found if change]
    return {path: text.encode() for path, text, _ in made}, [line for *_, line in made]


def _decisions(path: Path, ids: Mapping[str, Set[str]]) -> Change | None:
    before = decisions.load(path)
    after = without(before, set(ids["segments"]), set(ids["documents"]))
    if after == before:
        return None
    n_removed = len(before) - len(after)
    changed = prose.count(n_removed + sum(decision not in before for decision in after), "decision")
    return path, decisions.dump(after), f"remove their ids from {changed} ({n_removed} of them entirely)"


def _summaries(path: Path, ids: Mapping[str, Set[str]]) -> Change | None:
    cases, before = {key(case) for case in ids["cases"]}, written_summaries.load(path)
    after = [one for one in before if key(one.case) not in cases and normal(one.case) not in ids["documents"]]
    if len(after) == len(before):
        return None
    return path, written_summaries.dump(after), _lines_removed(path, len(before) - len(after))


def _passages_read(path: Path, ids: Mapping[str, Set[str]]) -> Change | None:
    before = reading_ledger.load(path)
    after = [read for read in before if read.segment not in ids["segments"]]
    if len(after) == len(before):
        return None
    return path, reading_ledger.dump(after), _lines_removed(path, len(before) - len(after))


def _interpretations(path: Path, ids: Mapping[str, Set[str]], needles: Needles) -> Change | None:
    before = alternative_readings.load(path)
    after = unquoted(before, ids["cases"] | ids["labels"], needles)
    if after == before:
        return None
    quoting = sum(reading not in before for reading in after)
    said = f"{_lines_removed(path, len(before) - len(after))}, and their words from {quoting}"
    return path, alternative_readings.dump(after), said


def _guide(path: Path, needles: Needles) -> Change | None:
    before = guide_file.load(path)
    after = unasked(before, needles)
    if after == before:
        return None
    removed = sum(len(entry.wordings) for entry in before) - sum(len(entry.wordings) for entry in after)
    return path, guide_file.dump(after), f"remove {prose.count(removed, 'wording')} from {path.name}"


def _notes(path: Path, ids: Mapping[str, Set[str]], needles: Needles) -> Change | None:
    before = before_themes.load(path)
    after = [_without_words(note, needles) for note in before if normal(note.document) not in ids["documents"]]
    if after == before:
        return None
    quoting = sum(note not in before for note in after)
    said = f"{_lines_removed(path, len(before) - len(after))}, and their words from {quoting}"
    return path, before_themes.dump(after), said


def _lines_removed(path: Path, number: int) -> str:
    return f"remove {prose.count(number, 'line')} from {path.name}"


def _without_words(note: Note, needles: Needles) -> Note:
    return note.model_copy(update={"text": redaction.MARK}) if quoted(note.text, needles) else note


def unasked(guide: list[Question], needles: Needles) -> list[Question]:
    """Questions without the wordings that only they were asked in; one with no wording left is removed."""
    remaining = []
    for entry in guide:
        kept = [words for words in entry.wordings if not quoted(words, needles)]
        if len(kept) == len(entry.wordings):
            remaining.append(entry)
        elif kept:
            remaining.append(entry.model_copy(update={"question": kept[0], "also": tuple(kept[1:])}))
    return remaining


def unquoted(readings: list[Reading], names: Set[str], needles: Needles) -> list[Reading]:
    """Readings without those by people with these names; answers that quote them are replaced by the mark."""
    removed_names = {key(name) for name in names}
    return [_unquoted(reading, needles) for reading in readings if key(reading.who) not in removed_names]


def _unquoted(reading: Reading, needles: Needles) -> Reading:
    quoting = [name for name in (*alternative_readings.ANSWERS, "label") if quoted(getattr(reading, name), needles)]
    return reading.model_copy(update=dict.fromkeys(quoting, redaction.MARK)) if quoting else reading


def without(all_decisions: list[Decision], segments: set[str], documents: set[str]) -> list[Decision]:
    """Decisions without some segments and documents; incomplete decisions are removed, together with their undo."""
    remaining = []
    for decision in all_decisions:
        fields = {
            "segments": tuple(name for name in decision.segments if name not in segments),
            "members": tuple(name for name in decision.members if name not in segments),
            "documents": tuple(name for name in decision.documents if normal(name) not in documents),
        }
        if not ("segments" in NEEDS[decision.action] and not fields["segments"]):
            remaining.append(decision.model_copy(update=fields))
    while True:
        keys = {decision.key for decision in remaining}
        consistent = [decision for decision in remaining if decision.action != "undo" or decision.undoes in keys]
        if len(consistent) == len(remaining):
            return remaining
        remaining = consistent
