"""Text that a file stores word by word in one field or column, joined so that phrases can be found."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

# Larger files are searched only as they are.
MOST = 64 * 2**20
_TIER = re.compile(r'^\s*(?:text|mark) = "', re.MULTILINE)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')


def read(text: str, name: str) -> Iterator[str]:
    """Yield the joined text of each JSON field, each column of a table (by file extension), or a Praat tier."""
    if len(text) > MOST:
        return
    if text.lstrip()[:1] in ("{", "["):
        yield from _fields(text)
    elif name.lower().endswith((".csv", ".tsv", ".tab")):
        yield from _columns(text)
    elif _TIER.search(text):
        yield " ".join(_QUOTED.findall(text))


def _fields(text: str) -> Iterator[str]:
    try:
        waiting: list[tuple[str, Any]] = [("", json.loads(text))]
    except (ValueError, RecursionError):
        return
    texts_of: dict[str, list[str]] = {}
    while waiting:
        field, node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(reversed([(str(name), value) for name, value in node.items()]))
        elif isinstance(node, list):
            waiting.extend((field, value) for value in reversed(node))
        elif isinstance(node, str):
            texts_of.setdefault(field, []).append(node)
    yield from (" ".join(node) for node in texts_of.values())


def _columns(text: str) -> Iterator[str]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    cells_of: dict[int, list[str]] = {}
    try:
        for row in reader:
            for column, cell in enumerate(row):
                cells_of.setdefault(column, []).append(cell)
    except csv.Error:
        return
    yield from (" ".join(cells) for cells in cells_of.values())
