"""Fixtures that several tests share."""

from pathlib import Path

import pytest
import small_study as invented

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
