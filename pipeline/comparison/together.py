"""Agreement among all human coders: one row per code, per category, and for the sets of codes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.comparison import coefficients, intervals
from pipeline.comparison.coefficients import Bools, Floats
from pipeline.comparison.intervals import defined
from pipeline.comparison.pairs import Options
from pipeline.comparison.sets import alpha, set_sums
from pipeline.comparison.units import Ratings, as_categories
from pipeline.core.coders import CONSENSUS
from pipeline.core.terms import ALL_CATEGORIES, ALL_CODES


def rows_of_all(ratings: Ratings, *, category_of: Mapping[str, str], options: Options) -> list[dict[str, Any]]:
    """Return rows of AgreementOfAll, the agreement of all people; empty if fewer than two people coded.

    The consensus coder is left out.
    """
    people = [coder for coder, name in enumerate(ratings.coders) if ratings.human[coder] and name != CONSENSUS]
    if len(people) < 2:
        return []
    by_category = as_categories(ratings, category_of)
    rows = _rows(ratings, people, "code", options)
    rows.append(_sets(ratings, people, ALL_CODES, options))
    if by_category.codes != ratings.codes:
        rows += _rows(by_category, people, "category", options)
        rows.append(_sets(by_category, people, ALL_CATEGORIES, options))
    return rows


def code_coincidences(applied: Bools, is_seen: Bools, documents: Any, weights: Floats) -> Floats:
    """Return coincidence matrices of the answers to each code, (documents, codes, 2, 2).

    `applied`: (coders, units, codes); `is_seen`: (coders, units), whether the answer is known; `documents`, `weights`:
    (units,).
    """
    answers = is_seen.sum(0).astype(np.float64)
    yes = (applied & is_seen[:, :, None]).sum(0).astype(np.float64)
    no = answers[:, None] - yes
    share = np.where(answers > 1, weights / np.maximum(answers - 1, 1), 0.0)[:, None]
    cells = np.stack([no * (no - 1) * share, no * yes * share, yes * no * share, yes * (yes - 1) * share], axis=-1)
    summed = intervals.by_document(cells, documents)
    return summed.reshape(*summed.shape[:2], 2, 2)


def _rows(ratings: Ratings, people: list[int], level: str, options: Options) -> list[dict[str, Any]]:
    applied, seen = ratings.given[people], ratings.seen[people]
    used = applied.any((0, 1))
    applied = applied[:, :, used]
    codes = np.array(ratings.codes, dtype=object)[used]
    complete = seen.all(0)
    coincidences = code_coincidences(applied, seen, ratings.documents, ratings.weights)
    complete_coincidences = code_coincidences(applied, seen & complete, ratings.documents, ratings.weights).sum(0)
    paired = np.flatnonzero(coincidences.sum((1, 2, 3)) > 0)
    weights = intervals.document_draws(paired.size, draws=options.draws, seed=options.seed)
    alpha = intervals.bootstrap(
        coefficients.krippendorff_alpha, coincidences[paired], weights=weights, min_documents=options.min_documents
    )
    total = coincidences.sum(0)
    values = {
        "prevalence": coefficients.divided(total[:, 1].sum(-1), total.sum((-2, -1))),
        "percent": coefficients.percent(complete_coincidences),
        "alpha": alpha.value,
        "low": alpha.low,
        "high": alpha.high,
        "fleiss": coefficients.fleiss_kappa(complete_coincidences),
        "ac1": coefficients.gwet_ac1_many(complete_coincidences),
    }
    rows = []
    for position, code in enumerate(codes):
        row = _count_columns(ratings, people, level, str(code), paired.size)
        row |= _given(ratings, applied[:, :, position])
        row |= {name: defined(column[position]) for name, column in values.items()}
        rows.append(_with_note(row, options))
    return rows


def _sets(ratings: Ratings, people: list[int], code: str, options: Options) -> dict[str, Any]:
    """Return one row for the sets of codes of all people, with alpha only."""
    sums = set_sums(ratings.given[people], ratings.seen[people], ratings.documents, ratings.weights)
    paired = np.flatnonzero(sums.values > 0)
    sums = sums.of(paired)
    row = _count_columns(ratings, people, "pooled", code, paired.size)
    row |= _given(ratings, np.asarray(ratings.given[people].any(2), dtype=bool))
    value = alpha(sums, np.ones((1, paired.size)))[0]
    row["alpha"] = defined(value)
    if paired.size >= options.min_documents:
        weights = intervals.document_draws(paired.size, draws=options.draws, seed=options.seed)
        bounds = intervals.of_draws(value, alpha(sums, weights))
        row |= {"low": defined(bounds.low), "high": defined(bounds.high)}
    return _with_note(row, options)


def _given(ratings: Ratings, given: Bools) -> dict[str, Any]:
    """Return how much each person gave a code, or any code, to; `given`: (people, units)."""
    return {
        "given": "; ".join(str(int(ratings.weights[mask].sum())) for mask in given),
        "n_every": int(ratings.weights[given.all(0)].sum()),
    }


def _count_columns(ratings: Ratings, people: list[int], level: str, code: str, n_documents: int) -> dict[str, Any]:
    is_seen = ratings.seen[people]
    return {
        "unit": ratings.unit,
        "level": level,
        "code": code,
        "coders": "; ".join(ratings.coders[coder] for coder in people),
        "n": int(ratings.weights[is_seen.sum(0) > 1].sum()),
        "n_complete": int(ratings.weights[is_seen.all(0)].sum()),
        "n_documents": n_documents,
    }


def _with_note(row: dict[str, Any], options: Options) -> dict[str, Any]:
    """Note why a figure is missing, and remove figures based on too few units."""
    if row["n"] < options.min_units:
        identifying = ("unit", "level", "code", "coders", "n", "n_complete", "n_documents", "given", "n_every")
        reason = f"too few: {row['n']} units read by at least two coders (at least {options.min_units} needed)"
        return {name: row[name] for name in identifying} | {"note": reason}
    clauses = []
    if row["n_complete"] < options.min_units:
        row |= dict.fromkeys(("percent", "fleiss", "ac1"))
        clauses.append(
            f"only alpha: {row['n_complete']} units read by all (at least {options.min_units} needed for the others)"
        )
    if row["alpha"] is None:
        clauses.append("undefined: every answer is the same, so that nothing varies")
    elif row["n_documents"] < options.min_documents:
        clauses.append(intervals.few_documents(row["n_documents"], options.min_documents))
    return row | {"note": "; ".join(clauses)}
