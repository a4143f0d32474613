"""What the report shows beside themes and codes: help and hindrance, what to discuss, saturation, kinds of source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import coders, prose
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import EVERYTHING, VALENCES
from pipeline.reporting.quotes import Quote

READINGS = {
    "converges": "also elsewhere",
    "complements": "only here",
    "silent": "not here",
    "alone": "the only kind of source",
}


@dataclass(frozen=True)
class Leaning:
    """How the passages of a code speak of it. `counts`: as in VALENCES; `shares`: of the longest bar, 0 to 100."""

    code: str
    counts: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Dispute:
    """A passage that coders read differently; `says`: each coder and the codes they gave."""

    quote: Quote
    says: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Further:
    """The parts, each empty where there is nothing to show. `sources`: codes by the `kinds` of source, if several."""

    leanings: tuple[Leaning, ...]
    leanings_lead: str
    disputes: tuple[Dispute, ...]
    n_disputes: int
    saturation: tuple[str, ...]
    saturation_cells: tuple[tuple[str, str, str], ...]
    kinds: tuple[str, ...]
    sources: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]


def build(
    *,
    valence: pd.DataFrame,
    disagreements: pd.DataFrame,
    saturation: pd.DataFrame,
    triangulation: pd.DataFrame,
    accepted: pd.DataFrame,
    codes: Sequence[str],
    quotes: Mapping[str, Quote],
    most: int = 12,
) -> Further:
    """Prepare the parts; `saturation` is the table of verdicts; `most`: how many disagreements are quoted."""
    shown = leanings(valence, accepted, codes)
    kinds, sources = by_source(triangulation, codes)
    whole = saturation[saturation.cell == EVERYTHING].sort_values("source")
    cells = saturation[saturation.cell != EVERYTHING].sort_values(["source", "cell"])
    return Further(
        leanings=shown,
        leanings_lead=_leanings_lead(shown),
        disputes=_disputes(disagreements, quotes, most),
        n_disputes=len(disagreements),
        saturation=tuple(f"{_named(row.source)}. {row.sentence}" for row in each(whole)),
        saturation_cells=tuple((_named(row.source), row.cell, row.sentence) for row in each(cells)),
        kinds=kinds,
        sources=sources,
    )


def leanings(valence: pd.DataFrame, accepted: pd.DataFrame, codes: Sequence[str]) -> tuple[Leaning, ...]:
    """For each code that was given, how many of its passages speak of it as a help, a hindrance, both or neither."""
    given = accepted.merge(valence[["segment_id", "valence"]], on="segment_id") if len(valence) else accepted.iloc[:0]
    if given.empty:
        return ()
    counted = {
        code: tuple(int((own.valence == kind).sum()) for kind in VALENCES)
        for code, own in groups(given, "code").items()
    }
    longest = max(sum(counts) for counts in counted.values())
    return tuple(
        Leaning(code, counted[code], tuple(round(100 * count / longest, 2) for count in counted[code]))
        for code in codes
        if code in counted
    )


def by_source(
    triangulation: pd.DataFrame, codes: Sequence[str]
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[tuple[int, str], ...]], ...]]:
    """The kinds of source, and for each code and kind the documents with it and how the kinds compare, by the pipeline.

    Empty where the study has one kind of source.
    """
    used = {coders.method_of(coder) for coder in set(triangulation.coder) if coders.is_pipeline(coder)}
    own = triangulation[triangulation.coder == coders.pipeline_name(coders.primary(used))]
    kinds = tuple(kind for kind in prose.SOURCES if kind in set(own.source_type))
    if len(kinds) < 2:
        return (), ()
    cells = {(row.code, row.source_type): (int(row.n_segments), READINGS[row.reading]) for row in each(own)}
    there = [code for code in codes if code in set(own.code)]
    blank = (0, READINGS["silent"])
    rows = tuple((code, tuple(cells.get((code, kind), blank) for kind in kinds)) for code in there)
    return tuple(prose.SOURCES[kind].removeprefix("set of ") for kind in kinds), rows


def _leanings_lead(shown: Sequence[Leaning]) -> str:
    if not shown:
        return ""
    helped, hindered = (max(shown, key=lambda one: one.counts[place]) for place in (0, 1))
    said = []
    if helped.counts[0]:
        said.append(f"spoken of most often as a help: “{helped.code}” ({prose.count(helped.counts[0], 'passage')})")
    if hindered.counts[1]:
        said.append(f"as a hindrance: “{hindered.code}” ({prose.count(hindered.counts[1], 'passage')})")
    return prose.sentence("; ".join(said))


def _disputes(table: pd.DataFrame, quotes: Mapping[str, Quote], most: int) -> tuple[Dispute, ...]:
    found = []
    for row in each(table[table.segment_id.isin(list(quotes))].sort_values("rank").head(most)):
        pairs = (part.split(": ", 1) for part in row.says.split(" | "))
        says = tuple((coder(pair[0]), pair[-1] if len(pair) > 1 else "") for pair in pairs)
        found.append(Dispute(quotes[row.segment_id], says))
    return tuple(found)


def coder(name: str) -> str:
    """A coder in words: the pipeline's methods say what they rest on."""
    if not coders.is_pipeline(name):
        return name
    method = coders.method_of(name)
    return f"the pipeline ({coders.METHODS[method]})" if method in coders.METHODS else "the pipeline"


def _named(source: str) -> str:
    return "Themes" if source == "themes" else f"Codes of {coder(source)}"
