"""Tables: validated both ways, written whole, the same rows giving the same bytes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import store

TURN = {
    "document": "a.txt",
    "turn_id": "a.txt:1",
    "speaker": "Anna",
    "case": "a.txt/Anna",
    "part": "participant",
    "start": 0,
    "end": 5,
    "time_s": None,
    "place": "",
    "text": "Héllo",
}


@pytest.mark.parametrize("table", [*store.INTERIM, *store.PROCESSED])
def test_every_table_can_be_empty(tmp_path: Path, table: str):
    store.write(tmp_path, table, store.empty(table))
    held = store.read(tmp_path, table)
    assert held.empty
    assert list(held.columns) == list(store.empty(table).columns)


def test_what_is_written_is_read_back(tmp_path: Path):
    frame = pd.DataFrame([TURN])
    store.write(tmp_path, "turns", frame)
    assert store.read(tmp_path, "turns").iloc[0]["text"] == "Héllo"
    assert np.isnan(store.read(tmp_path, "turns").iloc[0]["time_s"])


def test_attributes_of_cases_are_kept(tmp_path: Path):
    store.write(tmp_path, "cases", pd.DataFrame({"case": ["Anna"], "role": ["nurse"], "site": ["North"]}))
    assert store.read(tmp_path, "cases").to_dict("records") == [{"case": "Anna", "role": "nurse", "site": "North"}]


@pytest.mark.parametrize(
    ("change", "named"),
    [({"part": "chair"}, "part"), ({"start": -1}, "start"), ({"start": "x"}, "start"), ({"colour": "red"}, "colour")],
)
def test_a_table_that_breaks_its_schema_is_refused_and_nothing_is_written(tmp_path: Path, change: dict, named: str):
    with pytest.raises(store.StoreError, match=named):
        store.write(tmp_path, "turns", pd.DataFrame([TURN | change]))
    assert not store.path(tmp_path, "turns").exists()


def test_a_table_changed_by_another_hand_is_refused_when_read(tmp_path: Path):
    store.write(tmp_path, "turns", pd.DataFrame([TURN]))
    pd.DataFrame({"document": ["a.txt"]}).to_parquet(store.path(tmp_path, "turns"))
    with pytest.raises(store.StoreError, match="counterpoint run"):
        store.read(tmp_path, "turns")


def test_the_same_rows_give_the_same_bytes_and_leave_no_temporary_file(tmp_path: Path):
    held = []
    for name in ("one", "two"):
        frame = pd.DataFrame([TURN, TURN | {"turn_id": "a.txt:2"}], index=[7, 3])
        store.write(tmp_path / name, "turns", frame)
        held.append(store.path(tmp_path / name, "turns").read_bytes())
        assert [file.name for file in store.path(tmp_path / name, "turns").parent.iterdir()] == ["turns.parquet"]
    assert held[0] == held[1]


def test_a_missing_table_says_what_makes_it_and_a_study_without_any_that_it_was_not_run(tmp_path: Path):
    with pytest.raises(store.StoreError, match="was not run yet"):
        store.read(tmp_path, "segments")
    store.write(tmp_path, "documents", store.empty("documents"))
    with pytest.raises(store.StoreError, match=r"segments\.parquet is missing"):
        store.read(tmp_path, "segments")


def test_a_name_that_is_no_table_is_refused():
    with pytest.raises(store.StoreError, match="Unknown table"):
        store.schema("topics")


def turns(n: int, *, of: int = 3) -> pd.DataFrame:
    """n turns, `of` to a document."""
    return pd.DataFrame(
        [TURN | {"document": f"d{at // of:04}.txt", "turn_id": f"d{at // of:04}.txt:{at % of}"} for at in range(n)]
    )


def test_some_documents_of_a_table_are_read_without_the_others(tmp_path: Path):
    store.write(tmp_path, "turns", turns(12).sample(frac=1, random_state=1))
    some = store.read(tmp_path, "turns", within=("d0001.txt", "d0002.txt"))
    assert sorted(set(some["document"])) == ["d0001.txt", "d0002.txt"] and len(some) == 6
    assert store.read(tmp_path, "turns", within=("", "")).empty
    assert len(store.read(tmp_path, "turns", within=("d0003.txt", "d0003.txt"))) == 3


@settings(max_examples=25)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=6))
def test_parts_joined_are_the_bytes_of_the_whole_wherever_they_were_cut(tmp_path_factory, sizes):
    folder = tmp_path_factory.mktemp("join")
    frame, before = turns(sum(sizes)), store.ROWS
    store.ROWS = 4
    try:
        at, parts = 0, []
        for number, size in enumerate(sizes):
            part = frame.iloc[at : at + size] if size else store.empty("turns")
            parts.append(folder / f"{number}.parquet")
            store.write_batch(parts[-1], "turns", part)
            at += size
        store.join(folder, "turns", parts)
        joined = store.path(folder, "turns").read_bytes()
        store.write(folder, "turns", frame if len(frame) else store.empty("turns"))
    finally:
        store.ROWS = before
    assert store.path(folder, "turns").read_bytes() == joined


def test_vectors_are_joined_too_and_an_empty_part_has_no_say_in_their_type(tmp_path: Path):
    rows = [("s0", np.ones(3, np.float32)), ("s1", np.zeros(3, np.float32))]
    frame = pd.DataFrame(rows, columns=["segment_id", "vector"])
    for name, part in (("0", store.empty("embeddings")), ("1", frame[:1]), ("2", frame[1:])):
        store.write_batch(tmp_path / name, "embeddings", part)
    store.join(tmp_path, "embeddings", [tmp_path / name for name in "012"])
    assert np.stack(store.read(tmp_path, "embeddings")["vector"].to_list()).tolist() == [[1, 1, 1], [0, 0, 0]]


def test_what_is_in_two_parts_is_refused_and_nothing_is_written(tmp_path: Path):
    for name in "ab":
        store.write_batch(tmp_path / name, "turns", turns(2))
    with pytest.raises(store.StoreError, match="two rows have the same turn_id"):
        store.join(tmp_path, "turns", [tmp_path / "a", tmp_path / "b"])
    assert not store.path(tmp_path, "turns").exists()
    assert sorted(place.name for place in tmp_path.iterdir() if place.is_file()) == ["a", "b"]


def test_a_part_that_breaks_its_schema_is_refused(tmp_path: Path):
    with pytest.raises(store.StoreError, match="part"):
        store.write_batch(tmp_path / "a", "turns", turns(1).assign(part="chair"))


def test_words_are_counted_by_document(tmp_path: Path):
    texts = {"b.txt": 3, "a.txt": 4, "é.txt": 0}
    rows = [(name, "document", name, "0", words, "en", 1.0, "", "x") for name, words in texts.items()]
    store.write(tmp_path, "documents", pd.DataFrame(rows, columns=list(store.empty("documents").columns)))
    assert store.words(tmp_path, "documents").to_dict() == texts
    assert list(store.words(tmp_path, "documents").index) == ["a.txt", "b.txt", "é.txt"]
    store.write(tmp_path, "segments", store.empty("segments"))
    assert store.words(tmp_path, "segments").empty


def test_large_tables_are_stored_in_pieces_that_can_be_read_alone(tmp_path: Path):
    rows = [(f"{at:05}.txt", "document", "p", "0", 1, "en", 1.0, "", "x") for at in range(600)]
    store.write(tmp_path, "documents", pd.DataFrame(rows, columns=list(store.empty("documents").columns)))
    found = pq.read_metadata(store.path(tmp_path, "documents"))
    assert [found.row_group(at).num_rows for at in range(found.num_row_groups)] == [256, 256, 88]
