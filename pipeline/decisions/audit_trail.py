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

    `deed`: a sentence without its subject ("renamed theme 412345 to 'Protected time'"); `n_segments`,
    `n_documents`: the theme's segments and the study's documents at that time, 0 if not recorded; `undone_by`: the id
    of the decision that undid it, or ''.
    """

    decision: str
    when: str
    who: str
    action: str
    theme_id: int
    deed: str
    why: str
    n_segments: int
    n_documents: int
    undone_by: str

    @property
    def sentence(self) -> str:
        """The entry in one line."""
        rested = f"{prose.count(self.n_segments, 'passage')} in a study of {prose.count(self.n_documents, 'document')}"
        evidence = f", on {rested}" if self.n_segments and self.action != "memo" else ""  # a memo's own words end it
        why = f": {' '.join(self.why.split())}" if self.why else ""
        undone = f" (undone by {self.undone_by})" if self.undone_by else ""
        return f"{self.when.replace('T', ' ')}  {self.who} {self.deed}{evidence}{why}{undone}  [{self.decision}]"


def trail(
    decisions: Sequence[Decision], labels: Mapping[int, str], *, ids: bool = True, subject: int | None = None
) -> list[Entry]:
    """Return all decisions in order, including undone ones, with the theme labels of that time.

    `labels`: current labels, used if a decision does not record one; `ids`: include ids of themes and decisions in the
    sentences; `subject`: the theme on whose card the trail is shown, which is called "it".
    """
    standing = {decision.key for decision in ledger.standing(decisions)}
    ordered = ledger.in_order(decisions)
    by_key = {decision.key: decision for decision in ordered}
    undone: dict[str, str] = {}
    naming = _Names(labels, ids, subject)
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
            deed=_deed(decision, naming, by_key),
            why=decision.why,
            n_segments=len(decision.members),
            n_documents=len(decision.documents),
            undone_by=undone.get(decision.key, ""),
        )
        for decision in ordered
    ]


def counted(decisions: Sequence[Decision]) -> str:
    """Return a sentence with the number of decisions, who made them, and how many are in force; undos do not count."""
    people = sorted({decision.who for decision in decisions})
    in_effect_or_undone = [decision for decision in decisions if decision.action != "undo"]
    n_undone = len(in_effect_or_undone) - len(ledger.standing(decisions))
    summary = f"{prose.count(len(in_effect_or_undone), 'decision').capitalize()} by {prose.listed(people)}"
    if not n_undone:
        return f"{summary}."
    n_in_force = len(in_effect_or_undone) - n_undone
    was, stand = "was" if n_undone == 1 else "were", "is" if n_in_force == 1 else "are"
    return f"{summary}: {n_undone:,} {was} undone and {n_in_force:,} {stand} in force."


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


def labels_of(decisions: Sequence[Decision], present: Mapping[int, str]) -> dict[int, str]:
    """Return the labels of all themes that decisions mention: the current one, or the last one of themes now gone.

    `present`: the labels of existing themes.
    """
    return called(ledger.in_order(decisions)) | dict(present)


def _deed(decision: Decision, name: _Names, by_key: Mapping[str, Decision]) -> str:
    theme = name(decision.theme, decision)
    passages = prose.count(len(decision.segments), "passage")
    match decision.action:
        case "rename":
            sentence = _renamed(decision, theme, ids=name.ids)
        case "merge":
            sentence = f"merged {prose.listed([name(other, decision) for other in decision.others])} into {theme}"
        case "split":
            new_theme = states.named(part_id(decision), {part_id(decision): str(decision.label)}, ids=name.ids)
            sentence = f"split {passages} off {theme} as {new_theme}"
        case "move":
            sentence = f"moved {passages} {'out of all themes' if decision.theme == UNASSIGNED else f'to {theme}'}"
        case "pin":
            sentence = f"pinned {passages} as exemplar{'' if len(decision.segments) == 1 else 's'} of {theme}"
        case "memo":
            sentence = f"wrote a memo on {theme}: {' '.join((decision.text or '').split())}"
        case "undo":
            sentence = _undid(decision, name, by_key)
        case _:
            sentence = f"{decision.action}ed {theme}"
    return sentence


def _renamed(decision: Decision, theme: str, *, ids: bool) -> str:
    if theme == "it":
        return f"named it “{decision.label}”"
    if decision.theme in decision.names:
        return f"renamed {theme} to “{decision.label}”"
    return f"named {f'theme {decision.theme}' if ids else 'a theme'} “{decision.label}”"


def _undid(decision: Decision, name: _Names, by_key: Mapping[str, Decision]) -> str:
    undone = by_key.get(str(decision.undoes))
    if undone is None:
        return f"undid {decision.undoes}"
    if name.ids:
        return f"undid {decision.undoes} ({undone.who}'s {undone.action})"
    return f"undid the decision that {undone.who} {_deed(undone, name, by_key)}"
