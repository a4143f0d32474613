"""Compare candidate themes with human codes: overall measures, and where each code lies among the themes.

Each coder is compared separately. The unit of the overall measures is an application, a segment with a code; a segment
with two codes counts twice, so no code has to be chosen for it.
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
# Codes in fewer segments or documents than this get no verdict: they may be one speaker's way of talking.
FEWEST = 5
FEWEST_DOCUMENTS = 2


@dataclass(frozen=True)
class Overlaps:
    """One coder's codes by theme, counted in segments per document.

    `themes`: theme ids; `both`: (documents, themes, codes), segments of the theme with the code; `theme`: (documents,
    themes); `code`: (documents, codes); `all`: (documents,), the coder's segments; `coded`: (themes,), segments of the
    theme with any code.
    """

    themes: Ints
    codes: tuple[str, ...]
    both: Floats
    theme: Floats
    code: Floats
    all: Floats
    coded: Floats


def measures(themes: Ints, ratings: Ratings, coder: int, *, options: Options) -> list[dict[str, Any]]:
    """Return AMI, ARI, V-measure, homogeneity and completeness of themes against one coder's codes, a row per measure.

    `themes`: (units,), the theme id of each unit of `ratings`; unassigned units (-1) count as one group. `coder`: the
    coder's position. Intervals are from the delete-one-document jackknife (see `intervals.jackknife`).

    Vinh, Epps & Bailey (2010), JMLR 11, 2837-2854; Hubert & Arabie (1985), Journal of Classification 2, 193-218;
    Rosenberg & Hirschberg (2007), EMNLP-CoNLL, 410-420.
    """
    unit, code = np.nonzero(ratings.given[coder] & ratings.seen[coder][:, None])
    theme, document = themes[unit], ratings.documents[unit]
    rows = [{"coder": ratings.coders[coder], "measure": name, "n": int(unit.size), "note": ""} for name in MEASURES]
    reason = _why_undefined(theme, code, options)
    if reason:
        return [row | {"note": reason} for row in rows]
    n_documents = np.unique(document).size
    if n_documents < options.min_documents:
        values = _values(theme, code)
        reason_no_interval = intervals.few_documents(n_documents, options.min_documents)
        return [
            row | {"value": value, "note": reason_no_interval} for row, value in zip(rows, values.tolist(), strict=True)
        ]
    bounds = intervals.jackknife(lambda keep: _values(theme[keep], code[keep]), document)
    for position, row in enumerate(rows):
        for name, values_of in (("value", bounds.value), ("low", bounds.low), ("high", bounds.high)):
            row[name] = intervals.defined(values_of[position])
    return rows


def count_overlaps(themes: Ints, ratings: Ratings, coder: int) -> Overlaps:
    """Count one coder's codes by theme and document, over the units on which the coder's answer is known.

    `themes`: (units,), the theme id of each unit of `ratings`, -1 for none; `coder`: the coder's position.
    """
    is_seen = ratings.seen[coder]
    used = ratings.given[coder][is_seen].any(0)
    applied = ratings.given[coder][is_seen][:, used].astype(np.float64)
    theme_ids = np.unique(themes[is_seen & (themes >= 0)])
    member = (themes[is_seen][:, None] == theme_ids).astype(np.float64)
    documents = np.unique(ratings.documents[is_seen], return_inverse=True)[1]
    size = int(documents.max(initial=-1)) + 1
    both = np.zeros((size, theme_ids.size, applied.shape[1]))
    for document in range(size):
        in_document = documents == document
        both[document] = member[in_document].T @ applied[in_document]
    return Overlaps(
        themes=theme_ids,
        codes=tuple(np.array(ratings.codes, dtype=object)[used]),
        both=both,
        theme=_by_document(member, documents, size),
        code=_by_document(applied, documents, size),
        all=np.bincount(documents, minlength=size).astype(np.float64),
        coded=member.T @ applied.any(1).astype(np.float64) if applied.size else np.zeros(theme_ids.size),
    )


def beyond_chance(overlaps: Overlaps, *, options: Options) -> Bools:
    """Return whether each code is more frequent in each theme than in all of the coder's segments, (themes, codes).

    True if the bootstrap interval of (share in the theme) / (share overall) lies above 1 and theme and code overlap in
    at least two documents. With too few documents for an interval, the ratio of the shares inside and outside the theme
    must be at least CLEARLY.
    """
    both, theme, code = overlaps.both.sum(0), overlaps.theme.sum(0)[:, None], overlaps.code.sum(0)[None, :]
    enough: Bools = np.greater_equal((overlaps.both > 0).sum(0), min(FEWEST_DOCUMENTS, overlaps.all.size))
    if overlaps.all.size < options.min_documents:
        outside = overlaps.all.sum() - theme
        clearly: Bools = (both * outside >= CLEARLY * (code - both) * theme) & (outside > 0) & enough
        return clearly
    weights = intervals.document_draws(overlaps.all.size, draws=options.draws, seed=options.seed)
    drawn = _lift(
        *(np.tensordot(weights, sums, axes=1) for sums in (overlaps.both, overlaps.theme, overlaps.code, overlaps.all))
    )
    overall = _lift(both, theme[:, 0], code[0], overlaps.all.sum())
    return enough & np.greater(np.nan_to_num(intervals.of_draws(overall, drawn).low), 1)


def table(overlaps: Overlaps, coder: str, related: Bools) -> list[dict[str, Any]]:
    """Return rows of ThemeCode: each theme against each code of one coder.

    `related`: (themes, codes), see `beyond_chance`. `verdict`: "same" if precision and recall are at least one half;
    "within" if only recall is (the theme contains most of the code, and more); "part" if only precision is (the theme
    is mostly this code, but contains less than half of it); "more than chance" if neither is; "apart" if not related.
    """
    both, theme, code = overlaps.both.sum(0), overlaps.theme.sum(0), overlaps.code.sum(0)
    rows = []
    for theme_position, theme_id in enumerate(overlaps.themes.tolist()):
        for code_position, name in enumerate(overlaps.codes):
            shared, precision, recall = (
                both[theme_position, code_position],
                both[theme_position, code_position] / theme[theme_position],
                both[theme_position, code_position] / code[code_position],
            )
            verdict = _verdict(precision, recall) if related[theme_position, code_position] else "apart"
            rows.append(
                {
                    "theme_id": theme_id,
                    "code": name,
                    "coder": coder,
                    "n_theme": int(theme[theme_position]),
                    "n_code": int(code[code_position]),
                    "n_overlap": int(shared),
                    "overlap": shared / (theme[theme_position] + code[code_position] - shared),
                    "precision": precision,
                    "recall": recall,
                    "verdict": verdict,
                }
            )
    return rows


def recovery(overlaps: Overlaps, coder: str, related: Bools, *, options: Options) -> list[dict[str, Any]]:
    """Return one row per code: whether the themes recover it, and precision and recall of the best theme.

    `related`: (themes, codes), see `beyond_chance`. Verdicts: "recovered" (precision and recall of a theme are at least
    one half), "merged" (a theme contains half of the code among other things), "fragmented" (no theme contains half of
    it, but it is related to some), "invisible" (related to none) and "too few".
    """
    precision, recall = _with_intervals(overlaps, options)
    both, theme, code = overlaps.both.sum(0), overlaps.theme.sum(0), overlaps.code.sum(0)
    rows = []
    for position, name in enumerate(overlaps.codes):
        row = {
            "coder": coder,
            "code": name,
            "n_segments": int(code[position]),
            "n_documents": int((overlaps.code[:, position] > 0).sum()),
        }
        reason = _too_few(int(code[position]), int((overlaps.code[:, position] > 0).sum()), overlaps)
        if reason:
            rows.append(row | {"verdict": "too few", "theme_id": -1, "themes": "", "note": reason})
            continue
        f1 = 2 * both[:, position] / (theme + code[position])
        best = int(np.argmax(np.where(related[:, position], f1 + 1, f1)))
        where = np.flatnonzero(related[:, position])
        verdict = _recovered(
            precision.value[best, position], recall.value[best, position], recall.value[where, position]
        )
        rows.append(
            row
            | {"verdict": verdict, "theme_id": int(overlaps.themes[best])}
            | _interval_columns("precision", precision, (best, position))
            | _interval_columns("recall", recall, (best, position))
            | {
                "themes": "; ".join(
                    str(overlaps.themes[theme_position])
                    for theme_position in where[np.argsort(-both[where, position], kind="stable")]
                )
            }
            | {"note": _interval_note(overlaps, options)}
        )
    return rows


def mapping(overlaps: Overlaps, coder: str, related: Bools, *, options: Options) -> list[dict[str, Any]]:
    """Return one row per theme: the code it corresponds to, if any.

    `related`: (themes, codes), see `beyond_chance`. Verdicts: "mapped" (one code is related, or is at least twice as
    frequent as the next), "ambiguous" (several are), "orphan" (none is) and "too few". `coded`: the share of the
    theme's segments with any code.
    """
    precision, _ = _with_intervals(overlaps, options)
    theme = overlaps.theme.sum(0)
    rows = []
    for position, theme_id in enumerate(overlaps.themes.tolist()):
        row = {
            "coder": coder,
            "theme_id": theme_id,
            "n_segments": int(theme[position]),
            "coded": overlaps.coded[position] / theme[position],
        }
        related_codes = np.flatnonzero(related[position])
        shares = precision.value[position][related_codes]
        order = related_codes[np.argsort(-shares, kind="stable")]
        if theme[position] < FEWEST or not related_codes.size:
            few = theme[position] < FEWEST
            reason = f"too few: {int(theme[position])} segments (at least {FEWEST} needed)" if few else ""
            rows.append(row | {"verdict": "too few" if few else "orphan", "code": "", "codes": "", "note": reason})
            continue
        first = precision.value[position, order[0]]
        is_dominant = order.size == 1 or first >= 2 * precision.value[position, order[1]]
        rows.append(
            row
            | {"verdict": "mapped" if is_dominant else "ambiguous", "code": overlaps.codes[order[0]]}
            | _interval_columns("precision", precision, (position, int(order[0])))
            | {
                "codes": "; ".join(overlaps.codes[code_position] for code_position in order),
                "note": _interval_note(overlaps, options),
            }
        )
    return rows


def _values(theme: Ints, code: Ints) -> Floats:
    from sklearn import metrics

    homogeneity, completeness, v_measure = metrics.homogeneity_completeness_v_measure(code, theme)
    ami, ari = metrics.adjusted_mutual_info_score(code, theme), metrics.adjusted_rand_score(code, theme)
    return np.array([ami, ari, v_measure, homogeneity, completeness], dtype=np.float64)


def _why_undefined(theme: Ints, code: Ints, options: Options) -> str:
    """Return why the measures are undefined, or an empty string."""
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
    """Return the share of each theme with each code, divided by the share of all segments with the code."""
    expected = theme[..., :, None] * code[..., None, :]
    observed = both * np.asarray(every)[..., None, None]
    return coefficients.divided(observed, expected)


def _with_intervals(overlaps: Overlaps, options: Options) -> tuple[intervals.Bounds, intervals.Bounds]:
    """Return precision and recall of each theme for each code, (themes, codes), with intervals."""
    weights = intervals.document_draws(overlaps.all.size, draws=options.draws, seed=options.seed)
    themes = np.broadcast_to(overlaps.theme[:, :, None], overlaps.both.shape)
    codes = np.broadcast_to(overlaps.code[:, None, :], overlaps.both.shape)
    bounds = []
    for totals in (themes, codes):
        stacked = np.stack([overlaps.both, totals], axis=1)
        bounds.append(intervals.bootstrap(_share, stacked, weights=weights, min_documents=options.min_documents))
    return bounds[0], bounds[1]


def _share(stacked: Floats) -> Floats:
    joint, whole = stacked[..., 0, :, :], stacked[..., 1, :, :]
    return coefficients.divided(joint, whole)


def _interval_columns(name: str, bounds: intervals.Bounds, position: tuple[int, int]) -> dict[str, float | None]:
    return {
        name: intervals.defined(bounds.value[position]),
        f"{name}_low": intervals.defined(bounds.low[position]),
        f"{name}_high": intervals.defined(bounds.high[position]),
    }


def _verdict(precision: float, recall: float) -> str:
    if recall >= HALF:
        return "same" if precision >= HALF else "within"
    return "part" if precision >= HALF else "more than chance"


def _recovered(precision: float, recall: float, recalls: Floats) -> str:
    """Return the verdict on a code: precision and recall of its best theme, and recall in all related themes."""
    if not recalls.size:
        return "invisible"
    if precision >= HALF and recall >= HALF:
        return "recovered"
    return "merged" if recalls.max() >= HALF else "fragmented"


def _too_few(n_segments: int, n_documents: int, overlaps: Overlaps) -> str:
    """Return why a code's themes cannot be determined, or an empty string."""
    if not overlaps.themes.size:
        return "there are no themes"
    if n_segments < FEWEST:
        return f"too few: {n_segments} segments (at least {FEWEST} needed)"
    least = min(FEWEST_DOCUMENTS, overlaps.all.size)
    return (
        f"in {n_documents} document of {overlaps.all.size} only (at least {least} needed)"
        if n_documents < least
        else ""
    )


def _interval_note(overlaps: Overlaps, options: Options) -> str:
    few = overlaps.all.size < options.min_documents
    return intervals.few_documents(overlaps.all.size, options.min_documents) if few else ""
