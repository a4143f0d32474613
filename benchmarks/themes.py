"""Candidate themes: ours against other ways to find them, on the human-coded studies of a folder.

Run it from the root: python -m benchmarks.themes [--data ../shared/data] [--sets a b] [--ways a b] [--runs 5]. Each
folder of it holds transcripts/ and codes.csv. A set is laid out as a study in build/mapping and run up to embed (sets
of single comments, "nhs", are taken by comment, each a document of its own). Every way gets the same segments and,
where it takes vectors, the same plain ones; those that must be told a number of themes are told ours.

AMI, ARI and V-measure: of theme against human category (parent code; the code where it has none) and code, over coded
passages, each with the theme of the segment that overlaps it most. none: share of segments unassigned. stable: mean ARI
of the full run with runs that leave out 10% of the documents. Ways with a seed: median of five seeds and their range.
Turftopic, FASTopic and Top2Vec are measured where they are installed; the project does not need them.
"""

import argparse
import importlib.util
import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, v_measure_score
from sklearn.model_selection import GroupKFold

from benchmarks.mapping_sets import comment_set, run_study
from pipeline.core import environment, model_registry, store
from pipeline.core import params as settings
from pipeline.inductive import grouping, steadiness, theme_guide
from pipeline.vectors import context, speaker_means

OPTIONS = settings.Themes()
SEEDS = (0, 1, 2, 3, 4)


@dataclass
class Set:
    """A study: its substantive segments in the order of the talk, their plain vectors, and what people coded.

    `questions`: the vector of the question each answers, zeros where there is none; `asked`: its words, "" for none;
    `coded`: for each level (category, code) a frame of passages, `segment` (a place) and `code`.
    """

    name: str
    segments: pd.DataFrame
    vectors: np.ndarray
    questions: np.ndarray
    asked: list[str]
    coded: dict[str, pd.DataFrame]


@dataclass
class Given:
    """What a way is given: segments, plain vectors, those of their questions, how many themes ours found, a seed."""

    segments: pd.DataFrame
    vectors: np.ndarray
    questions: np.ndarray
    k: int
    seed: int

    @property
    def texts(self) -> list[str]:
        return [str(text) for text in self.segments["text"]]


Way = Callable[[Given], np.ndarray]


def read(source: Path) -> Set:
    if "nhs" in source.name:
        data = comment_set(source)
        talk = data.segments.assign(document=data.segments["segment_id"], substantive=True, case="", speaker="")
        talk = talk.assign(turn_id=talk["segment_id"], prompt_id="")[
            sorted({*store.empty("segments")} & {*talk, *COLUMNS})
        ]
        codings = pd.read_csv(source / "codes.csv", dtype=str, keep_default_na=False).astype({"start": int, "end": int})
        codings = codings.assign(document=codings["segment_id"])
        order, plain = context.order(talk), data.views.plain
        talk, plain = talk.iloc[order].reset_index(drop=True), plain[order]
        questions, asked = np.zeros_like(plain), [""] * len(talk)
    else:
        folder = run_study(source, source.name)
        segments, embeddings = (store.read(folder, table) for table in ("segments", "embeddings"))
        whole, _ = grouping.prepare(segments, embeddings, options=OPTIONS)
        talk, plain, codings = whole.segments, whole.plain, store.read(folder, "codings")
        known = dict(zip(embeddings["segment_id"], embeddings["vector"], strict=True))
        questions = context.asked(talk, segments, known, plain.shape[1])
        tables = [store.read(folder, table) for table in ("guide", "prompts", "turns")]
        whose = theme_guide.asked(*tables, segments)
        asked = [whose.words(prompt_id) if prompt_id else "" for prompt_id in talk["prompt_id"]]
    above = codings["parent_code"].where(codings["parent_code"] != "", codings["code"])
    levels = {"category": codings.assign(code=above), "code": codings}
    coded = {level: passages(talk, rows) for level, rows in levels.items()}
    return Set(source.name, talk, plain, questions, asked, coded)


COLUMNS = ("segment_id", "document", "turn_id", "prompt_id", "start", "end", "case", "speaker", "substantive", "text")


def passages(segments: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """Each coded passage once for each code it has, with the segment that overlaps it most."""
    by_document = dict(list(segments.groupby("document")))
    rows = []
    for document, start, end, code in sorted(
        set(zip(*(codings[c] for c in ("document", "start", "end", "code")), strict=True))
    ):
        near = by_document.get(document)
        if near is None:
            continue
        overlap = np.minimum(near["end"], end) - np.maximum(near["start"], start)
        if overlap.max() > 0:
            rows.append((int(overlap.idxmax()), code))
    return pd.DataFrame(rows, columns=["segment", "code"])


def in_context(
    data: "Set | Given", options: settings.Themes = OPTIONS, *, shrinkage: float = speaker_means.SHRINKAGE
) -> np.ndarray:
    plain = speaker_means.removed(data.segments, data.vectors, shrinkage=shrinkage)
    smooth = context.smooth(data.segments, plain, neighbours=options.context, decay=options.context_decay)
    return context.answering(data.segments, smooth, data.questions, weight=options.question)


def ours(*, shrinkage: float = speaker_means.SHRINKAGE, **changed: Any) -> Way:
    options = OPTIONS.model_copy(update=changed)

    def way(given: Given) -> np.ndarray:
        talk = grouping.Talk(given.segments, given.vectors, in_context(given, options, shrinkage=shrinkage))
        return grouping.grouped(talk, options=options).themes

    return way


def bertopic(given: Given, *, reduce: bool = False) -> np.ndarray:
    """The quick start: `BERTopic().fit_transform(docs, embeddings)`; unseeded as it comes, so a seed is only a turn."""
    from bertopic import BERTopic
    from umap import UMAP

    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=given.seed)
    model = BERTopic(umap_model=umap)
    found, _ = model.fit_transform(given.texts, embeddings=np.asarray(given.vectors))
    if reduce and -1 in found and len(set(found)) > 1:
        found = model.reduce_outliers(given.texts, found, strategy="embeddings", embeddings=np.asarray(given.vectors))
    return np.asarray(found)


def by_words(kind: str) -> Way:
    def way(given: Given) -> np.ndarray:
        counter = TfidfVectorizer if kind == "nmf" else CountVectorizer
        said = counter(stop_words="english", min_df=2, max_df=0.5).fit_transform(given.texts)
        made = (
            NMF(given.k, init="nndsvda", random_state=given.seed, max_iter=400)
            if kind == "nmf"
            else LatentDirichletAllocation(given.k, random_state=given.seed)
        )
        return np.asarray(made.fit_transform(said).argmax(axis=1))

    return way


@cache
def sentence_model() -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(
        str(model_registry.find(settings.Embed().model, kind="sentence-transformers").folder), device="cpu"
    )


def turftopic(kind: str) -> Way:
    def way(given: Given) -> np.ndarray:
        import turftopic as library

        counter = CountVectorizer(stop_words="english", min_df=2)
        model = getattr(library, kind)(given.k, encoder=sentence_model(), vectorizer=counter, random_state=given.seed)
        weights = model.fit_transform(given.texts, embeddings=np.asarray(given.vectors))
        return np.asarray(np.asarray(weights).argmax(axis=1))

    return way


def fastopic(given: Given) -> np.ndarray:
    from fastopic import FASTopic
    from topmost import Preprocess

    model = FASTopic(given.k, preprocess=Preprocess(), doc_embed_model=sentence_model(), verbose=False)
    return np.asarray(model.fit_transform(given.texts)[1].argmax(axis=1))


def top2vec(given: Given) -> np.ndarray:
    from top2vec import Top2Vec

    model = Top2Vec(
        given.texts,
        embedding_model=lambda texts: sentence_model().encode(list(texts), normalize_embeddings=True),
        min_count=2,
        umap_args={"n_neighbors": 15, "n_components": 5, "metric": "cosine", "random_state": given.seed},
    )
    return np.asarray(model.doc_top)


# A way, whether it draws lots (so that its seeds are run), and the package it needs.
WAYS: dict[str, tuple[Way, bool, str]] = {
    "ours": (ours(), False, ""),
    "ours, no context": (ours(context=0, question=0.0), False, ""),
    "ours, speakers' means left in": (ours(shrinkage=math.inf), False, ""),
    "ours, no question": (ours(question=0.0), False, ""),
    "ours, no neighbours": (ours(context=0), False, ""),
    "ours, no consensus": (ours(runs=1, keep=1.0, resolutions=(1.0, 1.0)), False, ""),
    "BERTopic quick start": (bertopic, True, ""),
    "BERTopic, outliers reduced": (lambda given: bertopic(given, reduce=True), True, ""),
    "KMeans": (lambda g: KMeans(g.k, n_init=10, random_state=g.seed).fit_predict(g.vectors), True, ""),
    "Ward": (lambda g: AgglomerativeClustering(g.k).fit_predict(g.vectors), False, ""),
    "NMF": (by_words("nmf"), False, ""),
    "LDA": (by_words("lda"), True, ""),
    "Turftopic KeyNMF": (turftopic("KeyNMF"), True, "turftopic"),
    "Turftopic S3": (turftopic("SemanticSignalSeparation"), True, "turftopic"),
    "FASTopic": (fastopic, True, "fastopic"),
    "Top2Vec": (top2vec, True, "top2vec"),
}


def fits(found: np.ndarray, coded: pd.DataFrame) -> list[float]:
    theirs, own = coded["code"], found[coded["segment"]]
    return [
        float(measure(theirs, own)) for measure in (adjusted_mutual_info_score, adjusted_rand_score, v_measure_score)
    ]


def stable(way: Way, data: Set, full: np.ndarray, *, k: int, runs: int) -> float:
    documents = data.segments["document"].to_numpy()
    scores = []
    for names in steadiness.draw_left_out(documents, runs=runs, share=0.1, seed=1):
        kept = ~np.isin(documents, names)
        rest = Given(data.segments[kept].reset_index(drop=True), data.vectors[kept], data.questions[kept], k, 0)
        scores.append(adjusted_rand_score(full[kept], way(rest)))
    return float(np.mean(scores)) if scores else float("nan")


def measured(name: str, data: Set, *, k: int, runs: int) -> dict[str, Any]:
    way, lots, _ = WAYS[name]
    rows, first, seconds = [], None, []
    for seed in SEEDS if lots else SEEDS[:1]:
        start = time.perf_counter()
        found = way(Given(data.segments, data.vectors, data.questions, k, seed))
        seconds.append(time.perf_counter() - start)
        first = found if first is None else first
        fit = {
            f"{m} {level}": v
            for level, rows_ in data.coded.items()
            for m, v in zip(("AMI", "ARI", "V"), fits(found, rows_), strict=True)
        }
        rows.append(fit | {"none": float((found < 0).mean()), "themes": len(set(found) - {-1})})
    table = pd.DataFrame(rows)
    result: dict[str, Any] = {"set": data.name, "way": name, **table.median().to_dict()}
    result["range"] = f"{table['AMI category'].min():.2f}-{table['AMI category'].max():.2f}" if lots else ""
    result["stable"] = stable(way, data, first, k=k, runs=runs) if runs and first is not None else float("nan")
    return result | {"seconds": float(np.median(seconds))}


def ceiling(data: Set, vectors: np.ndarray, level: str) -> float:
    """AMI of what a logistic regression, trained on other documents, says of each passage."""
    coded = data.coded[level]
    X, y = vectors[coded["segment"]], coded["code"].to_numpy()
    groups = data.segments["document"].to_numpy()[coded["segment"]]
    said = np.empty(len(y), dtype=object)
    for train, test in GroupKFold(min(5, len(set(groups)))).split(X, y, groups):
        said[test] = LogisticRegression(C=10, max_iter=1000).fit(X[train], y[train]).predict(X[test])
    return float(adjusted_mutual_info_score(y.astype(str), said.astype(str)))


def blur(data: Set, found: np.ndarray) -> float:
    """How often two neighbours of which people said different things fall in one theme."""
    said = data.coded["category"].groupby("segment")["code"].agg(set).to_dict()
    documents = data.segments["document"].to_numpy()
    pairs = [(at, at + 1) for at in range(len(found) - 1) if documents[at] == documents[at + 1]]
    apart = [(a, b) for a, b in pairs if a in said and b in said and not said[a] & said[b]]
    return float(np.mean([found[a] == found[b] for a, b in apart])) if apart else float("nan")


def report(data: Set, ways: list[str], *, runs: int) -> pd.DataFrame:
    smooth = in_context(data)
    sizes = ", ".join(
        f"{len(rows)} passages with a {level} ({rows['code'].nunique()})" for level, rows in data.coded.items()
    )
    print(
        f"\n{data.name}: {len(data.segments)} segments, {data.segments['document'].nunique()} documents, {sizes}",
        flush=True,
    )
    for level in data.coded:
        plain, own = ceiling(data, data.vectors, level), ceiling(data, smooth, level)
        print(f"  ceiling, AMI by {level}: plain vectors {plain:.3f}, with context {own:.3f}", flush=True)
    sharp = {
        name: blur(data, WAYS[name][0](Given(data.segments, data.vectors, data.questions, 0, 0)))
        for name in ("ours", "ours, no question", "ours, no context")
    }
    print(
        f"  neighbours that people coded apart in one theme: {sharp['ours']:.2f}, without the question "
        f"{sharp['ours, no question']:.2f}, without any context {sharp['ours, no context']:.2f}"
    )
    k = len(set(ours()(Given(data.segments, data.vectors, data.questions, 0, 0))) - {-1})
    rows = []
    for name in ways:
        if WAYS[name][2] and importlib.util.find_spec(WAYS[name][2]) is None:
            print(f"  {name}: not installed, not measured")
            continue
        try:
            rows.append(measured(name, data, k=k, runs=runs))
        except ImportError as error:
            print(f"  {name}: {error}, not measured")
            continue
        print(
            "  "
            + "  ".join(
                f"{key} {value:.3f}" if isinstance(value, float) else str(value)
                for key, value in list(rows[-1].items())[1:]
            ),
            flush=True,
        )
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sets", nargs="*")
    parser.add_argument("--ways", nargs="*", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--runs", type=int, default=5, help="runs that leave out 10%% of the documents")
    asked = parser.parse_args()
    warnings.filterwarnings("ignore")
    sources = [
        place.parent
        for place in sorted(asked.data.glob("*/codes.csv"))
        if not asked.sets or place.parent.name in asked.sets
    ]
    importlib.import_module("bertopic")  # whole, before ours takes it without the parts it does not use
    with environment.one_thread():
        table = pd.concat([report(read(source), asked.ways, runs=asked.runs) for source in sources])
    print("\n" + table.round(3).to_string(index=False))
    wide = table.pivot(index="set", columns="way", values="AMI category")
    if {"ours", "BERTopic quick start"} <= set(wide):
        ratio = np.exp(np.log(wide["ours"].clip(lower=1e-3) / wide["BERTopic quick start"].clip(lower=1e-3)).mean())
        print(f"\nAMI by category, ours to BERTopic's quick start: {ratio:.2f} times (geometric mean over sets)")


if __name__ == "__main__":
    main()
