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
    found: dict[str, list[str]] = {}
    while waiting:
        field, held = waiting.pop()
        if isinstance(held, dict):
            waiting.extend(reversed([(str(name), value) for name, value in held.items()]))
        elif isinstance(held, list):
            waiting.extend((field, value) for value in reversed(held))
        elif isinstance(held, str):
            found.setdefault(field, []).append(held)
    yield from (" ".join(held) for held in found.values())


def _columns(text: str) -> Iterator[str]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    found: dict[int, list[str]] = {}
    try:
        for row in reader:
            for at, cell in enumerate(row):
                found.setdefault(at, []).append(cell)
    except csv.Error:
        return
    yield from (" ".join(held) for held in found.values())
