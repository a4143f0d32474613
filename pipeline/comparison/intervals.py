"""Interval estimates from resampled documents; not from segments, which are correlated within a document.

All statistics are functions of sums over documents, so a bootstrap sample needs only the documents' sums and how often
each document was drawn. Efron & Tibshirani (1993), An Introduction to the Bootstrap; for clusters, Davison & Hinkley
(1997).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.comparison.coefficients import Floats

LEVEL = 0.95
# There is no interval if more than this share of the bootstrap samples is undefined.
MOST_UNDEFINED = 0.5
NO_INTERVAL = "no interval: undefined in more than half of the bootstrap samples"
# Maximum number of groups of documents that the jackknife leaves out one at a time.
GROUPS = 100


@dataclass(frozen=True)
class Estimate:
    """A statistic with its 95% interval; `n`: units. If `value` is None it is undefined, and `note` says why."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    note: str = ""


@dataclass(frozen=True)
class Bounds:
    """Statistics with 95% intervals; nan if undefined. `undefined`: the share of bootstrap samples without a value."""

    value: Floats
    low: Floats
    high: Floats
    undefined: Floats


def by_document(values: npt.ArrayLike, documents: npt.NDArray[np.int64]) -> Floats:
    """Sum `values`, (units, ...), over the units of each document; returns (documents, ...).

    `documents`: (units,), numbered from 0.
    """
    table = np.asarray(values, dtype=np.float64)
    order = np.argsort(documents, kind="stable")
    present, first = np.unique(documents[order], return_index=True)
    summed = np.zeros((int(documents.max(initial=-1)) + 1, *table.shape[1:]))
    if documents.size:
        summed[present] = np.add.reduceat(table[order], first, axis=0)
    return summed


@lru_cache(maxsize=1)
def document_draws(n_documents: int, *, draws: int, seed: int) -> Floats:
    """Return how often each document is drawn in each bootstrap sample, (draws, documents).

    Each sample draws as many documents as there are, with replacement. The array is read-only, and the last one is
    cached because all figures of a pair of coders use the same samples.
    """
    if n_documents == 0:
        return np.zeros((draws, 0))
    chances = np.full(n_documents, 1 / n_documents)
    drawn = np.random.default_rng(seed).multinomial(n_documents, chances, size=draws).astype(np.float64)
    drawn.setflags(write=False)
    return drawn


def bootstrap(
    statistic: Callable[[Floats], Floats], sums: Floats, *, weights: Floats, min_documents: int, level: float = LEVEL
) -> Bounds:
    """Return values and percentile intervals of a statistic of sums over documents.

    `statistic`: takes sums, with any leading axes; `sums`: (documents, ...); `weights`: (draws, documents), from
    `document_draws`; `level`: of the interval. With fewer than `min_documents` documents the bounds are nan.
    """
    value = np.asarray(statistic(sums.sum(0)), dtype=np.float64)
    if sums.shape[0] < min_documents:
        nothing = np.full(value.shape, np.nan)
        return Bounds(value, nothing, nothing.copy(), nothing.copy())
    summed = np.tensordot(weights, sums, axes=1)
    return of_draws(value, np.asarray(statistic(summed), dtype=np.float64), level=level)


def of_draws(value: Floats, drawn: Floats, *, level: float = LEVEL) -> Bounds:
    """Return the percentile interval of bootstrap values, (draws, ...), for `value`, (...).

    Undefined samples are left out; if more than MOST_UNDEFINED of them are undefined, so are the bounds.
    """
    undefined = np.isnan(drawn).mean(0)
    if not value.size:  # no theme, or no code
        return Bounds(value, value.copy(), value.copy(), undefined)
    usable = (undefined <= MOST_UNDEFINED) & ~np.isnan(value)
    filled = np.where(usable[None, ...], drawn, 0.0)
    tail = 100 * (1 - level) / 2
    low, high = np.nanpercentile(filled, [tail, 100 - tail], axis=0)
    return Bounds(value, np.where(usable, low, np.nan), np.where(usable, high, np.nan), np.asarray(undefined))


def estimate(
    statistic: Callable[[Floats], Floats],
    sums: npt.ArrayLike,
    *,
    n: int,
    draws: int = 1000,
    seed: int = 0,
    min_documents: int = 5,
    undefined: str = "undefined for these counts",
) -> Estimate:
    """Return one statistic of sums over documents as an Estimate.

    `sums`: (documents, ...); `n`: units; `draws`, `seed`: of the bootstrap; `undefined`: the note if it has no value.
    """
    sums_by_document = np.asarray(sums, dtype=np.float64)
    weights = document_draws(sums_by_document.shape[0], draws=draws, seed=seed)
    bounds = bootstrap(statistic, sums_by_document, weights=weights, min_documents=min_documents)
    note = ""
    if np.isnan(bounds.value):
        note = undefined
    elif sums_by_document.shape[0] < min_documents:
        note = few_documents(sums_by_document.shape[0], min_documents)
    elif np.isnan(bounds.low):
        note = NO_INTERVAL
    return Estimate(defined(bounds.value), defined(bounds.low), defined(bounds.high), n, note)


def few_documents(n_documents: int, min_documents: int) -> str:
    """Return the note that there are too few documents for an interval."""
    return f"no interval: {n_documents} document{'s' * (n_documents != 1)} (at least {min_documents} needed)"


def defined(value: float | Floats) -> float | None:
    """Return a number, or None for nan."""
    number = float(value)
    return None if np.isnan(number) else number


def wilson(hits: int, n: int, *, z: float = 1.959963984540054) -> tuple[float | None, float | None]:
    """Return the score interval of hits / n, or (None, None) if n is 0. Wilson (1927), JASA 22, 209-212.

    `z`: the normal quantile, by default that of a 95% interval.
    """
    if n == 0:
        return None, None
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def jackknife(statistic: Callable[[npt.NDArray[np.bool_]], Floats], documents: npt.NDArray[np.int64]) -> Bounds:
    """Return values and intervals of statistics that are not functions of sums, such as AMI, leaving documents out.

    `statistic`: takes a mask, (items,), of the items to use; `documents`: (items,). The bootstrap does not fit here,
    because duplicated documents agree with themselves, which inflates measures of information. With more than GROUPS
    documents, GROUPS groups of documents are left out instead, to keep the time linear.

    Efron & Stein (1981), Annals of Statistics 9; for groups, Kott (2001), Journal of Official Statistics 17, 521-526.
    """
    value = np.asarray(statistic(np.ones(documents.size, dtype=bool)), dtype=np.float64)
    groups = np.unique(documents, return_inverse=True)[1] % GROUPS
    values_without = np.array([statistic(groups != group) for group in np.unique(groups)], dtype=np.float64)
    n = values_without.shape[0]
    spread = (
        np.sqrt((n - 1) / n * ((values_without - values_without.mean(0)) ** 2).sum(0))
        if n > 1
        else np.full(value.shape, np.nan)
    )
    half = 1.959963984540054 * spread
    return Bounds(value, value - half, np.minimum(value + half, 1.0), np.isnan(values_without).mean(0))
