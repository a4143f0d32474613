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
    """Replay standing decisions, in order, on new clusters.

    `clusters`: the cluster of each substantive segment, by theme id, -1 for none; `documents`: the document of each
    segment; `shift_share`: the share of a decided theme, 0 to 1, that must cluster elsewhere before a question is
    asked; `min_size`: the minimum number of left-over segments of a cluster that form a theme of their own. The order
    of the mappings does not matter.
    """
    held, unanchored = settle(decisions, clusters, set(documents.values()))
    moved_out = held.pop(UNASSIGNED, Held(UNASSIGNED, "open"))
    continued = _matches(clusters, held)
    placed = _Placed(held, _own_ids(clusters, held))
    for theme in held.values():
        for segment in theme.anchor & set(clusters):
            placed.into(segment, theme.theme_id)
    for segment in moved_out.anchor & set(clusters):
        placed.out(segment, "moved")
    joined, claimed, left_over = Counter[int](), Counter[int](), dict[int, list[str]]()
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
            left_over.setdefault(cluster, []).append(segment)
            claimed[target] += 1
    for cluster, segments in left_over.items():
        for segment in segments:
            placed.beside(segment, cluster, enough=len(segments) >= min_size)
    open_questions = questions.asked(clusters, held, joined=joined, claimed=claimed, shift_share=shift_share)
    return Replayed(
        themes=dict(sorted(placed.themes.items())),
        held=held,
        questions=open_questions + unanchored,
        outside=dict(sorted(placed.outside.items())),
        rejected=dict(sorted(placed.rejected.items())),
        continued=continued,
        merged={
            merged: theme.theme_id for theme in held.values() for merged in sorted(theme.took) if merged not in held
        },
    )


def settling(
    result: Replayed,
    clusters: Mapping[str, int],
    documents: Mapping[str, str],
    decisions: Sequence[Decision],
    *,
    shift_share: float,
    min_size: int = 3,
) -> dict[int, tuple[str, ...]]:
    """Return, for each theme with questions, the questions that would remain after accepting or rejecting it as it is.

    A decision that lists them in its `answers` settles them; they are found by replaying such a decision. Arguments are
    as for `replay`; `result`: what it returned.
    """
    last = max((decision.when for decision in decisions), default="2000-01-01")
    remaining = {}
    for theme in sorted({question.theme_id for question in result.questions} & set(result.held)):
        rejected = result.held[theme].status == "rejected"
        theme_by_segment = result.rejected if rejected else result.themes
        accepting = Decision(
            id="as it is",
            action="reject" if rejected else "accept",
            theme=theme,
            who="-",
            when=last,
            members=tuple(
                segment for segment, theme_of_segment in theme_by_segment.items() if theme_of_segment == theme
            ),
            documents=tuple(sorted(set(documents.values()))),
        )
        replayed = replay(clusters, documents, [*decisions, accepting], shift_share=shift_share, min_size=min_size)
        remaining[theme] = tuple(sorted(question.key for question in replayed.questions if question.theme_id == theme))
    return remaining


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
    decided_ids = {theme for held_theme in held.values() for theme in (held_theme.theme_id, *held_theme.took)}
    present = sorted(set(clusters.values()) - {UNASSIGNED})
    ids = {cluster: cluster for cluster in present if cluster not in decided_ids}
    for cluster in sorted(set(present) - set(ids)):
        number = cluster
        while number in decided_ids or number in ids.values():
            number = 100_000 + (number * 31 + 7) % 900_000
        ids[cluster] = number
    return ids
