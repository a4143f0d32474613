"""A codebook as a table, ours or another program's: maps columns and fills in missing parents."""

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.core import formula_guard
from pipeline.deductive import codebook
from pipeline.deductive.codebook import Codebook

# Accepted names of our columns, in lower case; the first one present is used.
NAMES = {
    "name": ("name", "code", "code name", "code_name", "tag", "node", "theme"),
    "parent": ("parent", "parent code", "parent_code", "category", "parent name"),
    "definition": ("definition", "description", "meaning"),
    "include": ("include", "includes", "inclusion", "when to use"),
    "exclude": ("exclude", "excludes", "exclusion", "when not to use"),
    "examples": ("examples", "example"),
    "counter_examples": ("counter_examples", "counter-examples", "counter examples"),
    "color": ("color", "colour"),
}


def columns(header: Iterable[str]) -> dict[str, str]:
    """The table's column for each codebook field; empty without a name and a parent or definition."""
    present = set(header)
    column_of = {
        field: next(name for name in names if name in present) for field, names in NAMES.items() if present & set(names)
    }
    return column_of if "name" in column_of and {"parent", "definition"} & set(column_of) else {}


def read(header: Iterable[str], rows: Iterable[Mapping[str, str]], *, place: str) -> Codebook:
    """The codebook in a table; a parent without a row of its own becomes a code with only a name.

    `rows`: cells by column name. Raises CodebookError with all problems.
    """
    column_of = columns(header)
    entries: list[dict[str, Any]] = []
    for row in rows:
        entry = {field: _field(field, formula_guard.plain(row[column])) for field, column in column_of.items()}
        if any(entry.values()):
            entries.append(entry)
    named = {str(entry["name"]).strip() for entry in entries}
    parents = dict.fromkeys(str(entry.get("parent", "")).strip() for entry in entries)
    parents_only: list[dict[str, Any]] = [{"name": parent} for parent in parents if parent and parent not in named]
    return codebook.parse_codebook(parents_only + entries, place=place)


def _field(field: str, cell: str) -> Any:
    return [line for line in cell.split("\n") if line.strip()] if field in ("examples", "counter_examples") else cell
