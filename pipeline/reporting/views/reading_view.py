"""How much of each candidate theme has been read by people, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import lookup
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import reading_ledger, states
from pipeline.decisions.ledger import Decision
from pipeline.decisions.reading_ledger import Read, Share
from pipeline.decisions.states import Count
from pipeline.reporting.views.theme_view import noun


@dataclass(frozen=True)
class Reading:
    """`lead`: for all themes together; `by_theme`: for each theme, by theme_id."""

    lead: str
    by_theme: Mapping[int, str]


def build(assignments: pd.DataFrame, *, count: Count, ledger: Sequence[Read], decisions: Sequence[Decision]) -> Reading:
    """The share of each theme that someone has opened or cited in a decision in force; `count`: of all themes."""
    theme_of = lookup(assignments, "segment_id", "theme_id")
    shares = reading_ledger.shares(theme_of, ledger, decisions)
    readers: dict[int, set[str]] = {}
    for entry in ledger:
        if entry.segment in theme_of:
            readers.setdefault(theme_of[entry.segment], set()).add(entry.who)
    by_theme = {theme: _told(share, sorted(readers.get(theme, ()))) for theme, share in shares.items()}
    inside = {who for theme, names in readers.items() if theme != UNASSIGNED for who in names}
    lead = _lead(reading_ledger.overall(shares), sorted(inside), count)
    return Reading(f"{lead} {states.decided_in_words(count)}" if lead and count.decided else lead, by_theme)


def _told(share: Share, readers: Sequence[str]) -> str:
    if not share.n_read:
        return "No passage of this theme has been recorded as read yet."
    return prose.sentence(
        f"{prose.percent(share.share)} of this theme has been {_how(readers)}: {share.n_read:,} of its "
        f"{prose.count(share.n_segments, 'passage')}"
    )


def _lead(share: Share, readers: Sequence[str], count: Count) -> str:
    if not share.n_segments:
        return ""
    if not share.n_read:
        alone = "" if count.decided else ", so nothing below has been checked by a person"
        return (
            f"No passage of a {noun(count)} has been recorded as read yet{alone}. Use `counterpoint review` or "
            "`counterpoint read` to record what you have read."
        )
    return prose.sentence(
        f"{prose.percent(share.share)} of the passages in {noun(count)}s have been {_how(readers)}: "
        f"{share.n_read:,} of {prose.count(share.n_segments, 'passage')}"
    )


def _how(readers: Sequence[str]) -> str:
    """How passages count as read; those cited in a decision need not have been opened by these readers."""
    return f"opened by {prose.listed(readers)}, or cited in a decision" if readers else "cited in a decision"
