"""The figures of a paper: each with its legend and the csv of what it draws. Those that cannot be drawn say why not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import names as spelling
from pipeline.core import prose
from pipeline.exchange import csv
from pipeline.paper import figure_data, figures
from pipeline.paper.canvas import Drawn
from pipeline.paper.identities import People
from pipeline.paper.theme_table import chosen
from pipeline.reporting.report_tables import ReportData
from pipeline.reporting.views.steady_view import NEARLY, OUTLINE

# So many rows fit one page.
MOST_ROWS, MOST_MARKS = 28, 55
FOLDER = "figures"


@dataclass(frozen=True)
class Figure:
    """A figure. `name`: of its files, without an ending; `parts`: it, in parts that each fit a page."""

    name: str
    legend: str
    table: pd.DataFrame
    parts: tuple[Drawn, ...]

    @property
    def stems(self) -> list[str]:
        """The names of its pictures, without endings: one for each part."""
        return (
            [f"{self.name}_{number}" for number, _ in enumerate(self.parts, 1)] if len(self.parts) > 1 else [self.name]
        )

    @property
    def files(self) -> dict[str, bytes]:
        """Its files by their path in the paper's folder."""
        made = {f"{FOLDER}/{self.name}.csv": csv.table(self.table)}
        for stem, part in zip(self.stems, self.parts, strict=True):
            made |= {f"{FOLDER}/{stem}.svg": part.svg, f"{FOLDER}/{stem}.png": part.png}
        return made


@dataclass(frozen=True)
class Set:
    """All figures, and for each that could not be drawn a sentence with the reason."""

    figures: tuple[Figure, ...]
    left_out: tuple[str, ...]


def draw(data: ReportData, people: People, *, frame: Sequence[str], reflexive: bool) -> Set:
    """Draw every figure the study has the results for. `frame`: the attributes by which people are grouped."""
    made: list[Figure] = []
    left_out: list[str] = []
    for figure in (
        *_by_groups(data, people, frame),
        _agreement(data, reflexive=reflexive),
        _saturation(data),
        _valence(data),
        _stability(data, people, reflexive=reflexive),
    ):
        if isinstance(figure, Figure):
            made.append(figure)
        else:
            left_out.append(figure)
    boxed = [figure.name for figure in made if any(part.lacks_signs for part in figure.parts)]
    if boxed:
        left_out.append(
            f"Some signs in the PNG of {prose.listed(boxed)}: this machine has no typeface for them. The SVG has them."
        )
    return Set(tuple(made), tuple(left_out))


def theme_names(data: ReportData, people: People) -> dict[object, str]:
    """What the themes of the paper are called in figures, by theme_id; names that occur twice are numbered."""
    themes, _ = chosen(data)
    named: dict[object, str] = {}
    for theme, label in zip(themes.theme_id, themes.label, strict=True):
        name = people.without_names(str(label)) or f"Theme {theme}"
        taken = set(named.values())
        number = next(number for number in range(1, len(taken) + 2) if _with_number(name, number) not in taken)
        named[int(theme)] = _with_number(name, number)
    return named


def _by_groups(data: ReportData, people: People, frame: Sequence[str]) -> Iterator[Figure | str]:
    tables = data.tables
    used = tables["segments"][tables["segments"].substantive]
    attributes = figure_data.attributes(tables["cases"], frame)
    if not attributes:
        yield "Themes and framework by groups: no column of participants.csv divides the participants into groups."
        return
    themes = theme_names(data, people)
    codes: dict[object, str] = {code: code for code in data.codes}
    mapped = used[used.segment_id.isin(set(tables["code_assignments"].segment_id))]
    for what, members, segments, names, none in (
        ("themes", figure_data.theme_members(tables["theme_assignments"]), used, themes, "no themes"),
        ("framework", figure_data.code_members(data.accepted), mapped, codes, "no codes were mapped"),
    ):
        for attribute in attributes:
            table = figure_data.by_group(members, segments, tables["cases"], attribute=attribute, names=names)
            if table.empty:
                yield f"{what.capitalize()} by {attribute}: {none}, or nobody of these groups speaks."
                continue
            yield Figure(
                f"{what}_by_{_safe(attribute)}",
                f"{'Themes' if what == 'themes' else 'Codes of the framework'} by {attribute}. Each cell: the share of "
                f"the group’s segments (darker: more) and how many of its people they are from. "
                f"{_machine(data, what)}",
                table,
                _parts(figures.shares, table, MOST_ROWS),
            )


def _machine(data: ReportData, what: str) -> str:
    if what == "framework":
        return "Codes were assigned by a program and are candidates."
    _, accepted = chosen(data)
    return "" if accepted else "The themes are candidates."


def _agreement(data: ReportData, *, reflexive: bool) -> Figure | str:
    if reflexive:
        return "Agreement: not drawn, since `stance: reflexive` shows no coefficients."
    table = figure_data.agreement(data.tables["agreement"], data.codes)
    if table.empty:
        return "Agreement: no two coders can be compared."
    pairs = table.who.nunique()
    has_intervals = table[["low", "high"]].notna().all(axis=1).any()
    intervals = (
        " with 95% intervals by resampling whole sources" if has_intervals else "; too few sources for intervals"
    )
    return Figure(
        "agreement",
        f"Agreement by code (Cohen’s kappa{intervals}). Filled marks: two people; open marks: a person and the "
        "program.",
        table,
        _parts(figures.agreement, table, max(MOST_MARKS // max(pairs, 2), 4)),
    )


def _saturation(data: ReportData) -> Figure | str:
    table = figure_data.saturation(data.tables["saturation"])
    if table.empty:
        return "Saturation: fewer than two sources have codes or themes."
    return Figure(
        "saturation",
        "Codes and themes found by number of sources read: means over random orders of reading, with the middle 95% of "
        "them shaded.",
        table,
        (figures.saturation(table),),
    )


def _valence(data: ReportData) -> Figure | str:
    table = figure_data.valence(data.tables["valence"], data.accepted, data.codes)
    if table.empty:
        return "Facilitators and barriers: no passage has a code."
    learned = "few_shot" in set(data.tables["valence"].method)
    how = "the wording and passages that people coded as either" if learned else "the wording"
    return Figure(
        "facilitators_and_barriers",
        "Passages of each code that speak of it as a barrier and as a facilitator; hatched: as both; beside the "
        "bars, the numbers of each. Passages that speak of it as neither are in the data only. The reading was made by "
        f"a program from {how}, on candidate codes.",
        table,
        _parts(figures.valence, table, MOST_ROWS),
    )


def _stability(data: ReportData, people: People, *, reflexive: bool) -> Figure | str:
    if reflexive:
        return "Stability: not drawn, since `stance: reflexive` shows no coefficients."
    table = figure_data.stability(data.tables["themes"], theme_names(data, people))
    if table.empty:
        return "Stability: it was not measured for these themes."
    runs = prose.count(len(data.tables["theme_stability"]), "run")
    return Figure(
        "stability",
        f"Overlap of each theme with the group most like it when documents were left out (passages in both as a share "
        f"of those in either: Jaccard index, mean of {runs}). Dashed lines: from {OUTLINE:g} partly stable, from "
        f"{NEARLY:g} stable.",
        table,
        _parts(lambda part: figures.stability(part, nearly=NEARLY, outline=OUTLINE), table, MOST_ROWS),
    )


def _parts(draw: Callable[[pd.DataFrame], Drawn], table: pd.DataFrame, most: int) -> tuple[Drawn, ...]:
    return tuple(draw(part) for part in figures.pages(table, most=most))


def _with_number(name: str, number: int) -> str:
    return name if number == 1 else f"{name} ({number})"


def _safe(name: str) -> str:
    """A name for files: letters, digits and underscores."""
    plain = "".join(sign if sign.isalnum() else "_" for sign in spelling.key(name))
    return plain.strip("_")[:40] or "group"
