"""Strict YAML reader for files that people write: mistakes are reported, not silently accepted.

YAML itself keeps the last of two equal keys, reads `1.10` as 1.1, 10:30 as 630 and 0123 as 83, and allows a few lines
to expand to gigabytes. This reader reports duplicate keys with both lines, keeps plain words as written, and rejects
deep nesting, large alias expansions and tags.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from pipeline.core import text_files
from pipeline.core.errors import CounterpointError

# Limits on nesting (our files use at most 4 levels) and on the total number of values that aliases expand to.
DEEPEST, MOST_BY_ALIAS = 20, 10_000
# Limits on a number's characters and on its absolute value.
LONGEST_NUMBER, LARGEST_NUMBER = 30, 2**53
# The C loader, if available: 20 times as fast.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = frozenset(
    form for word in ("yes", "no", "true", "false", "on", "off") for form in (word, word.title(), word.upper())
)
_NUMBER = re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9]*)?")
_RESOLVER = yaml.resolver.Resolver()
_CONSTRUCTOR = yaml.constructor.SafeConstructor()
# The parser's messages in plain English.
_PLAIN = {
    "found character that cannot start any token": "text cannot begin with a tab, %, @ or `",
    "found invalid Unicode character escape code": "\\ud8… or \\udc… is an incomplete character (lone surrogate)",
    "mapping values are not allowed in this context": "unexpected colon",
    "could not find expected ':'": "a colon is missing, or a bracket is not closed",
    "found unexpected end of stream": "a quotation mark is not closed",
}
# A surrogate pair, as JSON escapes a character beyond U+FFFF.
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class YamlError(CounterpointError):
    """A YAML file cannot be read; the message gives file, line and remedy."""


class Numeral(str):
    """A number as text, exactly as written."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show the number without quotation marks."""
        return str(self)


class Map(dict[str, Any]):
    """A mapping with the line of each key (`lines`) and its own (`line`)."""

    def __init__(self, line: int) -> None:
        """Create an empty mapping that starts on `line` (from 1)."""
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class List(list[Any]):
    """A list with the line of each item (`lines`) and its own (`line`)."""

    def __init__(self, line: int) -> None:
        """Create an empty list that starts on `line` (from 1)."""
        super().__init__()
        self.line = line
        self.lines: list[int] = []


@dataclass
class Document:
    """The content of a file. `value`: None for an empty file; `problems`: messages on duplicate keys."""

    value: Any = None
    problems: list[str] = field(default_factory=list)


def read_yaml(path: Path, *, typed: bool = False, largest: int = text_files.LARGEST) -> Document:
    """Read a YAML file into text, booleans, None, Map and List; with `typed` also numbers.

    Without `typed`, numbers stay as written (Numeral). Dates and keys are always text. Raises FileNotFoundError, and
    YamlError with file and line.
    """
    try:
        text = text_files.read_text(path, largest=largest)
    except text_files.TextFileError as error:
        raise YamlError(str(error)) from None
    if path.suffix.lower() == ".json":
        text = _PAIR.sub(_whole, text)
    return parse_yaml(text, place=str(path), typed=typed)


def parse_yaml(text: str, *, place: str, typed: bool = False) -> Document:
    """Parse YAML text as `read_yaml` does. `place`: its name in messages. Raises YamlError."""
    if marks := text_files.merge_conflicts(text, place=place):
        raise YamlError(marks[0])
    return _Reading(place, typed=typed).document(text)


def line_of(value: Any, place: Sequence[str | int]) -> int:
    """Return the line of the value at a path such as ("codes", 3, "name"), or of its nearest existing parent.

    0 if no line is known.
    """
    line = int(getattr(value, "line", 0))
    for step in place:
        try:
            line = value.lines[step]
            value = value[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


def _whole(found: re.Match[str]) -> str:
    pair = bytes.fromhex(found[2] + found[3]).decode("utf-16-be")
    return f"{found[1]}{pair}"


@dataclass
class _Open:
    """A mapping or list being read. `key`: the key waiting for its value; `size`: number of nodes so far."""

    value: Map | List
    anchor: str | None
    key: str | None = None
    size: int = 1


class _Reading:
    """Builds values from the events of the YAML parser, without recursion and within limits."""

    def __init__(self, place: str, *, typed: bool) -> None:
        self.place = place
        self.typed = typed
        self.open: list[_Open] = []
        self.by_alias = 0
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.found = Document()

    def document(self, text: str) -> Document:
        documents = 0
        try:
            for event in self._events(text):
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        raise self._refused(
                            event, "a second document begins here (---). Keep one document, without that line"
                        )
                self._take(event)
        except yaml.YAMLError as error:
            raise YamlError(self._broken(error)) from None
        return self.found

    def _events(self, text: str) -> Iterator[Any]:
        return iter(yaml.parse(text, Loader=LOADER))

    def _take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(event, self._scalar(event), 1)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._begin(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            done = self.open.pop()
            self._add(event, done.value, done.size, line=done.value.line)
            if done.anchor is not None:
                self.anchors[done.anchor] = (done.value, done.size)
        elif kind is yaml.AliasEvent:
            self._alias(event)

    def _begin(self, event: Any) -> None:
        self._check_tag(event)
        if len(self.open) >= DEEPEST:
            raise self._refused(
                event, f"nested more than {DEEPEST} levels deep. Correct the brackets or the indentation"
            )
        if self.open and isinstance(self.open[-1].value, Map) and self.open[-1].key is None:
            raise self._refused(event, "a key cannot be a list or a mapping. Use a single word as the key")
        kind: type[Map] | type[List] = Map if isinstance(event, yaml.MappingStartEvent) else List
        self.open.append(_Open(kind(_line(event)), event.anchor))

    def _alias(self, event: Any) -> None:
        if any(container.anchor == event.anchor for container in self.open):
            raise self._refused(event, f"*{event.anchor} refers to itself. Write the value out")
        if event.anchor not in self.anchors:
            raise self._refused(
                event, f"undefined alias *{event.anchor}. Put text that begins with * in quotation marks"
            )
        value, size = self.anchors[event.anchor]
        self.by_alias += size
        if self.by_alias > MOST_BY_ALIAS:
            raise self._refused(event, f"aliases (*) expand to more than {MOST_BY_ALIAS:,} values. Write them out")
        self._add(event, value, size)

    def _add(self, event: Any, value: Any, size: int, line: int = 0) -> None:
        """Add a value to the innermost open mapping or list, or make it the document's value."""
        line = line or _line(event)
        if isinstance(event, yaml.ScalarEvent) and event.anchor is not None:
            self.anchors[event.anchor] = (value, 1)
        if not self.open:
            self.found.value = value
            return
        container = self.open[-1]
        container.size += size
        if isinstance(container.value, List):
            container.value.append(value)
            container.value.lines.append(line)
        elif container.key is None:
            self._key(container, event)
        else:
            container.value[container.key] = value
            container.key = None

    def _key(self, container: _Open, event: Any) -> None:
        """Record a key; report it if it is a duplicate."""
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refused(event, "a key cannot be an alias (*). Use a single word as the key")
        key, line = event.value, _line(event)
        lines = container.value.lines
        assert isinstance(lines, dict)  # noqa: S101  a mapping's
        if key in lines:
            self.found.problems.append(
                f"{self.place}, line {line}: duplicate key '{key}', first given on line {lines[key]}. Keep "
                "one of them, with everything under it."
            )
        lines.setdefault(key, line)
        container.key = key

    def _scalar(self, event: Any) -> Any:
        """Return the value of a scalar. Quoted and block scalars are always text."""
        self._check_tag(event)
        if event.style == '"' and (half := text_files.HALF.search(event.value)):
            raise self._refused(
                event, f"it contains U+{ord(half[0]):04X}, an incomplete character (lone surrogate). Remove it"
            )
        if event.style or event.tag == _TEXT:
            return event.value
        if event.value in _NULLS:
            return None
        if event.value in _BOOLEANS:
            return event.value.lower() in ("yes", "true", "on")
        if not self.typed:
            return Numeral(event.value) if _NUMBER.fullmatch(event.value) else event.value
        tag = _tag(event.value)
        return self._number(event, tag) if tag.endswith((":int", ":float")) else event.value

    def _number(self, event: Any, tag: str) -> float:
        number: Any = None
        if len(event.value) <= LONGEST_NUMBER:
            number = _CONSTRUCTOR.construct_object(yaml.ScalarNode(tag, event.value))
        if number is None or not isfinite(number) or abs(number) >= LARGEST_NUMBER:
            raise self._refused(event, f"{event.value[:20]} is not a usable number. Correct it")
        return number  # type: ignore[no-any-return]  # int or float, as YAML says

    def _check_tag(self, event: Any) -> None:
        if event.tag is not None and event.tag not in (_TEXT, "!"):
            shown = event.tag.replace("tag:yaml.org,2002:", "!!")
            raise self._refused(event, f"the tag {shown} is not supported. Put text that contains ! in quotation marks")

    def _refused(self, event: Any, what: str) -> YamlError:
        mark = event.start_mark
        return YamlError(f"{self.place}, line {mark.line + 1}, column {mark.column + 1}: {what}.")

    def _broken(self, error: yaml.YAMLError) -> str:
        mark = getattr(error, "problem_mark", None)
        where = f"{self.place}, line {mark.line + 1}, column {mark.column + 1}" if mark else self.place
        what = " ".join(str(getattr(error, "problem", None) or error).split())
        what = _PLAIN.get(what, what)
        return (
            f"{where}: invalid YAML ({what}). Check this line and the one before it: indent with spaces, "
            "not tabs, and put text that contains a colon, a bracket or a quotation mark in quotation "
            "marks."
        )


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _tag(word: str) -> str:
    """Return the type that YAML 1.1 gives an unquoted word."""
    return str(_RESOLVER.resolve(yaml.ScalarNode, word, (True, False)))  # type: ignore[no-untyped-call]
