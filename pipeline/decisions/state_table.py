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
    split_from = {part_id(one): one.theme for one in standing if one.action == "split"}
    kept = {theme: held.label for theme, held in done.held.items() if held.label}
    called = held_themes.called(standing) | dict(labels) | kept
    rows = []
    for theme in sorted({*sizes, *done.held, *done.merged}):
        held = done.held.get(theme)
        row = {
            "theme_id": theme,
            "label": called.get(theme, ""),
            "state": _state(held, theme, done, sizes[theme]),
            "into": done.merged.get(theme, UNASSIGNED) if held is None else UNASSIGNED,
            "split_from": split_from.get(theme, UNASSIGNED),
            "n_segments": left_out[theme] if held and held.status == "rejected" else sizes[theme],
            "n_clusters": continued[theme] if held else int(theme in sizes),
        }
        rows.append(row | _settled(held, theme, standing))
    empty = store.empty("theme_states")
    return pd.DataFrame(rows)[list(empty.columns)] if rows else empty


def _state(held: Held | None, theme: int, done: Replayed, size: int) -> str:
    if held is None:
        return "candidate" if size else "merged"
    if held.status == "rejected":
        return "rejected"
    return held.status if size else "empty"


def _settled(held: Held | None, theme: int, standing: Sequence[Decision]) -> dict[str, Any]:
    """Return the columns about the decision that defines a theme; for a merged theme, the merge."""
    one = held.settled if held else None
    if held is None:
        merges = [other for other in standing if other.action == "merge" and theme in other.others]
        one = merges[-1] if merges else None
    if one is None:
        return {"settled": "", "settled_by": "", "settled_on": "", "settled_as": ""}
    part = one.action == "split" and part_id(one) == theme
    said = f"merged into another by {one.who} on {one.when[:10]}" if held is None else states.made(one, part=part)
    return {"settled": one.key, "settled_by": one.who, "settled_on": one.when[:10], "settled_as": said}
