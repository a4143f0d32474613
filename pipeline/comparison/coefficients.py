"""Coefficients of agreement, as pure functions of counts.

Most take a square table of counts: rows are what coder a said, columns what coder b said, in the same order of answers.
A table may have any axes before these two (documents, draws, codes), and the result then has those axes. For one code
the answers are 0 (not given) and 1 (given). Counts may be characters, segments or turns.

Inside these arrays a coefficient that is undefined is nan. What leaves for people is made by `comparison/intervals`,
which turns nan into "no value" and a reason. No function here gives 0 or 1 because it could not do otherwise.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

MISSING = -1


def crosstab(a: npt.ArrayLike, b: npt.ArrayLike, *, n_answers: int | None = None) -> Floats:
    """Count how two coders' answers fall together; answers are 0, 1, ...; -1 is missing and the unit then left out."""
    first, second = np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)
    if first.shape != second.shape:
        raise ValueError(f"Two coders need the same units: there are {first.size} answers and {second.size}.")
    both = (first != MISSING) & (second != MISSING)
    size = n_answers or int(max(first.max(initial=0), second.max(initial=0))) + 1
    flat = np.bincount(first[both] * size + second[both], minlength=size * size)
    return flat.reshape(size, size).astype(np.float64)


def percent(table: npt.ArrayLike) -> Floats:
    """Share of the units on which both say the same, 0 to 1; undefined without units."""
    counts = np.asarray(table, dtype=np.float64)
    return divided(_diagonal(counts), counts.sum((-2, -1)))


def cohen_kappa(table: npt.ArrayLike) -> Floats:
    """Cohen's kappa: agreement beyond what the two coders' own habits would give by chance.

    Undefined where both give one and the same answer to every unit: chance alone would then agree fully.
    Cohen (1960), A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20, 37-46.
    """
    return _beyond_chance(percent(table), expected_by_cohen(table))


def expected_by_cohen(table: npt.ArrayLike) -> Floats:
    """The agreement that chance gives two coders who keep their own shares of each answer."""
    counts = np.asarray(table, dtype=np.float64)
    n = counts.sum((-2, -1))
    return divided((counts.sum(-1) * counts.sum(-2)).sum(-1), n * n)


def brennan_prediger(table: npt.ArrayLike) -> Floats:
    """Brennan and Prediger's kappa: chance picks each of the k answers equally often. Undefined for a single answer.

    For two answers it is PABAK. Brennan & Prediger (1981), Coefficient kappa: some uses, misuses, and alternatives.
    Educational and Psychological Measurement 41, 687-699.
    """
    answers = np.asarray(table).shape[-1]
    observed = percent(table)
    return _beyond_chance(observed, np.full_like(observed, 1 / answers))


def pabak(table: npt.ArrayLike) -> Floats:
    """Kappa adjusted for prevalence and bias: twice the percent agreement less one, for two answers.

    Byrt, Bishop & Carlin (1993), Bias, prevalence and kappa. Journal of Clinical Epidemiology 46, 423-429.
    """
    _two_answers(table, "PABAK")
    return 2 * percent(table) - 1


def gwet_ac1(table: npt.ArrayLike) -> Floats:
    """Gwet's AC1: chance agrees only on units that are hard to tell, which keeps it steady where a code is rare.

    Gwet (2008), Computing inter-rater reliability and its variance in the presence of high agreement. British Journal
    of Mathematical and Statistical Psychology 61, 29-48.
    """
    counts = np.asarray(table, dtype=np.float64)
    return _ac1(percent(counts), divided(counts.sum(-1) + counts.sum(-2), 2 * counts.sum((-2, -1))[..., None]))


def pooled_kappa(tables: npt.ArrayLike) -> Floats:
    """One kappa over several codes, from the means of their observed and expected agreement; axis -3 are the codes.

    Codes without units are left out. De Vries, Elliott, Kanouse & Teleki (2008), Using pooled kappa to summarize
    interrater agreement across many items. Field Methods 20, 272-282.
    """
    observed, expected = percent(tables), expected_by_cohen(tables)
    return _beyond_chance(_mean(observed), _mean(expected))


def pooled_ac1(tables: npt.ArrayLike) -> Floats:
    """One AC1 over several codes, pooled as `pooled_kappa` is: means of observed and expected agreement."""
    counts = np.asarray(tables, dtype=np.float64)
    shares = divided(counts.sum(-1) + counts.sum(-2), 2 * counts.sum((-2, -1))[..., None])
    expected = (shares * (1 - shares)).sum(-1) / (counts.shape[-1] - 1)
    return _beyond_chance(_mean(percent(counts)), _mean(expected))


def precision(table: npt.ArrayLike) -> Floats:
    """Of the units to which b gives the code, the share to which a, the reference, gives it; two answers."""
    counts = _two_answers(table, "Precision")
    return divided(counts[..., 1, 1], counts[..., :, 1].sum(-1))


def recall(table: npt.ArrayLike) -> Floats:
    """Of the units to which a, the reference, gives the code, the share to which b gives it; two answers."""
    counts = _two_answers(table, "Recall")
    return divided(counts[..., 1, 1], counts[..., 1, :].sum(-1))


def f1(table: npt.ArrayLike) -> Floats:
    """The harmonic mean of precision and recall, the same whichever coder is the reference; undefined if none codes."""
    counts = _two_answers(table, "F1")
    both = 2 * counts[..., 1, 1]
    return divided(both, both + counts[..., 0, 1] + counts[..., 1, 0])


def jaccard(table: npt.ArrayLike) -> Floats:
    """Units with the code from both, of those with the code from either; of characters it is the overlap of spans."""
    counts = _two_answers(table, "Jaccard's index")
    both = counts[..., 1, 1]
    return divided(both, both + counts[..., 0, 1] + counts[..., 1, 0])


def span_table(a: Iterable[tuple[int, int]], b: Iterable[tuple[int, int]], *, length: int) -> Floats:
    """Characters of one document by who coded them; spans are (start, end), end exclusive, and may overlap.

    Its kappa and percent are what NVivo's coding comparison gives for one code and one file; its `jaccard` is that of
    the two coders' spans.
    """
    first, second = _covered(a, length), _covered(b, length)
    return crosstab(first, second, n_answers=2)


def nvivo_kappa(tables: npt.ArrayLike) -> Floats:
    """Mean over files (axis -3) of each file's kappa over characters, weighted by the file's size, as NVivo advises.

    NVivo writes 1 for a file that neither coder coded; here it has no kappa and no weight, so that files without the
    code do not lift the mean. QSR International, NVivo help, "Coding comparison query".
    """
    counts = np.asarray(tables, dtype=np.float64)
    kappa = cohen_kappa(counts)
    size = np.where(np.isnan(kappa), 0.0, counts.sum((-2, -1)))
    return divided((np.nan_to_num(kappa) * size).sum(-1), size.sum(-1))


def coincidences(
    ratings: npt.ArrayLike, *, n_answers: int | None = None, weights: npt.ArrayLike | None = None
) -> Floats:
    """Krippendorff's coincidence matrix of many coders' answers: units x coders, -1 where a coder has none.

    Each unit brings its pairs of answers divided by its number of answers less one, so that the matrix sums to the
    number of answers that can be paired. `weights`: how much each unit counts (its characters). Matrices of documents
    add up. For two coders it is their table plus its transpose.
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
    """Krippendorff's alpha for nominal answers, any number of coders, missing answers allowed.

    Undefined where no unit has two answers, and where every answer is the same: nothing then varies.
    Krippendorff (2011), Computing Krippendorff's alpha-reliability. University of Pennsylvania.
    """
    counts = np.asarray(coincidence, dtype=np.float64)
    each = counts.sum(-1)
    n = each.sum(-1)
    observed = divided(n - _diagonal(counts), n)
    expected = divided(n * n - (each * each).sum(-1), n * (n - 1))
    return 1 - divided(observed, expected)


def fleiss_kappa(coincidence: npt.ArrayLike) -> Floats:
    """Fleiss' kappa, from the coincidence matrix of units that every coder rated.

    Undefined where every answer is the same. Use it only if each unit has the same number of answers.
    Fleiss (1971), Measuring nominal scale agreement among many raters. Psychological Bulletin 76, 378-382.
    """
    counts = np.asarray(coincidence, dtype=np.float64)
    shares = divided(counts.sum(-1), counts.sum((-2, -1))[..., None])
    return _beyond_chance(percent(counts), (shares * shares).sum(-1))


def gwet_ac1_many(coincidence: npt.ArrayLike) -> Floats:
    """Gwet's AC1 (2008) for any number of coders, from the coincidence matrix of units that every coder rated."""
    counts = np.asarray(coincidence, dtype=np.float64)
    return _ac1(percent(counts), divided(counts.sum(-1), counts.sum((-2, -1))[..., None]))


def masi_distance(a: Iterable[Any], b: Iterable[Any]) -> float:
    """How far two sets of codes on one unit lie apart, 0 (the same) to 1 (nothing in common).

    One less the Jaccard index times 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, else 0;
    two empty sets are the same. Passonneau (2006), Measuring agreement on set-valued items (MASI). LREC.
    """
    first, second = set(a), set(b)
    return float(masi_of_sizes(len(first & second), len(first), len(second)))


def masi_of_sizes(shared: npt.ArrayLike, size_a: npt.ArrayLike, size_b: npt.ArrayLike) -> Floats:
    """MASI distance from how many codes two sets share and have, for whole arrays of pairs at once."""
    common, first, second = (np.asarray(part, dtype=np.float64) for part in (shared, size_a, size_b))
    union = first + second - common
    equal = common == union
    within = (common == first) | (common == second)
    monotony = np.where(equal, 1.0, np.where(within, 2 / 3, 1 / 3))
    return np.where(equal, 0.0, 1.0 - common / np.maximum(union, 1) * monotony)


def alpha_of_disagreement(observed: npt.ArrayLike, values: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """Krippendorff's alpha for any distance, from sums.

    `observed`: distances within units, each unit's sum over ordered pairs divided by its answers less one; `values`:
    the number of answers that can be paired; `expected`: the sum of distances between all ordered pairs of these.
    """
    seen, n, chance = (np.asarray(part, dtype=np.float64) for part in (observed, values, expected))
    return 1 - divided(divided(seen, n), divided(chance, n * (n - 1)))


def _covered(spans: Iterable[tuple[int, int]], length: int) -> Ints:
    edges = np.zeros(length + 1, dtype=np.int64)
    for start, end in spans:
        if not 0 <= start < end <= length:
            raise ValueError(f"The span {start}-{end} does not lie in a text of {length} characters.")
        edges[start] += 1
        edges[end] -= 1
    return (np.cumsum(edges[:-1]) > 0).astype(np.int64)


def _ac1(observed: Floats, shares: Floats) -> Floats:
    answers = shares.shape[-1]
    if answers < 2:
        return np.full_like(observed, np.nan)
    return _beyond_chance(observed, (shares * (1 - shares)).sum(-1) / (answers - 1))


def _beyond_chance(observed: Floats, expected: Floats) -> Floats:
    return divided(observed - expected, 1 - expected)


def divided(above: Any, below: Any) -> Floats:
    """Divide; nan where the divisor is 0 (or so near that only rounding is left)."""
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
