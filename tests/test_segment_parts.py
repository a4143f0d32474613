"""Segments made part by part are those of the whole study, the script of all its documents included."""

import os
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import segment
from pipeline.core import params, partition, store
from pipeline.corpus import segment_batches, sentences

OPTIONS = params.Segment(max_words=12)
SCRIPT = "What do you think of the food here?"


def by_stops(texts):
    return [sentences.spans(text, sentences.plain_starts(text)) for text in texts]


@pytest.fixture(autouse=True)
def no_spacy(monkeypatch):
    monkeypatch.setattr(segment_batches, "_splitter", lambda model: by_stops)


def tables(texts):
    """Documents and turns: a turn a line."""
    documents = [
        (name, "document", name, "0", len(text.split()), "en", 1.0, "", text) for name, text in sorted(texts.items())
    ]
    turns = []
    for name, text in sorted(texts.items()):
        at = 0
        for number, line in enumerate(text.splitlines(keepends=True)):
            end = at + len(line.rstrip("\n"))
            turns.append((name, f"{name}:{number:04}", "", name, "none", at, end, None, "", text[at:end]))
            at += len(line)
    frames = {"documents": documents, "turns": turns}
    return {
        name: pd.DataFrame(rows, columns=list(store.empty(name).columns)) if rows else store.empty(name)
        for name, rows in frames.items()
    }


def by_parts(folder: Path, texts, words: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Segments and problems of a study in parts of so many words."""
    for name, frame in tables(texts).items():
        store.write(folder, name, frame)
    before, partition.WORDS = partition.WORDS, words
    try:
        problems = segment.by_batches(folder, folder / "parts", options=OPTIONS)
    finally:
        partition.WORDS = before
    return store.read(folder, "segments"), problems


def whole(texts) -> tuple[pd.DataFrame, pd.DataFrame]:
    frames = tables(texts)
    rest = OPTIONS.model_dump(exclude={"model"})
    found, problems = segment.segment(frames["documents"], frames["turns"], split=by_stops, **rest)
    return store.schema("segments").validate(found), problems


LINES = st.sampled_from(
    [SCRIPT, SCRIPT.upper(), "What do you think of the food here", "It was cold, and late as ever it was.", "Yes.", "…"]
)
TEXTS = st.dictionaries(
    st.sampled_from([f"{letter}.txt" for letter in "abcdefghij"]),
    st.lists(LINES, max_size=6).map(lambda lines: "\n".join(lines) + "\n"),
    max_size=10,
)


@settings(max_examples=15)
@given(TEXTS, st.integers(1, 80))
def test_parts_of_any_size_give_the_segments_of_the_whole(tmp_path_factory, texts, words):
    folder = tmp_path_factory.mktemp("study")
    found, problems = by_parts(folder, texts, words)
    expected, expected_problems = whole(texts)
    pd.testing.assert_frame_equal(found, expected)
    assert problems.to_dict("records") == expected_problems.to_dict("records")


def test_script_is_what_recurs_over_all_parts(tmp_path):
    texts = {f"{letter}.txt": f"{SCRIPT}\nIt was cold on the {letter} ward again.\n" for letter in "abcdef"}
    texts |= {f"{letter}.txt": "There was nobody to ask about it then.\n" * 2 for letter in "uvwxyz"}
    found, _ = by_parts(tmp_path, texts, 16)
    assert len(partition.partition(store.words(tmp_path, "documents"), most=16)) > 4
    script = found[found["set_aside"] == "script"]["text"]
    assert script.value_counts().to_dict() == {SCRIPT: 6, "There was nobody to ask about it then.": 12}


def test_script_is_written_as_it_mostly_is_in_all_parts_together(tmp_path):
    """Each part writes it another way most; within a line that lost its end it is found as the whole study writes it."""
    ways = ["what do you think of the food here?"] * 2 + [SCRIPT] * 4
    texts = {f"{number}.txt": f"{way}\n" for number, way in enumerate(ways)}
    texts["7.txt"] = f"So they asked {SCRIPT} and I said that it was cold.\n"
    found, _ = by_parts(tmp_path, texts, 8)
    assert SCRIPT in found.loc[found["document"] == "7.txt", "text"].tolist()
    pd.testing.assert_frame_equal(found, whole(texts)[0])


def test_a_study_of_nothing_gives_an_empty_table(tmp_path):
    found, problems = by_parts(tmp_path, {}, 10)
    assert found.empty and problems.empty


def test_sentences_wait_as_plain_numbers(tmp_path):
    texts = {"a.txt": "One is here. Two is there.\n\nThree.\n"}
    for name, frame in tables(texts).items():
        store.write(tmp_path, name, frame)
    (part,) = partition.partition(store.words(tmp_path, "documents"))
    segment_batches.split(part, study=tmp_path, folder=tmp_path / "parts", model="", documents=1)
    (place,) = (tmp_path / "parts").iterdir()
    rows = np.load(place, allow_pickle=False)
    assert rows.tolist() == [[0, 0, 12, 3], [0, 13, 26, 3], [2, 28, 34, 1]]
    assert segment_batches._kept(place, 3)[1] == []


def test_what_a_killed_worker_left_is_in_nobodys_way(tmp_path):
    texts = {"a.txt": "One is here, and two.\n"}
    work = partial(segment_batches.split, study=tmp_path, folder=tmp_path / "parts", model="", documents=1)
    for name, frame in tables(texts).items():
        store.write(tmp_path, name, frame)
    (part,) = partition.partition(store.words(tmp_path, "documents"))
    work(part)
    whole = (tmp_path / "parts" / f"{part.name}.npy").read_bytes()
    (tmp_path / "parts" / f"{part.name}.{os.getpid()}.new.npy").write_bytes(whole[:5])
    work(part)
    assert (tmp_path / "parts" / f"{part.name}.npy").read_bytes() == whole
