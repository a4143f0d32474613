"""What waits for people: questions under their decisions, what new talk says, and what nobody has looked at yet."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline import words
from pipeline.core.coders import PIPELINE
from pipeline.rows import each
from pipeline.views.theme_view import ranked

KINDS = {
    "joined": "New talk joined a theme you accepted",
    "claimed": "Talk that was there already now sits with a theme you accepted",
    "contested": "Two decisions want the same passages",
    "shifted": "The clusters see a theme you accepted otherwise",
    "vanished": "The clusters no longer find a theme you accepted",
    "merged": "The clusters no longer tell two of your themes apart",
    "gone": "Passages of a theme have left the study",
    "empty": "Nothing is left of a theme you accepted",
    "lost": "A decision is about no theme",
}
NEWS = {
    "asks": "New talk forms a theme of its own",
    "stretches": "New talk stretches a theme",
    "untold": "New talk joined a theme too small to judge it by",
    "silent": "New talk is silent on a theme",
    "fits": "New talk fits a theme",
}


@dataclass(frozen=True)
class Waiting:
    """`questions` and `news`: what happened, and it in a sentence; `open_ends`: a sentence and the section it is in."""

    questions: tuple[tuple[str, str], ...]
    news: tuple[tuple[str, str], ...]
    open_ends: tuple[tuple[str, str], ...]


def build(tables: Mapping[str, pd.DataFrame], *, n_review: int) -> Waiting:
    """Gather what waits; `n_review`: segments that come near to a code and were not given it."""
    return Waiting(
        questions=_said(tables["theme_questions"], "kind", KINDS),
        news=_said(tables["theme_news"], "verdict", NEWS),
        open_ends=_open_ends(tables, n_review),
    )


def _said(table: pd.DataFrame, column: str, kinds: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Each sentence once, what is most pressing first."""
    order = {kind: number for number, kind in enumerate(kinds)}
    ranks = table.assign(order=table[column].map(order)).sort_values(["order", "theme_id", "sentence"])
    pairs = [(kinds[getattr(row, column)], row.sentence) for row in each(ranks)]
    return tuple(dict.fromkeys(pairs))


def _open_ends(tables: Mapping[str, pd.DataFrame], n_review: int) -> tuple[tuple[str, str], ...]:
    found = ranked(tables["themes"])
    undecided = int((found.status == "candidate").sum()) if len(found) else 0
    orphans = tables["theme_code"]
    alone = orphans[(orphans.coder == PIPELINE) & (orphans.verdict == "orphan")].theme_id.nunique()
    said = [
        (undecided, "candidate theme", "that wait for a decision", "themes"),
        (alone, "candidate theme", "that no candidate code covers: is the framework missing something?", "against"),
        (n_review, "segment", "near to a code, and not given it", "review"),
        (
            len(tables["disagreements"]),
            "passage",
            "that coders, or a coder and the pipeline, read differently",
            "agreement",
        ),
    ]
    return tuple(
        (words.sentence(f"{words.count(number, noun)} {what}"), where) for number, noun, what, where in said if number
    )
