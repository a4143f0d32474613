"""The audit trail as the report shows it: who decided what, when, why, on which evidence; and the same as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline import words
from pipeline.decisions import Decision
from pipeline.reporting import audit
from pipeline.reporting.audit import Entry
from pipeline.reporting.quotes import Quote
from pipeline.rows import lookup
from pipeline.views.theme_view import ranked

# Passages that a decision names are shown up to this many; their number is always said.
SHOWN = 12
COLUMNS = (
    *("decision", "when", "who", "action", "theme_id", "theme", "what", "why"),
    *("n_segments", "n_documents", "segments", "undone_by"),
)


@dataclass(frozen=True)
class Step:
    """A decision in the trail.

    `said`: a sentence; `evidence`: what it was taken on, in words; `undone`: who took it back and when, or empty;
    `passages`: those that it names and that are still in the study, of `n_passages` named.
    """

    decision: str
    when: str
    said: str
    why: str
    evidence: str
    undone: str
    passages: tuple[Quote, ...]
    n_passages: int


@dataclass(frozen=True)
class Trail:
    """`lead`: the trail in a sentence; `steps`: in the order they were taken; `told`: sentences about each theme."""

    lead: str
    steps: tuple[Step, ...]
    told: Mapping[int, tuple[str, ...]]


def build(
    taken: Sequence[Decision], *, themes: pd.DataFrame, assignments: pd.DataFrame, quotes: Mapping[str, Quote]
) -> Trail:
    """Tell every decision, undone ones too; and for each theme those that made it what it is (its column `decided`)."""
    labels = audit.labels_of(taken, lookup(ranked(themes), "theme_id", "label"))
    entries = audit.trail(taken, labels, ids=False)
    made = {one.key: one for one in taken}
    by_key = {entry.decision: entry for entry in entries}
    theme_of = lookup(assignments, "segment_id", "theme_id")
    steps = tuple(_step(entry, made[entry.decision], by_key, theme_of, quotes) for entry in entries)
    decided = lookup(ranked(themes), "theme_id", "decided")
    told = {
        int(theme): _told(taken, labels, int(theme), set(str(keys or "").split())) for theme, keys in decided.items()
    }
    return Trail(_lead(entries), steps, {theme: said for theme, said in told.items() if said})


def table(taken: Sequence[Decision], themes: pd.DataFrame) -> pd.DataFrame:
    """The trail as a table, a row a decision in the order they were taken; columns as in COLUMNS.

    `segments`: the ids of the segments that the decision names, a space between them.
    """
    labels = audit.labels_of(taken, lookup(ranked(themes), "theme_id", "label"))
    made = {one.key: one for one in taken}
    rows = [
        {
            **{name: getattr(entry, name, "") for name in COLUMNS},
            "theme": labels.get(entry.theme_id, ""),
            "segments": " ".join(made[entry.decision].segments),
        }
        for entry in audit.trail(taken, labels)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _step(
    entry: Entry,
    decision: Decision,
    by_key: Mapping[str, Entry],
    theme_of: Mapping[str, int],
    quotes: Mapping[str, Quote],
) -> Step:
    undo = by_key.get(entry.undone_by)
    named = [quotes[segment] for segment in sorted(decision.segments) if segment in quotes]
    return Step(
        decision=entry.decision,
        when=_when(entry.when),
        said=words.sentence(f"{entry.who} {entry.what}"),
        why=entry.why,
        evidence=_evidence(decision, theme_of),
        undone=f"Taken back by {undo.who} on {_when(undo.when)}." if undo else "",
        passages=tuple(sorted(named, key=lambda quote: quote.number)[:SHOWN]),
        n_passages=len(decision.segments),
    )


def _evidence(decision: Decision, theme_of: Mapping[str, int]) -> str:
    """What was on the table: the theme's segments then, how many of them are in it now, and the questions settled."""
    said = []
    if decision.members:
        then = words.count(len(decision.members), "segment")
        study = f", in a study of {words.count(len(decision.documents), 'document')}" if decision.documents else ""
        now = sum(theme_of.get(segment) == decision.theme for segment in decision.members)
        said.append(f"It rested on {then}{study}. {_still(now, len(decision.members))}")
    if decision.answers:
        said.append(f"It settled {words.count(len(decision.answers), 'question')}.")
    return " ".join(said)


def _still(now: int, then: int) -> str:
    if now == then:
        return "All of them are in the theme now." if then > 1 else "It is in the theme now."
    return f"Of them {now or 'none'} {'is' if now == 1 else 'are'} in the theme now."


def _told(taken: Sequence[Decision], labels: Mapping[int, str], theme: int, keys: set[str]) -> tuple[str, ...]:
    """The decisions with these ids as sentences for the card of a theme."""
    own = [entry for entry in audit.trail(taken, labels, ids=False, own=theme) if entry.decision in keys]
    return tuple(
        words.sentence(f"On {entry.when[:10]} {entry.who} {entry.what}{f': {entry.why}' if entry.why else ''}")
        for entry in own
    )


def _when(when: str) -> str:
    return when.replace("T", " ")


def _lead(entries: Sequence[Entry]) -> str:
    if not entries:
        return (
            "Nothing has been decided yet. What people decide about candidate themes is listed here, with who, when, "
            "why and on which evidence."
        )
    people = sorted({entry.who for entry in entries})
    undone = sum(bool(entry.undone_by) for entry in entries)
    back = f", of which {undone} {'was' if undone == 1 else 'were'} taken back" if undone else ""
    return (
        f"{words.count(len(entries), 'decision').capitalize()} by {words.listed(people)}{back}. Each stands as it was "
        "written down when it was taken; nothing is ever removed from this list."
    )
