"""How agreement with coders grows with the number of coded documents, and what more of them would add.

Coded documents are dealt into four parts; each is held out in turn, and mapping learns from the first one, two, three,
… of the others. The kappa of a number of documents is pooled over the parts, so that all sizes are judged on the same
documents. Each doubling is taken to add as much as the one before, as it does far from the limit of a learning curve
(Figueroa et al. 2012).

The interval is for the agreement that the next run will tell: it includes the error of the slope and the draw of the
documents to come, as documents coded and as documents learned from (both from leaving out a part: delete-a-group
jackknife, Shao & Wu 1989), and what one figure differs from the curve.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student

from pipeline.core import coders, prose
from pipeline.core.terms import ALL_CODES
from pipeline.deductive import mapping, mapping_few
from pipeline.deductive.calibration import Bools, Floats
from pipeline.deductive.coded import Tree, Truth
from pipeline.deductive.mapping_near import Ints

SIZES = (1, 2, 3, 5, 8, 13, 21)
PARTS = 4
# The last sizes are left out where mapping would learn from more segments than this.
MOST_SEGMENTS = 3000
MORE = (1, 2, 5)
# From fewer documents, or with a wider interval, what more would add cannot be told.
FEWEST, WIDEST = 4, 0.2
CONFIDENCE = 0.8


@dataclass(frozen=True)
class Draw:
    """What mapping did after learning from `n` documents.

    `held_out`: by code, segments of the held-out part, those with the code by people, by the mapping, and by both;
    `learned`: kappa on the documents learned from, out of fold (nan: unknown).
    """

    part: int
    n: int
    held_out: Floats
    learned: float


@dataclass(frozen=True)
class Gain:
    """What more documents add to kappa, with its interval; nan where it cannot be told."""

    expected: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")


def rows(
    material: mapping.Material,
    now: mapping.Mapped,
    *,
    codes: Tree,
    truth: Truth,
    options: mapping_few.Options,
    units: Ints | None,
    seed: int,
) -> pd.DataFrame:
    """Return rows of learning_curve; none with fewer than two coded documents. `now`: the few-shot mapping itself.

    Thresholds are those that aim at F1, whatever the study aims at.
    """
    documents = material.segments["document"].to_numpy(dtype=np.str_)
    names = np.unique(documents[truth.seen])
    if len(names) < 2:
        return pd.DataFrame()
    if options.aim != "f1":
        options = replace(options, aim="f1")
        now = mapping.few_shot(material, codes=codes, truth=truth, options=options, units=units)
    found = [
        draw
        for part, learned, held_out in draws(names, documents[truth.seen], seed=seed)
        if (draw := _drawn(material, part, learned, held_out, codes=codes, truth=truth, options=options, units=units))
    ]
    known = truth.seen & now.told
    current = kappa(truth.direct[known], now.accepted[known])
    return table(found, current=current, documents=len(names), folds=options.folds)


def table(found: Sequence[Draw], *, current: float, documents: int, folds: int) -> pd.DataFrame:
    """Return rows of learning_curve. `current`: the study's kappa now; `folds`: how many it was taken from."""
    told: list[dict[str, Any]] = []
    for n in sorted({draw.n for draw in found}):
        same = [draw.held_out for draw in found if draw.n == n]
        each = np.array([pooled(counts) for counts in same])
        each = each[np.isfinite(each)]
        low, high = (float(each.min()), float(each.max())) if len(each) else (np.nan, np.nan)
        told.append(_row("measured", n, len(same), pooled(np.sum(same, axis=0)), low, high))
    told.append(_row("now", documents, 0, current, np.nan, np.nan))
    for more in MORE:
        gain = gained(found, documents=documents, more=more, folds=folds)
        figures = np.clip(current + np.array([gain.expected, gain.low, gain.high]), -1.0, 1.0)
        told.append(_row("expected", documents + more, len(found), *figures.tolist()))
    return pd.DataFrame(told)


def gained(found: Sequence[Draw], *, documents: int, more: int, folds: int) -> Gain:
    """Return what more documents add to the agreement that is told with so many folds."""
    parts = sorted({draw.part for draw in found})
    sizes = [n for n in sorted({draw.n for draw in found}) if sum(draw.n == n for draw in found) == len(parts)]
    if documents < FEWEST or len(parts) < PARTS or len(sizes) < 3:
        return Gain()
    at = {(draw.part, draw.n): draw for draw in found}
    step = float(np.log(_learned_from(documents + more, folds) / _learned_from(documents, folds)))
    slope, noise = _slope(at, parts, sizes)
    without = np.array([_slope(at, [one for one in parts if one != part], sizes)[0] for part in parts])
    shares = (PARTS - 1) / PARTS
    of_slope = shares * float(((without - without.mean()) ** 2).sum()) * step**2
    # What a document weighs, as one of those coded and of those learned from.
    largest = sizes[-1]
    figures = np.array([at[part, largest].learned for part in parts])
    of_document = shares * float(figures.var(ddof=1)) / (1 / largest - 1 / documents)
    of_documents = of_document * (1 / documents - 1 / (documents + more))
    reach = float(student.ppf((1 + CONFIDENCE) / 2, PARTS - 1)) * float(np.sqrt(of_slope + of_documents + noise**2))
    gain = slope * step
    return Gain(gain, gain - reach, gain + reach) if 2 * reach <= WIDEST else Gain()


def _learned_from(documents: int, folds: int) -> float:
    """Return from how many documents a model learns if each of the folds is left out in turn."""
    return documents * (1 - 1 / min(folds, documents))


def _slope(at: dict[tuple[int, int], Draw], parts: Sequence[int], sizes: Sequence[int]) -> tuple[float, float]:
    """Return by how much kappa rises with the logarithm of the number of documents, and its deviation from that."""
    figures = np.array([pooled(np.sum([at[part, n].held_out for part in parts], axis=0)) for n in sizes])
    place = np.log(sizes)
    slope, start = np.polyfit(place, figures, 1) if np.isfinite(figures).all() else (np.nan, np.nan)
    return float(slope), float(np.sqrt(((figures - start - slope * place) ** 2).sum() / (len(sizes) - 2)))


def kappa(a: Bools, b: Bools) -> float:
    """Return kappa pooled over codes (De Vries et al. 2008), as `compare` does; nan if it is undefined."""
    return pooled(counted(a, b))


def counted(a: Bools, b: Bools) -> Floats:
    """Return by code (codes x 4): rows, rows with the code by one, by the other, and by both."""
    n = np.full(a.shape[1], len(a))
    return np.stack([n, a.sum(axis=0), b.sum(axis=0), (a & b).sum(axis=0)], axis=1).astype(np.float64)


def pooled(counts: Floats) -> float:
    """Return kappa pooled over codes from `counted`; nan if it is undefined."""
    if not counts.size or not counts[:, 0].all():
        return float("nan")
    a, b, both = (counts[:, 1:] / counts[:, :1]).T
    agreed, chance = float((1 - a - b + 2 * both).mean()), float((a * b + (1 - a) * (1 - b)).mean())
    return (agreed - chance) / (1 - chance) if chance < 1 else float("nan")


def human_ceiling(agreement: pd.DataFrame) -> tuple[float, int]:
    """Return the mean kappa of two people on all codes and segments, and of how many pairs; nan if of none."""
    pairs = agreement[(agreement["unit"] == "segment") & (agreement["code"] == ALL_CODES)]
    people = [not any(map(coders.is_pipeline, pair)) for pair in zip(pairs["coder_a"], pairs["coder_b"], strict=True)]
    known = pairs["kappa"][people].dropna()
    return float(known.mean()), len(known)


def sentence(curve: pd.DataFrame, agreement: pd.DataFrame) -> str:
    """Return how well codes were learned, what more coded documents may add, and how well people agree; '' if unknown.

    `curve`, `agreement`: the tables of these names.
    """
    now = curve[curve["kind"] == "now"]
    if now.empty or not np.isfinite(float(now["kappa"].iloc[0])):
        return ""
    documents, current = int(now["n_documents"].iloc[0]), float(now["kappa"].iloc[0])
    ceiling, pairs = human_ceiling(agreement)
    whom = "the coders’ codes together" if np.isfinite(ceiling) else "the coders"
    said = [f"Learned from {prose.count(documents, 'document')}: kappa {current:.2f} with {whom}"]
    expected = curve[(curve["kind"] == "expected") & curve["kappa"].notna() & (curve["n_documents"] > documents + 1)]
    if expected.empty:
        said.append("what more coded documents would add cannot be told yet")
    for row in expected.itertuples():
        gain, low, high = (round(float(str(value)) - current, 2) + 0.0 for value in (row.kappa, row.low, row.high))
        amount = f"may add {f'about {gain:.2f}' if gain > 0 else 'nothing'}"
        amount = "are expected to add nothing" if high < 0 else amount
        around = f"{prose.percent(CONFIDENCE)} interval {low:.2f} to {high:.2f}"
        said.append(f"{int(str(row.n_documents)) - documents} more {amount} ({around})")
    if np.isfinite(ceiling):
        said.append(f"two people agree with each other at {ceiling:.2f}{' on average' if pairs > 1 else ''}")
    return f"{'; '.join(said)}."


def _row(kind: str, documents: int, draws: int, *figures: float) -> dict[str, Any]:
    named = zip(("kappa", "low", "high"), (round(float(figure), 4) for figure in figures), strict=True)
    return {"kind": kind, "n_documents": documents, "n_draws": draws} | dict(named)


def draws(
    names: npt.NDArray[np.str_], documents: npt.NDArray[np.str_], *, seed: int
) -> Iterator[tuple[int, npt.NDArray[np.str_], npt.NDArray[np.str_]]]:
    """Return part, documents learned from and held out. `documents`: those of the segments that were read."""
    size = dict(zip(*np.unique(documents, return_counts=True), strict=True))
    dealt = np.random.default_rng(seed).permutation(names)
    parts = np.array_split(dealt, min(PARTS, len(names)))
    largest = len(names) - len(parts[0])
    for part, held_out in enumerate(parts):
        others = np.random.default_rng((seed, part)).permutation(dealt[~np.isin(dealt, held_out)])
        for count in sorted({count for count in SIZES if count < largest} | {largest}):
            learned = others[:count]
            if count == 1 or sum(size[name] for name in learned) <= MOST_SEGMENTS:
                yield part, learned, held_out


def _drawn(
    material: mapping.Material,
    part: int,
    learned: npt.NDArray[np.str_],
    held_out: npt.NDArray[np.str_],
    *,
    codes: Tree,
    truth: Truth,
    options: mapping_few.Options,
    units: Ints | None,
) -> Draw | None:
    """Return the draw; None if the documents learned from have no codes."""
    documents = material.segments["document"].to_numpy(dtype=np.str_)
    rows_used = np.isin(documents, [*learned, *held_out])
    inside = documents[rows_used]
    seen, direct, rolled = truth.seen[rows_used], truth.direct[rows_used], truth.rolled[rows_used]
    known = Truth(seen & np.isin(inside, learned), direct, rolled)
    if not direct[known.seen].any():
        return None
    own_units = None if units is None else np.unique(units[rows_used], return_inverse=True)[1]
    mapped = mapping.few_shot(material.part(rows_used), codes=codes, truth=known, options=options, units=own_units)
    test, told = seen & np.isin(inside, held_out), known.seen & mapped.told
    return Draw(
        part,
        len(learned),
        counted(direct[test], mapped.accepted[test]),
        kappa(direct[told], mapped.accepted[told]),
    )
