"""Cluster a stratified sample of a large study and assign the other segments to the themes found.

The sample is proportional over documents and cases. Every other segment is assigned to the theme with the nearest
centroid, in batches, in this process or on workers. On coded data this agreed better with a clustering of all segments
than assignment by nearest neighbours. Vectors are rounded with `runs.exact`, so results do not depend on batches,
threads or machine.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.core import atomic_files, parallel, safe_removal
from pipeline.core import params as settings
from pipeline.core.terms import UNASSIGNED
from pipeline.inductive import grouping, runs
from pipeline.inductive.grouping import Groups, Talk

# Segments per batch, and segments compared with the whole sample at once.
BATCH, BLOCK = 16_384, 1_024
# Only segments farther from their centroid than this quantile of the sample can be outliers.
FAR = 0.1

Rows = dict[str, np.ndarray]
Assign = Callable[[Iterator[np.ndarray], "Fit"], Iterator[Rows]]


class Fit(NamedTuple):
    """A fitted sample that the other segments are compared with; arrays are float64, rounded to the grid.

    `middle`: (d,), the mean of the sample; `themes`: (themes, d) and `sub_themes`: (sub-themes, d), unit directions
    from the mean to the centroids of themes and sub-themes; `theme_of_sub_theme`: (sub-themes,); `sample`: (m, d);
    `far`: the cosine with its own centroid below which a segment may be an outlier; `unlike`: the similarity below
    which it is one.
    """

    middle: np.ndarray
    themes: np.ndarray
    sub_themes: np.ndarray
    theme_of_sub_theme: np.ndarray
    sample: np.ndarray
    far: float
    unlike: float


def grouped(
    talk: Talk,
    in_sample: np.ndarray,
    *,
    options: settings.Themes,
    seed: int = settings.SEED,
    assign: Assign | None = None,
) -> Groups:
    """Find themes with `grouping.grouped` in the sample and assign all other segments to them.

    `in_sample`: (n,), mask of the sample; `assign`: how batches are assigned, None for in this process. Themes and
    sub-themes are numbered by size, largest first.
    """
    sample_groups = grouping.grouped(grouping.selection(talk, in_sample), options=options, seed=seed)
    if in_sample.all():
        return sample_groups
    fit = fitted(talk.vectors[in_sample], sample_groups)
    unsampled = np.flatnonzero(~in_sample)
    blocks = (talk.vectors[unsampled[start : start + BATCH]] for start in range(0, len(unsampled), BATCH))
    batches = list((assign or in_process)(blocks, fit))
    assigned_groups = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    order = np.argsort(np.concatenate([np.flatnonzero(in_sample), unsampled]))
    themes, sub_themes, strength, likeness = (
        np.concatenate([getattr(sample_groups, name), assigned_groups[name]])[order]
        for name in ("themes", "sub_themes", "strength", "likeness")
    )
    by_size = _by_size(themes, strength.shape[1])
    theme_ranks = _rank_by_group(by_size)
    sub_theme_ranks = _rank_by_group(_by_size(sub_themes, len(fit.sub_themes)))
    return Groups(
        theme_ranks[themes],
        sub_theme_ranks[sub_themes],
        strength[:, by_size],
        likeness,
        sample_groups.curve,
        sample_groups.clusterings,
    )


def _by_size(numbers: np.ndarray, count: int) -> np.ndarray:
    """Return group numbers by decreasing size; ties keep their order."""
    return np.argsort(-np.bincount(numbers[numbers != UNASSIGNED], minlength=count), kind="stable")


def _rank_by_group(order: np.ndarray) -> np.ndarray:
    """Return the rank of each group; the last element, reached with index -1, is the rank of no group."""
    ranks = np.empty(len(order) + 1, dtype=np.int64)
    ranks[order], ranks[-1] = np.arange(len(order)), UNASSIGNED
    return ranks


def sampled(segments: pd.DataFrame, *, most: int, seed: int) -> np.ndarray:
    """Draw a proportional sample of about `most` segments; return it as a mask, (n,).

    Strata are the pairs of document and case. The draw depends on the seed and on names only, so an added document
    changes little; strata too small for one segment are included at random. All segments are taken if n <= `most`.
    """
    n = len(segments)
    if n <= most:
        return np.ones(n, dtype=bool)
    table = segments[["document", "case"]].astype(str).reset_index(drop=True)
    table["draw"] = [runs.draw(f"{seed}|{name}") for name in segments["segment_id"]]
    strata = table.groupby(["document", "case"], sort=False)["draw"]
    rank, size = strata.rank(method="first") - 1, strata.transform("size")
    pairs = table.drop_duplicates(["document", "case"])[["document", "case"]]
    start = {pair: runs.draw(f"{seed}|{pair[0]}|{pair[1]}") for pair in pairs.itertuples(index=False, name=None)}
    began = np.array([start[pair] for pair in zip(table["document"], table["case"], strict=True)])
    return np.asarray(rank + began < most / n * size)


def fitted(vectors: np.ndarray, groups: Groups) -> Fit:
    """Return the fit of a clustered sample; `vectors`: (m, d), as they were clustered."""
    sample = runs.exact(vectors)
    middle = _grid(sample.mean(axis=0))
    themes, sub_themes = (_directions(sample, middle, numbers) for numbers in (groups.themes, groups.sub_themes))
    inside = groups.themes != UNASSIGNED
    theme_of_sub_theme = np.full(len(sub_themes), UNASSIGNED, dtype=np.int64)
    theme_of_sub_theme[groups.sub_themes[inside]] = groups.themes[inside]
    own_cosines = _cosines(sample, middle, themes)[inside, groups.themes[inside]]
    lowest = float(np.sort(groups.likeness)[int(grouping.MOST_UNLIKE * len(groups.likeness))])
    unlike = min(grouping.unlike_below(groups.likeness), lowest)
    return Fit(
        middle,
        themes,
        sub_themes,
        theme_of_sub_theme,
        sample,
        float(np.quantile(own_cosines, FAR, method="lower")),
        unlike,
    )


def assigned(vectors: np.ndarray, fit: Fit) -> Rows:
    """Assign segments outside the sample; `vectors`: (n, d).

    Returns `themes` and `sub_themes` (n,), -1 for none; `strength` (n, themes), positive cosines with the theme
    directions, normalised to sum to 1; and `likeness` (n,), the mean cosine with the nearest segments of the sample, or
    1 for segments too close to their theme to be outliers.
    """
    grid_vectors = runs.exact(vectors)
    cosines = _cosines(grid_vectors, fit.middle, fit.themes)
    themes = cosines.argmax(axis=1)
    sub_theme_cosines = np.where(
        fit.theme_of_sub_theme == themes[:, None], _cosines(grid_vectors, fit.middle, fit.sub_themes), -np.inf
    )
    sub_themes = sub_theme_cosines.argmax(axis=1)
    weights = np.maximum(cosines, 0.0)
    weights[np.arange(len(grid_vectors)), themes] = np.maximum(weights.max(axis=1), 1e-9)
    strength = np.round(weights / weights.sum(axis=1, keepdims=True), 6)
    likeness = np.ones(len(grid_vectors))
    far = np.flatnonzero(cosines.max(axis=1) < fit.far)
    for start in range(0, len(far), BLOCK):
        block = far[start : start + BLOCK]
        likeness[block] = np.round(_nearest(grid_vectors[block], fit.sample), 6)
    outliers = likeness < fit.unlike
    return {
        "themes": np.where(outliers, UNASSIGNED, themes),
        "sub_themes": np.where(outliers, UNASSIGNED, sub_themes),
        "strength": strength,
        "likeness": likeness,
    }


def _grid(vector: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(vector * runs.GRID) / runs.GRID)


def _directions(grid_vectors: np.ndarray, middle: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return the unit direction from the overall mean to each group's centroid, (groups, d)."""
    groups = [grid_vectors[numbers == number] for number in range(int(numbers.max(initial=UNASSIGNED)) + 1)]
    return runs.exact(
        np.stack([members.mean(axis=0) - middle if len(members) else np.zeros_like(middle) for members in groups])
    )


def _cosines(grid_vectors: np.ndarray, middle: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Return cosines around the mean, (rows, directions); products are exact, so batching does not matter."""
    centred = grid_vectors - middle
    lengths = np.sqrt(np.einsum("ij,ij->i", centred, centred, optimize=False))
    return np.asarray((centred @ directions.T) / np.where(lengths > 0, lengths, 1.0)[:, None])


def _nearest(grid_vectors: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Return the mean cosine of each row with its nearest neighbours in the sample, (rows,)."""
    cosines = grid_vectors @ sample.T
    count = min(grouping.NEAREST, cosines.shape[1])
    return np.asarray(np.sort(np.partition(-cosines, count - 1, axis=1)[:, :count], axis=1).mean(axis=1) * -1)


def in_process(blocks: Iterator[np.ndarray], fit: Fit) -> Iterator[Rows]:
    """Assign batches of vectors in this process."""
    return (assigned(block, fit) for block in blocks)


def assign_batch(batch_path: Path, *, fit_path: Path) -> Path:
    """Assign one batch: read vectors from a file, write their groups to a file beside it, return its path."""
    with np.load(fit_path, allow_pickle=False) as stored:
        sample_fit = Fit(*(stored[name] for name in Fit._fields))
    groups_path = batch_path.with_suffix(".groups.npz")
    _save(groups_path, assigned(np.load(batch_path, allow_pickle=False), sample_fit))
    return groups_path


def in_batches(blocks: Iterator[np.ndarray], fit: Fit, *, folder: Path) -> Iterator[Rows]:
    """Assign batches of vectors on workers through files in `folder`; yield their groups in order."""
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / "fit.npz", fit._asdict())
    batch_paths = []
    for number, block in enumerate(blocks):
        batch_paths.append(folder / f"{number:06}.npy")
        np.save(batch_paths[-1], block, allow_pickle=False)
    for groups_path in parallel.each(partial(assign_batch, fit_path=folder / "fit.npz"), batch_paths):
        with np.load(groups_path, allow_pickle=False) as stored:
            yield {name: stored[name] for name in stored.files}


def in_scratch_batches(scratch: Path, blocks: Iterator[np.ndarray], fit: Fit) -> Iterator[Rows]:
    """Assign batches of vectors on workers through a scratch folder that is removed afterwards."""
    with safe_removal.scratch(scratch) as folder:
        yield from in_batches(blocks, fit, folder=folder)


def _save(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays atomically."""
    with atomic_files.beside(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
