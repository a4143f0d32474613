"""Segment: divides turns into units of analysis, whole sentences of one turn, each linked to its question."""

from dataclasses import asdict
from functools import partial
from pathlib import Path

import pandas as pd

from pipeline.core import languages, model_registry, parallel, safe_removal, stage_runner, store
from pipeline.core import params as settings
from pipeline.core.partition import partition
from pipeline.core.stage_record import Record, library
from pipeline.core.terms import SegmentUnit
from pipeline.corpus import segment_batches, segmenting, sentences
from pipeline.corpus.sentences import Split

# Approximate speed of sentence splitting in words per second; decides only whether to use worker processes.
WORDS_A_SECOND = 10_000


def segment(
    documents: pd.DataFrame,
    turns: pd.DataFrame,
    *,
    split: Split,
    unit: SegmentUnit,
    max_words: int,
    min_words: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the segments of a study, sorted by document and position, and the problems found.

    `split`: returns sentence spans for each text; documents in a language it does not know (see `sentences.Splitter`)
    are split by rules. Every letter of every turn is in exactly one segment; segments without content of their own are
    kept and marked in `set_aside` (see `segmenting.aside`).
    """
    talk = segmenting.talk(documents, turns)
    by_turn = sentences.plain(talk.places, talk.texts, split, ruled=talk.beyond(sentences.known(split)))
    script = sentences.script([sentences.heard(talk.places, talk.texts, by_turn)], documents=len(talk.texts))
    table = segmenting.segments(talk, by_turn, script=script, unit=unit, max_words=max_words, min_words=min_words)
    return table, segmenting.problems(list(talk.texts), table)


def by_batches(study: Path, folder: Path, *, options: settings.Segment) -> pd.DataFrame:
    """Write the segments table of a study in batches, with temporary files in `folder`; return the problems found.

    Gives the same bytes as `segment`, whatever the batches and wherever they are processed.
    """
    n_words = store.words(study, "documents")
    batches = partition(n_words)
    run = partial(parallel.each, tasks=batches, seconds=float(n_words.sum()) / WORDS_A_SECOND)
    sentences_heard = run(
        partial(segment_batches.split, study=study, folder=folder, model=options.model, documents=len(n_words))
    )
    among = sorted({words_said for batch in sentences_heard for words_said in batch})
    if among and len(batches) > 1:
        sentences_heard = run(partial(segment_batches.count, study=study, folder=folder, among=among))
    script = sentences.script(sentences_heard, documents=len(n_words))
    split_options = options.model_dump(exclude={"model"})
    problems = run(partial(segment_batches.write, study=study, folder=folder, script=script, **split_options))
    store.join(study, "segments", [segment_batches.written(folder, batch) for batch in batches])
    return pd.concat(problems, ignore_index=True)


def record(
    counts: pd.DataFrame,
    *,
    options: settings.Segment,
    sentences_by: model_registry.SpacyPipeline,
    spoken: pd.DataFrame | None = None,
) -> Record:
    """Return the stage's record.

    `counts`: segments (`n`) by substantive and set_aside; `sentences_by`: the splitter; `spoken`: documents (`n`) by
    language.
    """
    model_languages = frozenset([sentences_by.language]) - {"", sentences.ANY_LANGUAGE}
    documents = [] if spoken is None else zip(spoken["language"].tolist(), spoken["n"].tolist(), strict=True)
    by_punctuation = {
        str(language): int(count)
        for language, count in documents
        if model_languages and language not in (*model_languages, languages.UNKNOWN)
    }
    used = counts["substantive"].astype(bool)
    set_aside = counts[~used].groupby("set_aside")["n"].sum()
    return Record(
        unit=options.unit,
        max_words=options.max_words,
        min_words=options.min_words,
        segments=int(counts["n"].sum()),
        used=int(counts.loc[used, "n"].sum()),
        set_aside={str(reason): int(count) for reason, count in set_aside.sort_index().items()},
        by_punctuation=by_punctuation,
        **asdict(sentences_by),
        library=library("spacy"),
    )


def main() -> None:
    """Run the stage on the study that params.yaml names."""
    with stage_runner.opened("segment") as params, safe_removal.scratch(params.places.cache / "segment") as folder:
        with parallel.opened(params.engine, workers=params.workers):
            problems = by_batches(params.folder, folder, options=params.segment)
        store.write(params.folder, "segment_problems", problems)
        counts = store.counts(params.folder, "segments", ["substantive", "set_aside"])
        finder = model_registry.of_spacy(params.segment.model)
        spoken = store.counts(params.folder, "documents", ["language"])
        done = record(counts, options=params.segment, sentences_by=finder, spoken=spoken)
        store.write(params.folder, "segment_record", done.table())


if __name__ == "__main__":
    main()
