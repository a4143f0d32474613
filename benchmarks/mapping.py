"""Mapping segments to codes: ours against plainer ways, on the human-coded studies of a folder.

Run it from the root: python -m benchmarks.mapping [--data ../shared/data] [--draws 5] [--sets a b]. Each folder of it
holds transcripts/, codes.csv and codebook.csv. A set is laid out as a study in build/mapping and run up to embed; then
every way predicts the segments of documents it has learned nothing from: after 0, 1, 3, 5 and 10 coded documents (mean
and range of several draws) and out of fold. Ways that learn get the same context (neighbours, the question) or none.

kappa: Cohen's, pooled over segments x codes; by code: its mean over codes; macro and micro F1; seconds of one fit and
prediction. A way that has no decision rule of its own gives as many codes a segment as the coded documents have
(without any: one). "nhs" sets, in which each line is one comment, are taken by comment and split into 5 by its id.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from pipeline import coded, context, encoder, mapping, mapping_features, mapping_few, mapping_zero, store
from pipeline import params as settings
from pipeline.codebook import Code, Codebook
from pipeline.overlap import codes_of_segments

ROOT = Path(__file__).parent.parent
WORK = ROOT / "build" / "mapping"
SHOTS = (0, 1, 3, 5, 10)
OPTIONS = settings.MapCodes()


@dataclass
class Level:
    """A set at one level, code or category: truth (segments x codes), and what each code says of itself."""

    name: str
    codes: list[str]
    truth: np.ndarray
    book: Codebook


@dataclass
class Set:
    """A study ready to map. `groups`: what is left out together."""

    name: str
    segments: pd.DataFrame
    views: mapping_features.Views
    words: np.ndarray
    groups: np.ndarray
    levels: list[Level]


def run_study(source: Path, name: str) -> Path:
    """Lay a set out as a study and run it up to embed; only vectors are kept from run to run."""
    folder = WORK / "data" / name
    shutil.copytree(source / "transcripts", folder / "transcripts", dirs_exist_ok=True)
    (folder / "human_codes").mkdir(exist_ok=True)
    shutil.copy(source / "codes.csv", folder / "human_codes")
    shutil.copytree(ROOT / "models", WORK / "models", dirs_exist_ok=True)
    params = yaml.safe_load((ROOT / "params.yaml").read_text()) | {"study": f"data/{name}"}
    (WORK / "params.yaml").write_text(yaml.safe_dump(params))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for step in ("study", "ingest", "segment", "embed"):
        subprocess.run([sys.executable, "-m", f"pipeline.{step}"], cwd=WORK, env=environment, check=True)
    return folder


def embed(texts: list[str], name: str) -> np.ndarray:
    """Vectors of texts, kept beside the studies."""
    return encoder.encode(texts, **settings.Embed().model_dump(), cache=WORK / f"{name}.parquet")


def book_of(source: Path) -> dict[str, str]:
    """What the codebook says of each code, by name in lower case."""
    table = pd.read_csv(source / "codebook.csv", dtype=str, keep_default_na=False)
    return {str(code).casefold(): str(text) for code, text in zip(table["code"], table["description"], strict=True)}


def levels_of(segments: pd.DataFrame, codings: pd.DataFrame, said: dict[str, str]) -> list[Level]:
    """The set's codes, and its categories where it has more than two."""
    found = []
    above = codings["parent_code"].where(codings["parent_code"] != "", codings["code"])
    for level, names in (("category", above), ("code", codings["code"])):
        rows = codes_of_segments(segments, codings.assign(code=names, coder="people"))
        codes = sorted(set(rows["code"]))
        truth = np.zeros((len(segments), len(codes)), dtype=bool)
        place = dict(zip(segments["segment_id"], range(len(segments)), strict=True))
        truth[rows["segment_id"].map(place), rows["code"].map({code: n for n, code in enumerate(codes)})] = True
        kids = codings.assign(above=above)[["above", "code"]].drop_duplicates() if level == "category" else None
        entries = {code: Code(name=code, definition=said.get(code.casefold(), "")) for code in codes}
        if kids is not None:
            entries |= {
                kid: Code(name=kid, parent=parent, definition=said.get(kid.casefold(), ""))
                for parent, kid in sorted(kids.itertuples(index=False))
                if kid not in entries
            }
        if len(codes) > 2 and (level == "code" or set(codes) != set(codings["code"])):
            found.append(Level(level, codes, truth, Codebook(codes=tuple(entries.values()))))
    return found


def study_set(source: Path) -> Set:
    """A set of interviews, cut and embedded by the pipeline."""
    folder = run_study(source, source.name)
    segments, codings = store.read(folder, "segments"), store.read(folder, "codings")
    segments = segments.iloc[context.order(segments)].reset_index(drop=True)
    by_id = store.read(folder, "embeddings").set_index("segment_id")["vector"]
    vectors = np.stack(by_id.loc[segments["segment_id"]].tolist())
    views = mapping_features.views(segments, vectors, neighbours=OPTIONS.context, decay=OPTIONS.context_decay)
    talk = segments[segments["substantive"]].reset_index(drop=True)
    return of(source, talk, views, codings, talk["document"].to_numpy(dtype=str))


def comment_set(source: Path) -> Set:
    """A set of comments, each a segment by itself, split by its id."""
    table = pd.read_csv(source / "codes.csv", dtype=str, keep_default_na=False)
    table = table.astype({"start": int, "end": int})
    talk = table.drop_duplicates(["document", "start"]).sort_values(["document", "start"], ignore_index=True)
    plain = embed(talk["text"].tolist(), source.name).astype(np.float64)
    asked = [(source / "transcripts" / f"{name}.txt").open().readline().strip("# \n") for name in talk["document"]]
    views = mapping_features.Views(plain, plain, embed(asked, f"{source.name}-questions").astype(np.float64))
    ids = talk["segment_id"]
    groups = np.array([str(int(hashlib.sha256(one.encode()).hexdigest(), 16) % 5) for one in ids])
    return of(source, talk, views, table, groups)


def of(
    source: Path, talk: pd.DataFrame, views: mapping_features.Views, codings: pd.DataFrame, groups: np.ndarray
) -> Set:
    words, _ = mapping_features.vocabulary(talk["text"].tolist(), [], size=OPTIONS.vocabulary, seed=OPTIONS.seed)
    return Set(source.name, talk, views, words, groups, levels_of(talk, codings, book_of(source)))


def as_many(scores: np.ndarray, rate: float) -> np.ndarray:
    """The highest scores of all, so many a segment on average."""
    return scores >= np.quantile(scores, 1 - min(rate / scores.shape[1], 1))


Way = Callable[[Set, Level, np.ndarray], np.ndarray]  # the segments whose codes are known -> what is given to all


def by_words(data: Set, level: Level) -> tuple[np.ndarray, coded.Tree]:
    """Zero-shot scores of the level's codebook, and its tree."""
    texts = mapping_zero.texts(level.book)
    vectors = dict(zip(texts, embed(texts, f"{data.name}-{level.name}"), strict=True))
    tree = coded.tree(level.book, pd.DataFrame({"code": [], "parent_code": []}, dtype=str))
    return mapping_zero.scores(data.views, book=level.book, vectors=vectors), tree


def ours_zero(data: Set, level: Level, known: np.ndarray) -> np.ndarray:
    """Zero-shot, as the stage does it."""
    words, tree = by_words(data, level)
    material = mapping.Material(data.segments, data.views, data.words, data.words, data.words, words, {})
    found = mapping.zero_shot(material, book=level.book, codes=tree, codes_per_segment=OPTIONS.codes_per_segment)
    rolled = (found.accepted.astype(float) @ tree.above.astype(float)) > 0
    return rolled[:, [tree.names.index(code) for code in level.codes]]


def ours_few(data: Set, level: Level, known: np.ndarray, *, texts: bool = True) -> np.ndarray:
    """Few-shot, as the stage does it: calibrated, thresholds and all."""
    features = mapping_features.of_segments(data.views, data.words)
    lines = said_so = None
    if texts:
        words, tree = by_words(data, level)
        said_so = mapping_zero.rolled(words, tree.above)[:, [tree.names.index(code) for code in level.codes]]
        # A category is described by its codes' texts too.
        at = {code: column for column, code in enumerate(level.codes)}
        pairs = [(text, at[c]) for one in level.book.codes for c in (one.name, one.parent) if c in at
                 for text in mapping_zero.lines(one)]  # fmt: skip
        said = [text for text, _ in pairs]
        _, terms = mapping_features.vocabulary(
            data.segments["text"].tolist(), said, size=OPTIONS.vocabulary, seed=OPTIONS.seed
        )
        own = embed(said, f"{data.name}-{level.name}-lines").astype(np.float64)
        lines = mapping_features.of_texts(own, terms), np.eye(len(level.codes), dtype=bool)[[n for _, n in pairs]]
    options = mapping_few.Options(folds=OPTIONS.folds, ridge=OPTIONS.ridge, text_weight=OPTIONS.text_weight)
    found = mapping_few.predict(
        features, level.truth, groups=data.groups, seen=known, options=options, texts=lines, words=said_so
    )
    return found.probabilities >= found.thresholds


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
        found = np.zeros(level.truth.shape)
        for n in _columns(level, known):
            model = LogisticRegression(C=10, max_iter=100, class_weight="balanced").fit(X[known], level.truth[known, n])
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
FEW: dict[str, Way] = {
    "ours, few-shot": ours_few,
    "ours, without the codebook's text": lambda data, level, known: ours_few(data, level, known, texts=False),
    "logistic regression with context": learned(logistic(True)),
    "logistic regression": learned(logistic(False)),
    "kNN with context": learned(neighbours(True)),
    "kNN": learned(neighbours(False)),
    "tf-idf + linear SVC": svc(False),
    "tf-idf + linear SVC, balanced": svc(True),
}


def kappa(a: np.ndarray, b: np.ndarray) -> float:
    agreed, chance = (a == b).mean(), a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return float((agreed - chance) / (1 - chance)) if chance < 1 else float("nan")


def figures(truth: np.ndarray, given: np.ndarray) -> dict[str, float]:
    """Kappa pooled and by code, macro and micro F1, over the codes that occur."""
    used = np.flatnonzero(truth.any(axis=0))
    both, total = (truth & given).sum(axis=0), truth.sum(axis=0) + given.sum(axis=0)
    return {
        "kappa": kappa(truth.ravel(), given.ravel()),
        "by code": float(np.nanmean([kappa(truth[:, n], given[:, n]) for n in used])),
        "macro F1": float(np.mean(2 * both[used] / np.maximum(total[used], 1))),
        "micro F1": float(2 * both.sum() / max(total.sum(), 1)),
    }


def out_of_fold(data: Set, level: Level, way: Way, own: bool) -> tuple[np.ndarray, float]:
    """What a way gives to every segment, and seconds. Our few-shot mapping makes its own folds."""
    begin = time.perf_counter()
    if own:
        given = way(data, level, np.ones(len(level.truth), dtype=bool))
    else:
        fold = mapping_few.folds_of(data.groups, coded=np.ones(len(data.groups), dtype=bool), folds=OPTIONS.folds)
        given = np.zeros(level.truth.shape, dtype=bool)
        for f in range(int(fold.max()) + 1):
            given[fold == f] = way(data, level, fold != f)[fold == f]
    return given, time.perf_counter() - begin


def report(data: Set, level: Level, shots: str, name: str, rows: list[dict[str, float]]) -> None:
    shown = []
    for key in ("kappa", "by code", "macro F1", "micro F1", "seconds"):
        values = [row[key] for row in rows]
        spread = f" [{min(values):.2f}-{max(values):.2f}]" if len(values) > 1 and key == "kappa" else ""
        shown.append(f"{np.mean(values):.3f}{spread}" if key != "seconds" else f"{np.mean(values):.1f}")
    print(f"| {data.name} | {level.name} | {shots} | {name} | {' | '.join(shown)} |", flush=True)


def measure(data: Set, level: Level, *, draws: int, shots: list[int]) -> None:
    """Every way at every number of coded documents, a line each."""
    for name, way in ZERO.items():
        begin = time.perf_counter()
        given = way(data, level, np.zeros(len(level.truth), dtype=bool))
        seconds = time.perf_counter() - begin
        report(data, level, "0", name, [figures(level.truth, given) | {"seconds": seconds}])
    documents = sorted(set(data.groups))
    few = [n for n in shots if 0 < n < len(documents)] if not data.name.startswith("nhs") else []
    for n in few:
        rows: dict[str, list[dict[str, float]]] = {name: [] for name in FEW}
        for draw in range(draws):
            chosen = np.random.default_rng(1000 * n + draw).choice(documents, n, replace=False)
            known = np.isin(data.groups, chosen)
            if not level.truth[known].any():
                continue
            for name, way in FEW.items():
                begin = time.perf_counter()
                given = way(data, level, known)[~known]
                seconds = time.perf_counter() - begin
                rows[name].append(figures(level.truth[~known], given) | {"seconds": seconds})
        for name, found in rows.items():
            report(data, level, str(n), name, found)
    for name, way in FEW.items():
        given, seconds = out_of_fold(data, level, way, own=name.startswith("ours"))
        report(data, level, "out of fold", name, [figures(level.truth, given) | {"seconds": seconds}])


def speed() -> None:
    """10,000 segments x 50 codes after embedding, on random vectors of 384 numbers: zero-shot, then few-shot."""
    random = np.random.default_rng(0)
    plain = context.unit(random.normal(size=(10_000, 384)))
    truth = random.random((10_000, 50)) < 0.03
    words = context.unit(random.normal(size=(10_000, 2 * OPTIONS.vocabulary)))
    features = mapping_features.of_segments(mapping_features.Views(plain, plain, plain), words)
    groups = np.repeat([str(n) for n in range(50)], 200)
    begin = time.perf_counter()
    mapping_zero.limit(mapping_zero.standardised(plain @ plain[:50].T), codes_per_segment=1.0)
    between = time.perf_counter()
    mapping_few.predict(features, truth, groups=groups, seen=np.ones(10_000, dtype=bool), options=mapping_few.Options())
    print(
        f"10,000 segments x 50 codes: zero-shot {between - begin:.1f} s, few-shot {time.perf_counter() - between:.1f} s"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--sets", nargs="*")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--shots", type=int, nargs="*", default=list(SHOTS))
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore")
    speed()
    print("| set | level | coded documents | way | kappa | by code | macro F1 | micro F1 | seconds |")
    print("|---|---|---|---|---|---|---|---|---|")
    for source in sorted(path for path in chosen.data.glob("*") if (path / "codes.csv").exists()):
        if chosen.sets and source.name not in chosen.sets:
            continue
        data = comment_set(source) if source.name.startswith("nhs") else study_set(source)
        for level in data.levels:
            measure(data, level, draws=chosen.draws, shots=chosen.shots)


if __name__ == "__main__":
    main()
