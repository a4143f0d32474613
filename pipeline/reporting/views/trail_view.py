"""The audit trail: who decided what, when, why and on what evidence, for the page and as a table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import lookup
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import audit_trail, states
from pipeline.decisions.audit_trail import Entry
from pipeline.decisions.ledger import Decision
from pipeline.reporting.quotes import Quote

# At most this many of the passages cited by a decision are shown; their number is always given.
SHOWN = 12
COLUMNS = (
    *("decision", "when", "who", "action", "theme_id", "theme", "what", "why"),
    *("n_segments", "n_documents", "segments", "undone_by"),
)


@dataclass(frozen=True)
class Step:
    """A decision in the trail.

    `sentence`: the decision in words; `evidence`: what it was based on, in words; `undone`: who undid it and when, or
    empty; `passages`: the cited passages that are still in the study, of `n_passages` cited.
    """

    decision: str
    when: str
    sentence: str
    why: str
    evidence: str
    undone: str
    passages: tuple[Quote, ...]
    n_passages: int


@dataclass(frozen=True)
class Trail:
    """`lead`: a summary; `steps`: the decisions in order; `by_theme`: sentences about each theme, by theme_id."""

    lead: str
    steps: tuple[Step, ...]
    by_theme: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True)
class _Now:
    """Where segments are now: `theme_of`: their theme (-1: none); `rejected_of`: the rejected theme they were in.

    `labels`: labels of all themes, by theme_id.
    """

    theme_of: Mapping[str, int]
    rejected_of: Mapping[str, int]
    labels: Mapping[int, str]

    def place(self, segment: str) -> tuple[str, int]:
        """A segment's place ("in", "left out" or "gone") and the theme concerned."""
        if segment not in self.theme_of:
            return "gone", UNASSIGNED
        left_out = self.rejected_of.get(segment, UNASSIGNED)
        return ("left out", left_out) if left_out != UNASSIGNED else ("in", self.theme_of[segment])


def build(
    decisions: Sequence[Decision],
    *,
    themes: pd.DataFrame,
    theme_states: pd.DataFrame,
    assignments: pd.DataFrame,
    quotes: Mapping[str, Quote],
) -> Trail:
    """Describe every decision, including undone ones; and for each theme, those in its column `decided`."""
    labels = _labels(decisions, themes, theme_states)
    entries = audit_trail.trail(decisions, labels, ids=False)
    by_id = {decision.key: decision for decision in decisions}
    by_key = {entry.decision: entry for entry in entries}
    now = _Now(lookup(assignments, "segment_id", "theme_id"), lookup(assignments, "segment_id", "rejected_id"), labels)
    steps = tuple(_step(entry, by_id[entry.decision], by_key, now, quotes) for entry in entries)
    decided_keys = lookup(states.ranked(themes), "theme_id", "decided")
    by_theme = {
        int(theme): _told(decisions, labels, int(theme), set(str(keys or "").split()))
        for theme, keys in decided_keys.items()
    }
    return Trail(_lead(decisions), steps, {theme: sentences for theme, sentences in by_theme.items() if sentences})


def _labels(decisions: Sequence[Decision], themes: pd.DataFrame, theme_states: pd.DataFrame) -> dict[int, str]:
    """The current or last label of every theme that exists or is cited in a decision, by theme_id."""
    named = theme_states[theme_states.label != ""]
    known = lookup(named, "theme_id", "label") | lookup(states.ranked(themes), "theme_id", "label")
    return audit_trail.labels_of(decisions, {int(theme): str(label) for theme, label in known.items()})


def table(decisions: Sequence[Decision], themes: pd.DataFrame, theme_states: pd.DataFrame) -> pd.DataFrame:
    """The trail as a table with one row per decision, in order; columns as in COLUMNS.

    `segments`: the ids of the segments cited by the decision, separated by spaces.
    """
    labels = _labels(decisions, themes, theme_states)
    by_id = {decision.key: decision for decision in decisions}
    rows = [
        {
            **{name: getattr(entry, name, "") for name in COLUMNS},
            "theme": labels.get(entry.theme_id, ""),
            "segments": " ".join(by_id[entry.decision].segments),
        }
        for entry in audit_trail.trail(decisions, labels)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _step(
    entry: Entry,
    decision: Decision,
    by_key: Mapping[str, Entry],
    now: _Now,
    quotes: Mapping[str, Quote],
) -> Step:
    undo = by_key.get(entry.undone_by)
    named = [quotes[segment] for segment in sorted(decision.segments) if segment in quotes]
    return Step(
        decision=entry.decision,
        when=_when(entry.when),
        sentence=prose.sentence(f"{entry.who} {entry.deed}"),
        why=entry.why,
        evidence=_evidence(decision, now, in_force=not undo),
        undone=f"Undone by {undo.who} on {_when(undo.when)}." if undo else "",
        passages=tuple(sorted(named, key=lambda quote: quote.number)[:SHOWN]),
        n_passages=len(decision.segments),
    )


def _evidence(decision: Decision, now: _Now, *, in_force: bool) -> str:
    """The evidence: the theme's segments at the time, where they are now, and the questions it answered."""
    sentences = []
    if decision.members:
        then = prose.count(len(decision.members), "passage")
        study = f", in a study of {prose.count(len(decision.documents), 'document')}" if decision.documents else ""
        sentences.append(f"Based on {then}{study}.")
        if in_force:
            sentences.append(_still(decision, now))
    if decision.answers:
        sentences.append(f"Answered {prose.count(len(decision.answers), 'question')}.")
    return " ".join(sentences)


def _still(decision: Decision, now: _Now) -> str:
    """Where the segments a decision was based on are now: the theme itself first, then others by size."""
    places = Counter(now.place(segment) for segment in decision.members)
    theme = UNASSIGNED if decision.theme is None else decision.theme
    theme_place = next((place for place in (("in", theme), ("left out", theme)) if place in places), ("in", theme))
    n_in_place = places.pop(theme_place, 0)
    last = "still in the theme" if theme_place[0] == "in" else "still rejected with it"
    if not places:
        return f"All of them are {last}." if n_in_place > 1 else f"It is {last}."
    elsewhere = sorted(places.items(), key=lambda item: (-item[1], item[0]))
    phrases = [f"{number:,} {'is' if number == 1 else 'are'} {_place(place, now)}" for place, number in elsewhere]
    return f"Of these, {n_in_place or 'none'} {'is' if n_in_place == 1 else 'are'} {last}; {prose.listed(phrases)}."


def _place(place: tuple[str, int], now: _Now) -> str:
    where, theme = place
    if where == "gone":
        return "no longer in the study"
    if where == "in":
        return f"now in {states.named(theme, now.labels, ids=False)}"
    return f"in the rejected theme {states.named(theme, now.labels, ids=False)}"


def _told(decisions: Sequence[Decision], labels: Mapping[int, str], theme: int, keys: set[str]) -> tuple[str, ...]:
    """The decisions with these ids, as sentences for a theme's card."""
    entries = [
        entry for entry in audit_trail.trail(decisions, labels, ids=False, subject=theme) if entry.decision in keys
    ]
    return tuple(
        prose.sentence(f"On {entry.when[:10]} {entry.who} {entry.deed}{f': {entry.why}' if entry.why else ''}")
        for entry in entries
    )


def _when(when: str) -> str:
    return when.replace("T", " ")


def _lead(decisions: Sequence[Decision]) -> str:
    if not decisions:
        return (
            "No decisions yet. Decisions about candidate themes will be listed here with who made them, when, why and "
            "on what evidence."
        )
    return (
        f"{audit_trail.counted(decisions)} Each is shown as recorded when it was made; undone decisions stay in "
        "the list."
    )
