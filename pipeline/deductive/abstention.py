"""Sorts segments into accepted, uncertain (for review) and none, and measures the quality of mapping."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.core.terms import ALL_CODES
from pipeline.deductive import calibration
from pipeline.deductive.calibration import Bools
from pipeline.deductive.coded import Tree, Truth
from pipeline.deductive.mapping import Mapped
from pipeline.deductive.mapping_few import EVERYTHING

# Values of `source`: what a prediction was based on, by method and fold.
FROM_CODEBOOK, OUT_OF_FOLD, FROM_EVERYTHING = "codebook", "out of fold", "all coded documents"


def status(mapped: Mapped, segments: pd.DataFrame, *, codes: Tree, doubt: float) -> pd.DataFrame:
    """Return rows of segment_codes, sorted by segment: one per segment that the method could predict.

    A segment without a code is uncertain if its nearest code reaches at least `doubt` of its threshold. The review list
    alternates between codes and lists, for each, the segments nearest to the threshold first, where an answer teaches
    most.
    """
    columns = [number for number, name in enumerate(mapped.codes) if name in codes.given]
    accepted = mapped.accepted[:, columns]
    nearness = mapped.scores[:, columns] / np.maximum(mapped.limits[:, columns], 1e-9)
    # The best code is the accepted one most above its threshold, otherwise the one nearest to it.
    best = np.argmax(np.where(accepted, nearness + 1e6, nearness), axis=1)
    row = np.arange(len(best))
    any_code, near = accepted.any(axis=1), nearness[row, best] >= doubt
    source = FROM_CODEBOOK if mapped.method == "zero_shot" else FROM_EVERYTHING
    frame = pd.DataFrame(
        {
            "segment_id": segments["segment_id"].to_numpy(),
            "method": mapped.method,
            "status": np.where(any_code, "accepted", np.where(near, "uncertain", "none")),
            "n_codes": accepted.sum(axis=1),
            "best_code": np.array(mapped.codes, dtype=object)[columns][best],
            "best_score": mapped.scores[:, columns][row, best].round(6),
            "threshold": mapped.limits[:, columns][row, best].round(6),
            "source": np.where(mapped.fold == EVERYTHING, source, OUT_OF_FOLD),
            "fold": mapped.fold,
        }
    )
    frame["review_rank"] = _review(frame, nearness[row, best])
    return frame[mapped.told].reset_index(drop=True)


def _review(frame: pd.DataFrame, nearness: calibration.Floats) -> pd.Series:
    """Return review ranks: 1 for the first to review, 0 for segments that need no review."""
    open_rows = frame[frame["status"] == "uncertain"].assign(near=-nearness[frame["status"] == "uncertain"].round(9))
    open_rows["turn"] = open_rows.sort_values(["near", "segment_id"]).groupby("best_code").cumcount()
    ordered = open_rows.sort_values(["turn", "near", "segment_id"])
    ranks = pd.Series(0, index=frame.index)
    ranks[ordered.index] = np.arange(1, len(ordered) + 1)
    return ranks


def quality(mapped: Mapped, truth: Truth, *, codes: Tree) -> pd.DataFrame:
    """Return rows of mapping_quality: a method's performance on human-coded segments, one row per code and one for all.

    A code with sub-codes counts if it or any of them was assigned. Undefined values are missing, and so are those of
    probabilities where scores are none (zero-shot).
    """
    rows_known = mapped.told & truth.seen
    width = len(mapped.codes)
    above = codes.above[:width, :width].astype(np.float64)
    rolled = (mapped.accepted.astype(np.float64) @ above) > 0
    assigned, known_codes = rolled[rows_known], truth.rolled[rows_known][:, :width]
    scores = mapped.scores[rows_known]
    rows = [
        _figures(mapped, name, assigned[:, [column]], known_codes[:, [column]])
        | {"threshold": float(mapped.limits[mapped.told, column].mean()) if mapped.told.any() else np.nan}
        | _calibration(mapped, scores[:, [column]], known_codes[:, [column]])
        for column, name in enumerate(mapped.codes)
        if name in codes.given
    ]
    columns = [column for column, name in enumerate(mapped.codes) if name in codes.given]
    direct = mapped.accepted[rows_known][:, columns], truth.direct[rows_known][:, columns]
    rows.append(
        _figures(mapped, ALL_CODES, *direct)
        | {"threshold": np.nan}
        | _calibration(mapped, scores[:, columns], known_codes[:, columns])
    )
    return pd.DataFrame(rows)


def _calibration(mapped: Mapped, scores: calibration.Floats, known_codes: Bools) -> dict[str, float]:
    """Return how well scores serve as probabilities, with the Brier score of each code's own share for comparison."""
    if mapped.method == "zero_shot" or not scores.size:
        return dict.fromkeys(("ece", "brier", "base_brier"), np.nan)
    share = known_codes.mean(axis=0)
    return {
        "ece": calibration.calibration_error(calibration.reliability(scores, known_codes)),
        "brier": float(np.mean((scores - known_codes) ** 2)),
        "base_brier": float(np.mean(share * (1 - share))),
    }


def _figures(mapped: Mapped, name: str, assigned: Bools, known_codes: Bools) -> dict[str, object]:
    right, n_given, n_said = int((assigned & known_codes).sum()), int(assigned.sum()), int(known_codes.sum())
    return {
        "method": mapped.method,
        "code": name,
        "n_segments": len(assigned),
        "n_coded": n_said,
        "n_given": n_given,
        "n_right": right,
        "coverage": float(assigned.any(axis=1).mean()) if len(assigned) else np.nan,
        "precision": right / n_given if n_given else np.nan,
        "recall": right / n_said if n_said else np.nan,
        "f1": 2 * right / (n_given + n_said) if n_given + n_said else np.nan,
    }


def curve(mapped: Mapped, truth: Truth, *, codes: Tree) -> pd.DataFrame:
    """Return rows of code_reliability: the method's scores against human codes, for all codes together."""
    known = mapped.told & truth.seen
    columns: Sequence[int] = [column for column, name in enumerate(mapped.codes) if name in codes.given]
    table = calibration.reliability(mapped.scores[known][:, columns], truth.rolled[known][:, columns])
    table.insert(0, "method", mapped.method)
    return table
