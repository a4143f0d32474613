"""What becomes of each code in the candidate themes, and what the codes say of each theme.

The definitions, and the papers they lean on, are in docs/codes.md ("Codes against themes").
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.comparison import chance, intervals
from pipeline.comparison.coefficients import Ints
from pipeline.comparison.overlaps import FEWEST, FEWEST_DOCUMENTS, Overlaps, most_possible, with_intervals
from pipeline.comparison.pairs import Options
from pipeline.core import prose
from pipeline.core.terms import CANNOT_TELL, HALF


def recovery(
    overlaps: Overlaps, *, parent_of: Mapping[str, str] | None = None, options: Options
) -> list[dict[str, Any]]:
    """Return a row of CodeRecovery per code, without its level. `parent_of`: the category of each code."""
    precision, recall = with_intervals(overlaps, options)
    most = most_possible(overlaps, options)
    rows = []
    for position, name in enumerate(overlaps.codes):
        n_segments = int(overlaps.counts.code[position])
        n_documents = int((overlaps.code[:, position] > 0).sum())
        parent = (parent_of or {}).get(name, "")
        row: dict[str, Any] = {
            "coder": overlaps.coder,
            "code": name,
            "parent": "" if parent == name else parent,
            "n_segments": n_segments,
            "n_documents": n_documents,
            "theme_id": -1,
            "themes": "",
            "half_in": "",
            "note": _too_few(n_segments, n_documents, overlaps),
        }
        if row["note"]:
            rows.append(row | {"verdict": CANNOT_TELL})
            continue
        marked = _by_overlap(np.flatnonzero(overlaps.related.marks[:, position]), overlaps, position)
        best = _best(overlaps, marked, position)
        verdict, reason = _verdict(overlaps, position, marked, most[position])
        row |= _interval_columns("precision", precision, (best, position))
        row |= _interval_columns("recall", recall, (best, position))
        rows.append(
            row
            | {
                "verdict": verdict,
                "theme_id": int(overlaps.themes[best]),
                "expected": float(overlaps.counts.size[best] / overlaps.counts.size.sum()),
                "p": float(overlaps.related.p[position]),
                "power": float(overlaps.related.power[position]),
                "themes": _ids(overlaps, marked),
                "half_in": _ids(overlaps, _holding_half(overlaps, position)),
                "note": reason or _interval_note(overlaps, options),
            }
        )
    return rows


def mapping(overlaps: Overlaps, *, options: Options) -> list[dict[str, Any]]:
    """Return a row of ThemeMapping per theme, without its level: the code it corresponds to, if any."""
    precision, _ = with_intervals(overlaps, options)
    rows = []
    for position, theme_id in enumerate(overlaps.themes.tolist()):
        size, n_coded = int(overlaps.size[position]), int(overlaps.counts.size[position])
        row: dict[str, Any] = {
            "coder": overlaps.coder,
            "theme_id": theme_id,
            "n_segments": size,
            "n_coded": n_coded,
            "coded": n_coded / size,
            "code": "",
            "codes": "",
            "note": "",
        }
        codes = np.flatnonzero(overlaps.related.marks[position])
        order = codes[np.argsort(-precision.value[position][codes], kind="stable")]
        if size < FEWEST or not order.size:
            rows.append(row | _unmapped(size, n_coded))
            continue
        shares = precision.value[position][order]
        is_dominant = order.size == 1 or shares[0] >= 2 * shares[1]
        rows.append(
            row
            | {"verdict": "mapped" if is_dominant else "ambiguous", "code": overlaps.codes[order[0]]}
            | _interval_columns("precision", precision, (position, int(order[0])))
            | {"codes": "; ".join(overlaps.codes[one] for one in order), "note": _interval_note(overlaps, options)}
        )
    return rows


def table(overlaps: Overlaps) -> list[dict[str, Any]]:
    """Return rows of ThemeCode: each theme against each code of one coder.

    `verdict`: of pairs that meet more often than by chance, "same" (precision and recall are at least one half),
    "within" (recall is: the theme contains most of the code, and more), "part" (precision is: the theme is mostly this
    code, but contains less than half of it) or "more than chance" (neither); else "apart".
    """
    precision, recall = overlaps.precision, overlaps.recall
    rows = []
    for theme, theme_id in enumerate(overlaps.themes.tolist()):
        for code, name in enumerate(overlaps.codes):
            n_both, n_coded = int(overlaps.counts.both[theme, code]), int(overlaps.counts.size[theme])
            n_code = int(overlaps.counts.code[code])
            rows.append(
                {
                    "theme_id": theme_id,
                    "code": name,
                    "coder": overlaps.coder,
                    "n_theme": int(overlaps.size[theme]),
                    "n_coded": n_coded,
                    "n_code": n_code,
                    "n_overlap": n_both,
                    "overlap": n_both / (n_coded + n_code - n_both),
                    "precision": intervals.defined(precision[theme, code]),
                    "recall": recall[theme, code],
                    "verdict": _pair(precision[theme, code], recall[theme, code])
                    if overlaps.related.marks[theme, code]
                    else "apart",
                }
            )
    return rows


def _verdict(overlaps: Overlaps, code: int, marked: Ints, most: float) -> tuple[str, str]:
    """Return the verdict on a code and, where nothing can be told, why.

    `marked`: the themes in which it is more frequent than by chance, most of it first; `most`: see `most_possible`.
    """
    recall, precision = overlaps.recall[:, code], overlaps.precision[:, code]
    holding = marked[recall[marked] >= HALF]
    if holding.size:
        return ("recovered" if precision[holding].max() >= HALF else "merged"), ""
    if recall.max() >= HALF:
        return CANNOT_TELL, _by_chance(overlaps, code, int(recall.argmax()))
    if not marked.size:
        return _unmarked(overlaps, code)
    if most >= HALF:
        return CANNOT_TELL, f"too few to tell: up to {prose.percent(most)} of it may belong to one theme"
    if marked.size > 1:
        return "fragmented", ""
    part = prose.percent(recall[marked[0]])
    return CANNOT_TELL, f"in part: {part} of it is in one theme, and no more of the rest in any than by chance"


def _unmarked(overlaps: Overlaps, code: int) -> tuple[str, str]:
    """Return the verdict on a code that is in no theme more often than by chance, and of which none holds half."""
    if overlaps.related.lone[code]:
        return CANNOT_TELL, (
            f"more of it is in one theme than by chance, but there in one document only (at least {FEWEST_DOCUMENTS} "
            "needed)"
        )
    if overlaps.related.rarer[code]:
        return CANNOT_TELL, "less of it is in one theme than by chance, but no theme has clearly more than the others"
    power = float(overlaps.related.power[code])
    if power >= chance.POWER:
        return "invisible", ""
    return CANNOT_TELL, (
        "too few to tell: half of it gathered in two themes would have been noticed with a probability of "
        f"{prose.percent(power)} only (at least {prose.percent(chance.POWER)} needed)"
    )


def _by_chance(overlaps: Overlaps, code: int, theme: int) -> str:
    """Return why a theme that holds half of a code does not tell what becomes of it."""
    held, share = overlaps.recall[theme, code], overlaps.counts.size[theme] / overlaps.counts.size.sum()
    if not overlaps.related.clear[theme, code]:
        return (
            f"one theme holds {prose.percent(held)} of it, but also {prose.percent(share)} of all that was coded: "
            "the themes are too broad to tell"
        )
    if overlaps.related.lone[code]:
        return f"one theme holds {prose.percent(held)} of it, but there in one document only"
    p = overlaps.related.p[code]
    return f"too few to tell: one theme holds {prose.percent(held)} of it, which may be chance (p = {p:.2f})"


def _best(overlaps: Overlaps, marked: Ints, code: int) -> int:
    """Return the position of the theme shown first: the one that holds most of the code, if it marks any of them."""
    among = marked if marked.size else np.arange(overlaps.themes.size)
    recall, precision = overlaps.recall[among, code], np.nan_to_num(overlaps.precision[among, code])
    return int(among[np.lexsort((-precision, -recall))[0]])


def _holding_half(overlaps: Overlaps, code: int) -> Ints:
    """Return the fewest themes that together hold half of a code, most of it first; none if all of them do not."""
    order = _by_overlap(np.flatnonzero(overlaps.counts.both[:-1, code]), overlaps, code)
    held = np.cumsum(overlaps.recall[order, code])
    return order[: int(np.searchsorted(held, HALF - 1e-9)) + 1] if held.size and held[-1] >= HALF - 1e-9 else order[:0]


def _by_overlap(themes: Ints, overlaps: Overlaps, code: int) -> Ints:
    return themes[np.argsort(-overlaps.counts.both[themes, code], kind="stable")]


def _ids(overlaps: Overlaps, positions: Ints) -> str:
    return "; ".join(str(overlaps.themes[position]) for position in positions)


def _unmapped(size: int, n_coded: int) -> dict[str, Any]:
    """Return the verdict on a theme that no code marks: not covered by the codes, unless too little of it was read."""
    if size < FEWEST:
        return {
            "verdict": CANNOT_TELL,
            "note": f"too few to tell: {prose.count(size, 'segment')} (at least {FEWEST} needed)",
        }
    if n_coded >= FEWEST or n_coded < HALF * size:
        return {"verdict": "orphan"}
    return {"verdict": CANNOT_TELL, "note": _few(n_coded)}


def _pair(precision: float, recall: float) -> str:
    if recall >= HALF:
        return "same" if precision >= HALF else "within"
    return "part" if precision >= HALF else "more than chance"


def _too_few(n_segments: int, n_documents: int, overlaps: Overlaps) -> str:
    """Return why a code is not judged at all, or an empty string."""
    if overlaps.themes.size < 2:
        return "there are no themes" if not overlaps.themes.size else "there is one theme only"
    if n_segments < FEWEST:
        return _few(n_segments)
    if n_segments == overlaps.counts.size.sum():
        return "everything that was coded has this code, so there is nothing to tell it from"
    least = min(FEWEST_DOCUMENTS, overlaps.n_documents)
    if n_documents < least:
        return f"in {n_documents} document of {overlaps.n_documents} only (at least {least} needed)"
    return ""


def _few(n_segments: int) -> str:
    return f"too few to tell: {prose.count(n_segments, 'coded segment')} (at least {FEWEST} needed)"


def _interval_columns(name: str, bounds: intervals.Bounds, position: tuple[int, int]) -> dict[str, float | None]:
    return {
        name: intervals.defined(bounds.value[position]),
        f"{name}_low": intervals.defined(bounds.low[position]),
        f"{name}_high": intervals.defined(bounds.high[position]),
    }


def _interval_note(overlaps: Overlaps, options: Options) -> str:
    few = overlaps.n_documents < options.min_documents
    return intervals.few_documents(overlaps.n_documents, options.min_documents) if few else ""
