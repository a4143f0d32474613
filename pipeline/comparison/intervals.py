"""Results with their interval: documents are resampled, never segments, since passages of one document hang together.

Every statistic here is a function of sums over documents, so a draw needs only the documents' sums times how often each
document was drawn. Efron & Tibshirani (1993), An Introduction to the Bootstrap; for clusters, Davison & Hinkley (1997).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.comparison.coefficients import Floats

LEVEL = 0.95
# Of the draws, how many may be undefined before no interval is given.
MOST_UNDEFINED = 0.5
# Parts of a large study, one of which the jackknife leaves out at a time.
GROUPS = 100


@dataclass(frozen=True)
class Estimate:
    """A statistic with its 95% interval. `value` is None if undefined, with the reason in `note`; `n`: units."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    note: str = ""


@dataclass(frozen=True)
class Bounds:
    """Many statistics at once, with intervals; nan where undefined. `undefined`: share of draws without a value."""

    value: Floats
    low: Floats
    high: Floats
    undefined: Floats


def by_document(values: npt.ArrayLike, documents: npt.NDArray[np.int64]) -> Floats:
    """Sums over each document's units: units x anything becomes documents x anything; documents are 0, 1, ..."""
    table = np.asarray(values, dtype=np.float64)
    order = np.argsort(documents, kind="stable")
    here, first = np.unique(documents[order], return_index=True)
    summed = np.zeros((int(documents.max(initial=-1)) + 1, *table.shape[1:]))
    if documents.size:
        summed[here] = np.add.reduceat(table[order], first, axis=0)
    return summed


@lru_cache(maxsize=1)
def document_draws(n_documents: int, *, draws: int, seed: int) -> Floats:
    """How often each document is drawn, draws x documents: as many as there are, with replacement.

    The last draws are kept, read-only: all figures of two coders rest on the same.
    """
    if n_documents == 0:
        return np.zeros((draws, 0))
    chances = np.full(n_documents, 1 / n_documents)
    drawn = np.random.default_rng(seed).multinomial(n_documents, chances, size=draws).astype(np.float64)
    drawn.setflags(write=False)
    return drawn


def bootstrap(statistic: Callable[[Floats], Floats], parts: Floats, *, weights: Floats, min_documents: int) -> Bounds:
    """Values and percentile intervals of a statistic of sums; `parts`: documents first, then whatever it takes.

    `weights`: draws x documents, from `document_draws`. Below `min_documents` there is no interval: so few documents
    cannot say how much other documents would differ.
    """
    value = np.asarray(statistic(parts.sum(0)), dtype=np.float64)
    if parts.shape[0] < min_documents:
        nothing = np.full(value.shape, np.nan)
        return Bounds(value, nothing, nothing.copy(), nothing.copy())
    summed = np.tensordot(weights, parts, axes=1)
    return of_draws(value, np.asarray(statistic(summed), dtype=np.float64))


def of_draws(value: Floats, drawn: Floats) -> Bounds:
    """The percentile interval of drawn values (draws first) beside the value itself; undefined draws are set aside."""
    undefined = np.isnan(drawn).mean(0)
    if not value.size:  # no theme, or no code
        return Bounds(value, value.copy(), value.copy(), undefined)
    usable = (undefined <= MOST_UNDEFINED) & ~np.isnan(value)
    filled = np.where(usable[None, ...], drawn, 0.0)
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.nanpercentile(filled, [tail, 100 - tail], axis=0)
    return Bounds(value, np.where(usable, low, np.nan), np.where(usable, high, np.nan), np.asarray(undefined))


def estimate(
    statistic: Callable[[Floats], Floats],
    parts: npt.ArrayLike,
    *,
    n: int,
    draws: int = 1000,
    seed: int = 0,
    min_documents: int = 5,
    undefined: str = "undefined for these counts",
) -> Estimate:
    """One statistic of per-document sums as an Estimate; `undefined`: what to say where it has no value."""
    table = np.asarray(parts, dtype=np.float64)
    weights = document_draws(table.shape[0], draws=draws, seed=seed)
    found = bootstrap(statistic, table, weights=weights, min_documents=min_documents)
    note = ""
    if np.isnan(found.value):
        note = undefined
    elif table.shape[0] < min_documents:
        note = few_documents(table.shape[0], min_documents)
    elif np.isnan(found.low):
        note = "no interval: undefined in more than half of the bootstrap samples"
    return Estimate(known(found.value), known(found.low), known(found.high), n, note)


def few_documents(n_documents: int, min_documents: int) -> str:
    """Why there is no interval."""
    return f"no interval: {n_documents} document{'s' * (n_documents != 1)} (at least {min_documents} needed)"


def known(value: float | Floats) -> float | None:
    """A number, or None where it is undefined."""
    number = float(value)
    return None if np.isnan(number) else number


def wilson(hits: int, n: int) -> tuple[float | None, float | None]:
    """The 95% interval of a share. Wilson (1927), JASA 22, 209-212. No units, no interval."""
    if n == 0:
        return None, None
    z = 1.959963984540054
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def jackknife(statistic: Callable[[npt.NDArray[np.bool_]], Floats], documents: npt.NDArray[np.int64]) -> Bounds:
    """Values and intervals of statistics that no sums can carry (AMI), leaving out one document at a time.

    `statistic` takes which items to keep. A bootstrap would draw a document twice, and to a measure of information a
    passage and its copy agree fully: its draws lie above the value. Efron & Stein (1981), Annals of Statistics 9. More
    than GROUPS documents are left out in so many groups, by turns in their order: else the work would grow with the
    square of the study. Kott (2001), Journal of Official Statistics 17, 521-526.
    """
    value = np.asarray(statistic(np.ones(documents.size, dtype=bool)), dtype=np.float64)
    groups = np.unique(documents, return_inverse=True)[1] % GROUPS
    left = np.array([statistic(groups != group) for group in np.unique(groups)], dtype=np.float64)
    n = left.shape[0]
    spread = np.sqrt((n - 1) / n * ((left - left.mean(0)) ** 2).sum(0)) if n > 1 else np.full(value.shape, np.nan)
    half = 1.959963984540054 * spread
    return Bounds(value, value - half, np.minimum(value + half, 1.0), np.isnan(left).mean(0))
