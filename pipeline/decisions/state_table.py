"""The table theme_states: the state of each theme that exists or that decisions mention."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core import store
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import held_themes, states
from pipeline.decisions.held_themes import Held, part_id
from pipeline.decisions.ledger import Decision
from pipeline.decisions.replay import Replayed


def table(
    done: Replayed, clusters: Mapping[str, int], standing: Sequence[Decision], labels: Mapping[int, str]
) -> pd.DataFrame:
    """Return theme_states by id; `standing`: the decisions replayed, `labels`: of the themes with segments."""
    sizes = Counter(theme for theme in done.themes.values() if theme != UNASSIGNED)
    left_out = Counter(done.rejected.values())
    continued = Counter(done.continued.values())
    split_from = {part_id(decision): decision.theme for decision in standing if decision.action == "split"}
    decided_labels = {theme: held_theme.label for theme, held_theme in done.held.items() if held_theme.label}
    called = held_themes.called(standing) | dict(labels) | decided_labels
    rows = []
    for theme in sorted({*sizes, *done.held, *done.merged}):
        held_theme = done.held.get(theme)
        row = {
            "theme_id": theme,
            "label": called.get(theme, ""),
            "state": _state(held_theme, theme, done, sizes[theme]),
            "into": done.merged.get(theme, UNASSIGNED) if held_theme is None else UNASSIGNED,
            "split_from": split_from.get(theme, UNASSIGNED),
            "n_segments": left_out[theme] if held_theme and held_theme.status == "rejected" else sizes[theme],
            "n_clusters": continued[theme] if held_theme else int(theme in sizes),
        }
        rows.append(row | _settled(held_theme, theme, standing))
    empty = store.empty("theme_states")
    return pd.DataFrame(rows)[list(empty.columns)] if rows else empty


def _state(held_theme: Held | None, theme: int, done: Replayed, size: int) -> str:
    if held_theme is None:
        return "candidate" if size else "merged"
    if held_theme.status == "rejected":
        return "rejected"
    return held_theme.status if size else "empty"


def _settled(held_theme: Held | None, theme: int, standing: Sequence[Decision]) -> dict[str, Any]:
    """Return the columns about the decision that defines a theme; for a merged theme, the merge."""
    decision = held_theme.settled if held_theme else None
    if held_theme is None:
        merges = [other for other in standing if other.action == "merge" and theme in other.others]
        decision = merges[-1] if merges else None
    if decision is None:
        return {"settled": "", "settled_by": "", "settled_on": "", "settled_as": ""}
    is_split_off = decision.action == "split" and part_id(decision) == theme
    description = (
        f"merged into another by {decision.who} on {decision.when[:10]}"
        if held_theme is None
        else states.made(decision, split_off=is_split_off)
    )
    return {
        "settled": decision.key,
        "settled_by": decision.who,
        "settled_on": decision.when[:10],
        "settled_as": description,
    }
