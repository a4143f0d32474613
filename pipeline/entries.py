"""Files of entries: a YAML list under one key, a line an entry, as people and commands write them.

decisions.yaml, readings.yaml, summaries.yaml and reading.yaml are such files. One line each, because Git then merges
two people's additions whole (merge=union in .gitattributes); of blocks over several lines it would take the lines they
share once, and mix the rest.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from pipeline.errors import CounterpointError

# A day, and a time of day where it matters.
DAY = r"^\d{4}-\d{2}-\d{2}$"
TIME = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?$"


class Entry(BaseModel):
    """One entry: closed, and made of words and numbers; what YAML reads as a date stays the words it was."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _dates_are_words(cls, held: Any) -> Any:
        # YAML reads 2026-01-15 as a date.
        if isinstance(held, dict) and held.get("when") is not None:
            return {**held, "when": str(held["when"])}
        return held


One = TypeVar("One", bound=Entry)


def read(
    path: Path,
    key: str,
    kind: type[One],
    *,
    error: type[CounterpointError],
    word: str = "entry",
    together: Callable[[list[One]], list[str]] = lambda _: [],
) -> list[One]:
    """The entries of a file in their order; none without a file. Raises `error` with every problem, a line each.

    The list may stand by itself, without its key, or beside other keys. `word`: what an entry is called; `together`:
    what is wrong with those that are right by themselves, in sentences.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    except yaml.YAMLError as broken:
        raise error(f"{path} is not valid YAML: {broken}. Mend the line it names.") from None
    held = raw.get(key, "") if isinstance(raw, Mapping) and raw else raw or None
    if not isinstance(held, list | None):
        raise error(f"{path} should hold one key, '{key}', with a list. Mend its first lines.")
    problems: list[str] = []
    found: list[One] = []
    for number, block in enumerate(held or [], start=1):
        try:
            found.append(kind.model_validate(block))
        except ValidationError as wrong:
            problems += [_sentence(path, f"{word} {number}", one) for one in wrong.errors()]
    problems += together(found)
    if problems:
        raise error("\n".join(problems))
    return found


def _sentence(path: Path, which: str, problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{path}: {which}{f', {where}' if where else ''}: {reason}. Mend that entry."


class _OneLine(yaml.SafeDumper):
    """Writes YAML without a line break, whatever the words hold."""


def _words(dumper: yaml.SafeDumper, words: str) -> yaml.Node:
    breaks = any(mark in words for mark in "\n\r\x85\u2028\u2029")
    return dumper.represent_scalar("tag:yaml.org,2002:str", words, style='"' if breaks else None)


_OneLine.add_representer(str, _words)


def dump(head: str, key: str, held: Iterable[Mapping[str, Any]]) -> str:
    """The text of a file: a comment that says what it is, its key, and a line an entry."""
    return f"{head}{key}:\n" + "".join(_line(dict(one)) for one in held)


def _line(held: dict[str, Any]) -> str:
    """One entry of a list in YAML, on one line."""
    flow = yaml.dump(held, Dumper=_OneLine, sort_keys=False, allow_unicode=True, width=10**9, default_flow_style=True)
    return f"- {flow}"
