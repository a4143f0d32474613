"""Mapping segments to codes: ours against plainer ways, on the human-coded studies of a folder.

Run it from the root: python -m benchmarks.mapping [--data ../shared/data] [--draws 5] [--sets a b] [--quick] [--full].
Each folder of it holds transcripts/, codes.csv and codebook.csv. A set is laid out as a study in build/mapping and run
up to embed; then every way predicts the segments of documents it has learned nothing from: after 0, 1, 3, 5 and 10
coded documents (mean and range of several draws) and out of fold. Ways that learn from vectors get the same context
(neighbours, the question) as ours; --full adds them without it, and ours without the codebook's text. --quick takes two
draws and leaves out the fine codes of sets that have categories.

kappa: Cohen's, pooled over segments x codes; by code: its mean over codes; macro and micro F1; ece: the expected
calibration error of our probabilities; brier: their Brier score, and base brier, that of giving each code its own
frequency; seconds of one fit and prediction. A way that has no decision rule of its own
gives as many codes a segment as the coded documents have (without any: one). "nhs" sets, in which each line is one
comment, are taken by comment and split into 5 by its id; a "document" of theirs is 75 comments.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np

from benchmarks import mapping_further
from benchmarks.mapping_sets import OPTIONS, ROOT, Level, Set, comment_set, study_set
from benchmarks.mapping_ways import BARE, FEW, FULL, OURS, ZERO, Way, ours_few
from pipeline.core import environment
from pipeline.deductive import calibration, mapping_features, mapping_few, mapping_zero
from pipeline.vectors import context

SHOTS = (0, 1, 3, 5, 10)
SETFIT = (
    "SetFit is not among the ways: it fine-tunes the encoder anew for every draw and fold, hundreds of steps of one "
    "to two processor seconds each, many hours for this table, and needs packages that nothing else here does. "
    "Its first 52 steps, tried once by hand, took a logistic regression without context from kappa 0.20 to 0.22."
)
KEYS = ("kappa", "by code", "macro F1", "micro F1", "ece", "brier", "base brier", "seconds")
Rows = dict[tuple[str, str], list[dict[str, float]]]  # of one level: by coded documents and way


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


def of_way(data: Set, level: Level, name: str, known: np.ndarray, ways: dict[str, Way]) -> dict[str, float]:
    """The figures of a way that learns from `known` on all other segments; from all: on each fold, left out."""
    begin = time.perf_counter()
    every, extra = bool(known.all()), {}
    rows = known if every else ~known
    if name in (OURS, BARE):
        found = ours_few(data, level, known, texts=name == OURS)  # makes its own folds
        given = found.probabilities >= found.thresholds
        curve = calibration.reliability(found.probabilities[rows], level.truth[rows])
        share = level.truth[rows].mean(axis=0)
        extra = {
            "ece": calibration.calibration_error(curve),
            "brier": float(np.mean((found.probabilities[rows] - level.truth[rows]) ** 2)),
            "base brier": float(np.mean(share * (1 - share))),
        }
    elif every:
        fold = mapping_few.folds_of(data.groups, coded=known, folds=OPTIONS.folds)
        given = np.zeros(level.truth.shape, dtype=bool)
        for f in range(int(fold.max()) + 1):
            given[fold == f] = ways[name](data, level, fold != f)[fold == f]
    else:
        given = ways[name](data, level, known)
    seconds = time.perf_counter() - begin
    return figures(level.truth[rows], given[rows]) | extra | {"seconds": seconds}


def report(data: Set, level: Level, shots: str, name: str, rows: list[dict[str, float]]) -> None:
    shown = []
    for key in KEYS:
        values = [row[key] for row in rows if key in row]
        spread = f" [{min(values):.2f}-{max(values):.2f}]" if len(values) > 1 and key == "kappa" else ""
        digits = 1 if key == "seconds" else 3
        shown.append(f"{np.mean(values):.{digits}f}{spread}" if values else "")
    print(f"| {data.name} | {level.name} | {shots} | {name} | {' | '.join(shown)} |", flush=True)


def measure(data: Set, level: Level, *, draws: int, shots: list[int], ways: dict[str, Way], full: bool) -> Rows:
    """Every way at every number of coded documents, a line each."""
    rows: Rows = {}
    for name, way in ZERO.items():
        begin = time.perf_counter()
        given = way(data, level, np.zeros(len(level.truth), dtype=bool))
        rows["0", name] = [figures(level.truth, given) | {"seconds": time.perf_counter() - begin}]
        report(data, level, "0", name, rows["0", name])
    parts = mapping_further.dealt(data)
    documents = sorted(set(parts.groups))
    everything = np.ones(len(level.truth), dtype=bool)
    known = {str(n): drawn(parts, level, n, draws) for n in shots if 0 < n < len(documents)}
    for n, sets in (known | {"out of fold": [everything]}).items():
        for name in (OURS, *([BARE] if full or n == "out of fold" else []), *ways):
            source = data if n == "out of fold" else parts
            rows[n, name] = [of_way(source, level, name, one, ways) for one in sets]
            report(data, level, n, name, rows[n, name])
    return rows


def drawn(data: Set, level: Level, n: int, draws: int) -> list[np.ndarray]:
    """Draws of n coded documents, as the rows whose codes are known; those without a single code are left out."""
    documents = sorted(set(data.groups))
    chosen = [np.random.default_rng(1000 * n + draw).choice(documents, n, replace=False) for draw in range(draws)]
    known = [np.isin(data.groups, one) for one in chosen]
    return [one for one in known if level.truth[one].any()]


def summary(found: dict[tuple[str, str], Rows]) -> None:
    """Kappa by way, meaned over sets: the coarsest level of each set of talk; then how that meets the goals."""
    chief: dict[str, Rows] = {}
    for (name, _), rows in found.items():  # categories come before codes
        chief.setdefault(name, rows)
    talks = [rows for name, rows in chief.items() if not name.startswith("nhs")]
    if not talks:
        return
    print(f"\nMean kappa over {len(talks)} sets of interviews, at their categories where they have some:\n")
    means: dict[tuple[str, str], float] = {}
    keys = dict.fromkeys(key for rows in talks for key in rows)
    for key in sorted(keys, key=lambda key: (len(key[0]), key[0])):  # 10 after 5, out of fold last
        here = [float(np.mean([row["kappa"] for row in rows[key]])) for rows in talks if key in rows]
        means[key] = float(np.mean(here))
        print(f"| {key[0]} | {key[1]} | {means[key]:.3f} | {len(here)} sets |")
    ratio = means["0", "ours, zero-shot"] / means["0", "cosine to the name"]
    print(f"\nzero-shot / cosine to the name: {ratio:.2f} (goal 1.5)")
    if ("3", OURS) in means:
        print(f"three coded documents: {means['3', OURS]:.3f} (goal 0.35)")
    every = [value for (n, name), value in means.items() if n == "out of fold" and name not in (OURS, BARE)]
    print(f"out of fold: {means['out of fold', OURS]:.3f} (goal 0.50); best plainer way: {max(every):.3f}")
    for (name, level), rows in found.items():
        ours = rows["out of fold", OURS][0]
        best = max(
            (row[0]["kappa"], way) for (n, way), row in rows.items() if n == "out of fold" and way not in (OURS, BARE)
        )
        print(f"{name}, {level}: ours {ours['kappa']:.3f}, best other {best[0]:.3f} ({best[1]}), ece {ours['ece']:.3f}")


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
    mapping_few.predict(
        features,
        truth,
        groups=groups,
        seen=np.ones(10_000, dtype=bool),
        options=mapping_few.Options(),
        words=random.normal(size=truth.shape),
        in_order=True,
    )
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
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--full", action="store_true")
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore")
    # As in the stages: threads wait for each other, most where the machine is busy.
    with environment.one_thread():
        _measured(chosen)


def _measured(chosen: argparse.Namespace) -> None:
    begin = time.perf_counter()
    speed()
    print(f"\n| set | level | coded documents | way | {' | '.join(KEYS)} |\n{'|---' * (4 + len(KEYS))}|")
    found: dict[tuple[str, str], Rows] = {}
    ways = FEW | (FULL if chosen.full else {})
    for source in sorted(path for path in chosen.data.glob("*") if (path / "codes.csv").exists()):
        if chosen.sets and source.name not in chosen.sets:
            continue
        data = comment_set(source) if source.name.startswith("nhs") else study_set(source)
        for level in data.levels[: 1 if chosen.quick else None]:
            draws = min(chosen.draws, 2) if chosen.quick else chosen.draws
            found[data.name, level.name] = measure(
                data, level, draws=draws, shots=chosen.shots, ways=ways, full=chosen.full
            )
        if not chosen.quick:
            mapping_further.report(data, draws=chosen.draws)
    summary(found)
    print(SETFIT)
    print(f"{(time.perf_counter() - begin) / 60:.0f} minutes in all.")


if __name__ == "__main__":
    main()
