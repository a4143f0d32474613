"""Files of entries: a YAML list under one key, one entry per line, written by people and by commands.

Used for decisions.yaml, passages_read.yaml, interpretations.yaml and summaries.yaml. With one line per entry, Git can
merge two people's additions (merge=union in .gitattributes); entries spanning several lines would be merged wrongly.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from pipeline.core import atomic_files, names, renamed_files, study_template, text_files, yaml_comments, yaml_files
from pipeline.core.errors import CounterpointError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")
# Plausible years of a decision; others are typing errors.
YEARS = (1900, 2100)


def _day(text: str) -> str:
    return _dated(text, _DAY, "a date is written as 2026-01-15")


def _time(text: str) -> str:
    return _dated(text, _TIME, "a time is written as 2026-01-15 or 2026-01-15T10:30:00, in UTC, without a time zone")


def _dated(text: str, form: re.Pattern[str], expected: str) -> str:
    """Return the text if it is a valid date or time; raise ValueError otherwise."""
    if not form.fullmatch(text):
        raise ValueError(f"'{text[:40]}': {expected}")
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a valid date or time") from None
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise ValueError(f"'{text}': the year must be between {YEARS[0]} and {YEARS[1]}")
    return text


# A date; a date with an optional time.
Day = Annotated[str, AfterValidator(_day)]
Time = Annotated[str, AfterValidator(_time)]


def _named(text: str) -> str:
    if not names.written(text):
        raise ValueError("a name is required; this one is empty or contains only invisible characters")
    return text


# A person's name, with at least one visible character.
Name = Annotated[str, AfterValidator(_named)]


class Entry(BaseModel):
    """An entry; unknown fields are rejected, and values must survive writing and reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _can_be_written(cls, held: Any) -> Any:
        for name, value in held.items() if isinstance(held, Mapping) else ():
            words = value if isinstance(value, str) else " ".join(filter(_is_text, value)) if _is_list(value) else ""
            if found := text_files.HALF.search(words):
                raise ValueError(f"{name} contains U+{ord(found[0]):04X}, an incomplete character (lone surrogate)")
        return held


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


One = TypeVar("One", bound=Entry)


def read_entries(
    path: Path,
    key: str,
    kind: type[One],
    *,
    error: type[CounterpointError],
    word: str = "entry",
    together: Callable[[list[One], list[int]], list[str]] = lambda _, __: [],
    beside: Sequence[str] | None = None,
) -> list[One]:
    """Return the entries of a file in order; an empty list if there is no file.

    The list may also be the whole file, without its key. `word`: what an entry is called in messages. `together`: a
    check across valid entries; it receives them with their lines and returns messages. `beside`: other keys allowed in
    the file (None: any). Raises `error` with one line per problem.
    """
    try:
        document = yaml_files.read_yaml(path) if path.exists() else yaml_files.Document()
    except yaml_files.YamlError as broken:
        raise error(str(broken)) from None
    key = _key_of(document.value, key)
    both = renamed_files.both(path)
    problems = [*document.problems, *_other_keys(path, document.value, key, beside), *([both] if both else [])]
    entries: list[One] = []
    lines: list[int] = []
    blocks = _listed(path, document.value, key, error=error) if not problems else yaml_files.List(0)
    for number, (line, block) in enumerate(zip(blocks.lines, blocks, strict=True), start=1):
        try:
            entries.append(kind.model_validate(block))
            lines.append(line)
        except ValidationError as wrong:
            problems += [_sentence(path, block, line, f"{word} {number}", problem) for problem in wrong.errors()]
    problems += together(entries, lines)
    if problems:
        raise error("\n".join(problems))
    return entries


def _key_of(content: Any, key: str) -> str:
    """Return the key that a file uses: the present one, or the one of earlier versions."""
    earlier = renamed_files.KEYS.get(key, key)
    return earlier if isinstance(content, Mapping) and earlier in content and key not in content else key


def _other_keys(path: Path, content: Any, key: str, beside: Sequence[str] | None) -> list[str]:
    """Return a message for each unknown key; a command would lose its content."""
    if beside is None or not isinstance(content, yaml_files.Map) or key not in content:
        return []
    return [
        f"{path}, line {content.lines[other]}: unknown key '{other}'. Move its content under '{key}', or remove it."
        for other in content
        if other not in (key, *beside)
    ]


def _listed(path: Path, content: Any, key: str, *, error: type[CounterpointError]) -> yaml_files.List:
    """Return the list in a file; raise `error` if the content is something else."""
    under = content.get(key, "") if isinstance(content, Mapping) and content else content or None
    if under is None:
        return yaml_files.List(0)
    if not isinstance(under, yaml_files.List):
        line = yaml_files.line_of(content, [key]) or 1
        raise error(f"{path}, line {line}: expected the key '{key}' with a list under it. Correct this line.")
    return under


def new_entry(kind: type[One], fields: Mapping[str, Any], *, error: type[CounterpointError]) -> One:
    """Return an entry built from a command's values; raise `error` if they are invalid."""
    try:
        return kind.model_validate(fields)
    except ValidationError as wrong:
        said = [f"{'.'.join(map(str, one['loc']))}: {_reason(one)}".removeprefix(": ") for one in wrong.errors()]
        raise error(f"The entry cannot be saved: {'; '.join(said)}. Correct the value and try again.") from None


def _sentence(path: Path, block: Any, line: int, which: str, problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    line = yaml_files.line_of(block, problem["loc"]) or line
    return f"{path}, line {line}: {which}{f', {where}' if where else ''}: {_reason(problem)}. Correct this entry."


def _reason(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return "unknown field"
    if problem["type"] == "missing":
        return "this field is required"
    if problem["type"] == "model_type":
        return "expected an entry with fields, such as {who: Asha}"
    if problem["type"] == "string_type":
        return f"{problem['input']!r} is not text; put text in quotation marks"
    return str(problem["msg"]).removeprefix("Value error, ")


class _OneLine(yaml.SafeDumper):
    """Dumps YAML without line breaks."""


def _words(dumper: yaml.SafeDumper, words: str) -> yaml.Node:
    breaks = any(mark in words for mark in "\n\r\x85\u2028\u2029")
    return dumper.represent_scalar("tag:yaml.org,2002:str", words, style='"' if breaks else None)


_OneLine.add_representer(str, _words)


def dump_entries(key: str, held: Iterable[Mapping[str, Any]]) -> str:
    """The text of a file: its heading (see `study_template.HEADS`), its key, and one line per entry."""
    return f"{study_template.HEADS.get(key, '')}{key}:\n" + "".join(_line(dict(one)) for one in held)


def save_entries(path: Path, text: str, key: str, line: Callable[[Any], str]) -> None:
    """Write a file of entries atomically, keeping the comments that people added.

    `text`: from `dump_entries`. `line`: returns the line that `text` has for an entry as read. Raises OSError.
    """
    lines = text_files.read_text(path).splitlines(keepends=True) if path.exists() else []
    before = "".join(row for row in lines if row.rstrip("\r\n") not in study_template.EARLIER_HEADS)
    before = renamed_files.with_present_key(before, key)
    atomic_files.write(path, yaml_comments.with_comments(before, text, key=key, line=line))


def one_line(text: str) -> str:
    """Return the last entry's line in a text from `dump_entries`."""
    return text.rstrip("\n").rpartition("\n")[2]


def _line(held: dict[str, Any]) -> str:
    """Return one entry as a line of a YAML list."""
    flow = yaml.dump(held, Dumper=_OneLine, sort_keys=False, allow_unicode=True, width=10**9, default_flow_style=True)
    return f"- {flow}"
