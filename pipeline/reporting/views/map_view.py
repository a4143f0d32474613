"""The map of segments: one dot per segment, coloured by candidate theme."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import lookup
from pipeline.core.terms import UNASSIGNED
from pipeline.reporting.quotes import Quote
from pipeline.vectors import projection

SIZE, EDGE = 600, 24
# As many colours as readers with colour vision deficiency can tell apart; the ninth is grey, for no theme.
COLOURS, NONE = 8, 9


@dataclass(frozen=True)
class Point:
    """A segment on the map. `number`: of its quote; `colour`: 0 to 7, or 9 for none; every second eight are squares."""

    x: float
    y: float
    colour: int
    number: int
    square: bool


@dataclass(frozen=True)
class Label:
    """A theme's number at the median position of its segments."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Map:
    """The dots, the themes' numbers, a sentence on how to read them, and the dots' radius in the map's units."""

    points: tuple[Point, ...]
    labels: tuple[Label, ...]
    lead: str
    radius: float


def build(*, places: pd.DataFrame, assignments: pd.DataFrame, theme_ids: list[int], quotes: Mapping[str, Quote]) -> Map:
    """Put segments on the map (`places`: segment_id, x, y from 0 to 1); `theme_ids`: in the order of their colours."""
    theme_of = lookup(assignments, "segment_id", "theme_id")
    flat = np.round(EDGE + places[["x", "y"]].to_numpy(dtype=float) * (SIZE - 2 * EDGE), 1)
    themes = np.array([theme_of.get(segment, UNASSIGNED) for segment in places.segment_id], dtype=int)
    order = {theme: number for number, theme in enumerate(theme_ids)}
    points = [
        _point(x, y, order.get(theme, UNASSIGNED), quotes[segment].number)
        for (x, y), theme, segment in zip(flat.tolist(), themes.tolist(), places.segment_id.to_list(), strict=True)
    ]
    lead = (
        f"Each dot is one of {prose.count(len(points), 'segment')}. Dots close together have similar content; colours "
        "and numbers show the candidate themes. Chains of dots are consecutive segments, which share their context. "
        "Distances across the map have little meaning."
        f"{_laid_out(len(points))}"
    )
    return Map(
        tuple(sorted(points, key=lambda point: point.number)),
        _labels(flat, themes, theme_ids),
        lead,
        _radius(len(points)),
    )


def _laid_out(count: int) -> str:
    """How the map was computed."""
    if count <= projection.LAID_OUT:
        return " The layout is t-SNE (Barnes-Hut), initialised with principal components."
    return (
        f" The layout is t-SNE (Barnes-Hut) on a random sample of {projection.LAID_OUT:,} segments; the others are "
        "placed next to the most similar ones."
    )


def _point(x: float, y: float, order: int, number: int) -> Point:
    """A dot; `order`: of its theme among the themes, -1 for none."""
    return Point(x, y, order % COLOURS if order >= 0 else NONE, number, order >= 0 and order // COLOURS % 2 == 1)


def _labels(flat: np.ndarray, themes: np.ndarray, theme_ids: list[int]) -> tuple[Label, ...]:
    labels = []
    for number, theme in enumerate(theme_ids, start=1):
        members = flat[themes == theme]
        if len(members):
            x, y = np.median(members, axis=0)
            labels.append(Label(round(float(x), 1), round(float(y), 1), f"T{number}"))
    return tuple(labels)


def _radius(count: int) -> float:
    return 5 if count < 600 else 3.4 if count < 2500 else 2.4
