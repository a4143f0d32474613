"""What researchers settled: decisions, in their order, become held themes, each with the segments it is anchored on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.core.terms import UNASSIGNED
from pipeline.decisions.ledger import Decision

# The actions that say what a theme is; the others remark on it, or on some of its segments.
SETTLE = ("accept", "rename", "merge", "split", "reject")


@dataclass
class Held:
    """A theme as the researchers left it. `anchor`: the segments settled in it; `known`: the documents there were.

    `status`: open (only remarked on), accepted or rejected. `label`: what it is called; `named`: by people, or accepted
    by them. `took`: the themes that were merged into it; `split_from`: the theme it was split off, or -1; `by_hand`:
    segments that people put in it one by one. `decided`: the ids of its decisions, in order; `settled`: the one that
    made it what it is. `answers`: questions that were settled and are asked again only if their number of segments
    changes; `contested`: segments its last decision counted to it that an earlier decision had settled elsewhere, as
    where two people did not know of each other.
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
    """Something that shifted under a decision: the theme, the kind of shift, how much, and the sentence to answer.

    Kinds: joined (new talk; with a rejected theme, talk that is left out with it), claimed (known talk that now sits
    with it), contested (two decisions want the same segments), shifted, vanished, merged, gone (no longer in the
    study), empty, lost (a decision about no theme).
    """

    theme_id: int
    kind: str
    n_segments: int
    sentence: str

    @property
    def key(self) -> str:
        """What a decision's `answers` call it."""
        return f"{self.kind} {self.n_segments}"


def settle(
    decisions: Sequence[Decision], clusters: Mapping[str, int], present: set[str]
) -> tuple[dict[int, Held], list[Question]]:
    """The held themes after all decisions, and a question for each decision that cannot be anchored.

    Under -1 are the segments that were moved out of every theme.
    A decision written by hand without members is anchored on the cluster of that id, if there is one now.
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
    taken = _anchored(other for other in held.values() if other is not theme and other.theme_id not in joined_in)
    theme.anchor |= anchor - taken
    theme.contested = frozenset(anchor & taken) if anchor else theme.contested
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
    """Write down by which decision a theme is what it is, and that it keeps the label it was left with."""
    theme.named = theme.named or decision.action in ("accept", "rename", "merge", "split")
    theme.label = theme.label or decision.names.get(theme.theme_id)
    makes = decision.action in SETTLE and (theme.status == "rejected") == (decision.action == "reject")
    if makes or theme.status == "open":
        theme.settled = decision


def _merge(decision: Decision, theme: Held, held: dict[int, Held], members_of: Mapping[int, set[str]]) -> None:
    theme.status = "accepted"
    theme.label = decision.label or theme.label or decision.names.get(theme.theme_id)
    for other in sorted(set(decision.others) - {theme.theme_id, UNASSIGNED}):
        gone = held.pop(other, None)
        theme.took = (*theme.took, other, *(gone.took if gone else ()))
        if gone:
            _take_in(theme, gone)
        elif not decision.members:
            theme.anchor |= members_of.get(other, set()) - _anchored(held.values())


def _take_in(theme: Held, gone: Held) -> None:
    """What a theme gets from one that is merged into it: all that people left that one with, but its status."""
    theme.anchor |= gone.anchor
    theme.known |= gone.known
    theme.by_hand |= gone.by_hand
    theme.pinned = (*theme.pinned, *gone.pinned)
    theme.memos = (*theme.memos, *gone.memos)
    theme.decided = (*theme.decided[:-1], *gone.decided, *theme.decided[-1:])
    if gone.named:
        theme.label = theme.label or gone.label


def _split(decision: Decision, theme: Held, held: dict[int, Held]) -> None:
    part = Held(part_id(decision), "accepted", known=set(theme.known), label=decision.label, named=True)
    part.decided = (decision.key,)
    part.settled = decision
    part.split_from = theme.theme_id
    theme.status = "accepted" if theme.status == "open" else theme.status
    held[part.theme_id] = part
    _take(part, decision.segments, held)
    part.by_hand = frozenset()


def part_id(decision: Decision) -> int:
    """The id of the theme that a split makes: six digits from the decision's own id."""
    return 100_000 + int.from_bytes(decision.key.encode(), "big") % 900_000


def called(decisions: Iterable[Decision]) -> dict[int, str]:
    """What the themes that decisions speak of were last called, by their ids; decisions in their order."""
    said: dict[int, str] = {}
    for decision in decisions:
        said |= decision.names
        if decision.label and decision.theme is not None:
            said[part_id(decision) if decision.action == "split" else decision.theme] = decision.label
    return said


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
