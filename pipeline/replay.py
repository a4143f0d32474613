"""Replaying decisions on new clusters: what a researcher settled stays, and every shift under it becomes a question.

A decided theme is held: its segments are those of its anchor that still exist, whatever the clusters do. Talk that came
after the decision joins it where its cluster is mostly that theme's. Everything else stays where the clusters put it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.decisions import Decision
from pipeline.schemas import UNASSIGNED


@dataclass
class Held:
    """A theme as the researchers left it. `anchor`: the segments settled in it; `known`: the documents there were."""

    theme_id: int
    status: str
    anchor: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    label: str | None = None
    pinned: tuple[str, ...] = ()
    memos: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """Something that shifted under a decision: the theme, the kind of shift, how much, and the sentence to answer."""

    theme_id: int
    kind: str
    n_segments: int
    sentence: str


@dataclass(frozen=True)
class Replayed:
    """The outcome: each segment's theme (-1: none), the held themes by id, and the questions in a stable order."""

    themes: dict[str, int]
    held: dict[int, Held]
    questions: list[Question]


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
    settled = {
        segment: theme.theme_id if theme.status != "rejected" else UNASSIGNED
        for theme in (*held.values(), alone)
        for segment in theme.anchor
        if segment in clusters
    }
    free = sorted(set(clusters) - set(settled))
    matched = _matches(clusters, held)
    themes = dict(settled)
    joined: Counter[int] = Counter()
    claimed: Counter[int] = Counter()
    rest: dict[int, list[str]] = {}
    for segment in free:
        target = matched.get(clusters[segment])
        if target is None:
            themes[segment] = _own_id(clusters[segment], held)
        elif documents[segment] not in held[target].known:
            themes[segment] = target if held[target].status != "rejected" else UNASSIGNED
            joined[target] += 1
        else:
            # It was there when the theme was settled and was not put in it: the theme stays as it was left.
            rest.setdefault(clusters[segment], []).append(segment)
            claimed[target] += 1
    for cluster, segments in rest.items():
        apart = _own_id(cluster, held) if len(segments) >= min_size else UNASSIGNED
        themes |= dict.fromkeys(segments, apart)
    questions = _questions(clusters, held, joined, claimed, shift_share=shift_share)
    return Replayed(dict(sorted(themes.items())), held, questions + unanchored)


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
        theme = _held(held, theme_id, anchor, set(decision.documents) or present)
        _apply(decision, theme, held, members_of)
    return {key: held[key] for key in sorted(held)}, lost


def _held(held: dict[int, Held], theme_id: int, anchor: set[str], known: set[str]) -> Held:
    theme = held.setdefault(theme_id, Held(theme_id, "open"))
    taken = set().union(*(other.anchor for other in held.values() if other is not theme))
    theme.anchor |= anchor - taken
    theme.known |= known
    return theme


def _apply(decision: Decision, theme: Held, held: dict[int, Held], members_of: Mapping[int, set[str]]) -> None:
    theme.decided = (*theme.decided, decision.key)
    match decision.action:
        case "accept":
            theme.status = "accepted"
        case "rename":
            theme.label = decision.label
            theme.status = "accepted" if theme.status == "open" else theme.status
        case "reject":
            theme.status = "rejected"
        case "memo":
            theme.memos = (*theme.memos, decision.text or "")
        case "pin":
            theme.pinned = (*theme.pinned, *decision.segments)
            _take(theme, decision.segments, held)
        case "move":
            _take(theme, decision.segments, held)
        case "merge":
            theme.status = "accepted"
            for other in decision.others:
                gone = held.pop(other, None)
                theme.anchor |= gone.anchor if gone else members_of.get(other, set()) - _anchored(held)
        case "split":
            part = Held(part_id(decision), "accepted", known=set(theme.known), label=decision.label)
            part.decided = (decision.key,)
            theme.status = "accepted" if theme.status == "open" else theme.status
            held[part.theme_id] = part
            _take(part, decision.segments, held)


def part_id(decision: Decision) -> int:
    """The id of the theme that a split makes: six digits from the decision's own id."""
    return 100_000 + int.from_bytes(decision.key.encode(), "big") % 900_000


def _anchored(held: Mapping[int, Held]) -> set[str]:
    return set().union(*(theme.anchor for theme in held.values()))


def _take(theme: Held, segments: Sequence[str], held: Mapping[int, Held]) -> None:
    for other in held.values():
        other.anchor -= set(segments)
    theme.anchor |= set(segments)


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


def _questions(
    clusters: Mapping[str, int],
    held: Mapping[int, Held],
    joined: Counter[int],
    claimed: Counter[int],
    *,
    shift_share: float,
) -> list[Question]:
    asked: list[Question] = []
    homes: dict[int, list[int]] = {}
    for theme in held.values():
        name = f"'{theme.label}'" if theme.label else f"theme {theme.theme_id}"
        here = sorted(segment for segment in theme.anchor if segment in clusters)
        gone = len(theme.anchor) - len(here)
        if gone:
            asked.append(_gone(theme.theme_id, gone, len(theme.anchor), name))
        if joined[theme.theme_id]:
            count = joined[theme.theme_id]
            asked.append(
                Question(theme.theme_id, "joined", count, f"{count} new segments joined {name}: do they fit it?")
            )
        if claimed[theme.theme_id]:
            count = claimed[theme.theme_id]
            sentence = f"{count} segments that were not in {name} when it was decided now sit with it: take them in?"
            asked.append(Question(theme.theme_id, "claimed", count, sentence))
        if here and theme.status != "rejected":
            homes.setdefault(_home(here, clusters), []).append(theme.theme_id)
            asked += _shifts(theme, here, clusters, name, shift_share)
    for cluster, themes in homes.items():
        if cluster != UNASSIGNED and len(themes) > 1:
            named = ", ".join(str(held[theme].label or theme) for theme in themes)
            asked.append(Question(themes[0], "merged", 0, f"The clusters no longer tell these themes apart: {named}."))
    return sorted(asked, key=lambda question: (question.theme_id, question.kind, question.sentence))


def _own_id(cluster: int, held: Mapping[int, Held]) -> int:
    """A cluster's number, or another one where a held theme that it does not continue has that number."""
    while cluster in held:
        cluster = 100_000 + (cluster * 31 + 7) % 900_000
    return cluster


def _home(here: Sequence[str], clusters: Mapping[str, int]) -> int:
    counts = Counter(clusters[segment] for segment in here)
    return min(counts, key=lambda cluster: (-counts[cluster], cluster))


def _shifts(
    theme: Held, here: Sequence[str], clusters: Mapping[str, int], name: str, shift_share: float
) -> list[Question]:
    home = _home(here, clusters)
    away = Counter(clusters[segment] for segment in here if clusters[segment] != home)
    moved = sum(away.values())
    if home == UNASSIGNED:
        sentence = f"The clusters no longer hold {name} together: most of its {len(here)} segments sit with no theme."
        return [Question(theme.theme_id, "vanished", len(here), sentence)]
    if moved <= shift_share * len(here):
        return []
    sentence = f"{moved} of {len(here)} segments of {name} now sit with other clusters: is it still one theme?"
    return [Question(theme.theme_id, "shifted", moved, sentence)]


def _gone(theme_id: int, gone: int, all_of: int, name: str) -> Question:
    sentence = f"{gone} of {all_of} segments of {name} are no longer in the study: does it still stand?"
    return Question(theme_id, "gone", gone, sentence)


def _lost(decision: Decision) -> str:
    return (
        f"Decision {decision.key} ({decision.action}) is about theme {decision.theme}, which is not there and has no "
        f"anchor: name a theme that is there, or undo it."
    )
