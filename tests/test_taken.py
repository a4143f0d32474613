"""What an import took and left: the table that readers of other programs' files fill."""

import pytest

from pipeline.corpus import taken
from pipeline.corpus.taken import Taken, Tally


def test_what_was_found_is_what_was_taken_and_what_was_left_by_kind_in_a_fixed_order() -> None:
    tally = Tally("a.qdpx")
    tally.leave("links", why="a study has no links between codes", names=["leads to"])
    tally.take("texts", 2)
    tally.leave("PDF files", 1, why="no text in it", names=["plan.pdf", "plan.pdf"])
    tally.take("memos", 3, note="in imported/memos.csv")
    assert tally.rows == [
        Taken("a.qdpx", "texts", 2, 2, 0, ""),
        Taken("a.qdpx", "PDF files", 1, 0, 1, "1 left out: no text in it ('plan.pdf')"),
        Taken("a.qdpx", "memos", 3, 3, 0, "in imported/memos.csv"),
        Taken("a.qdpx", "links", 1, 0, 1, "1 left out: a study has no links between codes ('leads to')"),
    ]
    assert taken.sentences(tally.rows) == [
        "  texts: 2 found and taken.",
        "  PDF files: 1 found, none taken. 1 left out: no text in it ('plan.pdf').",
        "  memos: 3 found and taken. In imported/memos.csv.",
        "  links: 1 found, none taken. 1 left out: a study has no links between codes ('leads to').",
    ]


def test_nothing_taken_or_left_is_no_row_and_reasons_alike_are_one() -> None:
    tally = Tally("a.qdpx")
    tally.take("sets", 0)
    tally.leave("graphs", 0, why="no place")
    for name in ("a", "b", "c", "d", "e", "f", "g" * 600):
        tally.leave("links", why="no place", names=[name])
    assert [row.kind for row in tally.rows] == ["links"]
    assert tally.rows[0].why == "7 left out: no place ('a', 'b', 'c', 'd', 'e' and 2 others)"


def test_what_was_counted_as_taken_can_be_given_back_whole_or_in_part() -> None:
    tally = Tally("a.qdpx")
    tally.take("texts", 3, note="somewhere")
    tally.take("cases", 2, note="in participants.csv")
    tally.give_back("texts", 1, why="not wanted", names=["b.txt"])
    tally.give_back("cases", why="others are there")
    assert [(row.kind, row.found, row.taken, row.left) for row in tally.rows] == [
        ("texts", 3, 2, 1),
        ("cases", 2, 0, 2),
    ]
    assert tally.rows[1].why == "2 left out: others are there"


def test_the_table_survives_its_file_also_with_commas_quotes_and_formulas() -> None:
    rows = [Taken('=a, "b".qdpx', "codes", 2, 1, 1, "1 left out: '=1+1', a \"quote\"\nand a line")]
    assert taken.load(taken.dump(rows)) == rows
    assert taken.load(b"") == []


def test_a_second_import_of_a_file_replaces_its_rows_alone() -> None:
    one, two = Taken("a", "codes", 1, 1, 0, ""), Taken("b", "codes", 2, 2, 0, "")
    assert taken.replaced([one, two], "a", [one._replace(found=5, taken=5)]) == [one._replace(found=5, taken=5), two]


def test_an_unknown_kind_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="Unknown kind 'stuff'"):
        Tally("a").take("stuff")
