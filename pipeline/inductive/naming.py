"""Name groups of segments: labels in contrast to their siblings, and in-vivo lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.core.arithmetic import unit
from pipeline.corpus import formalities
from pipeline.inductive import contrast, in_vivo, in_vivo_choice, label_choice, labels, meaning, phrases
from pipeline.inductive.contrast import Said, Terms
from pipeline.inductive.in_vivo import Clause
from pipeline.inductive.label_choice import Candidates
from pipeline.inductive.meaning import Encode
from pipeline.inductive.phrases import Lexicon

if TYPE_CHECKING:
    from spacy.language import Language

LOOSE = "Loosely connected talk"
ABOUT_INTERVIEW = "Talk about the interview itself"
# What tells a group of "Okay, let me see" from other loosely connected talk.
SHORT_REMARKS = "short remarks"
# What a word of the question that a segment answers is worth beside a word that it says; how many questions are parsed.
ASKED, MOST_QUESTIONS = 0.7, 400
# A group in which this share of the segments say the same few words is called by them.
SAME_WORDS, MOST_SAME_WORDS = 1 / 3, 6
# A group of remarks of so few words is called by the one that tells it apart so well, of this many central ones, ...
REMARK, APART, CENTRAL = 8, 0.85, 30
# ... if this share of the group is as like it as this cosine.
MANY, LIKE = 1 / 3, 0.4


class Named(NamedTuple):
    """What names a group: terms (none if nothing does), terms that tell something of one without, its in-vivo line.

    `remark`: a short remark that stands for a group of them that no term names, "" for none.
    """

    terms: list[str]
    hints: list[str]
    line: "Line | None"
    remark: str = ""


class Line(NamedTuple):
    """A verbatim clause: its text, the place of its segment, and its start and end in the document."""

    text: str
    place: int
    start: int
    end: int


@dataclass(frozen=True)
class Read:
    """What is known of the talk: the parsed lexicon, each segment's terms, clauses, who says it, and its vector.

    `weighed`: (segments, terms), 1 for a term that a segment says and ASKED for one that only its question says;
    `encode`: None if no model encodes phrases; `quotable`: (n,), whether an in-vivo line may come from a segment;
    `readable`: (n,), whether its language is read, by default all.
    """

    lexicon: Lexicon
    terms: Terms
    clauses: Sequence[Clause]
    voices: pd.Series
    vectors: np.ndarray
    weighed: sparse.csr_matrix
    encode: Encode | None
    quotable: np.ndarray
    readable: np.ndarray | None = None


def read(
    segments: pd.DataFrame,
    texts: Sequence[str],
    sampled: Sequence[int],
    vectors: np.ndarray,
    *,
    nlp: "Language | None",
    stop: Sequence[str],
    encode: Encode | None,
    questions: Sequence[str] = (),
    quotable: np.ndarray | None = None,
) -> Read:
    """Read the talk.

    `texts`: each segment's, "" where its language is not read; `sampled`: the places to parse; `vectors`: (n, d),
    without context; `questions`: what each segment answers, "" for nothing, or none at all; `quotable`: by default
    every segment.
    """
    plain = [labels.spoken(text) for text in texts]
    places = [place for place in sampled if plain[place]] if phrases.parses(nlp) else []
    docs = list(nlp.pipe([plain[place] for place in places], batch_size=64)) if nlp is not None and places else []
    barred = frozenset(stop)
    asked = sorted(Counter(filter(None, questions)).items(), key=lambda item: (-item[1], item[0]))
    parsed = [question for question, _ in asked[:MOST_QUESTIONS]] if nlp is not None and docs else []
    question_docs = list(nlp.pipe(parsed, batch_size=64)) if nlp is not None else []
    lexicon = phrases.lexicon(docs, question_docs, stop=barred)
    subjects = [phrases.subject(doc) for doc in question_docs] + [question for question, _ in asked[len(parsed) :]]
    spoken = [phrases.lemmas(text, lexicon.lemma_of) for text in [*plain, *subjects]]
    terms = contrast.counted(spoken, lexicon, stop=barred)
    row = {question: len(plain) + at for at, (question, _) in enumerate(asked)}
    said = terms.counts[: len(plain)]
    weighed = _weighed(said, terms.counts, [row.get(question, -1) for question in questions])
    terms = replace(terms, counts=said)
    clauses = [
        clause
        for place, doc in zip(places, docs, strict=True)
        for clause in in_vivo.clauses(doc, texts[place], place=place, lemma_of=lexicon.lemma_of, stop=barred)
    ]
    voices = segments["case"].where(segments["case"] != "", segments["document"]).reset_index(drop=True)
    own = np.ones(len(segments), dtype=bool) if quotable is None else quotable
    readable = np.array([bool(text) for text in texts], dtype=bool)
    return Read(lexicon, terms, clauses, voices, unit(vectors), weighed, encode, own, readable)


def _weighed(said: sparse.csr_matrix, counts: sparse.csr_matrix, rows: Sequence[int]) -> sparse.csr_matrix:
    """Return what each segment says or answers. `rows`: of `counts`, the question of each segment; -1 for none."""
    if not rows or max(rows) < 0:
        return said
    answers = sparse.diags_array([ASKED if row >= 0 else 0.0 for row in rows])
    return sparse.csr_matrix(said.maximum(answers @ counts[np.maximum(rows, 0)]))


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
    found = _candidates(known, by_group, groups, parents)
    members = [np.flatnonzero(groups == group) for group in range(count)]
    shortlists = [
        in_vivo_choice.candidates(
            known.clauses,
            members[group][known.quotable[members[group]]],
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
        rows = np.flatnonzero(np.isin(groups, family))
        label = label_choice.Group(
            known.terms,
            found,
            group,
            known.weighed,
            places=rows,
            members=groups[rows] == group,
            talk=talk,
            inside=inside,
        )
        terms = label_choice.chosen(label)
        shortlist, near = shortlists[group], clause_vectors[group]
        separation = np.full(len(shortlist), meaning.ALONE) if near is None else meaning.apart(talk @ near.T, inside)
        hints = label_choice.hints(label)
        read_all = known.readable is None or bool(known.readable[members[group]].all())
        if not hints and read_all and label_choice.of_short_remarks(known.terms, members[group]):
            hints = [SHORT_REMARKS]
        line = _line(segments, in_vivo_choice.best(shortlist, separation, label.words(terms)))
        own = members[group][known.quotable[members[group]]]
        remark = "" if terms else _remark(known, segments, own, talk=talk, inside=inside)
        result.append(Named(terms, hints, line, remark))
    return result


def _remark(known: Read, segments: pd.DataFrame, places: np.ndarray, *, talk: np.ndarray, inside: np.ndarray) -> str:
    """Return the remark that tells a group of short remarks apart ("Everything was perfect"), "" if none does."""
    if not len(places):
        return ""
    texts = [" ".join(labels.spoken(str(text)).split()) for text in segments["text"].iloc[places]]
    n_words = np.array([len(labels.words(text)) for text in texts])
    short = places[(n_words > 1) & (n_words <= REMARK)]
    if np.median(n_words) > REMARK or not len(short):
        return ""
    middle = unit(known.vectors[places].mean(axis=0, keepdims=True))[0]
    central = short[np.argsort(-np.round(known.vectors[short] @ middle, 6), kind="stable")[:CENTRAL]]
    separation = np.round(meaning.apart(talk @ known.vectors[central].T, inside), 2)
    many = (np.round(known.vectors[places] @ known.vectors[central].T, 6) >= LIKE).mean(axis=0) >= MANY
    text_of = dict(zip(places.tolist(), texts, strict=True))
    said = [text_of[place].rstrip(".!?,; ") for place in central.tolist()]
    often = Counter(" ".join(labels.words(text)) for text in texts)
    far = [text for text, apart, enough in zip(said, separation, many, strict=True) if enough and apart >= APART]
    return min(far, key=lambda text: (-often[" ".join(labels.words(text))], len(text), text), default="")


def _of_clauses(
    known: Read, segments: pd.DataFrame, shortlists: Sequence[Sequence[in_vivo_choice.Candidate]]
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


def about_interview(texts: Sequence[str], spoken: Sequence[str]) -> bool:
    """Return whether more than half of a group's segments are mostly about the interview. `spoken`: their languages."""
    formal = sum(formalities.mostly(text, language=language) for text, language in zip(texts, spoken, strict=True))
    return 2 * formal > len(texts)


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


def _candidates(known: Read, by_group: Said, groups: np.ndarray, parents: np.ndarray) -> Candidates:
    """Return the terms that may name a group, and their meaning."""
    count = int(groups.max(initial=-1)) + 1
    may, names = label_choice.allowed(
        known.terms,
        by_group,
        contrast.compared(known.weighed, groups, parents, known.voices),
        sizes=np.array([(groups == group).sum() for group in range(count)]),
        n_cases=np.array([known.voices[groups == group].nunique() for group in range(count)]),
    )
    columns = np.flatnonzero(may.any(axis=0)).tolist()
    vectors = _meant(known, [known.terms.forms[column] for column in columns])
    if vectors is None:
        vectors = meaning.of_sayings(known.terms.counts[:, columns], known.vectors)
    return Candidates(columns, may[:, columns], names, vectors)


def _line(segments: pd.DataFrame, clause: Clause | None) -> Line | None:
    if clause is None:
        return None
    start = int(segments["start"].iloc[clause.place])
    return Line(_text(segments, clause), clause.place, start + clause.start, start + clause.end)
