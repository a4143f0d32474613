"""Reads what imports left beside the codings: memos, and the table of what each import took and left."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.core import store
from pipeline.corpus import memos, taken
from pipeline.corpus.readers import files
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.sources import Problem

TAKEN = "taken.csv"


def read(folder: Path, texts: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    """Return the tables memos and imports of a study's folder imported/, and problems. `texts`: by document."""
    found, problems = _memos(folder / memos.NAME)
    located, unplaced = memos.placed(found, texts)
    told, unread = _taken(folder / TAKEN)
    return _frame("memos", located), _frame("imports", told), [*problems, *unplaced, *unread]


def _memos(path: Path) -> tuple[list[Memo], list[Problem]]:
    try:
        return (memos.load(files.content(path)) if path.is_file() else []), []
    except RefusedError as error:
        return [], [Problem("refused", "", f"imported/{path.name}", str(error))]


def _taken(path: Path) -> tuple[list[taken.Taken], list[Problem]]:
    try:
        return (taken.load(files.content(path)) if path.is_file() else []), []
    except RefusedError as error:
        return [], [Problem("refused", "", f"imported/{path.name}", str(error))]


def _frame(table: str, rows: list[Memo] | list[taken.Taken]) -> pd.DataFrame:
    none = store.empty(table)
    if not rows:
        return none
    cells = [[getattr(row, name) for name in none.columns] for row in rows]
    frame = pd.DataFrame(cells, columns=list(none.columns))
    return frame.astype(none.dtypes.to_dict()).sort_values(list(none.columns[:1]), kind="stable", ignore_index=True)
