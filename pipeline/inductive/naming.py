"""Name groups of segments: labels in contrast to their siblings, and in-vivo lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from pipeline.inductive import contrast, in_vivo, labels, phrases
from pipeline.inductive.contrast import Terms
from pipeline.inductive.in_vivo import Clause
from pipeline.inductive.phrases import Lexicon

if TYPE_CHECKING:
    from spacy.language import Language

LOOSE = "Loosely connected talk"


class Line(NamedTuple):
    """A verbatim clause: its text, the place of its segment, and its start and end in the document."""

    text: str
    place: int
    start: int
    end: int


@dataclass(frozen=True)
class Read:
    """What is known of the talk's words: the parsed lexicon, each segment's terms, clauses, and who says it."""

    lexicon: Lexicon
    terms: Terms
    clauses: Sequence[Clause]
    voices: pd.Series


def read(
    segments: pd.DataFrame, texts: Sequence[str], sampled: Sequence[int], *, nlp: "Language | None", stop: Sequence[str]
) -> Read:
    """Read the talk. `texts`: each segment's, "" where its language is not read; `sampled`: the places to parse."""
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
    return Read(lexicon, terms, clauses, voices)


def named(
    segments: pd.DataFrame, vectors: np.ndarray, groups: np.ndarray, parents: np.ndarray, *, known: Read
) -> tuple[list[list[str]], list[Line | None]]:
    """Return each group's label as terms (none if no term is its own), and its in-vivo line.

    `groups` and `parents`: (n,), numbered from 0, -1 for none; a group is compared with the groups of its parent.
    """
    inside, count = groups >= 0, int(groups.max(initial=-1)) + 1
    if not count or not known.terms.counts.shape[1]:
        return [[] for _ in range(count)], [None] * count
    counts, vectors = known.terms.counts, vectors.astype(np.float64)
    by_group = contrast.compared(counts, groups, parents, known.voices)
    score = contrast.scores(
        known.terms,
        by_group,
        labels.relevance(counts[inside], vectors[inside], groups[inside]),
        contrast.meant(counts[inside], vectors[inside], groups[inside]),
        n_cases=np.array([known.voices[groups == group].nunique() for group in range(count)]),
    )
    score = contrast.of_one(score, groups, parents)
    members = [np.flatnonzero(groups == group) for group in range(count)]
    found = [
        in_vivo.best(
            known.clauses,
            members[group],
            terms=known.terms,
            weights=by_group.z[group],
            vectors=vectors,
            voices=known.voices.to_numpy(),
        )
        for group in range(count)
    ]
    terms = [contrast.chosen(known.terms, score[group], members[group]) for group in range(count)]
    return terms, [_line(segments, clause) for clause in found]


def _line(segments: pd.DataFrame, clause: Clause | None) -> Line | None:
    if clause is None:
        return None
    text, start = segments["text"].iloc[clause.place], int(segments["start"].iloc[clause.place])
    return Line(str(text)[clause.start : clause.end], clause.place, start + clause.start, start + clause.end)
