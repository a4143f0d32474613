"""The tables behind the figures: what each figure draws, and the csv beside it holds. Every number is a whole count, a
share or a coefficient of another table; nothing is estimated here.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.core import coders
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import ALL_CODES, COMPARED_UNITS, EVERYTHING, VALENCES
from pipeline.decisions import states
from pipeline.reporting.views import agreement_view
from pipeline.reporting.views.further_view import coder

# An attribute with more values than this is no set of groups, and is left out of figures.
MOST_GROUPS = 10
GROUPED = ("name", "group", "n_segments", "of_segments", "share", "n_cases", "of_cases")


def attributes(cases: pd.DataFrame, frame: Sequence[str]) -> list[str]:
    """The attributes that make groups: those of the sampling frame, else any other, with 2 to MOST_GROUPS values."""
    usable = [
        str(column)
        for column in cases.columns
        if column != "case" and 2 <= _known(cases[column]).nunique() <= min(MOST_GROUPS, max(len(cases) - 1, 2))
    ]
    return [name for name in frame if name in usable] or usable


def by_group(
    members: pd.DataFrame, segments: pd.DataFrame, cases: pd.DataFrame, *, attribute: str, names: Mapping[object, str]
) -> pd.DataFrame:
    """How much of each group's talk is of each thing, and by how many of its people: columns GROUPED, long form.

    `members`: columns segment_id and `what`; `segments`: all that could be of something; `names`: what is shown, in
    order, by `what`. `of_segments`: the group's segments; `of_cases`: its people who have any.
    """
    group_of = {str(case): str(value) for case, value in zip(cases.case, cases[attribute], strict=True) if _is(value)}
    talk = segments[segments.case.isin(list(group_of))][["segment_id", "case"]]
    talk = talk.assign(group=talk.case.map(group_of))
    told = members.drop_duplicates(["segment_id", "what"]).merge(talk, on="segment_id")
    rows = []
    for what, name in names.items():
        own = groups(told[told.what == what], "group")
        for group, all_of in groups(talk, "group").items():
            part = own.get(group, told.iloc[:0])
            share = len(part) / len(all_of)
            counts = (len(part), len(all_of), share, part.case.nunique(), all_of.case.nunique())
            rows.append((name, group, *counts))
    return pd.DataFrame(rows, columns=list(GROUPED))


def theme_members(assignments: pd.DataFrame) -> pd.DataFrame:
    """Which segments are in which theme, for `by_group`."""
    return assignments[["segment_id", "theme_id"]].rename(columns={"theme_id": "what"})


def code_members(accepted: pd.DataFrame) -> pd.DataFrame:
    """Which segments have which code, for `by_group`."""
    return accepted[["segment_id", "code"]].rename(columns={"code": "what"})


def agreement(table: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Kappa with its interval by code, the codes pooled first; columns name, who, people, kappa, low, high, n.

    `people`: whether both coders are people. Of several units, the first that the report shows.
    """
    unit = next((name for name in COMPARED_UNITS if name in set(table.unit)), "segment")
    rows = table[(table.unit == unit) & table.kappa.notna()]
    rows = rows[(rows.level == "code") | (rows.code == ALL_CODES)]
    order = {name: number for number, name in enumerate([ALL_CODES, *codes])}
    rows = rows.assign(people=~agreement_view.with_machine(rows), order=rows.code.map(order).fillna(len(order)))
    rows = rows.sort_values(
        ["order", "code", "people", "coder_a", "coder_b"], ascending=[True, True, False, True, True]
    )
    who = [f"{coder(row.coder_a)} and {coder(row.coder_b)}" for row in each(rows)]
    name = rows.code.where(rows.code != ALL_CODES, "All codes")
    shown = rows.assign(who=who, name=name)
    return shown[["name", "who", "people", "kappa", "low", "high", "n"]].reset_index(drop=True)


def saturation(table: pd.DataFrame) -> pd.DataFrame:
    """What is known by how many sources have been read; columns source, position, n_known, low, high.

    Means over random orders with the middle 95% of them. The pipeline's own codes are left out: it gives every code it
    can as soon as it can.
    """
    rows = table[(table.cell == EVERYTHING) & (table.order == "random")]
    rows = rows[~rows.source.map(coders.is_pipeline).astype(bool)]
    named = ["candidate themes" if name == "themes" else f"codes of {name}" for name in rows.source]
    shown = rows.assign(source=named, low=rows.known_low, high=rows.known_high)
    return shown.sort_values(["source", "position"])[["source", "position", "n_known", "low", "high"]].reset_index(
        drop=True
    )


def valence(table: pd.DataFrame, accepted: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Passages of each code by how they speak of it; columns name, facilitator, barrier, both, neither."""
    merged = accepted.merge(table[["segment_id", "valence"]], on="segment_id")
    crossed = merged.pivot_table(index="code", columns="valence", values="segment_id", aggfunc="count", fill_value=0)
    wide = crossed.reindex(index=[code for code in codes if code in crossed.index], columns=list(VALENCES))
    return wide.fillna(0).astype(int).rename_axis("name", axis=0).rename_axis(None, axis=1).reset_index()


def stability(themes: pd.DataFrame, names: Mapping[object, str]) -> pd.DataFrame:
    """Mean Jaccard index of each theme with its nearest match without some documents; columns name, stability."""
    ranked = states.ranked(themes)
    known = ranked[ranked.stability.notna() & ranked.theme_id.isin(list(names))]
    return pd.DataFrame(
        {"name": [names[theme] for theme in known.theme_id], "stability": known.stability.to_numpy(dtype=float)}
    )


def wide(frame: pd.DataFrame, value: str) -> pd.DataFrame:
    """A table from `by_group` with a row for each name and a column for each group, in the order of the table."""
    table = frame.pivot(index="name", columns="group", values=value)
    return table.reindex(index=list(dict.fromkeys(frame.name)), columns=list(dict.fromkeys(frame.group)))


def _known(values: pd.Series) -> pd.Series:
    return values[values.map(_is).astype(bool)].astype(str)


def _is(value: object) -> bool:
    return not (value is None or (isinstance(value, float) and np.isnan(value))) and bool(str(value).strip())
