"""What themes follow: the guide's questions, the documents or the codes; and whether the codes cut across the guide."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, groups

FACETS = {"question": "the guide’s questions", "document": "the documents", "code": "the codes"}
COLUMNS = ("Candidate theme", "Follows", "Question", "Document", "Codes")
# Codes cut across the guide if the question explains less than this of what tells them apart, at most.
ACROSS = 0.1


def sentences(rows: pd.DataFrame, *, reflexive: bool) -> tuple[str, ...]:
    """What the themes follow, all together and each, and whether the codes cut across the guide.

    `rows`: theme_facets of one level; with `reflexive`, no figures.
    """
    order = {name: place for place, name in enumerate(FACETS)}
    rows = rows.assign(order=rows.facet.map(order)).sort_values(["of", "theme_id", "order"])
    whole, codes = (rows[rows.of == kind] for kind in ("themes", "codes"))
    if whole.empty:
        return ()
    said = [_of_themes(list(each(whole)), reflexive)]
    by_theme = groups(rows[rows.of == "theme"], "theme_id")
    if len(by_theme) > 1:
        said.append(_counted(by_theme))
    question = list(each(codes[codes.facet == "question"]))
    return (*said, *(_of_codes(row, reflexive) for row in question if pd.notna(row.value)))


def table(rows: pd.DataFrame, names: Mapping[int, str], *, reflexive: bool) -> tuple[tuple[str, ...], ...]:
    """A row for each theme on the page: its name, what it follows most, and (not reflexive) how far it follows each."""
    by_theme = groups(rows[rows.of == "theme"], "theme_id")
    shown = []
    for theme in [name for name in names if name in by_theme]:
        facets = {row.facet: row for row in each(by_theme[theme])}
        cells = (_share(facets[name].value) if name in facets else "–" for name in FACETS)
        figures = () if reflexive else tuple(cells)
        shown.append((names[theme], _followed(list(facets.values())) or "cannot be told", *figures))
    return tuple(shown)


def _of_themes(rows: Sequence[Any], reflexive: bool) -> str:
    figure = {row.facet: "" if reflexive else f" ({_share(row.value)})" for row in rows}
    first = next((row.facet for row in rows if row.follows), "")
    others = [f"{FACETS[row.facet]}{figure[row.facet]}" for row in rows if row.facet != first]
    if first:
        than = f" more than {prose.listed(others, 'or')}" if others else ""
        return f"The candidate themes follow {FACETS[first]}{figure[first]}{than}."
    return f"Whether the candidate themes follow {prose.listed(others, 'or')} most is not clear."


def _counted(by_theme: Mapping[Any, pd.DataFrame]) -> str:
    followed = [_followed(list(each(rows))) for rows in by_theme.values()]
    counted = [(followed.count(words), words) for words in FACETS.values()]
    parts = [f"{number} follow{'s' * (number == 1)} {words} most" for number, words in counted if number]
    unclear = followed.count("")
    if not parts:
        return f"What any of the {prose.count(unclear, 'theme')} follows most cannot be told."
    rest = (
        f"; what {'the other' if unclear == 1 else f'the other {unclear}'} follow{'s' * (unclear == 1)} cannot be told"
    )
    return f"Of {prose.count(len(followed), 'theme')}, {prose.listed(parts)}{rest if unclear else ''}."


def _followed(rows: Sequence[Any]) -> str:
    return next((FACETS[row.facet] for row in rows if row.follows), "")


def _of_codes(row: Any, reflexive: bool) -> str:
    low, high = prose.percent(max(row.low, 0.0)), prose.percent(max(row.high, 0.0))
    interval = f", 95% interval {low} to {high}" if pd.notna(row.low) else ""
    figure = "" if reflexive else f" (the question explains {_share(row.value)} of what tells them apart{interval})"
    noun = "categories" if row.level == "category" else "codes"
    if (row.high if pd.notna(row.high) else row.value) < ACROSS:
        return (
            f"The {noun} cut across the interview guide{figure}: a theme that follows a question holds several of "
            "them, and each of them is in several such themes."
        )
    return f"The {noun} follow the interview guide {'mostly' if row.value > 0.5 else 'in part'}{figure}."


def _share(value: float) -> str:
    return prose.percent(max(float(value), 0.0)) if pd.notna(value) else "undefined"
