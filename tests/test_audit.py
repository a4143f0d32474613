"""The audit trail: who decided what, when, why, on which evidence; what was undone stays in it."""

import pytest

from pipeline.decisions import audit_trail
from pipeline.decisions.held_themes import part_id
from pipeline.decisions.ledger import Decision

LABELS = {5: "Protected time", 6: "Staffing"}


def decision(action: str, **more: object) -> Decision:
    return Decision(**{"action": action, "who": "Asha", "when": "2026-01-15T10:00:00", **more})


def only(taken: Decision) -> audit_trail.Entry:
    return audit_trail.trail([taken], LABELS)[0]


SPLIT = decision("split", theme=5, label="Study days", segments=("a", "b"))


@pytest.mark.parametrize(
    ("taken", "what"),
    [
        (decision("accept", theme=5), "accepted “Protected time” (5)"),
        (decision("reject", theme=7), "rejected an unlabelled theme (7)"),
        (decision("rename", theme=6, label="Too few"), "named theme 6 “Too few”"),
        (
            decision("merge", theme=5, others=(6, 7)),
            "merged “Staffing” (6) and an unlabelled theme (7) into “Protected time” (5)",
        ),
        (SPLIT, f"split 2 passages off “Protected time” (5) as “Study days” ({part_id(SPLIT)})"),
        (decision("move", theme=-1, segments=("a",)), "moved 1 passage out of all themes"),
        (decision("pin", theme=5, segments=("a",)), "pinned 1 passage as exemplar of “Protected time” (5)"),
        (decision("pin", theme=5, segments=("a", "b")), "pinned 2 passages as exemplars of “Protected time” (5)"),
        (decision("memo", theme=5, text="On\nthe edge."), "wrote a memo on “Protected time” (5): On the edge."),
    ],
)
def test_each_action_is_a_sentence(taken: Decision, what: str):
    assert only(taken).deed == what


@pytest.mark.parametrize(
    ("taken", "what"),
    [
        (decision("accept", theme=5), "accepted “Protected time”"),
        (decision("reject", theme=7), "rejected an unlabelled theme (7)"),
        (decision("rename", theme=6, label="Too few"), "named a theme “Too few”"),
        (
            decision("merge", theme=5, others=(6, 7)),
            "merged “Staffing” and an unlabelled theme (7) into “Protected time”",
        ),
        (SPLIT, "split 2 passages off “Protected time” as “Study days”"),
        (decision("move", theme=-1, segments=("a",)), "moved 1 passage out of all themes"),
    ],
)
def test_for_readers_a_sentence_names_labels_alone(taken: Decision, what: str):
    assert audit_trail.trail([taken], LABELS, ids=False)[0].deed == what


def test_for_readers_an_undo_says_what_was_taken_back():
    first = decision("accept", theme=5)
    undo = decision("undo", undoes=first.key, who="Ben", when="2026-01-16")
    assert (
        audit_trail.trail([first, undo], LABELS, ids=False)[1].deed
        == "undid the decision that Asha accepted “Protected time”"
    )


def test_on_the_card_of_a_theme_it_is_it():
    taken = [decision("rename", theme=5, label="Ours"), decision("merge", theme=5, others=(6,), when="2026-01-16")]
    said = [entry.deed for entry in audit_trail.trail(taken, LABELS, ids=False, subject=5)]
    assert said == ["named it “Ours”", "merged “Staffing” into it"]


def test_themes_that_are_gone_are_called_as_people_last_called_them():
    taken = [decision("rename", theme=8, label=label, when=f"2026-01-1{n}") for n, label in enumerate("ab", start=1)]
    assert audit_trail.labels_of([*taken[::-1], SPLIT], LABELS) == {**LABELS, 8: "b", part_id(SPLIT): "Study days"}
    renamed = decision("rename", theme=5, label="As it was")
    assert audit_trail.labels_of([renamed], LABELS) == LABELS


def test_the_sentence_holds_who_when_why_and_the_evidence():
    taken = decision(
        "accept", theme=5, why="It came up\nin every interview.", members=("a", "b"), documents=("x",), id="k1"
    )
    assert only(taken).sentence == (
        "2026-01-15 10:00:00  Asha accepted “Protected time” (5), on 2 passages in a study of 1 document: "
        "It came up in every interview.  [k1]"
    )


def test_the_sentence_on_a_memo_ends_with_its_words():
    taken = decision("memo", theme=5, text="Bills are late.", members=("a", "b"), documents=("x",), id="k1")
    assert only(taken).sentence == (
        "2026-01-15 10:00:00  Asha wrote a memo on “Protected time” (5): Bills are late.  [k1]"
    )


def test_evidence_that_was_not_written_down_is_not_made_up():
    entry = only(decision("accept", theme=5))
    assert (entry.n_segments, entry.n_documents) == (0, 0)
    assert "segments" not in entry.sentence


def test_what_was_undone_stays_in_the_trail_and_says_by_what():
    first = decision("accept", theme=5)
    undo = decision("undo", undoes=first.key, who="Ben", when="2026-01-16")
    redo = decision("undo", undoes=undo.key, when="2026-01-17")
    one, two = audit_trail.trail([undo, first], LABELS)
    assert (one.undone_by, two.undone_by) == (undo.key, "")
    assert two.deed == f"undid {first.key} (Asha's accept)"
    assert f"undone by {undo.key}" in one.sentence
    one, two, three = audit_trail.trail([redo, undo, first], LABELS)
    assert (one.undone_by, two.undone_by, three.undone_by) == ("", redo.key, "")


def test_the_trail_is_in_the_order_of_time_whatever_the_order_of_the_file():
    days = [decision("memo", theme=5, text=str(n), when=f"2026-01-{n:02d}") for n in range(1, 6)]
    assert audit_trail.trail(days[::-1], LABELS) == audit_trail.trail(days, LABELS)
    assert [entry.when for entry in audit_trail.trail(days[::-1], LABELS)] == [d.when for d in days]
