"""Keeps people's comments when a command rewrites a list in a YAML file."""

import re
from collections.abc import Callable, Iterator
from math import inf
from typing import Any

import yaml

from pipeline.core import yaml_files

_COMMENT = re.compile(r"(?:^|\s)(#.*?)\s*$")


def with_comments(before: str, after: str, *, key: str, line: Callable[[Any], str]) -> str:
    """Return `after` (one entry per line under `key`) with the comments of `before`.

    Comments above or within an entry are placed above its line and dropped with the entry; others stay above or below
    the list. `line`: returns an entry's line in `after`, given the entry as read from `before`. Raises YamlError if
    `before` cannot be read.
    """
    ours = set(after.splitlines())
    if not any("#" in own for own in before.splitlines() if own not in ours):
        return after
    content = yaml_files.parse_yaml(before, place=key).value
    under = content.get(key) if isinstance(content, yaml_files.Map) else content
    entries = under if isinstance(under, yaml_files.List) else yaml_files.List(0)
    above, theirs, below = _sorted(before.splitlines(), content, entries, key)
    comments = {line(entries[at]): lines_above for at, lines_above in theirs.items()}
    made = [comment for comment in above if comment not in ours]
    for own in after.splitlines():
        made += [*comments.get(own, []), own] if own.startswith("- ") else [own]
    return "\n".join([*made, *below]) + "\n"


def _sorted(
    lines: list[str], content: Any, entries: yaml_files.List, key: str
) -> tuple[list[str], dict[int, list[str]], list[str]]:
    """Return the comments above the list, those of each entry by number, and those below the list."""
    begins = content.lines.get(key, 0) if isinstance(content, yaml_files.Map) else 0
    ends = (
        min((number for number in content.lines.values() if number > begins), default=len(lines) + 1) if begins else 0
    )
    starts = {number: at for at, number in reversed(list(enumerate(entries.lines)))}
    code = _code(lines)
    above: list[str] = []
    below: list[str] = []
    theirs: dict[int, list[str]] = {}
    waiting: list[str] = []
    current: int | None = None
    for number, own in enumerate(lines, start=1):
        if number in starts:
            current = starts[number]
            theirs.setdefault(current, []).extend(waiting)
            waiting = []
        elif ends and number >= ends:
            current = None
        comment = _comment(own, code.get(number, 0))
        if comment is None:
            if own.strip() and current is not None:  # pending comments are within the entry
                theirs[current] += waiting
                waiting = []
            continue
        if own.lstrip().startswith("#"):
            waiting.append(comment) if number > begins and entries else above.append(comment)
        elif current is not None:
            theirs[current].append(comment)
        else:
            above.append(comment)
    below += waiting
    return above, theirs, below


def _comment(own: str, code: float) -> str | None:
    """Return the comment of a line whose code ends at a column; None if it has none."""
    found = _COMMENT.search(own[int(code) :]) if code < len(own) else None
    return found[1] if found else None


def _code(lines: list[str]) -> dict[int, float]:
    """Return the column where the code of each line ends (lines from 1); infinite inside multi-line text.

    Only brackets, commas and comments follow that column.
    """
    ends: dict[int, float] = {}
    events: Iterator[Any] = yaml.parse("\n".join(lines) + "\n", Loader=yaml_files.LOADER)
    for event in events:
        start, end = event.start_mark, event.end_mark
        if end.line > start.line and isinstance(event, yaml.ScalarEvent):
            ends |= dict.fromkeys(range(start.line + 1, end.line + 1), inf)
            ends[start.line + 1] = start.column + 1 if event.style in ("|", ">") else inf
        if end.column or end.line == start.line:
            known = ends.get(end.line + 1, 0)
            ends[end.line + 1] = max(0 if known == inf else known, end.column)
    return ends
