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


def changes(study: Path, *, ids: Mapping[str, Set[str]], needles: Needles) -> tuple[dict[Path, bytes], list[str]]:
    """The files to change with their new content, and a message on each; nothing is written.

    `ids`: what is withdrawn: segments, documents, cases and speaker labels; `needles`: their words and names.
    """
    segments, documents, cases = ids["segments"], ids["documents"], {key(case) for case in ids["cases"]}
    files: dict[Path, bytes] = {}
    lines: list[str] = []
    path = Places(study).decisions
    all_decisions = decisions.load(path)
    remaining_decisions = without(all_decisions, set(segments), set(documents))
    if remaining_decisions != all_decisions:
        files[path] = decisions.dump(remaining_decisions).encode()
        changed = (
            len(all_decisions)
            - len(remaining_decisions)
            + sum(decision not in all_decisions for decision in remaining_decisions)
        )
        n_removed = len(all_decisions) - len(remaining_decisions)
        lines.append(f"remove their ids from {prose.count(changed, 'decision')} ({n_removed} of them entirely)")
    path = Places(study).summaries
    summaries = written_summaries.load(path)
    kept_cells = [entry for entry in summaries if key(entry.case) not in cases and normal(entry.case) not in documents]
    if len(kept_cells) < len(summaries):
        files[path] = written_summaries.dump(kept_cells).encode()
        lines.append(f"remove {prose.count(len(summaries) - len(kept_cells), 'line')} from {path.name}")
    path = Places(study).passages_read
    ledger = reading_ledger.load(path)
    remaining_ledger = [read for read in ledger if read.segment not in segments]
    if len(remaining_ledger) < len(ledger):
        files[path] = reading_ledger.dump(remaining_ledger).encode()
        lines.append(f"remove {prose.count(len(ledger) - len(remaining_ledger), 'line')} from {path.name}")
    path = Places(study).interpretations
    readings = alternative_readings.load(path)
    remaining_readings = unquoted(readings, ids["cases"] | ids["labels"], needles)
    if remaining_readings != readings:
        files[path] = alternative_readings.dump(remaining_readings).encode()
        quoting = sum(entry not in readings for entry in remaining_readings)
        lines.append(
            f"remove {prose.count(len(readings) - len(remaining_readings), 'line')} from {path.name}, and their "
            f"words from {quoting}"
        )
    path = Places(study).guide
    guide = guide_file.load(path)
    remaining_guide = unasked(guide, needles)
    if remaining_guide != guide:
        files[path] = guide_file.dump(remaining_guide).encode()
        removed = sum(len(entry.wordings) for entry in guide) - sum(len(entry.wordings) for entry in remaining_guide)
        lines.append(f"remove {prose.count(removed, 'wording')} from {path.name}")
    path = Places(study).notes_before_themes
    notes = before_themes.load(path)
    remaining_notes = [_without_words(note, needles) for note in notes if normal(note.document) not in documents]
    if remaining_notes != notes:
        files[path] = before_themes.dump(remaining_notes).encode()
        quoting = sum(note not in notes for note in remaining_notes)
        lines.append(
            f"remove {prose.count(len(notes) - len(remaining_notes), 'line')} from {path.name}, and their words from "
            f"{quoting}"
        )
    return files, lines


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
