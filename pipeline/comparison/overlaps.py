"""Candidate themes against codes, counted among the passages that a coder coded.

Talk that nobody coded is left out: it says nothing against a code that it lies in the same theme.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.comparison import chance, coefficients, intervals
from pipeline.comparison.chance import Counts, Related
from pipeline.comparison.coefficients import Bools, Floats, Ints
from pipeline.comparison.intervals import Bounds
from pipeline.comparison.pairs import Options
from pipeline.comparison.units import Ratings

# Codes and themes with fewer segments are shown, not judged: one segment more or less moves a share by over 10%.
FEWEST = 10
# A code marks a theme if they meet in at least this many documents (in one, where the theme lies in one): otherwise it
# may be one speaker's way of talking.
FEWEST_DOCUMENTS = 2
# The normal quantile of a one-sided 95% bound.
ONE_SIDED = 1.6448536269514722


@dataclass(frozen=True)
class Overlaps:
    """One coder's codes by theme, counted in segments per document.

    `themes`: theme ids; `both`: (documents, themes, codes), segments of the theme with the code; `coded`: (documents,
    themes), segments of the theme with any code; `code`: (documents, codes); `size`: (themes,), all segments of the
    theme on which the coder's answer is known. `counts`: the same over the study, as found and by chance; `related`:
    the test of each code.
    """

    coder: str
    themes: Ints
    codes: tuple[str, ...]
    both: Floats
    coded: Floats
    code: Floats
    size: Ints
    counts: Counts
    related: Related

    @property
    def n_documents(self) -> int:
        """The number of documents in which the coder coded anything."""
        return int(self.coded.shape[0])

    @property
    def recall(self) -> Floats:
        """The share of each code's segments in each theme, (themes, codes)."""
        return coefficients.divided(self.counts.both[:-1], self.counts.code[None, :])

    @property
    def precision(self) -> Floats:
        """The share of each theme's coded segments with each code, (themes, codes); nan where nothing is coded."""
        return coefficients.divided(self.counts.both[:-1], self.counts.size[:-1, None])


def count_overlaps(themes: Ints, ratings: Ratings, coder: int, *, options: Options) -> Overlaps:
    """Count one coder's codes by theme and document, and test each code against the themes; see `overlaps_of`.

    `themes`: (units,), the theme id of each unit of `ratings`, -1 for none; `coder`: the coder's position.
    """
    is_seen = ratings.seen[coder]
    return overlaps_of(
        ratings.coders[coder],
        themes[is_seen],
        ratings.given[coder][is_seen],
        ratings.documents[is_seen],
        codes=ratings.codes,
        options=options,
    )


def overlaps_of(
    coder: str, themes: Ints, given: Bools, documents: Ints, *, codes: Sequence[str], options: Options
) -> Overlaps:
    """Count codes by theme and document, and test each code against the themes.

    `themes`: (units,), theme ids, -1 for none; `given`: (units, codes); `documents`: (units,). Units are those on which
    the coder's answer is known, in the order of the talk, each document together. Codes never given are left out.
    """
    is_coded, used = given.any(1), given.any(0)
    applied, owners = given[is_coded][:, used], np.unique(documents[is_coded], return_inverse=True)[1]
    theme_ids = np.unique(themes[themes >= 0])
    places = _places(themes, theme_ids)
    both, coded, code = _by_document(places[is_coded], applied, owners, theme_ids.size)
    counts = chance.counted(
        places[is_coded], applied, owners, n_themes=theme_ids.size, draws=options.draws, seed=options.seed
    )
    enough: Bools = np.greater_equal((both > 0).sum(0), np.minimum(FEWEST_DOCUMENTS, (coded > 0).sum(0))[:, None])
    enough &= counts.code >= FEWEST
    return Overlaps(
        coder=coder,
        themes=theme_ids,
        codes=tuple(np.array(codes, dtype=object)[used]),
        both=both,
        coded=coded,
        code=code,
        size=np.bincount(places, minlength=theme_ids.size + 1)[:-1],
        counts=counts,
        related=chance.tested(counts, enough=enough, seed=options.seed),
    )


def with_intervals(overlaps: Overlaps, options: Options) -> tuple[Bounds, Bounds]:
    """Return precision and recall of each theme for each code, (themes, codes), with intervals."""
    return (
        _shares(overlaps, overlaps.coded[:, :, None], options, level=intervals.LEVEL),
        _shares(overlaps, overlaps.code[:, None, :], options, level=intervals.LEVEL),
    )


def most_possible(overlaps: Overlaps, options: Options) -> Floats:
    """Return the upper 95% bound of the largest share of each code in one theme, (codes,).

    The larger of the score bound (Wilson 1927) and, with enough documents, the bound over draws of documents.
    """
    over_documents = _shares(overlaps, overlaps.code[:, None, :], options, level=1 - 2 * (1 - intervals.LEVEL)).high
    bounds = np.zeros(len(overlaps.codes))
    for code, n in enumerate(overlaps.counts.code.tolist() if overlaps.themes.size else []):
        largest = int(np.argmax(overlaps.counts.both[:-1, code]))
        _, score = intervals.wilson(int(overlaps.counts.both[largest, code]), n, z=ONE_SIDED)
        bounds[code] = max(score or 0.0, float(np.nan_to_num(over_documents[largest, code])))
    return bounds


def _shares(overlaps: Overlaps, totals: Floats, options: Options, *, level: float) -> Bounds:
    weights = intervals.document_draws(overlaps.n_documents, draws=options.draws, seed=options.seed)
    stacked = np.stack([overlaps.both, np.broadcast_to(totals, overlaps.both.shape)], axis=1)
    return intervals.bootstrap(_share, stacked, weights=weights, min_documents=options.min_documents, level=level)


def _places(themes: Ints, theme_ids: Ints) -> Ints:
    """Return the position of each unit's theme; the last position is of units without a theme."""
    return np.where(themes >= 0, np.searchsorted(theme_ids, themes), theme_ids.size).astype(np.int64)


def _by_document(places: Ints, applied: Bools, documents: Ints, n_themes: int) -> tuple[Floats, Floats, Floats]:
    """Return segments by (document, theme, code), by (document, theme) and by (document, code)."""
    n_documents = int(documents.max(initial=-1)) + 1
    both = np.zeros((n_documents, n_themes + 1, applied.shape[1]))
    unit, code = np.nonzero(applied)
    np.add.at(both, (documents[unit], places[unit], code), 1)
    coded = np.zeros((n_documents, n_themes + 1))
    np.add.at(coded, (documents, places), 1)
    return both[:, :-1], coded[:, :-1], both.sum(1)


def _share(stacked: Floats) -> Floats:
    joint, whole = stacked[..., 0, :, :], stacked[..., 1, :, :]
    return coefficients.divided(joint, whole)
