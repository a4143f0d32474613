"""Ways to give codes to segments: ours, and the plainer ones that it is measured against."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from benchmarks.mapping_sets import OPTIONS, Level, Set, embed
from pipeline.core import environment
from pipeline.core.params import SEED
from pipeline.deductive import coded, mapping, mapping_features, mapping_few, mapping_zero


def as_many(scores: np.ndarray, rate: float) -> np.ndarray:
    """The highest scores of all, so many a segment on average."""
    return scores >= np.quantile(scores, 1 - min(rate / scores.shape[1], 1))


Way = Callable[[Set, Level, np.ndarray], np.ndarray]  # the segments whose codes are known -> what is given to all


def by_words(data: Set, level: Level) -> tuple[np.ndarray, coded.Tree]:
    """Zero-shot scores of the level's codebook, and its tree; made once for a level."""
    if level.name not in data.by_words:
        texts = mapping_zero.texts(level.book)
        vectors = dict(zip(texts, embed(texts, f"{data.name}-{level.name}"), strict=True))
        tree = coded.tree(level.book, pd.DataFrame({"code": [], "parent_code": []}, dtype=str))
        data.by_words[level.name] = mapping_zero.scores(data.views, book=level.book, vectors=vectors), tree
    return data.by_words[level.name]


def ours_zero(data: Set, level: Level, known: np.ndarray) -> np.ndarray:
    """Zero-shot, as the stage does it."""
    words, tree = by_words(data, level)
    material = mapping.Material(
        data.segments, data.views, (), np.zeros((0, len(tree.names)), dtype=bool), words, {}, 0, 0
    )
    found = mapping.zero_shot(material, book=level.book, codes=tree, codes_per_segment=OPTIONS.codes_per_segment)
    rolled = (found.accepted.astype(float) @ tree.above.astype(float)) > 0
    return rolled[:, [tree.names.index(code) for code in level.codes]]


def lines_of(data: Set, level: Level) -> tuple[np.ndarray, np.ndarray]:
    """Features of the codebook's lines, and the codes of each; made once for a level."""
    if level.name not in data.said:
        # A category is described by its codes' texts too.
        at = {code: column for column, code in enumerate(level.codes)}
        pairs = [(text, at[c]) for one in level.book.codes for c in (one.name, one.parent) if c in at
                 for text in mapping_zero.lines(one)]  # fmt: skip
        said = [text for text, _ in pairs]
        _, terms = mapping_features.vocabulary(data.segments["text"].tolist(), said, size=OPTIONS.vocabulary, seed=SEED)
        own = embed(said, f"{data.name}-{level.name}-lines").astype(np.float64)
        of_line = np.eye(len(level.codes), dtype=bool)[[n for _, n in pairs]]
        data.said[level.name] = mapping_features.of_texts(own, terms), of_line
    return data.said[level.name]


def ours_few(
    data: Set, level: Level, known: np.ndarray, *, texts: bool = True, rows: np.ndarray | None = None
) -> mapping_few.Predicted:
    """Few-shot, as the stage does it: calibrated, thresholds and all. `rows`: those to predict; all without it."""
    rows = np.ones(len(level.truth), dtype=bool) if rows is None else rows
    lines = said_so = None
    if texts:
        words, tree = by_words(data, level)
        said_so = mapping_zero.rolled(words, tree.above)[:, [tree.names.index(code) for code in level.codes]][rows]
        lines = lines_of(data, level)
    return mapping_few.predict(
        data.features[rows],
        level.truth[rows],
        groups=data.groups[rows],
        seen=known[rows],
        options=mapping_few.Options(
            folds=OPTIONS.folds, ridge=OPTIONS.ridge, text_weight=OPTIONS.text_weight, by_words=OPTIONS.by_words
        ),
        texts=lines,
        words=said_so,
        in_order=data.is_talk,
    )


def cosine(what: str) -> Way:
    def way(data: Set, level: Level, known: np.ndarray) -> np.ndarray:
        entries = [level.book[code] for code in level.codes]
        texts = [code.name if what == "name" else f"{code.name}. {code.definition}" for code in entries]
        return as_many(data.views.plain @ embed(texts, f"{data.name}-{level.name}-{what}").T, 1.0)

    return way


def learned(scores: Callable[[Set, Level, np.ndarray], np.ndarray]) -> Way:
    """A way that scores: it gives as many codes a segment as the known ones have."""

    def way(data: Set, level: Level, known: np.ndarray) -> np.ndarray:
        found = scores(data, level, known)
        rest = ~known
        given = np.zeros(level.truth.shape, dtype=bool)
        given[rest] = as_many(found[rest], level.truth[known].sum() / known.sum())
        return given

    return way


def _columns(level: Level, known: np.ndarray) -> list[int]:
    return [n for n in range(len(level.codes)) if 0 < level.truth[known, n].sum() < known.sum()]


def logistic(with_context: bool) -> Callable[[Set, Level, np.ndarray], np.ndarray]:
    def scores(data: Set, level: Level, known: np.ndarray) -> np.ndarray:
        X = data.views.plain
        X = np.hstack([X, data.views.around, data.views.question]) if with_context else X
        if known.sum() < X.shape[1]:
            # The same model in fewer numbers: coefficients lie in the span of the known rows.
            X = X @ np.linalg.qr(X[known].T)[0]
        X = X.astype(np.float32)
        found = np.zeros(level.truth.shape)
        for n in _columns(level, known):
            model = LogisticRegression(C=10, max_iter=100, class_weight="balanced")
            with environment.one_thread():  # many small products: threads would wait for each other
                model.fit(X[known], level.truth[known, n])
            found[~known, n] = model.predict_proba(X[~known])[:, 1]
        return found

    return scores


def neighbours(with_context: bool) -> Callable[[Set, Level, np.ndarray], np.ndarray]:
    def scores(data: Set, level: Level, known: np.ndarray) -> np.ndarray:
        X = data.views.plain
        X = np.hstack([X, data.views.around, data.views.question]) if with_context else X
        model = KNeighborsClassifier(min(10, int(known.sum())), weights="distance")
        near = model.fit(X[known], np.zeros(known.sum())).kneighbors(X[~known])
        weights = 1 / (near[0] + 1e-3)
        found = np.zeros(level.truth.shape)
        found[~known] = np.einsum("nk,nkc->nc", weights, level.truth[known][near[1]]) / weights.sum(1, keepdims=True)
        return found

    return scores


def svc(balanced: bool) -> Way:
    def way(data: Set, level: Level, known: np.ndarray) -> np.ndarray:
        texts = data.segments["text"].to_numpy()
        counter = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
        given = np.zeros(level.truth.shape, dtype=bool)
        try:
            X = counter.fit_transform(texts[known])
        except ValueError:
            return given
        rest = counter.transform(texts[~known])
        for n in _columns(level, known):
            model = LinearSVC(class_weight="balanced" if balanced else None).fit(X, level.truth[known, n])
            given[~known, n] = model.predict(rest)
        return given

    return way


ZERO: dict[str, Way] = {
    "ours, zero-shot": ours_zero,
    "cosine to the name": cosine("name"),
    "cosine to the definition": cosine("definition"),
}
OURS = "ours, few-shot"
BARE = "ours, without the codebook's text"
FEW: dict[str, Way] = {
    "logistic regression with context": learned(logistic(True)),
    "kNN with context": learned(neighbours(True)),
    "tf-idf + linear SVC": svc(False),
    "tf-idf + linear SVC, balanced": svc(True),
}
FULL: dict[str, Way] = {
    "logistic regression": learned(logistic(False)),
    "kNN": learned(neighbours(False)),
}
