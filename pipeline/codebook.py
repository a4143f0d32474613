"""The codebook: the researchers' deductive framework, read from YAML and checked with every error at once.

A code's name is its id. A codebook of no codes is a valid one: it means that there is no framework.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipeline.errors import CounterpointError


class CodebookError(CounterpointError):
    """A codebook cannot be used; the message lists every problem, one a line."""


def _prose(value: Any) -> Any:
    """Text as one line. A list of phrases becomes one text; a number becomes text, a missing value an empty one."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "; ".join(item.strip().rstrip(";") for item in value)
    return " ".join(value.split()) if isinstance(value, str) else value


def _quotes(value: Any) -> Any:
    """A list of texts. One text alone is a list of one; empty texts are left out."""
    if value is None:
        return ()
    items = [value] if isinstance(value, str) else value
    return tuple(_prose(item) for item in items if item not in (None, "")) if isinstance(items, list | tuple) else value


Prose = Annotated[str, BeforeValidator(_prose)]
Quotes = Annotated[tuple[str, ...], BeforeValidator(_quotes)]


class Code(BaseModel):
    """An entry of the codebook. `parent`: the name of the code above it, or empty; `color`: #rrggbb, or empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Prose = Field(min_length=1)
    parent: Prose = ""
    definition: Prose = ""
    include: Prose = ""
    exclude: Prose = ""
    examples: Quotes = ()
    counter_examples: Quotes = ()
    color: Prose = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$")

    @property
    def is_described(self) -> bool:
        """Whether the code says more than its name."""
        return bool(self.definition or self.include or self.examples)


class Codebook(BaseModel):
    """Codes in the order of the file; every parent is itself a code, and no code is its own ancestor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    codes: tuple[Code, ...] = ()

    def __len__(self) -> int:
        """How many codes there are."""
        return len(self.codes)

    def __contains__(self, name: object) -> bool:
        """Whether a code has that name."""
        return name in self._by_name

    def __getitem__(self, name: str) -> Code:
        """The code of that name; raise KeyError where there is none."""
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The codes' names, in the order of the file."""
        return tuple(code.name for code in self.codes)

    @property
    def categories(self) -> tuple[str, ...]:
        """The codes without a parent, in the order of the file."""
        return tuple(code.name for code in self.codes if not code.parent)

    def children(self, name: str) -> tuple[str, ...]:
        """The names of the codes directly below a code, in the order of the file."""
        return self._below.get(name, ())

    def ancestors(self, name: str) -> tuple[str, ...]:
        """The codes above a code, nearest first; raise KeyError for a name that is no code."""
        above = []
        parent = self._by_name[name].parent
        while parent:
            above.append(parent)
            parent = self._by_name[parent].parent
        return tuple(above)

    def category_of(self, name: str) -> str:
        """The code at the top of a code's branch: itself where it has no parent, or is no code of this book."""
        return (name, *self.ancestors(name))[-1] if name in self else name

    @cached_property
    def _by_name(self) -> dict[str, Code]:
        return {code.name: code for code in self.codes}

    @cached_property
    def _below(self) -> dict[str, tuple[str, ...]]:
        parents = dict.fromkeys(code.parent for code in self.codes if code.parent)
        return {parent: tuple(code.name for code in self.codes if code.parent == parent) for parent in parents}


def load(path: Path) -> Codebook:
    """Read and check a codebook; raise CodebookError with every problem in it, each with its line and entry."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except FileNotFoundError:
        raise CodebookError(f"{path} is missing: `counterpoint new {path.parent}` makes an empty one.") from None
    except UnicodeDecodeError as error:
        raise CodebookError(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    except yaml.YAMLError as error:
        raise CodebookError(_unreadable(path, error)) from None
    if raw is None:
        return Codebook()
    if not isinstance(raw, dict) or not isinstance(raw.get("codes", []), list | None):
        raise CodebookError(f"{path} should hold the key 'codes:' with a list of codes under it.")
    twice = [f"{path}, line {line}: the key '{key}' is given twice. Keep one of them." for key, line in _repeated(node)]
    strange = [f"{path}: '{key}' is no key of a codebook. Keep only 'codes'." for key in raw if key != "codes"]
    return parse(raw.get("codes") or [], place=str(path), lines=_lines(node), problems=strange + twice)


def _unreadable(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
    what = " ".join(str(getattr(error, "problem", None) or error).split())
    return (
        f"{place}: this is not valid YAML ({what}). Mend that line or the one before it; text that holds a colon, a "
        "bracket or a quotation mark stands in quotation marks."
    )


def parse(
    entries: list[Any], *, place: str, lines: list[int] | None = None, problems: list[str] | None = None
) -> Codebook:
    """A codebook of entries (mappings of Code's fields); raise CodebookError with every problem, earlier ones first.

    `place` and `lines` (one a entry) say where an entry stands, for the messages.
    """
    found = list(problems or [])
    codes: list[tuple[str, Code]] = []
    for number, entry in enumerate(entries):
        where = f"{place}, line {lines[number]}" if lines and number < len(lines) else f"{place}, entry {number + 1}"
        if isinstance(entry, str):
            entry = {"name": entry}
        if not isinstance(entry, dict):
            found.append(f"{where}: {entry!r} is no code: it needs a name, with fields below. Begin with '- name:'.")
            continue
        try:
            codes.append((where, Code(**{str(key): value for key, value in entry.items()})))
        except ValidationError as error:
            found += [_sentence(where, str(entry.get("name", "?")), problem) for problem in error.errors()]
    found += _wrong_between(codes, {str(entry.get("name")) for entry in entries if isinstance(entry, dict)})
    if found:
        raise CodebookError("\n".join(found))
    return Codebook(codes=tuple(code for _, code in codes))


def dump(book: Codebook) -> str:
    """The YAML of a codebook, with only the fields that say something; `load` gives the same codebook back."""
    entries = []
    for code in book.codes:
        fields = code.model_dump(mode="json")
        entries.append({key: value for key, value in fields.items() if value not in ("", [])})
    return yaml.safe_dump({"codes": entries}, allow_unicode=True, sort_keys=False, width=120)


def _wrong_between(codes: list[tuple[str, Code]], written: set[str]) -> list[str]:
    """What is wrong between entries: names given twice, parents that are no code, and rings of parents."""
    said = []
    counts = Counter(code.name.casefold() for _, code in codes)
    first: dict[str, str] = {}
    parents = {code.name: code.parent for _, code in reversed(codes)}  # of a name given twice, the first counts
    known = {*parents, *written}
    for where, code in codes:
        key = code.name.casefold()
        if counts[key] > 1 and key in first:
            said.append(
                f"{where}: the code '{code.name}' is there already ({first[key]}). A name is an id: rename one of them."
            )
        first.setdefault(key, where)
        if code.parent and code.parent not in known:
            said.append(f"{where}: '{code.name}' has the parent '{code.parent}', which is no code. Add or mend it.")
    rings: set[frozenset[str]] = set()
    for where, code in codes:
        ring = _ring(code.name, parents)
        if ring and frozenset(ring) not in rings:
            rings.add(frozenset(ring))
            shown = " > ".join(f"'{name}'" for name in (*ring, ring[0]))
            said.append(f"{where}: the parents of '{code.name}' go in a circle ({shown}). Remove one `parent`.")
    return said


def _ring(name: str, parents: dict[str, str]) -> list[str]:
    """The codes of the circle that a code stands in, itself first; empty where it stands in none."""
    seen = [name]
    while (above := parents.get(seen[-1], "")) and above not in seen:
        seen.append(above)
    return seen if above == name else []


def _sentence(where: str, name: str, problem: Any) -> str:
    field = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = ", ".join(Code.model_fields)
        return f"{where}: the code '{name}' has '{field}', which is no field of a code. There are: {known}."
    if (field == "name" and problem["input"] in ("", None)) or problem["type"] == "missing":
        return f"{where}: a code without a name. Give it one: `name` is the only field that is required."
    if field == "color":
        return f"{where}: the color of '{name}' is {problem['input']!r}. Write it as \"#4477aa\", in quotation marks."
    return f"{where}: '{field}' of '{name}' is {problem['input']!r}, which is no text. Put it in quotation marks."


def _mappings(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _mappings(item)


def _repeated(node: Any) -> list[tuple[str, int]]:
    """Keys given twice in one mapping, with their line: YAML would keep the last and say nothing."""
    found = []
    for mapping in _mappings(node):
        seen = set()
        for key, _ in mapping.value:
            if key.value in seen:
                found.append((str(key.value), key.start_mark.line + 1))
            seen.add(key.value)
    return found


def _lines(node: Any) -> list[int]:
    """The line on which each entry under `codes` begins, counted from 1."""
    for key, value in node.value:
        if key.value == "codes" and isinstance(value, yaml.SequenceNode):
            return [item.start_mark.line + 1 for item in value.value]
    return []
