"""Record of the themes stage: methods, input sizes and settings."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.core import params as settings
from pipeline.core.model_registry import SpacyPipeline
from pipeline.core.stage_record import Record, library
from pipeline.core.terms import UNASSIGNED
from pipeline.inductive import clusters, grouping, runs
from pipeline.inductive.grouping import Groups, Talk
from pipeline.inductive.reruns import Steady
from pipeline.vectors import speaker_means


@dataclass(frozen=True)
class Wording:
    """How themes were labelled.

    `counted`: whether terms were weighted (by BERTopic); `phrases`: the pipeline that found noun phrases; `asked`: the
    language model that was asked for labels, or empty.
    """

    counted: bool
    phrases: SpacyPipeline | None = None
    asked: str = ""


def record(
    talk: Talk,
    groups: Groups,
    in_sample: np.ndarray,
    themes: pd.DataFrame,
    *,
    rerun_results: Steady,
    wording: Wording,
    decisions: int,
    options: settings.Themes,
    seed: int,
) -> Record:
    """Return the stage's record.

    `groups`: the groups before decisions; `in_sample`: mask of the segments that were clustered; `themes`: the themes
    table; `rerun_results`: the results of the reruns; `decisions`: the number of decisions replayed.
    """
    return Record(
        segments=len(talk.segments),
        documents=int(talk.segments["document"].nunique()),
        different=grouping.n_distinct(talk),
        min_segments=options.min_segments,
        divided=groups.clusterings is not None,
        context=options.context,
        context_decay=options.context_decay,
        question=options.question,
        speaker_shrinkage=speaker_means.SHRINKAGE,
        answers=int((talk.segments["prompt_id"] != "").sum()),
        clustered=int(in_sample.sum()),
        **_runs(talk, groups, in_sample, options=options, seed=seed),
        **_labels(themes, wording, options=options),
        **_steady(rerun_results, options=options),
        decisions=decisions,
        accepted=int((themes["status"] == "accepted").sum()) if len(themes) else 0,
        shift_share=options.shift_share,
    )


def _runs(
    talk: Talk, groups: Groups, in_sample: np.ndarray, *, options: settings.Themes, seed: int
) -> dict[str, object]:
    """Return the settings of the clustering; empty if there were too few segments to cluster."""
    if groups.clusterings is None:
        return {}
    n, total = int(in_sample.sum()), len(groups.clusterings.groups)
    reach = [runs.neighbourhood(n, round(options.neighbours * share)) for share in runs.SPREAD]
    width = min(n, talk.vectors.shape[1])
    count = int(groups.themes.max(initial=UNASSIGNED)) + 1
    return {
        "seed": seed,
        "runs": total,
        "communities": (total + 1) // 2,
        "centres": total // 2,
        "keep": options.keep if not groups.clusterings.used.all() else 1.0,
        "neighbours": sorted(set(reach)),
        "resolutions": list(options.resolutions),
        "directions": [count for count in runs.DIMENSIONS if count < width],
        "fineness": clusters.FINE,
        "n_themes": options.n_themes,
        "clusters": count,
        "curve": {str(number): round(value, 6) for number, value in groups.curve.items() if number == count},
        "min_size": options.min_size,
        "apart": int((groups.themes == UNASSIGNED).sum()),
        "clustering": library("scikit-network"),
    }


def _labels(themes: pd.DataFrame, wording: Wording, *, options: settings.Themes) -> dict[str, object]:
    first = themes[themes["level"] == 1] if len(themes) else themes
    n_by_source = first["label_source"].value_counts().to_dict() if len(first) else {}
    phrases = wording.phrases if wording.counted and wording.phrases and wording.phrases.parses else None
    return {
        "themes": len(first),
        "keywords": options.keywords,
        "words": library("bertopic") if wording.counted else "",
        "phrases": f"{library('spacy')}, {phrases.model} {phrases.version}".strip() if phrases else "",
        "labels": {str(source): int(n) for source, n in sorted(n_by_source.items())},
        "labeller": wording.asked,
        "exemplars": options.labeller.exemplars if options.labeller and wording.asked else 0,
    }


def _steady(rerun_results: Steady, *, options: settings.Themes) -> dict[str, object]:
    left_out = rerun_results.dependence[["kind", "name"]].drop_duplicates()
    return {
        "reruns": len(rerun_results.stability),
        "leave_out": options.leave_out,
        "left_out": max(map(len, rerun_results.stability["left_out"]), default=0),
        "cases_left_out": int((left_out["kind"] == "case").sum()),
        "values_left_out": int((left_out["kind"] != "case").sum()),
    }
