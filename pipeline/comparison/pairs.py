"""Agreement of each pair of coders: one row per code, per category, and for all codes together.

Counts are made by document first, so that resampling documents is a matrix product.
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
from pipeline.comparison.intervals import Bounds, defined
from pipeline.comparison.sets import set_alpha
from pipeline.comparison.units import Ratings, as_categories
from pipeline.core.coders import CONSENSUS
from pipeline.core.terms import ALL_CATEGORIES, ALL_CODES, ANY_CODE


@dataclass(frozen=True)
class Options:
    """Settings. `draws`: bootstrap samples; `min_documents`: for an interval; `min_units`: for a coefficient."""

    draws: int = 1000
    seed: int = 0
    min_documents: int = 5
    min_units: int = 10


@dataclass(frozen=True)
class Shared:
    """The units and codes on which two coders can be compared.

    `first`, `second`: (units, codes), the codes applied by `a` and `b`; `documents`: (units,), numbered from 0;
    `weights`: (units,); `possible`: a mask of the compared codes among all codes; `place`: a mask of the compared units
    among all units; `everywhere`: for each coder, the codes applied to any unit, (all units, codes), whether or not the
    other coder's answer is known; `all_weights`: (all units,).
    """

    a: str
    b: str
    codes: tuple[str, ...]
    first: Bools
    second: Bools
    documents: Ints
    weights: Floats
    possible: Bools
    place: Bools
    everywhere: tuple[Bools, Bools]
    all_weights: Floats

    @property
    def n_documents(self) -> int:
        """The number of documents with these units."""
        return int(self.documents.max(initial=-1)) + 1

    @property
    def n(self) -> int:
        """The number of units, or of characters."""
        return int(self.weights.sum())

    @cached_property
    def totals(self) -> tuple[Floats, Floats]:
        """Units, or characters, to which each coder applied each code in the whole study, (codes,) each."""
        first, second = ((mask * self.all_weights[:, None]).sum(0) for mask in self.everywhere)
        return first, second

    @cached_property
    def tables(self) -> Floats:
        """Two-by-two tables, (documents, codes, 2, 2): rows are a's answers (not applied, applied), columns b's."""
        weights = self.weights[:, None]
        both, first, second = (
            intervals.by_document(mask * weights, self.documents)
            for mask in (self.first & self.second, self.first, self.second)
        )
        every = intervals.by_document(np.broadcast_to(weights, self.first.shape), self.documents)
        cells = np.stack([every - first - second + both, second - both, first - both, both], axis=-1)
        return cells.reshape(*cells.shape[:2], 2, 2)


def pairs(ratings: Ratings) -> Iterator[tuple[int, int]]:
    """Yield the pairs of coders that are compared, as positions: people with each other and with the pipeline.

    The consensus coder is compared only with the pipeline, because it was made from the other coders' codes.
    """
    for first, second in combinations(range(len(ratings.coders)), 2):
        people = ratings.human[first] and ratings.human[second]
        if ratings.human[first] and not (people and CONSENSUS in (ratings.coders[first], ratings.coders[second])):
            yield first, second


def shared(ratings: Ratings, first: int, second: int, *, mask: Bools | None = None) -> Shared:
    """Return the units with known answers from both coders, and the codes that both could apply and either did.

    `a`, `b`: positions of the coders; `mask`: (units,), to compare only these units, for example those of one site.
    """
    both = ratings.seen[first] & ratings.seen[second] & (True if mask is None else mask)
    used = ratings.given[first].any(0) | ratings.given[second].any(0)
    comparable = ratings.possible[first] & ratings.possible[second] & used
    documents = pd.factorize(ratings.documents[both], sort=True)[0].astype(np.int64)
    return Shared(
        a=ratings.coders[first],
        b=ratings.coders[second],
        codes=tuple(np.array(ratings.codes, dtype=object)[comparable]),
        first=ratings.given[first][both][:, comparable],
        second=ratings.given[second][both][:, comparable],
        documents=documents,
        weights=ratings.weights[both],
        possible=comparable,
        place=both,
        everywhere=(ratings.given[first][:, comparable], ratings.given[second][:, comparable]),
        all_weights=ratings.weights,
    )


def agreement_rows(ratings: Ratings, *, category_of: Mapping[str, str], options: Options) -> list[dict[str, Any]]:
    """Return rows of the Agreement table: each pair by code, by category if codes have parents, and pooled.

    `category_of`: the category of each code.
    """
    by_category = as_categories(ratings, category_of)
    layers = [("code", ALL_CODES, ratings)]
    if by_category.codes != ratings.codes:
        layers.append(("category", ALL_CATEGORIES, by_category))
    coded = [set(ratings.units["document"][is_seen]) for is_seen in ratings.seen]
    between: dict[str, list[tuple[Bools, Floats]]] = {every: [] for _, every, _ in layers}
    rows: list[dict[str, Any]] = []
    for first, second in pairs(ratings):
        overlap = _overlap(ratings.coders[first], ratings.coders[second], coded[first], coded[second])
        by_layer = [shared(layer_ratings, first, second) for _, _, layer_ratings in layers]
        for (level, every, _), pair in zip(layers, by_layer, strict=True):
            rows += _rows(pair, ratings.unit, level, options)
            rows += _pooled(pair, ratings.unit, every, options, overlap)
            if ratings.human[second]:
                between[every].append((pair.possible, pair.tables.sum(0)))
        rows += _rows(as_any(by_layer[0]), ratings.unit, "pooled", options)
    return _with_ceiling(rows, ratings, _pooled_ceilings(layers, between))


def as_any(pair: Shared) -> Shared:
    """Return the pair as a single question: whether a unit has any of their codes."""
    first, second, *everywhere = (
        np.asarray(codes.any(1, keepdims=True), dtype=bool) for codes in (pair.first, pair.second, *pair.everywhere)
    )
    return replace(
        pair,
        codes=(ANY_CODE,) if pair.codes else (),
        first=first,
        second=second,
        everywhere=(everywhere[0], everywhere[1]),
    )


def _rows(pair: Shared, unit: str, level: str, options: Options) -> list[dict[str, Any]]:
    """Return one row per code."""
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
        row = _count_columns(pair, unit, level, code, total[position]) | _given(pair, slice(position, position + 1))
        row |= {name: defined(column[position]) for name, column in values.items()}
        row["note"] = _note(row, kappa, position, options)
        if unit == "character":
            row["note"] = _with_nvivo(str(row["note"]), counts[:, position])
        rows.append(_without_coefficients(row, options))
    return rows


def _pooled(pair: Shared, unit: str, code: str, options: Options, overlap: str) -> list[dict[str, Any]]:
    """Return one row for all codes: pooled kappa (De Vries 2008), alpha of the sets of codes (MASI), micro F1."""
    counts = pair.tables
    total = counts.sum(0)
    row = _count_columns(pair, unit, "pooled", code, total.sum(0)) | _given(pair, slice(None))
    if not pair.codes or pair.n == 0:
        return [row | {"note": overlap}]
    weights = intervals.document_draws(pair.n_documents, draws=options.draws, seed=options.seed)
    kappa = intervals.bootstrap(coefficients.pooled_kappa, counts, weights=weights, min_documents=options.min_documents)
    micro = total.sum(0)
    row |= {
        "percent": defined(float(np.mean(coefficients.percent(total)))),
        "kappa": defined(kappa.value),
        "low": defined(kappa.low),
        "high": defined(kappa.high),
        "alpha": defined(set_alpha(np.stack([pair.first, pair.second]), pair.documents, pair.weights)),
        "ac1": defined(coefficients.pooled_ac1(total)),
        "pabak": defined(float(np.mean(coefficients.pabak(total)))),
        "f1": defined(coefficients.f1(micro)),
        "precision": defined(coefficients.precision(micro)),
        "recall": defined(coefficients.recall(micro)),
        "jaccard": defined(coefficients.jaccard(micro)),
    }
    scope = f"{len(pair.codes)} codes; {overlap}" if code == ALL_CODES else f"{len(pair.codes)} categories; {overlap}"
    row["note"] = _join(scope, _note(row, kappa, None, options))
    return [_without_coefficients(row, options)]


def _given(pair: Shared, codes: slice) -> dict[str, Any]:
    return {"given_a": int(pair.totals[0][codes].sum()), "given_b": int(pair.totals[1][codes].sum())}


def _count_columns(pair: Shared, unit: str, level: str, code: str, table: Floats) -> dict[str, Any]:
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
        values if position is None else values[position] for values in (kappa.value, kappa.low, kappa.undefined)
    )
    a, b, clauses = row["coder_a"], row["coder_b"], []
    if np.isnan(value):
        if row["n_a"] == 0:
            return "undefined: neither applied it in the documents both coded"
        return "undefined: both applied it to every unit, so there is no variation"
    never = [name for name, count in ((a, row["n_a"]), (b, row["n_b"])) if count == 0]
    always = [name for name, count in ((a, row["n_a"]), (b, row["n_b"])) if position is not None and count == row["n"]]
    if never or always:
        habit = f"{never[0]} never applied it here" if never else f"{always[0]} applied it to every unit here"
        clauses.append(f"{habit}, so kappa is 0 regardless of the other coder")
    elif min(row["n_a"], row["n_b"]) < options.min_documents:
        fewest = min(row["n_a"], row["n_b"])
        clauses.append(f"one of them applied it only {'once' if fewest == 1 else f'{fewest} times'}")
    if row["n_documents"] < options.min_documents:
        clauses.append(intervals.few_documents(row["n_documents"], options.min_documents))
    elif np.isnan(low):
        clauses.append(intervals.NO_INTERVAL)
    elif undefined > 0.05:
        clauses.append(f"undefined in {undefined:.0%} of the bootstrap samples, which the interval excludes")
    return "; ".join(clauses)


def _without_coefficients(row: dict[str, Any], options: Options) -> dict[str, Any]:
    """Remove the coefficients if there are too few units."""
    if row["n"] >= options.min_units:
        return row
    identifying = (
        "unit",
        "level",
        "code",
        "coder_a",
        "coder_b",
        "n",
        "n_documents",
        "n_a",
        "n_b",
        "n_both",
        "given_a",
        "given_b",
        "prevalence",
    )
    reason = f"too few: {row['n']} units (at least {options.min_units} needed)"
    return {name: row[name] for name in identifying} | {"note": reason}


def _overlap(a: str, b: str, of_a: set[str], of_b: set[str]) -> str:
    """Describe how far two coders' documents overlap."""
    n_both = len(of_a & of_b)
    if not n_both:
        return f"no document coded by both ({a}: {len(of_a)}, {b}: {len(of_b)})"
    return f"both coded {n_both} of {len(of_a | of_b)} documents"


def _with_nvivo(note: str, counts: Floats) -> str:
    average = defined(coefficients.nvivo_kappa(counts))
    return (
        _join(note, f"mean of the kappas by file, weighted by size, as in NVivo: {average:.3f}")
        if (average is not None)
        else note
    )


def _with_ceiling(
    rows: list[dict[str, Any]], ratings: Ratings, pooled: Mapping[tuple[str, str], float | None]
) -> list[dict[str, Any]]:
    """Add to each row with the pipeline the mean kappa between human coders on the same code.

    `pooled`: the same for all codes together, by the pipeline's name and the name of the row.
    """
    people = {name for name, human in zip(ratings.coders, ratings.human, strict=True) if human}
    between: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row["coder_b"] in people and row.get("kappa") is not None:
            between.setdefault((row["level"], row["code"]), []).append(row["kappa"])
    for row in rows:
        kappas = between.get((row["level"], row["code"]), [])
        if row["coder_b"] not in people:
            mean_of_people = float(np.mean(kappas)) if kappas else None
            row["ceiling"] = (
                pooled.get((row["coder_b"], row["code"]), mean_of_people)
                if row["level"] == "pooled"
                else mean_of_people
            )
    return rows


def _pooled_ceilings(
    layers: Sequence[tuple[str, str, Ratings]], between: Mapping[str, Sequence[tuple[Bools, Floats]]]
) -> dict[tuple[str, str], float | None]:
    """Return the mean pooled kappa of people with each other, over the codes that the pipeline could apply.

    Keys are the pipeline's name and the name of the row for all codes. `between`: for each pair of people, a mask of
    the codes that either applied and their tables, (codes, 2, 2).
    """
    ceilings: dict[tuple[str, str], float | None] = {}
    for _, every, layer_ratings in layers:
        for machine in np.flatnonzero(~layer_ratings.human).tolist():
            kappas = [
                defined(coefficients.pooled_kappa(total[layer_ratings.possible[machine][comparable]]))
                for comparable, total in between[every]
            ]
            usable = [kappa for kappa in kappas if kappa is not None]
            ceilings[layer_ratings.coders[machine], every] = float(np.mean(usable)) if usable else None
    return ceilings


def _join(*clauses: str) -> str:
    return "; ".join(clause for clause in clauses if clause)
