"""Reruns: the themes made again without some documents, cases or sites, as many times as the study's size allows."""

import numpy as np
import pandas as pd

from pipeline import clusters, steadiness
from pipeline import params as settings
from pipeline.grouping import Groups, Talk, again_of, left_of


def stability(
    talk: Talk, themes: np.ndarray, *, options: settings.Themes, measured: bool
) -> tuple[pd.DataFrame, np.ndarray]:
    """The runs without some documents, and the mean Jaccard of each theme in them.

    As many as `rerun_segments` allows, half of which is kept for the sites themes lean on; but three first, where it is
    small. `measured` False, where there was nothing to divide: none.
    """
    documents, n = talk.segments["document"].to_numpy(), max(len(talk.segments), 1)
    affordable = max(options.rerun_segments // (2 * n), min(3, options.rerun_segments // n))
    runs = min(options.stability_runs, affordable) if measured else 0
    left_out = steadiness.drawn(documents, runs=runs, share=options.leave_out, seed=options.seed)
    return steadiness.leave_out(documents, themes, again_of(talk, options=options), left_out=left_out)


def dependence(
    talk: Talk, themes: np.ndarray, cases: pd.DataFrame, *, options: settings.Themes, found: Groups, spent: int
) -> pd.DataFrame:
    """What is left of each theme without the cases and values it leans on: rows of theme_dependence, by theme.

    `found`: the groups of the talk, whose runs show what is left without most cases. The others, and values of
    attributes, are clustered again: as many as `rerun_segments` allows when `spent` of it are gone.
    """
    columns = ["theme", "kind", "name", "share", "jaccard", "remains"]
    made = found.made
    if made is None:
        return pd.DataFrame(columns=columns)
    allowed = max(options.rerun_segments - spent, 0) // max(len(talk.segments), 1)
    chosen = []
    for kind, name in steadiness.candidates(talk.segments, themes, cases, most=options.drop_one):
        known = clusters.enough(made, ~steadiness.of(talk.segments, cases, kind=kind, name=name))
        if known or allowed > 0:
            chosen.append((kind, name))
            allowed -= not known
    again = left_of(talk, found, options=options)
    return pd.DataFrame(steadiness.without(talk.segments, themes, cases, again, chosen=chosen), columns=columns)
