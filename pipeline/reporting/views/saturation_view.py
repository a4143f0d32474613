"""Saturation curves: codes (or themes) found by number of documents read, in random orders and in one order."""

from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.core.coders import is_pipeline
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import EVERYTHING
from pipeline.reporting.views import curve_view
from pipeline.reporting.views.further_view import coder


@dataclass(frozen=True)
class Growth:
    """One curve: `lead` describes it in a sentence; `rows` has the values as text under COLUMNS."""

    title: str
    lead: str
    curve: curve_view.Curve
    rows: tuple[tuple[str, ...], ...]


COLUMNS = (
    "Documents read",
    "Found so far (mean)",
    "95% of random orders",
    "Found so far (this study’s order)",
    "Document read",
)


def build(saturation: pd.DataFrame) -> tuple[Growth, ...]:
    """A curve over the whole study for each source of codes, candidate themes first."""
    by_source = groups(saturation[saturation.cell == EVERYTHING], "source")
    order = sorted(by_source, key=lambda name: (name != "themes", is_pipeline(str(name)), name))
    return tuple(growth for name in order if (growth := _growth(str(name), by_source[name])))


def _growth(source: str, rows: pd.DataFrame) -> Growth | None:
    drawn, given = (rows[mask].sort_values("position") for mask in (rows.order == "random", rows.order != "random"))
    if len(given) < 2:
        return None
    things = "themes" if source == "themes" else f"codes of {coder(source)}"
    kind = "the order of interviewing" if "interviewing" in set(given.order) else "the order of file names"
    mean = curve_view.Series(
        "random orders: mean and 95% range",
        tuple((float(row.position), float(row.n_known)) for row in each(drawn)),
        tuple((float(row.position), float(row.known_low), float(row.known_high)) for row in each(drawn)),
    )
    observed = curve_view.Series(kind, tuple((float(row.position), float(row.n_known)) for row in each(given)))
    titled = things[:1].upper() + things[1:]
    label = f"{titled} found by number of documents read; the table has the same values"
    curve = curve_view.draw([mean, observed], x_label="documents read", y_label="found so far", label=label)
    return Growth(titled, _lead(things, drawn, given), curve, _rows(drawn, given)) if curve else None


def _lead(things: str, drawn: pd.DataFrame, given: pd.DataFrame) -> str:
    """After how many documents 90% had been found, on average over random orders."""
    total, mean = int(given.n_known.iloc[-1]), drawn if len(drawn) else given
    if not total:
        return f"No {things} were found."
    most = mean[mean.n_known >= 0.9 * total - 1e-9].position
    read = prose.count(int(most.iloc[0]), "document")
    last = float(given.n_new.iloc[-1])
    new = "nothing new" if not last else f"{last:g} new"
    return (
        f"On average over random reading orders, 90% of the {total} {things} had been found after {read} of "
        f"{len(given)}. The last document in this study’s own order added {new}."
    )


def _rows(drawn: pd.DataFrame, given: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    mean = {row.position: row for row in each(drawn)}
    cells = []
    for row in each(given):
        random = mean.get(row.position)
        average = "–" if random is None else f"{random.n_known:.1f}"
        band = (
            "–" if random is None or pd.isna(random.known_low) else f"{random.known_low:.0f} to {random.known_high:.0f}"
        )
        cells.append((str(row.position), average, band, f"{row.n_known:.0f}", str(row.document)))
    return tuple(cells)
