"""Tables: validated both ways, written whole, the same rows giving the same bytes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import store

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
    with pytest.raises(store.StoreError, match="dvc repro"):
        store.read(tmp_path, "turns")


def test_the_same_rows_give_the_same_bytes_and_leave_no_temporary_file(tmp_path: Path):
    held = []
    for name in ("one", "two"):
        frame = pd.DataFrame([TURN, TURN | {"turn_id": "a.txt:2"}], index=[7, 3])
        store.write(tmp_path / name, "turns", frame)
        held.append(store.path(tmp_path / name, "turns").read_bytes())
        assert [file.name for file in store.path(tmp_path / name, "turns").parent.iterdir()] == ["turns.parquet"]
    assert held[0] == held[1]


def test_a_missing_table_says_what_makes_it(tmp_path: Path):
    with pytest.raises(store.StoreError, match="dvc repro"):
        store.read(tmp_path, "segments")


def test_a_name_that_is_no_table_is_refused():
    with pytest.raises(store.StoreError, match="no table"):
        store.schema("topics")
