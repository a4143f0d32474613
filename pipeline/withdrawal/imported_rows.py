"""Withdraw from imported/: memos about the participant or their documents, and their words in all others."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.core import prose
from pipeline.core.names import key
from pipeline.corpus import sources
from pipeline.corpus.readers import rows
from pipeline.withdrawal import csv_editing, redaction
from pipeline.withdrawal.search_terms import Needles
from pipeline.withdrawal.subject import Given, Subject, WithdrawError
from pipeline.withdrawal.table_rows import SURE, holds, passage, row_change

WORDS = ("memo", "title", "text", "why", "author")


def changes(
    given: Given, who: Subject, redacted: Mapping[str, redaction.Redacted], wanted: Needles
) -> tuple[dict[Path, bytes], list[str]]:
    """Return the changed files of imported/ with their new content, and a line about each.

    `redacted`: new texts by document; `wanted`: the search terms. Raises WithdrawError for a file that holds their
    words and is no csv.
    """
    written: dict[Path, bytes] = {}
    lines: list[str] = []
    for path in sources.source_files(given.places.imported):
        where = path.relative_to(given.places.folder).as_posix()
        if path.suffix.lower() != ".csv":
            if holds(path, wanted):
                raise WithdrawError(f"{where} contains their words or name. Delete the file; then run this again.")
            continue
        data = path.read_bytes()
        _, numbered = rows.read_csv(data)
        passages = {line: passage(line, row) for line, row in numbered if row.get("start", "").strip()}
        new, count = csv_editing.edit(data, _change(row_change(passages, given, who, redacted, wanted), who, wanted))
        if count:
            written[path] = new
            lines.append(f"remove or update {prose.count(count, 'row')} of {where}")
    return written, lines


def _change(placed: csv_editing.Change, who: Subject, wanted: Needles) -> csv_editing.Change:
    cases = {key(case) for case in who.cases}

    def changed(line: int, row: dict[str, str]) -> dict[str, str] | None:
        if row.get("case", "").strip() and key(row["case"]) in cases:
            return None
        new = placed(line, row)
        if new is None:
            return None
        marked = [name for name in WORDS if any(hit.how in SURE for hit in wanted.hits(new.get(name, "")))]
        return {**new, **dict.fromkeys(marked, redaction.MARK)}

    return changed
