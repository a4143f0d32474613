"""What mapping says of itself, tried on human-coded sets: the promise, what more documents add, and what to code next.

Printed by `python -m benchmarks.mapping`, for the finest level of each set. Coverage: of random halves of the coded
documents, how often a precision is promised, and how often the promise is broken on the documents that were left out.
Gains: how often what further documents added lay in the interval that was told. Selection: agreement on documents held
out, by the number of passages coded, drawn at random and by gain.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.mapping_sets import Level, Set
from benchmarks.mapping_ways import ours_few
from pipeline.deductive import learning_curve, promise, teaching
from pipeline.deductive.mapping_few import Predicted

LEVELS = (0.5, 0.6, 0.7, 0.8)
DRAWS, BATCH, BATCHES = 200, 40, 6


def coverage(data: Set, level: Level, found: Predicted) -> None:
    """Promises from some documents, held against the others; on predictions out of fold."""
    documents = np.unique(data.groups)
    given, right = promise.counted(
        lambda threshold: found.probabilities >= threshold, level.truth, data.groups, promise.THRESHOLDS
    )
    for asked in LEVELS:
        for n in (n for n in (5, 8, 12, 20, 30) if n <= 0.75 * len(documents)):
            promised = broken = 0
            for draw in range(DRAWS):
                mixed = np.random.default_rng((n, draw)).permutation(len(documents))
                made = promise.promise(given[:, mixed[:n]], right[:, mixed[:n]], promise.THRESHOLDS, level=asked)
                row = int(np.argmin(np.abs(promise.THRESHOLDS - made.threshold))) if made.holds else -1
                rest = mixed[n:]
                promised += made.holds
                broken += made.holds and right[row, rest].sum() < asked * given[row, rest].sum()
            print(f"| {data.name} | {asked} | {n} | {promised / DRAWS:.2f} | {broken / DRAWS:.3f} |", flush=True)


def _kappa(data: Set, level: Level, learned: np.ndarray, held_out: np.ndarray) -> float:
    known, test = np.isin(data.groups, learned), np.isin(data.groups, held_out)
    if not level.truth[known].any():
        return float("nan")
    found = ours_few(data, level, known)
    return learning_curve.kappa(level.truth[test], (found.probabilities >= found.thresholds)[test])


def gains(data: Set, level: Level, *, draws: int) -> None:
    """What two and five further documents added, held against what was told."""
    documents = np.unique(data.groups)
    for n in (n for n in (4, 8) if n + 5 + 3 <= len(documents)):
        rows = []
        for draw in range(draws):
            mixed = np.random.default_rng((n, draw)).permutation(documents)
            measured = [
                (order, len(learned), _kappa(data, level, learned, held_out))
                for order, learned, held_out in learning_curve.draws(
                    mixed[:n], data.groups[np.isin(data.groups, mixed[:n])], seed=draw
                )
            ]
            table = pd.DataFrame(measured, columns=["order", "n", "kappa"]).dropna()
            (risen, noise), rest = learning_curve.slopes(table), mixed[n + 5 :]
            before = _kappa(data, level, mixed[:n], rest)
            for more in (2, 5):
                told = learning_curve.gained(risen, noise, documents=n, more=more)
                rows.append((more, _kappa(data, level, mixed[: n + more], rest) - before, *told))
        for more, group in pd.DataFrame(rows, columns=["more", "true", "told", "low", "high"]).groupby("more"):
            known = group.dropna()
            inside = ((known["true"] >= known["low"]) & (known["true"] <= known["high"])).mean()
            print(
                f"| {data.name} | {n} | {more} | {len(known)} of {len(group)} | {group['true'].mean():.3f} | "
                f"{known['told'].mean():.3f} | {(known['high'] - known['low']).mean():.3f} | {inside:.2f} |",
                flush=True,
            )


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
    """All three, for the finest level of a set of talk."""
    level = data.levels[-1]
    print(f"\n{data.name}, {level.name}\n\n| set | asked | documents | promised | broken |\n|---|---|---|---|---|")
    coverage(data, level, ours_few(data, level, np.ones(len(level.truth), dtype=bool)))
    print("\n| set | documents | more | told | added | told gain | width | inside |\n|---|---|---|---|---|---|---|---|")
    gains(data, level, draws=draws)
    print(f"\n| set | way | {' | '.join(str(BATCH * n) for n in range(1, BATCHES + 1))} |")
    selection(data, level)
