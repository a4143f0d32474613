"""Agreement among all human coders: one row per code, per category, and for the sets of codes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.comparison import coefficients, intervals
from pipeline.comparison.coefficients import Bools, Floats
from pipeline.comparison.intervals import known
from pipeline.comparison.pairs import Options
from pipeline.comparison.sets import alpha, set_sums
from pipeline.comparison.units import Ratings, as_categories
from pipeline.core.coders import CONSENSUS
from pipeline.core.terms import ALL_CATEGORIES, ALL_CODES


def rows_of_all(found: Ratings, *, category_of: Mapping[str, str], options: Options) -> list[dict[str, Any]]:
    """Rows of AgreementOfAll; none where fewer than two people coded. The consensus coder is left out."""
    people = [i for i, name in enumerate(found.coders) if found.human[i] and name != CONSENSUS]
    if len(people) < 2:
        return []
    by_category = as_categories(found, category_of)
    rows = _rows(found, people, "code", options)
    rows.append(_sets(found, people, ALL_CODES, options))
    if by_category.codes != found.codes:
        rows += _rows(by_category, people, "category", options)
        rows.append(_sets(by_category, people, ALL_CATEGORIES, options))
    return rows


def code_coincidences(given: Bools, seen: Bools, documents: Any, weights: Floats) -> Floats:
    """Coincidence matrices, documents x codes x 2 x 2, of answers to each code (coders x units x codes)."""
    answers = seen.sum(0).astype(np.float64)
    yes = (given & seen[:, :, None]).sum(0).astype(np.float64)
    no = answers[:, None] - yes
    share = np.where(answers > 1, weights / np.maximum(answers - 1, 1), 0.0)[:, None]
    cells = np.stack([no * (no - 1) * share, no * yes * share, yes * no * share, yes * (yes - 1) * share], axis=-1)
    summed = intervals.by_document(cells, documents)
    return summed.reshape(*summed.shape[:2], 2, 2)


def _rows(found: Ratings, people: list[int], level: str, options: Options) -> list[dict[str, Any]]:
    given, seen = found.given[people], found.seen[people]
    used = given.any((0, 1))
    given = given[:, :, used]
    codes = np.array(found.codes, dtype=object)[used]
    complete = seen.all(0)
    every = code_coincidences(given, seen, found.documents, found.weights)
    whole = code_coincidences(given, seen & complete, found.documents, found.weights).sum(0)
    paired = np.flatnonzero(every.sum((1, 2, 3)) > 0)
    weights = intervals.document_draws(paired.size, draws=options.draws, seed=options.seed)
    alpha = intervals.bootstrap(
        coefficients.krippendorff_alpha, every[paired], weights=weights, min_documents=options.min_documents
    )
    total = every.sum(0)
    values = {
        "prevalence": coefficients.divided(total[:, 1].sum(-1), total.sum((-2, -1))),
        "percent": coefficients.percent(whole),
        "alpha": alpha.value,
        "low": alpha.low,
        "high": alpha.high,
        "fleiss": coefficients.fleiss_kappa(whole),
        "ac1": coefficients.gwet_ac1_many(whole),
    }
    rows = []
    for position, code in enumerate(codes):
        row = _counted(found, people, level, str(code), paired.size)
        row |= {name: known(column[position]) for name, column in values.items()}
        rows.append(_noted(row, options))
    return rows


def _sets(found: Ratings, people: list[int], code: str, options: Options) -> dict[str, Any]:
    """One row for the sets of codes of all people, with alpha alone."""
    sums = set_sums(found.given[people], found.seen[people], found.documents, found.weights)
    paired = np.flatnonzero(sums.values > 0)
    sums = sums.of(paired)
    row = _counted(found, people, "pooled", code, paired.size)
    value = alpha(sums, np.ones((1, paired.size)))[0]
    row["alpha"] = known(value)
    if paired.size >= options.min_documents:
        weights = intervals.document_draws(paired.size, draws=options.draws, seed=options.seed)
        bounds = intervals.of_draws(value, alpha(sums, weights))
        row |= {"low": known(bounds.low), "high": known(bounds.high)}
    return _noted(row, options)


def _counted(found: Ratings, people: list[int], level: str, code: str, n_documents: int) -> dict[str, Any]:
    seen = found.seen[people]
    return {
        "unit": found.unit,
        "level": level,
        "code": code,
        "coders": "; ".join(found.coders[i] for i in people),
        "n": int(found.weights[seen.sum(0) > 1].sum()),
        "n_complete": int(found.weights[seen.all(0)].sum()),
        "n_documents": n_documents,
    }


def _noted(row: dict[str, Any], options: Options) -> dict[str, Any]:
    """Note why a figure is missing, and remove figures based on too few units."""
    if row["n"] < options.min_units:
        kept = ("unit", "level", "code", "coders", "n", "n_complete", "n_documents")
        why = f"too few: {row['n']} units coded by at least two coders (at least {options.min_units} needed)"
        return {name: row[name] for name in kept} | {"note": why}
    said = []
    if row["n_complete"] < options.min_units:
        row |= dict.fromkeys(("percent", "fleiss", "ac1"))
        said.append(
            f"only alpha: {row['n_complete']} units coded by all (at least {options.min_units} needed for the others)"
        )
    if row["alpha"] is None:
        said.append("undefined: every answer is the same, so that nothing varies")
    elif row["n_documents"] < options.min_documents:
        said.append(intervals.few_documents(row["n_documents"], options.min_documents))
    return row | {"note": "; ".join(said)}
