"""Replay decisions on new clusters; decided themes are kept, and every change that affects one becomes a question.

A decided theme keeps the segments of its anchor that still exist. Segments added after the decision join it if their
cluster continues the theme. All other segments stay in their clusters.
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
    """Result of a replay: each segment's theme (-1: none), the held themes by id, and the questions, in a stable order.

    `outside`: why a segment is in no theme (see states.OUTSIDE); `rejected`: the rejected theme of segments left out
    with it; `continued`: the held theme that each cluster continues; `merged`: the held theme that each theme was
    merged into.
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

    `clusters`: the cluster (theme id, -1: none) of each substantive segment; `documents`: its document. `shift_share`:
    the share of a decided theme (0 to 1) that must cluster elsewhere before a question is asked. `min_size`: the least
    number of segments left over beside a decided theme that form a theme of their own. The result does not depend on
    the order of the mappings.
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
            # It existed when the theme was settled and was not part of it, so it stays out.
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
    """Return, for each theme with questions, those that would remain after accepting (rejecting) it as it is.

    A decision that lists them in its `answers` settles them. They are found by replaying such a decision. Arguments as
    for `replay`; `done` is its result.
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
    """Segments placed so far; see Replayed. `own`: the theme id of each cluster that continues no held theme."""

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
        """Put a segment in its cluster's own theme, if enough of the cluster is left."""
        if cluster == UNASSIGNED or not enough:
            self.out(segment, "unlike" if cluster == UNASSIGNED else "beside")
        else:
            self.themes[segment] = self.own[cluster]


def _matches(clusters: Mapping[str, int], held: Mapping[int, Held]) -> dict[int, int]:
    """Return the held theme that each cluster continues: that of most of its settled segments."""
    owner = {segment: theme.theme_id for theme in held.values() for segment in theme.anchor}
    votes: dict[int, Counter[int]] = {}
    for segment, cluster in clusters.items():
        if cluster != UNASSIGNED and segment in owner:
            votes.setdefault(cluster, Counter())[owner[segment]] += 1
    sizes = Counter(clusters.values())
    chosen = {}
    for cluster, counts in votes.items():
        theme, count = min(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        # A few settled segments in a large new cluster do not make it the same theme.
        anchored = [segment for segment in held[theme].anchor if segment in clusters]
        if 2 * count >= min(sizes[cluster], len(anchored)):
            chosen[cluster] = theme
    return chosen


def _own_ids(clusters: Mapping[str, int], held: Mapping[int, Held]) -> dict[int, int]:
    """Return the theme id of each cluster: its number, unless a decided theme has that id."""
    taken = {theme for one in held.values() for theme in (one.theme_id, *one.took)}
    present = sorted(set(clusters.values()) - {UNASSIGNED})
    given = {cluster: cluster for cluster in present if cluster not in taken}
    for cluster in sorted(set(present) - set(given)):
        number = cluster
        while number in taken or number in given.values():
            number = 100_000 + (number * 31 + 7) % 900_000
        given[cluster] = number
    return given
