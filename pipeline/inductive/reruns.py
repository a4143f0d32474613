"""Reruns: the themes made again without some documents, cases or sites, as many times as the study's size allows."""

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
    """Table theme_stability, the mean Jaccard of each theme in its runs, and rows of theme_dependence, by theme."""

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
    """Begin all reruns beside whatever else there is to do; what is yielded gives what came of them.

    `themes`: of the talk, as decisions left them; `found`: its groups, whose runs show what is left without most cases.
    """
    left_out = _left_out(talk, options=options, seed=seed, measured=found.made is not None)
    documents = talk.segments["document"].to_numpy()
    kept = steadiness.kept(documents, left_out)
    chosen = _chosen(talk, themes, cases, options=options, found=found, spent=sum(int(mask.sum()) for mask in kept))
    stays = [~steadiness.of(talk.segments, cases, kind=kind, name=name) for kind, name in chosen]

    # Workers see no text: a clustering reads the documents' names and the vectors.
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
    """The themes of a part of the talk (a mask), from the runs behind `found` where the task says so."""
    stays, known = task
    if known:
        return grouping.left(talk, stays, found=found, options=options, seed=seed)
    return grouping.again(talk, stays, options=options, seed=seed)


def _left_out(talk: Talk, *, options: settings.Themes, seed: int, measured: bool) -> list[list[str]]:
    """The documents each run leaves out, as many times as `rerun_segments` allows.

    A quarter of that, or what three runs take; the rest is for the sites themes lean on. `measured` False, where there
    was nothing to divide: none.
    """
    n = max(len(talk.segments), 1)
    affordable = max(options.rerun_segments // (4 * n), min(3, options.rerun_segments // n))
    runs = min(options.stability_runs, affordable) if measured else 0
    documents = talk.segments["document"].to_numpy()
    return steadiness.drawn(documents, runs=runs, share=options.leave_out, seed=seed)


def _chosen(
    talk: Talk, themes: np.ndarray, cases: pd.DataFrame, *, options: settings.Themes, found: Groups, spent: int
) -> list[tuple[str, str]]:
    """The cases and values of attributes (kind, name) that are left out, one at a time.

    All cases that themes lean on of which the runs tell enough. The others, and values of attributes, are clustered
    again: as many as `rerun_segments` allows when `spent` of it are gone.
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
