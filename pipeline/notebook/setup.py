"""Notebook setup: finds the study, reports missing tables, and gathers what pictures show."""

import os
from pathlib import Path

import pandas as pd

from pipeline.core import atomic_files, params, store
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.core.table_rows import each
from pipeline.decisions import states
from pipeline.deductive import codebook
from pipeline.exchange import csv
from pipeline.paper import figure_data
from pipeline.paper.canvas import Drawn
from pipeline.reporting import report_tables

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


def attributes(folder: Path) -> list[str]:
    """The attributes that divide the participants into groups, those of the sampling frame first."""
    return figure_data.attributes(table(folder, "cases"), params.load().compare.frame)


def codes(folder: Path) -> list[str]:
    """The codes that were mapped, in the order of the codebook."""
    mapped = set(table(folder, "code_assignments").code)
    place = params.load().places.codebook
    known = codebook.load_codebook(place).names if place.exists() else ()
    return [code for code in known if code in mapped]


def themes_by(folder: Path, attribute: str) -> pd.DataFrame:
    """How much of each group's talk is of each theme; empty for an attribute that makes no groups."""
    ranked = states.ranked(table(folder, "themes"))
    named: dict[object, str] = {row.theme_id: f"T{row.number} {row.label}" for row in each(ranked)}
    return _by(folder, figure_data.theme_members(table(folder, "theme_assignments")), attribute, named)


def codes_by(folder: Path, attribute: str) -> pd.DataFrame:
    """How much of each group's talk has each candidate code; empty for an attribute that makes no groups.

    Of all talk that was mapped: what is in a language that is not counts as nobody's.
    """
    scored = table(folder, "code_assignments")
    given = figure_data.code_members(report_tables.accepted_codes(scored))
    return _by(folder, given, attribute, {code: code for code in codes(folder)}, of=set(scored.segment_id))


def agreement_by_code(folder: Path) -> pd.DataFrame:
    """Kappa by code and pair of coders, for a figure; empty with a reflexive stance."""
    return figure_data.agreement(agreement(folder), codes(folder))


def valence_by_code(folder: Path) -> pd.DataFrame:
    """Passages of each code by how they speak of it, for a figure."""
    given = report_tables.accepted_codes(table(folder, "code_assignments"))
    return figure_data.valence(table(folder, "valence"), given, codes(folder))


def saturation_curves(folder: Path) -> pd.DataFrame:
    """Codes and themes known by how many sources were read, for a figure."""
    return figure_data.saturation(table(folder, "saturation"))


def theme_stability(folder: Path) -> pd.DataFrame:
    """How like each theme its nearest match is in the reruns, for a figure; empty with a reflexive stance."""
    themes = table(folder, "themes").iloc[: 0 if stance() == "reflexive" else None]
    ranked = states.ranked(themes)
    named: dict[object, str] = {row.theme_id: f"T{row.number} {row.label}" for row in each(ranked)}
    return figure_data.stability(themes, named)


def _by(
    folder: Path, members: pd.DataFrame, attribute: str, named: dict[object, str], *, of: set[str] | None = None
) -> pd.DataFrame:
    cases, segments = table(folder, "cases"), table(folder, "segments")
    if attribute not in cases:
        return pd.DataFrame(columns=list(figure_data.GROUPED))
    used = segments[segments.substantive & (segments.segment_id.isin(of) if of is not None else True)]
    return figure_data.by_group(members, used, cases, attribute=attribute, names=named)


def keep(folder: Path, figure: Drawn, data: pd.DataFrame, *, name: str) -> str:
    """Save a figure as SVG and PNG with its table as csv in the study's paper/figures/; return a sentence."""
    place = Places(folder).paper / "figures" / name
    files = figure.save(place)
    atomic_files.write(place.with_name(f"{name}.csv"), csv.table(data))
    return f"Saved in {place.parent.as_posix()}: {', '.join(file.name for file in files)}, {name}.csv"
