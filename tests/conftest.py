"""Fixtures that several tests share, and how properties are tried."""

import os
from pathlib import Path

import pytest
import small_study as invented
from hypothesis import settings

# The same examples on every run, so that a test fails because of what was changed; HYPOTHESIS_PROFILE=search draws
# new ones, and `make fuzz` does so.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

CODEBOOK = """\
codes:
  - name: Motivation
  - {name: Pride, parent: Motivation, definition: What makes people take part., include: wanting to learn}
  - name: Resources
  - {name: Time, parent: Resources, definition: Whether there is time for it.}
  - {name: Staffing, parent: Resources, definition: Enough people on the ward.}
  - {name: Leaders, definition: "The board, the chief executive, the people at the top."}
"""


@pytest.fixture(scope="session")
def small_study(tmp_path_factory) -> Path:
    """A small study with every table of the pipeline; see tests/small_study.py. Not to be changed by a test."""
    folder = invented.write(tmp_path_factory.mktemp("project") / "data" / "small")
    (folder / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    return folder
