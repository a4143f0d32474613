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
    """One reading. `called`: the suggested label, or empty; `said`: the other answers, each with its heading.

    `by`: name and role; `of`: the theme's label on the handout if it differs from the current one, else empty.
    """

    by: str
    when: str
    called: str
    said: tuple[tuple[str, str], ...]
    of: str


@dataclass(frozen=True)
class Alternatives:
    """`lead`: all readings in a sentence, or empty; `of`: readings by theme_id; `lost`: of themes that no longer exist.

    Each of `lost` comes with a question about what to do with it.
    """

    lead: str
    of: Mapping[int, tuple[Shown, ...]]
    lost: tuple[tuple[str, Shown], ...]


def build(
    readings: Sequence[Reading], *, themes: pd.DataFrame, theme_states: pd.DataFrame, taken: Sequence[Decision]
) -> Alternatives:
    """Assign each reading to its theme or the theme it was merged into; list the others as questions."""
    present = lookup(states.ranked(themes), "theme_id", "label")
    labels = audit_trail.labels_of(taken, lookup(theme_states, "theme_id", "label") | present)
    become = {row.theme_id: row for row in each(theme_states)}
    of: dict[int, list[Shown]] = {}
    lost: list[tuple[str, Shown]] = []
    for one in sorted(readings, key=lambda one: (one.theme, one.when, one.who, one.same[2:])):
        theme = alternative_readings.current_theme(one.theme, taken)
        if theme in present:
            of.setdefault(int(theme), []).append(_shown(one, str(present[theme])))
        else:
            gone = become.get(one.theme)
            lost.append((_question(one, labels, gone.settled_as if gone else ""), _shown(one, one.label)))
    return Alternatives(_lead(readings, of), {theme: tuple(own) for theme, own in sorted(of.items())}, tuple(lost))


def _shown(one: Reading, label: str) -> Shown:
    said = tuple((heading, getattr(one, name)) for name, heading in ANSWERS.items() if getattr(one, name))
    by = f"{one.who} ({one.role})" if one.role else one.who
    return Shown(by, one.when, one.called, said, one.label if one.label != label else "")


def _question(one: Reading, labels: Mapping[int, str], became: str) -> str:
    called = states.named(one.theme, {one.theme: one.label or labels.get(one.theme, "")})
    gone = f"was {became}" if became else "no longer exists"
    return f"{one.who} commented on {called}, which {gone}. Which theme does this apply to now?"


def _lead(readings: Sequence[Reading], of: Mapping[int, Sequence[Shown]]) -> str:
    if not readings:
        return ""
    people = len({(one.who, one.role) for one in readings})
    return (
        f"{prose.count(people, 'person', 'people').capitalize()} commented on these themes on handouts: "
        f"{prose.count(len(readings), 'reading')} of {prose.count(len({one.theme for one in readings}), 'theme')}. "
        "Their alternative readings are shown with each theme and do not change the team’s labels."
    )
