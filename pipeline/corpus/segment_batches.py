"""Segments a large study in batches: what each worker does with the documents of its batch.

Sentences are split first; then the script is found, which requires all batches; then segments are written. A batch's
sentences are stored in a file of integers, written atomically.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core import atomic_files, model_registry, store
from pipeline.core.partition import Batch
from pipeline.core.terms import SegmentUnit
from pipeline.corpus import segmenting, sentences
from pipeline.corpus.segmenting import Talk
from pipeline.corpus.sentences import Heard, Sentence, Split


def split(batch: Batch, *, study: Path, folder: Path, model: str, documents: int) -> Heard:
    """Split a batch into sentences, store them in `folder`, and return those that may be script among all `documents`.

    A sentence in a given share of all documents is in that share of at least one batch's documents.
    """
    talk = _talk(batch, study)
    splitter = _splitter(model)
    by_turn = sentences.plain(talk.places, talk.texts, splitter, ruled=talk.beyond(sentences.known(splitter)))
    _keep(_file(folder, batch), by_turn)
    least = sentences.recurring(documents) * len(talk.texts) / documents if documents else 0
    return sentences.heard(talk.places, talk.texts, by_turn, least=least)


def count(batch: Batch, *, study: Path, folder: Path, among: Sequence[str]) -> Heard:
    """Return counts, in a batch, of sentences that may be script."""
    talk = _talk(batch, study)
    return sentences.heard(talk.places, talk.texts, _kept(_file(folder, batch), len(talk.turns)), among=among)


def write(
    batch: Batch,
    *,
    study: Path,
    folder: Path,
    script: Mapping[str, str],
    unit: SegmentUnit,
    max_words: int,
    min_words: int,
) -> pd.DataFrame:
    """Write the segments of a batch to a file in `folder`; return the batch's problems."""
    talk = _talk(batch, study)
    by_turn = _kept(_file(folder, batch), len(talk.turns))
    table = segmenting.segments(talk, by_turn, script=script, unit=unit, max_words=max_words, min_words=min_words)
    store.write_batch(written(folder, batch), "segments", table)
    return segmenting.problems(list(talk.texts), table)


def written(folder: Path, batch: Batch) -> Path:
    """Return the path of a batch's segments until all batches are joined."""
    return folder / f"{batch.name}.parquet"


def _talk(batch: Batch, study: Path) -> Talk:
    within = (batch.first, batch.last)
    return segmenting.talk(store.read(study, "documents", within=within), store.read(study, "turns", within=within))


@lru_cache(maxsize=1)
def _splitter(model: str) -> Split:
    return sentences.splitter(model_registry.load_spacy(model))


def _file(folder: Path, batch: Batch) -> Path:
    return folder / f"{batch.name}.npy"


def _keep(place: Path, by_turn: Sequence[Sequence[Sentence]]) -> None:
    """Write sentences as rows of turn, start, end and words."""
    rows = [(turn, one.start, one.end, one.words) for turn, inside in enumerate(by_turn) for one in inside]
    with atomic_files.beside(place) as temporary, temporary.open("wb") as file:
        np.save(file, np.array(rows, dtype=np.int64).reshape(len(rows), 4), allow_pickle=False)


def _kept(place: Path, turns: int) -> list[list[Sentence]]:
    by_turn: list[list[Sentence]] = [[] for _ in range(turns)]
    for turn, start, end, words in np.load(place, allow_pickle=False).tolist():
        by_turn[turn].append(Sentence(start, end, words))
    return by_turn
