"""Plots for notebooks and papers: plain, without a network, in colours that people who see colour differently can tell.

Each draws a table of pipeline.reporting.summary_tables; where the table is empty, the plot says so. The table
is its text equivalent.
"""

import pandas as pd
import plotly.graph_objects as go

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#6a51a3", "#7a7a00")
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "x")
NOBODY = "#9aa0a5"
SHADES = [[0.0, "#ffffff"], [0.25, "#c3dbec"], [0.5, "#8fbcdc"], [0.75, "#2b77b0"], [1.0, "#0f4170"]]
ROW = 24
BELOW = {"orientation": "h", "yanchor": "bottom", "y": 0, "yref": "container", "x": 0}
ROOM_BELOW = {"b": 110}


def bars(frame: pd.DataFrame, *, title: str, unit: str) -> go.Figure:
    """Horizontal bars, a row each and stacked by column, in the order of the table from top to bottom."""
    figure = _figure(title, frame)
    for number, column in enumerate(frame.columns):
        colour = COLOURS[number % len(COLOURS)] if column != "set aside" else "#c9ced2"
        figure.add_bar(
            y=frame.index.to_list(), x=frame[column].to_list(), name=str(column), orientation="h", marker_color=colour
        )
    figure.update_layout(
        barmode="stack", height=_height(len(frame)), xaxis_title=unit, showlegend=len(frame.columns) > 1
    )
    return figure.update_yaxes(autorange="reversed", automargin=True)


def lengths(values: pd.Series, *, title: str, unit: str) -> go.Figure:
    """How many there are of each length."""
    figure = _figure(title, values.to_frame())
    figure.add_histogram(x=values.to_list(), marker_color=COLOURS[0], nbinsx=30)
    return figure.update_layout(xaxis_title=unit, yaxis_title="segments", bargap=0.05, height=360)


def theme_map(frame: pd.DataFrame, *, title: str) -> go.Figure:
    """Segments as dots (columns x, y, theme, speaker, document, text), coloured and shaped by candidate theme."""
    figure = _figure(title, frame)
    for number, theme in enumerate(dict.fromkeys(frame.theme)):
        members = frame[frame.theme == theme]
        none = theme in ("in no theme", "in a rejected theme")
        look = {"color": NOBODY if none else COLOURS[number % len(COLOURS)], "size": 7, "opacity": 0.8}
        look["symbol"] = SYMBOLS[number // len(COLOURS) % len(SYMBOLS)]
        hover_texts = [_wrapped(text) for text in members.text]
        figure.add_scatter(
            x=members.x.to_list(),
            y=members.y.to_list(),
            mode="markers",
            name=theme,
            marker=look,
            text=hover_texts,
            hoverinfo="text+name",
        )
    figure.update_layout(height=640, legend={"itemsizing": "constant"})
    return figure.update_xaxes(visible=False).update_yaxes(visible=False, scaleanchor="x")


def heat(frame: pd.DataFrame, *, title: str, unit: str) -> go.Figure:
    """A table of counts as a heat map: rows from top to bottom, the number in each cell."""
    figure = _figure(title, frame)
    figure.add_heatmap(
        z=frame.to_numpy().tolist(),
        x=[_short(name) for name in frame.columns],
        y=[_short(name) for name in frame.index],
        text=[[str(value) if value else "" for value in row] for row in frame.to_numpy().tolist()],
        texttemplate="%{text}",
        colorscale=SHADES,
        colorbar={"title": unit},
        xgap=1,
        ygap=1,
    )
    # Slanted names stand above the columns, and the title above them.
    names = 4.8 * max((len(_short(name)) for name in frame.columns), default=0)
    figure.update_layout(height=_height(len(frame)) + round(names), margin={"t": 50 + round(names), "r": 60})
    return figure.update_xaxes(side="top", tickangle=-40, automargin=True).update_yaxes(
        autorange="reversed", automargin=True
    )


def intervals(frame: pd.DataFrame, *, title: str, unit: str, label: str = "code", value: str = "kappa") -> go.Figure:
    """Figures with their intervals (columns `label`, who, pair, `value`, low, high): people are circles."""
    with_value = frame[frame[value].notna()]
    figure = _figure(title, with_value)
    rows, pairs = (
        list(dict.fromkeys(with_value[label])),
        sorted(set(zip(with_value.who, with_value.pair, strict=True)), reverse=True),
    )
    step = 0.8 / max(len(pairs), 1)
    for number, (coders, pair) in enumerate(pairs):
        pair_rows = with_value[(with_value.who == coders) & (with_value.pair == pair)]
        lift = step * (number - (len(pairs) - 1) / 2)
        figure.add_scatter(
            x=pair_rows[value].to_list(),
            y=[rows.index(name) + lift for name in pair_rows[label]],
            mode="markers",
            name=pair,
            text=pair_rows[label].to_list(),
            hovertemplate="%{text}: %{x:.2f}",
            marker=_mark(coders, pair) | {"size": 8},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (pair_rows.high - pair_rows[value]).fillna(0).to_list(),
                "arrayminus": (pair_rows[value] - pair_rows.low).fillna(0).to_list(),
                "thickness": 1.3,
                "width": 0,
            },
        )
    figure.add_vline(x=0, line_dash="dot", line_color=NOBODY)
    tall = max(ROW, 10 * len(pairs) + 8)
    figure.update_layout(height=200 + tall * max(len(rows), 2), xaxis_title=unit)
    figure.update_layout(legend=BELOW, margin=ROOM_BELOW)
    axis = {"tickmode": "array", "tickvals": list(range(len(rows))), "ticktext": [_short(name) for name in rows]}
    return figure.update_yaxes(range=[len(rows) - 0.5, -0.5], automargin=True, zeroline=False, **axis)


def _mark(who: str, pair: str) -> dict[str, str]:
    """Two people are circles; the pipeline is a diamond, open where it went by the codebook's words alone."""
    if who == "two people":
        return {"symbol": "circle", "color": COLOURS[0]}
    if "zero_shot" in pair:
        return {"symbol": "diamond-open", "color": "#8a6d3b"}
    return {"symbol": "diamond", "color": "#b35300"}


def curves(frame: pd.DataFrame, *, title: str, unit: str) -> go.Figure:
    """Lines with a band (columns source, position, n_known, known_low, known_high), one for each source."""
    figure = _figure(title, frame)
    for number, source in enumerate(dict.fromkeys(frame.source)):
        source_rows, colour = frame[frame.source == source], COLOURS[number % len(COLOURS)]
        across, edge = (
            source_rows.position.to_list(),
            source_rows.known_high.to_list() + source_rows.known_low.to_list()[::-1],
        )
        band = {"fill": "toself", "fillcolor": colour, "opacity": 0.15, "line": {"width": 0}, "hoverinfo": "skip"}
        figure.add_scatter(x=across + across[::-1], y=edge, mode="lines", showlegend=False, **band)
        figure.add_scatter(
            x=across, y=source_rows.n_known.to_list(), mode="lines+markers", name=str(source), line_color=colour
        )
    figure.update_layout(xaxis_title="documents read", yaxis_title=unit, height=440, legend=BELOW, margin=ROOM_BELOW)
    return figure.update_yaxes(rangemode="tozero")


def choice(frame: pd.DataFrame, *, title: str, unit: str) -> go.Figure:
    """A line with a dot for each number (columns n_themes, score, chosen); the one that was taken is large."""
    known = frame[frame.score.notna()].sort_values("n_themes")
    figure = _figure(title, known)
    sizes = known.chosen.map({True: 13, False: 5}).to_list()
    marker = {"size": sizes, "color": COLOURS[0]}
    across, up = known.n_themes.to_list(), known.score.to_list()
    figure.add_scatter(x=across, y=up, mode="lines+markers", marker=marker, line_color=COLOURS[0])
    figure.update_layout(xaxis_title="number of themes", yaxis_title=unit, height=380, showlegend=False)
    return figure.update_yaxes(rangemode="tozero")


def _figure(title: str, frame: pd.DataFrame) -> go.Figure:
    """An empty figure in the house's look; it says so where there is nothing to draw."""
    figure = go.Figure()
    figure.update_layout(
        template="plotly_white",
        title={"text": title, "y": 1, "yanchor": "top", "yref": "container", "pad": {"t": 14}},
        font={"size": 13},
        margin={"l": 10, "r": 20, "t": 60, "b": 40},
    )
    if frame.empty:
        figure.add_annotation(
            text="There is no data to plot.", showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper"
        )
    return figure


def _height(rows: int) -> int:
    return 150 + ROW * max(rows, 2)


def _short(name: object) -> str:
    text = str(name)
    return text if len(text) <= 40 else text[:39] + "…"


def _wrapped(text: str) -> str:
    """A text for hovering, in lines; what could be markup is shown as it is."""
    safe = text[:240].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    tokens, lines = safe.split(), [""]
    for word in tokens:
        if len(lines[-1]) + len(word) > 60:
            lines.append("")
        lines[-1] += f" {word}"
    return "<br>".join(line.strip() for line in lines)
