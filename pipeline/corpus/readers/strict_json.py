"""Parses JSON strictly: what Python accepts but tables cannot hold is refused, with its line."""

import json
import re
from collections import Counter
from typing import Any

from pipeline.corpus.readers.model import RefusedError

# Longer numbers are not times, and parsing them takes quadratic time.
MAX_DIGITS = 300
# Matches a text up to the first escaped NUL or lone surrogate; other escapes are skipped whole.
_PAIR = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_WHOLE = re.compile(rf"(?:[^\\]++|\\[^u]|\\u(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{{4}}|{_PAIR})*+", re.DOTALL)
_LONG = re.compile(rf"\d{{{MAX_DIGITS + 1}}}")


def parse_json(text: str) -> Any:
    """Return the content of a JSON text.

    Raises RefusedError if it is invalid or ambiguous: duplicate keys, NaN and Infinity, numbers of more than 300
    digits, excessive nesting, and escaped lone surrogates.
    """
    try:
        content = json.loads(text, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object)
    except _OddError as error:
        raise RefusedError(f"{error.what.format(line=_line_of(text, error.sign))} Export it again.") from None
    except json.JSONDecodeError as error:
        raise RefusedError(f"Line {error.lineno} is not valid JSON ({error.msg}). Export it again.") from None
    except RecursionError:
        raise RefusedError("The JSON is nested too deeply. Export it again.") from None
    whole = _WHOLE.match(text)
    if whole and whole.end() < len(text):
        line = text.count("\n", 0, whole.end()) + 1
        what = (
            "a NUL character" if text.startswith("\\u0000", whole.end()) else "an incomplete character (lone surrogate)"
        )
        raise RefusedError(f"Line {line} contains {what}. Export it again.")
    return content


def parse_lines(text: str) -> Any:
    """Return the content of a JSON text, or a list of the objects of one that has an object in each line.

    Raises RefusedError as `parse_json` does.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and all(line.strip().startswith("{") and line.strip().endswith("}") for line in lines):
        return [parse_json(line) for line in lines]
    return parse_json(text)


class _OddError(Exception):
    """A problem in JSON. `what`: the message; `sign`: a pattern that finds the place in the text."""

    def __init__(self, what: str, sign: re.Pattern[str]) -> None:
        super().__init__(what)
        self.what, self.sign = what, sign


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _OddError(f"Line {{line}} contains a number of more than {MAX_DIGITS} digits.", _LONG)
    return int(digits)


def _constant(name: str) -> Any:
    raise _OddError(f"Line {{line}} contains {name}, which is not a JSON number.", re.compile(rf"(?<!\w){name}(?!\w)"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        shown = name[:60].encode("utf-8", "replace").decode().replace("{", "{{").replace("}", "}}")
        what = f"An object has the key '{shown}' twice; the first '{shown}' is on line {{line}}."
        raise _OddError(what, re.compile(re.escape(json.dumps(name))))
    return found


def _line_of(text: str, sign: re.Pattern[str]) -> int:
    found = sign.search(text)
    return text.count("\n", 0, found.start() if found else 0) + 1
