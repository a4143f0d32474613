"""Set people's codes against each other, against the pipeline's, and against the candidate themes.

People's codings are an input here and in few-shot mapping, nowhere else. Every table is computed whatever the stance of
the study; the report and the notebooks hide coefficients from those who reject them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison import alignment, together
from pipeline.comparison import saturation as saturating
from pipeline.comparison.comparability import problems
from pipeline.comparison.disagreements import Talk, disagreement_rows
from pipeline.comparison.missed import missed_rows
from pipeline.comparison.pairs import Options, agreement_rows
from pipeline.comparison.record import record
from pipeline.comparison.subgroups import rows_by_attribute
from pipeline.comparison.triangulation import triangulation_rows
from pipeline.comparison.units import Ratings, as_categories, ratings
from pipeline.core import contracts, stage_runner, store, terms
from pipeline.core.params import SEED, Compare
from pipeline.core.terms import ComparedUnit, Uncoded
from pipeline.deductive import codebook
from pipeline.deductive.codebook import Codebook

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Input:
    """The tables that are compared, by name as in the store, and the codebook."""

    tables: Mapping[str, pd.DataFrame]
    book: Codebook

    def __getitem__(self, name: str) -> pd.DataFrame:
        """One table, its rows in an order of their own, so that nothing depends on how they came."""
        frame = self.tables[name]
        keys = ("document", "start", "end", "segment_id", "coder", "code", "case", "theme_id", "method")
        return frame.sort_values([key for key in keys if key in frame.columns], kind="stable", ignore_index=True)


def compare(
    given: Input, settings: Compare, *, uncoded: Uncoded = "negative", seed: int = SEED
) -> dict[str, pd.DataFrame]:
    """Every table of the stage, by name; without human codes most are empty, and a note says so.

    `uncoded`: what it means that a person left a passage uncoded. `seed`: of the draws from which intervals come.
    """
    rows: Rows = {name: [] for name in contracts.COMPARE.writes if name != "compare_record"}
    options = Options(settings.draws, seed, settings.min_documents, settings.min_units)
    above = categories(given["codings"], given.book)
    laid: dict[str, Ratings] = {unit: laid_out(given, unit, uncoded) for unit in dict.fromkeys(settings.units)}
    segments = laid.get("segment") or laid_out(given, "segment", uncoded)
    for found in laid.values():
        rows["agreement"] += agreement_rows(found, category_of=above, options=options)
        rows["agreement_of_all"] += together.rows_of_all(found, category_of=above, options=options)
    case_of = given["segments"].set_index("segment_id")["case"].reindex(pd.Index(segments.units["segment_id"]))
    rows["agreement_by_attribute"] = rows_by_attribute(segments, given["cases"], case_of, options=options)
    rows["missed"] = missed_rows(segments, options=options)
    rows["disagreements"] = disagreement_rows(
        segments, given["code_assignments"], Talk(given["segments"], given["turns"])
    )
    _themes(rows, given, segments, above, options)
    read = segments if uncoded == "negative" else laid_out(given, "segment", "negative")
    rows["triangulation"] = triangulation_rows(read, given["documents"])
    order = _saturation(rows, given, read, settings, seed=seed)
    rows["compare_problems"] = problems(given["codings"], given["code_assignments"], segments, order=order)
    tables = {name: _table(name, found) for name, found in rows.items()}
    frame = [name for name in settings.frame if name in given["cases"].columns]
    done = record(tables, laid, settings, uncoded=uncoded, seed=seed, order=order.kind, frame=frame)
    return tables | {"compare_record": done.table()}


def laid_out(given: Input, unit: ComparedUnit, uncoded: Uncoded) -> Ratings:
    """Everybody's codes on units of one kind."""
    return ratings(
        unit=unit,
        uncoded=uncoded,
        segments=given["segments"],
        turns=given["turns"],
        documents=given["documents"],
        codings=given["codings"],
        assignments=given["code_assignments"],
    )


def categories(codings: pd.DataFrame, book: Codebook) -> dict[str, str]:
    """The category of every code: the top of its branch, in the codebook or else in what coders' files say.

    A codebook that gives no code a parent says nothing of categories, and the files then do. Where files give one code
    several parents, the most frequent counts. A parent that leads back to its code is not followed.
    """
    told = codings[(codings["parent_code"] != "") & (codings["parent_code"] != codings["code"])]
    counted = told.groupby(["code", "parent_code"]).size().rename("n").reset_index()
    first = counted.sort_values(["n", "parent_code"], ascending=[False, True]).drop_duplicates("code")
    parent = dict(zip(first["code"], first["parent_code"], strict=True))
    if any(code.parent for code in book.codes):
        parent |= {code.name: code.parent for code in book.codes}
    return {code: _top(code, parent) for code in sorted({*codings["code"], *book.names})}


def _themes(rows: Rows, given: Input, found: Ratings, above: Mapping[str, str], options: Options) -> None:
    """Fill the tables that set themes against people's codes; themes of the first level."""
    assigned = given["theme_assignments"].set_index("segment_id")["theme_id"]
    themes = assigned.reindex(pd.Index(found.units["segment_id"])).fillna(-1).to_numpy(dtype=np.int64)
    by_category = as_categories(found, above)
    levels = [("code", found)] + ([("category", by_category)] if by_category.codes != found.codes else [])
    for level, laid in levels if len(assigned) else []:
        for coder in np.flatnonzero(laid.human).tolist():
            rows["theme_agreement"] += _at(level, alignment.measures(themes, laid, coder, options=options))
            parts = alignment.overlaps(themes, laid, coder)
            related = alignment.beyond_chance(parts, options=options)
            name = laid.coders[coder]
            rows["code_recovery"] += _at(level, alignment.recovery(parts, name, related, options=options))
            rows["theme_mapping"] += _at(level, alignment.mapping(parts, name, related, options=options))
            if level == "code":
                rows["theme_human_code"] += alignment.table(parts, name, related)


def _saturation(rows: Rows, given: Input, found: Ratings, settings: Compare, *, seed: int) -> saturating.Order:
    """Fill the saturation tables, of each person's codes and of the themes; return the order of the documents."""
    rule = saturating.Rule(settings.saturation_base, settings.saturation_run, settings.saturation_threshold, seed=seed)
    order = saturating.interview_order(given["documents"], given["turns"], given["cases"])
    frame = saturating.cells(given["cases"], settings.frame)
    segments = given["segments"][["segment_id", "document", "case"]]
    for source, codes in _sources(found, given["theme_assignments"]).items():
        placed = codes.merge(segments, on="segment_id")
        read = set(placed["document"].unique())
        for cell, members in {terms.EVERYTHING: None, **frame}.items():
            talk = segments if members is None else segments[segments["case"].isin(members)]
            both = read & set(talk["document"].unique())
            here = tuple(name for name in order.documents if name in both)
            if not here:
                continue
            inside = placed[placed["segment_id"].isin(set(talk["segment_id"]))]
            own = saturating.Order(here, order.kind, order.undated)
            curve, verdict = saturating.saturation(source, cell, saturating.met(inside, own), own, rule)
            rows["saturation"] += curve
            rows["saturation_verdict"].append(verdict)
    return order


def _sources(found: Ratings, themes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What may saturate: each person's codes and the themes, as segment_id and code."""
    sources = {}
    ids = found.units["segment_id"].to_numpy()
    for coder in np.flatnonzero(found.human):
        unit, code = np.nonzero(found.given[coder])
        sources[found.coders[coder]] = pd.DataFrame({"segment_id": ids[unit], "code": np.array(found.codes)[code]})
    assigned = themes[themes["theme_id"] >= 0]
    sources["themes"] = assigned[["segment_id"]].assign(code=assigned["theme_id"].astype("str"))
    return sources


def _top(code: str, parent: Mapping[str, str]) -> str:
    seen = [code]
    while (above := parent.get(seen[-1], "")) and above not in seen:
        seen.append(above)
    return seen[-1] if not above else code


def _at(level: str, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"level": level} for row in rows]


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as the table of that name: its columns in their order, what a row does not say missing."""
    empty = store.empty(name)
    if not rows:
        return empty
    frame = pd.DataFrame(rows).reindex(columns=list(empty.columns))
    return frame.astype({column: kind for column, kind in empty.dtypes.items() if kind.kind == "f"})


def main() -> None:
    """Run the stage."""
    with stage_runner.opened("compare") as params:
        tables = {name: store.read(params.folder, name) for name in contracts.COMPARE.reads}
        given = Input(tables, codebook.load_codebook(params.places.codebook))
        for name, frame in compare(given, params.compare, uncoded=params.uncoded, seed=params.seed).items():
            store.write(params.folder, name, frame)


if __name__ == "__main__":
    main()
