"""People's codes beyond pairs: all coders together, group by group, what was missed, and how codes and themes meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import ALL_CODES, COMPARED_UNITS
from pipeline.reporting.views.fates_view import VERDICTS, theme_ids
from pipeline.reporting.views.further_view import coder

LEVELS = {"code": "codes", "category": "categories"}
MAPPED = {
    "mapped": "one code’s",
    "ambiguous": "several codes share it",
    "orphan": "no code covers it: a candidate for the framework",
    "too few": "too few passages to say",
}
ALL_COLUMNS = (
    "Code",
    "Compared",
    "Answered by all",
    "Percent",
    "Alpha",
    "95% interval",
    "Fleiss’ kappa",
    "AC1",
    "Note",
)
GROUP_COLUMNS = (
    "Group",
    "Coders",
    "Compared",
    "Cases",
    "Kappa",
    "Everybody else",
    "Difference",
    "95% interval",
    "Note",
)


@dataclass(frozen=True)
class Table:
    """Rows as text under their columns, with a title and the sentences that come before."""

    title: str
    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class View:
    """The parts, each missing (or empty) where there is nothing to show; `meetings`: a table for each coder and way."""

    together: Table | None
    by_group: Table | None
    missed: tuple[str, ...]
    meetings: tuple[Table, ...]


def build(
    tables: Mapping[str, pd.DataFrame], *, codes: Sequence[str], names: Mapping[int, str], reflexive: bool
) -> View:
    """Prepare the parts. `names`: each theme in words by its id; with `reflexive`, counts and words alone."""
    return View(
        together=None if reflexive else _together(tables["agreement_of_all"], codes),
        by_group=None if reflexive else _by_group(tables["agreement_by_attribute"]),
        missed=tuple(_missed(row, reflexive) for row in each(tables["missed"].sort_values(["method", "coder"]))),
        meetings=tuple(
            made
            for level in LEVELS
            for own, table in ((_recovered, "code_recovery"), (_mapped, "theme_mapping"))
            for who, rows in groups(tables[table][tables[table].level == level], "coder").items()
            if (made := own(_in_order(rows, codes), who, level, names, reflexive))
        ),
    )


def _interval(low: float, high: float) -> str:
    return "undefined" if pd.isna(low) or pd.isna(high) else f"{prose.figure(low)} to {prose.figure(high)}"


def _together(table: pd.DataFrame, codes: Sequence[str]) -> Table | None:
    unit = next((one for one in COMPARED_UNITS if one in set(table.unit)), "segment")
    own = table[table.unit == unit]
    if own.empty:
        return None
    said = []
    for row in each(own[own.code == ALL_CODES]):
        people = row.coders.split("; ")
        who = prose.listed(people) if len(people) < 6 else prose.count(len(people), "person", "people")
        where = f"on {prose.count(row.n, unit)} that two or more of them read"
        if pd.isna(row.alpha):
            said.append(f"{who} together, {where}: undefined. {prose.sentence(row.note)}")
        else:
            said.append(
                f"{who} together, {where}, are {_how_far(row.alpha)}: Krippendorff’s alpha over their sets of codes is "
                f"{prose.figure(row.alpha)} (95% interval {_interval(row.low, row.high)}). {_meaning(row.alpha)}"
            )
    ranks = {"pooled": 0, "category": 1, "code": 2}
    place = _in_order(own, codes).assign(rank=lambda table: table.level.map(ranks))
    rows = tuple(
        (
            f"{row.code} (category)" if row.level == "category" else row.code.strip("()"),
            f"{row.n:,}",
            f"{row.n_complete:,}",
            prose.percent(row.percent),
            prose.figure(row.alpha),
            _interval(row.low, row.high),
            prose.figure(row.fleiss),
            prose.figure(row.ac1),
            row.note,
        )
        for row in each(place.sort_values("rank", kind="stable"))
    )
    return Table("All coders together", tuple(said), ALL_COLUMNS, rows)


def _how_far(alpha: float) -> str:
    return (
        "no nearer to each other than chance" if alpha <= 0 else f"{prose.percent(alpha)} of the way to full agreement"
    )


def _meaning(alpha: float) -> str:
    """Krippendorff's own reading of alpha (2004, p. 241): 0.8 and more is reliable, from 0.667 tentatively so."""
    if alpha >= 0.8:
        return "Conclusions that rest on these codes rest on firm ground."
    if alpha >= 0.667:
        return "It allows tentative conclusions."
    return (
        "It is less than conclusions from counts of codes would need: use the differences to talk about the codebook."
    )


def _by_group(table: pd.DataFrame) -> Table | None:
    if table.empty:
        return None
    ordered = table.sort_values(["attribute", "value", "coder_a", "coder_b"])
    told = ordered[ordered.low.notna() & ordered.high.notna()]
    apart = told[(told.low > 0) | (told.high < 0)]
    said = [
        f"{_pair(row)} agree {'more' if row.difference > 0 else 'less'} on the talk of {row.attribute} {row.value} "
        f"than on everybody else’s (kappa {prose.figure(row.kappa)} beside {prose.figure(row.rest)}; the difference is "
        f"{_interval(row.low, row.high)} with 95% confidence): look at what they read differently there."
        for row in each(apart)
    ]
    if not len(told):
        said.append(
            "Whether agreement is worse for some participants than for others cannot be told: each group is in too few "
            "documents for an interval."
        )
    elif not len(apart):
        compared = prose.count(len(told), "comparison")
        said.append(f"In {compared} of a group with everybody else, no difference in agreement is beyond chance.")
    refused = int(ordered.kappa.isna().sum())
    if refused:
        said.append(f"{refused:,} of {len(ordered):,} comparisons were refused, because the group is too small.")
    rows = tuple(
        (
            f"{row.attribute}: {row.value or 'not given'}",
            _pair(row),
            f"{row.n:,}",
            f"{row.n_cases:,}",
            *(prose.figure(value) for value in (row.kappa, row.rest, row.difference)),
            _interval(row.low, row.high),
            row.note,
        )
        for row in each(ordered)
    )
    return Table("Group by group", tuple(said), GROUP_COLUMNS, rows)


def _pair(row: Any) -> str:
    return f"{coder(row.coder_a)} and {coder(row.coder_b)}"


def _missed(row: Any, reflexive: bool) -> str:
    method = coder(row.method)
    left = f"{method[:1].upper()}{method[1:]} left {prose.count(row.n_left, 'passage')} without any code"
    if not row.n_read:
        return f"{left}; {row.coder} read none of them, so that what was missed is not known."
    said = f"{left}. {row.coder} read {row.n_read:,} of them, and gave a code to {row.n_missed:,}"
    if reflexive:
        return f"{said}. What is in them?"
    if pd.isna(row.share):
        return f"{said}. {prose.sentence(row.note)}"
    low, high = prose.percent(row.low), prose.percent(row.high)
    interval = "" if pd.isna(row.low) or pd.isna(row.high) else f", 95% interval {low} to {high}"
    return f"{said} ({prose.percent(row.share)}{interval})."


def _in_order(rows: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Rows in the order of the codebook, what it lacks after it."""
    order = {code: number for number, code in enumerate(codes)}
    ranks = rows.assign(order=rows.code.map(lambda code: order.get(code, len(order))))
    return ranks.sort_values(["order", "code"], kind="stable").drop(columns="order")


def _shares(row: Any, name: str) -> str:
    """A share with its interval, as text."""
    value, low, high = getattr(row, name), getattr(row, f"{name}_low"), getattr(row, f"{name}_high")
    if pd.isna(value):
        return "–"
    around = "" if pd.isna(low) or pd.isna(high) else f" ({prose.percent(low)} to {prose.percent(high)})"
    return f"{prose.percent(value)}{around}"


def _recovered(rows: pd.DataFrame, who: str, level: str, names: Mapping[int, str], reflexive: bool) -> Table | None:
    """What became of each of one coder's codes in the candidate themes."""
    if rows.empty:
        return None
    counted = [(kind, int((rows.verdict == kind).sum())) for kind in VERDICTS]
    parts = [f"{number} {'too rare to say' if kind == 'too few' else kind}" for kind, number in counted if number]
    said = f"Of {who}’s {len(rows)} {LEVELS[level]}: {prose.listed(parts)}."
    shares = () if reflexive else ("Of the code, in the theme", "Of the theme, with the code")
    columns = (LEVELS[level][:-1].capitalize() if level == "code" else "Category", "Passages", "What became of it")
    shown = []
    for row in each(rows):
        marked = "; ".join(names[theme] for theme in theme_ids(row.themes) if theme in names) or "none"
        figures = () if reflexive else (_shares(row, "recall"), _shares(row, "precision"))
        best = names.get(row.theme_id, "–")
        shown.append((row.code, f"{row.n_segments:,}", VERDICTS[row.verdict], best, *figures, marked, row.note))
    more = ("Best theme", *shares, "Themes it marks", "Note")
    return Table(f"What became of {who}’s {LEVELS[level]}", (said,), (*columns, *more), tuple(shown))


def _mapped(rows: pd.DataFrame, who: str, level: str, names: Mapping[int, str], reflexive: bool) -> Table | None:
    """What one coder's codes say of each candidate theme."""
    known = rows[rows.theme_id.isin(list(names))]
    if known.empty:
        return None
    counted = [(kind, int((known.verdict == kind).sum())) for kind in MAPPED]
    said = "; ".join(f"{number} {MAPPED[kind].split(':')[0]}" for kind, number in counted if number)
    orphans = [names[row.theme_id] for row in each(known[known.verdict == "orphan"])]
    order = {theme: number for number, theme in enumerate(names)}
    ordered = known.assign(order=known.theme_id.map(order)).sort_values("order")
    shown = []
    for row in each(ordered):
        figures = () if reflexive else (prose.percent(row.coded), _shares(row, "precision"))
        listed = row.codes if row.codes else "none"
        shown.append((names[row.theme_id], f"{row.n_segments:,}", MAPPED[row.verdict], listed, *figures, row.note))
    shares = () if reflexive else ("Coded at all", "Has the first code")
    columns = ("Candidate theme", "Passages", "What it is to them", "Codes", *shares, "Note")
    sentences = [f"Candidate themes by {who}’s {LEVELS[level]}: {said}."]
    if orphans and level == "code":
        first = prose.listed([f"“{name}”" for name in sorted(orphans, key=list(names.values()).index)[:4]])
        sentences.append(f"Not covered by these codes: {first}. Is something missing in the framework?")
    return Table(f"The themes by {who}’s {LEVELS[level]}", tuple(sentences), columns, tuple(shown))
