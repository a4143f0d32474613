"""Traces: a sentence or a name is found wherever it hides, and nowhere else."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from pipeline import store
from pipeline.commands import traces

SAID = "They promised us half a day, and “then” winter came to Café Nord."
WANTED = traces.needles([f"Yes. {SAID} Anna said so."], ["Somebody else says other things here."], ["Anna"])


def test_what_is_looked_for_is_long_enough_and_nobody_else_s():
    theirs = [f"{SAID} Yes, I do.\nThe chair asked us all to wait outside."]
    found = traces.needles(theirs, ["And the chair asked us all to wait outside."], [" "])
    assert "half a day and then winter" in found.runs
    assert len(found.runs) == len(SAID.split()) - traces.RUN + 1
    assert found.names == ()
    assert traces.needles(["We never get the time."], [], []).runs == {"we never get the time"}


def test_part_of_a_sentence_is_enough_if_it_is_six_words():
    assert traces.quoted("memo: promised us half a day, AND", WANTED) == "promised us half a day and"
    assert traces.quoted("memo: promised us half a day", WANTED) == ""


def workbook(text: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet().write(0, 0, text)
    book.close()
    return out.getvalue()


def archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)
    return out.getvalue()


def table(folder: Path, text: str) -> bytes:
    cases = pd.DataFrame({"case": ["A"], "note": [text]})
    store.write(folder, "cases", cases)
    return store.path(folder, "cases").read_bytes()


HIDDEN = {
    "plain": lambda _: f"x {SAID} y".encode(),
    "capitals over two lines": lambda _: SAID.upper().replace(" ", "\n", 3).encode(),
    "utf-16": lambda _: SAID.encode("utf-16"),
    "json": lambda _: json.dumps({"text": SAID}).encode(),
    "html": lambda _: f"<p>{SAID.replace('half', '<b>half</b>').replace('é', '&eacute;')}</p>".encode(),
    "a word cut by a tag": lambda _: SAID.replace("winter", "win<w:r/>ter").encode(),
    "xlsx": lambda _: workbook(SAID),
    "zip in zip": lambda _: archive(("inner.zip", archive(("a.txt", SAID.encode())))),
    "gzip": lambda _: gzip.compress(SAID.encode()),
    "parquet": lambda folder: table(folder / "elsewhere", SAID),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_sentence_is_found_however_it_is_kept(tmp_path: Path, how: str):
    data = HIDDEN[how](tmp_path)
    looked = tmp_path / "looked"
    (looked / "deep").mkdir(parents=True)
    (looked / "deep" / "0a1b2c").write_bytes(data)
    (looked / "other.txt").write_text("Somebody else says other things here.")
    found = traces.search(looked, WANTED)
    assert {(trace.path, trace.kind) for trace in found} == {("deep/0a1b2c", "sentence")}


def test_a_name_is_found_as_a_word_and_as_written_also_in_names_of_files_and_members(tmp_path: Path):
    (tmp_path / "int_Anna.txt").write_text("nothing")
    (tmp_path / "a.txt").write_text("As Anna said.")
    (tmp_path / "b.txt").write_text("Annabel and anna and Johanna.")
    (tmp_path / "c.zip").write_bytes(archive(("sources/Anna.txt", b"x")))
    found = traces.search(tmp_path, WANTED)
    assert {trace.path for trace in found if trace.kind == "name"} == {"int_Anna.txt", "a.txt", "c.zip"}


def test_programs_and_git_s_store_are_not_looked_through_and_links_not_followed(tmp_path: Path):
    for name in traces.SKIPPED:
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text(SAID)
    (tmp_path / "link").symlink_to(tmp_path / ".git" / "x")
    assert traces.search(tmp_path, WANTED) == []


def test_a_name_in_a_program_is_an_example_s_and_a_sentence_is_not(tmp_path: Path):
    (tmp_path / "a.py").write_text("# Anna: words")
    assert traces.search(tmp_path, WANTED) == []
    (tmp_path / "a.py").write_text(f"# {SAID}")
    assert [trace.kind for trace in traces.search(tmp_path, WANTED)] == ["sentence"]


def test_nothing_wanted_finds_nothing(tmp_path: Path):
    (tmp_path / "a.txt").write_text(SAID)
    assert traces.search(tmp_path, traces.needles([], [], [])) == []


def test_damaged_files_are_passed_over(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 broken " + SAID.encode())
    assert [trace.kind for trace in traces.search(tmp_path, WANTED)] == ["sentence"]
