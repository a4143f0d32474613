"""The questions that arise where decisions meet new clusters. Each says what was decided, by whom and when."""

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
    """What shifted under the held themes and was not answered yet, in a stable order.

    `clusters`: each segment's cluster (-1: none); `joined`, `claimed`: how many segments are new to a theme, and how
    many were known when it was decided and now sit with it; `shift_share`: as for replay.
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
    """A held theme in a question: its label, its id, and what was decided, by whom and when."""
    called = f"“{theme.label}”" if theme.label else "a theme without a label"
    if theme.settled is None:
        return f"{called} ({theme.theme_id})"
    part = theme.split_from != UNASSIGNED and theme.decided[:1] == (theme.settled.key,)
    return f"{called} ({theme.theme_id}, {states.made(theme.settled, part=part)})"


def _came(theme: Held, joined: int, claimed: int) -> list[Question]:
    """Talk that came to a theme, or sits with it, since it was decided on."""
    rejected, found = theme.status == "rejected", []
    if joined:
        many = joined != 1
        new = prose.count(joined, "new segment")
        sentence = f"{new} joined {name(theme)}: {'do they' if many else 'does it'} fit it?"
        if rejected:
            sentence = (
                f"{new} {'belong' if many else 'belongs'} with {name(theme)} and {'are' if many else 'is'} left out "
                f"with it: is that right for {'them' if many else 'it'} too? If so, reject it again."
            )
        found.append(Question(theme.theme_id, "joined", joined, sentence))
    if claimed:
        one = claimed == 1
        known = f"{prose.count(claimed, 'segment')} that {'was' if one else 'were'} not in {name(theme)} at that time"
        sits = "now sits" if one else "now sit"
        sentence = f"{known} {sits} with it: take {'it' if one else 'them'} in?"
        if rejected:
            sentence = (
                f"{known} {sits} with it, and {'was' if one else 'were'} not left out with it: "
                f"{'does it' if one else 'do they'} belong to it?"
            )
        found.append(Question(theme.theme_id, "claimed", claimed, sentence))
    return found


def _left(theme: Held, here: Sequence[str], clusters: Mapping[str, int]) -> list[Question]:
    """Segments that a theme lost: they left the study, or others settled them elsewhere, or none is left."""
    found = []
    gone = len(theme.anchor) - len(here)
    if gone:
        sentence = (
            f"{gone:,} of {prose.count(len(theme.anchor), 'segment')} of {name(theme)} "
            f"{'is' if gone == 1 else 'are'} no longer in the study: does it still stand?"
        )
        found.append(Question(theme.theme_id, "gone", gone, sentence))
    count = len((theme.contested & set(clusters)) - theme.anchor)
    if count:
        one = count == 1
        sentence = (
            f"{prose.count(count, 'segment')} counted to {name(theme)} had been settled in another theme before: where "
            f"{'does it' if one else 'do they'} belong?"
        )
        found.append(Question(theme.theme_id, "contested", count, sentence))
    if not theme.anchor:
        sentence = (
            f"No segment is left in {name(theme)}: all were moved or merged away. Reject it, or undo what emptied it."
        )
        found.append(Question(theme.theme_id, "empty", 0, sentence))
    return found


def _home(here: Sequence[str], clusters: Mapping[str, int]) -> int:
    counts = Counter(clusters[segment] for segment in here)
    return min(counts, key=lambda cluster: (-counts[cluster], cluster))


def _shifts(theme: Held, here: Sequence[str], clusters: Mapping[str, int], shift_share: float) -> list[Question]:
    """Whether the clusters put more of a theme elsewhere than `shift_share` of it.

    A theme that took in others has as many homes as it has of them, for the clusters never saw it as one; what people
    put in it one by one is theirs, and no shift.
    """
    own = [segment for segment in here if segment not in theme.by_hand]
    if not own:
        return []
    home = _home(own, clusters)
    if home == UNASSIGNED:
        alone = sum(clusters[segment] == UNASSIGNED for segment in own)
        sentence = (
            f"The clusters no longer hold {name(theme)} together: {alone:,} of its "
            f"{prose.count(len(own), 'segment')} {'sits' if alone == 1 else 'sit'} with no theme."
        )
        return [Question(theme.theme_id, "vanished", len(here), sentence)]
    counts = Counter(clusters[segment] for segment in own if clusters[segment] != UNASSIGNED)
    homes = sorted(counts, key=lambda cluster: (-counts[cluster], cluster))[: 1 + len(set(theme.took))]
    moved = len(own) - sum(counts[cluster] for cluster in homes)
    if moved <= shift_share * len(own):
        return []
    sentence = (
        f"{moved:,} of {prose.count(len(own), 'segment')} of {name(theme)} now "
        f"{'sits' if moved == 1 else 'sit'} with other clusters: is it still one theme?"
    )
    return [Question(theme.theme_id, "shifted", moved, sentence)]


def _not_told_apart(
    cluster: int, themes: Sequence[int], held: Mapping[int, Held], clusters: Mapping[str, int]
) -> list[Question]:
    """Themes that sit in one cluster; those that people split from each other never were apart in the clusters."""
    first = {_origin(theme, held): theme for theme in reversed(themes)}
    if len(first) < 2:
        return []
    apart = sorted(first.values())
    count = sum(clusters.get(segment) == cluster for theme in apart for segment in held[theme].anchor)
    listed = prose.listed([name(held[theme]) for theme in apart])
    return [Question(apart[0], "merged", count, f"The clusters no longer tell these themes apart: {listed}.")]


def _origin(theme: int, held: Mapping[int, Held]) -> int:
    """The theme that a theme was once split off, itself where it was not."""
    inside = {gone: one.theme_id for one in held.values() for gone in one.took}
    seen: set[int] = set()
    while theme not in seen:
        seen.add(theme)
        if theme in held and held[theme].split_from != UNASSIGNED:
            theme = held[theme].split_from
        elif theme not in held:
            theme = inside.get(theme, theme)
    return theme
