"""The audit trail on the page: sentences without ids, evidence, what was taken back, and the same as a table."""

import pandas as pd
import pytest

from pipeline.core import store
from pipeline.decisions.ledger import Decision
from pipeline.reporting import quotes
from pipeline.reporting.views import trail_view

WHEN = "2026-01-15T10:00:00"


def decision(action: str, **more: object) -> Decision:
    return Decision(**{"action": action, "who": "Asha", "when": WHEN, **more})


@pytest.fixture
def tables(small_study):
    return {name: store.read(small_study, name) for name in ("themes", "theme_states", "theme_assignments")}


@pytest.fixture
def quoted(small_study):
    read = {name: store.read(small_study, name) for name in ("documents", "turns", "cases", "segments")}
    return quotes.collect(**read)


def built(tables, quoted, *taken: Decision) -> trail_view.Trail:
    named = {"themes": tables["themes"], "theme_states": tables["theme_states"]}
    return trail_view.build(taken, **named, assignments=tables["theme_assignments"], quotes=quoted)


def test_where_nothing_was_decided_that_is_said(tables, quoted):
    made = built(tables, quoted)
    assert made.lead.startswith("No decisions yet.")
    assert (made.steps, made.by_theme) == ((), {})


def test_a_decision_is_a_sentence_with_labels_and_no_ids(tables, quoted):
    made = built(tables, quoted, decision("accept", theme=0, why="It came up everywhere."))
    assert made.lead.startswith("1 decision by Asha.")
    step = made.steps[0]
    assert (step.sentence, step.why, step.when) == (
        "Asha accepted “Charts at <home>”.",
        "It came up everywhere.",
        "2026-01-15 10:00:00",
    )
    assert (step.evidence, step.undone, step.passages) == ("", "", ())


ELSEWHERE = "in “Time & the ward”."


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (0, f"Of these, none are still in the theme; 3 are now {ELSEWHERE}"),
        (1, f"Of these, 1 is still in the theme; 2 are now {ELSEWHERE}"),
        (3, "All of them are still in the theme."),
    ],
)
def test_the_evidence_is_what_it_rested_on_and_what_is_left_of_that(tables, quoted, left, said):
    own = tables["theme_assignments"]
    here = sorted(own[own.theme_id == 0].segment_id)[:3]
    there = sorted(own[own.theme_id == 1].segment_id)[:3]
    members = (*here[:left], *there[left:])
    step = built(tables, quoted, decision("accept", theme=0, members=members, documents=("a", "b"))).steps[0]
    assert step.evidence == f"Based on 3 passages, in a study of 2 documents. {said}"


def test_settled_questions_are_counted(tables, quoted):
    step = built(tables, quoted, decision("accept", theme=0, answers=("joined 2",))).steps[0]
    assert step.evidence == "Answered 1 question."


def test_passages_that_a_decision_names_are_shown_while_they_are_in_the_study(tables, quoted):
    known = list(quoted)
    step = built(tables, quoted, decision("pin", theme=0, segments=(known[4], known[1], "gone"))).steps[0]
    assert [quote.segment_id for quote in step.passages] == [known[1], known[4]]
    assert step.n_passages == 3


def test_no_more_passages_than_can_be_read_at_a_glance(tables, quoted):
    step = built(tables, quoted, decision("pin", theme=0, segments=tuple(quoted))).steps[0]
    assert len(step.passages) == trail_view.SHOWN < step.n_passages


def test_what_was_taken_back_stays_and_says_by_whom(tables, quoted):
    first = decision("accept", theme=0)
    undo = decision("undo", undoes=first.key, who="Ben", when="2026-01-16")
    made = built(tables, quoted, undo, first)
    assert [step.sentence for step in made.steps] == [
        "Asha accepted “Charts at <home>”.",
        "Ben undid the decision that Asha accepted “Charts at <home>”.",
    ]
    assert [step.undone for step in made.steps] == ["Undone by Ben on 2026-01-16.", ""]
    assert made.lead.startswith("1 decision by Asha and Ben: 1 was undone and 0 are in force.")


def test_themes_that_are_gone_keep_the_name_that_people_gave_them(tables, quoted):
    named = decision("rename", theme=77, label="Old name", when="2026-01-14")
    merged = decision("merge", theme=0, others=(77, 78))
    split = decision("split", theme=0, label="Part", segments=("a", "b"))
    said = [step.sentence for step in built(tables, quoted, named, merged, split).steps]
    assert "Asha named a theme “Old name”." in said
    assert "Asha merged “Old name” and an unlabelled theme (78) into “Charts at <home>”." in said
    assert "Asha split 2 passages off “Charts at <home>” as “Part”." in said


def test_a_theme_is_told_its_own_decisions_in_sentences(tables, quoted):
    one, two = (
        decision("accept", theme=0, why="Enough."),
        decision("memo", theme=0, text="On the edge", when="2026-02-01"),
    )
    tables["themes"]["decided"] = [f"{one.key} {two.key} unknown" if t == 0 else "" for t in tables["themes"].theme_id]
    assert built(tables, quoted, one, two).by_theme == {
        0: (
            "On 2026-01-15 Asha accepted it: Enough.",
            "On 2026-02-01 Asha wrote a memo on it: On the edge.",
        )
    }


def test_the_table_is_the_trail_a_row_each(tables):
    taken = [
        decision("pin", theme=0, segments=("b", "a"), members=("a", "b", "c")),
        decision("move", theme=-1, segments=("c",)),
    ]
    table = trail_view.table(taken, tables["themes"], tables["theme_states"])
    assert list(table.columns) == list(trail_view.COLUMNS)
    assert table.loc[table.action == "pin", ["theme", "n_segments", "segments"]].to_numpy().tolist() == [
        ["Charts at <home>", 3, "b a"]
    ]
    assert set(table.who) == {"Asha"}
    assert trail_view.table(taken[::-1], tables["themes"], tables["theme_states"]).equals(table)


def test_without_decisions_the_table_has_its_columns():
    table = trail_view.table([], store.empty("themes"), store.empty("theme_states"))
    assert list(table.columns) == list(trail_view.COLUMNS)
    assert isinstance(table, pd.DataFrame)
    assert table.empty
