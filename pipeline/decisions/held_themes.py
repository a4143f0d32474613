"""Turn decisions, in order, into held themes with the segments each is anchored on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.core.terms import UNASSIGNED
from pipeline.decisions.ledger import Decision

# The actions that define a theme; the others annotate it or some of its segments.
SETTLE = ("accept", "rename", "merge", "split", "reject")


@dataclass
class Held:
    """A theme as the researchers left it.

    `anchor`: ids of the segments settled in it; `known`: the documents that existed then; `status`: open (annotated
    only), accepted or rejected; `label`: its label; `named`: whether people gave or accepted the label. `took`: themes
    merged into it; `split_from`: the theme it was split from, or -1; `by_hand`: segments that people moved into it.
    `decided`: the ids of its decisions, in order; `settled`: the decision that defines it. `answers`: settled
    questions, asked again only if their number of segments changes; `contested`: segments claimed by its last decision
    that an earlier decision had settled elsewhere.
    """

    theme_id: int
    status: str
    anchor: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    label: str | None = None
    named: bool = False
    took: tuple[int, ...] = ()
    split_from: int = UNASSIGNED
    by_hand: frozenset[str] = frozenset()
    pinned: tuple[str, ...] = ()
    memos: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    settled: Decision | None = None
    answers: frozenset[str] = frozenset()
    contested: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Question:
    """A change that affects a decided theme: the theme, its kind, the number of segments, and the question asked.

    Kinds: joined (new segments), claimed (known segments that now cluster with it), contested (two decisions claim the
    same segments), shifted, vanished, merged, gone (segments no longer in the study), empty, lost (the decision refers
    to no existing theme).
    """

    theme_id: int
    kind: str
    n_segments: int
    sentence: str

    @property
    def key(self) -> str:
        """The key that a decision's `answers` use: kind and number of segments."""
        return f"{self.kind} {self.n_segments}"


def settle(
    decisions: Sequence[Decision], clusters: Mapping[str, int], present: set[str]
) -> tuple[dict[int, Held], list[Question]]:
    """Apply decisions; return the held themes by id, and a question for each decision without an anchor.

    `clusters`: the cluster of each segment; `present`: the documents. Segments moved out of all themes are under -1. A
    decision written by hand without members is anchored on the current cluster with that id, if any.
    """
    members_of: dict[int, set[str]] = {}
    for segment, cluster in clusters.items():
        members_of.setdefault(cluster, set()).add(segment)
    held: dict[int, Held] = {}
    lost: list[Question] = []
    for decision in decisions:
        theme_id = UNASSIGNED if decision.theme is None else decision.theme
        needs_anchor = theme_id not in held and decision.action != "move"
        anchor = set(decision.members) or (members_of.get(theme_id, set()) if needs_anchor else set())
        if needs_anchor and not anchor:
            lost.append(Question(theme_id, "lost", 0, _lost(decision)))
            continue
        theme = _held(held, theme_id, anchor, set(decision.documents) or present, joined_in=decision.others)
        _apply(decision, theme, held, members_of)
    return {key: held[key] for key in sorted(held)}, lost


def _held(held: dict[int, Held], theme_id: int, anchor: set[str], known: set[str], *, joined_in: Sequence[int]) -> Held:
    theme = held.setdefault(theme_id, Held(theme_id, "open"))
    anchored_elsewhere = _anchored(
        other for other in held.values() if other is not theme and other.theme_id not in joined_in
    )
    theme.anchor |= anchor - anchored_elsewhere
    theme.contested = frozenset(anchor & anchored_elsewhere) if anchor else theme.contested
    theme.known |= known
    return theme


def _apply(decision: Decision, theme: Held, held: dict[int, Held], members_of: Mapping[int, set[str]]) -> None:
    theme.decided = (*theme.decided, decision.key)
    match decision.action:
        case "accept":
            theme.status = "accepted"
            # The label that was on the screen is part of what was accepted, and yields to one that people gave.
            theme.label = theme.label or decision.label
            theme.answers |= set(decision.answers)
        case "rename":
            theme.label = decision.label
            theme.status = "accepted" if theme.status == "open" else theme.status
        case "reject":
            theme.status = "rejected"
            theme.answers |= set(decision.answers)
        case "memo":
            theme.memos = (*theme.memos, decision.text or "")
        case "pin":
            theme.pinned = (*theme.pinned, *decision.segments)
            _take(theme, decision.segments, held)
        case "move":
            _take(theme, decision.segments, held)
        case "merge":
            _merge(decision, theme, held, members_of)
        case "split":
            _split(decision, theme, held)
    _sign(theme, decision)


def _sign(theme: Held, decision: Decision) -> None:
    """Record the decision that defines a theme and who gave its label."""
    theme.named = theme.named or decision.action in ("accept", "rename", "merge", "split")
    theme.label = theme.label or decision.names.get(theme.theme_id)
    makes = decision.action in SETTLE and (theme.status == "rejected") == (decision.action == "reject")
    if makes or theme.status == "open":
        theme.settled = decision


def _merge(decision: Decision, theme: Held, held: dict[int, Held], members_of: Mapping[int, set[str]]) -> None:
    theme.status = "accepted"
    theme.label = decision.label or theme.label or decision.names.get(theme.theme_id)
    for other in sorted(set(decision.others) - {theme.theme_id, UNASSIGNED}):
        merged = held.pop(other, None)
        theme.took = (*theme.took, other, *(merged.took if merged else ()))
        if merged:
            _take_in(theme, merged)
        elif not decision.members:
            theme.anchor |= members_of.get(other, set()) - _anchored(held.values())


def _take_in(theme: Held, merged: Held) -> None:
    """Add to a theme everything of one merged into it, except its status."""
    theme.anchor |= merged.anchor
    theme.known |= merged.known
    theme.by_hand |= merged.by_hand
    theme.pinned = (*theme.pinned, *merged.pinned)
    theme.memos = (*theme.memos, *merged.memos)
    theme.decided = (*theme.decided[:-1], *merged.decided, *theme.decided[-1:])
    if merged.named:
        theme.label = theme.label or merged.label


def _split(decision: Decision, theme: Held, held: dict[int, Held]) -> None:
    new_theme = Held(part_id(decision), "accepted", known=set(theme.known), label=decision.label, named=True)
    new_theme.decided = (decision.key,)
    new_theme.settled = decision
    new_theme.split_from = theme.theme_id
    theme.status = "accepted" if theme.status == "open" else theme.status
    held[new_theme.theme_id] = new_theme
    _take(new_theme, decision.segments, held)
    new_theme.by_hand = frozenset()


def part_id(decision: Decision) -> int:
    """Return the six-digit id of the theme that a split creates, derived from the decision's id."""
    return 100_000 + int.from_bytes(decision.key.encode(), "big") % 900_000


def called(decisions: Iterable[Decision]) -> dict[int, str]:
    """Return the last label of each theme that decisions mention, by id; `decisions` in order."""
    labels: dict[int, str] = {}
    for decision in decisions:
        labels |= decision.names
        if decision.label and decision.theme is not None:
            labels[part_id(decision) if decision.action == "split" else decision.theme] = decision.label
    return labels


def _anchored(themes: Iterable[Held]) -> set[str]:
    return set().union(*(theme.anchor for theme in themes))


def _take(theme: Held, segments: Sequence[str], held: Mapping[int, Held]) -> None:
    moved = frozenset(segments) - theme.anchor
    for other in held.values():
        other.anchor -= set(segments)
        other.by_hand -= moved
    theme.anchor |= set(segments)
    theme.by_hand |= moved


def _lost(decision: Decision) -> str:
    name = decision.names.get(UNASSIGNED if decision.theme is None else decision.theme)
    name = name or (decision.label if decision.action == "accept" else None)
    about = f"“{name}” ({decision.theme})" if name else f"theme {decision.theme}"
    return (
        f"{decision.who}’s decision of {decision.when[:10]} ({decision.action}) refers to {about}, which does not "
        "exist, and does not list its segments. Correct the theme in decisions.yaml, or undo the decision with "
        f"`counterpoint undo {decision.key}`."
    )
