"""The states of themes: their names, and how many themes have each.

Everything that names or counts themes (page, workbook, status, handout, metrics, exports) uses this module, so that no
two outputs contradict each other.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.terms import RESIDUES, UNASSIGNED
from pipeline.decisions.ledger import Decision

# The states of a theme (see core/terms.py) and what they mean.
STATES = {
    "candidate": "found by the run; no decision yet",
    "open": "in progress (a memo, a pinned exemplar or a moved passage), neither accepted nor rejected",
    "accepted": "accepted, renamed, merged with others or split by people",
    "rejected": "rejected by people: its passages are in no theme",
    "merged": "merged into another theme, which now has its passages",
    "empty": "decided on, but without passages: all were moved to other themes or have left the study",
}
# States of themes that have segments, and so a card, a row and a colour.
SHOWN = ("candidate", "open", "accepted")
# The states as shown beside a theme's label.
WORDS = {
    "candidate": "candidate",
    "open": "in progress",
    "accepted": "accepted",
    "rejected": "rejected",
    "merged": "merged",
    "empty": "without passages",
}
# States that still need a decision: the noun, and the reason.
WAITS = {
    "candidate": ("candidate theme", "without a decision"),
    "open": ("theme", "in progress, neither accepted nor rejected"),
}
# Why a segment is in no theme.
OUTSIDE = {
    "unlike": "fit no theme",
    "rejected": "in themes you rejected",
    "moved": "moved out of all themes by you",
    "beside": "close to a theme you decided on, but too few to form their own theme",
}
# What a decision did to the theme it is about.
DID = {
    "accept": "accepted",
    "rename": "renamed",
    "merge": "merged with others",
    "split": "split",
    "reject": "rejected",
    "pin": "given an exemplar",
    "move": "given passages",
    "memo": "commented on",
}


@dataclass(frozen=True)
class Count:
    """The number of themes in each state, and of segments in no theme.

    `found`: candidates found by the run before any decision; `shown`: candidates + open + accepted; `split`: themes
    created by splitting, in any state; `missed`: shown themes with a decision, not split off, that no cluster of the
    run matches. Of the candidates found, `in_decided` are now in themes people decided on, `in_rejected` in rejected
    themes, `scattered` in no theme; the others are the `candidates`. `segments`: all segments analysed; `outside`:
    segments in no theme, by reason (see OUTSIDE).
    """

    found: int
    candidates: int
    open: int
    accepted: int
    rejected: int
    merged: int
    empty: int
    split: int
    missed: int
    in_decided: int
    in_rejected: int
    scattered: int
    segments: int
    outside: Mapping[str, int]

    @property
    def shown(self) -> int:
        """The number of themes that have segments (and a card)."""
        return self.candidates + self.open + self.accepted

    @property
    def decided(self) -> int:
        """The number of shown themes with any decision."""
        return self.open + self.accepted

    @property
    def of_waiting(self) -> dict[str, int]:
        """The number of shown themes neither accepted nor rejected, by state."""
        return {"candidate": self.candidates, "open": self.open}

    @property
    def waiting(self) -> int:
        """The number of shown themes neither accepted nor rejected."""
        return self.candidates + self.open

    @property
    def n_outside(self) -> int:
        """The number of segments in no theme, for any reason."""
        return sum(self.outside.values())

    @property
    def touched(self) -> bool:
        """Whether any decision on a theme is in force."""
        return self.decided + self.rejected + self.merged + self.empty + self.split + self.outside["moved"] > 0

    @property
    def adds_up(self) -> bool:
        """Whether the themes shown equal those found, minus merged, rejected and empty ones, plus those split off.

        This no longer holds once new data or settings change the clusters: then decided themes may not be found again,
        or one cluster may cover several of them.
        """
        return self.shown == self.found - self.merged - self.rejected - self.empty + self.split


def counted(states: pd.DataFrame, assignments: pd.DataFrame) -> Count:
    """Count the themes of a study: `states` and `assignments` are the tables theme_states and theme_assignments."""
    of_state = {state: int((states.state == state).sum()) for state in STATES}
    decided = states[states.state.isin(["open", "accepted"])]
    fates = _fates(states, assignments)
    return Count(
        found=len(fates),
        candidates=of_state.pop("candidate"),
        **of_state,
        split=int((states.split_from != UNASSIGNED).sum()),
        missed=int(missed(decided).sum()),
        in_decided=fates.count("decided"),
        in_rejected=fates.count("rejected"),
        scattered=fates.count("scattered"),
        segments=len(assignments),
        outside={why: int((assignments.outside == why).sum()) for why in OUTSIDE},
    )


def missed(states: pd.DataFrame) -> pd.Series:
    """Whether the run no longer finds a theme; themes that people split off do not count."""
    return (states.n_clusters == 0) & (states.split_from == UNASSIGNED)


def _fates(states: pd.DataFrame, assignments: pd.DataFrame) -> list[str]:
    """Return for each cluster of the run: shown as a candidate, or where most of its segments are now."""
    outcome_of = {"candidate": "candidate", "accepted": "decided", "open": "decided", "rejected": "rejected"}
    state_of = dict(zip(states.theme_id, states.state, strict=True))
    outcomes: dict[int, Counter[str]] = {}
    for cluster, theme, why in zip(assignments.cluster_id, assignments.theme_id, assignments.outside, strict=True):
        if cluster != UNASSIGNED:
            outcomes.setdefault(cluster, Counter())[outcome_of.get(why or state_of[theme], "scattered")] += 1
    ordered_outcomes = [outcomes[cluster] for cluster in sorted(outcomes)]
    order = ("decided", "rejected", "scattered")
    return [
        "candidate" if outcome["candidate"] else max(order, key=outcome.__getitem__) for outcome in ordered_outcomes
    ]


def shown_in_words(count: Count, *, who: str = "you") -> str:
    """Return how many themes are shown and why, without the final full stop; `who`: the subject of decisions."""
    run_found = f"the run found {prose.count(count.found, 'candidate')}"
    if not count.touched:
        return f"The analysis found {prose.count(count.shown, 'candidate theme')}"
    start = f"{prose.count(count.shown, 'theme').capitalize()} {'is' if count.shown == 1 else 'are'} shown"
    done = _done(count)
    if count.adds_up:
        return f"{start}: {run_found}{f'; {who} {done}' if done else ''}"
    candidates = f"{prose.count(count.candidates, 'candidate')} without a decision"
    sentences = [f"{start}: {count.decided:,} that {who} decided on, and {candidates}"]
    elsewhere = [
        (count.in_decided, f"in themes {who} decided on"),
        (count.in_rejected, f"in themes {who} rejected"),
        (count.scattered, "in no theme"),
    ]
    elsewhere_phrases = [
        f"{number:,} {'is' if number == 1 else 'are'} {where}" for number, where in elsewhere if number
    ]
    as_candidates = [f"{count.candidates:,} of them {'is' if count.candidates == 1 else 'are'} shown as candidates"]
    sentences.append(f"{run_found[0].upper()}{run_found[1:]}: {prose.listed([*as_candidates, *elsewhere_phrases])}")
    if count.missed:
        staying = "it is kept as decided" if count.missed == 1 else "they are kept as decided"
        sentences.append(f"{count.missed:,} of those decided on {_were(count.missed)} not found again: {staying}")
    if done:
        sentences.append(f"{who[0].upper()}{who[1:]} {done}")
    return ". ".join(sentences)


def _done(count: Count) -> str:
    """Return how decisions changed the number of themes: merged 1 into another, rejected 2 and split off 1."""
    changes = [
        (count.merged, f"merged {count.merged:,} into {'another' if count.merged == 1 else 'others'}"),
        (count.rejected, f"rejected {count.rejected:,}"),
        (count.empty, f"left {count.empty:,} without passages"),
        (count.split, f"split off {count.split:,}"),
    ]
    return prose.listed([phrase for number, phrase in changes if number])


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def decided_in_words(count: Count) -> str:
    """Return a sentence on how many of the themes shown have been decided on."""
    if not count.decided:
        return f"None of {prose.count(count.shown, 'theme')} has been decided on."
    by_state = [(count.accepted, "accepted"), (count.open, "in progress")]
    which = prose.listed([f"{number:,} {did}" for number, did in by_state if number])
    has = "has" if count.decided == 1 else "have"
    return f"{count.decided:,} of {prose.count(count.shown, 'theme')} {has} been decided on: {which}."


def standing(row: Any) -> tuple[str, ...]:
    """Return the state of a shown theme as sentences; `row`: a row of theme_states."""
    sentence_of = {"accepted": "Accepted by people.", "open": "In progress: neither accepted nor rejected."}
    sentences = [sentence_of[row.state]] if row.state in sentence_of else []
    if sentences and not row.n_clusters and row.split_from == UNASSIGNED:
        sentences.append("This run did not find it again; it is kept as decided.")
    return tuple(sentences)


def outside_in_words(count: Count) -> str:
    """Return a sentence on how many segments are in no theme and why; empty if there are none."""
    if not count.n_outside:
        return ""
    shares = {why: (number, prose.percent(number / count.segments)) for why, number in count.outside.items() if number}
    all_of, share = prose.count(count.n_outside, "passage"), prose.percent(count.n_outside / count.segments)
    verb = "is" if count.n_outside == 1 else "are"
    if len(shares) == 1:
        return f"{all_of.capitalize()} ({share}) {_why(next(iter(shares)), count.n_outside)}."
    reasons = [f"{number:,} ({share_of_all}) {_why(why, number)}" for why, (number, share_of_all) in shares.items()]
    return f"{all_of.capitalize()} ({share}) {verb} in no theme: {prose.listed(reasons)}."


def _why(why: str, number: int) -> str:
    return OUTSIDE[why] if why == "unlike" else f"{_were(number)} {OUTSIDE[why]}"


def named(theme: int | None, labels: Mapping[int, str], *, ids: bool = True) -> str:
    """A theme in words: its label, with its id unless `ids` is false."""
    if theme is None or theme == UNASSIGNED:
        return "no theme"
    label = labels.get(theme)
    if not label:
        return f"an unlabelled theme ({theme})"
    return f"“{label}” ({theme})" if ids else f"“{label}”"


def made(decision: Decision, *, split_off: bool = False) -> str:
    """Return a decision in words: accepted by Asha on 2026-01-15; `split_off`: for the theme that a split created."""
    did = "split off" if split_off else DID[decision.action]
    return f"{did} by {decision.who} on {decision.when[:10]}"


def ranked(themes: pd.DataFrame) -> pd.DataFrame:
    """Return themes of the first level with the column `number` from 1: largest first, and last what is no theme."""
    top_level = themes[themes.level == 1]
    residue = top_level.get("passport", pd.Series("", index=top_level.index)).isin(RESIDUES)
    top_level = top_level.assign(residue=residue).sort_values(
        ["residue", "n_segments", "theme_id"], ascending=[True, False, True]
    )
    top_level = top_level.drop(columns="residue")
    return top_level.assign(number=range(1, len(top_level) + 1))
