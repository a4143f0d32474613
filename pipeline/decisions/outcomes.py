"""What became of the candidate themes in people's hands: how many stood as proposed, and how many were overruled.

A candidate counts once, by the strongest decision in force about it: rejected, merged (into another, or with others
taken in), split, renamed, accepted as it was proposed, or only worked on. Themes that people made by splitting are no
candidates of the program's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import ledger
from pipeline.decisions.ledger import Decision

# From the strongest to the weakest.
KINDS = ("rejected", "merged", "split", "renamed", "accepted", "worked on", "undecided")
OVERRULED = ("rejected", "merged", "split", "renamed")
# How each is said; accepted as proposed comes first in a sentence.
WORDS = {
    "accepted": "accepted {n} as proposed",
    "renamed": "renamed {n}",
    "merged": "merged {n} with each other",
    "split": "split {n}",
    "rejected": "rejected {n}",
    "worked on": "worked on {n} without accepting or rejecting",
}


@dataclass(frozen=True)
class Outcomes:
    """How many candidate themes became what; `of`: by kind, each of KINDS.

    `found`: how many the last run found; themes decided on in earlier runs count too, so there may be more.
    """

    of: dict[str, int]
    found: int | None = None

    @property
    def total(self) -> int:
        """All candidate themes that people were shown."""
        return sum(self.of.values())

    @property
    def decided(self) -> int:
        """Those that people accepted or overruled."""
        return self.of["accepted"] + self.overruled

    @property
    def overruled(self) -> int:
        """Those that people rejected, merged, split or renamed."""
        return sum(self.of[kind] for kind in OVERRULED)

    @property
    def share(self) -> float:
        """The share of all candidate themes that were overruled; nan without any."""
        return self.overruled / self.total if self.total else float("nan")


def count(decisions: Sequence[Decision], theme_states: pd.DataFrame, *, found: int | None = None) -> Outcomes:
    """Count what became of each candidate theme. `theme_states`: the table of that name; `found`: see `Outcomes`."""
    standing = ledger.standing(decisions)
    acts: dict[int, set[str]] = {}
    for decision in standing:
        for theme in (decision.theme, *(decision.others if decision.action == "merge" else ())):
            if theme is not None:
                acts.setdefault(theme, set()).add(decision.action)
    candidates = theme_states[theme_states.split_from == UNASSIGNED]
    kinds = [
        _kind(str(state), acts.get(int(theme), set()))
        for theme, state in zip(candidates.theme_id, candidates.state, strict=True)
    ]
    return Outcomes({kind: kinds.count(kind) for kind in KINDS}, found)


def in_words(outcomes: Outcomes, *, who: str = "The researchers") -> str:
    """Sentences on what became of the candidates; empty before any decision on one."""
    if outcomes.total == outcomes.of["undecided"]:
        return ""
    done = [words.format(n=f"{outcomes.of[kind]:,}") for kind, words in WORDS.items() if outcomes.of[kind]]
    left = outcomes.of["undecided"]
    waiting = f"; {left:,} {'is' if left == 1 else 'are'} not decided on" if left else ""
    overruled = f"{who} overruled the program on {outcomes.overruled:,} of {prose.count(outcomes.total, 'candidate')}"
    runs = " of this run and earlier ones" if outcomes.found not in (None, outcomes.total) else ""
    return (
        f"Of {prose.count(outcomes.total, 'candidate theme')}{runs}, {who[:1].lower()}{who[1:]} "
        f"{prose.listed(done)}{waiting}. "
        f"{overruled} ({prose.percent(outcomes.share)})."
    )


def _kind(state: str, acts: set[str]) -> str:
    if state == "rejected":
        return "rejected"
    if state == "merged" or "merge" in acts:
        return "merged"
    for action, kind in (("split", "split"), ("rename", "renamed"), ("accept", "accepted")):
        if action in acts:
            return kind
    return "worked on" if acts else "undecided"
