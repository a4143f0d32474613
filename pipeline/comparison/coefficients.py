"""Coefficients of agreement, as pure functions of counts.

Most functions take a square table of counts, (..., answers, answers): rows are coder a's answers, columns coder b's, in
the same order. Leading axes (documents, draws, codes) are kept in the result. For a single code the answers are 0 (not
applied) and 1 (applied). Counts may be of characters, segments or turns.

Undefined coefficients are nan, never 0 or 1; `comparison/intervals` turns them into a missing value with a reason.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

MISSING = -1


def crosstab(a: npt.ArrayLike, b: npt.ArrayLike, *, n_answers: int | None = None) -> Floats:
    """Count two coders' pairs of answers, (answers, answers).

    `a` and `b`: (units,), answers from 0, or -1 if missing; units with a missing answer are left out. `n_answers`: the
    number of possible answers, by default as many as occur. Raises ValueError if `a` and `b` differ in length.
    """
    first, second = np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)
    if first.shape != second.shape:
        raise ValueError(f"Two coders need the same units: there are {first.size} answers and {second.size}.")
    paired = (first != MISSING) & (second != MISSING)
    size = n_answers or int(max(first.max(initial=0), second.max(initial=0))) + 1
    flat = np.bincount(first[paired] * size + second[paired], minlength=size * size)
    return flat.reshape(size, size).astype(np.float64)


def percent(table: npt.ArrayLike) -> Floats:
    """Return the share of units with the same answer from both, 0 to 1; nan without units."""
    counts = np.asarray(table, dtype=np.float64)
    return divided(_diagonal(counts), counts.sum((-2, -1)))


def cohen_kappa(table: npt.ArrayLike) -> Floats:
    """Return Cohen's kappa: agreement beyond that expected from the two coders' own shares of each answer.

    Undefined if both give the same answer to every unit, because expected agreement is then 1. Cohen (1960), A
    coefficient of agreement for nominal scales. Educational and Psychological Measurement 20, 37-46.
    """
    return _beyond_chance(percent(table), expected_by_cohen(table))


def expected_by_cohen(table: npt.ArrayLike) -> Floats:
    """Return the chance agreement of two coders who keep their own shares of each answer."""
    counts = np.asarray(table, dtype=np.float64)
    n = counts.sum((-2, -1))
    return divided((counts.sum(-1) * counts.sum(-2)).sum(-1), n * n)


def pabak(table: npt.ArrayLike) -> Floats:
    """Return the prevalence-adjusted bias-adjusted kappa: twice the percent agreement minus 1.

    Raises ValueError unless there are two answers. Byrt, Bishop & Carlin (1993), Bias, prevalence and kappa. Journal of
    Clinical Epidemiology 46, 423-429.
    """
    _two_answers(table, "PABAK")
    return 2 * percent(table) - 1


def gwet_ac1(table: npt.ArrayLike) -> Floats:
    """Return Gwet's AC1, which is less affected by rare or very frequent codes than kappa is.

    Chance agreement is assumed only on units that are hard to code. Gwet (2008), Computing inter-rater reliability and
    its variance in the presence of high agreement. British Journal of Mathematical and Statistical Psychology 61,
    29-48.
    """
    counts = np.asarray(table, dtype=np.float64)
    return _ac1(percent(counts), divided(counts.sum(-1) + counts.sum(-2), 2 * counts.sum((-2, -1))[..., None]))


def pooled_kappa(tables: npt.ArrayLike) -> Floats:
    """Return one kappa for several codes, from their mean observed and mean expected agreement.

    `tables`: (..., codes, 2, 2); codes without units are left out. De Vries, Elliott, Kanouse & Teleki (2008), Using
    pooled kappa to summarize interrater agreement across many items. Field Methods 20, 272-282.
    """
    observed, expected = percent(tables), expected_by_cohen(tables)
    return _beyond_chance(_mean(observed), _mean(expected))


def pooled_ac1(tables: npt.ArrayLike) -> Floats:
    """Return one AC1 for several codes, from their mean observed and mean expected agreement, as in `pooled_kappa`."""
    counts = np.asarray(tables, dtype=np.float64)
    shares = divided(counts.sum(-1) + counts.sum(-2), 2 * counts.sum((-2, -1))[..., None])
    expected = (shares * (1 - shares)).sum(-1) / (counts.shape[-1] - 1)
    return _beyond_chance(_mean(percent(counts)), _mean(expected))


def precision(table: npt.ArrayLike) -> Floats:
    """Return the share of b's units with the code that also have it from a, the reference.

    Raises ValueError unless there are two answers.
    """
    counts = _two_answers(table, "Precision")
    return divided(counts[..., 1, 1], counts[..., :, 1].sum(-1))


def recall(table: npt.ArrayLike) -> Floats:
    """Return the share of a's units with the code that also have it from b; a is the reference.

    Raises ValueError unless there are two answers.
    """
    counts = _two_answers(table, "Recall")
    return divided(counts[..., 1, 1], counts[..., 1, :].sum(-1))


def f1(table: npt.ArrayLike) -> Floats:
    """Return the harmonic mean of precision and recall, which is symmetric; nan if neither coder applies the code.

    Raises ValueError unless there are two answers.
    """
    counts = _two_answers(table, "F1")
    both = 2 * counts[..., 1, 1]
    return divided(both, both + counts[..., 0, 1] + counts[..., 1, 0])


def jaccard(table: npt.ArrayLike) -> Floats:
    """Return the units coded by both, divided by the units coded by either; for characters, the overlap of spans.

    Raises ValueError unless there are two answers.
    """
    counts = _two_answers(table, "Jaccard's index")
    both = counts[..., 1, 1]
    return divided(both, both + counts[..., 0, 1] + counts[..., 1, 0])


def nvivo_kappa(tables: npt.ArrayLike) -> Floats:
    """Return the mean of the files' kappas over characters, weighted by file size, as NVivo recommends.

    `tables`: (..., files, 2, 2). NVivo reports kappa 1 for a file that neither coder coded; here such files are left
    out, so they do not raise the mean. QSR International, NVivo help, "Coding comparison query".
    """
    counts = np.asarray(tables, dtype=np.float64)
    kappa = cohen_kappa(counts)
    size = np.where(np.isnan(kappa), 0.0, counts.sum((-2, -1)))
    return divided((np.nan_to_num(kappa) * size).sum(-1), size.sum(-1))


def coincidences(
    ratings: npt.ArrayLike, *, n_answers: int | None = None, weights: npt.ArrayLike | None = None
) -> Floats:
    """Return Krippendorff's coincidence matrix for any number of coders, (answers, answers).

    `ratings`: (units, coders), -1 if missing. Each unit adds its ordered pairs of answers, divided by its number of
    answers minus 1, so the matrix sums to the number of pairable answers. `weights`: (units,), for example characters.
    Matrices of documents can be added; for two coders the matrix is their table plus its transpose.
    """
    answers = np.atleast_2d(np.asarray(ratings, dtype=np.int64))
    size = n_answers or int(answers.max(initial=0)) + 1
    counts = (answers[..., None] == np.arange(size)).sum(1).astype(np.float64)
    rated = counts.sum(1)
    share = np.where(rated > 1, 1 / np.maximum(rated - 1, 1), 0.0)
    if weights is not None:
        share = share * np.asarray(weights, dtype=np.float64)
    weighted = counts * share[:, None]
    paired: Floats = weighted.T @ counts - np.diag(weighted.sum(0))
    return paired


def krippendorff_alpha(coincidence: npt.ArrayLike) -> Floats:
    """Return Krippendorff's alpha for nominal answers of any number of coders, from a coincidence matrix.

    Undefined if no unit has two answers, or if all answers are the same. Krippendorff (2011), Computing Krippendorff's
    alpha-reliability. University of Pennsylvania.
    """
    counts = np.asarray(coincidence, dtype=np.float64)
    totals = counts.sum(-1)
    n = totals.sum(-1)
    observed = divided(n - _diagonal(counts), n)
    expected = divided(n * n - (totals * totals).sum(-1), n * (n - 1))
    return 1 - divided(observed, expected)


def fleiss_kappa(coincidence: npt.ArrayLike) -> Floats:
    """Return Fleiss' kappa, from the coincidence matrix of units with the same number of answers.

    Undefined if all answers are the same. Fleiss (1971), Measuring nominal scale agreement among many raters.
    Psychological Bulletin 76, 378-382.
    """
    counts = np.asarray(coincidence, dtype=np.float64)
    shares = divided(counts.sum(-1), counts.sum((-2, -1))[..., None])
    return _beyond_chance(percent(counts), (shares * shares).sum(-1))


def gwet_ac1_many(coincidence: npt.ArrayLike) -> Floats:
    """Return Gwet's AC1 (2008) for any number of coders, from the coincidence matrix of units that all coders rated."""
    counts = np.asarray(coincidence, dtype=np.float64)
    return _ac1(percent(counts), divided(counts.sum(-1), counts.sum((-2, -1))[..., None]))


def masi_of_sizes(shared: npt.ArrayLike, size_a: npt.ArrayLike, size_b: npt.ArrayLike) -> Floats:
    """Return MASI distances of sets of codes, 0 (equal) to 1 (disjoint), from shared codes and sizes; arrays broadcast.

    It is 1 minus the Jaccard index times 1 for equal sets, 2/3 for a subset, 1/3 for overlapping sets, and 0 otherwise;
    two empty sets are equal. Passonneau (2006), Measuring agreement on set-valued items (MASI). LREC.
    """
    common, first, second = (np.asarray(sizes, dtype=np.float64) for sizes in (shared, size_a, size_b))
    union = first + second - common
    equal = common == union
    within = (common == first) | (common == second)
    monotony = np.where(equal, 1.0, np.where(within, 2 / 3, 1 / 3))
    return np.where(equal, 0.0, 1.0 - common / np.maximum(union, 1) * monotony)


def alpha_of_disagreement(observed: npt.ArrayLike, values: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """Return Krippendorff's alpha for any distance, from sums.

    `observed`: distances within units, each unit's sum over ordered pairs divided by its number of answers minus 1;
    `values`: the number of pairable answers; `expected`: the sum of distances over all ordered pairs of these answers.
    """
    observed_sums, n, chance = (np.asarray(sums, dtype=np.float64) for sums in (observed, values, expected))
    return 1 - divided(divided(observed_sums, n), divided(chance, n * (n - 1)))


def _ac1(observed: Floats, shares: Floats) -> Floats:
    answers = shares.shape[-1]
    if answers < 2:
        return np.full_like(observed, np.nan)
    return _beyond_chance(observed, (shares * (1 - shares)).sum(-1) / (answers - 1))


def _beyond_chance(observed: Floats, expected: Floats) -> Floats:
    return divided(observed - expected, 1 - expected)


def divided(above: Any, below: Any) -> Floats:
    """Divide elementwise; nan where the divisor is 0 or within rounding error of it."""
    top, bottom = np.broadcast_arrays(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))
    usable = np.abs(bottom) > 1e-12
    quotient: Floats = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=usable)
    return quotient


def _diagonal(counts: Floats) -> Floats:
    return np.asarray(np.trace(counts, axis1=-2, axis2=-1), dtype=np.float64)


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return divided(np.where(known, values, 0).sum(-1), known.sum(-1))


def _two_answers(table: npt.ArrayLike, name: str) -> Floats:
    counts = np.asarray(table, dtype=np.float64)
    if counts.shape[-2:] != (2, 2):
        raise ValueError(f"{name} needs two answers (not given, given); this table has {counts.shape[-1]}.")
    return counts
