"""`counterpoint import` of decisions files, edited framework matrices and completed handouts.

Nothing is overwritten: decisions and summaries are only added. Anything that conflicts with a later decision is listed
and left out.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.commands import handout_back, workbook
from pipeline.core import entry_files, prose, store, study_lock, yaml_files
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.study_paths import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.corpus.readers import files, guards
from pipeline.corpus.readers.model import RefusedError
from pipeline.decisions import audit_trail, deciding, ledger, screen
from pipeline.decisions.ledger import Decision
from pipeline.decisions.screen import Screen
from pipeline.reporting import written_summaries

DECISIONS, WORKBOOKS, HANDOUTS = (".yaml", ".yml", ".json"), (".xlsx",), (".docx",)
LARGEST = 20 * 2**20


class ReturnedError(CounterpointError):
    """The file cannot be imported; nothing was written."""


def comes_back(path: Path) -> bool:
    """Whether `run` reads a file: a decisions file, a handout, or the framework matrix as a workbook."""
    suffix = path.suffix.lower()
    return suffix in (*DECISIONS, *HANDOUTS) or (suffix in WORKBOOKS and path.exists() and workbook.is_ours(path))


def run(path: Path, study: Path, *, who: str = "", now: datetime | None = None) -> list[str]:
    """Import a decisions file, a completed handout, or a framework matrix edited by `who`; return messages.

    Raises CounterpointError, and writes nothing, if the file is invalid or no person is named.
    """
    try:
        guards.check_size(len(files.content(path, limit=LARGEST, follow=True)), limit=LARGEST)
        if path.suffix.lower() in DECISIONS:
            return _decisions(path, study)
        if path.suffix.lower() in HANDOUTS:
            return handout_back.take_in(path, study, who=who, now=now or datetime.now(UTC))
        return _workbook(path, study, who=who, now=now or datetime.now(UTC))
    except OSError as error:
        said = refused(error, doing="The import")
        raise said or ReturnedError(f"{error.filename or path} cannot be opened ({error.strerror}).") from None
    except RefusedError as error:
        raise ReturnedError(f"{path}: {error}") from None


def _decisions(path: Path, study: Path) -> list[str]:
    """Merge a decisions file into decisions.yaml: duplicates are skipped, conflicts are listed."""
    brought = ledger.load(path)
    if not brought:
        raise ReturnedError(f"{path} has no decisions. Make decisions in the report and save the file again.")
    known = _seen(path)
    segments = set(store.read(study, "segments")["segment_id"])
    named = {name for one in brought for name in (*one.members, *one.segments)}
    if named and not named & segments:
        raise ReturnedError(
            f"{path} belongs to another study: none of its segments is in {study}. Check `study` in params.yaml."
        )
    with study_lock.locked(study):
        taken = ledger.load(Places(study).decisions)
        there = {one.key: one for one in taken}
        new = [one for one in brought if one.key not in there]
        # Against what was decided meanwhile, not against the file's own decisions: those were taken knowingly.
        own = {one.key for one in brought}
        since = [one for one in ledger.standing(taken) if one.key not in known and one.key not in own]
        clashing = {one.key: other for one in new if (other := _contradicted(one, since)) is not None}
        added = [one for one in new if one.key not in clashing]
        if added:
            ledger.save(Places(study).decisions, [*taken, *added])
    labels = screen.read(study, taken).labels
    lines = [_said(len(added), len(brought) - len(new), study)]
    lines += [
        f"Left out: {path} and {Places(study).decisions} have different decisions with the id {one.key}. Change or "
        "remove the id of one of them."
        for one in brought
        if one.key in there and _said_in(one) != _said_in(there[one.key])
    ]
    said = {entry.decision: f"{entry.who} {entry.deed}" for entry in audit_trail.trail([*taken, *brought], labels)}
    for one in new:
        if one.key in clashing:
            other = clashing[one.key]
            lines.append(
                f"Conflict, left out: {said[one.key]}. Meanwhile, {said[other.key]} [{other.key}]. Open the current "
                "report and decide again."
            )
    return lines


def _said_in(one: Decision) -> dict[str, Any]:
    """The content of a decision without its segments, which may be fewer after a withdrawal."""
    return one.model_dump(exclude={"segments", "members", "documents", "answers"})


def _seen(path: Path) -> set[str]:
    """The ids of decisions the page knew when the file was saved; none for a file written by hand."""
    raw = yaml_files.read_yaml(path).value
    seen = raw.get("seen") or [] if isinstance(raw, dict) else []
    return {str(name) for name in seen} if isinstance(seen, list) else set()


def _contradicted(one: Decision, since: Sequence[Decision]) -> Decision | None:
    """A decision made meanwhile that conflicts with `one`, if any.

    Memos, pins and undos conflict with nothing; two decisions that accept, reject or give the same label agree.
    """
    if one.action in ("memo", "undo", "pin"):
        return None
    for other in since:
        if other.action in ("memo", "undo", "pin"):
            continue
        same = (one.action, one.theme) == (other.action, other.theme)
        agree = same and (one.action in ("accept", "reject") or (one.label, one.others) == (other.label, other.others))
        if not agree and (_themes(one) & _themes(other) or set(one.members) & set(other.members)):
            return other
    return None


def _themes(one: Decision) -> set[int]:
    return {theme for theme in (one.theme, *one.others) if theme is not None and theme != UNASSIGNED}


def _said(added: int, there: int, study: Path) -> str:
    number = f"{added} decision{'' if added == 1 else 's'}"
    again = f" {there} already existed." if there else ""
    run = " Run `counterpoint run` to see them in the report." if added else ""
    return f"Added {number} to {Places(study).decisions}.{again}{run}"


def _workbook(path: Path, study: Path, *, who: str, now: datetime) -> list[str]:
    """Import the cells, labels, decisions and memos that a person changed in a framework matrix."""
    if not who.strip():
        raise ReturnedError("Name the person who edited the workbook: --who NAME.")
    found = workbook.read(path)
    lines = [f"{path.name}: {found.place_of_changes()}."]
    with study_lock.locked(study):
        lines += _cells(found, study, who=who.strip(), now=now)
        lines += _labels(found, study, who=who.strip(), now=now)
    return lines


def _cells(found: workbook.Filled, study: Path, *, who: str, now: datetime) -> list[str]:
    """Add the changed cells to summaries.yaml; cells that changed since the workbook was made are conflicts."""
    conflicts: list[str] = []
    table = store.read(study, "framework_matrix")
    extractive = {(str(row.case), str(row.code)): (str(row.summary), str(row.state)) for row in table.itertuples()}
    before = written_summaries.load(Places(study).summaries)
    own = written_summaries.standing(before)
    added = []
    for cell in found.cells:
        place = (cell.case, cell.code)
        if place not in extractive:
            conflicts.append(_conflict(cell, "the cell is no longer in the matrix"))
            continue
        summary, state = extractive[place]
        there = own.get(place)
        shown = written_summaries.digest(there.summary if there else summary or workbook.SILENT[state])
        if shown == written_summaries.digest(cell.text):
            continue
        if shown != cell.origin:
            since = f"{there.who} wrote another summary on {there.when[:10]}" if there else "its passages changed"
            conflicts.append(_conflict(cell, f"{since}, after this workbook was made"))
            continue
        said = {"case": cell.case, "code": cell.code, "summary": cell.text, "of": written_summaries.digest(summary)}
        dated = {**said, "who": who, "when": now.strftime("%Y-%m-%dT%H:%M:%S")}
        added.append(entry_files.new_entry(written_summaries.Summary, dated, error=ReturnedError))
    if added:
        written_summaries.save(Places(study).summaries, [*before, *added])
    return (
        [f"Wrote {prose.count(len(added), 'cell')} by {who} to {Places(study).summaries}.", *conflicts]
        if added
        else conflicts
    )


def _conflict(cell: workbook.CellEdit, why: str) -> str:
    return f"Conflict, left out: {cell.case}, {cell.code}: {why}. Your text: {cell.text}"


def _labels(found: workbook.Filled, study: Path, *, who: str, now: datetime) -> list[str]:
    """Record the decisions of the sheet Themes, each tied to the current segments of its theme."""
    lines: list[str] = []
    before = ledger.load(Places(study).decisions)
    taken = list(before)
    for row in found.themes:
        shown = screen.read(study, taken)
        if row.theme not in set(shown.themes.values()) | set(shown.statuses):
            lines.append(f"Conflict, left out: theme {row.theme} no longer exists. Your label: {row.label}")
            continue
        wanted, conflicts = _wanted(row, shown)
        said = {(one.theme, one.text, one.who) for one in taken if one.action == "memo"}
        if row.memo and (row.theme, row.memo, who) not in said:
            wanted.append(("memo", [row.memo]))
        for action, rest in wanted:
            one = deciding.decided(screen.read(study, taken), taken, action, str(row.theme), rest, who=who, now=now)
            taken.append(one)
            lines.append(audit_trail.trail([one], shown.labels)[0].sentence)
        lines += conflicts
    if len(taken) > len(before):
        ledger.save(Places(study).decisions, taken)
    return lines


def _wanted(row: workbook.ThemeEdit, shown: Screen) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """The changes a row asks for (action and arguments), and its conflicts with decisions made meanwhile."""
    wanted: list[tuple[str, list[str]]] = []
    conflicts = []
    label = shown.labels.get(row.theme, "")
    if row.renamed and written_summaries.digest(label) != written_summaries.digest(row.label):
        if written_summaries.digest(label) == row.origin:
            wanted.append(("rename", [row.label]))
        else:
            conflicts.append(
                f"Conflict, left out: theme {row.theme} was renamed '{label}' after this workbook was made. "
                f"Your label: {row.label}"
            )
    now = shown.statuses.get(row.theme, "open").replace("open", "candidate")
    if row.decision and now != f"{row.decision}ed":
        if now == row.status:
            wanted.append((row.decision, []))
        else:
            conflicts.append(
                f"Conflict, left out: theme {row.theme} was {now} after this workbook was made. Your decision: "
                f"{row.decision}"
            )
    return wanted, conflicts
