"""Which clause stands under a theme's label: what many say, and what tells the theme from other talk."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.core.arithmetic import unit
from pipeline.inductive.contrast import Terms
from pipeline.inductive.in_vivo import Clause

# Segments between these ranks of nearness to the theme's mean are of middling typicality.
MIDDLING = (0.1, 0.75)
# A clause is like the group's talk rather than other talk with at least this probability; a greater one if nobody else
# says the like, or if it has a single content word ("I don't mind").
LEAST_APART, LEAST_APART_ALONE, LEAST_APART_SHORT = 0.6, 0.7, 0.75
# Clauses of each group whose meaning is compared with its talk.
SHORTLIST = 12


class Candidate(NamedTuple):
    """A clause that could stand for a group: whether others back it, whether its segment is middling, its score."""

    backed: bool
    middling: bool
    score: float
    clause: Clause


def candidates(
    found: Sequence[Clause],
    inside: np.ndarray,
    *,
    terms: Terms,
    weights: np.ndarray,
    vectors: np.ndarray,
    voices: np.ndarray,
) -> list[Candidate]:
    """Return the SHORTLIST clauses whose words say best what a group is about.

    `inside`: the places of the group's segments that may be quoted; `weights`: (terms,), how much more usual each is
    there; `voices`: (segments,), who speaks. A clause scores the weights of its words, times the share of other voices
    of the group that say two of these words.
    """
    if not len(inside):
        return []
    column = {phrase.lemmas[0]: at for at, phrase in enumerate(terms.phrases) if len(phrase.lemmas) == 1}
    ranks = _ranks(vectors, inside)
    said = terms.counts[inside]
    group_voices = voices[inside]
    members = set(inside.tolist())
    result = []
    for clause in found:
        columns = sorted(column[word] for word in clause.content if word in column)
        strong = [at for at in columns if weights[at] > 0]
        if clause.place not in members or not strong:
            continue
        worth = float(np.minimum(weights[strong], 10).sum()) / np.sqrt(len(clause.content) + 2)
        shared = np.asarray(said[:, strong].sum(axis=1)).ravel() >= min(2, len(strong))
        backing = len(set(group_voices[shared]) - {voices[clause.place]})
        middling = MIDDLING[0] <= ranks[clause.place] <= MIDDLING[1]
        score = round(worth * float(np.sqrt(backing)) * (1.0 if len(strong) > 1 else 0.5), 6)
        result.append(Candidate(backing > 0, middling, score, clause))
    return sorted(result, key=_order)[:SHORTLIST]


def best(shortlist: Sequence[Candidate], separation: np.ndarray, label: Collection[str] = ()) -> Clause | None:
    """Return the clause that says best what a group is about, or None.

    `separation`: (candidates,), how well the meaning of each tells the group apart (see `meaning.apart`); `label`: the
    words of the group's label, without inflection. One that nobody else backs, or that holds no word of the label, is
    taken only where there is none other; none that says little more of the group than of other talk.
    """
    weighed = [
        one._replace(
            score=round(float(np.sqrt(one.score)) * max(2 * float(apart) - 1, 0.0) ** 1.5 * _full(one.clause), 6)
        )
        for one, apart in zip(shortlist, separation, strict=True)
        if round(float(apart), 4) >= _least(one)
    ]
    words = frozenset(label)
    named = [one for one in weighed if one.backed and one.clause.content & words]
    return min(named or weighed, key=_order).clause if weighed else None


def _least(one: Candidate) -> float:
    """Return how well a clause's meaning has to tell the group apart."""
    least = LEAST_APART if one.backed else LEAST_APART_ALONE
    return max(least, LEAST_APART_SHORT) if len(one.clause.content) < 2 else least


def _full(clause: Clause) -> float:
    """Return how much a clause says, from its content words: 1 for three or more."""
    return min(len(clause.content) / 3, 1.0)


def _order(one: Candidate) -> tuple[bool, bool, float, int, int]:
    return (not one.backed, not one.middling, -one.score, one.clause.place, one.clause.start)


def _ranks(vectors: np.ndarray, inside: np.ndarray) -> dict[int, float]:
    """Return the rank of each place by nearness to the mean, from 0 (nearest) to 1."""
    directions = unit(vectors[inside])
    near = np.round(directions @ unit(directions.mean(axis=0, keepdims=True))[0], 6)
    order = inside[np.argsort(-near, kind="stable")]
    return {int(place): at / max(len(order) - 1, 1) for at, place in enumerate(order)}
