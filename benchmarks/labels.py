"""Labels of candidate themes on halves of human-coded studies, beside BERTopic's representations.

Run it from the root: python -m benchmarks.labels [--data ../shared/data] [--sets a b]. Themes are found in the whole
study; each is labelled from the segments of every other document and tested on the segments of the others.

vector, words: how often a label's theme is the nearest of all, by the cosine of the label's vector with the themes'
means (around their common mean), and by the share of a theme's segments that say each word of the label (idf-weighted).
MRR: the reciprocal rank of the human category that fills most of the theme among all categories, by cosine of its name
with the label. faults: the share of labels with a function word, a word that fewer than two cases say, or one that
fewer than a tenth of the theme's segments say, each counted on the half that the label was made from. Function words
are those on scikit-learn's list that do not say what talk is about ("call", "full", "interest" do); a label in
quotation marks is what people say, function words and all. odd: the same where the words of the question that a
segment answers count as said. unnamed: the share of themes called loosely
connected talk; they are no fault, and wrong in the other columns.
"""

import argparse
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

from benchmarks import themes as theme_sets
from benchmarks.mapping_sets import embed
from pipeline.core import environment, model_registry
from pipeline.core import params as settings
from pipeline.core.arithmetic import unit
from pipeline.inductive import grouping, labels, naming, wording
from pipeline.vectors import encoder

Labeller = Callable[[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray], list[str]]
WORDS = 6
FUNCTION_WORDS = ENGLISH_STOP_WORDS - labels.SUBSTANCE - labels.IN_PHRASES
STEM = 4
JOINING = {"of", "to", "with", "between", "in", "for", "from", "on", "about", "at", "not", "the", "a", "an", "no"}


def ours(segments: pd.DataFrame, vectors: np.ndarray, groups: np.ndarray, sub_themes: np.ndarray) -> list[str]:
    nlp = labels.load(model_registry.find(settings.Segment().model, kind="spacy").folder)
    words, _ = wording.worded(
        segments,
        vectors,
        groups,
        sub_themes,
        keywords=10,
        nlp=nlp,
        encode=phrase_vectors,
        questions=segments["asked"].tolist(),
    )
    return words.named


def phrase_vectors(texts: list[str]) -> np.ndarray:
    return encoder.encode(texts, **settings.Embed().model_dump())


def bertopic(kind: str) -> Labeller:
    """BERTopic's representation of the same groups: four words of the default, or of another representation."""

    def labeller(segments: pd.DataFrame, vectors: np.ndarray, groups: np.ndarray, _: np.ndarray) -> list[str]:
        from bertopic import BERTopic
        from bertopic.dimensionality import BaseDimensionalityReduction
        from bertopic.representation import KeyBERTInspired, MaximalMarginalRelevance
        from bertopic.vectorizers import ClassTfidfTransformer

        from pipeline.inductive.theme_model import Given, numbers

        representation = {
            "BERTopic": None,
            "KeyBERT-like": KeyBERTInspired(random_state=0),
            "MMR": MaximalMarginalRelevance(diversity=0.3),
        }[kind]
        model = BERTopic(
            embedding_model=theme_sets.sentence_model(),
            umap_model=BaseDimensionalityReduction(),
            hdbscan_model=Given(groups),
            vectorizer_model=CountVectorizer(stop_words="english"),
            ctfidf_model=ClassTfidfTransformer(),
            representation_model=representation,
        )
        model.fit(segments["text"].tolist(), embeddings=vectors)
        number = numbers(model, groups)
        return [
            ", ".join(word for word, _ in (model.get_topic(number[group]) or [])[:4]) if group in number else ""
            for group in range(int(groups.max()) + 1)
        ]

    return labeller


WAYS: dict[str, Labeller] = {
    "ours": ours,
    **{kind: bertopic(kind) for kind in ("BERTopic", "KeyBERT-like", "MMR")},
}


def content(label: str) -> list[str]:
    return [labels.stem(word) for word in labels.words(label) if word not in JOINING]


def said(texts: list[str]) -> list[set[str]]:
    return [{labels.stem(word) for word in labels.words(text)} for text in texts]


def by_words(found: list[str], texts: list[str], groups: np.ndarray) -> np.ndarray:
    """The likeness of each label to each theme, (labels, themes)."""
    spoken = said(texts)
    count = int(groups.max()) + 1
    score = np.zeros((len(found), count))
    for place, label in enumerate(found):
        for word in content(label):
            has = np.array([word in words or word.removesuffix("ing") in words for words in spoken])
            idf = np.log((len(has) + 1) / (has.sum() + 1))
            score[place] += idf * np.array([has[groups == group].mean() for group in range(count)])
    return score


def right(score: np.ndarray) -> float:
    best = score.argmax(axis=1)
    return float(np.mean((best == np.arange(len(score))) & (score.max(axis=1) > 0)))


def faulty(label: str, segments: pd.DataFrame, *, asked: bool = False) -> bool:
    """Whether a label holds a word that is no word of its theme, or, if `asked`, of the questions it answers either."""
    if label.startswith((naming.LOOSE, "“")):
        return False
    spoken = said((segments["text"] + (" " + segments["asked"] if asked else "")).tolist())
    cases = segments["case"].where(segments["case"] != "", segments["document"]).to_numpy()
    for word in content(label):
        has = np.array(
            [
                word in words or any(other.startswith(word.removesuffix("ing")[:STEM]) for other in words)
                for words in spoken
            ]
        )
        if word in FUNCTION_WORDS or len(set(cases[has])) < min(2, len(set(cases))) or has.mean() < 0.1:
            return True
    return False


def categories(data: theme_sets.Set, groups: np.ndarray) -> tuple[list[str], list[str]]:
    """All category names, and for each theme that which fills most of it ("" where nothing in it is coded)."""
    coded = data.coded["category"].assign(theme=lambda rows: groups[rows["segment"]])
    names = sorted(set(coded["code"]))
    most = [
        coded.loc[coded["theme"] == theme, "code"].value_counts().sort_index().idxmax()
        if (coded["theme"] == theme).any()
        else ""
        for theme in range(int(groups.max()) + 1)
    ]
    return names, most


def measured(data: theme_sets.Set) -> pd.DataFrame:
    vectors = theme_sets.in_context(data)
    groups = grouping.grouped(grouping.Talk(data.segments, data.vectors, vectors), options=theme_sets.OPTIONS)
    segments = data.segments.assign(
        language=data.segments.get("language", "en"),
        n_words=data.segments["text"].str.split().str.len(),
        start=data.segments.get("start", 0),
        asked=data.asked,
    )
    documents = sorted(set(segments["document"]))
    half = segments["document"].isin(documents[::2]).to_numpy()
    used = [
        t for t in range(int(groups.themes.max()) + 1) if all((groups.themes[m] == t).sum() > 4 for m in (half, ~half))
    ]
    number = {theme: place for place, theme in enumerate(used)}
    themes = np.array([number.get(int(theme), -1) for theme in groups.themes])
    names, most = categories(data, themes)
    shown = {name: re.sub(r"[_/]+", " ", name) for name in names}
    test = ~half & (themes >= 0)
    train = half & (themes >= 0)
    means = np.stack([data.vectors[test & (themes == theme)].mean(axis=0) for theme in range(len(used))])
    rows = []
    for way, labeller in WAYS.items():
        part = segments[train].reset_index(drop=True)
        sub_themes = np.unique(groups.sub_themes[train], return_inverse=True)[1]
        found = labeller(part, data.vectors[train], themes[train], sub_themes)
        made = unit(embed([label or "nothing" for label in found], "labels").astype(np.float64))
        near = (made - made.mean(axis=0)) @ unit(means - means.mean(axis=0)).T
        likeness = made @ unit(embed([shown[name] for name in names], "names").astype(np.float64)).T
        ranks = [
            1 / (1 + int((likeness[place] > likeness[place][names.index(name)]).sum()))
            for place, name in enumerate(most)
            if name
        ]
        faults = [faulty(label, part[themes[train] == place]) for place, label in enumerate(found)]
        said_by = by_words(found, segments["text"][test].tolist(), themes[test])
        odd = [faulty(label, part[themes[train] == place], asked=True) for place, label in enumerate(found)]
        scores = (right(near), right(said_by), float(np.mean(ranks)), float(np.mean(faults)), float(np.mean(odd)))
        scores += (float(np.mean([label.startswith(naming.LOOSE) for label in found])),)
        rows.append((data.name, way, len(used), *scores))
        print(f"  {way}: " + " | ".join(found), flush=True)
    return pd.DataFrame(rows, columns=["set", "way", "themes", "vector", "words", "MRR", "faults", "odd", "unnamed"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sets", nargs="*")
    asked = parser.parse_args()
    warnings.filterwarnings("ignore")
    sources = [place.parent for place in sorted(asked.data.glob("*/codes.csv"))]
    with environment.one_thread():
        table = pd.concat(
            [measured(theme_sets.read(source)) for source in sources if not asked.sets or source.name in asked.sets]
        )
    print(table.round(2).to_string(index=False))
    print(
        table.groupby("way", sort=False)[["vector", "words", "MRR", "faults", "odd", "unnamed"]]
        .mean()
        .round(2)
        .to_string()
    )


if __name__ == "__main__":
    main()
