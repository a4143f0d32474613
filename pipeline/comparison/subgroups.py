"""Differences in agreement between groups of participants: pooled kappa by attribute, against all others."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison import coefficients, intervals
from pipeline.comparison.coefficients import Bools, Floats
from pipeline.comparison.intervals import defined
from pipeline.comparison.pairs import Options, Shared, pairs, shared
from pipeline.comparison.units import Ratings
from pipeline.core import prose

# The interview date is not an attribute of the participant.
NOT_COMPARED = frozenset({"case", "order", "date"})
MOST_VALUES = 12
FEWEST_CASES = 3


def rows_by_attribute(
    ratings: Ratings, cases: pd.DataFrame, case_of: pd.Series, *, options: Options
) -> list[dict[str, Any]]:
    """Return rows of AgreementByAttribute for each pair of coders; `case_of`: the case of each unit, (units,).

    Attributes with 2 to 12 values are compared; values with fewer than 3 cases get a note instead of figures.
    """
    rows = []
    attributes = comparable(cases)
    for first, second in pairs(ratings):
        pair = shared(ratings, first, second)
        cases_of_units = case_of[pair.place].to_numpy()
        for attribute in attributes:
            value_of = (
                cases.set_index("case")[attribute].reindex(pd.Index(cases_of_units)).fillna("").to_numpy(dtype=object)
            )
            for value in sorted(set(value_of) - {""}):
                chosen = np.asarray(value_of == value, dtype=bool)
                row = {"attribute": attribute, "value": value, "coder_a": pair.a, "coder_b": pair.b}
                rows.append(
                    row | _compared(pair, chosen, np.asarray(value_of != "", dtype=bool), cases_of_units, options)
                )
    return rows


def comparable(cases: pd.DataFrame) -> list[str]:
    """Return the attributes of participants with 2 to 12 distinct values that some share: an exact age is no group."""
    names = [name for name in cases.columns if name not in NOT_COMPARED]
    known = {name: cases[name].fillna("")[cases[name].fillna("") != ""] for name in names}
    return [name for name in names if 2 <= known[name].nunique() <= MOST_VALUES and known[name].duplicated().any()]


def _compared(pair: Shared, chosen: Bools, is_known: Bools, cases_of_units: Any, options: Options) -> dict[str, Any]:
    """Return the figures of one group; `is_known`: a mask of the units whose case has a value of the attribute."""
    n, n_cases = int(pair.weights[chosen].sum()), len(set(cases_of_units[chosen]))
    row: dict[str, Any] = {"n": n, "n_cases": n_cases, "n_documents": np.unique(pair.documents[chosen]).size}
    coded = [mask.any(1) & chosen for mask in (pair.first, pair.second)]
    for name, mask in (("n_a", coded[0]), ("n_b", coded[1]), ("n_both", coded[0] & coded[1])):
        row[name] = int(pair.weights[mask].sum())
    if n_cases < FEWEST_CASES or n < options.min_units:
        return row | {
            "note": f"too few: {prose.count(n_cases, 'case')} and {prose.count(n, 'unit')} "
            f"(at least {FEWEST_CASES} and {options.min_units} needed)"
        }
    groups = [replace(pair, weights=pair.weights * mask).tables for mask in (chosen, is_known & ~chosen)]
    counts = np.stack(groups, axis=1)
    total = counts.sum(0)
    group_documents = np.flatnonzero(counts[:, 0].sum((1, 2, 3)) > 0)
    other_documents = np.flatnonzero(counts[:, 1].sum((1, 2, 3)) > 0)
    enough = min(group_documents.size, other_documents.size) >= options.min_documents
    weights = intervals.document_draws(len(counts), draws=options.draws, seed=options.seed)
    bounds = intervals.bootstrap(
        _contrast, counts, weights=weights, min_documents=options.min_documents if enough else len(counts) + 1
    )
    percent = coefficients.percent(total[0])
    row |= {"percent": defined(float(percent.mean())) if percent.size else None}
    names = (("kappa", "kappa_low", "kappa_high"), ("rest", "", ""), ("difference", "low", "high"))
    for position, (value, low, high) in enumerate(names):
        row[value] = defined(bounds.value[position])
        if low:
            row |= {low: defined(bounds.low[position]), high: defined(bounds.high[position])}
    fewest = min(group_documents.size, other_documents.size)
    where = "this group" if fewest == group_documents.size else "the others"
    few = f"no interval: {prose.count(fewest, 'document')} in {where} (at least {options.min_documents} needed)"
    if row["kappa"] is None:
        return row | {"note": "undefined: neither applied any code here"}
    return row | {"note": "" if enough else few}


def _contrast(counts: Floats) -> Floats:
    """Pooled kappa of a group, of the rest, and their difference, from (..., 2, codes, 2, 2)."""
    kappa = coefficients.pooled_kappa(counts)
    return np.stack([kappa[..., 0], kappa[..., 1], kappa[..., 0] - kappa[..., 1]], axis=-1)
