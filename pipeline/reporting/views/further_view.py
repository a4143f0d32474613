"""Further sections: facilitators and barriers, disagreements to discuss, saturation and source types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import coders, prose
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import ANYONE, EVERYTHING, VALENCES
from pipeline.reporting.quotes import Quote

READINGS = {
    "converges": "also in other types",
    "complements": "only in this type",
    "silent": "not mentioned",
    "alone": "only source type",
}


@dataclass(frozen=True)
class Leaning:
    """The valence of a code's passages. `counts`: in the order of VALENCES; `shares`: bar lengths from 0 to 100."""

    code: str
    counts: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Dispute:
    """A passage that coders coded differently; `says`: each coder with the codes they applied."""

    quote: Quote
    says: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Further:
    """The sections, each empty if there is nothing to show. `sources`: codes by source type (`kinds`)."""

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
    """Prepare the sections. `saturation`: the table saturation_verdict; `most`: the number of disagreements quoted."""
    shown = leanings(valence, accepted, codes)
    kinds, sources = by_source(triangulation, codes)
    cells = saturation[saturation.cell != EVERYTHING].sort_values(["source", "cell"])
    return Further(
        leanings=shown,
        leanings_lead=_leanings_lead(shown),
        disputes=_disputes(disagreements, quotes, most),
        n_disputes=len(disagreements),
        saturation=saturation_in_words(saturation),
        saturation_cells=tuple((_named(row.source), row.cell, row.sentence) for row in each(cells)),
        kinds=kinds,
        sources=sources,
    )


def saturation_in_words(verdicts: pd.DataFrame) -> tuple[str, ...]:
    """A sentence on saturation over all documents, for the themes and for each coder's codes."""
    all_documents = verdicts[verdicts.cell == EVERYTHING].sort_values("source")
    return tuple(f"{_named(row.source)}: {row.sentence.removeprefix('All documents: ')}" for row in each(all_documents))


def leanings(valence: pd.DataFrame, accepted: pd.DataFrame, codes: Sequence[str]) -> tuple[Leaning, ...]:
    """Passages by valence (facilitator, barrier, both, neither) for each code that was assigned."""
    with_valence = (
        accepted.merge(valence[["segment_id", "valence"]], on="segment_id") if len(valence) else accepted.iloc[:0]
    )
    if with_valence.empty:
        return ()
    counted = {
        code: tuple(int((rows.valence == kind).sum()) for kind in VALENCES)
        for code, rows in groups(with_valence, "code").items()
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
    """Source types, and for each code and type the number of passages with a comparison in words, by the pipeline.

    Empty if the study has only one source type.
    """
    used = {coders.method_of(coder) for coder in set(triangulation.coder) if coders.is_pipeline(coder)}
    of_pipeline = triangulation[triangulation.coder == coders.pipeline_name(coders.primary(used))]
    kinds = tuple(kind for kind in prose.SOURCES if kind in set(of_pipeline.source_type))
    if len(kinds) < 2:
        return (), ()
    cells = {(row.code, row.source_type): (int(row.n_segments), READINGS[row.reading]) for row in each(of_pipeline)}
    present = [code for code in codes if code in set(of_pipeline.code)]
    blank = (0, READINGS["silent"])
    rows = tuple((code, tuple(cells.get((code, kind), blank) for kind in kinds)) for code in present)
    return tuple(prose.SOURCES[kind].removeprefix("set of ") for kind in kinds), rows


def _leanings_lead(shown: Sequence[Leaning]) -> str:
    if not shown:
        return ""
    helped, hindered = (max(shown, key=lambda leaning: leaning.counts[place]) for place in (0, 1))
    phrases = []
    if helped.counts[0]:
        phrases.append(f"most frequent facilitator: “{helped.code}” ({prose.count(helped.counts[0], 'passage')})")
    if hindered.counts[1]:
        phrases.append(f"most frequent barrier: “{hindered.code}” ({prose.count(hindered.counts[1], 'passage')})")
    return prose.sentence("; ".join(phrases))


def _disputes(table: pd.DataFrame, quotes: Mapping[str, Quote], most: int) -> tuple[Dispute, ...]:
    disputes = []
    for row in each(table[table.segment_id.isin(list(quotes))].sort_values("rank").head(most)):
        pairs = (answer.split(": ", 1) for answer in row.says.split(" | "))
        says = tuple((coder(pair[0]), pair[-1] if len(pair) > 1 else "") for pair in pairs)
        disputes.append(Dispute(quotes[row.segment_id], says))
    return tuple(disputes)


def coder(name: str) -> str:
    """A coder in words; the pipeline is named with the basis of its method."""
    if name == ANYONE:
        return "anyone"
    if not coders.is_pipeline(name):
        return name
    method = coders.method_of(name)
    return f"the pipeline ({coders.METHODS[method]})" if method in coders.METHODS else "the pipeline"


def _named(source: str) -> str:
    return "Themes" if source == "themes" else f"Codes of {coder(source)}"
