"""Draws the figures of a paper.

Everything told by colour is told by shape, position, pattern or a number too, so that a figure can be read in grey and
by people who see colour differently.
"""

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.core import prose
from pipeline.core.table_rows import each
from pipeline.paper import canvas, figure_data
from pipeline.paper.canvas import BLUE, INK, LINE, MARKS, ORANGE, PALE, SOFT, Drawn

# How deep the shade of the largest share is; with more groups than ONE_LINE, a cell has two lines.
DEEPEST, ONE_LINE = 1.45, 6
MARK_NAMES = (
    "circles",
    "squares",
    "triangles",
    "diamonds",
    "triangles down",
    "plus signs",
    "crosses",
    "left",
    "right",
    "stars",
)


def shares(frame: pd.DataFrame, *, unit: str = "segment") -> Drawn:
    """How much of each group's talk is of each thing: darker for more, the share and the people in each cell.

    `frame`: from `figure_data.by_group`.
    """
    share, cases, of_cases = (figure_data.wide(frame, value) for value in ("share", "n_cases", "of_cases"))
    between, wide = ("  ", 14) if share.shape[1] <= ONE_LINE else ("\n", 8)
    top = max(float(np.nanmax(share.to_numpy())) if share.size else 0.0, 0.01)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.pcolormesh(share.to_numpy(), cmap="Greys", vmin=0, vmax=top * DEEPEST, edgecolors="white", linewidth=1.2)
        for (row, column), value in np.ndenumerate(share.to_numpy()):
            dark = value / (top * DEEPEST) > 0.62
            spoken = "/".join(str(int(table.to_numpy()[row, column])) for table in (cases, of_cases))
            text = f"{canvas.percent(value)}{between}{spoken}"
            axes.text(
                *(column + 0.5, row + 0.5, text), ha="center", va="center", fontsize=7.5, color="white" if dark else INK
            )
        heads = [
            "\n".join(
                (
                    fill(str(row.group), wide),
                    prose.count(int(row.of_cases), "person", "people"),
                    prose.count(int(row.of_segments), unit)
                    if between == "  "
                    else f"{int(row.of_segments):,} {unit[:3]}.",
                )
            )
            for row in each(frame.drop_duplicates("group"))
        ]
        axes.set_xticks(np.arange(len(heads)) + 0.5, heads)
        axes.xaxis.tick_top()
        canvas.names(axes, list(share.index), centre=0.5)
        axes.set_ylim(len(share), 0)
        canvas.bare(axes)

    return canvas.drawn(
        draw, len(share) * (1.0 if between == "  " else 1.4), head=0.75 + 0.12 * _lines(list(share.columns), wide)
    )


def agreement(frame: pd.DataFrame) -> Drawn:
    """Kappa by code with its interval: people filled, the pipeline open; a row of marks for each pair of coders."""
    names, pairs = list(dict.fromkeys(frame.name)), _pairs(frame)
    step = 0.72 / max(len(pairs), 1)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for number, (who, people) in enumerate(pairs):
            rows = frame[frame.who == who]
            at = np.array([names.index(name) for name in rows.name]) + step * (number - (len(pairs) - 1) / 2)
            colour = INK if people else SOFT
            axes.hlines(at, rows.low, rows.high, color=colour, linewidth=1.0, linestyle=canvas.dash(0 if people else 2))
            axes.plot(
                *(rows.kappa, at, MARKS[number % len(MARKS)]),
                color=colour,
                markerfacecolor=colour if people else "white",
                markersize=4.5,
                clip_on=False,
                label=fill(who, 48),
            )
        axes.axvline(0, color=LINE, linewidth=0.8, zorder=0)
        for edge in np.arange(len(names) - 1) + 0.5:
            axes.axhline(edge, color=PALE, linewidth=0.6, zorder=0)
        canvas.names(axes, names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        lowest = float(np.nanmin(frame[["kappa", "low"]].to_numpy()))
        axes.set_xlim(min(-0.05, lowest - 0.03), 1.0)
        interval = ", with 95% interval" if frame[["low", "high"]].notna().all(axis=1).any() else ""
        axes.set_xlabel(f"Cohen’s kappa (0: chance, 1: identical){interval}")
        canvas.opened(axes)
        canvas.legend(figure, axes)

    return canvas.drawn(draw, len(names) * max(1.0, 0.55 * len(pairs)), head=0.35 + 0.18 * ((len(pairs) + 1) // 2))


def saturation(frame: pd.DataFrame) -> Drawn:
    """Codes and themes known by how many sources were read: a kind of line for each, named at its end."""
    sources = list(dict.fromkeys(frame.source))

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        ends = []
        for number, source in enumerate(sources):
            rows = frame[frame.source == source]
            shade = ("#000000", "#6a6a6a")[number % 2]
            axes.fill_between(rows.position, rows.low, rows.high, color=shade, alpha=0.08, linewidth=0)
            axes.plot(
                *(rows.position, rows.n_known),
                color=shade,
                linestyle=canvas.dash(number),
                marker=MARKS[number % len(MARKS)],
                markersize=3,
                linewidth=1.2,
            )
            ends.append((float(rows.n_known.iloc[-1]), source))
        top = float(frame.high.max() if frame.high.notna().any() else frame.n_known.max())
        for height, (_, source) in zip(_apart([end for end, _ in ends], top * 0.055), ends, strict=True):
            axes.annotate(
                f"{source} ({MARK_NAMES[sources.index(source) % len(MARK_NAMES)]})",
                xy=(1.01, height),
                xycoords=axes.get_yaxis_transform(),
                va="center",
                annotation_clip=False,
            )
        axes.set_xlim(0.7, frame.position.max() + 0.3)
        axes.set_ylim(0, top * 1.06)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
        axes.set_xlabel("Sources read")
        axes.set_ylabel("Found so far")
        canvas.opened(axes)

    return canvas.drawn(draw, 9, head=0.3)


def valence(frame: pd.DataFrame) -> Drawn:
    """Passages of each code as barrier (left) and facilitator (right), those that are both on either side's end."""
    left, right = frame.barrier + frame.both, frame.facilitator + frame.both
    most = max(int(left.max()), int(right.max()), 1)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        at = np.arange(len(frame))
        plain: dict[str, Any] = {"height": 0.62, "edgecolor": INK, "linewidth": 0.5}
        axes.barh(at, -frame.barrier, color=ORANGE, label="barrier", **plain)
        axes.barh(at, -frame.both, left=-frame.barrier, color="white", hatch="////", **plain)
        axes.barh(at, frame.facilitator, color=BLUE, label="facilitator", **plain)
        axes.barh(at, frame.both, left=frame.facilitator, color="white", hatch="////", label="both", **plain)
        for place, (barrier, facilitator, both) in enumerate(
            zip(frame.barrier, frame.facilitator, frame.both, strict=True)
        ):
            ends = ((-(barrier + both), barrier, "right", -1), (facilitator + both, facilitator, "left", 1))
            for end, number, side, sign in ends:
                text = f"{number} + {both}" if both else str(number)
                axes.text(end + sign * most * 0.015, place, text, ha=side, va="center", fontsize=7)
        axes.axvline(0, color=INK, linewidth=0.8)
        canvas.names(axes, list(frame.name))
        axes.set_ylim(len(frame) - 0.4, -0.6)
        axes.set_xlim(-most * 1.22, most * 1.22)
        axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
        axes.set_xlabel("Passages: spoken of as a barrier (left) and as a facilitator (right)")
        canvas.opened(axes)
        canvas.legend(figure, axes)

    return canvas.drawn(draw, len(frame), head=0.5)


def stability(frame: pd.DataFrame, *, nearly: float, outline: float) -> Drawn:
    """How like each theme its nearest match was without some documents, against the two thresholds of the report."""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        at = np.arange(len(frame))
        axes.hlines(at, 0, frame.stability, color=LINE, linewidth=1.0, zorder=1)
        kinds = (
            (frame.stability >= nearly, "stable", INK),
            (frame.stability.between(outline, nearly, "left"), "partly stable", "#8c8c8c"),
            (frame.stability < outline, "unstable", "white"),
        )
        for (rows, label, colour), mark in zip(kinds, ("o", "s", "^"), strict=True):
            if rows.any():
                axes.plot(
                    *(frame.stability[rows], at[rows.to_numpy()], mark),
                    color=INK,
                    markerfacecolor=colour,
                    markersize=5.5,
                    label=label,
                )
        for edge in (outline, nearly):
            axes.axvline(edge, color=SOFT, linewidth=0.7, linestyle=(0, (3, 2)), zorder=0)
        for place, value in enumerate(frame.stability):
            axes.text(1.02, place, f"{value:.2f}", va="center", fontsize=7.5)
        canvas.names(axes, list(frame.name))
        axes.set_ylim(len(frame) - 0.4, -0.6)
        axes.set_xlim(0, 1)
        axes.set_xlabel("Overlap with its nearest match when documents are left out (mean Jaccard index)")
        canvas.opened(axes)
        canvas.legend(figure, axes)

    return canvas.drawn(draw, len(frame), head=0.5)


def pages(frame: pd.DataFrame, *, most: int) -> Iterator[pd.DataFrame]:
    """A table in parts that each fit a page: at most `most` names each, in order, as even as possible."""
    names = list(dict.fromkeys(frame["name"]))
    n_pages = -(-len(names) // most) or 1
    size = -(-len(names) // n_pages)
    for start in range(0, len(names), size or 1):
        yield frame[frame["name"].isin(names[start : start + size])].reset_index(drop=True)


def _pairs(frame: pd.DataFrame) -> list[tuple[str, bool]]:
    pairs = frame[["who", "people"]].drop_duplicates().sort_values(["people", "who"], ascending=[False, True])
    return [(str(who), bool(people)) for who, people in pairs.itertuples(index=False)]


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Heights moved up as little as needed so that texts at them do not overlap."""
    moved: dict[int, float] = {}
    last = -np.inf
    for place in sorted(range(len(heights)), key=heights.__getitem__):
        last = max(heights[place], last + gap)
        moved[place] = last
    return [moved[place] for place in range(len(heights))]


def _lines(names: Sequence[str], width: int) -> int:
    return max((fill(str(name), width).count("\n") for name in names), default=0)
