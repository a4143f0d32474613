"""What a stage loads: nothing slow that it does not use. Each stage is a process of its own, so that counts every run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store

ROOT = Path(__file__).parent.parent
# Of the vectors of the model that embeds the codebook.
WIDTH = 384
STAGES = ("study", "ingest", "segment", "embed", "themes", "map_codes", "compare", "report")
SLOW = {
    "bertopic",
    "hdbscan",
    "numba",
    "plotly",
    "sentence_transformers",
    "sklearn",
    "spacy",
    "torch",
    "transformers",
    "umap",
}
# What spaCy and BERTopic load by themselves, of what is installed.
BY_ITSELF = {"segment": {"torch"}, "embed": {"torch"}, "themes": SLOW}
# What a run of a stage on a small study needs of them.
NEEDED = {
    "study": set(),
    "ingest": set(),
    "segment": {"spacy"},
    "embed": {"spacy"},
    "themes": {"bertopic", "sklearn", "spacy"},
    "map_codes": set(),
    "compare": {"sklearn"},
    "report": {"sklearn"},
}
IMPORTED = """
import importlib, sys
importlib.import_module("pipeline.{stage}")
print("loaded", *sys.modules)
"""
RUN = """
import runpy, sys
runpy.run_module("pipeline.{stage}", run_name="__main__")
print("loaded", *sys.modules)
"""


def loaded(code: str, folder: Path) -> set[str]:
    """The slow packages that a fresh process loads."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = next(line for line in done.stdout.splitlines() if line.startswith("loaded "))
    return SLOW & set(names.split())


@pytest.fixture
def root(tmp_path: Path, small_study: Path) -> Path:
    """A project of the small study, every table made."""
    shutil.copytree(small_study, tmp_path / "data" / "small")
    shutil.copytree(ROOT / "models", tmp_path / "models", ignore=shutil.ignore_patterns("data"))
    (tmp_path / "params.yaml").write_text("study: data/small\n")
    (tmp_path / "data/small/transcripts").mkdir(exist_ok=True)
    (tmp_path / "data/small/transcripts/a.txt").write_text(
        "Anna: We never had any time for it on the ward.\n\nBen: Nor we.\n\nAnna: Half a day a month.\n\nBen: No.\n"
    )
    ids = store.read(small_study, "segments")["segment_id"]
    vectors = np.random.default_rng(1).standard_normal((len(ids), WIDTH)).astype(np.float32)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    store.write(
        tmp_path / "data/small", "embeddings", pd.DataFrame({"segment_id": ids.to_numpy(), "vector": list(unit)})
    )
    return tmp_path


@pytest.mark.parametrize("stage", STAGES)
def test_importing_a_stage_loads_nothing_slow(stage: str, tmp_path: Path):
    allowed = {"sklearn"} if stage in ("themes", "report") else set()
    assert loaded(IMPORTED.format(stage=stage), tmp_path) <= allowed


@pytest.mark.parametrize("stage", NEEDED)
def test_running_a_stage_loads_what_it_needs_and_no_more(stage: str, root: Path):
    found = loaded(RUN.format(stage=stage), root)
    assert NEEDED[stage] <= found <= NEEDED[stage] | BY_ITSELF.get(stage, set())


def test_the_command_line_loads_nothing_slow(tmp_path: Path):
    assert loaded(IMPORTED.format(stage="cli"), tmp_path) == set()
