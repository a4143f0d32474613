"""Open tasks: questions about decisions, how new data compare, and what nobody has reviewed yet."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.core.coders import PIPELINE
from pipeline.core.table_rows import each
from pipeline.decisions import states
from pipeline.decisions.states import Count
from pipeline.reporting import verdict_words

# What happened, by kind of question; {you}: what people did with the theme.
KINDS = {
    "joined": "New passages joined a theme you {you}",
    "claimed": "Earlier passages now resemble a theme you {you}",
    "contested": "Two decisions claim the same passages",
    "shifted": "The clusters no longer match a theme you {you}",
    "vanished": "The clusters no longer find a theme you {you}",
    "merged": "The clusters no longer separate two of your themes",
    "gone": "Passages of a theme you {you} are no longer in the study",
    "empty": "A theme you {you} has no passages left",
    "lost": "A decision refers to a theme that does not exist",
}
LEFT_OUT = "New passages belong to a theme you {you}"
YOU = {"accepted": "accepted", "open": "worked on", "rejected": "rejected", "empty": "decided on"}
NEWS = {
    "asks": "New passages form a theme of their own",
    "stretches": "New passages broaden a theme",
    "untold": "New passages joined a theme too small to compare with",
    "silent": "New documents do not mention a theme",
    "fits": "New passages fit a theme",
}


@dataclass(frozen=True)
class Asked:
    """A question: the `kind` of event and a sentence. `label`: of the theme if it is shown, else empty.

    `first`: whether it is the first question about its theme.
    """

    kind: str
    question: str
    theme_id: int
    label: str
    first: bool


@dataclass(frozen=True)
class Waiting:
    """`questions`; `about`: number of questions by theme_id; `news`: kind and sentence for each accepted theme.

    `open_ends`: sentences on what has not been reviewed, each with the id of its section.
    """

    questions: tuple[Asked, ...]
    about: Mapping[int, int]
    news: tuple[tuple[str, str], ...]
    open_ends: tuple[tuple[str, str], ...]


def build(tables: Mapping[str, pd.DataFrame], *, count: Count, n_review: int) -> Waiting:
    """Collect open tasks; `n_review`: the number of segments just below the threshold of a code."""
    questions = _asked(tables["theme_questions"], tables["theme_states"])
    return Waiting(
        questions=questions,
        about=Counter(question.theme_id for question in questions if question.label),
        news=_said(tables["theme_news"]),
        open_ends=_open_ends(tables, count, n_review),
    )


def _asked(table: pd.DataFrame, theme_states: pd.DataFrame) -> tuple[Asked, ...]:
    """Each question once, most urgent first."""
    state_of = {row.theme_id: row for row in each(theme_states)}
    order = {kind: number for number, kind in enumerate(KINDS)}
    ranks = table.assign(order=table["kind"].map(order)).sort_values(["order", "theme_id", "sentence"])
    asked_once: dict[tuple[str, str], Asked] = {}
    met: set[int] = set()
    for row in each(ranks):
        theme = state_of.get(row.theme_id)
        state = theme.state if theme else "empty"
        kind = (LEFT_OUT if state == "rejected" and row.kind == "joined" else KINDS[row.kind]).format(
            you=YOU.get(state, "decided on")
        )
        label = theme.label if theme and state in states.SHOWN else ""
        asked_once.setdefault(
            (kind, row.sentence),
            Asked(kind, row.sentence, row.theme_id, label, row.theme_id not in met),
        )
        met.add(row.theme_id)
    return tuple(asked_once.values())


def _said(table: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Each sentence once, most urgent first."""
    order = {kind: number for number, kind in enumerate(NEWS)}
    ranks = table.assign(order=table["verdict"].map(order)).sort_values(["order", "theme_id", "sentence"])
    return tuple(dict.fromkeys((NEWS[row.verdict], row.sentence) for row in each(ranks)))


def _open_ends(tables: Mapping[str, pd.DataFrame], count: Count, n_review: int) -> tuple[tuple[str, str], ...]:
    waiting = [(number, *states.WAITS[state], "themes") for state, number in count.of_waiting.items()]
    orphans = tables["theme_code"]
    alone = orphans[(orphans.coder == PIPELINE) & (orphans.verdict == "orphan")].theme_id.nunique()
    open_ends = [
        *waiting,
        (alone, "theme", f"in which {verdict_words.ORPHAN}", "against"),
        (n_review, "passage", "just below the threshold of a code", "review"),
        (
            len(tables["disagreements"]),
            "passage",
            "coded differently by two coders, or by a coder and the pipeline",
            "agreement",
        ),
    ]
    return tuple(
        (prose.sentence(f"{prose.count(number, noun)} {predicate}"), where)
        for number, noun, predicate, where in open_ends
        if number
    )
