"""Editing csv: only the rows that change are written anew."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.readers import rows
from pipeline.withdrawal import csv_editing

SHEET = b'# ours\ndocument,speaker,case\none,Anna,A\none,"Bilal, Dr",B\n\n# mid\ntwo,Anna,A\nthree,"Ca\nrys",C\n'


def without(case: str):
    return lambda line, row: None if row["case"] == case else row


def test_rows_are_taken_out_and_all_else_stays_to_the_letter():
    data, touched = csv_editing.edit(SHEET, without("A"), comments=True)
    assert touched == 2
    assert data == b'# ours\ndocument,speaker,case\none,"Bilal, Dr",B\n\n# mid\nthree,"Ca\nrys",C\n'


def test_nothing_to_change_changes_nothing():
    assert csv_editing.edit(SHEET, without("Z"), comments=True) == (SHEET, 0)


def test_a_record_over_two_lines_goes_whole():
    data, touched = csv_editing.edit(SHEET, without("C"), comments=True)
    assert touched == 1
    assert b"rys" not in data and b"two,Anna,A" in data


def test_a_changed_row_is_written_with_the_file_s_delimiter():
    data, touched = csv_editing.edit(
        b"a;b\n1;x,y\n2;z\n", lambda _, row: {**row, "b": "p;q"} if row["a"] == "1" else row
    )
    assert (data, touched) == (b'a;b\n1;"p;q"\n2;z\n', 1)


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8-sig", "\ufeff"), ("utf-16", "")])
def test_other_encodings_become_utf_8_and_a_mark_of_utf_8_stays(encoding: str, mark: str):
    data, _ = csv_editing.edit("a,case\né,A\nü,B\n".encode(encoding), without("A"))
    assert data.decode() == f"{mark}a,case\nü,B\n"


def test_line_ends_of_other_systems_are_read_and_stay():
    data, _ = csv_editing.edit(b"a,case\r\n1,A\r\n2,B\r\n", without("A"))
    assert data == b"a,case\r\n2,B\r\n"


cell = st.text(st.sampled_from('ab,;"\n é'), max_size=6)


@settings(max_examples=100, deadline=None)
@given(table=st.lists(st.tuples(cell, cell), max_size=8), gone=st.sets(st.integers(0, 7)))
def test_what_is_left_reads_as_it_did(table: list[tuple[str, str]], gone: set[int]):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["n", "one", "two"])
    writer.writerows([n, *cells] for n, cells in enumerate(table))
    data, touched = csv_editing.edit(out.getvalue().encode(), lambda _, row: None if int(row["n"]) in gone else row)
    _, left = rows.read_csv(data)
    assert [(row["one"], row["two"]) for _, row in left] == [c for n, c in enumerate(table) if n not in gone]
    assert touched == len({n for n in gone if n < len(table)})
