"""Human codes beyond pairs of coders: all coders, agreement by group, missed passages, and codes against themes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import ALL_CODES, CANNOT_TELL, COMPARED_UNITS
from pipeline.reporting import verdict_words
from pipeline.reporting.views import facets_view
from pipeline.reporting.views.fates_view import theme_ids
from pipeline.reporting.views.further_view import coder

# Parents first, then codes.
LEVELS = {"category": "categories", "code": "codes"}
NOUNS = {"category": ("category", "categories"), "code": ("code", "codes")}
MAPPED = {
    "mapped": "one code far above the others",
    "ambiguous": "several codes more than elsewhere",
    "orphan": "no code more than elsewhere: a candidate for the framework",
    CANNOT_TELL: "cannot be told",
}
# The same of one theme and of several, in a sentence.
MAPPED_IN_WORDS = {
    "mapped": ("has one code far above the others", "have one code far above the others"),
    "ambiguous": ("has several codes more than elsewhere", "have several codes more than elsewhere"),
    "orphan": ("has no code more than elsewhere", "have no code more than elsewhere"),
    CANNOT_TELL: ("cannot be told", "cannot be told"),
}
ALL_COLUMNS = (
    "Code",
    "Compared",
    "Compared by all",
    "Given by each",
    "Given by all",
    "Prevalence",
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
    "Coded by first",
    "By second",
    "By both",
    "Cases",
    "Kappa",
    "Kappa, others",
    "Difference",
    "95% interval",
    "Note",
)


@dataclass(frozen=True)
class Table:
    """A table as text, with its title and introductory sentences."""

    title: str
    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class View:
    """The sections, each None or empty if there is nothing to show; `meetings`: tables of codes against themes."""

    together: Table | None
    by_group: Table | None
    missed: tuple[str, ...]
    meetings: tuple[Table, ...]


def build(
    tables: Mapping[str, pd.DataFrame], *, codes: Sequence[str], names: Mapping[int, str], reflexive: bool
) -> View:
    """Prepare the sections. `names`: theme names by theme_id; with `reflexive`, no statistics are shown."""
    return View(
        together=None if reflexive else _together(tables["agreement_of_all"], codes),
        by_group=None if reflexive else _by_group(tables["agreement_by_attribute"]),
        missed=tuple(_missed(row, reflexive) for row in each(tables["missed"].sort_values(["method", "coder"]))),
        meetings=(
            *_facets(tables["theme_facets"], names, reflexive),
            *(
                shown_table
                for level in LEVELS
                for make, table in ((_recovered, "code_recovery"), (_mapped, "theme_mapping"))
                for coder_name, rows in groups(tables[table][tables[table].level == level], "coder").items()
                if (shown_table := make(_in_order(rows, codes), coder_name, level, names, reflexive))
            ),
        ),
    )


def _facets(table: pd.DataFrame, names: Mapping[int, str], reflexive: bool) -> list[Table]:
    """What the themes follow, with the codes, and whether the codes or their categories cut across the guide."""
    by_level = groups(table, "level")
    if "code" not in by_level:
        return []
    said = list(facets_view.sentences(by_level["code"], reflexive=reflexive))
    if "category" in by_level:
        said += facets_view.sentences(by_level["category"].query("of != 'theme'"), reflexive=reflexive)[1:]
    rows = facets_view.table(by_level["code"], names, reflexive=reflexive)
    columns = facets_view.COLUMNS[:2] if reflexive else facets_view.COLUMNS
    return [Table("What each theme follows", tuple(said), columns, rows)]


def _together(table: pd.DataFrame, codes: Sequence[str]) -> Table | None:
    unit = next((candidate for candidate in COMPARED_UNITS if candidate in set(table.unit)), "segment")
    rows = table[table.unit == unit]
    if rows.empty:
        return None
    sentences = []
    for row in each(rows[rows.code == ALL_CODES]):
        people = row.coders.split("; ")
        who = prose.listed(people) if len(people) < 6 else prose.count(len(people), "person", "people")
        where = f"on {prose.unit(unit, row.n)} that at least two of them read"
        sentences.append(_counted(people, row, unit))
        if pd.isna(row.alpha):
            sentences.append(
                f"{who}, {where}: Krippendorff’s alpha is undefined. {prose.sentence(prose.passages(row.note))}"
            )
        else:
            sentences.append(
                f"{who}, {where}: Krippendorff’s alpha over sets of codes is {prose.figure(row.alpha)} (95% interval "
                f"{prose.interval(row.low, row.high)}), {_how_far(row.alpha)}. {_meaning(row.alpha)}"
            )
    ranks = {"pooled": 0, "category": 1, "code": 2}
    ordered = _in_order(rows, codes).assign(rank=lambda table: table.level.map(ranks))
    cells = tuple(
        (
            f"{row.code} (category)" if row.level == "category" else row.code.strip("()"),
            f"{row.n:,}",
            f"{row.n_complete:,}",
            row.given,
            f"{row.n_every:,}",
            prose.percent(row.prevalence),
            prose.percent(row.percent),
            prose.figure(row.alpha),
            prose.interval(row.low, row.high),
            prose.figure(row.fleiss),
            prose.figure(row.ac1),
            prose.passages(row.note),
        )
        for row in each(ordered.sort_values("rank", kind="stable"))
    )
    return Table("All coders together", tuple(sentences), ALL_COLUMNS, cells)


def _counted(people: Sequence[str], row: Any, unit: str) -> str:
    """How much each person coded: "ann coded 118 segments, ben 14 and cat 20; all of them 9"."""
    first, *others = (int(number) for number in row.given.split("; "))
    listed = [f"{people[0]} coded {prose.unit(unit, first)}"]
    listed += [f"{name} {number:,}" for name, number in zip(people[1:], others, strict=True)]
    return f"{prose.listed(listed)}; {'both' if len(people) == 2 else 'all of them'} {row.n_every:,}."


def _how_far(alpha: float) -> str:
    return "no better than chance" if alpha <= 0 else f"{prose.percent(alpha)} of the way from chance to full agreement"


def _meaning(alpha: float) -> str:
    """Krippendorff's interpretation of alpha (2004, p. 241): reliable from 0.8, tentatively so from 0.667."""
    if alpha >= 0.8:
        return "These codes are reliable enough to draw conclusions from (0.8 or more)."
    if alpha >= 0.667:
        return "This supports tentative conclusions only (0.667 to 0.8)."
    return (
        "This is too low for conclusions from code counts (below 0.667): use the differences to discuss the codebook."
    )


def _by_group(table: pd.DataFrame) -> Table | None:
    if table.empty:
        return None
    ordered = table.sort_values(["attribute", "value", "coder_a", "coder_b"])
    with_interval = ordered[ordered.low.notna() & ordered.high.notna()]
    different = with_interval[(with_interval.low > 0) | (with_interval.high < 0)]
    sentences = [
        f"{_pair(row)} agree {'more' if row.difference > 0 else 'less'} on passages of {row.attribute} “{row.value}” "
        f"than on all others (kappa {prose.figure(row.kappa)} against {prose.figure(row.rest)}; 95% interval of the "
        f"difference {prose.interval(row.low, row.high)}): look at the disagreements in this group."
        for row in each(different)
    ]
    if len(different) and len(with_interval) > 1:
        sentences.append(
            f"{len(with_interval):,} differences were tested: about one in twenty exceeds its 95% interval by chance "
            "alone."
        )
    if not len(with_interval):
        sentences.append(
            "Differences in agreement between groups of participants cannot be tested: each group, or the rest of the "
            "participants, is in too few documents for an interval."
        )
    elif not len(different):
        compared = prose.count(len(with_interval), "comparison")
        sentences.append(f"Agreement does not differ significantly between any group and all others ({compared}).")
    refused = int(ordered.kappa.isna().sum())
    if refused:
        sentences.append(
            f"{refused:,} of {prose.count(len(ordered), 'comparison')} {'has' if refused == 1 else 'have'} no figure: "
            "the group is too small, or neither coder used a code there."
        )
    rows = tuple(
        (
            f"{row.attribute}: {row.value or 'not given'}",
            _pair(row),
            *(f"{number:,}" for number in (row.n, row.n_a, row.n_b, row.n_both)),
            f"{row.n_cases:,}",
            *(prose.figure(value) for value in (row.kappa, row.rest, row.difference)),
            prose.interval(row.low, row.high),
            prose.passages(row.note),
        )
        for row in each(ordered)
    )
    return Table("Agreement by group of participants", tuple(sentences), GROUP_COLUMNS, rows)


def _pair(row: Any) -> str:
    return f"{coder(row.coder_a)} and {coder(row.coder_b)}"


def _missed(row: Any, reflexive: bool) -> str:
    method = coder(row.method)
    left = f"{method[:1].upper()}{method[1:]} left {prose.count(row.n_left, 'passage')} without any code"
    if not row.n_read:
        return f"{left}; {row.coder} read none of them, so it is unknown how many codes were missed."
    reading_result = f"{left}. {row.coder} read {row.n_read:,} of them and coded {row.n_missed:,}"
    if reflexive:
        return f"{reading_result}. What did the pipeline miss?"
    if pd.isna(row.share):
        return f"{reading_result}. {prose.sentence(prose.passages(row.note))}"
    low, high = prose.percent(row.low), prose.percent(row.high)
    interval = "" if pd.isna(row.low) or pd.isna(row.high) else f", 95% interval {low} to {high}"
    return f"{reading_result} ({prose.percent(row.share)}{interval})."


def _in_order(rows: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Rows in the order of the codebook, followed by codes that are not in it."""
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
    """What becomes of each of one coder's codes in the candidate themes."""
    if rows.empty:
        return None
    owner = f"{coder(who)}’s"
    lead = verdict_words.told(rows.verdict, *NOUNS[level], whose=owner)
    shares = (
        ()
        if reflexive
        else ("Share of the code in it (recall)", "Share of its coded passages with the code (precision)")
    )
    has_parents = bool((rows.parent != "").any())
    shown = []
    for row in each(rows):
        marked = "; ".join(names[theme] for theme in theme_ids(row.themes) if theme in names) or "none"
        figures = () if reflexive else (_shares(row, "recall"), _shares(row, "precision"))
        above = (row.parent,) if has_parents else ()
        known = (row.code, *above, f"{row.n_segments:,}", verdict_words.WORDS[row.verdict])
        shown.append((*known, names.get(row.theme_id, "–"), *figures, marked, prose.passages(row.note)))
    columns = (NOUNS[level][0].capitalize(), *(("Category",) if has_parents else ()), "Passages", "Verdict")
    more = ("Best theme", *shares, "Characteristic of", "Note")
    title = f"What becomes of {owner} {NOUNS[level][1]} in the themes"
    return Table(title, (prose.sentence(lead),), (*columns, *more), tuple(shown))


def _mapped(rows: pd.DataFrame, who: str, level: str, names: Mapping[int, str], reflexive: bool) -> Table | None:
    """How one coder's codes describe each candidate theme."""
    known = rows[rows.theme_id.isin(list(names))]
    if known.empty:
        return None
    counted = [(kind, int((known.verdict == kind).sum())) for kind in MAPPED]
    counts_in_words = "; ".join(f"{number} {MAPPED_IN_WORDS[kind][number > 1]}" for kind, number in counted if number)
    orphans = [names[row.theme_id] for row in each(known[known.verdict == "orphan"])]
    order = {theme: number for number, theme in enumerate(names)}
    ordered = known.assign(order=known.theme_id.map(order)).sort_values("order")
    shown = []
    for row in each(ordered):
        figures = () if reflexive else (prose.percent(row.coded), _shares(row, "precision"))
        listed = row.codes if row.codes else "none"
        shown.append(
            (
                names[row.theme_id],
                f"{row.n_segments:,}",
                MAPPED[row.verdict],
                listed,
                *figures,
                prose.passages(row.note),
            )
        )
    shares = () if reflexive else ("Any code", "First code")
    columns = ("Candidate theme", "Passages", "Match", "Codes", *shares, "Note")
    owner = f"{coder(who)}’s"
    sentences = [f"Candidate themes against {owner} {LEVELS[level]}: {counts_in_words}."]
    if orphans and level == "code":
        first = prose.listed([f"“{name}”" for name in sorted(orphans, key=list(names.values()).index)[:4]])
        sentences.append(f"No code is more frequent here than elsewhere: {first}. Is one missing from the framework?")
    return Table(f"Themes against {owner} {LEVELS[level]}", tuple(sentences), columns, tuple(shown))
