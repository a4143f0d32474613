"""Agreement in sentences and a table: human coders with each other, then with the pipeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.coders import NO_CODE, is_pipeline, people
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import ALL_CATEGORIES, ALL_CODES, ANY_CODE, COMPARED_UNITS, RARE
from pipeline.reporting.views.further_view import coder

MEASURES = {
    "ami": "adjusted mutual information",
    "ari": "adjusted Rand index",
    "v_measure": "V-measure",
    "homogeneity": "homogeneity",
    "completeness": "completeness",
}


@dataclass(frozen=True)
class View:
    """The agreement section. `rows`: the table's rows as text, under `columns`."""

    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    theme_sentences: tuple[str, ...]
    theme_rows: tuple[tuple[str, ...], ...]


COLUMNS = (
    "Code",
    "Coders",
    "Compared",
    "First",
    "Second",
    "Both",
    "Prevalence",
    "Percent",
    "Kappa",
    "95% interval",
    "AC1",
    "Positive agreement",
    "Alpha",
    "Note",
)


def build(agreement: pd.DataFrame, theme_agreement: pd.DataFrame, codes: Sequence[str]) -> View:
    """The agreement section from the tables of compare; sections with nothing to compare are empty."""
    unit = _main_unit(agreement)
    rows = agreement[agreement.unit == unit]
    return View(
        sentences=tuple(_sentences(rows, unit)),
        columns=COLUMNS,
        rows=tuple(_rows(rows, codes)),
        theme_sentences=tuple(_theme_sentences(theme_agreement)),
        theme_rows=tuple(_theme_rows(theme_agreement)),
    )


def with_machine(agreement: pd.DataFrame) -> pd.Series:
    """Whether one of the two coders is the pipeline, for each row."""
    return agreement.coder_a.map(is_pipeline).astype(bool) | agreement.coder_b.map(is_pipeline).astype(bool)


def over_all_codes(agreement: pd.DataFrame) -> pd.DataFrame:
    """The rows that pool all codes, one for each pair of coders."""
    return agreement[(agreement.level == "pooled") & (agreement.code == ALL_CODES)]


def counted(row: Any, unit: str, *, compared: bool = False) -> str:
    """Return how much two coders coded: "lea coded 118 segments, max 14, both 12".

    `row`: any code, or one code; `compared`: count only what both were compared on, not all that each coded.
    """
    second_first = is_pipeline(row.coder_a) and not is_pipeline(row.coder_b)
    numbers = (row.n_a, row.n_b) if compared else (row.given_a, row.given_b)
    pair = list(zip((coder(row.coder_a), coder(row.coder_b)), numbers, strict=True))
    (one, n_one), (other, n_other) = reversed(pair) if second_first else pair
    verb = "coded" if row.code in (ANY_CODE, ALL_CODES, ALL_CATEGORIES) else "gave it to"
    return f"{one} {verb} {prose.unit(unit, int(n_one))}, {other} {int(n_other):,}, both {int(row.n_both):,}"


def contrasts(codings: pd.DataFrame) -> tuple[str, ...]:
    """For the reflexive stance: how often each coder used each code, as questions without coefficients."""
    coders = people(codings.coder)
    if len(coders) < 2:
        return ("Fewer than two coders have coded this study so far, so there are no readings to compare.",)
    sentences = []
    for code, group in groups(codings[codings.coder.isin(coders) & (codings.code != NO_CODE)], "code").items():
        counts = [f"{coder} {int((group.coder == coder).sum())}" for coder in coders]
        counts.append(f"{'both' if len(coders) == 2 else 'all'} {_shared(group, coders)}")
        sentences.append(f"How often “{code}” was applied: {', '.join(counts)}. What does each coder see in it?")
    return tuple(sentences)


def _shared(group: pd.DataFrame, coders: Sequence[str]) -> int:
    """Return how many passages of the coder with the fewest overlap one of each other coder."""
    of = {one: group.loc[group.coder == one, ["document", "start", "end"]] for one in coders}
    fewest = min(coders, key=lambda one: len(of[one]))
    others = [of[one] for one in coders if one != fewest]
    return sum(
        all(((one.document == row.document) & (one.start < row.end) & (row.start < one.end)).any() for one in others)
        for row in each(of[fewest])
    )


def _main_unit(agreement: pd.DataFrame) -> str:
    there = set(agreement.unit)
    return next((unit for unit in COMPARED_UNITS if unit in there), "segment")


def _pairs(agreement: pd.DataFrame) -> pd.DataFrame:
    return agreement.assign(machine=with_machine(agreement)).sort_values(
        ["machine", "coder_a", "coder_b"], kind="stable"
    )


def _who(row: Any) -> str:
    first, second = coder(row.coder_a), coder(row.coder_b)
    return (
        f"{second} and {first}"
        if is_pipeline(row.coder_a) and not is_pipeline(row.coder_b)
        else f"{first} and {second}"
    )


def _sentences(agreement: pd.DataFrame, unit: str) -> list[str]:
    pooled = _pairs(over_all_codes(agreement))
    sentences = []
    people = pooled[~pooled.machine]
    whether = agreement[(agreement.level == "pooled") & (agreement.code == ANY_CODE)]
    counts = {(row.coder_a, row.coder_b): f" In all, {counted(row, unit)}." for row in each(whether)}
    for row in each(pooled):
        said = counts.get((row.coder_a, row.coder_b), "")
        where = f"{prose.unit(unit, row.n)} of {prose.count(row.n_documents, 'document')}"
        if pd.isna(row.kappa):
            sentences.append(
                f"{_who(row)}, on {where}: agreement over all codes is undefined. "
                f"{prose.sentence(prose.passages(row.note))}{said}"
            )
            continue
        beyond = (
            "no better than chance"
            if row.kappa <= 0
            else f"{prose.percent(row.kappa)} of the way from chance to full agreement"
        )
        sentences.append(
            f"{_who(row)}, on {where}: agreement over all codes is {beyond} "
            f"(kappa {prose.figure(row.kappa)}, 95% interval {prose.interval(row.low, row.high)})"
            f"{_beside(row, len(people))}.{said}"
        )
    if len(people) < len(pooled):
        sentences.append(_compared_with(people))
    return [*sentences, *_rare(agreement, unit)]


def _compared_with(between: pd.DataFrame) -> str:
    """What the pipeline's agreement can be compared with. `between`: the pooled rows of people with each other."""
    if between.empty:
        return "Only one person coded this study, so there is no agreement between human coders to compare with."
    if between.kappa.isna().all():
        return "No agreement between human coders could be measured, so there is none to compare the pipeline’s with."
    return (
        "Compare the pipeline’s agreement with that between human coders, not with 1. Candidate codes are suggestions "
        "to review, not a second coder."
    )


def _rare(agreement: pd.DataFrame, unit: str) -> list[str]:
    """Return how to read the agreement on rare codes (Feinstein & Cicchetti 1990), parents first, with figures."""
    levels = [level for level in ("category", "code") if (agreement.level == level).any()]
    rows = agreement[agreement.level.isin(levels[:1]) & (agreement.prevalence < RARE) & agreement.kappa.notna()]
    if rows.empty:
        return []
    lowest = rows.assign(machine=with_machine(rows)).sort_values(["machine", "prevalence", "code"], kind="stable")
    row, n_rare = next(each(lowest)), rows.code.nunique()
    noun = ("category", "categories") if levels[0] == "category" else ("code", "codes")
    return [
        f"{prose.count(n_rare, *noun)} {'is' if n_rare == 1 else 'are'} in fewer than {prose.percent(RARE)} of the "
        f"{prose.unit(unit)}s. Kappa is low for what is rare even where coders agree: read AC1 and positive agreement "
        f"(how often one gives the code where the other does) beside it. For “{row.code}” (in "
        f"{prose.percent(row.prevalence)}), {counted(row, unit, compared=True)}: kappa {prose.figure(row.kappa)}, AC1 "
        f"{prose.figure(row.ac1)}, positive agreement {prose.figure(row.f1)}."
    ]


def _beside(row: Any, pairs: int) -> str:
    """The agreement between human coders that a figure of the pipeline is compared with: the mean of their pairs."""
    if pd.isna(row.ceiling):
        return ""
    return f"; between human coders, kappa is {prose.figure(row.ceiling)}{' on average' if pairs > 1 else ''}"


def _order(pairs: pd.DataFrame, codes: Sequence[str]) -> list[str]:
    """Pooled codes first, then codes in the order of the codebook, then codes that are not in it."""
    pooled = sorted(set(pairs[pairs.level == "pooled"].code))
    there = set(pairs.code) - set(pooled)
    return [*pooled, *(code for code in codes if code in there), *sorted(there - set(codes))]


def _rows(agreement: pd.DataFrame, codes: Sequence[str]) -> list[tuple[str, ...]]:
    cells: list[tuple[str, ...]] = []
    for level in ("pooled", "category", "code"):
        pairs = _pairs(agreement[agreement.level == level])
        for code in _order(pairs, codes):
            for row in each(pairs[pairs.code == code]):
                name = f"{code} (category)" if level == "category" else code.strip("()")
                counts = (f"{row.n:,}", f"{row.n_a:,}", f"{row.n_b:,}", f"{row.n_both:,}")
                shares = (prose.percent(row.prevalence), prose.percent(row.percent))
                figures = (*shares, prose.figure(row.kappa), prose.interval(row.low, row.high))
                others = (prose.figure(row.ac1), prose.figure(row.f1), prose.figure(row.alpha))
                cells.append((name, _who(row), *counts, *figures, *others, prose.passages(row.note)))
    return cells


def _theme_sentences(table: pd.DataFrame) -> list[str]:
    sentences = []
    for row in each(table[table.measure == "ami"].sort_values(["coder", "level"])):
        whose = f"{coder(row.coder)}’s {'codes' if row.level == 'code' else 'categories'}"
        if pd.isna(row.value):
            reason = prose.sentence(prose.passages(row.note))
            sentences.append(f"Candidate themes against {whose}: undefined. {reason}")
        else:
            pairs = prose.count(row.n, f"pair of a passage and a {row.level}", f"pairs of a passage and a {row.level}")
            sentences.append(
                f"Adjusted mutual information of the candidate themes with {whose}, over {pairs}: "
                f"{prose.figure(row.value)} (95% interval {prose.interval(row.low, row.high)}; 0: chance, 1: identical "
                "groups)."
            )
    return sentences


def _theme_rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return [
        (
            coder(row.coder),
            "codes" if row.level == "code" else "categories",
            MEASURES.get(row.measure, row.measure),
            f"{row.n:,}",
            prose.figure(row.value),
            prose.interval(row.low, row.high),
            row.note,
        )
        for row in each(table.sort_values(["coder", "level", "measure"]))
    ]
