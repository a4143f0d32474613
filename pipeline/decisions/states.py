"""What has become of each theme, in one vocabulary, and how many there are of each.

Whatever names or counts themes (page, workbook, status, hand-out, metrics, exports) asks here, so that no two places
can contradict each other.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions.ledger import Decision

# What a theme may be (the names are those of core/terms.py), and what that means.
STATES = {
    "candidate": "found by the run; nobody has decided on it",
    "open": "worked on (a memo, a pinned exemplar, a moved segment), and neither accepted nor rejected",
    "accepted": "accepted, renamed, merged with others or split by people",
    "rejected": "rejected by people: its segments are in no theme",
    "merged": "merged into another theme, which has its segments now",
    "empty": "decided on, and left without a segment: all were moved elsewhere or have left the study",
}
# Those that have segments, and so a card, a row and a colour.
SHOWN = ("candidate", "open", "accepted")
# The same for a reader: one word or two beside a theme's label.
WORDS = {
    "candidate": "candidate",
    "open": "not settled",
    "accepted": "accepted",
    "rejected": "rejected",
    "merged": "merged",
    "empty": "without segments",
}
# Those that wait to be accepted or rejected: what they are called, and why they wait.
WAITS = {
    "candidate": ("candidate theme", "that nobody has decided on"),
    "open": ("theme", "that you worked on, and neither accepted nor rejected"),
}
# Why a segment is in no theme.
OUTSIDE = {
    "unlike": "fitted no theme",
    "rejected": "in themes you rejected",
    "moved": "moved out of every theme by you",
    "beside": "beside a theme you decided on, and too few for a theme of their own",
}
# What a decision did to the theme it is about.
DID = {
    "accept": "accepted",
    "rename": "renamed",
    "merge": "merged with others",
    "split": "split",
    "reject": "rejected",
    "pin": "given an exemplar",
    "move": "given segments",
    "memo": "remarked on",
}


@dataclass(frozen=True)
class Count:
    """How many themes there are of each state, and where the talk is.

    `found`: candidates that the clusters of the run found, before any decision. `shown`: candidates + open + accepted.
    `split`: themes that were made by splitting, whatever has become of them since; `missed`: shown themes that were
    decided on, not split off, and that no cluster of the run continues. Of the candidates found, `in_decided` are in
    themes people decided on, `in_rejected` in rejected ones, and `scattered` in no theme; the others are the
    `candidates`.
    `segments`: those that themes were sought in; `outside`: in no theme, by reason (see OUTSIDE).
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
        """Themes that have segments: a card each."""
        return self.candidates + self.open + self.accepted

    @property
    def decided(self) -> int:
        """Shown themes that anything was decided about."""
        return self.open + self.accepted

    @property
    def of_waiting(self) -> dict[str, int]:
        """Shown themes that wait to be accepted or rejected, by state."""
        return {"candidate": self.candidates, "open": self.open}

    @property
    def waiting(self) -> int:
        """The same together."""
        return self.candidates + self.open

    @property
    def n_outside(self) -> int:
        """Segments in no theme, for whatever reason."""
        return sum(self.outside.values())

    @property
    def touched(self) -> bool:
        """Whether any decision on a theme stands."""
        return self.decided + self.rejected + self.merged + self.empty + self.split + self.outside["moved"] > 0

    @property
    def adds_up(self) -> bool:
        """Whether the themes shown are those found less what people took away and more what they split off.

        So it is until new talk or other settings make other clusters: then decided themes are not found again, or one
        cluster holds the talk of several.
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
    """Whether the run found a theme no more; one that people split off was never found by itself."""
    return (states.n_clusters == 0) & (states.split_from == UNASSIGNED)


def _fates(states: pd.DataFrame, assignments: pd.DataFrame) -> list[str]:
    """What became of each cluster of the run: a candidate that is shown, or where most of its talk is now."""
    become = {"candidate": "candidate", "accepted": "decided", "open": "decided", "rejected": "rejected"}
    state_of = dict(zip(states.theme_id, states.state, strict=True))
    held: dict[int, Counter[str]] = {}
    for cluster, theme, why in zip(assignments.cluster_id, assignments.theme_id, assignments.outside, strict=True):
        if cluster != UNASSIGNED:
            held.setdefault(cluster, Counter())[become.get(why or state_of[theme], "scattered")] += 1
    found = [held[cluster] for cluster in sorted(held)]
    order = ("decided", "rejected", "scattered")
    return ["candidate" if one["candidate"] else max(order, key=one.__getitem__) for one in found]


def shown_in_words(count: Count, *, who: str = "you") -> str:
    """How many themes there are and how that number comes about, without the last full stop; `who`: has decided."""
    found = f"the run found {prose.count(count.found, 'candidate')}"
    if not count.touched:
        return f"The talk falls into {prose.count(count.shown, 'candidate theme')}"
    start = f"{prose.count(count.shown, 'theme').capitalize()} {'is' if count.shown == 1 else 'are'} shown"
    done = _done(count)
    if count.adds_up:
        return f"{start}: {found}{f'; {who} {done}' if done else ''}"
    candidates = f"{prose.count(count.candidates, 'candidate')} that nobody has decided on"
    said = [f"{start}: {count.decided:,} that {who} decided on, and {candidates}"]
    elsewhere = [
        (count.in_decided, f"in themes {who} decided on"),
        (count.in_rejected, f"in themes {who} rejected"),
        (count.scattered, "in no theme"),
    ]
    parts = [f"{number:,} {'is' if number == 1 else 'are'} {where}" for number, where in elsewhere if number]
    stand = [f"{count.candidates:,} of them {'stands' if count.candidates == 1 else 'stand'} as such"]
    said.append(f"{found[0].upper()}{found[1:]}: {prose.listed([*stand, *parts])}")
    if count.missed:
        kept = "it is kept as it was left" if count.missed == 1 else "they are kept as they were left"
        said.append(f"{count.missed:,} of those decided on {_were(count.missed)} not found again: {kept}")
    if done:
        said.append(f"{who[0].upper()}{who[1:]} {done}")
    return ". ".join(said)


def _done(count: Count) -> str:
    """What people did to the number of themes: merged 1, rejected 2 and split 1 off."""
    parts = [
        (count.merged, f"merged {count.merged:,}"),
        (count.rejected, f"rejected {count.rejected:,}"),
        (count.empty, f"left {count.empty:,} without a segment"),
        (count.split, f"split {count.split:,} off"),
    ]
    return prose.listed([said for number, said in parts if number])


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def decided_in_words(count: Count) -> str:
    """How many of the themes that are shown people have decided on, in a sentence."""
    if not count.decided:
        return f"None of {prose.count(count.shown, 'theme')} has been decided on."
    parts = [(count.accepted, "accepted"), (count.open, "worked on")]
    which = prose.listed([f"{number:,} {did}" for number, did in parts if number])
    has = "has" if count.decided == 1 else "have"
    return f"{count.decided:,} of {prose.count(count.shown, 'theme')} {has} been decided on: {which}."


def standing(row: Any) -> tuple[str, ...]:
    """What a theme that is shown is for people, in sentences; `row`: of theme_states."""
    said = {"accepted": "Accepted by people.", "open": "Worked on, and neither accepted nor rejected."}
    found = [said[row.state]] if row.state in said else []
    if found and not row.n_clusters and row.split_from == UNASSIGNED:
        found.append("This run did not find it again: it stands as it was left.")
    return tuple(found)


def outside_in_words(count: Count) -> str:
    """How much of the talk is in no theme and why, in a sentence; empty where every segment is in one."""
    if not count.n_outside:
        return ""
    shares = {why: (number, prose.percent(number / count.segments)) for why, number in count.outside.items() if number}
    all_of, share = prose.count(count.n_outside, "segment"), prose.percent(count.n_outside / count.segments)
    verb = "is" if count.n_outside == 1 else "are"
    if len(shares) == 1:
        return f"{all_of.capitalize()} ({share}) {_why(next(iter(shares)), count.n_outside)}."
    parts = [f"{number:,} ({part}) {_why(why, number)}" for why, (number, part) in shares.items()]
    return f"{all_of.capitalize()} ({share}) {verb} in no theme: {prose.listed(parts)}."


def _why(why: str, number: int) -> str:
    return OUTSIDE[why] if why == "unlike" else f"{_were(number)} {OUTSIDE[why]}"


def named(theme: int | None, labels: Mapping[int, str], *, ids: bool = True) -> str:
    """A theme in words: its label, with its id beside it unless told otherwise; never a number alone."""
    if theme is None or theme == UNASSIGNED:
        return "no theme"
    label = labels.get(theme)
    if not label:
        return f"a theme without a label ({theme})"
    return f"“{label}” ({theme})" if ids else f"“{label}”"


def made(decision: Decision, *, part: bool = False) -> str:
    """What a decision did, by whom and when: accepted by Asha on 2026-01-15. `part`: of the theme that a split made."""
    did = "split off" if part else DID[decision.action]
    return f"{did} by {decision.who} on {decision.when[:10]}"


def ranked(themes: pd.DataFrame) -> pd.DataFrame:
    """Themes of the first level, largest first, with their `number` in this report: 1 for the largest."""
    found = themes[themes.level == 1].sort_values(["n_segments", "theme_id"], ascending=[False, True])
    return found.assign(number=range(1, len(found) + 1))
