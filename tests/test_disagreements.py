"""Passages to discuss, most worth discussing first."""

import pandas as pd
import pytest

from pipeline.comparison.disagreements import Talk, disagreement_rows
from tests.coded_study import assignments, codings, tables
from tests.test_units import laid


def rows(made):
    talk = Talk(made["segments"], made["turns"])
    return pd.DataFrame(disagreement_rows(laid(made), made["code_assignments"], talk))


def test_two_who_gave_different_codes_come_before_one_who_left_it_blank():
    made = tables(documents=1)
    made["codings"] = codings(
        ("ann", "A", "d0", 1, 1),
        ("ann", "A", "d0", 3, 1),
        ("ben", "B", "d0", 3, 1),
        ("ann", "A", "d0", 5, 1),
        ("ben", "A", "d0", 5, 1),
    )
    found = rows(made)
    assert found["segment_id"].tolist() == ["d0.3", "d0.1"]
    assert found["rank"].tolist() == [1, 2]
    assert found["worth"].tolist() == pytest.approx([0.8, 0.4])
    assert found["says"].tolist() == ["ann: A | ben: B", "ann: A | ben: none"]
    assert found["disputed"].tolist() == ["A; B", "A"]
    assert found["agreed"].tolist() == ["", ""]


def test_what_all_gave_is_agreed_and_a_passage_without_dispute_is_not_listed():
    made = tables(documents=1)
    made["codings"] = codings(
        ("ann", "A", "d0", 1, 1),
        ("ben", "A", "d0", 1, 1),
        ("ben", "B", "d0", 1, 1),
        ("ann", "B", "d0", 4, 1),
        ("ben", "B", "d0", 4, 1),
    )
    found = rows(made)
    assert found["segment_id"].tolist() == ["d0.1"]
    assert (found["agreed"].iloc[0], found["disputed"].iloc[0]) == ("A", "B")


def test_the_pipeline_is_as_sure_as_its_score():
    made = tables(documents=1)
    made["codings"] = codings(("ann", "A", "d0", 1, 2))
    given = assignments({"d0.5": ["B"]}, made["segments"], ["A", "B"])
    given.loc[(given["segment_id"] == "d0.1") & (given["code"] == "A"), "score"] = 0.4
    made["code_assignments"] = given
    found = rows(made)
    assert found["segment_id"].tolist() == ["d0.2", "d0.1", "d0.5"]
    assert found["worth"].tolist() == pytest.approx([0.9, 0.6, 0.36])


def test_each_passage_comes_with_its_question_and_its_neighbours():
    made = tables(documents=1)
    made["codings"] = codings(("ann", "A", "d0", 1, 1), ("ben", "B", "d0", 7, 1))
    found = rows(made).set_index("segment_id")
    text = made["documents"]["text"].iloc[0]
    assert found.loc["d0.1", "before"] == text[0:10]
    assert found.loc["d0.1", "text"] == text[10:20]
    assert found.loc["d0.1", "after"] == text[20:30]
    assert found.loc["d0.1", "question"] == text[0:10]
    assert found.loc["d0.7", "after"] == ""
    assert set(found["resolution"]) == {""}


def test_people_who_coded_other_documents_do_not_differ():
    made = tables(documents=2)
    made["codings"] = codings(("ann", "A", "d0", 1, 1), ("ben", "A", "d1", 1, 1))
    assert rows(made).empty


def test_what_the_consensus_coder_settled_is_not_listed_again():
    made = tables(documents=1)
    made["codings"] = codings(
        ("ann", "A", "d0", 1, 1),
        ("ben", "B", "d0", 1, 1),
        ("ann", "A", "d0", 3, 1),
        ("ben", "B", "d0", 3, 1),
        ("consensus", "A", "d0", 1, 1),
        ("consensus", "(no code)", "d0", 6, 1),
    )
    assert rows(made)["segment_id"].tolist() == ["d0.3"]


def test_the_order_of_rows_does_not_matter():
    made = tables(documents=3)
    made["codings"] = codings(
        *[
            (who, code, f"d{d}", s, 1)
            for who, code in (("ann", "A"), ("ben", "B"))
            for d in range(3)
            for s in range(1, 6)
        ]
    )
    mixed = {name: frame.sample(frac=1, random_state=2) for name, frame in made.items()}
    pd.testing.assert_frame_equal(rows(made), rows(mixed))
