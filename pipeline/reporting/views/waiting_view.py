"""What waits for people: questions under their decisions, what new talk says, and what nobody has looked at yet."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.core.coders import PIPELINE
from pipeline.core.table_rows import each
from pipeline.decisions import states
from pipeline.decisions.states import Count

# What happened, by the kind of question; {you}: what people did with the theme it is about.
KINDS = {
    "joined": "New talk joined a theme you {you}",
    "claimed": "Talk that was there already now sits with a theme you {you}",
    "contested": "Two decisions want the same passages",
    "shifted": "The clusters see a theme you {you} otherwise",
    "vanished": "The clusters no longer find a theme you {you}",
    "merged": "The clusters no longer tell two of your themes apart",
    "gone": "Passages of a theme you {you} have left the study",
    "empty": "Nothing is left of a theme you {you}",
    "lost": "A decision is about no theme",
}
LEFT_OUT = "New talk belongs with a theme you {you}"
YOU = {"accepted": "accepted", "open": "worked on", "rejected": "rejected", "empty": "decided on"}
NEWS = {
    "asks": "New talk forms a theme of its own",
    "stretches": "New talk stretches a theme",
    "untold": "New talk joined a theme too small to judge it by",
    "silent": "New talk is silent on a theme",
    "fits": "New talk fits a theme",
}


@dataclass(frozen=True)
class Asked:
    """A question: what happened, and it in a sentence. `label`: of its theme, where that is shown, else empty.

    `first`: whether it is the first about its theme.
    """

    kind: str
    said: str
    theme_id: int
    label: str
    first: bool


@dataclass(frozen=True)
class Waiting:
    """`questions`; `about`: how many there are about each theme that is shown; `news`: what happened, in a sentence.

    `open_ends`: a sentence and the section it is in.
    """

    questions: tuple[Asked, ...]
    about: Mapping[int, int]
    news: tuple[tuple[str, str], ...]
    open_ends: tuple[tuple[str, str], ...]


def build(tables: Mapping[str, pd.DataFrame], *, count: Count, n_review: int) -> Waiting:
    """Gather what waits; `n_review`: segments that come near to a code and were not given it."""
    questions = _asked(tables["theme_questions"], tables["theme_states"])
    return Waiting(
        questions=questions,
        about=Counter(one.theme_id for one in questions if one.label),
        news=_said(tables["theme_news"]),
        open_ends=_open_ends(tables, count, n_review),
    )


def _asked(table: pd.DataFrame, theme_states: pd.DataFrame) -> tuple[Asked, ...]:
    """Each question once, what is most pressing first."""
    become = {row.theme_id: row for row in each(theme_states)}
    order = {kind: number for number, kind in enumerate(KINDS)}
    ranks = table.assign(order=table["kind"].map(order)).sort_values(["order", "theme_id", "sentence"])
    found: dict[tuple[str, str], Asked] = {}
    met: set[int] = set()
    for row in each(ranks):
        theme = become.get(row.theme_id)
        state = theme.state if theme else "empty"
        kind = (LEFT_OUT if state == "rejected" and row.kind == "joined" else KINDS[row.kind]).format(
            you=YOU.get(state, "decided on")
        )
        label = theme.label if theme and state in states.SHOWN else ""
        found.setdefault((kind, row.sentence), Asked(kind, row.sentence, row.theme_id, label, row.theme_id not in met))
        met.add(row.theme_id)
    return tuple(found.values())


def _said(table: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """Each sentence once, what is most pressing first."""
    order = {kind: number for number, kind in enumerate(NEWS)}
    ranks = table.assign(order=table["verdict"].map(order)).sort_values(["order", "theme_id", "sentence"])
    return tuple(dict.fromkeys((NEWS[row.verdict], row.sentence) for row in each(ranks)))


def _open_ends(tables: Mapping[str, pd.DataFrame], count: Count, n_review: int) -> tuple[tuple[str, str], ...]:
    waiting = [(number, *states.WAITS[state], "themes") for state, number in count.of_waiting.items()]
    orphans = tables["theme_code"]
    alone = orphans[(orphans.coder == PIPELINE) & (orphans.verdict == "orphan")].theme_id.nunique()
    said = [
        *waiting,
        (alone, "theme", "that no candidate code covers: is the framework missing something?", "against"),
        (n_review, "segment", "near to a code, and not given it", "review"),
        (
            len(tables["disagreements"]),
            "passage",
            "that coders, or a coder and the pipeline, read differently",
            "agreement",
        ),
    ]
    return tuple(
        (prose.sentence(f"{prose.count(number, noun)} {what}"), where) for number, noun, what, where in said if number
    )
