"""Embed: turns segments into vectors, including the interviewer's, so that questions can be compared with answers.

Questions that were asked again, in other interviews and other words, are told by their vectors (`vectors.guide`).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core import parallel, safe_removal, stage_runner, store
from pipeline.core import params as settings
from pipeline.core.partition import Batch, partition
from pipeline.core.stage_record import Record
from pipeline.core.study_paths import Places
from pipeline.corpus import guide_file
from pipeline.corpus.guide_file import Question
from pipeline.vectors import encoder, guide
from pipeline.vectors.encoder import Used
from pipeline.vectors.onnx_bert import Floats

# The cache file of a study with one batch, and the folder of cache files of a larger one.
CACHE, CACHES = "vectors.parquet", "vectors"
# The cache file of the vectors of questions.
QUESTIONS = "questions.parquet"
NOTHING = np.zeros(1)


def embeddings(segments: pd.DataFrame, *, encode: Callable[[list[str]], Floats]) -> pd.DataFrame:
    """Return the table embeddings: one unit vector per segment, in the segments' order."""
    vectors = encode(segments["text"].tolist())
    return pd.DataFrame({"segment_id": segments["segment_id"].to_numpy(), "vector": list(vectors)})


def of_batch(
    batch: Batch,
    *,
    study: Path,
    folder: Path,
    caches: dict[str, Path],
    others: Sequence[Path],
    options: settings.Embed,
) -> Used:
    """Write the embeddings of a batch to a file in `folder`; return what they were computed with."""
    used: list[Used] = []
    encode = partial(
        encoder.encode,
        **options.model_dump(),
        cache=caches[batch.name],
        others=others,
        progress=len(caches) == 1,
        tell=used.append,
    )
    table = embeddings(store.read(study, "segments", within=(batch.first, batch.last)), encode=encode)
    store.write_batch(_written(folder, batch), "embeddings", table)
    return used[0]


def by_batches(study: Path, folder: Path, *, options: settings.Embed) -> Record:
    """Write the embeddings table of a study in batches, with temporary files in `folder`; return the record.

    Each batch has a cache of its own; caches of former batches are reused, then deleted.
    """
    batches = partition(store.words(study, "segments"))
    cache_folder = Places(study).cache
    caches = {batch.name: cache_folder / CACHES / f"{batch.name}.parquet" for batch in batches}
    if len(batches) == 1:
        caches = {batches[0].name: cache_folder / CACHE}
    stale = sorted({*(cache_folder / CACHES).glob("*.parquet"), *cache_folder.glob(CACHE)} - set(caches.values()))
    work = partial(of_batch, study=study, folder=folder, caches=caches, others=stale, options=options)
    used = parallel.each(work, batches, threaded=True)
    store.join(study, "embeddings", [_written(folder, batch) for batch in batches])
    for stale_cache in stale:
        stale_cache.unlink()
    return record(used)


def _written(folder: Path, batch: Batch) -> Path:
    return folder / f"{batch.name}.parquet"


def questions(study: Path, entries: Sequence[Question], *, options: settings.Embed) -> dict[str, pd.DataFrame]:
    """Return the tables guide and prompts of a study whose embeddings are written. `entries`: of guide.yaml."""
    vectors = store.read(study, "embeddings")["vector"]
    encode = partial(encoder.encode, **options.model_dump(), cache=Places(study).cache / QUESTIONS)
    return guide.tables(
        store.read(study, "segments"),
        store.read(study, "documents"),
        entries,
        encode=encode,
        common=np.asarray(np.mean(np.stack(vectors.to_list()), axis=0, dtype=np.float64)) if len(vectors) else NOTHING,
    )


def record(used: Sequence[Used]) -> Record:
    """Return the stage's record from what each batch was computed with; workers may run on other machines."""
    first = used[0]
    return Record(
        asdict(first), place=sorted({batch.place for batch in used}), way=sorted({batch.way for batch in used})
    )


def main() -> None:
    """Embed the study's segments; vectors of texts that were embedded before come from the study's side cache."""
    with (
        stage_runner.opened("embed") as params,
        safe_removal.scratch(params.places.cache / "embed") as folder,
        parallel.opened(params.engine, workers=params.workers),
    ):
        entries = guide_file.load(params.places.guide)
        done = by_batches(params.folder, folder, options=params.embed)
        for name, table in questions(params.folder, entries, options=params.embed).items():
            store.write(params.folder, name, table)
        store.write(params.folder, "embed_record", done.table())


if __name__ == "__main__":
    main()
