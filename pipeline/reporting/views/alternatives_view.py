"""Alternative readings of the themes from handouts: beside the team's label, or as questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, lookup
from pipeline.decisions import alternative_readings, audit_trail, states
from pipeline.decisions.alternative_readings import Reading
from pipeline.decisions.ledger import Decision

ANSWERS = {"means": "Meaning to them", "missing": "What is missing"}


@dataclass(frozen=True)
class Shown:
    """One reading. `called`: the suggested label, or empty; `answers`: the other answers, each with its heading.

    `author`: name and role; `handout_label`: the theme's label on the handout if it differs from the current one, else
    empty.
    """

    author: str
    when: str
    called: str
    answers: tuple[tuple[str, str], ...]
    handout_label: str


@dataclass(frozen=True)
class Alternatives:
    """Alternative readings of themes.

    `lead`: all readings in a sentence, or empty; `by_theme`: readings by theme_id; `lost`: readings of themes that no
    longer exist, each with a question about what to do with it.
    """

    lead: str
    by_theme: Mapping[int, tuple[Shown, ...]]
    lost: tuple[tuple[str, Shown], ...]


def build(
    readings: Sequence[Reading], *, themes: pd.DataFrame, theme_states: pd.DataFrame, decisions: Sequence[Decision]
) -> Alternatives:
    """Assign each reading to its theme or the theme it was merged into; list the others as questions."""
    present = lookup(states.ranked(themes), "theme_id", "label")
    labels = audit_trail.labels_of(decisions, lookup(theme_states, "theme_id", "label") | present)
    state_of = {row.theme_id: row for row in each(theme_states)}
    by_theme: dict[int, list[Shown]] = {}
    lost: list[tuple[str, Shown]] = []
    for reading in sorted(readings, key=lambda reading: (reading.theme, reading.when, reading.who, reading.same[2:])):
        theme = alternative_readings.current_theme(reading.theme, decisions)
        if theme in present:
            by_theme.setdefault(int(theme), []).append(_shown(reading, str(present[theme])))
        else:
            former = state_of.get(reading.theme)
            lost.append(
                (_question(reading, labels, former.settled_as if former else ""), _shown(reading, reading.label))
            )
    return Alternatives(
        _lead(readings, by_theme), {theme: tuple(shown) for theme, shown in sorted(by_theme.items())}, tuple(lost)
    )


def _shown(reading: Reading, label: str) -> Shown:
    answers = tuple((heading, getattr(reading, name)) for name, heading in ANSWERS.items() if getattr(reading, name))
    author = f"{reading.who} ({reading.role})" if reading.role else reading.who
    return Shown(author, reading.when, reading.called, answers, reading.label if reading.label != label else "")


def _question(reading: Reading, labels: Mapping[int, str], became: str) -> str:
    called = states.named(reading.theme, {reading.theme: reading.label or labels.get(reading.theme, "")})
    fate = f"was {became}" if became else "no longer exists"
    return f"{reading.who} commented on {called}, which {fate}. Which theme does this apply to now?"


def _lead(readings: Sequence[Reading], by_theme: Mapping[int, Sequence[Shown]]) -> str:
    if not readings:
        return ""
    people = len({(reading.who, reading.role) for reading in readings})
    return (
        f"{prose.count(people, 'person', 'people').capitalize()} commented on these themes on handouts: "
        f"{prose.count(len(readings), 'reading')} of "
        f"{prose.count(len({reading.theme for reading in readings}), 'theme')}. "
        "Their alternative readings are shown with each theme and do not change the team’s labels."
    )
