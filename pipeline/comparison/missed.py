"""What the pipeline missed: of the passages it left without any code, how many a person coded.

Right for a coder of whole documents, and for a random sample of such passages coded blind (`counterpoint
sample-for-coding`); the interval holds for the passages from which the sample was drawn.
"""

from typing import Any

import numpy as np

from pipeline.comparison import intervals
from pipeline.comparison.coefficients import Floats, divided
from pipeline.comparison.pairs import Options
from pipeline.comparison.units import Ratings


def missed_rows(found: Ratings, *, options: Options) -> list[dict[str, Any]]:
    """Rows of Missed: every person with every method of the pipeline; only codes that the method maps count."""
    rows = []
    for person in np.flatnonzero(found.human).tolist():
        for machine in np.flatnonzero(~found.human).tolist():
            rows.append(_row(found, person, machine, options))
    return rows


def _row(found: Ratings, person: int, machine: int, options: Options) -> dict[str, Any]:
    left = found.seen[machine] & ~found.given[machine].any(1)
    read = left & found.seen[person]
    coded = found.given[person][:, found.asked[machine]].any(1) & read
    n_read, n_missed = int(read.sum()), int(coded.sum())
    row = {
        "coder": found.coders[person],
        "method": found.coders[machine],
        "n_left": int(left.sum()),
        "n_read": n_read,
        "n_missed": n_missed,
    }
    if n_read < options.min_units:
        return row | {"note": f"too few: {n_read} of these passages were read (at least {options.min_units} needed)"}
    documents = np.unique(found.documents[read], return_inverse=True)[1]
    parts = np.stack([np.bincount(documents, weights=mask[read]) for mask in (coded, read)], axis=1)
    bounds = intervals.estimate(
        _share, parts, n=n_read, draws=options.draws, seed=options.seed, min_documents=options.min_documents
    )
    low, high, note = bounds.low, bounds.high, ""
    if n_missed in (0, n_read):
        low, high = intervals.wilson(n_missed, n_read)
        note = "interval assumes independent passages (Wilson 1927): with none or all, bootstrap samples do not vary"
    elif low is None:
        low, high = intervals.wilson(n_missed, n_read)
        note = f"interval assumes independent passages (Wilson 1927): {len(parts)} documents are too few to resample"
    return row | {"share": bounds.value, "low": low, "high": high, "note": note}


def _share(parts: Floats) -> Floats:
    return divided(parts[..., 0], parts[..., 1])
