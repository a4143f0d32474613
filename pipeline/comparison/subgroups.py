"""Differences in agreement between groups of participants: pooled kappa by attribute, against all others."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison import coefficients, intervals
from pipeline.comparison.coefficients import Bools, Floats
from pipeline.comparison.intervals import known
from pipeline.comparison.pairs import Options, Shared, pairs, shared
from pipeline.comparison.units import Ratings

# The interview date is not an attribute of the participant.
NOT_COMPARED = frozenset({"case", "order", "date"})
MOST_VALUES = 12
FEWEST_CASES = 3


def rows_by_attribute(
    found: Ratings, cases: pd.DataFrame, case_of: pd.Series, *, options: Options
) -> list[dict[str, Any]]:
    """Rows of AgreementByAttribute for every pair of coders; `case_of`: each unit's case, in the order of the units.

    An attribute is compared where it has 2 to 12 values. A value with fewer than 3 cases is refused in words.
    """
    rows = []
    attributes = comparable(cases)
    for a, b in pairs(found):
        pair = shared(found, a, b)
        who = case_of[pair.place].to_numpy()
        for attribute in attributes:
            value_of = cases.set_index("case")[attribute].reindex(pd.Index(who)).fillna("").to_numpy(dtype=object)
            for value in sorted(set(value_of) - {""}):
                chosen = np.asarray(value_of == value, dtype=bool)
                row = {"attribute": attribute, "value": value, "coder_a": pair.a, "coder_b": pair.b}
                rows.append(row | _compared(pair, chosen, np.asarray(value_of != "", dtype=bool), who, options))
    return rows


def comparable(cases: pd.DataFrame) -> list[str]:
    """Return the attributes of participants with 2 to 12 distinct values."""
    names = [name for name in cases.columns if name not in NOT_COMPARED]
    return [name for name in names if 2 <= len(set(cases[name].fillna("")) - {""}) <= MOST_VALUES]


def _compared(pair: Shared, chosen: Bools, told: Bools, who: Any, options: Options) -> dict[str, Any]:
    """The figures of one group; `told`: the units of people whose value of the attribute is known."""
    n, n_cases = int(pair.weights[chosen].sum()), len(set(who[chosen]))
    row: dict[str, Any] = {"n": n, "n_cases": n_cases, "n_documents": np.unique(pair.documents[chosen]).size}
    if n_cases < FEWEST_CASES or n < options.min_units:
        return row | {
            "note": f"too few: {n_cases} cases and {n} units (at least {FEWEST_CASES} and {options.min_units} needed)"
        }
    groups = [replace(pair, weights=pair.weights * mask).tables for mask in (chosen, told & ~chosen)]
    counts = np.stack(groups, axis=1)
    total = counts.sum(0)
    here = np.flatnonzero(counts[:, 0].sum((1, 2, 3)) > 0)
    enough = min(here.size, np.flatnonzero(counts[:, 1].sum((1, 2, 3)) > 0).size) >= options.min_documents
    weights = intervals.document_draws(len(counts), draws=options.draws, seed=options.seed)
    bounds = intervals.bootstrap(
        _contrast, counts, weights=weights, min_documents=options.min_documents if enough else len(counts) + 1
    )
    percent = coefficients.percent(total[0])
    row |= {"percent": known(float(percent.mean())) if percent.size else None}
    names = (("kappa", "kappa_low", "kappa_high"), ("rest", "", ""), ("difference", "low", "high"))
    for position, (value, low, high) in enumerate(names):
        row[value] = known(bounds.value[position])
        if low:
            row |= {low: known(bounds.low[position]), high: known(bounds.high[position])}
    few = f"no interval: {here.size} documents in this group or the others (at least {options.min_documents} needed)"
    if row["kappa"] is None:
        return row | {"note": "undefined: neither applied any code here"}
    return row | {"note": "" if enough else few}


def _contrast(counts: Floats) -> Floats:
    """Pooled kappa of a group, of the rest, and their difference, from (..., 2, codes, 2, 2)."""
    kappa = coefficients.pooled_kappa(counts)
    return np.stack([kappa[..., 0], kappa[..., 1], kappa[..., 0] - kappa[..., 1]], axis=-1)
