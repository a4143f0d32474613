"""Comparison of candidate themes with human codes: overall measures, and which code lies in which theme.

One coder at a time. An application is a segment with a code; a segment with two codes counts twice in the measures, so
that no code has to be chosen for it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.comparison import coefficients, intervals
from pipeline.comparison.coefficients import Bools, Floats, Ints
from pipeline.comparison.pairs import Options
from pipeline.comparison.units import Ratings
from pipeline.core.terms import CLEARLY, HALF

MEASURES = ("ami", "ari", "v_measure", "homogeneity", "completeness")
# Below this many segments, and documents, nothing is said of where a code lies: it may be one speaker's way of talking.
FEWEST = 5
FEWEST_DOCUMENTS = 2


@dataclass(frozen=True)
class Overlaps:
    """One coder's codes by theme, as sums by document: `both` (documents x themes x codes), `theme` (documents x
    themes), `code` (documents x codes), `all` (documents): segments. `coded`: of each theme, segments with any code.
    """

    themes: Ints
    codes: tuple[str, ...]
    both: Floats
    theme: Floats
    code: Floats
    all: Floats
    coded: Floats


def measures(themes: Ints, found: Ratings, coder: int, *, options: Options) -> list[dict[str, Any]]:
    """AMI, ARI, V-measure, homogeneity and completeness of themes against a coder's codes, over what they coded.

    `themes`: one a unit of `found`; -1, unassigned, is kept as a group of its own. Intervals leave out one document at
    a time (`intervals.jackknife` says why). Vinh, Epps & Bailey (2010), JMLR 11, 2837-2854; Hubert & Arabie (1985),
    Journal of Classification 2, 193-218; Rosenberg & Hirschberg (2007), EMNLP-CoNLL, 410-420.
    """
    unit, code = np.nonzero(found.given[coder] & found.seen[coder][:, None])
    theme, document = themes[unit], found.documents[unit]
    rows = [{"coder": found.coders[coder], "measure": name, "n": int(unit.size), "note": ""} for name in MEASURES]
    reason = _cannot(theme, code, options)
    if reason:
        return [row | {"note": reason} for row in rows]
    n_documents = np.unique(document).size
    if n_documents < options.min_documents:
        values = _measured(theme, code)
        said = intervals.few_documents(n_documents, options.min_documents)
        return [row | {"value": value, "note": said} for row, value in zip(rows, values.tolist(), strict=True)]
    bounds = intervals.jackknife(lambda kept: _measured(theme[kept], code[kept]), document)
    for position, row in enumerate(rows):
        for name, part in (("value", bounds.value), ("low", bounds.low), ("high", bounds.high)):
            row[name] = intervals.known(part[position])
    return rows


def overlaps(themes: Ints, found: Ratings, coder: int) -> Overlaps:
    """Count one coder's codes by theme and document, over the units on which the coder's answer is known."""
    seen = found.seen[coder]
    used = found.given[coder][seen].any(0)
    given = found.given[coder][seen][:, used].astype(np.float64)
    kinds = np.unique(themes[seen & (themes >= 0)])
    member = (themes[seen][:, None] == kinds).astype(np.float64)
    documents = np.unique(found.documents[seen], return_inverse=True)[1]
    size = int(documents.max(initial=-1)) + 1
    both = np.zeros((size, kinds.size, given.shape[1]))
    for document in range(size):
        here = documents == document
        both[document] = member[here].T @ given[here]
    return Overlaps(
        themes=kinds,
        codes=tuple(np.array(found.codes, dtype=object)[used]),
        both=both,
        theme=_by_document(member, documents, size),
        code=_by_document(given, documents, size),
        all=np.bincount(documents, minlength=size).astype(np.float64),
        coded=member.T @ given.any(1).astype(np.float64) if given.size else np.zeros(kinds.size),
    )


def beyond_chance(parts: Overlaps, *, options: Options) -> Bools:
    """Themes x codes: whether the code occurs in the theme more often than in the coder's segments as a whole.

    That is so where the interval of (share in the theme) / (share overall) over draws of documents lies above 1, and
    the two meet in at least two documents.
    """
    both, theme, code = parts.both.sum(0), parts.theme.sum(0)[:, None], parts.code.sum(0)[None, :]
    enough: Bools = np.greater_equal((parts.both > 0).sum(0), min(FEWEST_DOCUMENTS, parts.all.size))
    if parts.all.size < options.min_documents:
        outside = parts.all.sum() - theme
        clearly: Bools = (both * outside >= CLEARLY * (code - both) * theme) & (outside > 0) & enough
        return clearly
    weights = intervals.document_draws(parts.all.size, draws=options.draws, seed=options.seed)
    drawn = _lift(*(np.tensordot(weights, part, axes=1) for part in (parts.both, parts.theme, parts.code, parts.all)))
    overall = _lift(both, theme[:, 0], code[0], parts.all.sum())
    return enough & np.greater(np.nan_to_num(intervals.of_draws(overall, drawn).low), 1)


def table(parts: Overlaps, coder: str, related: Bools) -> list[dict[str, Any]]:
    """Rows of ThemeCode: every theme against every code of one coder. `verdict`: how the code lies in that theme.

    "same": at least half of each lies in the other; "within": the theme holds half of the code, and more besides;
    "part": the theme is half or more of this code, but holds less than half of it; "more than chance"; or "apart".
    """
    both, theme, code = parts.both.sum(0), parts.theme.sum(0), parts.code.sum(0)
    rows = []
    for i, theme_id in enumerate(parts.themes.tolist()):
        for j, name in enumerate(parts.codes):
            shared, precision, recall = both[i, j], both[i, j] / theme[i], both[i, j] / code[j]
            verdict = _verdict(precision, recall) if related[i, j] else "apart"
            rows.append(
                {
                    "theme_id": theme_id,
                    "code": name,
                    "coder": coder,
                    "n_theme": int(theme[i]),
                    "n_code": int(code[j]),
                    "n_overlap": int(shared),
                    "overlap": shared / (theme[i] + code[j] - shared),
                    "precision": precision,
                    "recall": recall,
                    "verdict": verdict,
                }
            )
    return rows


def recovery(parts: Overlaps, coder: str, related: Bools, *, options: Options) -> list[dict[str, Any]]:
    """One row a code: recovered, fragmented, merged or invisible, with the best theme's precision and recall.

    recovered: a theme holds half of it and is half made of it. merged: a theme holds half of it among other things.
    fragmented: no theme holds half of it, though in some it is more frequent than chance. invisible: in none it is.
    """
    precision, recall = _with_intervals(parts, options)
    both, theme, code = parts.both.sum(0), parts.theme.sum(0), parts.code.sum(0)
    rows = []
    for j, name in enumerate(parts.codes):
        row = {
            "coder": coder,
            "code": name,
            "n_segments": int(code[j]),
            "n_documents": int((parts.code[:, j] > 0).sum()),
        }
        why = _too_few(int(code[j]), int((parts.code[:, j] > 0).sum()), parts)
        if why:
            rows.append(row | {"verdict": "too few", "theme_id": -1, "themes": "", "note": why})
            continue
        f1 = 2 * both[:, j] / (theme + code[j])
        best = int(np.argmax(np.where(related[:, j], f1 + 1, f1)))
        where = np.flatnonzero(related[:, j])
        verdict = _recovered(precision.value[best, j], recall.value[best, j], recall.value[where, j])
        rows.append(
            row
            | {"verdict": verdict, "theme_id": int(parts.themes[best])}
            | _named("precision", precision, (best, j))
            | _named("recall", recall, (best, j))
            | {"themes": "; ".join(str(parts.themes[i]) for i in where[np.argsort(-both[where, j], kind="stable")])}
            | {"note": _of_interval(parts, options)}
        )
    return rows


def mapping(parts: Overlaps, coder: str, related: Bools, *, options: Options) -> list[dict[str, Any]]:
    """One row a theme: mapped to a code, ambiguous between several, or an orphan that answers to none.

    mapped: one code occurs in it beyond chance, or one does at least twice as often as the next. `coded`: the share of
    the theme's segments to which the coder gave any code.
    """
    precision, _ = _with_intervals(parts, options)
    theme = parts.theme.sum(0)
    rows = []
    for i, theme_id in enumerate(parts.themes.tolist()):
        row = {"coder": coder, "theme_id": theme_id, "n_segments": int(theme[i]), "coded": parts.coded[i] / theme[i]}
        where = np.flatnonzero(related[i])
        shares = precision.value[i][where]
        order = where[np.argsort(-shares, kind="stable")]
        if theme[i] < FEWEST or not where.size:
            few = theme[i] < FEWEST
            why = f"too few: {int(theme[i])} segments (at least {FEWEST} needed)" if few else ""
            rows.append(row | {"verdict": "too few" if few else "orphan", "code": "", "codes": "", "note": why})
            continue
        first = precision.value[i, order[0]]
        alone = order.size == 1 or first >= 2 * precision.value[i, order[1]]
        rows.append(
            row
            | {"verdict": "mapped" if alone else "ambiguous", "code": parts.codes[order[0]]}
            | _named("precision", precision, (i, int(order[0])))
            | {"codes": "; ".join(parts.codes[j] for j in order), "note": _of_interval(parts, options)}
        )
    return rows


def _measured(theme: Ints, code: Ints) -> Floats:
    from sklearn import metrics

    homogeneity, completeness, v_measure = metrics.homogeneity_completeness_v_measure(code, theme)
    ami, ari = metrics.adjusted_mutual_info_score(code, theme), metrics.adjusted_rand_score(code, theme)
    return np.array([ami, ari, v_measure, homogeneity, completeness], dtype=np.float64)


def _cannot(theme: Ints, code: Ints, options: Options) -> str:
    """Return why no measure can be given, or an empty text."""
    if theme.size < options.min_units:
        return f"too few: {theme.size} coded segments (at least {options.min_units} needed)"
    if np.unique(code).size < 2:
        return "undefined: the coder gave one code only, so that there is nothing to tell apart"
    if np.unique(theme).size < 2:
        return "undefined: what was coded lies in one theme, so that there is nothing to tell apart"
    return ""


def _by_document(values: Floats, documents: Ints, size: int) -> Floats:
    summed = np.zeros((size, values.shape[1]))
    np.add.at(summed, documents, values)
    return summed


def _lift(both: Floats, theme: Floats, code: Floats, every: Floats) -> Floats:
    """How many times as often as overall: (share of the theme with the code) / (share of all with the code)."""
    expected = theme[..., :, None] * code[..., None, :]
    observed = both * np.asarray(every)[..., None, None]
    return coefficients.divided(observed, expected)


def _with_intervals(parts: Overlaps, options: Options) -> tuple[intervals.Bounds, intervals.Bounds]:
    """Precision and recall of every theme for every code, themes x codes."""
    weights = intervals.document_draws(parts.all.size, draws=options.draws, seed=options.seed)
    themes = np.broadcast_to(parts.theme[:, :, None], parts.both.shape)
    codes = np.broadcast_to(parts.code[:, None, :], parts.both.shape)
    found = []
    for whole in (themes, codes):
        stacked = np.stack([parts.both, whole], axis=1)
        found.append(intervals.bootstrap(_share, stacked, weights=weights, min_documents=options.min_documents))
    return found[0], found[1]


def _share(stacked: Floats) -> Floats:
    part, whole = stacked[..., 0, :, :], stacked[..., 1, :, :]
    return coefficients.divided(part, whole)


def _named(name: str, bounds: intervals.Bounds, place: tuple[int, int]) -> dict[str, float | None]:
    return {
        name: intervals.known(bounds.value[place]),
        f"{name}_low": intervals.known(bounds.low[place]),
        f"{name}_high": intervals.known(bounds.high[place]),
    }


def _verdict(precision: float, recall: float) -> str:
    if recall >= HALF:
        return "same" if precision >= HALF else "within"
    return "part" if precision >= HALF else "more than chance"


def _recovered(precision: float, recall: float, recalls: Floats) -> str:
    """The verdict on a code, from its best theme and from its recall in every theme where it is beyond chance."""
    if not recalls.size:
        return "invisible"
    if precision >= HALF and recall >= HALF:
        return "recovered"
    return "merged" if recalls.max() >= HALF else "fragmented"


def _too_few(n_segments: int, n_documents: int, parts: Overlaps) -> str:
    """Why the themes of a code cannot be determined, or an empty text."""
    if not parts.themes.size:
        return "there are no themes"
    if n_segments < FEWEST:
        return f"too few: {n_segments} segments (at least {FEWEST} needed)"
    least = min(FEWEST_DOCUMENTS, parts.all.size)
    return (
        f"in {n_documents} document of {parts.all.size} only (at least {least} needed)" if n_documents < least else ""
    )


def _of_interval(parts: Overlaps, options: Options) -> str:
    few = parts.all.size < options.min_documents
    return intervals.few_documents(parts.all.size, options.min_documents) if few else ""
