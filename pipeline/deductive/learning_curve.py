"""How agreement with coders grows with the number of coded documents, and what more of them would add.

Documents are put in several random orders; the last ones are held out, and mapping learns from the first one, two,
three, … of the others. Agreement is taken to approach its limit with the square root of the number of documents, as
errors of estimation do; the slope is fitted in each order, and its interval allows for orders that share documents
(Nadeau & Bengio 2003).
"""

from collections.abc import Iterator
from dataclasses import replace
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
ORDERS = 4
# Share of the documents held out in each order, and at most this many.
HELD_OUT, MOST_HELD_OUT = 0.25, 6
# The last sizes are left out where mapping would learn from more segments than this.
MOST_SEGMENTS = 3000
MORE = (1, 2, 5)
# From fewer documents, or with a wider interval, what more would add cannot be told.
FEWEST, WIDEST = 3, 0.15
CONFIDENCE = 0.9


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
    measured = [
        (order, len(learned), figure)
        for order, learned, held_out in draws(names, documents[truth.seen], seed=seed)
        if np.isfinite(
            figure := _agreement(material, learned, held_out, codes=codes, truth=truth, options=options, units=units)
        )
    ]
    known = truth.seen & now.told
    current = kappa(truth.direct[known], now.accepted[known])
    return table(pd.DataFrame(measured, columns=["order", "n", "kappa"]), current=current, documents=len(names))


def table(measured: pd.DataFrame, *, current: float, documents: int) -> pd.DataFrame:
    """Return rows of learning_curve from figures per order and number of documents (order, n, kappa)."""
    found: list[dict[str, Any]] = []
    for n, group in measured.groupby("n"):
        figures = group["kappa"]
        found.append(_row("measured", int(str(n)), len(group), figures.mean(), figures.min(), figures.max()))
    found.append(_row("now", documents, 0, current, np.nan, np.nan))
    risen, noise = slopes(measured)
    for more in MORE:
        gain, low, high = gained(risen, noise, documents=documents, more=more)
        found.append(_row("expected", documents + more, len(risen), current + gain, current + low, current + high))
    return pd.DataFrame(found)


def gained(risen: Floats, noise: float, *, documents: int, more: int) -> tuple[float, float, float]:
    """Return what more documents would add to the agreement, with its interval; nan where it cannot be told.

    `risen`, `noise`: see `slopes`. The interval is for what these documents will add, so it includes the noise of
    either figure.
    """
    if documents < FEWEST or len(risen) < 2:
        return np.nan, np.nan, np.nan
    step = documents**-0.5 - (documents + more) ** -0.5
    held_out = n_held_out(documents)
    error = float(risen.std(ddof=1)) * np.sqrt(1 / len(risen) + held_out / (documents - held_out))
    reach = float(student.ppf((1 + CONFIDENCE) / 2, len(risen) - 1)) * np.hypot(error * step, np.sqrt(2) * noise)
    gain = float(risen.mean()) * step
    return (gain, gain - reach, gain + reach) if 2 * reach <= WIDEST else (np.nan, np.nan, np.nan)


def n_held_out(documents: int) -> int:
    """Return how many documents each order holds out."""
    return min(max(round(HELD_OUT * documents), 1), MOST_HELD_OUT)


def kappa(a: Bools, b: Bools) -> float:
    """Return kappa pooled over codes (De Vries et al. 2008), as `compare` does; nan if it is undefined."""
    if not a.size:
        return float("nan")
    share_a, share_b = a.mean(axis=0), b.mean(axis=0)
    chance = float((share_a * share_b + (1 - share_a) * (1 - share_b)).mean())
    return (float((a == b).mean()) - chance) / (1 - chance) if chance < 1 else float("nan")


def human_ceiling(agreement: pd.DataFrame) -> float:
    """Return the mean kappa of two people on all codes and segments; nan if no two people coded the same."""
    pairs = agreement[(agreement["unit"] == "segment") & (agreement["code"] == ALL_CODES)]
    people = [not any(map(coders.is_pipeline, pair)) for pair in zip(pairs["coder_a"], pairs["coder_b"], strict=True)]
    return float(pairs["kappa"][people].mean())


def sentence(curve: pd.DataFrame, agreement: pd.DataFrame) -> str:
    """Return how well codes were learned, what more coded documents may add, and how well people agree; '' if unknown.

    `curve`, `agreement`: the tables of these names.
    """
    now = curve[curve["kind"] == "now"]
    if now.empty or not np.isfinite(float(now["kappa"].iloc[0])):
        return ""
    documents, current = int(now["n_documents"].iloc[0]), float(now["kappa"].iloc[0])
    said = [f"Learned from {prose.count(documents, 'document')}: kappa {current:.2f} with the coders"]
    expected = curve[(curve["kind"] == "expected") & curve["kappa"].notna()]
    if expected.empty:
        said.append("what more coded documents would add cannot be told yet")
    for row in expected[expected["n_documents"] - documents > 1].itertuples():
        gain, low, high = (round(float(str(value)) - current, 2) + 0.0 for value in (row.kappa, row.low, row.high))
        amount = f"about {gain:.2f}" if gain > 0 else "nothing"
        said.append(f"{int(str(row.n_documents)) - documents} more may add {amount} ({low:.2f} to {high:.2f})")
    ceiling = human_ceiling(agreement)
    if np.isfinite(ceiling):
        said.append(f"two people agree at {ceiling:.2f}")
    return f"{'; '.join(said)}."


def _row(kind: str, documents: int, draws: int, *figures: float) -> dict[str, Any]:
    named = zip(("kappa", "low", "high"), (round(float(figure), 4) for figure in figures), strict=True)
    return {"kind": kind, "n_documents": documents, "n_draws": draws} | dict(named)


def slopes(measured: pd.DataFrame) -> tuple[Floats, float]:
    """Return how steeply agreement rises in each order, over minus the inverse root of the number, and its noise.

    The noise is the standard deviation of figures around the slopes, or between orders where slopes leave none.
    """
    found, squares, freedom = [], 0.0, 0
    for _, group in measured.groupby("order"):
        if len(group) > 1:
            at, figures = -(group["n"].to_numpy(dtype=np.float64) ** -0.5), group["kappa"].to_numpy(dtype=np.float64)
            slope, start = np.polyfit(at, figures, 1)
            found.append(slope)
            squares += float(((figures - start - slope * at) ** 2).sum())
            freedom += len(group) - 2
    last = measured.loc[measured["n"] == measured["n"].max(), "kappa"]
    noise = float(np.sqrt(squares / freedom)) if freedom else float(last.std(ddof=1)) if len(last) > 1 else 0.0
    return np.array(found, dtype=np.float64), noise


def draws(
    names: npt.NDArray[np.str_], documents: npt.NDArray[np.str_], *, seed: int
) -> Iterator[tuple[int, npt.NDArray[np.str_], npt.NDArray[np.str_]]]:
    """Return order, documents learned from and held out. `documents`: those of the segments that were read."""
    n = n_held_out(len(names))
    size = dict(zip(*np.unique(documents, return_counts=True), strict=True))
    for order in range(min(ORDERS, len(names))):
        mixed = np.random.default_rng((seed, order)).permutation(names)
        for count in SIZES:
            learned = mixed[:count]
            if count <= len(names) - n and (count == 1 or sum(size[name] for name in learned) <= MOST_SEGMENTS):
                yield order, learned, mixed[-n:]


def _agreement(
    material: mapping.Material,
    learned: npt.NDArray[np.str_],
    held_out: npt.NDArray[np.str_],
    *,
    codes: Tree,
    truth: Truth,
    options: mapping_few.Options,
    units: Ints | None,
) -> float:
    """Return the agreement on documents held out after learning from others; nan if those have no codes."""
    documents = material.segments["document"].to_numpy(dtype=np.str_)
    rows_used = np.isin(documents, [*learned, *held_out])
    inside = documents[rows_used]
    seen, direct, rolled = (part[rows_used] for part in (truth.seen, truth.direct, truth.rolled))
    known = Truth(seen & np.isin(inside, learned), direct, rolled)
    if not direct[known.seen].any():
        return float("nan")
    own_units = None if units is None else np.unique(units[rows_used], return_inverse=True)[1]
    mapped = mapping.few_shot(material.part(rows_used), codes=codes, truth=known, options=options, units=own_units)
    test = seen & ~known.seen & np.isin(inside, held_out)
    return kappa(direct[test], mapped.accepted[test])
