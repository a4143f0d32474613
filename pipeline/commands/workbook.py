"""Edited framework matrices: finds what people changed by comparing with the hidden sheet Origin."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.core import prose
from pipeline.core.errors import CounterpointError
from pipeline.corpus.readers import files, workbooks
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.readers.workbooks import Row
from pipeline.exchange.xlsx import DECISIONS, ORIGIN, SILENT
from pipeline.reporting import written_summaries

__all__ = ["SILENT", "CellEdit", "Filled", "ThemeEdit", "WorkbookError", "is_ours", "read"]

SHEETS = ("Matrix", "Themes", "Origin")
LARGEST = 20 * 2**20


class WorkbookError(CounterpointError):
    """The workbook cannot be read; the message lists every problem, one per line."""


@dataclass(frozen=True)
class CellEdit:
    """A cell that was changed. `origin`: the digest of what it held when the workbook was made."""

    case: str
    code: str
    text: str
    origin: str


@dataclass(frozen=True)
class ThemeEdit:
    """A row of the sheet of themes in which something was written. `decision`: accept, reject or empty.

    `origin`: the digest of the label that the workbook was made with; `status`: the theme's then.
    """

    theme: int
    label: str
    renamed: bool
    decision: str
    memo: str
    origin: str
    status: str

    @property
    def changed(self) -> bool:
        """Whether anything was written in it."""
        return self.renamed or bool(self.decision) or bool(self.memo)


@dataclass(frozen=True)
class Filled:
    """What was changed in a workbook; `emptied`: how many cells and labels were left empty, which changes nothing."""

    cells: tuple[CellEdit, ...]
    themes: tuple[ThemeEdit, ...]
    emptied: int

    def place_of_changes(self) -> str:
        """A summary of the changes."""
        changed = f"{prose.count(len(self.cells), 'cell')} and {prose.count(len(self.themes), 'theme')}"
        clauses = [f"{changed} changed"]
        if self.emptied:
            clauses.append(f"{prose.count(self.emptied, 'emptied cell')} kept the previous content")
        return "; ".join(clauses)


def is_ours(path: Path) -> bool:
    """Whether a workbook has the sheets of a framework matrix that comes back."""
    try:
        with files.reading("a workbook"):
            return set(SHEETS) <= set(workbooks.names(_content(path)))
    except CounterpointError:
        return False


def read(path: Path) -> Filled:
    """What was changed; rows and columns may have been sorted or hidden. Raises WorkbookError with every problem."""
    try:
        with files.reading("a workbook"):
            sheets = workbooks.sheets(_content(path), SHEETS, formulas=True)
    except RefusedError as error:
        raise WorkbookError(f"{path}: {error}") from None
    missing = [name for name in SHEETS if name not in sheets]
    if missing:
        raise WorkbookError(
            f"{path} lacks the sheet '{missing[0]}', which is needed to find changes. Edit the report's workbook "
            "without "
            "removing sheets, and save it as .xlsx."
        )
    cells: dict[tuple[str, str], str] = {}
    labels: dict[str, tuple[str, str]] = {}
    for _, line in sheets["Origin"][1:]:
        kind, name, code, shown, _ = [*line, *[""] * len(ORIGIN)][: len(ORIGIN)]
        if kind == "cell":
            cells[name, code] = shown
        elif kind == "label":
            labels[name] = (shown, code)
    edits, empty = _cells(path, sheets["Matrix"], cells)
    themes, blank, wrong = _themes(path, sheets["Themes"], labels)
    if wrong:
        raise WorkbookError("\n".join(wrong))
    return Filled(tuple(edits), tuple(themes), empty + blank)


def _cells(path: Path, lines: list[Row], origin: dict[tuple[str, str], str]) -> tuple[list[CellEdit], int]:
    head, codes = (lines[0][1] if lines else []), {code for _, code in origin}
    edits, empty = [], 0
    if origin and "case" not in head:
        raise WorkbookError(f"{path}, sheet Matrix: the column 'case' is missing. Restore the header row.")
    for _, line in lines[1:]:
        row = [*line, *[""] * (len(head) - len(line))]
        case = row[head.index("case")]
        for column, code in enumerate(head):
            if code not in codes or (case, code) not in origin:
                continue
            text, was = row[column], origin[case, code]
            if written_summaries.digest(text) == was:
                continue
            if not written_summaries.plain(text):
                empty += 1
                continue
            edits.append(CellEdit(case, code, written_summaries.plain(text), was))
    return sorted(edits, key=lambda edit: (edit.case, edit.code)), empty


def _themes(path: Path, lines: list[Row], origin: dict[str, tuple[str, str]]) -> tuple[list[ThemeEdit], int, list[str]]:
    head = lines[0][1] if lines else []
    missing = [name for name in ("label", "decision", "memo", "id") if name not in head]
    if origin and missing:
        return [], 0, [f"{path}, sheet Themes: the column '{missing[0]}' is missing. Restore the header row."]
    edits, empty, wrong = [], 0, []
    for number, line in lines[1:]:
        row = dict(zip(head, [*line, *[""] * (len(head) - len(line))], strict=False))
        if row.get("id", "") not in origin:
            continue
        was, status = origin[row["id"]]
        decision = row["decision"].strip().lower().removesuffix("ed")
        if decision not in ("", *DECISIONS):
            wrong.append(
                f"{path}, sheet Themes, row {number}: '{row['decision']}' is not a valid decision. Use accept or "
                "reject."
            )
        label = " ".join(written_summaries.plain(row["label"]).split())
        edit = ThemeEdit(
            theme=int(row["id"]),
            label=label,
            renamed=bool(label) and written_summaries.digest(label) != was,
            decision=decision,
            memo=written_summaries.plain(row["memo"]),
            origin=was,
            status=status,
        )
        empty += not label
        if edit.changed:
            edits.append(edit)
    return sorted(edits, key=lambda edit: edit.theme), empty, wrong


def _content(path: Path) -> bytes:
    return files.content(path, limit=LARGEST, follow=True)
