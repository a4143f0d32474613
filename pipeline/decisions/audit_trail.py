"""The audit trail: who decided what about which theme, when, why and on what evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.core import prose
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import ledger, states
from pipeline.decisions.held_themes import called, part_id
from pipeline.decisions.ledger import Decision


@dataclass(frozen=True)
class Entry:
    """One decision in the audit trail.

    `what`: a sentence without its subject ("renamed theme 412345 to 'Protected time'"); `n_segments`,
    `n_documents`: the theme's segments and the study's documents at that time, 0 if not recorded; `undone_by`: the id
    of the decision that undid it, or ''.
    """

    decision: str
    when: str
    who: str
    action: str
    theme_id: int
    what: str
    why: str
    n_segments: int
    n_documents: int
    undone_by: str

    @property
    def sentence(self) -> str:
        """The entry in one line."""
        rested = f"{prose.count(self.n_segments, 'segment')} in a study of {prose.count(self.n_documents, 'document')}"
        evidence = f", on {rested}" if self.n_segments else ""
        why = f": {' '.join(self.why.split())}" if self.why else ""
        undone = f" (undone by {self.undone_by})" if self.undone_by else ""
        return f"{self.when.replace('T', ' ')}  {self.who} {self.what}{evidence}{why}{undone}  [{self.decision}]"


def trail(
    taken: Sequence[Decision], labels: Mapping[int, str], *, ids: bool = True, own: int | None = None
) -> list[Entry]:
    """Return all decisions in order, including undone ones, with the theme labels of that time.

    `labels`: current labels, used if a decision does not record one; `ids`: include ids of themes and decisions in the
    sentences; `own`: the theme on whose card the trail is shown, which is called "it".
    """
    standing = {decision.key for decision in ledger.standing(taken)}
    ordered = ledger.in_order(taken)
    by_key = {decision.key: decision for decision in ordered}
    undone: dict[str, str] = {}
    said = _Names(labels, ids, own)
    for decision in ordered:
        if decision.action == "undo" and decision.undoes not in standing:
            undone[str(decision.undoes)] = decision.key
    return [
        Entry(
            decision=decision.key,
            when=decision.when,
            who=decision.who,
            action=decision.action,
            theme_id=UNASSIGNED if decision.theme is None else decision.theme,
            what=_what(decision, said, by_key),
            why=decision.why,
            n_segments=len(decision.members),
            n_documents=len(decision.documents),
            undone_by=undone.get(decision.key, ""),
        )
        for decision in ordered
    ]


def counted(taken: Sequence[Decision]) -> str:
    """Return a sentence with the number of decisions, who made them, and how many are in force; undos do not count."""
    people = sorted({decision.who for decision in taken})
    made = [decision for decision in taken if decision.action != "undo"]
    back = len(made) - len(ledger.standing(taken))
    said = f"{prose.count(len(made), 'decision').capitalize()} by {prose.listed(people)}"
    if not back:
        return f"{said}."
    left = len(made) - back
    was, stand = "was" if back == 1 else "were", "is" if left == 1 else "are"
    return f"{said}: {back:,} {was} undone and {left:,} {stand} in force."


@dataclass(frozen=True)
class _Names:
    """How themes are named in the sentences of a trail; see `trail`."""

    labels: Mapping[int, str]
    ids: bool
    own: int | None

    def __call__(self, theme: int | None, decision: Decision) -> str:
        if theme is not None and theme == self.own:
            return "it"
        return states.named(theme, {**self.labels, **decision.names}, ids=self.ids)


def labels_of(taken: Sequence[Decision], present: Mapping[int, str]) -> dict[int, str]:
    """Return the labels of all themes that decisions mention: the current one, or the last one of themes now gone.

    `present`: the labels of existing themes.
    """
    return called(ledger.in_order(taken)) | dict(present)


def _what(decision: Decision, name: _Names, by_key: Mapping[str, Decision]) -> str:
    theme = name(decision.theme, decision)
    passages = prose.count(len(decision.segments), "segment")
    match decision.action:
        case "rename":
            said = _renamed(decision, theme, ids=name.ids)
        case "merge":
            said = f"merged {prose.listed([name(other, decision) for other in decision.others])} into {theme}"
        case "split":
            part = states.named(part_id(decision), {part_id(decision): str(decision.label)}, ids=name.ids)
            said = f"split {passages} off {theme} as {part}"
        case "move":
            said = f"moved {passages} {'out of all themes' if decision.theme == UNASSIGNED else f'to {theme}'}"
        case "pin":
            said = f"pinned {passages} as exemplar{'' if len(decision.segments) == 1 else 's'} of {theme}"
        case "memo":
            said = f"wrote a memo on {theme}: {' '.join((decision.text or '').split())}"
        case "undo":
            said = _undid(decision, name, by_key)
        case _:
            said = f"{decision.action}ed {theme}"
    return said


def _renamed(decision: Decision, theme: str, *, ids: bool) -> str:
    if theme == "it":
        return f"named it “{decision.label}”"
    if decision.theme in decision.names:
        return f"renamed {theme} to “{decision.label}”"
    return f"named {f'theme {decision.theme}' if ids else 'a theme'} “{decision.label}”"


def _undid(decision: Decision, name: _Names, by_key: Mapping[str, Decision]) -> str:
    gone = by_key.get(str(decision.undoes))
    if gone is None:
        return f"undid {decision.undoes}"
    if name.ids:
        return f"undid {decision.undoes} ({gone.who}'s {gone.action})"
    return f"undid the decision that {gone.who} {_what(gone, name, by_key)}"
