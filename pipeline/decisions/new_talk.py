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
    """What new talk says of an accepted theme.

    `verdict`: fits, stretches, silent (new documents, none of whose talk is in it), untold (too few settled segments),
    or asks (new talk near it forms a candidate theme of its own, `candidate_id`, else -1).
    `n_segments` and `n_documents`: the new talk meant.
    """

    theme_id: int
    verdict: str
    candidate_id: int
    n_segments: int
    n_documents: int
    sentence: str


@dataclass(frozen=True)
class Talk:
    """Each substantive segment's theme, after the decisions were replayed, its document, and its vector."""

    themes: Mapping[str, int]
    documents: Mapping[str, str]
    vectors: Mapping[str, Vector]


def news(talk: Talk, *, held: Mapping[int, Held], labels: Mapping[int, str]) -> list[News]:
    """Set new talk against each accepted theme; nothing where no theme is accepted or no document is new to it.

    New is what lies in a document that was not there when the theme was last decided on. `labels`: of all themes.
    """
    accepted = {key: theme for key, theme in sorted(held.items()) if theme.status == "accepted"}
    settled = {
        key: [talk.vectors[s] for s in sorted(theme.anchor & set(talk.themes))] for key, theme in accepted.items()
    }
    settled = {key: vectors for key, vectors in settled.items() if vectors}
    found = []
    for key, vectors in settled.items():
        theme, name = accepted[key], states.named(key, labels)
        added = set(talk.documents.values()) - theme.known
        joined = sorted(s for s, own in talk.themes.items() if own == key and s not in theme.anchor)
        if added:
            sources = len({talk.documents[segment] for segment in joined})
            verdict, sentence = _judged(name, vectors, [talk.vectors[s] for s in joined], len(added), sources)
            found.append(News(key, verdict, UNASSIGNED, len(joined), sources if joined else len(added), sentence))
    known = set().union(*(accepted[key].known for key in settled))
    centres = {key: _centre(vectors) for key, vectors in settled.items()}
    return found + _asking(talk, known=known, decided=set(held), centres=centres, labels=labels)


def stretched(settled: Sequence[Vector], new: Sequence[Vector]) -> tuple[int, bool]:
    """How many new vectors lie beyond the edge of the settled ones, and whether that is more than chance would bring.

    The edge: the distance from the centre within which all but EDGE of the settled vectors lie, each measured from the
    centre of the others, as a new one is. Distance: 1 less the cosine. Needs two settled vectors or more.
    """
    total = np.sum(settled, axis=0)
    own = [_distance(vector, total - vector) for vector in settled]
    edge = float(np.quantile(own, 1 - EDGE, method="higher"))
    beyond = sum(_distance(vector, total) > edge for vector in new)
    return beyond, bool(new) and _by_chance(beyond, len(new)) < CHANCE


def _by_chance(beyond: int, of: int) -> float:
    """The probability of so many or more beyond the edge where each has the chance EDGE to be there."""
    return sum(comb(of, k) * EDGE**k * (1 - EDGE) ** (of - k) for k in range(beyond, of + 1))


def _judged(
    name: str, settled: Sequence[Vector], new: Sequence[Vector], n_added: int, n_sources: int
) -> tuple[str, str]:
    """The verdict on a theme and its sentence."""
    if not new:
        where = "the new document" if n_added == 1 else f"the {_count(n_added, 'new document')}"
        return "silent", f"No segment of {where} belongs to {name}."
    talk = f"{_count(len(new), 'new segment')} from {_count(n_sources, 'document')}"
    if len(settled) < MIN_ANCHOR:
        return "untold", f"{talk} joined {name}, which has too few segments to tell whether they fit: please read them."
    beyond, more = stretched(settled, new)
    if more:
        where = "are further from its centre than 90% of its earlier segments"
        return "stretches", f"{talk} broaden {name}: {beyond} of them {where}."
    return "fits", f"{talk} fit {name} as decided."


def _asking(
    talk: Talk, *, known: set[str], decided: set[int], centres: Mapping[int, Vector], labels: Mapping[int, str]
) -> list[News]:
    """Candidate themes that are mostly new talk, each with the accepted theme nearest to it."""
    found = []
    for candidate in sorted(set(talk.themes.values()) - decided - {UNASSIGNED}) if centres else []:
        members = sorted(segment for segment, theme in talk.themes.items() if theme == candidate)
        new = [segment for segment in members if talk.documents[segment] not in known]
        if len(new) < MIN_NEW or 2 * len(new) <= len(members):
            continue
        centre = _centre([talk.vectors[segment] for segment in new])
        nearest = min(centres, key=lambda key: (round(_distance(centre, centres[key]), 6), key))
        sources = len({talk.documents[segment] for segment in new})
        sentence = (
            f"{_count(len(new), 'new segment')} from {_count(sources, 'document')} form a theme of their own, "
            f"the candidate {states.named(candidate, labels)}; the most similar accepted theme is "
            f"{states.named(nearest, labels)}."
        )
        found.append(News(nearest, "asks", candidate, len(new), sources, sentence))
    return sorted(found, key=lambda row: (row.theme_id, row.candidate_id))


def _centre(vectors: Sequence[Vector]) -> Vector:
    mean: Vector = np.mean(vectors, axis=0)
    return mean


def _distance(one: Vector, two: Vector) -> float:
    """1 less the cosine; vectors without direction are as far from each other as unrelated ones."""
    length = float(np.linalg.norm(one) * np.linalg.norm(two))
    return 1.0 - float(one @ two) / length if length > 1e-9 else 1.0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
