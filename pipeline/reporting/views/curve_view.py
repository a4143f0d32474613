"""Line charts for the page: scales data to a small SVG drawing with readable ticks.

Each chart is accompanied by a table with the same values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

WIDTH, HEIGHT = 600, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 14, 12, 40
COLOURS = 8


@dataclass(frozen=True)
class Series:
    """A line to draw: `points` (x, y) and a `band` around it (x, low, high), in the units of the axes."""

    name: str
    points: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float, float], ...] = ()
    marked: float | None = None


@dataclass(frozen=True)
class Line:
    """A line in the drawing: `path` and `area` as SVG point lists; `dots`: x, y, and whether the dot is highlighted."""

    name: str
    colour: int
    path: str
    area: str
    dots: tuple[tuple[float, float, bool], ...]


@dataclass(frozen=True)
class Curve:
    """A line chart. Ticks are positions with their text; `diagonal`: SVG points from corner to corner, or empty."""

    lines: tuple[Line, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    x_label: str
    y_label: str
    label: str
    diagonal: str


def draw(
    series: Sequence[Series],
    *,
    x_label: str,
    y_label: str,
    label: str,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    diagonal: bool = False,
) -> Curve | None:
    """Draw lines over shared axes; None if there are no points. `label`: a description for screen readers.

    The axes span all data and the y axis includes 0, unless a range is given.
    """
    drawable = [drawn for drawn in (_finite(drawn) for drawn in series) if drawn.points]
    if not drawable:
        return None
    across = x_range or _range([x for drawn in drawable for x, _ in drawn.points], zero=False)
    heights = [y for drawn in drawable for _, y in drawn.points] + [
        y for drawn in drawable for _, *pair in drawn.band for y in pair
    ]
    up = y_range or _range(heights, zero=True)
    x_ticks, y_ticks = _ticks(*across, most=8), _ticks(*up, most=5)

    def place(x: float, y: float) -> tuple[float, float]:
        right = (min(max(x, across[0]), across[1]) - across[0]) / (across[1] - across[0])
        top = (min(max(y, up[0]), up[1]) - up[0]) / (up[1] - up[0])
        return round(LEFT + right * (WIDTH - LEFT - RIGHT), 1), round(
            HEIGHT - BOTTOM - top * (HEIGHT - TOP - BOTTOM), 1
        )

    lines = []
    for number, drawn in enumerate(drawable):
        edge = [place(x, high) for x, _, high in drawn.band] + [place(x, low) for x, low, _ in reversed(drawn.band)]
        dots = tuple((*place(x, y), x == drawn.marked) for x, y in drawn.points)
        path = _points([(x, y) for x, y, _ in dots])
        lines.append(Line(drawn.name, number % COLOURS, path, _points(edge), dots))
    return Curve(
        lines=tuple(lines),
        x_ticks=tuple((place(value, up[0])[0], tick) for value, tick in x_ticks),
        y_ticks=tuple((place(across[0], value)[1], tick) for value, tick in y_ticks),
        x_label=x_label,
        y_label=y_label,
        label=label,
        diagonal=_points([place(across[0], up[0]), place(across[1], up[1])]) if diagonal else "",
    )


def _finite(series: Series) -> Series:
    points = tuple(sorted((x, y) for x, y in series.points if isfinite(x) and isfinite(y)))
    band = tuple(sorted(range_at for range_at in series.band if all(map(isfinite, range_at))))
    return Series(series.name, points, band, series.marked)


def _range(values: Sequence[float], *, zero: bool) -> tuple[float, float]:
    low, high = min(values), max(values)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _ticks(low: float, high: float, *, most: int) -> list[tuple[float, str]]:
    """Round tick values from `low` to `high`, about `most` at most, with their text."""
    rough = (high - low) / most
    size = 10.0 ** floor(log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough * (1 - 1e-9))
    if high - low > 2 and step < 1:
        step = 1.0
    digits = max(0, -floor(log10(step) + 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [(number * step, f"{number * step:.{digits}f}") for number in range(first, last + 1)]


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in places)
