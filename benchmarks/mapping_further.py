"""What mapping says of itself, tried on human-coded sets: the promise, what more documents add, and what to code next.

Printed by `python -m benchmarks.mapping`. Coverage: of random parts of the coded documents, how often a precision is
promised, and how often the promise is broken: on the documents that were left out, and, where documents are drawn from
all with replacement, on all. Gains: how often what further documents added lay in the interval that was told: to the
agreement that the program tells then, and to that on documents that nobody has coded. Sets of comments are dealt into
pseudo-documents. Selection: agreement on documents held out, by the number of passages coded, drawn at random and by
gain, for the finest level of each set.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from benchmarks.mapping_sets import OPTIONS, Level, Set
from benchmarks.mapping_ways import ours_few
from pipeline.deductive import learning_curve, promise, teaching
from pipeline.deductive.mapping_few import UNPREDICTED, Predicted

LEVELS = (0.5, 0.6, 0.7, 0.8)
DRAWS, BATCH, BATCHES = 200, 40, 6
# Comments a pseudo-document has, and documents that gains are measured on.
COMMENTS, OTHERS = 75, 10


def coverage(data: Set, level: Level, found: Predicted) -> None:
    """Promises from some documents, held against others and against all; on predictions out of fold."""
    given, right = promise.counted(
        lambda threshold: found.probabilities >= threshold, level.truth, data.groups, promise.THRESHOLDS
    )
    every = np.arange(given.shape[1])
    for asked in LEVELS:
        for n in (n for n in (5, 8, 12, 20, 30) if n <= 0.75 * len(every)):
            promised, broken, broken_of_all = 0, 0, 0
            for draw in range(DRAWS):
                random = np.random.default_rng((n, draw))
                mixed = random.permutation(every)
                made, missed = _promised(given, right, mixed[:n], mixed[n:], asked)
                promised, broken = promised + made, broken + missed
                broken_of_all += _promised(given, right, random.choice(every, n), every, asked)[1]
            shares = f"{promised / DRAWS:.2f} | {broken / DRAWS:.3f} | {broken_of_all / DRAWS:.3f}"
            print(f"| {data.name} | {level.name} | {asked} | {n} | {shares} |", flush=True)
        made = promise.promise(given, right, promise.THRESHOLDS, level=asked)
        said = f"from {made.threshold:.2f}" if made.holds else f"needs {made.needed}"
        print(f"| {data.name} | {level.name} | {asked} | {len(every)} (all) | {said} | | |", flush=True)


def _promised(
    given: np.ndarray, right: np.ndarray, coded: np.ndarray, others: np.ndarray, asked: float
) -> tuple[bool, bool]:
    """Whether a precision is promised from some documents, and whether that is broken on others."""
    made = promise.promise(given[:, coded], right[:, coded], promise.THRESHOLDS, level=asked, largest=given.max(axis=1))
    if not made.holds:
        return False, False
    row = int(np.argmin(np.abs(promise.THRESHOLDS - made.threshold)))
    return True, bool(right[row, others].sum() < asked * given[row, others].sum())


Counts = tuple[float, np.ndarray]  # kappa out of fold of documents learned from; counts of others


def _learned(data: Set, level: Level, learned: np.ndarray, others: np.ndarray) -> Counts | None:
    known, test = np.isin(data.groups, learned), np.isin(data.groups, others)
    if not level.truth[known].any():
        return None
    found = ours_few(data, level, known, rows=known | test)
    given = np.zeros(level.truth.shape, dtype=bool)
    given[known | test] = found.probabilities >= found.thresholds
    told = known.copy()
    told[known | test] &= found.fold != UNPREDICTED
    own = learning_curve.kappa(level.truth[told], given[told])
    return own, learning_curve.counted(level.truth[test], given[test])


def cells(data: Set, level: Level, *, orders: range) -> Iterator[dict[str, float]]:
    """A row each: what was told after n documents, in an order, of m more, and what they added."""
    documents = np.unique(data.groups)
    for n in (n for n in ((4, 8, 16) if len(documents) > 9 else (4, 5)) if n < len(documents) - 1):
        for order in orders:
            mixed = np.random.default_rng((n, order)).permutation(documents)
            first = mixed[:n]
            drawn = [
                learning_curve.Draw(part, len(learned), found[1], found[0])
                for part, learned, held_out in learning_curve.draws(
                    first, data.groups[np.isin(data.groups, first)], seed=order
                )
                if (found := _learned(data, level, learned, held_out)) is not None
            ]
            steps = [more for more in (1, 2, 5) if n + more < len(documents) and (more > 1 or len(documents) < 10)]
            others = mixed[n + steps[-1] :][:OTHERS]
            before = _learned(data, level, first, others)
            for more in steps:
                after = _learned(data, level, mixed[: n + more], others)
                if before is None or after is None:
                    continue
                told = learning_curve.gained(drawn, documents=n, more=more, folds=OPTIONS.folds)
                rest = learning_curve.pooled(after[1]) - learning_curve.pooled(before[1])
                yield {"n": n, "more": more, "told then": after[0] - before[0], "elsewhere": rest} | asdict(told)


def gains(data: Set, level: Level, *, draws: int) -> None:
    """What further documents added, held against what was told."""
    frame = pd.DataFrame(list(cells(data, level, orders=range(draws))))
    keys = [*frame[["n", "more"]].drop_duplicates().itertuples(index=False, name=None), ("every", "every")]
    for n, more in keys:
        group = frame if n == "every" else frame[(frame["n"] == n) & (frame["more"] == more)]
        known = group.dropna()
        inside = [known[key].between(known["low"], known["high"]).mean() for key in ("told then", "elsewhere")]
        means = [known[key].mean() for key in ("told then", "elsewhere", "expected")]
        shown = [f"{value:.3f}" for value in (*means, (known["high"] - known["low"]).mean())]
        print(
            f"| {data.name} | {level.name} | {n} | {more} | {len(known)} of {len(group)} | {' | '.join(shown)} | "
            f"{inside[0]:.2f} | {inside[1]:.2f} |",
            flush=True,
        )


def dealt(data: Set) -> Set:
    """A set of comments as pseudo-documents; a set of talk as it is."""
    if data.is_talk:
        return data
    n = len(data.segments) // COMMENTS
    ids = data.segments["segment_id"].astype(str)
    groups = np.array([f"{int(hashlib.sha256(one.encode()).hexdigest(), 16) % n:03d}" for one in ids])
    return replace(data, groups=groups)


def selection(data: Set, level: Level, *, splits: int = 2) -> None:
    """Agreement by passages coded, drawn at random and by gain; the first batch is random."""
    for way in ("random", "gain"):
        curves = [list(_curve(data, level, way, split)) for split in range(splits)]
        shortest = min(map(len, curves))
        means = np.mean([curve[:shortest] for curve in curves], axis=0)
        print(f"| {data.name} | {way} | {' | '.join(f'{value:.3f}' for value in means)} |", flush=True)


def _curve(data: Set, level: Level, way: str, split: int) -> Iterator[float]:
    documents = np.random.default_rng(split).permutation(np.unique(data.groups))
    pool = np.isin(data.groups, documents[: len(documents) // 2])
    random, seen, scores = np.random.default_rng(10 + split), np.zeros(len(pool), dtype=bool), None
    for batch in range(BATCHES):
        left = np.flatnonzero(pool & ~seen)
        if len(left) < BATCH:
            return
        if way == "random" or scores is None:
            seen[random.choice(left, BATCH, replace=False)] = True
        else:
            inside = np.flatnonzero(pool)
            how = teaching.drawn(
                scores[inside], data.views.plain[inside].astype(np.float32), coded=seen[inside], n=BATCH, seed=batch
            )
            seen[inside[(how != "").to_numpy()]] = True
        found = ours_few(data, level, seen)
        scores = found.probabilities
        yield learning_curve.kappa(level.truth[~pool], (scores >= found.thresholds)[~pool])


def report(data: Set, *, draws: int) -> None:
    """All three: the promise and gains at every level, selection for the finest level of a set of talk."""
    parts = dealt(data)
    print("\n| set | level | asked | documents | promised | broken | broken of all |\n|---|---|---|---|---|---|---|")
    for level in parts.levels:
        coverage(parts, level, ours_few(parts, level, np.ones(len(level.truth), dtype=bool)))
    print(
        "\n| set | level | documents | more | told | added, told then | added elsewhere | expected | width "
        "| inside, told then | inside, elsewhere |\n|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for level in parts.levels:
        gains(parts, level, draws=draws)
    if data.is_talk:
        print(f"\n| set | way | {' | '.join(str(BATCH * n) for n in range(1, BATCHES + 1))} |")
        selection(data, data.levels[-1])
