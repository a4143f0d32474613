"""What the notebooks begin with: find the study, set plots to work without a network, say what is missing."""

import os
from pathlib import Path

import pandas as pd
import plotly.io

from pipeline.core import params, store
from pipeline.core.errors import CounterpointError

MADE_BY = {
    "themes": "There are no candidate themes: too little talk, or none that falls into groups.",
    "code_assignments": "There are no candidate codes: codebook.yaml holds no codes.",
    "codings": "There are no human codes: human_codes/ is empty, so nothing can be compared with what people coded.",
    "agreement": "There is no agreement to show: nobody's codes can be set against anybody else's.",
    "saturation": "There is no saturation to show: no codes and no themes in two documents or more.",
    "framework_matrix": "There is no framework matrix: codebook.yaml holds no codes.",
}


class WorkbenchError(CounterpointError):
    """The notebook is not inside a project."""


def study() -> Path:
    """The folder of the study named in params.yaml; from here on, paths are relative to the project's root.

    Raises WorkbenchError where no params.yaml lies in this folder or above it.
    """
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / "params.yaml").exists()), None)
    if root is None:
        raise WorkbenchError(f"No params.yaml in {here} or above it: open the notebook inside the project's folder.")
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
    """What the study lacks for a notebook, a sentence a line; or that nothing is missing."""
    said = []
    for table in tables:
        if not store.path(folder, table).exists():
            said.append(f"{table} has not been made yet: run `counterpoint run`.")
        elif store.read(folder, table).empty:
            said.append(MADE_BY.get(table, f"{table} is empty."))
    return "\n".join(said) or f"{folder}: nothing is missing."


def table(folder: Path, name: str) -> pd.DataFrame:
    """A table of the study; empty where it has not been made, so that a notebook can go on and say so."""
    return store.read(folder, name) if store.path(folder, name).exists() else store.empty(name)


def agreement(folder: Path) -> pd.DataFrame:
    """Agreement of coders; empty with a reflexive stance, which shows no coefficients."""
    return store.empty("agreement") if stance() == "reflexive" else table(folder, "agreement")


def theme_choice(folder: Path) -> pd.DataFrame:
    """The curve the number of themes was read from; empty with a reflexive stance, for its scores are coefficients."""
    return store.empty("theme_choice") if stance() == "reflexive" else table(folder, "theme_choice")


def theme_agreement(folder: Path) -> pd.DataFrame:
    """Agreement of candidate themes with codes; empty with a reflexive stance."""
    return store.empty("theme_agreement") if stance() == "reflexive" else table(folder, "theme_agreement")
