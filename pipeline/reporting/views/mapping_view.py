"""Accuracy of candidate codes, calibration of their scores, and segments to review."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import coders, prose
from pipeline.core.table_rows import each
from pipeline.core.terms import ALL_CODES
from pipeline.deductive import learning_curve
from pipeline.reporting.quotes import Quote
from pipeline.reporting.views import curve_view

MOST_REVIEW = 40
# Scores are called probabilities if their Brier score exceeds that of the codes' frequencies by at most this much.
TOLERATED = 0.005


@dataclass(frozen=True)
class View:
    """The sections, each empty if there is nothing to show.

    `lead`: how many segments have a code; `sentences`: accuracy against human codes; `rows`: the same by code and
    method, as text; `curve` and `bins`: calibration of the scores; `review`: the first of the `n_review` segments to
    review, each with the nearest code.
    """

    lead: tuple[str, ...]
    sentences: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    curve: curve_view.Curve | None
    bins_lead: str
    bins: tuple[tuple[str, ...], ...]
    review: tuple[tuple[Quote, str], ...]
    n_review: int


def build(
    tables: Mapping[str, pd.DataFrame],
    *,
    codes: Sequence[str],
    quotes: Mapping[str, Quote],
    reflexive: bool,
) -> View:
    """Prepare the sections, with codes in the order given; with `reflexive`, no statistics are shown."""
    method = coders.primary(tables["segment_codes"].method)
    mapped = tables["segment_codes"][tables["segment_codes"].method == method]
    quality = tables["mapping_quality"].iloc[:0] if reflexive else tables["mapping_quality"]
    bins = tables["code_reliability"].iloc[:0] if reflexive else tables["code_reliability"]
    bins = bins[bins.method == method].sort_values("low")
    near = _of_nearness(tables["code_assignments"], method, reflexive)
    waiting = mapped[(mapped.status == "uncertain") & mapped.segment_id.isin(list(quotes))].sort_values("review_rank")
    return View(
        lead=_lead(mapped),
        sentences=(*_quality(quality, method), *_learned(tables, reflexive)),
        rows=_rows(quality, codes),
        curve=_curve(bins),
        bins_lead=_bins_lead(bins, quality, method),
        bins=tuple(_bin(row) for row in each(bins)),
        review=tuple((quotes[row.segment_id], near(row)) for row in each(waiting.head(MOST_REVIEW))),
        n_review=len(waiting),
    )


def _lead(mapped: pd.DataFrame) -> tuple[str, ...]:
    if mapped.empty:
        return ()
    total = len(mapped)
    counted = {status: int((mapped.status == status).sum()) for status in ("accepted", "uncertain", "none")}
    sentences = [
        f"Of {prose.count(total, 'passage')}, {counted['accepted']:,} "
        f"({prose.percent(counted['accepted'] / total)}) were assigned at least one candidate code. "
        f"{counted['uncertain']:,} are borderline and should be reviewed; {counted['none']:,} match no code."
    ]
    n_held_out = int((mapped.source == "out of fold").sum())
    if n_held_out:
        sentences.append(
            f"For {'all' if n_held_out == total else f'{n_held_out:,}'} of these passages, in documents coded by "
            "people, "
            "suggestions were learned from the other documents only."
        )
    return tuple(sentences)


def _quality(quality: pd.DataFrame, method: str) -> list[str]:
    sentences = []
    pooled = quality[quality.code == ALL_CODES].sort_values("method")
    for row in each(pooled):
        how = coders.METHODS[row.method]
        if not row.n_given or not row.n_coded:
            sentences.append(
                f"Codes assigned {how} cannot be evaluated: either people or the pipeline assigned no codes here."
            )
            continue
        sentences.append(
            f"Codes assigned {how}: on {prose.count(row.n_segments, 'passage')} read by people, "
            f"{prose.percent(row.precision)} of the {row.n_given:,} candidate codes agree with a human code "
            f"(precision), and {prose.percent(row.recall)} of the {row.n_coded:,} human codes were found "
            f"(recall).{_covers(row)}"
        )
    if len(pooled) > 1:
        sentences.append(f"This page shows the codes assigned {coders.METHODS[method]}.")
    return sentences


def _learned(tables: Mapping[str, pd.DataFrame], reflexive: bool) -> list[str]:
    said = "" if reflexive else learning_curve.sentence(tables["learning_curve"], tables["agreement"])
    return [said] if said else []


def _covers(row: Any) -> str:
    return (
        ""
        if pd.isna(row.coverage)
        else f" {prose.sentence(prose.percent(row.coverage) + ' of the passages have at least one')}"
    )


def _rows(quality: pd.DataFrame, codes: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    order = {code: number for number, code in enumerate([ALL_CODES, *codes])}
    ranked = quality.assign(order=quality.code.map(lambda code: order.get(code, len(order))))
    return tuple(
        (
            row.code.strip("()"),
            coders.METHODS[row.method],
            f"{row.n_coded:,}",
            f"{row.n_given:,}",
            f"{row.n_right:,}",
            *(prose.percent(value) for value in (row.coverage, row.precision, row.recall)),
            prose.figure(row.f1),
            "–" if pd.isna(row.threshold) else prose.figure(row.threshold),
            prose.figure(row.ece),
        )
        for row in each(ranked.sort_values(["order", "code", "method"]))
    )


def _curve(bins: pd.DataFrame) -> curve_view.Curve | None:
    points = tuple((float(row.mean_score), float(row.share)) for row in each(bins[bins.n > 0]))
    return curve_view.draw(
        [curve_view.Series("", points)],
        x_label="score by the pipeline",
        y_label="share also coded by people",
        label="Share of assignments also coded by people, by the pipeline’s score; the table has the same values",
        x_range=(0.0, 1.0),
        y_range=(0.0, 1.0),
        diagonal=True,
    )


def _bins_lead(bins: pd.DataFrame, quality: pd.DataFrame, method: str) -> str:
    if bins.empty:
        return ""
    pooled = quality[(quality.code == ALL_CODES) & (quality.method == method) & quality.brier.notna()]
    if pooled.empty:
        return "Scores should not be read as probabilities here."
    row = pooled.iloc[0]
    serve = row.brier <= row.base_brier + TOLERATED
    return (
        f"Scores {'can' if serve else 'should not'} be read as probabilities here: their Brier score is "
        f"{row.brier:.3f}, that of each code's own frequency {row.base_brier:.3f}, and on average they are off by "
        f"{prose.figure(row.ece)} (expected calibration error). On the dotted line, codes with a score of 0.6 would be "
        "right 6 times out of 10."
    )


def _bin(row: Any) -> tuple[str, ...]:
    edges = f"{prose.figure(row.low)} to {prose.figure(row.high)}"
    return edges, f"{row.n:,}", prose.figure(row.mean_score), prose.percent(row.share)


def _of_nearness(assignments: pd.DataFrame, method: str, reflexive: bool) -> Callable[[Any], str]:
    """Return how near a segment is to its nearest code: a probability with its threshold, or a rank without one."""
    own = assignments[assignments.method == method] if method == "zero_shot" else assignments.iloc[:0]
    ranks = own.score.groupby(own.code).rank(method="min", ascending=False).astype(int)
    rank_of = dict(zip(zip(own.segment_id, own.code, strict=True), ranks, strict=True))
    size = own.segment_id.nunique()

    def near(row: Any) -> str:
        text = f"close to “{row.best_code}”"
        if reflexive:
            return text
        if method == "zero_shot":
            return f"{text} (rank {rank_of[row.segment_id, row.best_code]:,} of {size:,} passages)"
        return f"{text} (score {prose.figure(row.best_score)}, threshold {prose.figure(row.threshold)})"

    return near
