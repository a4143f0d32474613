"""Metrics of a run, as shown by `dvc metrics` and `dvc plots`."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.core import coders
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import ANYONE
from pipeline.corpus import speaker_table
from pipeline.decisions import states
from pipeline.decisions.before_themes import Reader
from pipeline.decisions.outcomes import Outcomes
from pipeline.decisions.states import Count
from pipeline.reporting.matrix import Cell
from pipeline.reporting.views import agreement_view


def build(
    tables: Mapping[str, pd.DataFrame], *, count: Count, problems: pd.DataFrame, cells: Sequence[Cell], reflexive: bool
) -> dict[str, float]:
    """Return the metrics by name, sorted; undefined ones are left out, and with `reflexive` all coefficients."""
    segments, accepted = tables["segments"], primary(tables["code_assignments"])
    used = int(segments.substantive.sum())
    metrics: dict[str, float] = {
        "cases": int(segments[segments.case != ""].case.nunique()),
        "documents": len(tables["documents"]),
        "segments": len(segments),
        "segments_used": used,
        "words": int(tables["documents"].n_words.sum()),
        "words_of_participants": speaker_table.words_by(tables["speakers"], tables["documents"]).get("participant", 0),
        "themes": count.shown,
        "accepted_themes": count.accepted,
        "candidates_found": count.found,
        "merged_themes": count.merged,
        "rejected_themes": count.rejected,
        "waiting_themes": count.waiting,
        "guessed": int((problems.kind == "guessed").sum()),
        "refused": int((problems.kind == "refused").sum()),
        "matrix_cells_spoken": sum(cell.state == "spoken" for cell in cells),
    }
    if used:
        metrics["share_in_no_theme"] = count.n_outside / used
        metrics["share_in_rejected_themes"] = count.outside["rejected"] / used
        metrics["share_with_a_code"] = accepted[accepted.accepted].segment_id.nunique() / used
    if not reflexive:
        metrics |= _coefficients(tables["agreement"], tables["theme_agreement"])
    return {key: round(value, 6) for key, value in sorted(metrics.items()) if np.isfinite(value)}


def of_decisions(became: Outcomes, readers: Sequence[Reader]) -> dict[str, float]:
    """Return what people made of the candidate themes, and the largest share that one person read before."""
    metrics: dict[str, float] = {f"candidates_{kind.replace(' ', '_')}": n for kind, n in became.of.items()}
    metrics["candidates_overruled"] = became.overruled
    metrics["share_overruled"] = became.share
    before = [reader.before / reader.total for reader in readers if reader.total]
    metrics["share_read_before_themes"] = max(before, default=0.0)
    return {key: round(value, 6) for key, value in sorted(metrics.items()) if np.isfinite(value)}


def primary(code_assignments: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the study's primary method."""
    return code_assignments[code_assignments.method == coders.primary(code_assignments.method)]


def theme_sizes(themes: pd.DataFrame) -> str:
    """Return the plot's data as CSV: one line per candidate theme, largest first."""
    ranked = states.ranked(themes)
    named = [f"T{row.number} {row.label}" for row in each(ranked)]
    bars = pd.DataFrame({"theme": named, "n_segments": ranked.n_segments.to_list()})
    return str(bars.to_csv(index=False, lineterminator="\n"))


def _coefficients(agreement: pd.DataFrame, theme_agreement: pd.DataFrame) -> dict[str, float]:
    # A consensus was made from the other codings, so it is no further person.
    agreement = agreement[(agreement.unit == "segment") & (agreement.coder_a != coders.CONSENSUS)]
    pooled = agreement_view.over_all_codes(agreement)
    people = pooled[~agreement_view.with_machine(pooled)]
    coefficients = {"kappa_people": people.kappa.mean()}
    for name, rows in groups(pooled, "coder_b").items():
        if coders.is_pipeline(name):
            coefficients[f"kappa_{coders.method_of(name)}"] = rows.kappa.mean()
    for measure in ("ami", "ari", "v_measure"):
        rows = theme_agreement[(theme_agreement.measure == measure) & (theme_agreement.level == "code")]
        rows = rows[~rows.coder.isin([ANYONE, coders.CONSENSUS])]
        coefficients[f"themes_{measure}"] = rows.value.mean()
    return {key: float(value) for key, value in coefficients.items() if pd.notna(value)}
