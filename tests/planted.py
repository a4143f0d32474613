"""Made-up studies in which it is known what becomes of each code in the themes."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.comparison import verdicts
from pipeline.comparison.overlaps import count_overlaps
from pipeline.comparison.pairs import Options
from pipeline.comparison.units import Ratings
from tests.coded_study import codings, tables
from tests.test_units import laid

Themes = npt.NDArray[np.int64]
# (theme, codes) of a segment, or None for talk that nobody coded; the theme of such talk is drawn.
Passage = tuple[int, list[str]]


def study(passages: list[Passage], *, documents: int = 8, uncoded: int = 0, seed: int = 0) -> tuple[Ratings, Themes]:
    """Return one coder's ratings and the themes: the passages, and talk without a code, shuffled over documents."""
    random = np.random.default_rng(seed)
    known = sorted({theme for theme, _ in passages})
    every = [*passages, *((int(random.choice(known)), []) for _ in range(uncoded))]
    size = -(-len(every) // documents)
    every += [(-1, [])] * (size * documents - len(every))
    order = random.permutation(len(every))
    made = tables(documents=documents, segments=size + 1)
    rows, themes = [], {}
    for place, number in enumerate(order.tolist()):
        document, segment = place // size, place % size + 1
        theme, codes = every[number]
        themes[f"d{document}.{segment}"] = theme
        rows += [("ann", code, f"d{document}", segment, 1) for code in codes]
    made["codings"] = codings(*rows)
    found = laid(made)
    return found, np.array([themes[unit] for unit in found.units["segment_id"]], dtype=np.int64)


def spread(code: str, n: int, *themes: int) -> list[Passage]:
    """Return n passages with a code, dealt over themes in turn."""
    return [(themes[number % len(themes)], [code]) for number in range(n)]


def judged(found: Ratings, themes: Themes, *, draws: int = 300) -> pd.DataFrame:
    """Return the rows of code_recovery by code."""
    options = Options(draws=draws, seed=1)
    overlaps = count_overlaps(themes, found, 0, options=options)
    return pd.DataFrame(verdicts.recovery(overlaps, options=options)).set_index("code")


def mapped(found: Ratings, themes: Themes, *, draws: int = 300) -> pd.DataFrame:
    """Return the rows of theme_mapping by theme."""
    options = Options(draws=draws, seed=1)
    overlaps = count_overlaps(themes, found, 0, options=options)
    return pd.DataFrame(verdicts.mapping(overlaps, options=options)).set_index("theme_id")


def partition(seed: int = 0, *, uncoded: int = 0, n: int = 60) -> tuple[Ratings, Themes]:
    """Return a study of eight codes and ten themes with each verdict in it.

    own: a theme of its own; split: in three themes; left and right: merged into one; even: as all talk lies; rare: five
    passages; and two more with themes of their own, so that the others are not alone.
    """
    passages = [
        *spread("own", n, 0),
        *spread("split", n, 1, 2, 3),
        *spread("left", n // 2, 4),
        *spread("right", n // 2 + n // 10, 4),
        *spread("other", n, 5, 6, 7, 8),
        *spread("last", n, 9),
        *spread("rare", 5, 0, 2, 4, 5, 9),
    ]
    sizes = pd.Series([theme for theme, _ in passages]).value_counts().sort_index()
    even = [int(theme) for theme, size in sizes.items() for _ in range(round(n * size / len(passages)))]
    return study([*passages, *((theme, ["even"]) for theme in even)], uncoded=uncoded, seed=seed)
