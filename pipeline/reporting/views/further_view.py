"""Further sections: facilitators and barriers, saturation and source types."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import coders, prose
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import ANYONE, EVERYTHING, VALENCES

READINGS = {
    "converges": "also in other types",
    "complements": "only in this type",
    "silent": "not mentioned",
    "alone": "only source type",
}


@dataclass(frozen=True)
class Leaning:
    """The valence of a code's passages. `counts`: in the order of VALENCES."""

    code: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Further:
    """The sections, each empty if there is nothing to show. `sources`: codes by source type (`kinds`)."""

    leanings: tuple[Leaning, ...]
    saturation: tuple[str, ...]
    saturation_cells: tuple[tuple[str, str, str], ...]
    kinds: tuple[str, ...]
    sources: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]


def build(
    *,
    valence: pd.DataFrame,
    saturation: pd.DataFrame,
    triangulation: pd.DataFrame,
    accepted: pd.DataFrame,
    codes: Sequence[str],
) -> Further:
    """Prepare the sections. `saturation`: the table saturation_verdict."""
    kinds, sources = by_source(triangulation, codes)
    cells = saturation[saturation.cell != EVERYTHING].sort_values(["source", "cell"])
    return Further(
        leanings=leanings(valence, accepted, codes),
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
    return tuple(Leaning(code, counted[code]) for code in codes if code in counted)


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
