"""Pictures for notebooks: the figures of a paper, and those that only help to look around.

Each draws a table of pipeline.reporting.summary_tables or pipeline.paper.figure_data; where it is empty, the picture
says so. They are pictures and no scripts, so that they stay in what a notebook is exported to.
"""

from collections.abc import Sequence
from textwrap import fill

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.paper import canvas, figures
from pipeline.paper.canvas import BLUE, INK, LINE, MARKS, PALE, SOFT, Drawn
from pipeline.reporting.views.steady_view import NEARLY, OUTLINE

# What a column of bars looks like, dark to light, told by pattern too.
FILLS = ((BLUE, ""), ("#d9d9d9", ""), ("white", "////"), ("#8c8c8c", "...."))
NONE = ("in no theme", "in a rejected theme")
MOST_ROWS = 45


def timeline(frame: pd.DataFrame) -> Drawn:
    """Who speaks when: a line a document, from its first word to its last (columns document, start, end, kind).

    `kind`: participant, interviewer or no speaker; each change of speaker is a gap.
    """
    rows = list(dict.fromkeys(frame.document))[:MOST_ROWS]
    if not rows:
        return canvas.nothing()
    kinds = {"participant": BLUE, "interviewer": "white", "no speaker": "#c8c8c8"}

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for kind, colour in kinds.items():
            spans = frame[frame.kind == kind]
            having = [document for document in rows if (spans.document == document).any()]
            for document in having:
                own = spans[spans.document == document]
                pieces = list(zip(own.start, own.end - own.start, strict=True))
                label = kind if document == having[0] else None
                place = (rows.index(document) - 0.32, 0.64)
                axes.broken_barh(pieces, place, facecolors=colour, edgecolors=INK, linewidth=0.25, label=label)
        canvas.names(axes, rows)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, None)
        axes.set_xlabel("Words from the beginning")
        canvas.opened(axes)
        canvas.legend(figure, axes)

    return canvas.drawn(draw, len(rows), head=0.4)


def bars(frame: pd.DataFrame, *, unit: str) -> Drawn:
    """Horizontal bars, a row each and stacked by column, in the order of the table from top to bottom."""
    shown = frame.head(MOST_ROWS)
    if shown.empty:
        return canvas.nothing()

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        at, left = np.arange(len(shown)), np.zeros(len(shown))
        for number, column in enumerate(shown.columns):
            colour, hatch = FILLS[number % len(FILLS)]
            width = shown[column].to_numpy(dtype=float)
            axes.barh(at, width, 0.66, left, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5, label=str(column))
            left = left + width
        for place, total in enumerate(left):
            axes.text(total + left.max() * 0.01, place, f"{total:,.0f}", va="center", fontsize=7)
        canvas.names(axes, [str(name) for name in shown.index])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(0, left.max() * 1.1 or 1)
        axes.set_xlabel(unit)
        canvas.opened(axes)
        canvas.legend(figure, axes)

    return canvas.drawn(draw, len(shown), head=0.4 if len(shown.columns) > 1 else 0.0)


def lengths(values: pd.Series, *, unit: str) -> Drawn:
    """How many segments there are of each length."""
    if values.empty:
        return canvas.nothing()

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.hist(
            values.to_numpy(), bins=min(30, max(int(values.max()), 1)), color=BLUE, edgecolor="white", linewidth=0.5
        )
        axes.set_xlabel(unit)
        axes.set_ylabel("segments")
        canvas.opened(axes)

    return canvas.drawn(draw, 7)


def theme_map(frame: pd.DataFrame) -> Drawn:
    """Segments as dots (columns x, y, theme), each theme with a shade and a shape, and its number at its middle."""
    if frame.empty:
        return canvas.nothing()
    themes = [name for name in dict.fromkeys(frame.theme) if name not in NONE]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        outside = frame[frame.theme.isin(NONE)]
        axes.scatter(outside.x, outside.y, s=6, color=LINE, linewidths=0)
        shades = mpl.colormaps["cividis"](np.linspace(0, 0.95, max(len(themes), 2)))
        for number, theme in enumerate(themes):
            own = frame[frame.theme == theme]
            mark = MARKS[number % len(MARKS)]
            axes.scatter(
                own.x, own.y, s=14, color=[shades[number]], marker=mark, linewidths=0, alpha=0.8, label=fill(theme, 40)
            )
            middle = (float(own.x.median()), float(own.y.median()))
            box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": SOFT, "linewidth": 0.5}
            axes.text(*middle, theme.partition(" ")[0], ha="center", va="center", fontsize=7, bbox=box)
        axes.set_xticks([])
        axes.set_yticks([])
        canvas.bare(axes)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower left", ncols=2, frameon=False)

    return canvas.drawn(draw, 18 + 0.75 * (len(themes) + 1) // 2, head=0.0)


def heat(frame: pd.DataFrame, *, unit: str) -> Drawn:
    """A table of counts: darker for more, the number in each cell, in the order of the table."""
    shown = frame.iloc[:MOST_ROWS]
    if shown.empty or not len(shown.columns):
        return canvas.nothing()
    top = max(float(shown.to_numpy().max()), 1.0)
    heads = [fill(str(name), 26, max_lines=2, placeholder=" …") for name in shown.columns]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.pcolormesh(
            shown.to_numpy(dtype=float),
            cmap="Greys",
            vmin=0,
            vmax=top * figures.DEEPEST,
            edgecolors="white",
            linewidth=1,
        )
        for (row, column), value in np.ndenumerate(shown.to_numpy()):
            if value:
                dark = value / (top * figures.DEEPEST) > 0.62
                axes.text(
                    column + 0.5,
                    row + 0.5,
                    f"{value:,}",
                    ha="center",
                    va="center",
                    fontsize=7,
                    color="white" if dark else INK,
                )
        axes.set_xticks(np.arange(len(heads)) + 0.5, heads, rotation=60, ha="left", rotation_mode="anchor")
        axes.xaxis.tick_top()
        axes.set_xlabel(unit)
        canvas.names(axes, [str(name) for name in shown.index], centre=0.5)
        axes.set_ylim(len(shown), 0)
        canvas.bare(axes)

    return canvas.drawn(draw, len(shown), head=0.3 + 0.055 * max(map(len, heads)))


def choice(frame: pd.DataFrame) -> Drawn:
    """A line with a dot for each number of themes (columns n_themes, score, chosen); the one taken is large."""
    known = frame[frame.score.notna()].sort_values("n_themes")
    if known.empty:
        return canvas.nothing()

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.plot(known.n_themes, known.score, color=SOFT, linewidth=1, marker="o", markersize=3)
        taken = known[known.chosen]
        axes.plot(taken.n_themes, taken.score, "o", color=INK, markersize=8)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))
        axes.set_ylim(0, None)
        axes.set_xlabel("Number of themes (large dot: the one that was taken)")
        axes.set_ylabel("Similarity to the runs")
        axes.grid(axis="y", color=PALE, linewidth=0.6)
        canvas.opened(axes)

    return canvas.drawn(draw, 7)


def shares(frame: pd.DataFrame) -> Drawn:
    """How much of each group's talk is of each thing (see figure_data.by_group)."""
    return canvas.nothing() if frame.empty else figures.shares(frame)


def agreement(frame: pd.DataFrame, codes: Sequence[str] = ()) -> Drawn:
    """Kappa by code with its interval (see figure_data.agreement); `codes`: only these, if any are named."""
    shown = frame[frame.name.isin(["All codes", *codes])] if codes else frame
    return canvas.nothing() if shown.empty else figures.agreement(shown.reset_index(drop=True))


def saturation(frame: pd.DataFrame) -> Drawn:
    """Codes and themes found by sources read (see figure_data.saturation)."""
    return canvas.nothing() if frame.empty else figures.saturation(frame)


def valence(frame: pd.DataFrame) -> Drawn:
    """Passages of each code as barrier and facilitator (see figure_data.valence)."""
    return canvas.nothing() if frame.empty else figures.valence(frame)


def stability(frame: pd.DataFrame) -> Drawn:
    """How like each theme its nearest match is without some documents (see figure_data.stability)."""
    return canvas.nothing() if frame.empty else figures.stability(frame, nearly=NEARLY, outline=OUTLINE)
