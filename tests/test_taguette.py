"""What is written for Taguette: its tables, the positions as it counts them, and all of it read back by our own reader."""

import csv
import io
import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from pipeline.core import coders
from pipeline.corpus.readers import programs
from pipeline.deductive import codebook
from pipeline.exchange import taguette

TEXT = "Int: How was it?\n\nAnn: The rota 😀 é & <broke>.\nAnn: We had no time.\n"
LONG = "Long " * 120 + "end"
BOOK = codebook.parse_codebook(
    [
        {"name": 'Work / life, "so" 😀 > all'},
        {"name": "time", "definition": "Hours.", "include": "days", "examples": ["One.", "Two."]},
        {"name": "Rota", "parent": "time"},
        {"name": LONG.strip(), "definition": "very long"},
    ],
    place="x",
)


def tables():
    rows = []
    for words, code, coder, date in (
        ("rota 😀 é & <broke>", "Rota", "mia", "2024-02-03T04:05:06Z"),
        ("rota 😀 é & <broke>", "time", "mia", "2024-02-03T04:05:06Z"),
        ("rota 😀 é & <broke>", "time", "Noa Ö", ""),
        ("<broke>.\nAnn: We had", "Own", "mia", ""),
        ("no time", LONG.strip(), "mia", "2024-02-03"),
        ("no time", "time", coders.MODEL, ""),
    ):
        start = TEXT.index(words)
        rows.append(["a/ann.txt", start, start + len(words), words, code, "", coder, "", date])
    columns = ["document", "start", "end", "text", "code", "parent_code", "coder", "memo", "date"]
    documents = pd.DataFrame({"document": ["a/ann.txt", "b/ann.txt"], "text": [TEXT, "Ann: " + "x" * 60]})
    return {"documents": documents, "codings": pd.DataFrame(rows, columns=columns)}


@pytest.fixture(scope="module")
def data():
    return taguette.project(tables(), book=BOOK, study_name="a study")


def test_everything_people_coded_comes_back_where_it_was(data):
    parts = programs.read_project(data, "x")
    assert {one.name: one.text for one in parts.sources} == dict(
        tables()["documents"].itertuples(index=False, name=None)
    )
    found = {(one.document, one.start, one.end, one.code, one.coder, one.date[:10]) for one in parts.codings}
    people = [row for row in tables()["codings"].itertuples(index=False) if row.coder != coders.MODEL]
    assert found == {(row.document, row.start, row.end, row.code, row.coder, row.date[:10]) for row in people}
    assert {(one.name, one.description) for one in parts.book.codes.values()} >= {
        ("time", "Hours.\nInclude: days\nExample: One.\nExample: Two."),
        (LONG.strip(), "very long"),
        ("Own", ""),
        ("Rota", ""),
    }
    assert not parts.memos[1:]


def test_the_same_study_gives_the_same_bytes(data):
    assert taguette.project(tables(), book=BOOK, study_name="a study") == data


def test_names_are_no_longer_than_taguette_takes(data):
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(data)
        assert not base.execute("PRAGMA foreign_key_check").fetchall()
        assert [one for (one,) in base.execute("SELECT name FROM documents")] == ["ann.txt", "ann.txt (2)"]
        assert max(len(path) for (path,) in base.execute("SELECT path FROM tags")) == 200
        assert base.execute("SELECT count(*) FROM highlights").fetchone() == (4,)
        start, end, snippet = base.execute("SELECT start_offset, end_offset, snippet FROM highlights").fetchone()
        assert TEXT.encode()[start:end].decode() == "rota 😀 é & <broke>"
        assert snippet == "<p>rota 😀 é &amp; &lt;broke&gt;</p>"


def test_the_codebook_has_the_headings_that_taguette_reads():
    header, *rows = csv.reader(io.StringIO(taguette.codebook(BOOK).decode("utf-8-sig"), newline=""))
    assert header == ["tag", "description"]
    assert rows[1] == ["time", "Hours.\nInclude: days\nExample: One.\nExample: Two."]
    assert len(rows[3][0]) == 200
