"""Name groups of segments: labels in contrast to their siblings, and in-vivo lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from pipeline.core.arithmetic import unit
from pipeline.inductive import contrast, in_vivo, label_choice, labels, meaning, phrases
from pipeline.inductive.contrast import Said, Terms
from pipeline.inductive.in_vivo import Clause
from pipeline.inductive.label_choice import Scored
from pipeline.inductive.meaning import Encode
from pipeline.inductive.phrases import Lexicon

if TYPE_CHECKING:
    from spacy.language import Language

LOOSE = "Loosely connected talk"
# What tells a group of "Okay, let me see" from other loosely connected talk.
SHORT_REMARKS = "short remarks"
# A group in which this share of the segments say the same few words is called by them.
SAME_WORDS, MOST_SAME_WORDS = 1 / 3, 6


class Named(NamedTuple):
    """What names a group: terms (none if nothing does), terms that tell something of one without, its in-vivo line."""

    terms: list[str]
    hints: list[str]
    line: "Line | None"


class Line(NamedTuple):
    """A verbatim clause: its text, the place of its segment, and its start and end in the document."""

    text: str
    place: int
    start: int
    end: int


@dataclass(frozen=True)
class Read:
    """What is known of the talk: the parsed lexicon, each segment's terms, clauses, who says it, and its vector.

    `encode`: None if no model encodes phrases.
    """

    lexicon: Lexicon
    terms: Terms
    clauses: Sequence[Clause]
    voices: pd.Series
    vectors: np.ndarray
    encode: Encode | None


def read(
    segments: pd.DataFrame,
    texts: Sequence[str],
    sampled: Sequence[int],
    vectors: np.ndarray,
    *,
    nlp: "Language | None",
    stop: Sequence[str],
    encode: Encode | None,
) -> Read:
    """Read the talk.

    `texts`: each segment's, "" where its language is not read; `sampled`: the places to parse; `vectors`: (n, d),
    without context.
    """
    plain = [labels.spoken(text) for text in texts]
    places = [place for place in sampled if plain[place]] if phrases.parses(nlp) else []
    docs = list(nlp.pipe([plain[place] for place in places], batch_size=64)) if nlp is not None and places else []
    barred = frozenset(stop)
    lexicon = phrases.lexicon(docs, stop=barred)
    terms = contrast.counted([phrases.lemmas(text, lexicon.lemma_of) for text in plain], lexicon, stop=barred)
    clauses = [
        clause
        for place, doc in zip(places, docs, strict=True)
        for clause in in_vivo.clauses(doc, texts[place], place=place, lemma_of=lexicon.lemma_of, stop=barred)
    ]
    voices = segments["case"].where(segments["case"] != "", segments["document"]).reset_index(drop=True)
    return Read(lexicon, terms, clauses, voices, unit(vectors), encode)


def named(
    segments: pd.DataFrame, vectors: np.ndarray, groups: np.ndarray, parents: np.ndarray, *, known: Read
) -> list[Named]:
    """Return what names each group.

    `groups` and `parents`: (n,), numbered from 0, -1 for none; a group is compared with the groups of its parent.
    """
    count = int(groups.max(initial=-1)) + 1
    if not count or not known.terms.counts.shape[1]:
        return [Named([], [], None)] * count
    by_group = contrast.compared(known.terms.counts, groups, parents, known.voices)
    places = meaning.sampled(groups)
    found = _scored(known, by_group, groups, parents)
    members = [np.flatnonzero(groups == group) for group in range(count)]
    shortlists = [
        in_vivo.candidates(
            known.clauses,
            members[group],
            terms=known.terms,
            weights=by_group.z[group],
            vectors=vectors,
            voices=known.voices.to_numpy(),
        )
        for group in range(count)
    ]
    clause_vectors = _of_clauses(known, segments, shortlists)
    result = []
    for group, family in enumerate(meaning.siblings_of(groups, parents)):
        among = places[np.isin(groups[places], family)]
        talk, inside = known.vectors[among], groups[among] == group
        terms = label_choice.chosen(known.terms, found, group, members[group], talk=talk, inside=inside)
        shortlist, near = shortlists[group], clause_vectors[group]
        separation = np.full(len(shortlist), meaning.ALONE) if near is None else meaning.apart(talk @ near.T, inside)
        hints = label_choice.hints(known.terms, found, group)
        if not hints and label_choice.of_short_remarks(known.terms, members[group]):
            hints = [SHORT_REMARKS]
        result.append(Named(terms, hints, _line(segments, in_vivo.best(shortlist, separation))))
    return result


def _of_clauses(
    known: Read, segments: pd.DataFrame, shortlists: Sequence[Sequence[in_vivo.Candidate]]
) -> list[np.ndarray | None]:
    """Return the vectors of each group's clauses, encoded at once because loading a model is slow; None without one."""
    clauses = [_text(segments, one.clause) for shortlist in shortlists for one in shortlist]
    vectors = _meant(known, clauses)
    if vectors is None:
        return [None] * len(shortlists)
    ends = np.cumsum([len(shortlist) for shortlist in shortlists])[:-1]
    return list(np.split(vectors, ends))


def _text(segments: pd.DataFrame, clause: Clause) -> str:
    return str(segments["text"].iloc[clause.place])[clause.start : clause.end]


def saying(texts: Sequence[str]) -> str:
    """Return the few words that a third of a group's segments say and nothing else, such as "Nothing"; "" if none."""
    plain: Counter[str] = Counter(" ".join(labels.words(text)) for text in texts)
    words, count = min(plain.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    if count < max(2, SAME_WORDS * len(texts)) or not 0 < len(words.split()) <= MOST_SAME_WORDS:
        return ""
    return words[0].upper() + words[1:]


def _meant(known: Read, texts: list[str]) -> np.ndarray | None:
    """Return the vectors of texts; None if no model encodes them, or another than that of the segments."""
    vectors = known.encode(texts) if known.encode is not None and texts else None
    return vectors if vectors is not None and vectors.shape[1] == known.vectors.shape[1] else None


def _scored(known: Read, by_group: Said, groups: np.ndarray, parents: np.ndarray) -> Scored:
    """Return the terms that may name a group, with their scores."""
    count = int(groups.max(initial=-1)) + 1
    strength, whole = label_choice.allowed(
        known.terms,
        by_group,
        sizes=np.array([(groups == group).sum() for group in range(count)]),
        n_cases=np.array([known.voices[groups == group].nunique() for group in range(count)]),
    )
    columns = np.flatnonzero((strength > 0).any(axis=0) | whole.any(axis=0)).tolist()
    vectors = _meant(known, [known.terms.forms[column] for column in columns])
    if vectors is None:
        vectors = meaning.of_sayings(known.terms.counts[:, columns], known.vectors)
    separation = meaning.separations(known.vectors, vectors, groups, parents)
    score = label_choice.scores(strength[:, columns], separation)
    score = label_choice.of_one(score, meaning.siblings_of(groups, parents))
    return Scored(columns, score, whole[:, columns], separation, by_group.share[:, columns], vectors)


def _line(segments: pd.DataFrame, clause: Clause | None) -> Line | None:
    if clause is None:
        return None
    start = int(segments["start"].iloc[clause.place])
    return Line(_text(segments, clause), clause.place, start + clause.start, start + clause.end)
