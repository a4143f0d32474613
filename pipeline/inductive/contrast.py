"""What sets a group's talk apart: terms that its segments say more often than the segments it is compared with.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, doi:10.1093/pan/mpn018), over segments that
say a term rather than over words, so that one segment that repeats a word counts once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.core.arithmetic import unit
from pipeline.inductive import labels
from pipeline.inductive.phrases import HEDGES, LIGHT, Lexicon, Phrase, gerund, said

# Least share of a group's segments that say each word of its label.
LEAST_SHARE = 0.1
# The prior is worth this many segments.
PRIOR = 20.0
# What a phrase adds to the mean of its words.
WHOLE = 1.0
# Words said in half that share must be meant in this share, and count this much.
LEAST_MEANT, RARELY = 0.15, 0.5
# How well a word of each kind stands by itself in a label.
KINDS = {"NOUN": 1.0, "VERB": 0.4, "ADJ": 0.4}
# A second term must score this share of the first, beside a single word less, which is wide; a third more.
ALONE, SECOND, FURTHER = 0.05, 0.15, 0.35
# A phrase stands for one of its words if it scores this share of it.
WITHIN = 0.5
# A term is more usual in a group from this z-score, and names it best if no other group's share is this much greater.
LEAST_Z, NEARLY = 1.5, 1.25
MOST_WORDS, MOST_TERMS = 6, 3


@dataclass(frozen=True)
class Terms:
    """Words (phrases of one lemma) and phrases; `counts`: which segments say them, (segments, terms), 0 or 1.

    `forms`: how each is written; `words`: the columns of the content words of each; `naming`: (terms,), how well each
    can stand in a label, from 0 to 1.
    """

    phrases: Sequence[Phrase]
    forms: Sequence[str]
    words: Sequence[tuple[int, ...]]
    naming: np.ndarray
    counts: sparse.csr_matrix


@dataclass(frozen=True)
class Said:
    """How groups say terms, each (groups, terms): share of segments, cases, z of log-odds, greatest share elsewhere."""

    share: np.ndarray
    cases: np.ndarray
    z: np.ndarray
    other: np.ndarray


def log_odds(said: np.ndarray, among: np.ndarray, *, n_said: float, n_among: float) -> np.ndarray:
    """Return the z-score of each term's log-odds in a group against the rest, (terms,).

    `said`: the group's segments that say each term; `among`: those of all that are compared, the group among them;
    `n_said`, `n_among`: how many segments there are of each.
    """
    prior = PRIOR * (among + 0.5) / (n_among + 1)
    rest, n_rest = among - said, n_among - n_said
    inside, outside = said + prior, rest + prior
    delta = np.log(inside / (n_said + PRIOR - inside)) - np.log(outside / (n_rest + PRIOR - outside))
    return np.asarray(delta / np.sqrt(1 / inside + 1 / outside))


def compared(counts: sparse.csr_matrix, groups: np.ndarray, parents: np.ndarray, cases: pd.Series) -> Said:
    """Compare each group with the other groups of its parent.

    `groups`: (segments,), -1 for none; `parents`: (segments,), all equal to compare all groups with each other.
    """
    n_groups = int(groups.max(initial=-1)) + 1
    shape = (n_groups, counts.shape[1])
    inside = groups >= 0
    member = np.eye(n_groups)[groups[inside]]
    said = np.asarray((counts[inside].T @ member).T, dtype=np.float64)
    sizes = member.sum(axis=0)
    share = said / np.maximum(sizes, 1)[:, None]
    z, other = np.zeros(shape), np.zeros(shape)
    parent_of = np.array([parents[groups == group][0] for group in range(n_groups)])
    for group in range(n_groups):
        siblings = np.flatnonzero(parent_of == parent_of[group])
        if len(siblings) == 1:  # an only sub-theme is compared with everything
            siblings = np.arange(n_groups)
        z[group] = log_odds(
            said[group], said[siblings].sum(axis=0), n_said=sizes[group], n_among=float(sizes[siblings].sum())
        )
        others = siblings[siblings != group]
        other[group] = share[others].max(axis=0) if len(others) else 0.0
    if n_groups == 1:
        z = share * np.sqrt(sizes)[:, None]
    return Said(share, labels.n_cases_using(counts, cases, groups), z, other)


def meant(counts: sparse.csr_matrix, vectors: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the share of each group's segments that mean each term, (groups, terms).

    A segment means a term if its vector is as near to the term's as those of half of the segments that say it. The
    vector of a term is the mean of the segments that say it, around the study mean. Rows as in `labels.relevance`.
    Terms that no group says often enough are left at 0.
    """
    count = int(groups.max(initial=-1)) + 1
    member = np.eye(count)[groups]
    sizes = np.maximum(member.sum(axis=0), 1)
    said = counts.astype(bool).astype(np.float64).tocsc()
    rare = np.asarray((said.T @ member) / sizes).max(axis=1, initial=0.0) < LEAST_SHARE / 2
    centred = unit(vectors - vectors.mean(axis=0))
    shares = np.zeros((count, said.shape[1]))
    for column in np.flatnonzero(~rare).tolist():
        saying = said.indices[said.indptr[column] : said.indptr[column + 1]]
        near = np.round(centred @ unit(centred[saying].sum(axis=0, keepdims=True))[0], 6)
        shares[:, column] = ((near >= np.median(near[saying])) @ member) / sizes
    return shares


def scores(
    terms: Terms, by_group: Said, near: np.ndarray, meant_share: np.ndarray, *, n_cases: np.ndarray
) -> np.ndarray:
    """Return how well each term names each group, (groups, terms); 0 where it may not.

    `near`: see `labels.relevance`; `n_cases`: (groups,), the cases of each group. A term names a group if each of its
    words is said in a tenth of the group's segments (or, at half its score, in a twentieth and meant in a quarter), by
    several cases, and more often than elsewhere, and if no other group says it more often.
    """
    least = np.minimum(2, n_cases)[:, None]
    often = by_group.share >= LEAST_SHARE
    rarely = (by_group.share >= LEAST_SHARE / 2) & (meant_share >= LEAST_MEANT)
    weight = np.where(often, 1.0, np.where(rarely, RARELY, 0.0)) * ((by_group.cases >= least) & (by_group.z > 0))
    score = np.zeros(by_group.z.shape)
    for column in np.flatnonzero(terms.naming).tolist():
        words = list(terms.words[column])
        allowed = (by_group.cases[:, column] >= least[:, 0]) & (by_group.z[:, column] >= LEAST_Z)
        rival = by_group.other[:, column] / np.maximum(by_group.share[:, column], 1e-9)
        own = np.where(rival <= 1, 1.0, np.where(rival <= NEARLY, RARELY / 2, 0.0))
        strength = by_group.z[:, column] * terms.naming[column]
        if len(terms.phrases[column].lemmas) > 1:
            strength = WHOLE * (strength + by_group.z[:, words].mean(axis=1))
        score[:, column] = np.where(allowed, np.maximum(strength, 0) * own * weight[:, words].min(axis=1), 0.0)
    spread = np.sqrt(by_group.cases / np.maximum(n_cases, 1)[:, None])
    return np.asarray(np.round(score * spread * (0.3 + np.clip(near, 0, 1)), 6))


def of_one(score: np.ndarray, groups: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """Leave each term to the one group of its parent that it names best: a word of several groups names none other.

    `score`: (groups, terms); `groups` and `parents`: as in `compared`.
    """
    parent_of = np.array([parents[groups == group][0] for group in range(len(score))])
    kept = np.zeros_like(score)
    for parent in np.unique(parent_of):
        siblings = np.flatnonzero(parent_of == parent)
        best = siblings[score[siblings].argmax(axis=0)]
        kept[best, np.arange(score.shape[1])] = score[best, np.arange(score.shape[1])]
    return kept


def chosen(terms: Terms, score: np.ndarray, inside: np.ndarray) -> list[str]:
    """Return one group's terms, best first: no word twice, six words at most, those that add segments preferred.

    `score`: (terms,); `inside`: the places of the group's segments.
    """
    said_here = np.asarray(terms.counts[inside].todense()) > 0
    covered = np.zeros(len(inside), dtype=bool)
    left = [int(place) for place in np.flatnonzero(score > 0)]
    picked: list[int] = []
    used: set[str] = set()
    first = 0.0
    while left and len(picked) < MOST_TERMS:
        new = (said_here[:, left] & ~covered[:, None]).sum(axis=0) / np.maximum(said_here[:, left].sum(axis=0), 1)
        worth = np.round(score[left] * (0.5 + 0.5 * new), 6)
        best = min(range(len(left)), key=lambda at: (-worth[at], terms.forms[left[at]]))
        first = first or float(worth[best])
        alone = len(picked) == 1 and len(terms.phrases[picked[0]].lemmas) == 1
        if worth[best] < (ALONE if alone else FURTHER if len(picked) > 1 else SECOND) * first:
            break
        term = _whole(terms, left[best], left, score)
        picked.append(term)
        covered |= said_here[:, term]
        used |= set(terms.phrases[term].lemmas)
        room = MOST_WORDS - sum(len(terms.forms[place].split()) for place in picked)
        left = [
            place
            for place in left
            if not _alike(used, terms.phrases[place].lemmas) and len(terms.forms[place].split()) <= room
        ]
    return [terms.forms[place] for place in picked]


def _whole(terms: Terms, term: int, left: Sequence[int], score: np.ndarray) -> int:
    """Return the best phrase that a word stands in ("Code of Ethics" for "Code"), or the word itself."""
    if len(terms.phrases[term].lemmas) > 1:
        return term
    holding = [
        at
        for at in left
        if not terms.phrases[at].verb and at != term and terms.phrases[term].lemmas[0] in terms.phrases[at].content
    ]
    best = min(holding, key=lambda at: (-score[at], terms.forms[at]), default=term)
    return best if score[best] >= WITHIN * score[term] else term


def _alike(used: Collection[str], lemmas: Sequence[str]) -> bool:
    """Return whether a lemma was used already, or one that it begins with, or that begins with it ("clustering")."""
    pairs = ((first, second) for first in used for second in lemmas)
    return any(a == b or (min(len(a), len(b)) > 3 and (a.startswith(b) or b.startswith(a))) for a, b in pairs)


def _by_itself(lemma: str, lexicon: Lexicon, *, stop: Collection[str]) -> tuple[str, float]:
    """Return how a word is written by itself, and how well its kind can stand in a label, from 0 to 1.

    Without a parser every word counts as a noun.
    """
    form = lexicon.written.get(lemma, lemma)
    if not all(labels.naming(word.lower(), stop) for word in (lemma, form)) or lemma in HEDGES | LIGHT:
        return form, 0.0
    kind = lexicon.kinds.get(lemma, "") if lexicon.kinds else "NOUN"
    return (gerund(lemma) if kind == "VERB" else form), KINDS.get(kind, 0.0)


def counted(texts: Sequence[Sequence[str]], lexicon: Lexicon, *, stop: frozenset[str]) -> Terms:
    """Return the words and phrases that several texts say.

    `texts`: the lemmas of each (see `phrases.lemmas`); `stop`: words that name nothing by themselves.
    """
    holding: dict[str, list[int]] = {}
    for place, words in enumerate(texts):
        for word in set(words):
            holding.setdefault(word, []).append(place)
    kept: list[tuple[Phrase, str, list[int]]] = []
    weights: list[float] = []
    for lemma, places in sorted(holding.items()):
        form, weight = _by_itself(lemma, lexicon, stop=stop)
        kept.append((Phrase((lemma,), (lemma,)), form, places))
        weights.append(weight)
    column = {phrase.lemmas[0]: at for at, (phrase, _, _) in enumerate(kept)}
    for phrase, form in lexicon.phrases.items():
        together = set.intersection(*(set(holding.get(lemma, ())) for lemma in phrase.lemmas))
        places = [place for place in sorted(together) if said(phrase, texts[place])] if len(together) > 1 else []
        if len(places) > 1 and all(lemma in column for lemma in phrase.content):
            kept.append((phrase, form, places))
    rows = np.array([place for _, _, places in kept for place in places], dtype=np.int64)
    columns = np.array([at for at, (_, _, places) in enumerate(kept) for _ in places], dtype=np.int64)
    return Terms(
        [phrase for phrase, _, _ in kept],
        [form for _, form, _ in kept],
        [tuple(column[lemma] for lemma in phrase.content) for phrase, _, _ in kept],
        np.array([*weights, *(1.0 for _ in kept[len(weights) :])]),
        sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts), len(kept))),
    )
