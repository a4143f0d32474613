"""Databases of other programs: what is read of them, and what is refused."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.readers import databases
from pipeline.corpus.readers.model import RefusedError

WANTED = {"notes": ("id", "said", "extra?")}


def database(script, *rows, setup=""):
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(setup + script)
        for statement, values in rows:
            base.execute(statement, values)
        base.commit()
        return base.serialize()


def read(data, wanted=WANTED):
    return databases.read_database(data, wanted, program="Noter")


NOTES = "CREATE TABLE notes (id integer primary key, said text, more text);"


def test_columns_wanted_come_back_as_text():
    data = database(
        NOTES, ("INSERT INTO notes VALUES (?, ?, ?)", (7, "é😀", "x")), ("INSERT INTO notes DEFAULT VALUES", ())
    )
    assert read(data) == {"notes": [{"id": "7", "said": "é😀", "extra": ""}, {"id": "8", "said": "", "extra": ""}]}


def test_optional_tables_may_be_missing():
    assert read(database(NOTES), {"other?": ("id",)}) == {"other": []}


def test_optional_columns_are_read_where_they_are_there():
    data = database("CREATE TABLE notes (id, said, extra);", ("INSERT INTO notes VALUES (1, 'a', 2.5)", ()))
    assert read(data)["notes"] == [{"id": "1", "said": "a", "extra": "2.5"}]


def test_a_database_that_wrote_ahead_is_read(tmp_path):
    with closing(sqlite3.connect(tmp_path / "a.db")) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.executescript(NOTES + "INSERT INTO notes VALUES (1, 'a', 'b');")
    data = (tmp_path / "a.db").read_bytes()
    assert data[18:20] == b"\2\2"
    assert [row["said"] for row in read(data)["notes"]] == ["a"]


def test_text_that_is_no_utf8_and_bytes_do_no_harm():
    data = database(NOTES, ("INSERT INTO notes VALUES (1, CAST(X'61FF' AS TEXT), NULL)", ()))
    assert read(data)["notes"][0]["said"] == "a\ufffd"
    data = database(NOTES, ("INSERT INTO notes VALUES (1, X'6162', NULL)", ()))
    assert read(data)["notes"][0]["said"] == ""


ENDLESS = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id, 'a' AS said FROM n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"id,said\n1,a\n", "Not a SQLite database"),
        (b"SQLite format 3\0", "Not a SQLite database"),
        (b"SQLite format 3\0" + b"\xff" * 400, "database cannot be read"),
        (database("CREATE TABLE other (id);"), "Missing table 'notes'"),
        (database("CREATE TABLE notes (id);"), "Missing column 'said'"),
        (database(f"CREATE VIEW notes AS {ENDLESS};"), "Missing table 'notes'"),
        (database("CREATE VIRTUAL TABLE notes USING fts5(id, said);"), "Missing table 'notes'"),
        (database("CREATE TABLE notes (id, said AS (zeroblob(1000000000)));"), "Missing column 'said'"),
    ],
)
def test_what_is_refused_is_said(data, said):
    with pytest.raises(RefusedError, match=said) as caught:
        read(data)
    assert str(caught.value).endswith(".")


def test_an_optional_table_that_is_a_program_is_refused_too():
    with pytest.raises(RefusedError, match="Missing table 'notes'"):
        read(database(f"CREATE VIEW notes AS {ENDLESS};"), {"notes?": ("id",)})


def test_a_damaged_name_in_what_the_database_says_is_no_crash():
    data = database(NOTES).replace(b"said text", b"\xff\xfe( text")
    with pytest.raises(RefusedError, match="database cannot be read"):
        read(data)


def test_more_than_a_study_is_refused(monkeypatch):
    data = database(NOTES, *[("INSERT INTO notes(said) VALUES ('aaaa')", ())] * 5)
    assert len(read(data)["notes"]) == 5
    monkeypatch.setattr(databases, "MAX_ROWS", 4)
    with pytest.raises(RefusedError, match="is too large"):
        read(data)
    monkeypatch.undo()
    monkeypatch.setattr(databases, "MAX_CHARACTERS", 12)
    with pytest.raises(RefusedError, match="is too large"):
        read(data)
    monkeypatch.setattr(databases, "MAX_DATABASE_BYTES", 100)
    with pytest.raises(RefusedError, match="larger than"):
        read(data)


def test_a_table_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(databases, "MAX_STEPS", 3)
    data = database(NOTES, *[("INSERT INTO notes(said) VALUES ('aaaa')", ())] * 3000)
    with pytest.raises(RefusedError, match="interrupted"):
        read(data)


def test_the_bytes_given_are_left_as_they_are():
    data = database(NOTES, ("INSERT INTO notes(said) VALUES ('a')", ()))
    before = bytes(bytearray(data))
    read(data)
    assert data == before


GOOD = database(NOTES, *[("INSERT INTO notes(said) VALUES (?)", ("a" * 50,))] * 60)


@settings(max_examples=150)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_damage_gives_rows_or_a_sentence(at, noise):
    try:
        for row in read(GOOD[:at] + noise + GOOD[at + len(noise) :])["notes"]:
            assert set(row) == {"id", "said", "extra"}
            assert all(isinstance(cell, str) for cell in row.values())
    except RefusedError as error:
        assert str(error).endswith(".")
