"""Reruns of the themes without some documents, cases or groups of participants, within a budget."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from pipeline.core import parallel
from pipeline.core import params as settings
from pipeline.inductive import clusters, grouping, runs, steadiness
from pipeline.inductive.grouping import Groups, Talk


@dataclass(frozen=True)
class Steady:
    """Results of the reruns.

    `stability`: the table theme_stability; `means`: (themes,), the mean Jaccard similarity of each theme over the runs;
    `dependence`: rows of theme_dependence by theme number.
    """

    stability: pd.DataFrame
    means: np.ndarray
    dependence: pd.DataFrame


@contextmanager
def begun(
    talk: Talk,
    themes: np.ndarray,
    cases: pd.DataFrame,
    *,
    options: settings.Themes,
    groups: Groups,
    seed: int = settings.SEED,
) -> Iterator[Callable[[], Steady]]:
    """Start all reruns in parallel; the yielded function waits for them and returns their results.

    `themes`: (n,), after decisions; `groups`: the groups, whose runs are reused where a case is left out.
    """
    left_out = _left_out(talk, options=options, seed=seed, measured=groups.clusterings is not None)
    documents = talk.segments["document"].to_numpy()
    masks = steadiness.remaining(documents, left_out)
    chosen = _chosen(talk, themes, cases, options=options, groups=groups, spent=sum(int(mask.sum()) for mask in masks))
    without_candidate = [~steadiness.members_of(talk.segments, cases, kind=kind, name=name) for kind, name in chosen]

    # Workers get document names and vectors, no text.
    text_free = replace(talk, segments=talk.segments[["document"]])
    work = partial(_rerun, talk=text_free, groups=groups, options=options, seed=seed)
    tasks = [*((mask, False) for mask in masks), *((mask, True) for mask in without_candidate)]
    clustered = sum(int(mask.sum()) for mask in masks)
    with parallel.begun(work, tasks, seconds=runs.seconds(clustered, runs=options.runs)) as ended:

        def steady() -> Steady:
            themes_of_runs = ended()
            stability, means = steadiness.leave_out(documents, themes, themes_of_runs[: len(masks)], left_out=left_out)
            dependence = steadiness.dependence(
                talk.segments, themes, cases, themes_of_runs[len(masks) :], chosen=chosen
            )
            columns = ["theme", "kind", "name", "share", "jaccard", "remains"]
            return Steady(stability, means, pd.DataFrame(dependence, columns=columns))

        yield steady


def _rerun(
    task: tuple[np.ndarray, bool], *, talk: Talk, groups: Groups, options: settings.Themes, seed: int
) -> np.ndarray:
    """Return the themes of the segments that a task selects, from the runs in `groups` if the task says so."""
    remaining, reuse = task
    if reuse:
        return grouping.regroup(talk, remaining, groups=groups, options=options, seed=seed)
    return grouping.recluster(talk, remaining, options=options, seed=seed)


def _left_out(talk: Talk, *, options: settings.Themes, seed: int, measured: bool) -> list[list[str]]:
    """Draw the documents that each run leaves out, for as many runs as `rerun_segments` allows.

    A quarter of the budget, or three runs, is used; the rest is for leaving out cases and groups. None if `measured` is
    False, because nothing was clustered.
    """
    n = max(len(talk.segments), 1)
    affordable = max(options.rerun_segments // (4 * n), min(3, options.rerun_segments // n))
    runs = min(options.stability_runs, affordable) if measured else 0
    documents = talk.segments["document"].to_numpy()
    return steadiness.draw_left_out(documents, runs=runs, share=options.leave_out, seed=seed)


def _chosen(
    talk: Talk, themes: np.ndarray, cases: pd.DataFrame, *, options: settings.Themes, groups: Groups, spent: int
) -> list[tuple[str, str]]:
    """Return the cases and attribute values, as (kind, name), that are left out one at a time.

    These are all candidates for which existing runs suffice, and as many others as the rest of the budget
    (`rerun_segments` less `spent`) allows, since those need a new clustering.
    """
    if groups.clusterings is None:
        return []
    allowed = max(options.rerun_segments - spent, 0) // max(len(talk.segments), 1)
    chosen = []
    for kind, name in steadiness.candidates(talk.segments, themes, cases, most=options.drop_one):
        reusable = clusters.enough(
            groups.clusterings, ~steadiness.members_of(talk.segments, cases, kind=kind, name=name)
        )
        if reusable or allowed > 0:
            chosen.append((kind, name))
            allowed -= not reusable
    return chosen
