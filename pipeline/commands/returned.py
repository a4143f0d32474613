"""`counterpoint import` of what people completed: decisions files, framework matrices, handouts, coding sheets.

Nothing is overwritten: decisions, summaries and codings are only added. Anything that conflicts with a later decision
is listed and left out.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.commands import handout_back, import_documents, sheets_back, workbook
from pipeline.core import entry_files, prose, store, study_lock, yaml_files
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.study_paths import Places
from pipeline.core.terms import UNASSIGNED, Uncoded
from pipeline.corpus.readers import files, guards
from pipeline.corpus.readers.model import RefusedError
from pipeline.decisions import audit_trail, deciding, ledger, screen
from pipeline.decisions.ledger import Decision
from pipeline.decisions.screen import Screen
from pipeline.reporting import written_summaries

DECISIONS, WORKBOOKS, HANDOUTS = (".yaml", ".yml", ".json"), (".xlsx",), (".docx", ".odt")
LARGEST = 20 * 2**20


class ReturnedError(CounterpointError):
    """The file cannot be imported; nothing was written."""


def comes_back(path: Path) -> bool:
    """Whether `run` reads a file: a decisions file, a handout, a coding sheet, or the framework matrix."""
    suffix = path.suffix.lower()
    if suffix in HANDOUTS:
        return import_documents.kind(path) in ("handout", "")
    if suffix in DECISIONS:
        return not _is_codebook(path)
    if suffix in WORKBOOKS and path.exists() and workbook.is_ours(path):
        return True
    return sheets_back.is_sheet(path)


def _is_codebook(path: Path) -> bool:
    """Whether a file is the codebook of a study."""
    try:
        held = yaml_files.read_yaml(path, largest=LARGEST).value
    except (CounterpointError, OSError):
        return False
    return isinstance(held, dict) and "codes" in held and "decisions" not in held


def names_its_own(path: Path) -> bool:
    """Whether a file says who completed it: the person who imports a handout or a sheet is seldom that one."""
    return path.suffix.lower() in HANDOUTS or sheets_back.is_sheet(path)


def run(
    path: Path, study: Path, *, who: str = "", uncoded: Uncoded = "negative", now: datetime | None = None
) -> list[str]:
    """Import a decisions file, a handout, a coding sheet, or a framework matrix edited by `who`; return messages.

    `who`: for handouts and sheets, who completed them, if they do not say so. `uncoded`: see `params.Params`.

    Raises CounterpointError, and writes nothing, if the file is invalid or no person is named.
    """
    try:
        guards.check_size(len(files.content(path, limit=LARGEST, follow=True)), limit=LARGEST)
        if path.suffix.lower() in DECISIONS:
            return _decisions(path, study)
        if path.suffix.lower() in HANDOUTS:
            return handout_back.take_in(path, study, who=who, now=now or datetime.now(UTC))
        if sheets_back.is_sheet(path):
            return sheets_back.take_in(study, path, coder=who, uncoded=uncoded).lines
        return _workbook(path, study, who=who, now=now or datetime.now(UTC))
    except OSError as error:
        problem = refused(error, doing="The import")
        raise problem or ReturnedError(f"{error.filename or path} cannot be opened ({error.strerror}).") from None
    except RefusedError as error:
        raise ReturnedError(f"{path}: {error}") from None


def _decisions(path: Path, study: Path) -> list[str]:
    """Merge a decisions file into decisions.yaml: duplicates are skipped, conflicts are listed."""
    offered = ledger.load(path)
    if not offered:
        raise ReturnedError(f"{path} has no decisions. Make decisions in the report and save the file again.")
    seen_ids = _seen_ids(path)
    segments = set(store.read(study, "segments")["segment_id"])
    named = {name for decision in offered for name in (*decision.members, *decision.segments)}
    if named and not named & segments:
        raise ReturnedError(
            f"{path} belongs to another study: none of its segments is in {study}. Check `study` in params.yaml."
        )
    with study_lock.locked(study):
        decisions = ledger.load(Places(study).decisions)
        by_id = {decision.key: decision for decision in decisions}
        new = [decision for decision in offered if decision.key not in by_id]
        # Against what was decided meanwhile, not against the file's own decisions: those were taken knowingly.
        own_ids = {decision.key for decision in offered}
        decided_since = [
            decision
            for decision in ledger.standing(decisions)
            if decision.key not in seen_ids and decision.key not in own_ids
        ]
        clashing = {
            decision.key: other for decision in new if (other := _contradicted(decision, decided_since)) is not None
        }
        added = [decision for decision in new if decision.key not in clashing]
        if added:
            ledger.save(Places(study).decisions, [*decisions, *added])
    labels = screen.read(study, decisions).labels
    lines = [_said(len(added), len(offered) - len(new), study)]
    lines += [
        f"Left out: {path} and {Places(study).decisions} have different decisions with the id {decision.key}. "
        "Change or "
        "remove the id of one of them."
        for decision in offered
        if decision.key in by_id and _content_of(decision) != _content_of(by_id[decision.key])
    ]
    deed_of = {
        entry.decision: f"{entry.who} {entry.deed}" for entry in audit_trail.trail([*decisions, *offered], labels)
    }
    for decision in new:
        if decision.key in clashing:
            other = clashing[decision.key]
            lines.append(
                f"Conflict, left out: {deed_of[decision.key]}. Meanwhile, {deed_of[other.key]} [{other.key}]. Open "
                "the current "
                "report and decide again."
            )
    return lines


def _content_of(decision: Decision) -> dict[str, Any]:
    """The content of a decision without its segments, which may be fewer after a withdrawal."""
    return decision.model_dump(exclude={"segments", "members", "documents", "answers"})


def _seen_ids(path: Path) -> set[str]:
    """The ids of decisions the page knew when the file was saved; none for a file written by hand."""
    raw = yaml_files.read_yaml(path).value
    seen_ids = raw.get("seen") or [] if isinstance(raw, dict) else []
    return {str(name) for name in seen_ids} if isinstance(seen_ids, list) else set()


def _contradicted(decision: Decision, decided_since: Sequence[Decision]) -> Decision | None:
    """A decision made meanwhile that conflicts with `decision`, if any.

    Memos, pins and undos conflict with nothing; two decisions that accept, reject or give the same label agree.
    """
    if decision.action in ("memo", "undo", "pin"):
        return None
    for other in decided_since:
        if other.action in ("memo", "undo", "pin"):
            continue
        same_action = (decision.action, decision.theme) == (other.action, other.theme)
        agree = same_action and (
            decision.action in ("accept", "reject") or (decision.label, decision.others) == (other.label, other.others)
        )
        if not agree and (_themes(decision) & _themes(other) or set(decision.members) & set(other.members)):
            return other
    return None


def _themes(decision: Decision) -> set[int]:
    return {theme for theme in (decision.theme, *decision.others) if theme is not None and theme != UNASSIGNED}


def _said(added: int, there: int, study: Path) -> str:
    number = f"{added} decision{'' if added == 1 else 's'}"
    again = f" {there} already existed." if there else ""
    run = " Run `counterpoint run` to see them in the report." if added else ""
    return f"Added {number} to {Places(study).decisions}.{again}{run}"


def _workbook(path: Path, study: Path, *, who: str, now: datetime) -> list[str]:
    """Import the cells, labels, decisions and memos that a person changed in a framework matrix."""
    if not who.strip():
        raise ReturnedError("Name the person who edited the workbook: --who NAME.")
    edited = workbook.read(path)
    lines = [f"{path.name}: {edited.place_of_changes()}."]
    with study_lock.locked(study):
        lines += _cells(edited, study, who=who.strip(), now=now)
        lines += _labels(edited, study, who=who.strip(), now=now)
    return lines


def _cells(edited: workbook.Filled, study: Path, *, who: str, now: datetime) -> list[str]:
    """Add the changed cells to summaries.yaml; cells that changed since the workbook was made are conflicts."""
    conflicts: list[str] = []
    table = store.read(study, "framework_matrix")
    extractive = {(str(row.case), str(row.code)): (str(row.summary), str(row.state)) for row in table.itertuples()}
    before = written_summaries.load(Places(study).summaries)
    standing = written_summaries.standing(before)
    added = []
    for cell in edited.cells:
        cell_key = (cell.case, cell.code)
        if cell_key not in extractive:
            conflicts.append(_conflict(cell, "the cell is no longer in the matrix"))
            continue
        summary, state = extractive[cell_key]
        written = standing.get(cell_key)
        shown = written_summaries.digest(written.summary if written else summary or workbook.SILENT[state])
        if shown == written_summaries.digest(cell.text):
            continue
        if shown != cell.origin:
            since = f"{written.who} wrote another summary on {written.when[:10]}" if written else "its passages changed"
            conflicts.append(_conflict(cell, f"{since}, after this workbook was made"))
            continue
        fields = {"case": cell.case, "code": cell.code, "summary": cell.text, "of": written_summaries.digest(summary)}
        dated = {**fields, "who": who, "when": now.strftime("%Y-%m-%dT%H:%M:%S")}
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


def _labels(edited: workbook.Filled, study: Path, *, who: str, now: datetime) -> list[str]:
    """Record the decisions of the sheet Themes, each tied to the current segments of its theme."""
    lines: list[str] = []
    before = ledger.load(Places(study).decisions)
    decisions = list(before)
    for theme_edit in edited.themes:
        shown = screen.read(study, decisions)
        if theme_edit.theme not in set(shown.themes.values()) | set(shown.statuses):
            lines.append(
                f"Conflict, left out: theme {theme_edit.theme} no longer exists. Your label: {theme_edit.label}"
            )
            continue
        actions, conflicts = _wanted(theme_edit, shown)
        known_memos = {
            (decision.theme, decision.text, decision.who) for decision in decisions if decision.action == "memo"
        }
        if theme_edit.memo and (theme_edit.theme, theme_edit.memo, who) not in known_memos:
            actions.append(("memo", [theme_edit.memo]))
        for action, arguments in actions:
            now_shown, theme = screen.read(study, decisions), str(theme_edit.theme)
            try:
                decision = deciding.decided(now_shown, decisions, action, theme, arguments, who=who, now=now)
            except deciding.LabelError as error:
                conflicts.append(f"Conflict, left out: the new label of theme {theme}. {error}")
                continue
            decisions.append(decision)
            lines.append(audit_trail.trail([decision], shown.labels)[0].sentence)
        lines += conflicts
    if len(decisions) > len(before):
        ledger.save(Places(study).decisions, decisions)
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
