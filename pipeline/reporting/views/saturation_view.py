"""Saturation as lines: how many codes (or themes) were met after so many documents, by chance and in one order."""

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
    """One source's curve: `lead` says what it shows, `rows` hold the figures as text under COLUMNS."""

    title: str
    lead: str
    curve: curve_view.Curve
    rows: tuple[tuple[str, ...], ...]


COLUMNS = (
    "Documents read",
    "Met so far, mean",
    "95 of 100 orders",
    "In this study’s order",
    "Last document of that order",
)


def build(saturation: pd.DataFrame) -> tuple[Growth, ...]:
    """A curve for each source over the whole study, candidate themes first."""
    own = groups(saturation[saturation.cell == EVERYTHING], "source")
    order = sorted(own, key=lambda name: (name != "themes", is_pipeline(str(name)), name))
    return tuple(made for name in order if (made := _growth(str(name), own[name])))


def _growth(source: str, rows: pd.DataFrame) -> Growth | None:
    drawn, given = (rows[mask].sort_values("position") for mask in (rows.order == "random", rows.order != "random"))
    if len(given) < 2:
        return None
    things = "themes" if source == "themes" else f"codes of {coder(source)}"
    kind = "the order of interviewing" if "interviewing" in set(given.order) else "the order of file names"
    mean = curve_view.Series(
        "random orders: mean, and the band that holds 95 of 100",
        tuple((float(row.position), float(row.n_known)) for row in each(drawn)),
        tuple((float(row.position), float(row.known_low), float(row.known_high)) for row in each(drawn)),
    )
    told = curve_view.Series(kind, tuple((float(row.position), float(row.n_known)) for row in each(given)))
    titled = things[:1].upper() + things[1:]
    label = f"{titled} met so far, by documents read; the table holds the same figures"
    curve = curve_view.draw([mean, told], x_label="documents read", y_label="met so far", label=label)
    return Growth(titled, _lead(things, drawn, given), curve, _rows(drawn, given)) if curve else None


def _lead(things: str, drawn: pd.DataFrame, given: pd.DataFrame) -> str:
    """Where most had been met, on average over orders: how early new ones stopped coming."""
    total, mean = int(given.n_known.iloc[-1]), drawn if len(drawn) else given
    if not total:
        return f"No {things} were met."
    most = mean[mean.n_known >= 0.9 * total - 1e-9].position
    read = prose.count(int(most.iloc[0]), "document")
    last = float(given.n_new.iloc[-1])
    new = "nothing new" if not last else f"{last:g} new"
    return (
        f"Nine in ten of the {total} {things} had been met after {read} of {len(given)}, on average over random "
        f"orders of reading; the last document of this study’s own order brought {new}."
    )


def _rows(drawn: pd.DataFrame, given: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    mean = {row.position: row for row in each(drawn)}
    found = []
    for row in each(given):
        other = mean.get(row.position)
        average = "–" if other is None else f"{other.n_known:.1f}"
        band = "–" if other is None or pd.isna(other.known_low) else f"{other.known_low:.0f} to {other.known_high:.0f}"
        found.append((str(row.position), average, band, f"{row.n_known:.0f}", str(row.document)))
    return tuple(found)
