"""Agreement of coders two by two, and of all people together, from ratings: one row a code, a category, or all pooled.

Everything is counted by document first, so that resampling documents is a product of matrices.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison import coefficients, intervals
from pipeline.comparison.coefficients import Bools, Floats, Ints
from pipeline.comparison.intervals import Bounds, known
from pipeline.comparison.sets import set_alpha
from pipeline.comparison.units import Ratings, as_categories
from pipeline.core.coders import CONSENSUS
from pipeline.core.terms import ALL_CATEGORIES, ALL_CODES, ANY_CODE


@dataclass(frozen=True)
class Options:
    """How sure one must be. `draws`: of documents; `min_documents`: for an interval; `min_units`: for a coefficient."""

    draws: int = 1000
    seed: int = 0
    min_documents: int = 5
    min_units: int = 10


@dataclass(frozen=True)
class Shared:
    """What two coders can be compared on: units x codes of each, the units' documents (0, 1, ...) and weights."""

    a: str
    b: str
    codes: tuple[str, ...]
    first: Bools
    second: Bools
    documents: Ints
    weights: Floats
    asked: Bools
    place: Bools

    @property
    def n_documents(self) -> int:
        """In how many documents these units lie."""
        return int(self.documents.max(initial=-1)) + 1

    @property
    def n(self) -> int:
        """How many units (or characters) there are."""
        return int(self.weights.sum())

    @cached_property
    def tables(self) -> Floats:
        """Two-by-two tables, documents x codes x 2 x 2: rows what a said (not given, given), columns what b said."""
        weights = self.weights[:, None]
        both, first, second = (
            intervals.by_document(said * weights, self.documents)
            for said in (self.first & self.second, self.first, self.second)
        )
        every = intervals.by_document(np.broadcast_to(weights, self.first.shape), self.documents)
        cells = np.stack([every - first - second + both, second - both, first - both, both], axis=-1)
        return cells.reshape(*cells.shape[:2], 2, 2)


def pairs(found: Ratings) -> Iterator[tuple[int, int]]:
    """Who is compared with whom: people with each other, each person with the pipeline. Positions among the coders.

    The consensus coder is set against the pipeline alone: it was made from what the others said.
    """
    for a, b in combinations(range(len(found.coders)), 2):
        people = found.human[a] and found.human[b]
        if found.human[a] and not (people and CONSENSUS in (found.coders[a], found.coders[b])):
            yield a, b


def shared(found: Ratings, a: int, b: int, *, mask: Bools | None = None) -> Shared:
    """The units on which both coders' answers are known, and the codes that either gave and both could give.

    `mask`: only these units (those of one site, say).
    """
    both = found.seen[a] & found.seen[b] & (True if mask is None else mask)
    used = found.given[a].any(0) | found.given[b].any(0)
    asked = found.asked[a] & found.asked[b] & used
    documents = pd.factorize(found.documents[both], sort=True)[0].astype(np.int64)
    return Shared(
        a=found.coders[a],
        b=found.coders[b],
        codes=tuple(np.array(found.codes, dtype=object)[asked]),
        first=found.given[a][both][:, asked],
        second=found.given[b][both][:, asked],
        documents=documents,
        weights=found.weights[both],
        asked=asked,
        place=both,
    )


def agreement_rows(found: Ratings, *, category_of: Mapping[str, str], options: Options) -> list[dict[str, Any]]:
    """Rows of the Agreement table: every pair, by code, by category where codes have parents, and pooled."""
    by_category = as_categories(found, category_of)
    layers = [("code", ALL_CODES, found)]
    if by_category.codes != found.codes:
        layers.append(("category", ALL_CATEGORIES, by_category))
    coded = [set(found.units["document"][seen]) for seen in found.seen]
    between: dict[str, list[tuple[Bools, Floats]]] = {every: [] for _, every, _ in layers}
    rows: list[dict[str, Any]] = []
    for a, b in pairs(found):
        overlap = _overlap(found.coders[a], found.coders[b], coded[a], coded[b])
        both = [shared(laid, a, b) for _, _, laid in layers]
        for (level, every, _), pair in zip(layers, both, strict=True):
            rows += _rows(pair, found.unit, level, options)
            rows += _pooled(pair, found.unit, every, options, overlap)
            if found.human[b]:
                between[every].append((pair.asked, pair.tables.sum(0)))
        rows += _rows(as_any(both[0]), found.unit, "pooled", options)
    return _with_ceiling(rows, found, _pooled_ceilings(layers, between))


def as_any(pair: Shared) -> Shared:
    """The same pair as one question: has the unit any of their codes at all."""
    either = [np.asarray(said.any(1, keepdims=True), dtype=bool) for said in (pair.first, pair.second)]
    return replace(pair, codes=(ANY_CODE,) if pair.codes else (), first=either[0], second=either[1])


def _rows(pair: Shared, unit: str, level: str, options: Options) -> list[dict[str, Any]]:
    """One row a code."""
    if not pair.codes or pair.n == 0:
        return []
    counts = pair.tables
    total = counts.sum(0)
    weights = intervals.document_draws(pair.n_documents, draws=options.draws, seed=options.seed)
    kappa = intervals.bootstrap(coefficients.cohen_kappa, counts, weights=weights, min_documents=options.min_documents)
    alpha = coefficients.krippendorff_alpha(total + np.swapaxes(total, -1, -2))
    values = {
        "percent": coefficients.percent(total),
        "kappa": kappa.value,
        "low": kappa.low,
        "high": kappa.high,
        "alpha": alpha,
        "ac1": coefficients.gwet_ac1(total),
        "pabak": coefficients.pabak(total),
        "f1": coefficients.f1(total),
        "precision": coefficients.precision(total),
        "recall": coefficients.recall(total),
        "jaccard": coefficients.jaccard(total),
    }
    rows = []
    for position, code in enumerate(pair.codes):
        row = _counted(pair, unit, level, code, total[position])
        row |= {name: known(column[position]) for name, column in values.items()}
        row["note"] = _note(row, kappa, position, options)
        if unit == "character":
            row["note"] = _with_nvivo(str(row["note"]), counts[:, position])
        rows.append(_refused(row, options))
    return rows


def _pooled(pair: Shared, unit: str, code: str, options: Options, overlap: str) -> list[dict[str, Any]]:
    """One row for all codes together: pooled kappa (De Vries 2008), alpha of the sets of codes (MASI), micro F1."""
    counts = pair.tables
    total = counts.sum(0)
    row = _counted(pair, unit, "pooled", code, total.sum(0))
    if not pair.codes or pair.n == 0:
        return [row | {"note": overlap}]
    weights = intervals.document_draws(pair.n_documents, draws=options.draws, seed=options.seed)
    kappa = intervals.bootstrap(coefficients.pooled_kappa, counts, weights=weights, min_documents=options.min_documents)
    micro = total.sum(0)
    row |= {
        "percent": known(float(np.mean(coefficients.percent(total)))),
        "kappa": known(kappa.value),
        "low": known(kappa.low),
        "high": known(kappa.high),
        "alpha": known(set_alpha(np.stack([pair.first, pair.second]), pair.documents, pair.weights)),
        "ac1": known(coefficients.pooled_ac1(total)),
        "pabak": known(float(np.mean(coefficients.pabak(total)))),
        "f1": known(coefficients.f1(micro)),
        "precision": known(coefficients.precision(micro)),
        "recall": known(coefficients.recall(micro)),
        "jaccard": known(coefficients.jaccard(micro)),
    }
    said = f"{len(pair.codes)} codes; {overlap}" if code == ALL_CODES else f"{len(pair.codes)} categories; {overlap}"
    row["note"] = _joined(said, _note(row, kappa, None, options))
    return [_refused(row, options)]


def _counted(pair: Shared, unit: str, level: str, code: str, table: Floats) -> dict[str, Any]:
    n_a, n_b, cells = table[1].sum(), table[:, 1].sum(), table.sum()
    return {
        "unit": unit,
        "level": level,
        "code": code,
        "coder_a": pair.a,
        "coder_b": pair.b,
        "n": pair.n,
        "n_documents": pair.n_documents,
        "n_a": int(n_a),
        "n_b": int(n_b),
        "n_both": int(table[1, 1]),
        "prevalence": (n_a + n_b) / (2 * cells) if cells else None,
        "note": "",
    }


def _note(row: Mapping[str, Any], kappa: Bounds, position: int | None, options: Options) -> str:
    """Return the note on this row's kappa."""
    value, low, undefined = (
        part if position is None else part[position] for part in (kappa.value, kappa.low, kappa.undefined)
    )
    a, b, said = row["coder_a"], row["coder_b"], []
    if np.isnan(value):
        if row["n_a"] == 0:
            return "undefined: neither applied it in the documents both coded"
        return "undefined: both applied it to every unit, so there is no variation"
    never = [name for name, count in ((a, row["n_a"]), (b, row["n_b"])) if count == 0]
    always = [name for name, count in ((a, row["n_a"]), (b, row["n_b"])) if position is not None and count == row["n"]]
    if never or always:
        habit = f"{never[0]} never applied it here" if never else f"{always[0]} applied it to every unit here"
        said.append(f"{habit}, so kappa is 0 regardless of the other coder")
    elif min(row["n_a"], row["n_b"]) < options.min_documents:
        said.append(f"one of them applied it only {min(row['n_a'], row['n_b'])} times")
    if row["n_documents"] < options.min_documents:
        said.append(intervals.few_documents(row["n_documents"], options.min_documents))
    elif np.isnan(low):
        said.append("no interval: undefined in more than half of the bootstrap samples")
    elif undefined > 0.05:
        said.append(f"undefined in {undefined:.0%} of the bootstrap samples, which the interval excludes")
    return "; ".join(said)


def _refused(row: dict[str, Any], options: Options) -> dict[str, Any]:
    """Remove the coefficients if there are too few units."""
    if row["n"] >= options.min_units:
        return row
    kept = ("unit", "level", "code", "coder_a", "coder_b", "n", "n_documents", "n_a", "n_b", "n_both", "prevalence")
    said = f"too few: {row['n']} units (at least {options.min_units} needed)"
    return {name: row[name] for name in kept} | {"note": said}


def _overlap(a: str, b: str, of_a: set[str], of_b: set[str]) -> str:
    """Describe how far two coders' documents overlap."""
    both = len(of_a & of_b)
    if not both:
        return f"no document coded by both ({a}: {len(of_a)}, {b}: {len(of_b)})"
    return f"both coded {both} of {len(of_a | of_b)} documents"


def _with_nvivo(note: str, counts: Floats) -> str:
    average = known(coefficients.nvivo_kappa(counts))
    return (
        _joined(note, f"mean of the kappas by file, weighted by size, as in NVivo: {average:.3f}")
        if (average is not None)
        else note
    )


def _with_ceiling(
    rows: list[dict[str, Any]], found: Ratings, pooled: Mapping[tuple[str, str], float | None]
) -> list[dict[str, Any]]:
    """Add to each row with the pipeline the mean kappa between human coders on the same code.

    `pooled`: of all codes together, by the pipeline's name and what its row is called.
    """
    people = {name for name, human in zip(found.coders, found.human, strict=True) if human}
    between: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row["coder_b"] in people and row.get("kappa") is not None:
            between.setdefault((row["level"], row["code"]), []).append(row["kappa"])
    for row in rows:
        kappas = between.get((row["level"], row["code"]), [])
        if row["coder_b"] not in people:
            own = float(np.mean(kappas)) if kappas else None
            row["ceiling"] = pooled.get((row["coder_b"], row["code"]), own) if row["level"] == "pooled" else own
    return rows


def _pooled_ceilings(
    layers: Sequence[tuple[str, str, Ratings]], between: Mapping[str, Sequence[tuple[Bools, Floats]]]
) -> dict[tuple[str, str], float | None]:
    """The mean pooled kappa of people with each other, over the codes that the pipeline could give.

    By the pipeline's name, and what the row of all codes is called. `between`: of each two people the codes that either
    gave, and their tables of these (codes x 2 x 2).
    """
    found: dict[tuple[str, str], float | None] = {}
    for _, every, laid in layers:
        for machine in np.flatnonzero(~laid.human).tolist():
            kappas = [
                known(coefficients.pooled_kappa(total[laid.asked[machine][asked]])) for asked, total in between[every]
            ]
            told = [kappa for kappa in kappas if kappa is not None]
            found[laid.coders[machine], every] = float(np.mean(told)) if told else None
    return found


def _joined(*said: str) -> str:
    return "; ".join(part for part in said if part)
