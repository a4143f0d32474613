"""Held themes: what a sequence of decisions leaves settled, and what cannot be anchored."""

import pytest

from pipeline.decisions import held_themes, ledger
from pipeline.decisions.ledger import Decision

CLUSTERS = {"a1": 5, "a2": 5, "a3": 5, "b1": 6, "b2": 6}
DOCUMENTS = ("a", "b")


def decide(action: str, theme: int, day: int = 1, **more: object) -> Decision:
    return Decision(**{"action": action, "theme": theme, "who": "Asha", "when": f"2026-01-{day:02d}", **more})


def settle(*taken: Decision) -> dict[int, held_themes.Held]:
    held, lost = held_themes.settle(ledger.standing(taken), CLUSTERS, set(DOCUMENTS))
    assert lost == []
    return held


@pytest.mark.parametrize(
    ("action", "more", "status"),
    [
        ("accept", {}, "accepted"),
        ("rename", {"label": "Time"}, "accepted"),
        ("reject", {}, "rejected"),
        ("memo", {"text": "hm"}, "open"),
        ("pin", {"segments": ("a1",)}, "open"),
        ("merge", {"others": (6,)}, "accepted"),
        ("split", {"segments": ("a1",), "label": "Part"}, "accepted"),
    ],
)
def test_each_action_leaves_a_status_and_is_written_down(action: str, more: dict[str, object], status: str):
    taken = decide(action, 5, **more)
    theme = settle(taken)[5]
    assert theme.status == status
    assert theme.decided == (taken.key,)


def test_memos_and_pins_add_up_in_order():
    held = settle(
        decide("memo", 5, 1, text="first"),
        decide("memo", 5, 2, text="second"),
        decide("pin", 5, 3, segments=("a2",)),
        decide("pin", 5, 4, segments=("a1",)),
    )[5]
    assert held.memos == ("first", "second")
    assert held.pinned == ("a2", "a1")
    assert len(held.decided) == 4


def test_a_segment_is_anchored_once_whatever_is_decided():
    held = settle(
        decide("accept", 5, 1),
        decide("accept", 6, 2),
        decide("move", 6, 3, segments=("a1",)),
        decide("split", 6, 4, segments=("a1", "b1"), label="Part"),
        decide("pin", 5, 5, segments=("b1",)),
    )
    anchors = [segment for theme in held.values() for segment in theme.anchor]
    assert sorted(anchors) == sorted(CLUSTERS)
    assert held[5].anchor == {"a2", "a3", "b1"}


def test_held_themes_stand_in_the_order_of_their_ids():
    held = settle(decide("accept", 6), decide("accept", 5, 2), decide("move", -1, 3, segments=("a1",)))
    assert list(held) == [-1, 5, 6]


def test_what_is_moved_out_of_every_theme_is_kept_under_none():
    held = settle(decide("accept", 5), decide("move", -1, 2, segments=("a1",)))
    assert held[-1].anchor == {"a1"}
    assert held[5].anchor == {"a2", "a3"}


def test_the_label_of_a_merge_is_that_of_the_merge():
    assert settle(decide("merge", 5, others=(6,), label="Both"))[5].label == "Both"
    kept = settle(decide("rename", 5, label="Time"), decide("merge", 5, 2, others=(6,)))
    assert kept[5].label == "Time"
    assert 6 not in kept


def test_a_theme_merged_into_itself_by_mistake_stays():
    assert settle(decide("merge", 5, others=(5, -1)))[5].anchor == {"a1", "a2", "a3"}


def test_a_merge_knows_what_either_theme_knew():
    held = settle(decide("accept", 6, documents=("b",)), decide("merge", 5, 2, others=(6,), documents=("a",)))
    assert held[5].known == {"a", "b"}


def test_a_rejected_theme_can_be_accepted_again_with_what_it_had():
    held = settle(decide("reject", 5), decide("accept", 5, 2))
    assert held[5].status == "accepted"
    assert held[5].anchor == {"a1", "a2", "a3"}


@pytest.mark.parametrize(
    ("action", "more"),
    [("rename", {"label": "Time"}), ("split", {"segments": ("a1",), "label": "Part"}), ("memo", {"text": "hm"})],
)
def test_what_is_said_of_a_rejected_theme_does_not_bring_it_back(action: str, more: dict[str, object]):
    assert settle(decide("reject", 5), decide(action, 5, 2, **more))[5].status == "rejected"


def test_a_decision_about_nothing_is_a_question_and_settles_nothing():
    held, lost = held_themes.settle([decide("accept", 9)], CLUSTERS, set(DOCUMENTS))
    assert held == {}
    assert [(q.theme_id, q.kind) for q in lost] == [(9, "lost")]
    assert "Asha’s decision of 2026-01-01 (accept) refers to theme 9, which does not exist" in lost[0].sentence
    assert f"counterpoint undo {decide('accept', 9).key}" in lost[0].sentence


def test_the_id_of_a_part_is_the_decision_s_alone():
    one, two = (decide("split", 5, day, segments=("a1",), label="Part") for day in (1, 2))
    assert held_themes.part_id(one) == held_themes.part_id(one.model_copy(update={"members": ("a1",)}))
    assert held_themes.part_id(one) != held_themes.part_id(two)
    assert 100_000 <= held_themes.part_id(one) < 1_000_000
