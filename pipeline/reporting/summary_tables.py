"""Small readable tables for notebooks, papers and plots."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.core import languages
from pipeline.core.table_rows import each as rows_of
from pipeline.core.terms import EVERYTHING
from pipeline.decisions import states as known_states
from pipeline.reporting.views import agreement_view


def speaking(turns: pd.DataFrame) -> pd.DataFrame:
    """Return who speaks when: a row for each stretch by one speaker (document, speaker, kind, start, end, in words).

    `kind`: participant, interviewer or no speaker.
    """
    ordered = turns.sort_values(["document", "start", "turn_id"], kind="stable")
    n_words = ordered.text.map(lambda text: len(str(text).split())).astype(int)
    kind = ordered.part.map({"participant": "participant", "interviewer": "interviewer"}).fillna("no speaker")
    end = n_words.groupby(ordered.document).cumsum()
    rows = ordered.assign(kind=kind, start=end - n_words, end=end)
    changes = (rows.document != rows.document.shift()) | (rows.speaker != rows.speaker.shift())
    stretches = rows.groupby(changes.cumsum(), sort=False).agg(
        document=("document", "first"),
        speaker=("speaker", "first"),
        kind=("kind", "first"),
        start=("start", "first"),
        end=("end", "last"),
    )
    return stretches.reset_index(drop=True)


def silences(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return the number of cases for each code that spoke of it, were asked and silent, were not asked, or unknown."""
    said = {"spoken": "spoke of it", "asked": "asked, silent", "not_asked": "not asked"}
    kinds = matrix.state.map(said).fillna("not known")
    wide = pd.crosstab(matrix.code, kinds).reindex(index=list(dict.fromkeys(matrix.code)), fill_value=0)
    return wide.reindex(columns=[*said.values(), "not known"], fill_value=0).rename_axis(None, axis=1)


def talk(segments: pd.DataFrame, by: str = "document") -> pd.DataFrame:
    """Return the words used and set aside, one row per document (or speaker, or case), in alphabetical order."""
    kind = segments.substantive.map({True: "used", False: "set aside"})
    n_words = segments.assign(kind=kind).pivot_table(
        index=by, columns="kind", values="n_words", aggfunc="sum", fill_value=0
    )
    return n_words.reindex(columns=["used", "set aside"], fill_value=0).astype(int)


def aside(segments: pd.DataFrame) -> pd.DataFrame:
    """Return the reasons why segments are set aside, with numbers of segments and words, most frequent first."""
    out = segments[~segments.substantive]
    counted = out.groupby("set_aside").agg(segments=("segment_id", "size"), words=("n_words", "sum"))
    return counted.sort_values(["segments"], ascending=False, kind="stable")


def themes(table: pd.DataFrame) -> pd.DataFrame:
    """Candidate themes, largest first: label, keywords and sizes."""
    ranked = known_states.ranked(table)
    keywords = [languages.shown(*pair) for pair in zip(ranked.keywords, ranked.language, strict=True)]
    with_keywords = ranked.assign(theme=[f"T{number}" for number in ranked.number], keywords=keywords)
    return with_keywords[["theme", "label", "keywords", "n_segments", "n_cases", "n_documents"]].set_index("theme")


def states(theme_states: pd.DataFrame) -> pd.DataFrame:
    """Return the state of each theme that exists or that decisions mention; themes with segments first."""
    shown = theme_states.state.isin(known_states.SHOWN)
    ordered = theme_states.assign(gone=~shown).sort_values(
        ["gone", "n_segments", "theme_id"], ascending=[True, False, True]
    )
    labels = theme_states.set_index("theme_id").label
    into = [
        labels.get(theme, "") if state == "merged" else ""
        for theme, state in zip(ordered.into, ordered.state, strict=True)
    ]
    named = ordered.assign(merged_into=into).set_index("theme_id")
    return named[["label", "state", "settled_as", "n_segments", "merged_into"]]


def talk_in_themes(theme_states: pd.DataFrame, assignments: pd.DataFrame) -> str:
    """Return the report's sentences on the number of themes and the segments in none."""
    count = known_states.counted(theme_states, assignments)
    sentences = [f"{known_states.shown_in_words(count)}.", known_states.outside_in_words(count)] if count.found else []
    return " ".join(filter(None, sentences))


def dependence(table: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the cases and groups without which a theme was not found again, one row each, largest theme first."""
    ranked = known_states.ranked(known)
    names = {row.theme_id: f"T{row.number} {row.label}" for row in rows_of(ranked)}
    order = {theme: number for number, theme in enumerate(names)}
    lost = table[~table.remains & table.theme_id.isin(list(names))]
    lost = lost.assign(order=lost.theme_id.map(order), theme=lost.theme_id.map(names))
    ordered = lost.sort_values(["order", "share", "kind", "name"], ascending=[True, False, True, True])
    return ordered[["theme", "kind", "name", "share"]].reset_index(drop=True)


def quotes(theme_quotes: pd.DataFrame, table: pd.DataFrame, segments: pd.DataFrame, *, each: int = 2) -> pd.DataFrame:
    """Return the first `each` quotes of each candidate theme, verbatim, with speaker and document."""
    first = theme_quotes[theme_quotes["rank"] <= each].merge(segments, on="segment_id")
    ranked = known_states.ranked(table)[["theme_id", "label"]].assign(order=range(len(known_states.ranked(table))))
    joined = first.merge(ranked, on="theme_id").sort_values(["order", "rank"])
    return joined[["label", "kind", "text", "speaker", "document"]].reset_index(drop=True)


def map_of_segments(
    places: pd.DataFrame, assignments: pd.DataFrame, table: pd.DataFrame, segments: pd.DataFrame
) -> pd.DataFrame:
    """Return each segment's position on the map (x, y), its candidate theme in words, and its text."""
    joined = places.merge(assignments[["segment_id", "theme_id", "outside"]], on="segment_id")
    joined = joined.merge(segments[["segment_id", "document", "speaker", "text"]], on="segment_id")
    names = {row.theme_id: f"T{row.number} {row.label}" for row in rows_of(known_states.ranked(table))}
    order = {name: number for number, name in enumerate(names.values())}
    outside = ["in a rejected theme" if why == "rejected" else "in no theme" for why in joined.outside]
    joined = joined.assign(theme=[names.get(theme, why) for theme, why in zip(joined.theme_id, outside, strict=True)])
    ranks = joined.theme.map(lambda name: order.get(name, len(order)))
    return joined.assign(rank=ranks).sort_values(["rank", "segment_id"]).drop(columns="rank").reset_index(drop=True)


def themes_by_codes(crossed: pd.DataFrame, table: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Return counts of shared segments: a row per candidate theme (largest first), a column per code of one coder."""
    ranked = known_states.ranked(table)
    of_coder = crossed[(crossed.coder == coder) & crossed.theme_id.isin(ranked.theme_id.to_list())]
    wide = of_coder.pivot_table(index="theme_id", columns="code", values="n_overlap", aggfunc="sum", fill_value=0)
    wide = wide.reindex([theme for theme in ranked.theme_id if theme in wide.index])
    names = {row.theme_id: f"T{row.number} {row.label}" for row in rows_of(ranked)}
    return wide.set_axis([names[theme] for theme in wide.index], axis=0).astype(int)


def coders(crossed: pd.DataFrame) -> list[str]:
    """Return the coders in a table of themes by codes."""
    return sorted(set(crossed.coder))


def agreement(table: pd.DataFrame, *, level: str = "code") -> pd.DataFrame:
    """Return kappa with its interval by code and pair of coders; `who` marks pairs that include the pipeline."""
    rows = table[(table.level == level) & (table.unit == "segment")]
    machine = agreement_view.with_machine(rows)
    comparison = np.where(machine, "a person and the pipeline", "two people")
    with_pair = rows.assign(who=comparison, pair=rows.coder_a + " and " + rows.coder_b)
    columns = ["code", "who", "pair", "n", "n_a", "n_b", "n_both", "prevalence", "kappa", "low", "high", "note"]
    return with_pair.sort_values(["code", "who", "pair"], ascending=[True, False, True])[columns].reset_index(drop=True)


def theme_measures(table: pd.DataFrame) -> pd.DataFrame:
    """Return the measures of similarity between candidate themes and each coder's codes, with intervals."""
    names = table.measure.map(lambda name: agreement_view.MEASURES.get(name, name))
    columns = ["coder", "level", "measure", "value", "low", "high", "n"]
    return table.assign(measure=names)[columns].sort_values(["coder", "level", "measure"]).reset_index(drop=True)


def known_so_far(saturation: pd.DataFrame, *, cell: str = EVERYTHING) -> pd.DataFrame:
    """Return the number of codes (or themes) known after each document: mean and 95% range over random orders."""
    rows = saturation[(saturation.cell == cell) & (saturation.order == "random")]
    columns = ["source", "position", "n_known", "known_low", "known_high"]
    with_source = rows.assign(source=rows.source.replace("themes", "candidate themes"))
    return with_source.sort_values(["source", "position"])[columns].reset_index(drop=True)


def matrix_counts(matrix: pd.DataFrame, codes: Sequence[str] = ()) -> pd.DataFrame:
    """Return the number of passages by case and code; codes in the order given, or in table order."""
    wide = matrix.pivot_table(index="case", columns="code", values="n_segments", aggfunc="sum", fill_value=0)
    order = [code for code in (codes or dict.fromkeys(matrix.code)) if code in wide.columns]
    return wide[order].astype(int)


def matrix_cells(matrix: pd.DataFrame, case: str) -> pd.DataFrame:
    """Return one case of the framework matrix: its summary for each code, or why there is none."""
    silence = {"asked": "(asked, silent)", "not_asked": "(not asked)", "unknown": "(not known whether asked)"}
    silence |= dict.fromkeys(("not_available", "spoken"), "(not available: not in English)")
    rows = matrix[matrix.case == case]
    summaries = [row.summary or silence.get(row.state, "") for row in rows_of(rows)]
    return pd.DataFrame({"code": rows.code.to_list(), "passages": rows.n_segments.to_list(), "summary": summaries})


def fullest_case(matrix: pd.DataFrame) -> str:
    """Return the case with the most passages; empty if there is none."""
    totals = matrix.groupby("case").n_segments.sum()
    return str(totals.sort_index().idxmax()) if len(totals) else ""
