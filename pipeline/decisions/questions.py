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
    """The questions about decided themes that are not answered yet, in a stable order.

    `clusters`: cluster by segment_id (-1: none); `joined`: number of new segments by theme; `claimed`: number of
    segments by theme that existed at the time of the decision and now cluster with it; `shift_share`: as for replay.
    """
    found: list[Question] = []
    homes: dict[int, list[int]] = {}
    for theme in held.values():
        here = sorted(segment for segment in theme.anchor if segment in clusters)
        found += _came(theme, joined.get(theme.theme_id, 0), claimed.get(theme.theme_id, 0))
        if theme.status == "rejected":
            continue
        found += _left(theme, here, clusters)
        if here:
            homes.setdefault(_home(here, clusters), []).append(theme.theme_id)
            found += _shifts(theme, here, clusters, shift_share)
    for cluster, themes in homes.items():
        if cluster != UNASSIGNED:
            found += _not_told_apart(cluster, themes, held, clusters)
    left = [question for question in found if question.key not in held[question.theme_id].answers]
    return sorted(left, key=lambda question: (question.theme_id, question.kind, question.sentence))


def name(theme: Held) -> str:
    """A decided theme as named in a question: label, id, and the decision with its author and date."""
    called = f"“{theme.label}”" if theme.label else "an unlabelled theme"
    if theme.settled is None:
        return f"{called} ({theme.theme_id})"
    part = theme.split_from != UNASSIGNED and theme.decided[:1] == (theme.settled.key,)
    return f"{called} ({theme.theme_id}, {states.made(theme.settled, part=part)})"


def _came(theme: Held, joined: int, claimed: int) -> list[Question]:
    """Questions about segments that joined a theme, or cluster with it, since its decision."""
    rejected, found = theme.status == "rejected", []
    if joined:
        many = joined != 1
        new = prose.count(joined, "new segment")
        sentence = f"{new} joined {name(theme)}: {'do they' if many else 'does it'} fit it?"
        if rejected:
            sentence = (
                f"{new} {'belong' if many else 'belongs'} to {name(theme)} and {'are' if many else 'is'} in no theme "
                f"for that reason: is that right for {'them' if many else 'it'} too? If so, reject the theme again."
            )
        found.append(Question(theme.theme_id, "joined", joined, sentence))
    if claimed:
        one = claimed == 1
        known = f"{prose.count(claimed, 'segment')} that {'was' if one else 'were'} not in {name(theme)} at that time"
        sits = "now clusters" if one else "now cluster"
        sentence = f"{known} {sits} with it: should {'it' if one else 'they'} be added?"
        if rejected:
            sentence = (
                f"{known} {sits} with it, but {'was' if one else 'were'} not rejected with it: "
                f"{'does it' if one else 'do they'} belong to it?"
            )
        found.append(Question(theme.theme_id, "claimed", claimed, sentence))
    return found


def _left(theme: Held, here: Sequence[str], clusters: Mapping[str, int]) -> list[Question]:
    """Questions about segments a theme lost: removed from the study, claimed by another decision, or all gone."""
    found = []
    gone = len(theme.anchor) - len(here)
    if gone:
        sentence = (
            f"{gone:,} of {prose.count(len(theme.anchor), 'segment')} of {name(theme)} "
            f"{'is' if gone == 1 else 'are'} no longer in the study: is it still a theme?"
        )
        found.append(Question(theme.theme_id, "gone", gone, sentence))
    count = len((theme.contested & set(clusters)) - theme.anchor)
    if count:
        one = count == 1
        sentence = (
            f"{prose.count(count, 'segment')} assigned to {name(theme)} had been assigned to another theme by an "
            f"earlier decision: where {'does it' if one else 'do they'} belong?"
        )
        found.append(Question(theme.theme_id, "contested", count, sentence))
    if not theme.anchor:
        sentence = (
            f"{name(theme)} has no segments left: all were moved or merged into other themes. Reject it, or undo the "
            "decision that emptied it."
        )
        found.append(Question(theme.theme_id, "empty", 0, sentence))
    return found


def _home(here: Sequence[str], clusters: Mapping[str, int]) -> int:
    counts = Counter(clusters[segment] for segment in here)
    return min(counts, key=lambda cluster: (-counts[cluster], cluster))


def _shifts(theme: Held, here: Sequence[str], clusters: Mapping[str, int], shift_share: float) -> list[Question]:
    """A question if more than `shift_share` of a theme is now in other clusters.

    A merged theme may cover as many clusters as themes were merged. Segments that people moved into it one by one do
    not count.
    """
    own = [segment for segment in here if segment not in theme.by_hand]
    if not own:
        return []
    home = _home(own, clusters)
    if home == UNASSIGNED:
        alone = sum(clusters[segment] == UNASSIGNED for segment in own)
        sentence = (
            f"The clusters no longer support {name(theme)}: {alone:,} of its "
            f"{prose.count(len(own), 'segment')} {'is' if alone == 1 else 'are'} now in no cluster."
        )
        return [Question(theme.theme_id, "vanished", len(here), sentence)]
    counts = Counter(clusters[segment] for segment in own if clusters[segment] != UNASSIGNED)
    homes = sorted(counts, key=lambda cluster: (-counts[cluster], cluster))[: 1 + len(set(theme.took))]
    moved = len(own) - sum(counts[cluster] for cluster in homes)
    if moved <= shift_share * len(own):
        return []
    sentence = (
        f"{moved:,} of {prose.count(len(own), 'segment')} of {name(theme)} "
        f"{'is' if moved == 1 else 'are'} now in other clusters: is it still one theme?"
    )
    return [Question(theme.theme_id, "shifted", moved, sentence)]


def _not_told_apart(
    cluster: int, themes: Sequence[int], held: Mapping[int, Held], clusters: Mapping[str, int]
) -> list[Question]:
    """A question about themes that share a cluster; themes that people split from each other do not count."""
    first = {_origin(theme, held): theme for theme in reversed(themes)}
    if len(first) < 2:
        return []
    apart = sorted(first.values())
    count = sum(clusters.get(segment) == cluster for theme in apart for segment in held[theme].anchor)
    listed = prose.listed([name(held[theme]) for theme in apart])
    return [
        Question(
            apart[0], "merged", count, f"The clusters no longer separate these themes: {listed}. Should they be merged?"
        )
    ]


def _origin(theme: int, held: Mapping[int, Held]) -> int:
    """The theme from which a theme was split off, or the theme itself."""
    inside = {gone: one.theme_id for one in held.values() for gone in one.took}
    seen: set[int] = set()
    while theme not in seen:
        seen.add(theme)
        if theme in held and held[theme].split_from != UNASSIGNED:
            theme = held[theme].split_from
        elif theme not in held:
            theme = inside.get(theme, theme)
    return theme
