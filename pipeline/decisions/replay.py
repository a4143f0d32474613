"""Replaying decisions on new clusters: what a researcher settled stays, and every shift under it becomes a question.

A decided theme is held: its segments are those of its anchor that still exist, whatever the clusters do. Talk that came
after the decision joins it where its cluster is mostly that theme's. Everything else stays where the clusters put it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import questions
from pipeline.decisions.held_themes import Held, Question, settle
from pipeline.decisions.ledger import Decision


@dataclass(frozen=True)
class Replayed:
    """The outcome: each segment's theme (-1: none), the held themes by id, and the questions in a stable order.

    `outside`: of each segment in no theme, why (see states.OUTSIDE); `rejected`: of those that are left out with a
    rejected theme, which; `continued`: the clusters that continue a held theme, with its id; `merged`: the themes that
    were merged away, each with the held theme that has their segments.
    """

    themes: dict[str, int]
    held: dict[int, Held]
    questions: list[Question]
    outside: dict[str, str] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    continued: dict[int, int] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)


def replay(
    clusters: Mapping[str, int],
    documents: Mapping[str, str],
    decisions: Sequence[Decision],
    *,
    shift_share: float,
    min_size: int = 3,
) -> Replayed:
    """Replay standing decisions, in their order, on new clusters.

    `clusters`: each substantive segment's cluster, whose number is the id of its theme (-1: none); `documents`: its
    document. `shift_share`: the share of a decided theme that must sit elsewhere before it is asked about (0 to 1).
    `min_size`: fewer segments than this that are left beside a decided theme make no theme of their own.
    Pure: the same arguments give the same outcome, whatever the order of the mappings.
    """
    held, unanchored = settle(decisions, clusters, set(documents.values()))
    alone = held.pop(UNASSIGNED, Held(UNASSIGNED, "open"))
    continued = _matches(clusters, held)
    placed = _Placed(held, _own_ids(clusters, held))
    for theme in held.values():
        for segment in theme.anchor & set(clusters):
            placed.into(segment, theme.theme_id)
    for segment in alone.anchor & set(clusters):
        placed.out(segment, "moved")
    joined, claimed, rest = Counter[int](), Counter[int](), dict[int, list[str]]()
    for segment in sorted(set(clusters) - set(placed.themes)):
        cluster = clusters[segment]
        target = continued.get(cluster)
        if target is None:
            placed.beside(segment, cluster, enough=True)
        elif documents[segment] not in held[target].known:
            placed.into(segment, target)
            joined[target] += 1
        else:
            # It was there when the theme was settled and was not put in it: the theme stays as it was left.
            rest.setdefault(cluster, []).append(segment)
            claimed[target] += 1
    for cluster, segments in rest.items():
        for segment in segments:
            placed.beside(segment, cluster, enough=len(segments) >= min_size)
    asked = questions.asked(clusters, held, joined=joined, claimed=claimed, shift_share=shift_share)
    return Replayed(
        themes=dict(sorted(placed.themes.items())),
        held=held,
        questions=asked + unanchored,
        outside=dict(sorted(placed.outside.items())),
        rejected=dict(sorted(placed.rejected.items())),
        continued=continued,
        merged={gone: theme.theme_id for theme in held.values() for gone in sorted(theme.took) if gone not in held},
    )


def settling(
    done: Replayed,
    clusters: Mapping[str, int],
    documents: Mapping[str, str],
    decisions: Sequence[Decision],
    *,
    shift_share: float,
    min_size: int = 3,
) -> dict[int, tuple[str, ...]]:
    """For each theme that is asked about, the questions there would still be once it is accepted (rejected) as it is.

    A decision that names them settles them. They are found by taking that decision: the new talk is part of the theme
    then, so that more of it may sit elsewhere. Arguments as for `replay`, whose outcome `done` is.
    """
    last = max((decision.when for decision in decisions), default="2000-01-01")
    found = {}
    for theme in sorted({question.theme_id for question in done.questions} & set(done.held)):
        rejected = done.held[theme].status == "rejected"
        here = done.rejected if rejected else done.themes
        taken = Decision(
            id="as it is",
            action="reject" if rejected else "accept",
            theme=theme,
            who="-",
            when=last,
            members=tuple(segment for segment, own in here.items() if own == theme),
            documents=tuple(sorted(set(documents.values()))),
        )
        then = replay(clusters, documents, [*decisions, taken], shift_share=shift_share, min_size=min_size)
        found[theme] = tuple(sorted(question.key for question in then.questions if question.theme_id == theme))
    return found


@dataclass
class _Placed:
    """Where segments have been put so far; see Replayed. `own`: the id of the theme that a cluster makes of its own."""

    held: Mapping[int, Held]
    own: Mapping[int, int]
    themes: dict[str, int] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)

    def into(self, segment: str, theme: int) -> None:
        """Put a segment in a held theme, or leave it out with a rejected one."""
        if self.held[theme].status == "rejected":
            self.out(segment, "rejected")
            self.rejected[segment] = theme
        else:
            self.themes[segment] = theme

    def out(self, segment: str, why: str) -> None:
        """Put a segment in no theme."""
        self.themes[segment] = UNASSIGNED
        self.outside[segment] = why

    def beside(self, segment: str, cluster: int, *, enough: bool) -> None:
        """Leave a segment where its cluster put it, if what is left of that is enough for a theme."""
        if cluster == UNASSIGNED or not enough:
            self.out(segment, "unlike" if cluster == UNASSIGNED else "beside")
        else:
            self.themes[segment] = self.own[cluster]


def _matches(clusters: Mapping[str, int], held: Mapping[int, Held]) -> dict[int, int]:
    """The held theme that each new cluster is the continuation of: the one most of its settled segments belong to."""
    owner = {segment: theme.theme_id for theme in held.values() for segment in theme.anchor}
    votes: dict[int, Counter[int]] = {}
    for segment, cluster in clusters.items():
        if cluster != UNASSIGNED and segment in owner:
            votes.setdefault(cluster, Counter())[owner[segment]] += 1
    sizes = Counter(clusters.values())
    chosen = {}
    for cluster, counts in votes.items():
        theme, count = min(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        # A handful of settled segments in a large new cluster do not make it the same theme.
        anchored = [segment for segment in held[theme].anchor if segment in clusters]
        if 2 * count >= min(sizes[cluster], len(anchored)):
            chosen[cluster] = theme
    return chosen


def _own_ids(clusters: Mapping[str, int], held: Mapping[int, Held]) -> dict[int, int]:
    """The id of the theme that each cluster makes of its own: its number, unless that is an id of a decided theme."""
    taken = {theme for one in held.values() for theme in (one.theme_id, *one.took)}
    present = sorted(set(clusters.values()) - {UNASSIGNED})
    given = {cluster: cluster for cluster in present if cluster not in taken}
    for cluster in sorted(set(present) - set(given)):
        number = cluster
        while number in taken or number in given.values():
            number = 100_000 + (number * 31 + 7) % 900_000
        given[cluster] = number
    return given
