"""What the pipeline missed: how many of the passages that it left without any code a person coded.

Valid for a coder of whole documents, and for a random sample of such passages coded blind (`counterpoint
sample-for-coding`); the interval refers to the passages from which the sample was drawn.
"""

from typing import Any

import numpy as np

from pipeline.comparison import intervals
from pipeline.comparison.coefficients import Floats, divided
from pipeline.comparison.pairs import Options
from pipeline.comparison.units import Ratings
from pipeline.core.coders import CONSENSUS


def missed_rows(ratings: Ratings, *, options: Options) -> list[dict[str, Any]]:
    """Return rows of Missed: passages without a code from the pipeline that a person coded, for each person and method.

    Only codes that the method maps count. The consensus coder has read nothing that others had not.
    """
    rows = []
    for person in [one for one in np.flatnonzero(ratings.human).tolist() if ratings.coders[one] != CONSENSUS]:
        for machine in np.flatnonzero(~ratings.human).tolist():
            rows.append(_row(ratings, person, machine, options))
    return rows


def _row(ratings: Ratings, person: int, machine: int, options: Options) -> dict[str, Any]:
    unassigned = ratings.seen[machine] & ~ratings.given[machine].any(1)
    read_by_person = unassigned & ratings.seen[person]
    missed = ratings.given[person][:, ratings.possible[machine]].any(1) & read_by_person
    n_read, n_missed = int(read_by_person.sum()), int(missed.sum())
    row = {
        "coder": ratings.coders[person],
        "method": ratings.coders[machine],
        "n_left": int(unassigned.sum()),
        "n_read": n_read,
        "n_missed": n_missed,
    }
    if n_read < options.min_units:
        return row | {"note": f"too few: {n_read} of these passages were read (at least {options.min_units} needed)"}
    documents = np.unique(ratings.documents[read_by_person], return_inverse=True)[1]
    sums = np.stack([np.bincount(documents, weights=mask[read_by_person]) for mask in (missed, read_by_person)], axis=1)
    bounds = intervals.estimate(
        _share, sums, n=n_read, draws=options.draws, seed=options.seed, min_documents=options.min_documents
    )
    low, high, note = bounds.low, bounds.high, ""
    if n_missed in (0, n_read):
        low, high = intervals.wilson(n_missed, n_read)
        note = "interval assumes independent passages (Wilson 1927): with none or all, bootstrap samples do not vary"
    elif low is None:
        low, high = intervals.wilson(n_missed, n_read)
        note = f"interval assumes independent passages (Wilson 1927): {len(sums)} documents are too few to resample"
    return row | {"share": bounds.value, "low": low, "high": high, "note": note}


def _share(sums: Floats) -> Floats:
    return divided(sums[..., 0], sums[..., 1])
