"""Which terms name a group: scored by what is said and what is meant, and put together where a second one adds talk."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.core.arithmetic import unit
from pipeline.inductive import labels, meaning
from pipeline.inductive.contrast import Said, Terms

# Least share of a group's segments that say each word of its label, a tenth as people round it, ...
LEAST_SHARE = 0.095
# ... and how much greater it is than the share of all other segments that say it: what all talk of names no group.
LIFT = 3.0
# ... and are said by this many segments.
FEWEST = 4
# A phrase as a whole is said in this share.
LEAST_WHOLE = 0.015
# A word or a phrase is more usual in a group from this z-score on; no other group's share is this much greater.
LEAST_Z, LEAST_Z_WHOLE, NEARLY, SHARED = 1.5, 1.0, 1.25, 0.3
# How much more a phrase says than a word.
PHRASE = 1.25
# Terms that score less name nothing. An adjective or a verb alone, and what is said in less of a group of short
# remarks, name nothing either.
LEAST_SCORE, LEAST_OF_SHORT = 0.08, 0.15
# A remark is short if it has fewer content words than this; a group of short remarks has this share of them.
SHORT, MOSTLY = 3, 0.5
# A further term scores this share of the first, is said in this share of the segments where the label is not, and makes
# the label this much better at telling the group's segments from the others'; beside a single word less is asked.
SECOND, NEW, BETTER = 0.3, 0.05, 0.01
SECOND_TO_WORD, NEW_TO_WORD, BETTER_TO_WORD = 0.1, 0.03, -0.05
# A phrase that is said in this share of the segments that say one of its words stands for that word, ...
WITHIN = 0.3
# ... unless its meaning tells the group apart worse by more than this.
WORSE = 0.05
# Beyond this cosine two terms say the same.
SAME = 0.8
MOST_WORDS, MOST_TERMS = 6, 3


class Scored(NamedTuple):
    """Terms that may name a group: `columns` in Terms (a list of places), with their unit vectors.

    `score`: (groups, columns), 0 where a term may not name the group; `whole`: (groups, columns), whether a phrase may
    stand for one of its words; `separation`: (groups, columns), see `meaning.separations`; `share`: (groups, columns),
    of the group's segments.
    """

    columns: list[int]
    score: np.ndarray
    whole: np.ndarray
    separation: np.ndarray
    share: np.ndarray
    vectors: np.ndarray


def allowed(terms: Terms, by_group: Said, *, sizes: np.ndarray, n_cases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how strongly each group says each term, and which phrases may stand for one of their words.

    Both are (groups, terms); the strength is 0 where a term may not name the group.

    A term may name a group if each of its content words is said in a tenth of the group's segments, by several cases,
    if the group says the term far more often than the rest do, and if no other group says it much more often. `sizes`
    and `n_cases`: (groups,), segments and cases of each.
    """
    least_cases = np.minimum(2, n_cases)[:, None]
    number = np.round(by_group.share * sizes[:, None])
    enough = (by_group.cases >= least_cases) & (number >= np.minimum(FEWEST, np.maximum(sizes // 3, 1))[:, None])
    word = (by_group.share >= LEAST_SHARE) & enough
    elsewhere = (number.sum(axis=0) - number) / np.maximum(sizes.sum() - sizes, 1)[:, None]
    far = by_group.share >= LIFT * elsewhere
    rival = by_group.other / np.maximum(by_group.share, 1e-9)
    own = np.where(rival <= 1, 1.0, np.where(rival <= NEARLY, SHARED, 0.0))
    strength, whole = np.zeros(by_group.z.shape), np.zeros(by_group.z.shape, dtype=bool)
    for column in np.flatnonzero(terms.naming).tolist():
        words, z = list(terms.words[column]), by_group.z[:, column]
        if len(terms.phrases[column].lemmas) > 1:
            own_words = (by_group.z[:, words] > 0).all(axis=1)
            fits = (z >= np.where(own_words, LEAST_Z_WHOLE, LEAST_Z)) & (by_group.share[:, column] >= LEAST_WHOLE)
            z = PHRASE**2 * (z + by_group.z[:, words].mean(axis=1)) / 2
        else:
            fits = z >= LEAST_Z
        fits &= by_group.cases[:, column] >= least_cases[:, 0]
        whole[:, column] = fits & (len(terms.phrases[column].lemmas) > 1)
        strength[:, column] = np.where(fits, np.maximum(z, 0) ** 0.75, 0.0) * word[:, words].min(axis=1)
    spread = np.sqrt(by_group.cases / np.maximum(np.minimum(number, n_cases[:, None]), 1))
    return strength * own * far * spread * terms.naming, whole & (own > 0) & far


def scores(strength: np.ndarray, separation: np.ndarray) -> np.ndarray:
    """Return how well each term names each group: how strongly it says it, by how well it tells the group apart.

    All are (groups, terms); `separation`: see `meaning.separations`.
    """
    return np.asarray(np.round(strength * (2 * np.maximum(separation - 0.5, 0)) ** 1.5, 6))


def of_one(score: np.ndarray, families: Sequence[np.ndarray]) -> np.ndarray:
    """Leave each term to the one of its siblings that it names best: a word of several groups names none other.

    `score`: (groups, terms); `families`: see `meaning.siblings_of`.
    """
    kept = np.zeros_like(score)
    for group, family in enumerate(families):
        best = score[family].max(axis=0)
        first = family[score[family].argmax(axis=0)]
        kept[group] = np.where((first == group) & (best > 0), score[group], 0.0)
    return kept


def chosen(
    terms: Terms, found: Scored, group: int, places: np.ndarray, *, talk: np.ndarray, inside: np.ndarray
) -> list[str]:
    """Return one group's terms, best first: no word twice, six words at most, each adding segments to those before.

    None if nothing names it. `places`: the group's segments; `talk`: (m, d), vectors of segments of the group and its
    siblings, and `inside`: (m,), which are the group's.
    """
    score = found.score[group]
    left = [int(at) for at in np.flatnonzero(score > 0)] if score.max(initial=0.0) >= LEAST_SCORE else []
    said = np.asarray(terms.counts[places][:, found.columns].todense()) > 0
    likeness = np.round(talk @ found.vectors.T, 6)
    picked: list[int] = []
    while left and len(picked) < MOST_TERMS:
        worth = {at: float(score[at]) for at in left}
        if picked:
            wide = _is_word(terms, found, picked)
            further = _further(score, said, likeness, inside, picked=picked, wide=wide)
            worth = {at: value for at, value in further.items() if at in left}
        if not worth:
            break
        best = min(worth, key=lambda at: (-worth[at], terms.forms[found.columns[at]]))
        picked.append(_whole(terms, found, group, best, picked))
        left = _others(terms, found, picked, left)
    covered = said_words(terms, found, picked, places)
    alone = _is_word(terms, found, picked) and terms.naming[found.columns[picked[0]]] < 1
    if covered < LEAST_OF_SHORT and (alone or of_short_remarks(terms, places)):
        return []
    return [terms.forms[found.columns[at]] for at in picked]


def said_words(terms: Terms, found: Scored, picked: Sequence[int], places: np.ndarray) -> float:
    """Return the share of segments that say a content word of the terms picked."""
    columns = sorted({column for at in picked for column in terms.words[found.columns[at]]})
    return float((terms.counts[places][:, columns].sum(axis=1) > 0).mean()) if columns else 0.0


def of_short_remarks(terms: Terms, places: np.ndarray) -> bool:
    """Return whether at least half of the segments have hardly a content word, such as "Okay, let me see"."""
    content = [at for at in np.flatnonzero(terms.naming).tolist() if len(terms.phrases[at].lemmas) == 1]
    return float((terms.counts[places][:, content].sum(axis=1) < SHORT).mean()) >= MOSTLY


def hints(terms: Terms, found: Scored, group: int) -> list[str]:
    """Return the two terms that tell most of a group that nothing names, no adjective or verb among them."""
    score = np.where(terms.naming[found.columns] < 1, 0.0, found.score[group])
    best = sorted(map(int, np.flatnonzero(score > 0)), key=lambda at: (-score[at], terms.forms[found.columns[at]]))
    return labels.distinct([terms.forms[found.columns[at]] for at in best], count=2)


def _whole(terms: Terms, found: Scored, group: int, word: int, picked: Sequence[int]) -> int:
    """Return the phrase that stands for a word ("Code of Ethics" for "Code"), or the word itself.

    An adjective or a verb, which says little by itself, takes any phrase; a noun one that is said often enough.
    """
    own = terms.phrases[found.columns[word]]
    if len(own.lemmas) > 1:
        return word
    wide = terms.naming[found.columns[word]] < 1
    share, separation = found.share[group], found.separation[group]
    used = {lemma for at in picked for lemma in terms.phrases[found.columns[at]].lemmas}
    holding = [
        at
        for at in map(int, np.flatnonzero(found.whole[group]))
        if own.lemmas[0] in terms.phrases[found.columns[at]].content
        and not terms.phrases[found.columns[at]].verb
        and not alike(used, terms.phrases[found.columns[at]].lemmas)
        and (wide or (found.score[group][at] > 0 and share[at] >= WITHIN * share[word]))
        and (wide or separation[at] >= separation[word] - WORSE)
    ]
    return min(
        holding, key=lambda at: (-round(share[at] * separation[at], 6), terms.forms[found.columns[at]]), default=word
    )


def _is_word(terms: Terms, found: Scored, picked: Sequence[int]) -> bool:
    return len(picked) == 1 and len(terms.phrases[found.columns[picked[0]]].lemmas) == 1


def _further(
    score: np.ndarray, said: np.ndarray, likeness: np.ndarray, inside: np.ndarray, *, picked: Sequence[int], wide: bool
) -> dict[int, float]:
    """Return what each further term is worth beside those picked; none that adds too little.

    `wide`: whether the label is a single word as yet.
    """
    least, least_new, better = (SECOND_TO_WORD, NEW_TO_WORD, BETTER_TO_WORD) if wide else (SECOND, NEW, BETTER)
    covered = said[:, picked].any(axis=1)
    before = float(meaning.apart(likeness[:, picked].mean(axis=1, keepdims=True), inside)[0])
    worth = {}
    for at in map(int, np.flatnonzero(score > 0)):
        new = float((said[:, at] & ~covered).mean())
        if score[at] < least * score[picked[0]] or new < least_new:
            continue
        joint = likeness[:, [*picked, at]].mean(axis=1, keepdims=True)
        if float(meaning.apart(joint, inside)[0]) >= before + better:
            worth[at] = round(float(score[at]) * np.sqrt(new), 6)
    return worth


def _others(terms: Terms, found: Scored, picked: Sequence[int], left: Sequence[int]) -> list[int]:
    """Return the terms that share no word and no meaning with those picked, and fit in."""
    used = {lemma for at in picked for lemma in terms.phrases[found.columns[at]].lemmas}
    room = MOST_WORDS - sum(len(terms.forms[found.columns[at]].split()) for at in picked)
    near = unit(found.vectors) @ unit(found.vectors[list(picked)]).T
    return [
        at
        for at in left
        if len(terms.forms[found.columns[at]].split()) <= room
        and not alike(used, terms.phrases[found.columns[at]].lemmas)
        and near[at].max() < SAME
    ]


def alike(used: Collection[str], lemmas: Sequence[str]) -> bool:
    """Return whether a lemma was used already, or one that it begins with, or that begins with it ("clustering")."""
    pairs = ((first, second) for first in used for second in lemmas)
    return any(a == b or (min(len(a), len(b)) > 3 and (a.startswith(b) or b.startswith(a))) for a, b in pairs)
