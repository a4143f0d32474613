"""Labels and keywords of themes and sub-themes, from the words of their segments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.core import languages
from pipeline.core.arithmetic import unit
from pipeline.inductive import labels, naming, sub_theme_names, theme_guide, theme_model
from pipeline.inductive.meaning import Encode
from pipeline.inductive.naming import Line, Named

if TYPE_CHECKING:
    from bertopic import BERTopic
    from spacy.language import Language

# Phrases and clauses are taken from this many segments of each theme, because parsing is slow.
READ = 90
# With fewer segments than this, words that occur only once are used too.
FEW = 20
FEWEST_TERMS = 2
MOST_TERMS = 3


@dataclass(frozen=True)
class Words:
    """Labels and keywords of themes and sub-themes, by number.

    `named`: the themes' labels, those that people gave among them; `own`: those made of the segments' words.
    `languages` and `sub_theme_languages`: the language of most segments of each group. If it is not English, there are
    no keywords (stop words and phrases are English) and the label is "Theme in" and the language. `lines` and
    `sub_theme_lines`: the in-vivo line of each, None where there is none.
    """

    named: list[str]
    own: list[str]
    keywords: list[list[str]]
    sub_themes: list[str]
    sub_theme_keywords: list[list[str]]
    languages: list[str]
    sub_theme_languages: list[str]
    lines: list[Line | None]
    sub_theme_lines: list[Line | None]


def worded(
    segments: pd.DataFrame,
    vectors: np.ndarray,
    themes: np.ndarray,
    sub_themes: np.ndarray,
    *,
    keywords: int,
    nlp: "Language | None",
    given: Sequence[str | None] | None = None,
    plain: np.ndarray | None = None,
    encode: Encode | None = None,
    questions: Sequence[str] = (),
    called: Sequence[str] = (),
    quotable: np.ndarray | None = None,
) -> tuple[Words, "BERTopic | None"]:
    """Return labels and keywords of themes and sub-themes, and the BERTopic model of the themes.

    `themes` and `sub_themes`: (n,), numbered from 0, -1 for none; `vectors`: (n, d); `given`: the researchers' label of
    each theme, or None; it replaces the computed label. `plain`: (n, d), vectors without context, by default `vectors`;
    `encode`: the model of these vectors, for the meaning of phrases; `questions`: what each segment answers, "" for
    nothing: their words name a theme too; `called`: how the guide calls that question, "" if it does not; `quotable`:
    (n,), which segments an in-vivo line may quote, by default all. The model is None if there are no themes or fewer
    than two terms.
    """
    readable = languages.read_in(segments["language"], segments["n_words"], {languages.ENGLISH}).to_numpy()
    texts = [text if is_readable else "" for text, is_readable in zip(segments["text"].tolist(), readable, strict=True)]
    stop = labels.stop_words([*segments["speaker"], *segments["case"]])
    known = naming.read(
        segments,
        texts,
        _sampled(vectors, themes),
        vectors if plain is None else plain,
        nlp=nlp,
        stop=stop,
        encode=encode,
        questions=[question if here else "" for question, here in zip(questions, readable, strict=bool(questions))],
        quotable=quotable,
    )
    phrases = [form.lower() for phrase, form in known.lexicon.phrases.items() if not phrase.verb]
    least = 2 if len(texts) >= FEW else 1
    terms = labels.vocabulary([labels.spoken(text) for text in texts], phrases, stop=stop, least=least)
    talk = _Talk(segments, texts, vectors, known, terms)
    model, weights = None, None
    if len(terms) >= FEWEST_TERMS and themes.max(initial=-1) >= 0:
        model, weights = theme_model.fit(texts, vectors, themes, terms)
    named = theme_guide.names(called or [""] * len(texts), themes)
    theme_words = _words(talk, themes, np.zeros_like(themes), weights, named=named, given=given)
    if model is not None:
        weights = theme_model.weights(labels.vectorizer(terms).transform(texts), sub_themes)
    sub_theme_words = _words(talk, sub_themes, themes, weights, parent_labels=theme_words.labels)
    words = Words(
        theme_words.labels,
        theme_words.labels,
        [terms_[:keywords] for terms_ in theme_words.keywords],
        sub_theme_words.labels,
        [terms_[:keywords] for terms_ in sub_theme_words.keywords],
        theme_words.languages,
        sub_theme_words.languages,
        theme_words.lines,
        sub_theme_words.lines,
    )
    words = _with_given(words, given)
    if model is not None:
        theme_model.name(model, themes, theme_labels=words.named, keywords=words.keywords)
    return words, model


class _Group(NamedTuple):
    labels: list[str]
    keywords: list[list[str]]
    languages: list[str]
    lines: list[Line | None]


class _Talk(NamedTuple):
    segments: pd.DataFrame
    texts: Sequence[str]
    vectors: np.ndarray
    known: naming.Read
    terms: Sequence[str]


def _words(
    talk: _Talk,
    groups: np.ndarray,
    parents: np.ndarray,
    weights: np.ndarray | None,
    *,
    parent_labels: Sequence[str] = (),
    named: Sequence[str] = (),
    given: Sequence[str | None] | None = None,
) -> _Group:
    """Return what is said of each group.

    `weights`: c-TF-IDF, (groups, terms), None if there were too few terms; `parent_labels`: the themes' labels if the
    groups are sub-themes; `named`: how the guide calls each group, "" for nothing; `given`: how people do.
    """
    segments, texts, vectors, known, terms = talk
    spoken = _languages(segments, groups)
    if weights is None:
        ranked = [_terms_in(texts, groups == group, terms) for group in range(len(spoken))]
    else:
        counts = labels.vectorizer(terms).transform(texts)
        ranked = _ranked(segments, vectors, groups, counts=counts, weights=weights, terms=terms)
    ranked = _readable(ranked, spoken)
    own = naming.named(segments, vectors, groups, parents, known=known)
    own = _against_all(talk, groups, parents, own, parent_labels)
    naming_terms: list[list[str]] = []
    unnamed: list[str] = []
    lines: list[Line | None] = []
    sayings = [naming.saying(segments["text"][groups == group].tolist()) for group in range(len(spoken))]
    several = len(segments) >= FEW and len(spoken) > 1
    formal = [] if parent_labels else _about_interview(segments, vectors, groups)
    for group, language in enumerate(spoken):
        terms_, hints, line, remark = own[group]
        english = languages.english(language)
        saying = sayings[group] if several and sayings.count(sayings[group]) == 1 else ""
        saying = saying or (remark if several and english and not parent_labels else "")
        saying = naming.ABOUT_INTERVIEW if group in formal else f"“{saying}”" if saying else ""
        loose = english and several and bool(ranked[group])
        if named and named[group] and group not in formal:
            naming_terms.append([named[group]])
        elif saying or not english or (loose and not terms_):
            naming_terms.append([])
        else:
            naming_terms.append(terms_ or ranked[group])
        rest = _rest(sub_theme_names.remainder(groups, parents, group) if parent_labels else naming.LOOSE, hints)
        unnamed.append(saying or (rest if loose else _unnamed([language])[0]))
        # Loosely connected talk has no clause that says what it is about; other languages are not parsed.
        lines.append(line if naming_terms[-1] and english else None)
    called = labels.names(naming_terms, unnamed=_single(unnamed, naming_terms), given=given)
    if parent_labels:
        called = sub_theme_names.numbered(called, groups, parents)
    return _Group(called, ranked, spoken, lines)


def _about_interview(segments: pd.DataFrame, vectors: np.ndarray, groups: np.ndarray) -> list[int]:
    """Return the groups that are mostly about the interview itself, by READ segments of each."""
    sampled = np.array(_sampled(vectors, groups), dtype=np.int64)
    found = []
    for group in range(int(groups.max(initial=-1)) + 1):
        inside = segments.iloc[sampled[groups[sampled] == group]]
        if naming.about_interview(inside["text"].tolist(), inside["language"].tolist()):
            found.append(group)
    return found


def _rest(name: str, hints: Sequence[str]) -> str:
    """Return the name of talk that nothing names, with words that tell it from other such talk."""
    return f"{name} ({', '.join(hints)})" if hints else name


def _single(unnamed: Sequence[str], naming_terms: Sequence[Sequence[str]]) -> list[str]:
    """Return names of groups without terms; loosely connected talk has the bare name where no other is told from it."""
    loose = [not own and name.startswith(naming.LOOSE) for name, own in zip(unnamed, naming_terms, strict=True)]
    return [
        naming.LOOSE if here and (sum(loose) == 1 or unnamed.count(name) > 1) else name
        for name, here in zip(unnamed, loose, strict=True)
    ]


def _against_all(
    talk: _Talk, groups: np.ndarray, parents: np.ndarray, named: list[Named], parent_labels: Sequence[str]
) -> list[Named]:
    """Name sub-themes that no term tells from their siblings by what tells them from the whole study.

    `parent_labels`: none if the groups are themes; words of the theme's label do not name its sub-themes.
    """
    if not parent_labels or all(one.terms for one in named):
        return named
    again = naming.named(talk.segments, talk.vectors, groups, np.zeros_like(groups), known=talk.known)
    result = []
    for group, one in enumerate(named):
        theme = " ".join(labels.words(parent_labels[parents[groups == group][0]]))
        terms = labels.distinct([theme, *again[group].terms], count=MOST_TERMS)[1:]
        hints = labels.distinct([theme, *(one.hints or again[group].hints)], count=MOST_TERMS)[1:]
        result.append(one if one.terms else one._replace(terms=terms, hints=hints))
    return result


def _terms_in(texts: Sequence[str], inside: np.ndarray, terms: Sequence[str]) -> list[str]:
    """Return the terms that occur in a group's texts; the group is a mask."""
    group_words = {word for position in np.flatnonzero(inside).tolist() for word in labels.tokens(texts[position])}
    return [term for term in terms if group_words.issuperset(term.split())]


def _languages(segments: pd.DataFrame, groups: np.ndarray) -> list[str]:
    """Return the language of most segments of each group; unknown only if no segment has a known language."""
    group_languages = []
    for group in range(int(groups.max(initial=-1)) + 1):
        spoken = segments["language"][groups == group]
        known = spoken[spoken != languages.UNKNOWN]
        counts = (known if len(known) else spoken).value_counts().sort_index()
        group_languages.append(str(counts.idxmax()) if len(counts) else languages.UNKNOWN)
    return group_languages


def _readable(ranked: list[list[str]], spoken: Sequence[str]) -> list[list[str]]:
    """Keep the terms of groups that are mostly in English; other groups get none."""
    return [terms if languages.english(language) else [] for terms, language in zip(ranked, spoken, strict=True)]


def _unnamed(spoken: Sequence[str]) -> list[str]:
    """Return the label of each group if it has no terms."""
    return [
        labels.UNNAMED if languages.english(language) else f"Theme in {languages.name(language)}" for language in spoken
    ]


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


def _sampled(vectors: np.ndarray, themes: np.ndarray) -> list[int]:
    """Return the positions of READ segments of each theme, from the most to the least typical, in text order."""
    chosen: set[int] = set()
    for theme in range(int(themes.max(initial=-1)) + 1):
        order = by_nearness(vectors, np.flatnonzero(themes == theme))
        chosen |= {order[place] for place in np.linspace(0, len(order) - 1, min(READ, len(order))).astype(int).tolist()}
    return sorted(chosen)


def by_nearness(vectors: np.ndarray, inside: np.ndarray) -> list[int]:
    """Return the positions `inside`, nearest to their mean first."""
    directions = unit(vectors[inside])
    near = np.round(directions @ unit(directions.mean(axis=0, keepdims=True))[0], 6)
    return [int(place) for place in inside[np.argsort(-near, kind="stable")]]
