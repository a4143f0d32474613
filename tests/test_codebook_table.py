"""Codebooks as tables: ours and other people's columns, parents without a row, what is wrong in words."""

from pathlib import Path

import pytest

from pipeline.commands import codebook_table, importing
from pipeline.deductive import codebook
from pipeline.exchange import sheets


def read(header: str, *lines: str) -> codebook.Codebook:
    names = header.split(",")
    return codebook_table.read(
        names, [dict(zip(names, line.split(","), strict=True)) for line in lines], place="book.csv"
    )


def test_other_programs_columns_are_known_and_counts_are_left_out():
    book = read("code,parent,description,n_uses", "Staffing,Resources,Too few people.,12", "Time,Resources,,3")
    assert book.names == ("Resources", "Staffing", "Time")
    assert book["Staffing"].definition == "Too few people."
    assert book["Staffing"].parent == "Resources"


def test_a_parent_with_a_row_is_not_added_again():
    book = read("code,parent,description", "Resources,,What it takes.", "Staffing,Resources,")
    assert book.names == ("Resources", "Staffing")
    assert book["Resources"].definition == "What it takes."


def test_a_table_of_something_else_is_no_codebook():
    assert codebook_table.columns(["document", "text"]) == {}
    assert codebook_table.columns(["code", "count"]) == {}


def test_what_is_wrong_is_said_at_once():
    with pytest.raises(codebook.CodebookError) as error:
        read("code,parent,description", "A,,x", "A,,y", "B,C,", "C,B,")
    assert "A" in str(error.value) and "B" in str(error.value)


def test_our_own_workbook_comes_back_as_it_was(tmp_path: Path):
    book = codebook.parse_codebook(
        [{"name": "R"}, {"name": "Städte", "parent": "R", "definition": "=1+1", "examples": ["one", "two"]}], place="x"
    )
    (tmp_path / "codebook.xlsx").write_bytes(sheets.codebook(book))
    importing.run(tmp_path / "codebook.xlsx", tmp_path / "study")
    assert codebook.load_codebook(tmp_path / "study/codebook.yaml") == book
