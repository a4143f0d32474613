"""Assigning: the themes of a study too large to cluster whole are found in a sample of it, and the rest joins them.

The sample takes its share of every document and case. Every other segment joins the theme whose middle it is nearest
to, part by part, here or on workers. On coded sets, that put the rest more often where a clustering of the whole set
puts it than its nearest segments of the sample did. Vectors are on the grid of `runs.exact`, so that no result depends
on the part, the number of threads, or the machine.
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

# Segments of a part, and of those among them that are compared with the whole sample at once.
PART, BLOCK = 16_384, 1_024
# Only segments as far from their theme's middle as this share of the sample can be unlike anything else.
FAR = 0.1

Rows = dict[str, np.ndarray]
Assign = Callable[[Iterator[np.ndarray], "Fit"], Iterator[Rows]]


class Fit(NamedTuple):
    """What the rest of a study is compared with: float64 on the grid, but for the numbers.

    `middle`: (d,) of all segments of the sample; `themes`: (themes, d) and `parts`: (parts, d), the directions from it
    to the middles of themes and parts; `theme_of_part`: (parts,); `sample`: (m, d); `far`: the cosine with its own
    middle below which a segment may be unlike anything else, and `unlike`: the likeness below which it is.
    """

    middle: np.ndarray
    themes: np.ndarray
    parts: np.ndarray
    theme_of_part: np.ndarray
    sample: np.ndarray
    far: float
    unlike: float


def grouped(
    talk: Talk,
    looked: np.ndarray,
    *,
    options: settings.Themes,
    seed: int = settings.SEED,
    assign: Assign | None = None,
) -> Groups:
    """The themes of all the talk, as `grouping.grouped` finds them in the part that is looked at (a mask).

    The largest theme and part come first again. `assign`: `by_parts` with its options, or None for here and now.
    """
    found = grouping.grouped(grouping.part_of(talk, looked), options=options, seed=seed)
    if looked.all():
        return found
    fit = fitted(talk.vectors[looked], found)
    rest = np.flatnonzero(~looked)
    blocks = (talk.vectors[rest[start : start + PART]] for start in range(0, len(rest), PART))
    done = list((assign or here)(blocks, fit))
    whole = {name: np.concatenate([rows[name] for rows in done]) for name in done[0]}
    order = np.argsort(np.concatenate([np.flatnonzero(looked), rest]))
    themes, parts, strength, likeness = (
        np.concatenate([getattr(found, name), whole[name]])[order]
        for name in ("themes", "parts", "strength", "likeness")
    )
    by_size = _by_size(themes, strength.shape[1])
    ranked = _ranks(by_size)
    part_ranks = _ranks(_by_size(parts, len(fit.parts)))
    return Groups(ranked[themes], part_ranks[parts], strength[:, by_size], likeness, found.curve, found.made)


def _by_size(numbers: np.ndarray, count: int) -> np.ndarray:
    """Groups in order of size, the largest first, of equals the one that was first."""
    return np.argsort(-np.bincount(numbers[numbers != UNASSIGNED], minlength=count), kind="stable")


def _ranks(order: np.ndarray) -> np.ndarray:
    """For each group its place in an order; last, where -1 finds it, that of none."""
    ranks = np.empty(len(order) + 1, dtype=np.int64)
    ranks[order], ranks[-1] = np.arange(len(order)), UNASSIGNED
    return ranks


def sampled(segments: pd.DataFrame, *, most: int, seed: int) -> np.ndarray:
    """Which segments (a mask) a clustering of about `most` segments looks at: all of them if they are no more.

    The same share of each document and case, to a segment; which ones, the names alone decide, so that a document more
    changes little. A stratum too small for a segment of its own is taken or not by its own draw.
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
    """The fit of a sample whose themes were found; `vectors` as they were clustered."""
    sample = runs.exact(vectors)
    middle = _grid(sample.mean(axis=0))
    themes, parts = (_directions(sample, middle, numbers) for numbers in (groups.themes, groups.parts))
    inside = groups.themes != UNASSIGNED
    theme_of_part = np.full(len(parts), UNASSIGNED, dtype=np.int64)
    theme_of_part[groups.parts[inside]] = groups.themes[inside]
    own = _cosines(sample, middle, themes)[inside, groups.themes[inside]]
    lowest = float(np.sort(groups.likeness)[int(grouping.MOST_UNLIKE * len(groups.likeness))])
    unlike = min(grouping.unlike_below(groups.likeness), lowest)
    return Fit(middle, themes, parts, theme_of_part, sample, float(np.quantile(own, FAR, method="lower")), unlike)


def assigned(vectors: np.ndarray, fit: Fit) -> Rows:
    """The theme, part, strength in each theme and likeness of segments outside the sample.

    Strength: how far each theme's middle is in the segment's direction from the middle of all, as shares of 1. Likeness
    is to the nearest of the sample, and 1 where the segment is so near to its theme that nobody asks.
    """
    rows = runs.exact(vectors)
    cosines = _cosines(rows, fit.middle, fit.themes)
    themes = cosines.argmax(axis=1)
    to_parts = np.where(fit.theme_of_part == themes[:, None], _cosines(rows, fit.middle, fit.parts), -np.inf)
    parts = to_parts.argmax(axis=1)
    weights = np.maximum(cosines, 0.0)
    weights[np.arange(len(rows)), themes] = np.maximum(weights.max(axis=1), 1e-9)
    strength = np.round(weights / weights.sum(axis=1, keepdims=True), 6)
    likeness = np.ones(len(rows))
    far = np.flatnonzero(cosines.max(axis=1) < fit.far)
    for start in range(0, len(far), BLOCK):
        some = far[start : start + BLOCK]
        likeness[some] = np.round(_nearest(rows[some], fit.sample), 6)
    apart = likeness < fit.unlike
    return {
        "themes": np.where(apart, UNASSIGNED, themes),
        "parts": np.where(apart, UNASSIGNED, parts),
        "strength": strength,
        "likeness": likeness,
    }


def _grid(vector: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(vector * runs.GRID) / runs.GRID)


def _directions(rows: np.ndarray, middle: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Of each group, the unit direction from the middle of all to its own."""
    inside = [rows[numbers == number] for number in range(int(numbers.max(initial=UNASSIGNED)) + 1)]
    return runs.exact(np.stack([one.mean(axis=0) - middle if len(one) else np.zeros_like(middle) for one in inside]))


def _cosines(rows: np.ndarray, middle: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Cosines around the middle, (rows, directions); the products are exact, so rows can be taken in any parts."""
    apart = rows - middle
    lengths = np.sqrt(np.einsum("ij,ij->i", apart, apart, optimize=False))
    return np.asarray((apart @ directions.T) / np.where(lengths > 0, lengths, 1.0)[:, None])


def _nearest(rows: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """The mean cosine of each row with its nearest few in the sample."""
    cosines = rows @ sample.T
    count = min(grouping.NEAREST, cosines.shape[1])
    return np.asarray(np.sort(np.partition(-cosines, count - 1, axis=1)[:, :count], axis=1).mean(axis=1) * -1)


def here(blocks: Iterator[np.ndarray], fit: Fit) -> Iterator[Rows]:
    """Assign blocks of vectors in this process."""
    return (assigned(block, fit) for block in blocks)


def of_part(place: Path, *, fit: Path) -> Path:
    """Assign the segments of a part: vectors of a file to groups in a file beside it, which is returned."""
    with np.load(fit, allow_pickle=False) as stored:
        known = Fit(*(stored[name] for name in Fit._fields))
    found = place.with_suffix(".groups.npz")
    _save(found, assigned(np.load(place, allow_pickle=False), known))
    return found


def by_parts(blocks: Iterator[np.ndarray], fit: Fit, *, folder: Path) -> Iterator[Rows]:
    """Assign blocks of vectors on workers, by way of files in `folder`; yield their groups in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / "fit.npz", fit._asdict())
    places = []
    for number, block in enumerate(blocks):
        places.append(folder / f"{number:06}.npy")
        np.save(places[-1], block, allow_pickle=False)
    for found in parallel.each(partial(of_part, fit=folder / "fit.npz"), places):
        with np.load(found, allow_pickle=False) as stored:
            yield {name: stored[name] for name in stored.files}


def by_way_of(scratch: Path, blocks: Iterator[np.ndarray], fit: Fit) -> Iterator[Rows]:
    """Assign blocks of vectors on workers, by way of a folder that is gone afterwards."""
    with safe_removal.scratch(scratch) as folder:
        yield from by_parts(blocks, fit, folder=folder)


def _save(place: Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays whole or not at all."""
    with atomic_files.beside(place) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
