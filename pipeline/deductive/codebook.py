"""The codebook: the researchers' deductive framework, read from YAML, with all errors reported together.

A code's name is its id. A codebook without codes is valid and means that there is no framework.
"""

from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError

from pipeline.core import text_files, yaml_files
from pipeline.core.errors import CounterpointError


class CodebookError(CounterpointError):
    """The codebook is invalid; the message has one line per problem."""


def _prose(value: Any) -> Any:
    """Return text on one line. Lists are joined; numbers become text and missing values ''."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "; ".join(item.strip().rstrip(";") for item in value)
    if not isinstance(value, str):
        return value
    if control := text_files.STRANGE.search(value):
        raise ValueError(f"contains the control character U+{ord(control[0]):04X}; remove it")
    return " ".join(value.split())


def _quotes(value: Any) -> Any:
    """Return a list of texts, without empty ones; a single text becomes a list of one."""
    if value is None:
        return ()
    items = [value] if isinstance(value, str) else value
    return tuple(_prose(item) for item in items if item not in (None, "")) if isinstance(items, list | tuple) else value


Prose = Annotated[str, BeforeValidator(_prose)]
Quotes = Annotated[tuple[str, ...], BeforeValidator(_quotes)]


class Code(BaseModel):
    """An entry of the codebook. `parent`: the parent's name, or ''; `color`: #rrggbb, or ''.

    `codable`: false for a heading over other codes, which is not applied to passages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Prose = Field(min_length=1)
    parent: Prose = ""
    definition: Prose = ""
    include: Prose = ""
    exclude: Prose = ""
    examples: Quotes = ()
    counter_examples: Quotes = ()
    color: Prose = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$")
    codable: StrictBool = True

    @property
    def is_described(self) -> bool:
        """Whether the code has more than a name."""
        return bool(self.definition or self.include or self.examples)


class Codebook(BaseModel):
    """Codes in file order; every parent is a code, and there are no loops."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    codes: tuple[Code, ...] = ()

    def __len__(self) -> int:
        """Return the number of codes."""
        return len(self.codes)

    def __contains__(self, name: object) -> bool:
        """Return whether there is a code with this name."""
        return name in self._by_name

    def __getitem__(self, name: str) -> Code:
        """Return the code with this name. Raises KeyError if there is none."""
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The codes' names, in file order."""
        return tuple(code.name for code in self.codes)

    @property
    def categories(self) -> tuple[str, ...]:
        """The codes without a parent, in file order."""
        return tuple(code.name for code in self.codes if not code.parent)

    def children(self, name: str) -> tuple[str, ...]:
        """Return the names of a code's direct sub-codes, in file order."""
        return self._below.get(name, ())

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Return the codes above a code, nearest first. Raises KeyError if it is not a code."""
        above = []
        parent = self._by_name[name].parent
        while parent:
            above.append(parent)
            parent = self._by_name[parent].parent
        return tuple(above)

    def category_of(self, name: str) -> str:
        """Return the top-level code above a code: itself if it has no parent or is not in the codebook."""
        return (name, *self.ancestors(name))[-1] if name in self else name

    @cached_property
    def _by_name(self) -> dict[str, Code]:
        return {code.name: code for code in self.codes}

    @cached_property
    def _below(self) -> dict[str, tuple[str, ...]]:
        parents = dict.fromkeys(code.parent for code in self.codes if code.parent)
        return {parent: tuple(code.name for code in self.codes if code.parent == parent) for parent in parents}


def load_codebook(path: Path) -> Codebook:
    """Read and validate a codebook. Raises CodebookError with all problems, each with line and entry."""
    try:
        document = yaml_files.read_yaml(path)
    except FileNotFoundError:
        raise CodebookError(f"{path} is missing. Create an empty one with `counterpoint new {path.parent}`.") from None
    except yaml_files.YamlError as error:
        raise CodebookError(str(error)) from None
    raw = document.value
    if raw is None:
        return Codebook()
    if not isinstance(raw, yaml_files.Map) or not isinstance(raw.get("codes", []), list | None):
        line = yaml_files.line_of(raw, ["codes"]) or 1
        raise CodebookError(f"{path}, line {line}: expected the key 'codes:' with a list of codes under it.")
    strange = [
        f"{path}, line {raw.lines[key]}: unknown key '{key}' in the codebook. Keep only 'codes'."
        for key in raw
        if key != "codes"
    ]
    codes = raw.get("codes") or yaml_files.List(0)
    return parse_codebook(codes, place=str(path), lines=codes.lines, problems=strange + document.problems)


def parse_codebook(
    entries: list[Any], *, place: str, lines: list[int] | None = None, problems: list[str] | None = None
) -> Codebook:
    """Return a codebook from entries (mappings of Code's fields). Raises CodebookError with all problems.

    `place` and `lines` (one per entry): locations for messages. `problems`: earlier problems to report as well.
    """
    messages = list(problems or [])
    codes: list[tuple[str, Code]] = []
    for number, entry in enumerate(entries):
        where = f"{place}, line {lines[number]}" if lines and number < len(lines) else f"{place}, entry {number + 1}"
        if isinstance(entry, str) and not isinstance(entry, yaml_files.Numeral):
            entry = {"name": entry}
        if not isinstance(entry, dict):
            messages.append(
                f"{where}: {entry!r} is not a code: a code needs a name, with its fields below. Begin with '- name:'."
            )
            continue
        try:
            codes.append((where, Code(**{str(key): value for key, value in entry.items()})))
        except ValidationError as error:
            messages += [_sentence(where, str(entry.get("name", "?")), problem) for problem in error.errors()]
    messages += _wrong_between(codes, {str(entry.get("name")) for entry in entries if isinstance(entry, dict)})
    if messages:
        raise CodebookError("\n".join(messages))
    return Codebook(codes=tuple(code for _, code in codes))


def dump_codebook(book: Codebook) -> str:
    """Return a codebook as YAML, without empty fields; `load_codebook` reads it back unchanged."""
    entries = []
    for code in book.codes:
        fields = code.model_dump(mode="json")
        empty = {key for key, value in fields.items() if value in ("", []) or (key == "codable" and value)}
        entries.append({key: value for key, value in fields.items() if key not in empty})
    return yaml.safe_dump({"codes": entries}, allow_unicode=True, sort_keys=False, width=120)


def _wrong_between(codes: list[tuple[str, Code]], written: set[str]) -> list[str]:
    """Return problems across entries: duplicate names, unknown parents, and loops."""
    messages = []
    counts = Counter(code.name.casefold() for _, code in codes)
    first: dict[str, str] = {}
    parents = {code.name: code.parent for _, code in reversed(codes)}  # the first of duplicate names counts
    known = {*parents, *written}
    for where, code in codes:
        key = code.name.casefold()
        if counts[key] > 1 and key in first:
            messages.append(
                f"{where}: duplicate code '{code.name}', first given at {first[key]}. Code names must be "
                "unique: rename one."
            )
        first.setdefault(key, where)
        if code.parent and code.parent not in known:
            messages.append(
                f"{where}: the parent '{code.parent}' of '{code.name}' is not a code. Add it or correct the name."
            )
    rings: set[frozenset[str]] = set()
    for where, code in codes:
        ring = _ring(code.name, parents)
        if ring and frozenset(ring) not in rings:
            rings.add(frozenset(ring))
            shown = " > ".join(f"'{name}'" for name in (*ring, ring[0]))
            messages.append(f"{where}: the parents of '{code.name}' form a loop ({shown}). Remove one `parent`.")
    return messages


def _ring(name: str, parents: dict[str, str]) -> list[str]:
    """Return the codes of the loop that a code is in, itself first; empty if it is in none."""
    seen = {name: None}  # a dict, for its order
    above = parents.get(name, "")
    while above and above not in seen:
        seen[above] = None
        above = parents.get(above, "")
    return list(seen) if above == name else []


def _sentence(where: str, name: str, problem: Any) -> str:
    field = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = ", ".join(Code.model_fields)
        return f"{where}: the code '{name}' has the unknown field '{field}'. Fields: {known}."
    if (field == "name" and problem["input"] in ("", None)) or problem["type"] == "missing":
        return f"{where}: a code has no name. Add one: `name` is the only required field."
    if field == "color":
        return f"{where}: the color of '{name}' is {problem['input']!r}. Write it as \"#4477aa\", in quotation marks."
    if field == "codable":
        return f"{where}: `codable` of '{name}' is {problem['input']!r}. Write true or false; false is a heading."
    if problem["type"] == "value_error":
        return f"{where}: '{field}' of '{name}' {problem['msg'].removeprefix('Value error, ')}."
    return f"{where}: '{field}' of '{name}' is {problem['input']!r}, which is not text. Put it in quotation marks."
