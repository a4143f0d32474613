"""Compare human codes with each other, with the pipeline's codes and with the candidate themes.

Human codings are an input here and in few-shot mapping, nowhere else. All tables are computed for every kind of study;
the report and the notebooks hide coefficients where the study rejects them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison import alignment, facets, together, verdicts
from pipeline.comparison import saturation as saturating
from pipeline.comparison.comparability import problems
from pipeline.comparison.disagreements import Talk, disagreement_rows
from pipeline.comparison.missed import missed_rows
from pipeline.comparison.overlaps import count_overlaps
from pipeline.comparison.pairs import Options, agreement_rows
from pipeline.comparison.record import record
from pipeline.comparison.subgroups import rows_by_attribute
from pipeline.comparison.triangulation import triangulation_rows
from pipeline.comparison.units import Ratings, as_categories, ratings_of_units, with_anyone
from pipeline.core import contracts, stage_runner, store, terms
from pipeline.core.coders import CONSENSUS
from pipeline.core.params import SEED, Compare
from pipeline.core.terms import ComparedUnit, Uncoded
from pipeline.deductive import codebook
from pipeline.deductive.codebook import Codebook

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Input:
    """The tables to compare, by their names in the store, and the codebook."""

    tables: Mapping[str, pd.DataFrame]
    book: Codebook

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return one table, sorted by its key columns, so that results do not depend on the order of its rows."""
        frame = self.tables[name]
        keys = ("document", "start", "end", "segment_id", "coder", "code", "case", "theme_id", "method")
        return frame.sort_values([key for key in keys if key in frame.columns], kind="stable", ignore_index=True)


def compare(
    data: Input, settings: Compare, *, uncoded: Uncoded = "negative", seed: int = SEED
) -> dict[str, pd.DataFrame]:
    """Return all tables of the stage by name; without human codes most are empty, and compare_problems says why.

    `uncoded`: what it means if a person left a passage uncoded; `seed`: of the bootstrap and the random orders.
    """
    rows: Rows = {name: [] for name in contracts.COMPARE.writes if name != "compare_record"}
    options = Options(settings.draws, seed, settings.min_documents, settings.min_units)
    category_of = categories(data["codings"], data.book)
    ratings_by_unit: dict[str, Ratings] = {
        unit: laid_out(data, unit, uncoded) for unit in dict.fromkeys(settings.units)
    }
    segments = ratings_by_unit.get("segment") or laid_out(data, "segment", uncoded)
    for ratings in ratings_by_unit.values():
        rows["agreement"] += agreement_rows(ratings, category_of=category_of, options=options)
        rows["agreement_of_all"] += together.rows_of_all(ratings, category_of=category_of, options=options)
    case_of = data["segments"].set_index("segment_id")["case"].reindex(pd.Index(segments.units["segment_id"]))
    rows["agreement_by_attribute"] = rows_by_attribute(segments, data["cases"], case_of, options=options)
    rows["missed"] = missed_rows(segments, options=options)
    rows["disagreements"] = disagreement_rows(segments, data["code_assignments"], Talk(data["segments"], data["turns"]))
    _themes(rows, data, segments, category_of, options)
    read_segments = segments if uncoded == "negative" else laid_out(data, "segment", "negative")
    rows["triangulation"] = triangulation_rows(read_segments, data["documents"])
    order = _saturation(rows, data, read_segments, settings, seed=seed)
    rows["compare_problems"] = problems(data["codings"], data["code_assignments"], segments, order=order)
    tables = {name: _table(name, ratings) for name, ratings in rows.items()}
    frame = [name for name in settings.frame if name in data["cases"].columns]
    stage_record = record(tables, ratings_by_unit, settings, uncoded=uncoded, seed=seed, order=order.kind, frame=frame)
    return tables | {"compare_record": stage_record.table()}


def laid_out(data: Input, unit: ComparedUnit, uncoded: Uncoded) -> Ratings:
    """Return all coders' codes on units of one kind."""
    return ratings_of_units(
        unit=unit,
        uncoded=uncoded,
        segments=data["segments"],
        turns=data["turns"],
        documents=data["documents"],
        codings=data["codings"],
        assignments=data["code_assignments"],
    )


def categories(codings: pd.DataFrame, book: Codebook) -> dict[str, str]:
    """Map each code to its category, the top of its branch in the codebook or, without parents there, in coders' files.

    If files give a code several parents, the most frequent counts. A parent that leads back to its own code is ignored.
    """
    with_parent = codings[(codings["parent_code"] != "") & (codings["parent_code"] != codings["code"])]
    counted = with_parent.groupby(["code", "parent_code"]).size().rename("n").reset_index()
    most_frequent = counted.sort_values(["n", "parent_code"], ascending=[False, True]).drop_duplicates("code")
    parent = dict(zip(most_frequent["code"], most_frequent["parent_code"], strict=True))
    if any(code.parent for code in book.codes):
        parent |= {code.name: code.parent for code in book.codes}
    return {code: _top_category(code, parent) for code in sorted({*codings["code"], *book.names})}


def _themes(rows: Rows, data: Input, ratings: Ratings, category_of: Mapping[str, str], options: Options) -> None:
    """Fill the tables that compare themes of the first level with human codes: categories, then codes."""
    assigned = data["theme_assignments"].set_index("segment_id")["theme_id"]
    themes = assigned.reindex(pd.Index(ratings.units["segment_id"])).fillna(-1).to_numpy(dtype=np.int64)
    people = with_anyone(ratings)
    by_category = as_categories(people, category_of)
    prompt_of = data["segments"].set_index("segment_id")["prompt_id"]
    prompts = prompt_of.reindex(pd.Index(ratings.units["segment_id"]))
    questions = prompts.map(data["prompts"].set_index("prompt_id")["guide_id"]).fillna("")
    levels = ([("category", by_category)] if by_category.codes != people.codes else []) + [("code", people)]
    for level, level_ratings in levels if len(assigned) and ratings.human.any() else []:
        followed = facets.facet_rows(
            themes, level_ratings, 0, questions=questions.tolist(), prompts=prompts.tolist(), options=options
        )
        rows["theme_facets"] += _with_level(level, followed)
        for coder in range(len(level_ratings.coders)):
            rows["theme_agreement"] += _with_level(
                level, alignment.measures(themes, level_ratings, coder, options=options)
            )
            overlaps = count_overlaps(themes, level_ratings, coder, options=options)
            parent_of = category_of if level == "code" else {}
            recovered = verdicts.recovery(overlaps, parent_of=parent_of, options=options)
            rows["code_recovery"] += _with_level(level, recovered)
            rows["theme_mapping"] += _with_level(level, verdicts.mapping(overlaps, options=options))
            if level == "code":
                rows["theme_human_code"] += verdicts.table(overlaps)


def _saturation(rows: Rows, data: Input, ratings: Ratings, settings: Compare, *, seed: int) -> saturating.Order:
    """Fill the saturation tables for each person's codes and for the themes; return the order of the documents."""
    rule = saturating.Rule(settings.saturation_base, settings.saturation_run, settings.saturation_threshold, seed=seed)
    order = saturating.interview_order(data["documents"], data["turns"], data["cases"])
    frame = saturating.cells(data["cases"], settings.frame)
    segments = data["segments"][["segment_id", "document", "case"]]
    for source, codes in _sources(ratings, data["theme_assignments"]).items():
        placed = codes.merge(segments, on="segment_id")
        coded_documents = set(placed["document"].unique())
        for cell, members in {terms.EVERYTHING: None, **frame}.items():
            cell_segments = segments if members is None else segments[segments["case"].isin(members)]
            shared_documents = coded_documents & set(cell_segments["document"].unique())
            cell_documents = tuple(name for name in order.documents if name in shared_documents)
            if not cell_documents:
                continue
            cell_codes = placed[placed["segment_id"].isin(set(cell_segments["segment_id"]))]
            cell_order = saturating.Order(cell_documents, order.kind, order.undated)
            curve, verdict = saturating.saturation(
                source, cell, saturating.presence(cell_codes, cell_order), cell_order, rule
            )
            rows["saturation"] += curve
            rows["saturation_verdict"].append(verdict)
    return order


def _sources(ratings: Ratings, themes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the codes of each person, and the themes, as tables of segment_id and code.

    The consensus coder is left out: it settles passages on which others differ, and reads no document as a whole.
    """
    sources = {}
    ids = ratings.units["segment_id"].to_numpy()
    for coder in [one for one in np.flatnonzero(ratings.human) if ratings.coders[one] != CONSENSUS]:
        unit, code = np.nonzero(ratings.given[coder])
        sources[ratings.coders[coder]] = pd.DataFrame({"segment_id": ids[unit], "code": np.array(ratings.codes)[code]})
    assigned = themes[themes["theme_id"] >= 0]
    sources["themes"] = assigned[["segment_id"]].assign(code=assigned["theme_id"].astype("str"))
    return sources


def _top_category(code: str, parent: Mapping[str, str]) -> str:
    path = [code]
    while (above := parent.get(path[-1], "")) and above not in path:
        path.append(above)
    return path[-1] if not above else code


def _with_level(level: str, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"level": level} for row in rows]


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as the named table, with its columns in order; values that a row lacks are missing."""
    empty = store.empty(name)
    if not rows:
        return empty
    frame = pd.DataFrame(rows).reindex(columns=list(empty.columns))
    return frame.astype({column: kind for column, kind in empty.dtypes.items() if kind.kind == "f"})


def main() -> None:
    """Read the study's tables, compare codes and themes, write the stage's tables."""
    with stage_runner.opened("compare") as params:
        tables = {name: store.read(params.folder, name) for name in contracts.COMPARE.reads}
        given = Input(tables, codebook.load_codebook(params.places.codebook))
        for name, frame in compare(given, params.compare, uncoded=params.uncoded, seed=params.seed).items():
            store.write(params.folder, name, frame)


if __name__ == "__main__":
    main()
