"""Fixtures that several tests share, and how properties are tried."""

import os
from collections.abc import Iterator
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


@pytest.fixture(scope="module")
def browser():
    """A browser for the tests of a file; see tests/browsing.py."""
    from browsing import launched  # needs playwright, which other tests can do without

    with launched() as opened:
        yield opened


@pytest.fixture(scope="session")
def _small_study(tmp_path_factory) -> Path:
    folder = invented.write(tmp_path_factory.mktemp("project") / "data" / "small")
    (folder / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def small_study(_small_study) -> Iterator[Path]:
    """A small study with every table of the pipeline; see tests/small_study.py. Tests that write into it copy it."""
    before = _listed(_small_study)
    yield _small_study
    assert _listed(_small_study) == before, "a test of this file has changed the study that all tests share"


def _listed(folder: Path) -> dict[Path, tuple[int, int]]:
    project = folder.parent.parent
    return {
        path: (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(project.rglob("*")) if path.is_file()
    }
