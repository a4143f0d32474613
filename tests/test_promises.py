"""docs/promises.md: every promise names a test, and every test that it names exists."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "promises.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"^- .*", PAGE, re.M)
NAMED = re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE)


def functions_of(file: str) -> set[str]:
    place = TESTS / file
    nodes = ast.parse(place.read_text(encoding="utf-8")).body if place.exists() else []
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_promise_names_a_test():
    assert len(PROMISES) > 80
    assert [promise for promise in PROMISES if not re.search(r"`test_\w+\.py::test_\w+`", promise)] == []


def test_every_test_that_is_named_exists():
    known = {file: functions_of(file) for file, _ in NAMED}
    assert [f"{file}::{name}" for file, name in NAMED if name not in known[file]] == []


def test_no_test_that_is_named_is_skipped_everywhere():
    skipped = re.compile(r"@pytest\.mark\.skip\(")
    assert [file for file in {file for file, _ in NAMED} if skipped.search((TESTS / file).read_text())] == []


def test_nothing_is_promised_twice():
    assert len(set(PROMISES)) == len(PROMISES)
