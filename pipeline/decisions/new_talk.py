"""New data against accepted themes: do new segments fit a theme, broaden it, or form a new one?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import states
from pipeline.decisions.held_themes import Held

Vector = NDArray[np.float32]

# The outermost tenth of a theme's own segments says where its edge is. New talk that fits lies beyond it a tenth of the
# time; the theme is stretched where so much does that chance would bring it about less than once in twenty times.
EDGE, CHANCE = 0.1, 0.05
# Fewer settled segments than this have no edge to speak of; fewer new ones are no theme.
MIN_ANCHOR, MIN_NEW = 5, 3


@dataclass(frozen=True)
class News:
    """What new talk shows about an accepted theme.

    `verdict`: fits, stretches, silent (none of the new documents' talk is in the theme), untold (too few settled
    segments), or asks (new talk near it forms a candidate theme of its own, `candidate_id`, else -1). `n_segments` and
    `n_documents`: of the new talk concerned.
    """

    theme_id: int
    verdict: str
    candidate_id: int
    n_segments: int
    n_documents: int
    sentence: str


@dataclass(frozen=True)
class Talk:
    """The theme after replay, the document and the vector of each substantive segment."""

    themes: Mapping[str, int]
    documents: Mapping[str, str]
    vectors: Mapping[str, Vector]


def news(talk: Talk, *, held: Mapping[int, Held], labels: Mapping[int, str]) -> list[News]:
    """Compare talk that is new to each accepted theme with it; empty if no theme is accepted or no document is new.

    Talk is new to a theme if its document was not in the study when the theme was last decided on. `held`: decided
    themes by id; `labels`: labels of all themes.
    """
    accepted = {key: theme for key, theme in sorted(held.items()) if theme.status == "accepted"}
    settled = {
        key: [talk.vectors[segment] for segment in sorted(theme.anchor & set(talk.themes))]
        for key, theme in accepted.items()
    }
    settled = {key: vectors for key, vectors in settled.items() if vectors}
    items = []
    for key, vectors in settled.items():
        theme, name = accepted[key], states.named(key, labels)
        added = set(talk.documents.values()) - theme.known
        joined = sorted(
            segment for segment, theme_id in talk.themes.items() if theme_id == key and segment not in theme.anchor
        )
        if added:
            sources = len({talk.documents[segment] for segment in joined})
            verdict, sentence = _judged(
                name, vectors, [talk.vectors[segment] for segment in joined], len(added), sources
            )
            items.append(News(key, verdict, UNASSIGNED, len(joined), sources if joined else len(added), sentence))
    known = set().union(*(accepted[key].known for key in settled))
    centres = {key: _centre(vectors) for key, vectors in settled.items()}
    return items + _asking(talk, known_documents=known, decided=set(held), centres=centres, labels=labels)


def stretched(settled: Sequence[Vector], new: Sequence[Vector]) -> tuple[int, bool]:
    """Return how many new vectors lie beyond the edge of the settled ones, and whether that exceeds chance.

    The edge is the distance from the centre within which all but a share EDGE of the settled vectors lie, each measured
    from the centre of the others. Distance is 1 minus the cosine. Needs at least two settled vectors.
    """
    total = np.sum(settled, axis=0)
    settled_distances = [_distance(vector, total - vector) for vector in settled]
    edge = float(np.quantile(settled_distances, 1 - EDGE, method="higher"))
    beyond = sum(_distance(vector, total) > edge for vector in new)
    return beyond, bool(new) and _by_chance(beyond, len(new)) < CHANCE


def _by_chance(beyond: int, n: int) -> float:
    """Return the probability that at least `beyond` of `n` vectors lie beyond the edge by chance."""
    return sum(comb(n, k) * EDGE**k * (1 - EDGE) ** (n - k) for k in range(beyond, n + 1))


def _judged(
    name: str, settled: Sequence[Vector], new: Sequence[Vector], n_added: int, n_sources: int
) -> tuple[str, str]:
    """The verdict on a theme and its sentence."""
    if not new:
        where = "the new document" if n_added == 1 else f"the {_count(n_added, 'new document')}"
        return "silent", f"No passage of {where} belongs to {name}."
    talk = f"{_count(len(new), 'new passage')} from {_count(n_sources, 'document')}"
    if len(settled) < MIN_ANCHOR:
        return "untold", f"{talk} joined {name}, which has too few passages to tell whether they fit: please read them."
    beyond, more = stretched(settled, new)
    if more:
        where = "are further from its centre than 90% of its earlier passages"
        return "stretches", f"{talk} broaden {name}: {beyond} of them {where}."
    return "fits", f"{talk} fit {name} as decided."


def _asking(
    talk: Talk,
    *,
    known_documents: set[str],
    decided: set[int],
    centres: Mapping[int, Vector],
    labels: Mapping[int, str],
) -> list[News]:
    """Return news on candidate themes of mostly new talk, each with the nearest accepted theme."""
    items = []
    for candidate in sorted(set(talk.themes.values()) - decided - {UNASSIGNED}) if centres else []:
        members = sorted(segment for segment, theme in talk.themes.items() if theme == candidate)
        new = [segment for segment in members if talk.documents[segment] not in known_documents]
        if len(new) < MIN_NEW or 2 * len(new) <= len(members):
            continue
        centre = _centre([talk.vectors[segment] for segment in new])
        nearest = min(centres, key=lambda key: (round(_distance(centre, centres[key]), 6), key))
        sources = len({talk.documents[segment] for segment in new})
        sentence = (
            f"{_count(len(new), 'new passage')} from {_count(sources, 'document')} form a theme of their own, "
            f"the candidate {states.named(candidate, labels)}; the most similar accepted theme is "
            f"{states.named(nearest, labels)}."
        )
        items.append(News(nearest, "asks", candidate, len(new), sources, sentence))
    return sorted(items, key=lambda item: (item.theme_id, item.candidate_id))


def _centre(vectors: Sequence[Vector]) -> Vector:
    mean: Vector = np.mean(vectors, axis=0)
    return mean


def _distance(first: Vector, second: Vector) -> float:
    """Return 1 minus the cosine; 1 if a vector has no direction."""
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return 1.0 - float(first @ second) / length if length > 1e-9 else 1.0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
