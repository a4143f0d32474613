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
    found: Groups,
    seed: int = settings.SEED,
) -> Iterator[Callable[[], Steady]]:
    """Start all reruns in parallel; the yielded function waits for them and returns their results.

    `themes`: (n,), after decisions; `found`: the groups, whose runs are reused where a case is left out.
    """
    left_out = _left_out(talk, options=options, seed=seed, measured=found.made is not None)
    documents = talk.segments["document"].to_numpy()
    kept = steadiness.kept(documents, left_out)
    chosen = _chosen(talk, themes, cases, options=options, found=found, spent=sum(int(mask.sum()) for mask in kept))
    stays = [~steadiness.of(talk.segments, cases, kind=kind, name=name) for kind, name in chosen]

    # Workers get document names and vectors, no text.
    bare = replace(talk, segments=talk.segments[["document"]])
    work = partial(_again, talk=bare, found=found, options=options, seed=seed)
    tasks = [*((mask, False) for mask in kept), *((mask, True) for mask in stays)]
    clustered = sum(int(mask.sum()) for mask in kept)
    with parallel.begun(work, tasks, seconds=runs.seconds(clustered, runs=options.runs)) as ended:

        def steady() -> Steady:
            others = ended()
            stability, means = steadiness.leave_out(documents, themes, others[: len(kept)], left_out=left_out)
            rows = steadiness.without(talk.segments, themes, cases, others[len(kept) :], chosen=chosen)
            columns = ["theme", "kind", "name", "share", "jaccard", "remains"]
            return Steady(stability, means, pd.DataFrame(rows, columns=columns))

        yield steady


def _again(
    task: tuple[np.ndarray, bool], *, talk: Talk, found: Groups, options: settings.Themes, seed: int
) -> np.ndarray:
    """Return the themes of the segments that a task selects, from the runs in `found` if the task says so."""
    stays, known = task
    if known:
        return grouping.left(talk, stays, found=found, options=options, seed=seed)
    return grouping.again(talk, stays, options=options, seed=seed)


def _left_out(talk: Talk, *, options: settings.Themes, seed: int, measured: bool) -> list[list[str]]:
    """Draw the documents that each run leaves out, for as many runs as `rerun_segments` allows.

    A quarter of the budget, or three runs, is used; the rest is for leaving out cases and groups. None if `measured` is
    False, because nothing was clustered.
    """
    n = max(len(talk.segments), 1)
    affordable = max(options.rerun_segments // (4 * n), min(3, options.rerun_segments // n))
    runs = min(options.stability_runs, affordable) if measured else 0
    documents = talk.segments["document"].to_numpy()
    return steadiness.drawn(documents, runs=runs, share=options.leave_out, seed=seed)


def _chosen(
    talk: Talk, themes: np.ndarray, cases: pd.DataFrame, *, options: settings.Themes, found: Groups, spent: int
) -> list[tuple[str, str]]:
    """Return the cases and attribute values, as (kind, name), that are left out one at a time.

    These are all candidates for which existing runs suffice, and as many others as the rest of the budget
    (`rerun_segments` less `spent`) allows, since those need a new clustering.
    """
    if found.made is None:
        return []
    allowed = max(options.rerun_segments - spent, 0) // max(len(talk.segments), 1)
    chosen = []
    for kind, name in steadiness.candidates(talk.segments, themes, cases, most=options.drop_one):
        known = clusters.enough(found.made, ~steadiness.of(talk.segments, cases, kind=kind, name=name))
        if known or allowed > 0:
            chosen.append((kind, name))
            allowed -= not known
    return chosen
