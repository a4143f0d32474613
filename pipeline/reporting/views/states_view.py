"""Themes that are not shown, and segments in no theme, in words."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, lookup
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import states
from pipeline.decisions.states import Count


def unshown(theme_states: pd.DataFrame) -> tuple[str, ...]:
    """A sentence for each decided theme that has no card: rejected, merged into another or left empty."""
    labels = lookup(theme_states, "theme_id", "label")
    not_shown = theme_states[~theme_states.state.isin(states.SHOWN)].sort_values(["state", "theme_id"])
    return tuple(gone_in_words(row, labels) for row in each(not_shown))


def sentences(count: Count, theme_states: pd.DataFrame) -> tuple[str, ...]:
    """Sentences on all themes together: their number, segments in no theme, and themes not shown."""
    all_sentences = (f"{states.shown_in_words(count)}.", states.outside_in_words(count), *unshown(theme_states))
    return tuple(filter(None, all_sentences)) if count.found else ()


def in_words(theme_states: pd.DataFrame) -> dict[int, str]:
    """The state of each theme in words, with who decided: accepted, renamed by Asha on …. Keyed by theme_id."""
    return {int(row.theme_id): state_in_words(row) for row in each(theme_states)}


def state_in_words(row: Any) -> str:
    """The state of a theme in words; `row`: a row of theme_states."""
    word = states.WORDS[row.state]
    if not row.settled_as:
        return word
    return str(row.settled_as) if row.settled_as.startswith(word) else f"{word}, {row.settled_as}"


def gone_in_words(row: Any, labels: Mapping[int, str]) -> str:
    """Why a theme is not shown, in a sentence; `row`: a row of theme_states."""
    name = states.named(row.theme_id, labels)
    if row.state == "merged":
        return f"{name} was {row.settled_as} and is now part of {states.named(row.into, labels)}."
    if row.state == "rejected":
        belong = "belongs" if row.n_segments == 1 else "belong"
        return f"{name} was {row.settled_as}: its {prose.count(row.n_segments, 'passage')} {belong} to no theme."
    return f"{name} was {row.settled_as} and has no passages left."


def notes(assignments: pd.DataFrame, theme_states: pd.DataFrame) -> dict[str, str]:
    """Why a segment is in no theme, by segment_id; only for segments that a decision keeps out."""
    labels = lookup(theme_states, "theme_id", "label")
    reasons = {"moved": "moved out of every theme", "beside": "close to a decided theme, but not part of that decision"}
    reason_of = {}
    for row in each(assignments[~assignments.outside.isin(["", "unlike"])]):
        rejected = f"in {states.named(row.rejected_id, labels)}, which was rejected"
        reason_of[str(row.segment_id)] = rejected if row.rejected_id != UNASSIGNED else reasons[row.outside]
    return reason_of


def left_out(assignments: pd.DataFrame) -> frozenset[str]:
    """The ids of segments in rejected themes."""
    return frozenset(assignments[assignments.outside == "rejected"].segment_id)
