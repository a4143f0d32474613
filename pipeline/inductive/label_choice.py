"""Which terms name a group: those whose words its segments say and others do not, and whose meaning tells it apart."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from pipeline.core.arithmetic import unit
from pipeline.inductive import labels, meaning
from pipeline.inductive.contrast import Said, Terms

# Least share of a group's segments that say each word of its label, a tenth as people round it, ...
LEAST_SHARE = 0.095
# ... and how much greater it is than the share of all other segments that say it, so that the word names the group, ...
LIFT = 3.0
# ... or so that it may stand in a phrase beside a word that does.
LIFT_BESIDE = 1.3
# Each word is said by this many segments.
FEWEST = 4
# A phrase as a whole is said in this share.
LEAST_WHOLE = 0.015
# A word or a phrase is more usual in a group from this z-score on.
LEAST_Z, LEAST_Z_WHOLE = 1.5, 1.0
# How much more a phrase says than a word, and how much less a word that is no noun.
PHRASE, NO_NOUN = 0.15, 0.25
# How much more it says for each share of segments that say it whole, questions aside.
WHOLE = 0.7
# A label worth less names nothing.
LEAST_WORTH = 0.45
# A further term makes a label worth this much more, times how many there are, and is said in this share of segments
# that say no other of it. Each of its words is said in a tenth of the segments, the questions aside.
BETTER, NEW, NEW_SEGMENTS = 0.06, 0.05, 2
# A name with a capital, such as that of a place, is said in this share, questions aside.
PROPER = 1 / 3
# A word whose vector tells the group from the others less well than this (area under the ROC curve) names nothing.
LEAST_APART = 0.5
# How much the words of a label count beside its meaning.
WORDS = 1.5
# With how many first terms a label is tried.
TRIED = 6
# A label of a single adjective or verb, or of short remarks, is said in this share.
LEAST_ALONE = 0.15
# A group of short remarks has this share of segments with fewer content words.
SHORT, MOSTLY = 3, 0.5
# Beyond this cosine two terms say the same.
SAME = 0.65
MOST_WORDS, MOST_TERMS = 6, 3


class Candidates(NamedTuple):
    """Terms that may name a group: `columns` in Terms (a list of places), with their unit vectors.

    `may`: (groups, columns), whether a term may name a group; `names`: (groups, terms), what tells it from the others.
    """

    columns: list[int]
    may: np.ndarray
    names: np.ndarray
    vectors: np.ndarray


def allowed(
    terms: Terms, by_group: Said, weighed: Said, *, sizes: np.ndarray, n_cases: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return which terms may name each group, and which tell it from the others; both are (groups, terms).

    A word or a phrase tells a group from the others if a tenth of its segments say it, or say or answer it, several
    cases among them, far more often than the others do and no less often than any of them. Somebody has to say each of
    its words. A phrase may name a group too if one of its words tells it from the others and its other content words
    are usual there. `by_group`: what is said; `weighed`: what is said or answered; `sizes` and `n_cases`: (groups,),
    segments and cases of each.
    """
    least_cases = np.minimum(2, n_cases)[:, None]
    said = by_group.cases > 0
    for column in np.flatnonzero(terms.naming).tolist():
        said[:, column] = said[:, list(terms.words[column])].all(axis=1)
    names, beside, whole = (
        said & (here | there)
        for here, there in zip(*(_usual(one, sizes, least_cases) for one in (by_group, weighed)), strict=True)
    )
    names &= terms.naming > 0
    proper = np.array([_proper(form) for form in terms.forms], dtype=bool)
    may = names & (~proper | (by_group.share >= PROPER))
    for column in np.flatnonzero(terms.naming).tolist():
        words = list(terms.words[column])
        if len(terms.phrases[column].lemmas) > 1:
            may[:, column] |= whole[:, column] & beside[:, words].all(axis=1) & names[:, words].any(axis=1)
        if terms.phrases[column].negated:  # that few deny it is said by none of its words
            may[:, column] &= by_group.share[:, column] >= LEAST_SHARE
    return may, names


def _usual(by_group: Said, sizes: np.ndarray, least_cases: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which terms are far more usual in a group, which are usual, and which are found there as a whole."""
    number = np.round(by_group.share * sizes[:, None])
    elsewhere = (number.sum(axis=0) - number) / np.maximum(sizes.sum() - sizes, 1)[:, None]
    several = by_group.cases >= least_cases
    far = several & (by_group.share >= np.maximum(LEAST_SHARE, LIFT * elsewhere)) & (by_group.z >= LEAST_Z)
    far &= by_group.other <= by_group.share
    far &= number >= np.minimum(FEWEST, np.maximum(2 * sizes // 3, 1))[:, None]
    usual = by_group.share >= np.maximum(LEAST_SHARE, LIFT_BESIDE * elsewhere)
    return far, usual, several & (by_group.share >= LEAST_WHOLE) & (by_group.z >= LEAST_Z_WHOLE)


def _proper(form: str) -> bool:
    """Return whether each word of a term has a capital, as in names of places and people, and is no acronym."""
    return all(word[0].isupper() and not word.isupper() for word in form.split())


class Group:
    """A group that is to be named, and the groups that it is compared with: its family.

    `weighed`: (segments, terms), how much each segment says each term; `places`: the family's segments, and `members`,
    which of them are the group's; `talk`: (m, d), vectors of a sample of them, and `inside`, which are the group's.
    """

    def __init__(  # noqa: D107
        self,
        terms: Terms,
        found: Candidates,
        group: int,
        weighed: sparse.csr_matrix,
        *,
        places: np.ndarray,
        members: np.ndarray,
        talk: np.ndarray,
        inside: np.ndarray,
    ) -> None:
        may = np.flatnonzero(found.may[group])
        phrase = np.array([len(terms.phrases[found.columns[place]].lemmas) > 1 for place in may], dtype=bool)
        likeness = np.round(talk @ found.vectors[may].T, 6)
        telling_apart = phrase | (meaning.apart(likeness, inside) >= LEAST_APART)
        self.places: list[int] = may[telling_apart].tolist()
        self.likeness = likeness[:, telling_apart]
        self.columns: list[int] = [found.columns[place] for place in self.places]
        self.terms, self.own, self.members, self.inside = terms, places[members], members, inside
        counts = weighed[places].tocsc()
        spoken = np.asarray(terms.counts[self.own].mean(axis=0)).ravel()
        self.spoken = [min(float(spoken[at]) for at in terms.words[column]) for column in self.columns]
        self.shares = [float(spoken[column]) for column in self.columns]
        self.vectors = unit(found.vectors[self.places])
        telling = [
            [at for at in sorted({column, *terms.words[column]}) if found.names[group, at]] for column in self.columns
        ]
        self.said = np.stack(
            [counts[:, at].max(axis=1).toarray().ravel() for at in telling] or [np.zeros(len(members))], axis=1
        )

    @cached_property
    def forms(self) -> list[str]:
        """How each term is written."""
        return [self.terms.forms[column] for column in self.columns]

    def lemmas(self, at: int) -> Sequence[str]:
        """Return the words of a term without inflection."""
        return self.terms.phrases[self.columns[at]].lemmas

    def words(self, chosen: Collection[str]) -> set[str]:
        """Return the content words of the terms chosen, without inflection."""
        columns = [column for column, form in zip(self.columns, self.forms, strict=True) if form in chosen]
        return {word for column in columns for word in self.terms.phrases[column].content}

    def adjective(self, at: int) -> bool:
        """Return whether a term is an adjective alone."""
        return bool(self.terms.naming[self.columns[at]] < 1) and self.forms[at].lower() == self.lemmas(at)[0]

    def share(self, picked: Sequence[int], *, but: Sequence[int] = ()) -> float:
        """Return the share of the group's segments that say one of the terms picked, and none of others."""
        own = self.said[self.members]
        before = own[:, list(but)].max(axis=1, initial=0.0)
        return round(float(np.maximum(own[:, list(picked)].max(axis=1) - before, 0).mean()), 6)

    def worth(self, picked: Sequence[int]) -> float:
        """Return how well a label tells the group's segments from others by its words and by its meaning, from -2 to 2.

        By words: the share of the group's segments that say one of them, less that of the others' (Youden's J). By
        meaning: the area under the ROC curve of the mean cosine, from -1 to 1.
        """
        said = self.said[:, list(picked)].max(axis=1)
        by_words = said[self.members].mean() - (0.0 if self.members.all() else said[~self.members].mean())
        likeness = self.likeness[:, list(picked)].mean(axis=1, keepdims=True)
        by_meaning = 2 * float(meaning.apart(likeness, self.inside)[0]) - 1
        phrases = [self.shares[at] for at in picked if len(self.lemmas(at)) > 1]
        no_noun = any(self.terms.naming[self.columns[at]] < 1 for at in picked)
        kinds = PHRASE * (len(phrases) > 0) + WHOLE * sum(phrases) - NO_NOUN * no_noun
        return round(WORDS * float(by_words) + by_meaning + kinds, 6)


def chosen(group: Group) -> list[str]:
    """Return the terms that name a group, what most segments say first; none if nothing names it.

    The label that is worth most, of those grown from the TRIED best terms; no word twice and six words at most. Only
    the best term of all may be one that the questions say rather than the segments.
    """

    def order(picked: Sequence[int]) -> tuple[float, list[str]]:
        return -group.worth(picked), [group.forms[at] for at in picked]

    alone = sorted(([at] for at in range(len(group.columns))), key=order)
    firsts = [first for first in alone if first == alone[0] or group.spoken[first[0]] >= LEAST_SHARE][:TRIED]
    best = min((_grown(group, first) for first in firsts), key=order, default=[])
    if not best or group.worth(best) < LEAST_WORTH or (_weak(group, best) and group.share(best) < LEAST_ALONE):
        return []
    return [group.forms[at] for at in sorted(best, key=lambda at: (-group.share([at]), group.forms[at]))]


def _weak(group: Group, picked: Sequence[int]) -> bool:
    """Return whether a label is a single adjective or verb, or of a group of short remarks."""
    alone = len(picked) == 1 and group.terms.naming[group.columns[picked[0]]] < 1
    return alone or of_short_remarks(group.terms, group.own)


def _grown(group: Group, picked: list[int]) -> list[int]:
    """Return a label with all further terms that make it better."""
    while len(picked) < MOST_TERMS:
        worth = {at: group.worth([*picked, at]) for at in _others(group, picked) if _all_add(group, [*picked, at])}
        best = min(worth, key=lambda at: (-worth[at], group.forms[at]), default=None)
        if best is None or worth[best] < group.worth(picked) + BETTER * len(picked):
            break
        picked = [*picked, best]
    return picked


def _all_add(group: Group, picked: Sequence[int]) -> bool:
    """Return whether each term of a label is said in segments that say no other of it."""
    new = max(NEW, NEW_SEGMENTS / max(len(group.own), 1))
    return all(group.share([at], but=[other for other in picked if other != at]) >= new for at in picked)


def _others(group: Group, picked: Sequence[int]) -> Iterator[int]:
    """Yield the terms that fit in and share no word and no meaning with those picked; adjectives beside adjectives."""
    used = {lemma for at in picked for lemma in group.lemmas(at)}
    room = MOST_WORDS - sum(len(group.forms[at].split()) for at in picked)
    near = (group.vectors @ group.vectors[list(picked)].T).max(axis=1)
    for at, form in enumerate(group.forms):
        if group.spoken[at] < LEAST_SHARE or group.adjective(at) != group.adjective(picked[0]):
            continue
        if len(form.split()) <= room and near[at] < SAME and not alike(used, group.lemmas(at)):
            yield at


def of_short_remarks(terms: Terms, places: np.ndarray) -> bool:
    """Return whether at least half of the segments have hardly a content word, such as "Okay, let me see"."""
    content = [at for at in np.flatnonzero(terms.naming).tolist() if len(terms.phrases[at].lemmas) == 1]
    return float((terms.counts[places][:, content].sum(axis=1) < SHORT).mean()) >= MOSTLY


def hints(group: Group) -> list[str]:
    """Return the two terms that are worth most of a group that nothing names, no adjective or verb among them."""
    nouns = [at for at, column in enumerate(group.columns) if group.terms.naming[column] == 1]
    best = sorted(nouns, key=lambda at: (-group.worth([at]), group.forms[at]))
    return labels.distinct([group.forms[at] for at in best], count=2)


def alike(used: Collection[str], lemmas: Sequence[str]) -> bool:
    """Return whether a lemma was used already, or one that it begins with, or that begins with it ("clustering")."""
    pairs = ((first, second) for first in used for second in lemmas)
    return any(a == b or (min(len(a), len(b)) > 3 and (a.startswith(b) or b.startswith(a))) for a, b in pairs)
