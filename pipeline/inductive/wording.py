"""Labels and keywords of themes and sub-themes, from the words of their segments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline.core import languages
from pipeline.core.arithmetic import unit
from pipeline.inductive import labels, theme_model

if TYPE_CHECKING:
    from bertopic import BERTopic
    from spacy.language import Language

# Noun phrases are sought in the segments nearest to the middle of each theme: a parser is slow, and they suffice.
READ = 60
# With fewer segments than this a word counts that occurs once.
FEW = 20
FEWEST_TERMS = 2


@dataclass(frozen=True)
class Words:
    """Labels and keywords: of each theme by its number, and of each part.

    `languages`, `part_languages`: what most of each group's words are in. Where that is not English there are no
    keywords, since the stop words and noun phrases are, and the label names the language and nothing else.
    """

    named: list[str]
    keywords: list[list[str]]
    parts: list[str]
    part_keywords: list[list[str]]
    languages: list[str]
    part_languages: list[str]


def worded(
    segments: pd.DataFrame,
    vectors: np.ndarray,
    themes: np.ndarray,
    parts: np.ndarray,
    *,
    keywords: int,
    nlp: "Language | None",
    given: Sequence[str | None] | None = None,
) -> tuple[Words, "BERTopic | None"]:
    """Labels and keywords of themes and parts (numbered from 0, -1: none), and the model fitted on the themes.

    `given`: labels that people gave, by the theme's number, which go before those found. The model is missing where
    there are no two words that could name anything, so that there is nothing to weigh, and where there is no theme.
    """
    readable = languages.read_in(segments["language"], segments["n_words"], {languages.ENGLISH}).to_numpy()
    texts = [text if read else "" for text, read in zip(segments["text"].tolist(), readable, strict=True)]
    spoken, part_spoken = _spoken(segments, themes), _spoken(segments, parts)
    stop = labels.stop_words([*segments["speaker"], *segments["case"]])
    central = [texts[place] for place in _central(vectors, themes) if readable[place]]
    phrases, nouns = labels.nouns(central, nlp, stop=stop)
    least = 2 if len(texts) >= FEW else 1
    terms = labels.vocabulary(texts, phrases, stop=stop, least=least)
    n_themes, n_parts = int(themes.max(initial=-1)) + 1, int(parts.max(initial=-1)) + 1
    if len(terms) < FEWEST_TERMS or not n_themes:
        own = _readable([_said(texts, themes == theme, terms) for theme in range(n_themes)], spoken)
        of_parts = _readable([_said(texts, parts == part, terms) for part in range(n_parts)], part_spoken)
        named = labels.names(own, unnamed=_unnamed(spoken))
        parts_named = labels.names(of_parts, unnamed=_unnamed(part_spoken))
        return _called(Words(named, own, parts_named, of_parts, spoken, part_spoken), given), None
    model, weights = theme_model.fit(texts, vectors, themes, terms)
    said = labels.vectorizer(terms).transform(texts)
    ranked = _readable(_ranked(segments, vectors, themes, said=said, weights=weights, terms=terms), spoken)
    part_weights = theme_model.weights(said, parts)
    part_ranked = _ranked(segments, vectors, parts, said=said, weights=part_weights, terms=terms)
    part_ranked = _readable(part_ranked, part_spoken)
    wording = Words(
        labels.names(_naming(ranked, {*phrases, *nouns}), unnamed=_unnamed(spoken)),
        [terms_[:keywords] for terms_ in ranked],
        labels.names(_naming(part_ranked, {*phrases, *nouns}), words=2, unnamed=_unnamed(part_spoken)),
        [terms_[:keywords] for terms_ in part_ranked],
        spoken,
        part_spoken,
    )
    wording = _called(wording, given)
    theme_model.name(model, themes, named=wording.named, keywords=wording.keywords)
    return wording, model


def _said(texts: Sequence[str], inside: np.ndarray, terms: Sequence[str]) -> list[str]:
    """Return the terms that occur in a group's texts; the group is a mask."""
    words = {word for place in np.flatnonzero(inside).tolist() for word in labels.tokens(texts[place])}
    return [term for term in terms if words.issuperset(term.split())]


def _spoken(segments: pd.DataFrame, groups: np.ndarray) -> list[str]:
    """What most words of each group are in; talk in no known language counts where a group holds no other."""
    found = []
    for group in range(int(groups.max(initial=-1)) + 1):
        inside = segments[groups == group]
        words = inside["n_words"].groupby(inside["language"]).sum().sort_index()
        told = words.drop(languages.UNKNOWN, errors="ignore")
        found.append(str((told if len(told) else words).idxmax()) if len(words) else languages.UNKNOWN)
    return found


def _readable(ranked: list[list[str]], spoken: Sequence[str]) -> list[list[str]]:
    """Keep the terms of groups that are mostly in English; other groups get none."""
    return [terms if languages.english(own) else [] for terms, own in zip(ranked, spoken, strict=True)]


def _unnamed(spoken: Sequence[str]) -> list[str]:
    """Return the label of each group if it has no terms."""
    return [labels.UNNAMED if languages.english(own) else f"Theme in {languages.name(own)}" for own in spoken]


def _naming(ranked: list[list[str]], nouns: set[str]) -> list[list[str]]:
    """Keep each group's nouns and noun phrases, if any are known."""
    return [[term for term in terms if term in nouns] or terms for terms in ranked]


def _called(wording: Words, given: Sequence[str | None] | None) -> Words:
    pairs = zip(given or wording.named, wording.named, strict=True)
    return replace(wording, named=[one or found for one, found in pairs])


def _ranked(
    segments: pd.DataFrame,
    vectors: np.ndarray,
    groups: np.ndarray,
    *,
    said: Any,
    weights: np.ndarray,
    terms: Sequence[str],
) -> list[list[str]]:
    """Return each group's terms, best first."""
    inside = groups >= 0
    near = labels.relevance(said[inside], vectors[inside].astype(np.float64), groups[inside])
    who = segments["case"].where(segments["case"] != "", segments["document"])
    spread = labels.cases_that_say(said[inside], who[inside].reset_index(drop=True), groups[inside])
    own = labels.apart(said[inside], groups[inside])
    return [labels.ranked(*rows, terms) for rows in zip(weights, near, spread, own, strict=True)]


def _central(vectors: np.ndarray, themes: np.ndarray) -> list[int]:
    """Return the positions of the segments nearest to each theme's centroid, in text order."""
    chosen: set[int] = set()
    for theme in range(int(themes.max(initial=-1)) + 1):
        chosen |= set(by_nearness(vectors, np.flatnonzero(themes == theme))[:READ])
    return sorted(chosen)


def by_nearness(vectors: np.ndarray, inside: np.ndarray) -> list[int]:
    """Return the positions `inside`, nearest to their mean first."""
    rows = unit(vectors[inside])
    near = np.round(rows @ unit(rows.mean(axis=0, keepdims=True))[0], 6)
    return [int(place) for place in inside[np.argsort(-near, kind="stable")]]
