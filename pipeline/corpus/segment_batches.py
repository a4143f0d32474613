"""Segmenting a large study part by part: what each worker does with the documents of its part.

Sentences first, then what is script, which takes all parts, then the segments. A part's sentences wait in a file of
plain numbers; a worker that is killed leaves none or a whole one.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core import atomic_files, model_registry, store
from pipeline.core.partition import Part
from pipeline.core.terms import SegmentUnit
from pipeline.corpus import segmenting, sentences
from pipeline.corpus.segmenting import Talk
from pipeline.corpus.sentences import Heard, Sentence, Split


def split(part: Part, *, study: Path, folder: Path, model: str, documents: int) -> Heard:
    """Find the sentences of a part, keep them in `folder`, and return those that may be script of all `documents`.

    What stands in a share of all documents stands in that share of some part's at least.
    """
    talk = _talk(part, study)
    splitter = _splitter(model)
    found = sentences.plain(talk.places, talk.texts, splitter, ruled=talk.beyond(sentences.known(splitter)))
    _keep(_file(folder, part), found)
    least = sentences.recurring(documents) * len(talk.texts) / documents if documents else 0
    return sentences.heard(talk.places, talk.texts, found, least=least)


def count(part: Part, *, study: Path, folder: Path, among: Sequence[str]) -> Heard:
    """Count sentences that may be script in a part."""
    talk = _talk(part, study)
    return sentences.heard(talk.places, talk.texts, _kept(_file(folder, part), len(talk.turns)), among=among)


def write(
    part: Part,
    *,
    study: Path,
    folder: Path,
    script: Mapping[str, str],
    unit: SegmentUnit,
    max_words: int,
    min_words: int,
) -> pd.DataFrame:
    """Write the segments of a part to a file of their own in `folder`; return the part's problems."""
    talk = _talk(part, study)
    found = _kept(_file(folder, part), len(talk.turns))
    table = segmenting.segments(talk, found, script=script, unit=unit, max_words=max_words, min_words=min_words)
    store.write_part(written(folder, part), "segments", table)
    return segmenting.problems(list(talk.texts), table)


def written(folder: Path, part: Part) -> Path:
    """Where a part's segments lie until all parts are joined."""
    return folder / f"{part.name}.parquet"


def _talk(part: Part, study: Path) -> Talk:
    within = (part.first, part.last)
    return segmenting.talk(store.read(study, "documents", within=within), store.read(study, "turns", within=within))


@lru_cache(maxsize=1)
def _splitter(model: str) -> Split:
    return sentences.splitter(model_registry.load_spacy(model))


def _file(folder: Path, part: Part) -> Path:
    return folder / f"{part.name}.npy"


def _keep(place: Path, found: Sequence[Sequence[Sentence]]) -> None:
    """Write sentences as rows of turn, start, end and words."""
    rows = [(turn, one.start, one.end, one.words) for turn, inside in enumerate(found) for one in inside]
    with atomic_files.beside(place) as temporary, temporary.open("wb") as file:
        np.save(file, np.array(rows, dtype=np.int64).reshape(len(rows), 4), allow_pickle=False)


def _kept(place: Path, turns: int) -> list[list[Sentence]]:
    found: list[list[Sentence]] = [[] for _ in range(turns)]
    for turn, start, end, words in np.load(place, allow_pickle=False).tolist():
        found[turn].append(Sentence(start, end, words))
    return found
