"""What sets a group's talk apart: terms that its segments say more often than the segments it is compared with.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, doi:10.1093/pan/mpn018), over segments that
say a term rather than over words, so that one segment that repeats a word counts once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.inductive import labels, meaning
from pipeline.inductive.gerunds import gerund
from pipeline.inductive.phrases import HEDGES, LIGHT, Lexicon, Phrase, said

# The prior is worth this many segments.
PRIOR = 20.0
# How well a word of each kind stands by itself in a label.
KINDS = {"NOUN": 1.0, "VERB": 0.5, "ADJ": 0.5}


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
    for group, siblings in enumerate(meaning.siblings_of(groups, parents)):
        z[group] = log_odds(
            said[group], said[siblings].sum(axis=0), n_said=sizes[group], n_among=float(sizes[siblings].sum())
        )
        others = siblings[siblings != group]
        other[group] = share[others].max(axis=0) if len(others) else 0.0
    if n_groups == 1:
        z = share * np.sqrt(sizes)[:, None]
    return Said(share, labels.n_cases_using(counts, cases, groups), z, other)


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
