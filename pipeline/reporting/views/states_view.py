"""Themes that are not shown, and segments in no theme, as the page tells of them: nothing goes without a word."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, lookup
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import states
from pipeline.decisions.states import Count


def unshown(theme_states: pd.DataFrame) -> tuple[str, ...]:
    """A sentence on each theme that decisions speak of and that has no card: rejected, merged away or left empty."""
    labels = lookup(theme_states, "theme_id", "label")
    gone = theme_states[~theme_states.state.isin(states.SHOWN)].sort_values(["state", "theme_id"])
    return tuple(gone_in_words(row, labels) for row in each(gone))


def told(count: Count, theme_states: pd.DataFrame) -> tuple[str, ...]:
    """Sentences on all themes together: how many there are and why, what is in none, and which are not shown."""
    said = (f"{states.shown_in_words(count)}.", states.outside_in_words(count), *unshown(theme_states))
    return tuple(filter(None, said)) if count.found else ()


def in_words(theme_states: pd.DataFrame) -> dict[int, str]:
    """What each theme is for people, in a word or two and with who made it so: accepted, renamed by Asha on …."""
    return {int(row.theme_id): state_in_words(row) for row in each(theme_states)}


def state_in_words(row: Any) -> str:
    """What a theme is for people; `row`: of theme_states."""
    word = states.WORDS[row.state]
    if not row.settled_as:
        return word
    return str(row.settled_as) if row.settled_as.startswith(word) else f"{word}, {row.settled_as}"


def gone_in_words(row: Any, labels: Mapping[int, str]) -> str:
    """What became of a theme that is not shown, in a sentence; `row`: of theme_states."""
    name = states.named(row.theme_id, labels)
    if row.state == "merged":
        return f"{name} was {row.settled_as}: it is part of {states.named(row.into, labels)} now."
    if row.state == "rejected":
        are = "is" if row.n_segments == 1 else "are"
        return f"{name} was {row.settled_as}: {prose.count(row.n_segments, 'segment')} {are} left out with it."
    return f"{name} was {row.settled_as}, and has no segment left."


def notes(assignments: pd.DataFrame, theme_states: pd.DataFrame) -> dict[str, str]:
    """Why a segment is in no theme, in words, for those that did not just fit none."""
    labels = lookup(theme_states, "theme_id", "label")
    said = {"moved": "moved out of every theme", "beside": "beside a theme that was decided on without it"}
    found = {}
    for row in each(assignments[~assignments.outside.isin(["", "unlike"])]):
        rejected = f"in {states.named(row.rejected_id, labels)}, which was rejected"
        found[str(row.segment_id)] = rejected if row.rejected_id != UNASSIGNED else said[row.outside]
    return found


def left_out(assignments: pd.DataFrame) -> frozenset[str]:
    """The segments that are left out with a rejected theme."""
    return frozenset(assignments[assignments.outside == "rejected"].segment_id)
