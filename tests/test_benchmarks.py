"""The measurements: every target of the Makefile has its module, and each can be loaded."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TARGETS = sorted(set(re.findall(r"\bbench-([a-z]+)\b", (ROOT / "Makefile").read_text(encoding="utf-8"))))


def test_there_are_targets():
    assert {"pipeline", "themes", "mapping"} <= set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_has_a_module_that_can_be_run(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(ROOT))
    module = importlib.import_module(f"benchmarks.{name}")
    assert callable(module.main)
    assert module.__doc__
