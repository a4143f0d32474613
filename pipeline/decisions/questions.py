"""Questions that arise when decisions meet new clusters. Each names the decision, who made it and when."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.core import prose
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import states
from pipeline.decisions.held_themes import Held, Question


def asked(
    clusters: Mapping[str, int],
    held: Mapping[int, Held],
    *,
    joined: Mapping[int, int],
    claimed: Mapping[int, int],
    shift_share: float,
) -> list[Question]:
    """Return the open questions about decided themes, sorted by theme, kind and sentence.

    `clusters`: the cluster of each segment, -1 for none; `held`: decided themes by id; `joined`: number of new segments
    by theme; `claimed`: number of segments by theme that existed at the time of the decision and now cluster with it;
    `shift_share`: see `replay.replay`.
    """
    raised: list[Question] = []
    homes: dict[int, list[int]] = {}
    for theme in held.values():
        present = sorted(segment for segment in theme.anchor if segment in clusters)
        raised += _came(theme, joined.get(theme.theme_id, 0), claimed.get(theme.theme_id, 0))
        if theme.status == "rejected":
            continue
        raised += _left(theme, present, clusters)
        if present:
            homes.setdefault(_home(present, clusters), []).append(theme.theme_id)
            raised += _shifts(theme, present, clusters, shift_share)
    for cluster, themes in homes.items():
        if cluster != UNASSIGNED:
            raised += _not_told_apart(cluster, themes, held, clusters)
    unanswered = [question for question in raised if question.key not in held[question.theme_id].answers]
    return sorted(unanswered, key=lambda question: (question.theme_id, question.kind, question.sentence))


def name(theme: Held) -> str:
    """Return how a question names a decided theme: label, id, and the decision with its author and date."""
    called = f"“{theme.label}”" if theme.label else "an unlabelled theme"
    if theme.settled is None:
        return f"{called} ({theme.theme_id})"
    is_split_off = theme.split_from != UNASSIGNED and theme.decided[:1] == (theme.settled.key,)
    return f"{called} ({theme.theme_id}, {states.made(theme.settled, split_off=is_split_off)})"


def _came(theme: Held, joined: int, claimed: int) -> list[Question]:
    """Return questions about segments that joined a theme, or cluster with it, since its decision."""
    rejected, raised = theme.status == "rejected", []
    if joined:
        many = joined != 1
        new = prose.count(joined, "new passage")
        sentence = f"{new} joined {name(theme)}: {'do they' if many else 'does it'} fit it?"
        if rejected:
            sentence = (
                f"{new} {'belong' if many else 'belongs'} to {name(theme)} and {'are' if many else 'is'} in no theme "
                f"for that reason: is that right for {'them' if many else 'it'} too? If so, reject the theme again."
            )
        raised.append(Question(theme.theme_id, "joined", joined, sentence))
    if claimed:
        many, more = claimed != 1, prose.count(claimed, "more passage")
        resemble = f"{more} {'resemble' if many else 'resembles'} {name(theme)}, but {'were' if many else 'was'} not"
        them = "them" if many else "it"
        sentence = f"{resemble} in it then: add {them}, or leave {them} where {'they are' if many else 'it is'}?"
        if rejected:
            sentence = f"{resemble} rejected with it: leave {them} out too, or review {them}?"
        raised.append(Question(theme.theme_id, "claimed", claimed, sentence))
    return raised


def _left(theme: Held, present: Sequence[str], clusters: Mapping[str, int]) -> list[Question]:
    """Return questions about segments that a theme lost: removed, moved by another decision, or all of them."""
    raised = []
    n_gone = len(theme.anchor) - len(present)
    if n_gone:
        sentence = (
            f"{n_gone:,} of {prose.count(len(theme.anchor), 'passage')} of {name(theme)} "
            f"{'is' if n_gone == 1 else 'are'} no longer in the study: is it still a theme?"
        )
        raised.append(Question(theme.theme_id, "gone", n_gone, sentence))
    count = len((theme.contested & set(clusters)) - theme.anchor)
    if count:
        single = count == 1
        sentence = (
            f"{prose.count(count, 'passage')} assigned to {name(theme)} had been assigned to another theme by an "
            f"earlier decision: where {'does it' if single else 'do they'} belong?"
        )
        raised.append(Question(theme.theme_id, "contested", count, sentence))
    if not theme.anchor:
        sentence = (
            f"{name(theme)} has no passages left: all were moved or merged into other themes. Reject it, or undo the "
            "decision that emptied it."
        )
        raised.append(Question(theme.theme_id, "empty", 0, sentence))
    return raised


def _home(here: Sequence[str], clusters: Mapping[str, int]) -> int:
    counts = Counter(clusters[segment] for segment in here)
    return min(counts, key=lambda cluster: (-counts[cluster], cluster))


def _shifts(theme: Held, present: Sequence[str], clusters: Mapping[str, int], shift_share: float) -> list[Question]:
    """Return a question if more than `shift_share` of a theme is now in other clusters.

    A merged theme may cover as many clusters as themes were merged. Segments that people moved into it one by one do
    not count.
    """
    clustered = [segment for segment in present if segment not in theme.by_hand]
    if not clustered:
        return []
    home = _home(clustered, clusters)
    if home == UNASSIGNED:
        n_unassigned = sum(clusters[segment] == UNASSIGNED for segment in clustered)
        sentence = (
            f"The clusters no longer support {name(theme)}: {n_unassigned:,} of its "
            f"{prose.count(len(clustered), 'passage')} {'is' if n_unassigned == 1 else 'are'} now in no cluster."
        )
        return [Question(theme.theme_id, "vanished", len(present), sentence)]
    counts = Counter(clusters[segment] for segment in clustered if clusters[segment] != UNASSIGNED)
    homes = sorted(counts, key=lambda cluster: (-counts[cluster], cluster))[: 1 + len(set(theme.took))]
    moved = len(clustered) - sum(counts[cluster] for cluster in homes)
    if moved <= shift_share * len(clustered):
        return []
    sentence = (
        f"{moved:,} of {prose.count(len(clustered), 'passage')} of {name(theme)} "
        f"{'is' if moved == 1 else 'are'} now in other clusters: is it still one theme?"
    )
    return [Question(theme.theme_id, "shifted", moved, sentence)]


def _not_told_apart(
    cluster: int, themes: Sequence[int], held: Mapping[int, Held], clusters: Mapping[str, int]
) -> list[Question]:
    """Return a question about themes that share a cluster, unless people split them from each other."""
    first = {_origin(theme, held): theme for theme in reversed(themes)}
    if len(first) < 2:
        return []
    sharing = sorted(first.values())
    count = sum(clusters.get(segment) == cluster for theme in sharing for segment in held[theme].anchor)
    listed = prose.listed([name(held[theme]) for theme in sharing])
    return [
        Question(
            sharing[0],
            "merged",
            count,
            f"The clusters no longer separate these themes: {listed}. Should they be merged?",
        )
    ]


def _origin(theme: int, held: Mapping[int, Held]) -> int:
    """Return the theme from which a theme was split off, or the theme itself."""
    merged_into = {merged: held_theme.theme_id for held_theme in held.values() for merged in held_theme.took}
    visited: set[int] = set()
    while theme not in visited:
        visited.add(theme)
        if theme in held and held[theme].split_from != UNASSIGNED:
            theme = held[theme].split_from
        elif theme not in held:
            theme = merged_into.get(theme, theme)
    return theme
