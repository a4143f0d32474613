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

# Noun phrases are taken from this many segments nearest to each theme's centroid, because parsing is slow.
READ = 60
# With fewer segments than this, words that occur only once are used too.
FEW = 20
FEWEST_TERMS = 2


@dataclass(frozen=True)
class Words:
    """Labels and keywords of themes and sub-themes, by number.

    `languages` and `sub_theme_languages`: the language of most words of each group. If it is not English, there are no
    keywords (stop words and noun phrases are English) and the label is "Theme in" and the language.
    """

    named: list[str]
    keywords: list[list[str]]
    sub_themes: list[str]
    sub_theme_keywords: list[list[str]]
    languages: list[str]
    sub_theme_languages: list[str]


def worded(
    segments: pd.DataFrame,
    vectors: np.ndarray,
    themes: np.ndarray,
    sub_themes: np.ndarray,
    *,
    keywords: int,
    nlp: "Language | None",
    given: Sequence[str | None] | None = None,
) -> tuple[Words, "BERTopic | None"]:
    """Return labels and keywords of themes and sub-themes, and the BERTopic model of the themes.

    `themes` and `sub_themes`: (n,), numbered from 0, -1 for none; `vectors`: (n, d); `given`: the researchers' label of
    each theme, or None; it replaces the computed label. The model is None if there are no themes or fewer than two
    terms.
    """
    readable = languages.read_in(segments["language"], segments["n_words"], {languages.ENGLISH}).to_numpy()
    texts = [text if is_readable else "" for text, is_readable in zip(segments["text"].tolist(), readable, strict=True)]
    theme_languages, sub_theme_languages = _languages(segments, themes), _languages(segments, sub_themes)
    stop = labels.stop_words([*segments["speaker"], *segments["case"]])
    central = [texts[place] for place in _central(vectors, themes) if readable[place]]
    phrases, nouns = labels.nouns(central, nlp, stop=stop)
    least = 2 if len(texts) >= FEW else 1
    terms = labels.vocabulary(texts, phrases, stop=stop, least=least)
    n_themes, n_sub_themes = int(themes.max(initial=-1)) + 1, int(sub_themes.max(initial=-1)) + 1
    if len(terms) < FEWEST_TERMS or not n_themes:
        theme_terms = _readable(
            [_terms_in(texts, themes == theme, terms) for theme in range(n_themes)], theme_languages
        )
        sub_theme_terms = _readable(
            [_terms_in(texts, sub_themes == sub_theme, terms) for sub_theme in range(n_sub_themes)], sub_theme_languages
        )
        theme_labels = labels.names(theme_terms, unnamed=_unnamed(theme_languages))
        sub_theme_labels = labels.names(sub_theme_terms, unnamed=_unnamed(sub_theme_languages))
        return _with_given(
            Words(theme_labels, theme_terms, sub_theme_labels, sub_theme_terms, theme_languages, sub_theme_languages),
            given,
        ), None
    model, weights = theme_model.fit(texts, vectors, themes, terms)
    counts = labels.vectorizer(terms).transform(texts)
    theme_terms = _readable(
        _ranked(segments, vectors, themes, counts=counts, weights=weights, terms=terms), theme_languages
    )
    sub_theme_weights = theme_model.weights(counts, sub_themes)
    sub_theme_terms = _ranked(segments, vectors, sub_themes, counts=counts, weights=sub_theme_weights, terms=terms)
    sub_theme_terms = _readable(sub_theme_terms, sub_theme_languages)
    wording = Words(
        labels.names(_naming(theme_terms, {*phrases, *nouns}), unnamed=_unnamed(theme_languages)),
        [terms_[:keywords] for terms_ in theme_terms],
        labels.names(_naming(sub_theme_terms, {*phrases, *nouns}), n_terms=2, unnamed=_unnamed(sub_theme_languages)),
        [terms_[:keywords] for terms_ in sub_theme_terms],
        theme_languages,
        sub_theme_languages,
    )
    wording = _with_given(wording, given)
    theme_model.name(model, themes, theme_labels=wording.named, keywords=wording.keywords)
    return wording, model


def _terms_in(texts: Sequence[str], inside: np.ndarray, terms: Sequence[str]) -> list[str]:
    """Return the terms that occur in a group's texts; the group is a mask."""
    group_words = {word for position in np.flatnonzero(inside).tolist() for word in labels.tokens(texts[position])}
    return [term for term in terms if group_words.issuperset(term.split())]


def _languages(segments: pd.DataFrame, groups: np.ndarray) -> list[str]:
    """Return the language of most words of each group; unknown only if no segment has a known language."""
    group_languages = []
    for group in range(int(groups.max(initial=-1)) + 1):
        inside = segments[groups == group]
        n_words = inside["n_words"].groupby(inside["language"]).sum().sort_index()
        known = n_words.drop(languages.UNKNOWN, errors="ignore")
        group_languages.append(str((known if len(known) else n_words).idxmax()) if len(n_words) else languages.UNKNOWN)
    return group_languages


def _readable(ranked: list[list[str]], spoken: Sequence[str]) -> list[list[str]]:
    """Keep the terms of groups that are mostly in English; other groups get none."""
    return [terms if languages.english(language) else [] for terms, language in zip(ranked, spoken, strict=True)]


def _unnamed(spoken: Sequence[str]) -> list[str]:
    """Return the label of each group if it has no terms."""
    return [
        labels.UNNAMED if languages.english(language) else f"Theme in {languages.name(language)}" for language in spoken
    ]


def _naming(ranked: list[list[str]], nouns: set[str]) -> list[list[str]]:
    """Keep each group's nouns and noun phrases, if any are known."""
    return [[term for term in terms if term in nouns] or terms for terms in ranked]


def _with_given(wording: Words, given: Sequence[str | None] | None) -> Words:
    label_pairs = zip(given or wording.named, wording.named, strict=True)
    return replace(wording, named=[people_label or label for people_label, label in label_pairs])


def _ranked(
    segments: pd.DataFrame,
    vectors: np.ndarray,
    groups: np.ndarray,
    *,
    counts: Any,
    weights: np.ndarray,
    terms: Sequence[str],
) -> list[list[str]]:
    """Return each group's terms, best first."""
    inside = groups >= 0
    near = labels.relevance(counts[inside], vectors[inside].astype(np.float64), groups[inside])
    voice = segments["case"].where(segments["case"] != "", segments["document"])
    spread = labels.n_cases_using(counts[inside], voice[inside].reset_index(drop=True), groups[inside])
    specificity = labels.specificity(counts[inside], groups[inside])
    return [labels.ranked(*rows, terms) for rows in zip(weights, near, spread, specificity, strict=True)]


def _central(vectors: np.ndarray, themes: np.ndarray) -> list[int]:
    """Return the positions of the segments nearest to each theme's centroid, in text order."""
    chosen: set[int] = set()
    for theme in range(int(themes.max(initial=-1)) + 1):
        chosen |= set(by_nearness(vectors, np.flatnonzero(themes == theme))[:READ])
    return sorted(chosen)


def by_nearness(vectors: np.ndarray, inside: np.ndarray) -> list[int]:
    """Return the positions `inside`, nearest to their mean first."""
    directions = unit(vectors[inside])
    near = np.round(directions @ unit(directions.mean(axis=0, keepdims=True))[0], 6)
    return [int(place) for place in inside[np.argsort(-near, kind="stable")]]
