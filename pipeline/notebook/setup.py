"""Notebook setup: finds the study, makes plots work offline, and reports missing tables."""

import os
from pathlib import Path

import pandas as pd
import plotly.io

from pipeline.core import params, store
from pipeline.core.errors import CounterpointError

MADE_BY = {
    "themes": "There are no candidate themes: too few segments, or no groups among them.",
    "code_assignments": "There are no candidate codes: codebook.yaml has no codes.",
    "codings": "There are no human codes: human_codes/ is empty, so there is nothing to compare with.",
    "agreement": "There is no agreement to show: no two coders can be compared.",
    "saturation": "There is no saturation to show: fewer than two documents have codes or themes.",
    "framework_matrix": "There is no framework matrix: codebook.yaml has no codes.",
}


class WorkbenchError(CounterpointError):
    """The notebook is not inside a project."""


def study() -> Path:
    """The study folder named in params.yaml; changes the working directory to the project's root.

    Raises WorkbenchError where no params.yaml lies in this folder or above it.
    """
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / "params.yaml").exists()), None)
    if root is None:
        raise WorkbenchError(f"No params.yaml in {here} or above it. Open the notebook inside the project folder.")
    os.chdir(root)
    # JupyterLab draws this kind of output itself; plotly's own page would ask a server for a script.
    plotly.io.renderers.default = "plotly_mimetype"
    # What people said is shown whole; the tables' own HTML escapes it.
    pd.set_option("display.max_colwidth", None, "display.max_rows", 200)
    return params.load().folder


def stance() -> str:
    """The stance of params.yaml: codebook, or reflexive, which shows no coefficients."""
    return params.load().stance


def missing(folder: Path, *tables: str) -> str:
    """Tables that are missing for a notebook, one sentence per line, or a sentence that nothing is missing."""
    sentences = []
    for table in tables:
        if not store.path(folder, table).exists():
            sentences.append(f"{table} does not exist yet. Run `counterpoint run` first.")
        elif store.read(folder, table).empty:
            sentences.append(MADE_BY.get(table, f"{table} is empty."))
    return "\n".join(sentences) or f"{folder}: nothing is missing."


def table(folder: Path, name: str) -> pd.DataFrame:
    """A table of the study; empty if it does not exist, so that a notebook can continue."""
    return store.read(folder, name) if store.path(folder, name).exists() else store.empty(name)


def agreement(folder: Path) -> pd.DataFrame:
    """Agreement between coders; empty with a reflexive stance, which shows no coefficients."""
    return store.empty("agreement") if stance() == "reflexive" else table(folder, "agreement")


def theme_choice(folder: Path) -> pd.DataFrame:
    """The scores by number of themes; empty with a reflexive stance, because they are coefficients."""
    return store.empty("theme_choice") if stance() == "reflexive" else table(folder, "theme_choice")


def theme_agreement(folder: Path) -> pd.DataFrame:
    """Agreement of candidate themes with codes; empty with a reflexive stance."""
    return store.empty("theme_agreement") if stance() == "reflexive" else table(folder, "theme_agreement")
