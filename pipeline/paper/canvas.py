"""What figures are drawn on: the width of a journal page, one look, and the same bytes for the same content.

No time, no path, and the typeface of the drawing library itself; others are used only for signs that it lacks.
"""

import io
import logging
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from pipeline.core import atomic_files, prose

# In inches: two columns of a journal, and the most that fits its page; dots per inch in print and on screen.
WIDTH, TALLEST, DPI, SCREEN = 6.85, 9.0, 300, 110
ROW, AROUND = 0.26, 0.95
# So many signs of a name are shown.
LONGEST = 80
INK, SOFT, LINE = "#1a1a1a", "#5a5a5a", "#b5b5b5"
# Dark, medium and light in grey too (Wong 2011, Nat Methods 8:441).
BLUE, ORANGE, PALE = "#0072b2", "#e69f00", "#dfe7ee"
DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (3, 1, 1, 1, 1, 1)))
MARKS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
NOTHING = "There is nothing to draw."
INSTEAD = "A figure. The table after it has the same numbers."
# Typefaces for scripts that the first one lacks, where a machine has them.
OTHER_SCRIPTS = ("Noto Sans CJK SC", "Noto Sans", "Microsoft YaHei", "PingFang SC", "Malgun Gothic", "Arial Unicode MS")
LOOK: dict[Any, Any] = {
    "font.family": ["DejaVu Sans", *OTHER_SCRIPTS],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.5,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",
    "svg.hashsalt": "counterpoint",
    "figure.dpi": 100,
    "savefig.dpi": DPI,
    "text.parse_math": False,
}
# Text in an SVG stays text; the drawing's own typeface is the widest of these, so that it fits in each.
TYPEFACES = "Arial, Helvetica, &#39;Liberation Sans&#39;, &#39;DejaVu Sans&#39;, sans-serif"


@dataclass(frozen=True)
class Drawn:
    """A figure: what draws it, and its height in inches. Notebooks show it as a picture; see also `save`."""

    draw: Callable[[Figure], object]
    height: float

    @cached_property
    def svg(self) -> bytes:
        """The figure as SVG, in which text stays text."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _typefaces(self._saved("svg", {"Date": None, "Creator": "Counterpoint"}, DPI))

    @cached_property
    def png(self) -> bytes:
        """The figure as PNG for print."""
        return self._print[0]

    @property
    def lacks_signs(self) -> bool:
        """Whether the PNG shows boxes, because this machine has no typeface for some of the signs."""
        return self._print[1]

    @cached_property
    def _print(self) -> tuple[bytes, bool]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            data = self._saved("png", {"Software": "Counterpoint"}, DPI)
        return data, any("missing from" in str(warning.message) for warning in caught)

    def save(self, place: Path) -> list[Path]:
        """Write the figure beside each other as SVG and as PNG; return the files. `place`: without an ending."""
        files = {place.with_name(f"{place.name}.svg"): self.svg, place.with_name(f"{place.name}.png"): self.png}
        for file, data in files.items():
            atomic_files.write(file, data)
        return list(files)

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        """For notebooks: the picture, and what is read out in its place."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._saved("png", {"Software": "Counterpoint"}, SCREEN), {"alt": INSTEAD}

    def _saved(self, kind: str, metadata: dict[str, str | None], dpi: int) -> bytes:
        place = io.BytesIO()
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        with mpl.rc_context(LOOK):
            figure = Figure(figsize=(WIDTH, self.height), layout="constrained")
            self.draw(figure)
            figure.savefig(place, format=kind, metadata=metadata, dpi=dpi)
        return place.getvalue()


def drawn(draw: Callable[[Figure], None], rows: float, *, head: float = 0.3) -> Drawn:
    """A figure with so many rows, and `head` inches for what is above them; at most as tall as a page."""
    return Drawn(draw, min(AROUND + head + ROW * max(rows, 2), TALLEST))


def nothing() -> Drawn:
    """A figure that says that there is nothing to draw."""
    return Drawn(lambda figure: figure.text(0.5, 0.5, NOTHING, ha="center", va="center"), 0.8)


def names(axes: Any, rows: Sequence[str], *, centre: float = 0.0) -> None:
    """Write the names of rows, from top to bottom."""
    # A long word, such as the name of a file, is not divided.
    short = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in map(str, rows)]
    lines = [fill(name, 34, max_lines=2, placeholder=" …", break_long_words=False) for name in short]
    axes.set_yticks(np.arange(len(rows)) + centre, lines)


def opened(axes: Any) -> None:
    """Leave the lines above and to the right out."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)


def bare(axes: Any) -> None:
    """Leave all lines around the drawing out."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)


def legend(figure: Figure, axes: Any) -> None:
    """Put the legend above, if it has several entries."""
    handles, labels = axes.get_legend_handles_labels()
    if len(handles) > 1:
        longest = max(map(len, labels))
        columns = min(len(handles), 2 if longest > 30 else 3 if longest > 20 else 4)
        figure.legend(handles, labels, loc="outside upper left", ncols=columns, frameon=False)


def dash(number: int) -> Any:
    """A kind of line for the nth thing."""
    return DASHES[number % len(DASHES)]


def percent(share: float) -> str:
    """A share as it stands in a cell."""
    return prose.percent(share).replace("under ", "<").replace("over ", ">")


def _typefaces(svg: bytes) -> bytes:
    text = svg.decode("utf-8")
    text = re.sub(r"(?:'DejaVu Sans'|DejaVu Sans)(?:, ?[^;\"]*)?(?=[;\"])", TYPEFACES, text)
    return text.replace("\r\n", "\n").encode("utf-8")
