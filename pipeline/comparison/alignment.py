"""Compare candidate themes with human codes: measures of all codes at once, for each coder separately.

The unit of the overall measures is an application, a segment with a code; a segment
with two codes counts twice, so no code has to be chosen for it.
"""

from typing import Any

import numpy as np

from pipeline.comparison import intervals
from pipeline.comparison.coefficients import Floats, Ints
from pipeline.comparison.pairs import Options
from pipeline.comparison.units import Ratings

MEASURES = ("ami", "ari", "v_measure", "homogeneity", "completeness")


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
