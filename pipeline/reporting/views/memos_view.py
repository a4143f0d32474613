"""What the page shows of imports: the researchers' memos, each under what it belongs to, and what imports left."""

from typing import NamedTuple

import pandas as pd

from pipeline.core.table_rows import each

ABOUT = {
    "project": "The project",
    "code": "Codes",
    "case": "Participants",
    "document": "Sources",
    "passage": "Passages (annotations)",
    "attribute": "Attributes",
    "set": "Sets",
    "journal": "Journal",
}


class Memo(NamedTuple):
    """A memo: what it belongs to, the words of its passage, its title, text, author and date, '' where unknown."""

    where: str
    passage: str
    title: str
    memo: str
    author: str
    date: str


class Group(NamedTuple):
    """Memos about things of one kind."""

    heading: str
    memos: list[Memo]


class Imported(NamedTuple):
    """The section: groups of memos, and a row for each kind of thing of which an import left something."""

    groups: list[Group]
    left: list[dict[str, object]]


def build(memos: pd.DataFrame, imports: pd.DataFrame) -> Imported:
    """Return the section. `memos` and `imports`: the tables."""
    groups = []
    for about, heading in ABOUT.items():
        rows = memos[memos["about"] == about].sort_values(["code", "case", "document", "start", "title", "date"])
        held = [_memo(row) for row in each(rows)]
        groups += [Group(heading, held)] if held else []
    left = [
        {str(name): value for name, value in row.items()} for row in imports[imports["left"] > 0].to_dict("records")
    ]
    return Imported(groups, left)


def _memo(row: object) -> Memo:
    cell = {
        name: str(getattr(row, name))
        for name in ("code", "case", "document", "title", "text", "memo", "author", "date")
    }
    where = next((cell[name] for name in ("code", "case", "document") if cell[name]), "")
    return Memo(
        where or cell["title"], cell["text"], cell["title"] if where else "", cell["memo"], cell["author"], cell["date"]
    )
