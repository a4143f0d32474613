"""Replaying decisions on new clusters: what a researcher settled stays, and every shift under it becomes a question.

A decided theme is held: its segments are those of its anchor that still exist, whatever the clusters do. Talk that came
after the decision joins it where its cluster is mostly that theme's. Everything else stays where the clusters put it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import Decision
from pipeline.settled import Held, Question, settle


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
        asked += _disputed(theme, clusters, name)
        if here and theme.status != "rejected":
            homes.setdefault(_home(here, clusters), []).append(theme.theme_id)
            asked += _shifts(theme, here, clusters, name, shift_share)
    for cluster, themes in homes.items():
        if cluster != UNASSIGNED and len(themes) > 1:
            named = ", ".join(str(held[theme].label or theme) for theme in themes)
            asked.append(Question(themes[0], "merged", 0, f"The clusters no longer tell these themes apart: {named}."))
    asked = [question for question in asked if question.key not in held[question.theme_id].answers]
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


def _disputed(theme: Held, clusters: Mapping[str, int], name: str) -> list[Question]:
    if theme.status == "rejected":
        return []
    asked = []
    count = len((theme.contested & set(clusters)) - theme.anchor)
    if count:
        sentence = f"{count} segments counted to {name} had been settled in another theme before: where do they belong?"
        asked.append(Question(theme.theme_id, "contested", count, sentence))
    if not theme.anchor:
        sentence = f"No segment is left in {name}: all were moved or merged away. Reject it, or undo what emptied it."
        asked.append(Question(theme.theme_id, "empty", 0, sentence))
    return asked


def _gone(theme_id: int, gone: int, all_of: int, name: str) -> Question:
    sentence = f"{gone} of {all_of} segments of {name} are no longer in the study: does it still stand?"
    return Question(theme_id, "gone", gone, sentence)
