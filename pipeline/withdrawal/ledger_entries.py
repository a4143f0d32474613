"""Withdrawal from researchers' files: decisions, the reading ledger, written summaries and readings."""

from collections.abc import Mapping, Set
from pathlib import Path

from pipeline.core import prose
from pipeline.core.names import key
from pipeline.core.study_paths import Places
from pipeline.corpus.document_names import normal
from pipeline.decisions import alternative_readings, reading_ledger
from pipeline.decisions import ledger as decisions
from pipeline.decisions.alternative_readings import Reading
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
    taken = decisions.load(path)
    left = without(taken, set(segments), set(documents))
    if left != taken:
        files[path] = decisions.dump(left).encode()
        changed = len(taken) - len(left) + sum(decision not in taken for decision in left)
        whole = len(taken) - len(left)
        lines.append(f"remove their ids from {prose.count(changed, 'decision')} ({whole} of them entirely)")
    path = Places(study).summaries
    said = written_summaries.load(path)
    kept_cells = [one for one in said if key(one.case) not in cases and normal(one.case) not in documents]
    if len(kept_cells) < len(said):
        files[path] = written_summaries.dump(kept_cells).encode()
        lines.append(f"remove {prose.count(len(said) - len(kept_cells), 'line')} from {path.name}")
    path = Places(study).reading
    ledger = reading_ledger.load(path)
    kept = [read for read in ledger if read.segment not in segments]
    if len(kept) < len(ledger):
        files[path] = reading_ledger.dump(kept).encode()
        lines.append(f"remove {prose.count(len(ledger) - len(kept), 'line')} from {path.name}")
    path = Places(study).readings
    there = alternative_readings.load(path)
    others = unquoted(there, ids["cases"] | ids["labels"], needles)
    if others != there:
        files[path] = alternative_readings.dump(others).encode()
        quoting = sum(one not in there for one in others)
        lines.append(
            f"remove {prose.count(len(there) - len(others), 'line')} from {path.name}, and their words from {quoting}"
        )
    return files, lines


def unquoted(there: list[Reading], names: Set[str], wanted: Needles) -> list[Reading]:
    """Readings without those by people with these names; answers that quote them are replaced by the mark."""
    gone = {key(name) for name in names}
    return [_unquoted(one, wanted) for one in there if key(one.who) not in gone]


def _unquoted(one: Reading, wanted: Needles) -> Reading:
    quoting = [name for name in (*alternative_readings.ANSWERS, "label") if quoted(getattr(one, name), wanted)]
    return one.model_copy(update=dict.fromkeys(quoting, redaction.MARK)) if quoting else one


def without(taken: list[Decision], segments: set[str], documents: set[str]) -> list[Decision]:
    """Decisions without some segments and documents; incomplete decisions are removed, together with their undo."""
    left = []
    for decision in taken:
        fields = {
            "segments": tuple(name for name in decision.segments if name not in segments),
            "members": tuple(name for name in decision.members if name not in segments),
            "documents": tuple(name for name in decision.documents if normal(name) not in documents),
        }
        if not ("segments" in NEEDS[decision.action] and not fields["segments"]):
            left.append(decision.model_copy(update=fields))
    while True:
        keys = {decision.key for decision in left}
        kept = [decision for decision in left if decision.action != "undo" or decision.undoes in keys]
        if len(kept) == len(left):
            return left
        left = kept
