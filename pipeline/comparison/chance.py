"""Whether a code lies among themes otherwise than the other coded passages do, and whether a study could show it.

The null models keep what passages of talk share without any relation to a code: neighbouring passages lie in the same
theme, and documents have themes of their own. So stretches of talk in one theme are moved as wholes while the codes
stay where they are: within their documents, which shows what holds a code and a theme together inside documents, or
with their documents, which shows it where documents are short. The smaller of the two p-values counts, doubled.

Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses; Westfall & Young (1993), Resampling-Based
Multiple Testing (step-down maxT over the themes of a code); Phipson & Smyth (2010), Statistical Applications in
Genetics and Molecular Biology 9, 39 (p-values that are never 0).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.comparison.coefficients import Bools, Floats, Ints
from pipeline.core.terms import CLEARLY, HALF

# Level of the test of a code against all themes.
ALPHA = 0.05
# Cohen (1988), Statistical Power Analysis for the Behavioral Sciences: the usual least power.
POWER = 0.8
# From this many themes on, power is that against a code half gathered in two themes; with fewer, in one.
THEMES_FOR_TWO = 4


@dataclass(frozen=True)
class Counts:
    """Coded segments by theme and code. The last row of `both` and of `drawn` is of the segments without a theme.

    `both`: (themes + 1, codes); `size`: (themes + 1,), coded segments by theme; `code`: (codes,), segments with the
    code; `drawn`: (2, draws, themes + 1, codes), the same counts under each null model.
    """

    both: Ints
    size: Ints
    code: Ints
    drawn: Ints


@dataclass(frozen=True)
class Related:
    """The test of each code.

    `marks`: (themes, codes), more frequent than by chance and clearly so; `clear`: see `clearly`; `p`: (codes,), of its
    lying in any theme as by chance; `power`: (codes,), see `power`; `lone`: (codes,), more frequent in a theme, but
    there in too few documents; `rarer`: (codes,), less frequent in some theme than by chance.
    """

    marks: Bools
    clear: Bools
    lone: Bools
    rarer: Bools
    p: Floats
    power: Floats


def counted(places: Ints, applied: Bools, documents: Ints, *, n_themes: int, draws: int, seed: int) -> Counts:
    """Count codes by theme, as found and under the null models.

    `places`: (units,), the position of each unit's theme, `n_themes` for none; `applied`: (units, codes); `documents`:
    (units,). Units are in the order of the talk, each document together, and each has a code.
    """
    unit, code = np.nonzero(applied)
    cells = (n_themes + 1, applied.shape[1])

    def table(of: Ints) -> Ints:
        return np.bincount(of[unit] * cells[1] + code, minlength=cells[0] * cells[1]).reshape(cells)

    drawn = np.zeros((2, draws, *cells), dtype=np.int64)
    for model, across in enumerate((False, True)):
        for position, arranged in enumerate(moved(places, documents, across=across, draws=draws, seed=seed)):
            drawn[model, position] = table(arranged)
    return Counts(table(places), np.bincount(places, minlength=cells[0]), applied.sum(0), drawn)


def tested(counts: Counts, *, enough: Bools, seed: int) -> Related:
    """Test each code against the themes, most marked theme first, and say what power the test has.

    `enough`: (themes, codes), whether theme and code meet in enough documents and the code has enough segments.
    """
    n_themes, n_codes = enough.shape
    marks = np.zeros((n_themes, n_codes), dtype=bool)
    lone, rarer, p_any = np.zeros(n_codes, dtype=bool), np.zeros(n_codes, dtype=bool), np.ones(n_codes)
    clear = clearly(counts)
    for code in range(n_codes if n_themes > 1 else 0):
        left = np.ones(n_themes + 1, dtype=bool)
        lacking = (_lack(both, counts.size) for both in (counts.both[:, code], counts.drawn[..., code]))
        rarer[code] = _p_value(float(next(lacking)), next(lacking)) <= ALPHA
        for step in range(n_themes):
            found = _excess(counts.both[:, code], counts.size, left)
            best = int(np.argmax(found[:-1]))
            p = _p_value(found[best], _excess(counts.drawn[..., code], counts.size, left)[..., :-1].max(-1))
            if step == 0:
                p_any[code] = p
            if p > ALPHA:
                break
            marks[best, code] = clear[best, code] and enough[best, code]
            lone[code] |= clear[best, code] and not enough[best, code]
            left[best] = False
    return Related(marks, clear, lone, rarer, p_any, power(counts, seed=seed))


def clearly(counts: Counts) -> Bools:
    """Return whether the odds of a code's passages to lie in a theme are CLEARLY those of other coded passages."""
    inside, size = counts.both[:-1].astype(np.float64), counts.size[:-1, None].astype(np.float64)
    outside = counts.code[None, :] - inside
    others_in = size - inside
    others_out = counts.size.sum() - counts.code[None, :] - others_in
    odds: Bools = (inside + 0.5) * (others_out + 0.5) >= CLEARLY * (outside + 0.5) * (others_in + 0.5)
    return odds


def power(counts: Counts, *, seed: int) -> Floats:
    """Return how often the test would show each code if half of its passages were gathered in two themes, (codes,).

    The themes are drawn by their sizes, and the other half lies as under the null model. With fewer than
    THEMES_FOR_TWO themes, half is gathered in one.
    """
    random = np.random.default_rng(seed)
    n_models, n_draws, n_places, n_codes = counts.drawn.shape
    shares = counts.size[:-1] / max(int(counts.size[:-1].sum()), 1)
    result = np.zeros(n_codes)
    if np.count_nonzero(shares) < 2:
        return result
    everywhere, draws = np.ones(n_places, dtype=bool), np.arange(n_draws)
    n_chosen = 2 if np.count_nonzero(shares) >= THEMES_FOR_TWO else 1
    for code in range(n_codes):
        null = counts.drawn[..., code]
        largest = _excess(null, counts.size, everywhere)[..., :-1].max(-1)
        critical = np.quantile(largest, 1 - ALPHA / n_models, axis=1, method="higher").min()
        n_moved = int(counts.code[code] * HALF)
        planted = random.binomial(null[-1], 1 - n_moved / counts.code[code])
        # Efraimidis & Spirakis (2006): a weighted sample without replacement.
        keys = np.log(random.random((n_draws, n_places - 1))) / np.maximum(shares, 1e-12)
        chosen = np.argsort(-keys, axis=1)[:, :n_chosen]
        for number in range(n_chosen):
            planted[draws, chosen[:, number]] += n_moved // n_chosen + (number < n_moved % n_chosen)
        result[code] = (_excess(planted, counts.size, everywhere)[:, :-1].max(1) > critical).mean()
    return result


def _excess(both: Ints, size: Ints, left: Bools) -> Floats:
    """Return how far counts exceed those expected in the themes that are `left`, in standard deviations.

    `both`: (..., themes + 1), one code's segments by theme; -inf for themes that are not left.
    """
    remaining = (both * left).sum(-1, keepdims=True)
    shares = np.where(left, size, 0) / max(int(size[left].sum()), 1)
    expected = remaining * shares
    spread = np.sqrt(np.maximum(expected * (1 - shares), 1e-12))
    return np.where(left & (shares < 1) & (remaining > 0), (both - expected) / spread, -np.inf)


def _lack(both: Ints, size: Ints) -> Floats:
    """Return how far counts fall short of those expected in the theme that lacks most; see `_excess`."""
    excess = _excess(both, size, np.ones(len(size), dtype=bool))[..., :-1]
    lack: Floats = np.where(np.isfinite(excess), -excess, -np.inf).max(-1)
    return lack


def _p_value(found: float, drawn: Floats) -> float:
    """Return the smaller p-value of the null models, doubled (Bonferroni); `drawn`: (2, draws)."""
    each = (1 + np.count_nonzero(drawn >= found - 1e-9, axis=1)) / (1 + drawn.shape[1])
    return float(min(1.0, len(drawn) * each.min()))


def moved(
    places: Ints, documents: Ints, *, across: bool, draws: int, seed: int, cuts: Ints | None = None
) -> Iterator[Ints]:
    """Yield themes of the units under a null model: runs in one theme, shuffled within their documents.

    `across`: the documents are shuffled too; `cuts`: (units,), a run also ends where this changes.
    """
    random = np.random.default_rng(seed)
    changes = [np.diff(values) != 0 for values in (places, documents, cuts) if values is not None]
    starts = np.flatnonzero(np.r_[True, np.any(changes, axis=0)][: places.size])
    lengths = np.diff(np.r_[starts, places.size])
    themes, owners = places[starts], np.unique(documents[starts], return_inverse=True)[1]
    ranks = np.arange(int(owners.max(initial=-1)) + 1)
    for _ in range(draws):
        place = random.permutation(ranks) if across else ranks
        order = np.lexsort((random.random(starts.size), place[owners]))
        yield np.repeat(themes[order], lengths[order])
