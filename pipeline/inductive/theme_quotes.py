"""Choose quotes for each theme: typical, diverse, borderline, and just outside the theme."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.core.arithmetic import unit

# Weight of the similarity to quotes already chosen (maximal marginal relevance, Carbonell & Goldstein 1998).
VARIETY = 0.5


def choose(
    segments: pd.DataFrame,
    vectors: np.ndarray,
    themes: np.ndarray,
    strength: np.ndarray,
    *,
    count: int,
) -> pd.DataFrame:
    """Return up to `count` quotes of each kind per theme: columns theme, kind, rank, segment_id, score.

    `vectors`: (n, d), without context, because a quote must show its theme by itself; `themes`: (n,), -1 for none;
    `strength`: (n, themes). Rows are aligned with `segments`. Kinds: typical (nearest to the theme's mean), diverse
    (near it but unlike each other, from different cases if possible), borderline (nearly as strong in another theme)
    and contrasting (nearest among the segments of other themes). The score is the cosine with the theme's mean; for
    borderline quotes, the margin in strength, from 0 to 1.
    """
    rows: list[tuple[int, str, int, str, float]] = []
    plain = unit(vectors)
    cases = np.where(segments["case"] == "", segments["document"], segments["case"])
    names = segments["segment_id"].to_numpy()
    for theme in range(strength.shape[1]):
        inside = np.flatnonzero(themes == theme)
        if not len(inside):
            continue
        near = np.round(plain @ unit(plain[inside].mean(axis=0, keepdims=True))[0], 6)
        kinds = {
            "typical": _first(inside, -near, count),
            "diverse": _diverse(inside, plain, near, cases, count),
            "borderline": _borderline(inside, strength, theme, count),
            "contrasting": _first(np.flatnonzero((themes != theme) & (themes >= 0)), -near, count),
        }
        for kind, places in kinds.items():
            gap = _gap(strength, theme) if kind == "borderline" else near
            rows += [(theme, kind, rank, names[place], float(gap[place])) for rank, place in enumerate(places, start=1)]
    return pd.DataFrame(rows, columns=["theme", "kind", "rank", "segment_id", "score"])


def _first(places: np.ndarray, keys: np.ndarray, count: int) -> list[int]:
    """Return the positions with the smallest keys; on a tie the earlier ones."""
    return [int(place) for place in places[np.argsort(keys[places], kind="stable")][:count]]


def _gap(strength: np.ndarray, theme: int) -> np.ndarray:
    """Return the difference between each segment's strength in this theme and in the best other theme, (n,)."""
    others = np.delete(strength, theme, axis=1)
    return np.asarray(np.round(strength[:, theme] - others.max(axis=1, initial=0.0), 6))


def _borderline(inside: np.ndarray, strength: np.ndarray, theme: int, count: int) -> list[int]:
    """Return the members that are nearly as strong in another theme; none if there is only one theme."""
    return _first(inside, np.abs(_gap(strength, theme)), count) if strength.shape[1] > 1 else []


def _diverse(inside: np.ndarray, plain: np.ndarray, near: np.ndarray, cases: np.ndarray, count: int) -> list[int]:
    """Pick quotes one by one: first from the cases quoted least, then by nearness minus similarity to earlier picks."""
    return list(_picks(inside, plain, near=near, cases=cases, count=count))


def _picks(inside: np.ndarray, plain: np.ndarray, *, near: np.ndarray, cases: np.ndarray, count: int) -> Iterator[int]:
    heard: Counter[str] = Counter()
    likeness = np.zeros(len(inside))
    available = np.ones(len(inside), dtype=bool)
    for _ in range(min(count, len(inside))):
        often = np.array([heard[case] for case in cases[inside]])
        score = np.round(near[inside] - VARIETY * likeness, 6)
        order = np.lexsort((np.arange(len(inside)), -score, often, ~available))
        pick = int(order[0])
        available[pick] = False
        heard[cases[inside[pick]]] += 1
        likeness = np.maximum(likeness, plain[inside] @ plain[inside[pick]])
        yield int(inside[pick])
