"""Replay: hundreds of random edit scripts, after each of which what was decided holds and nothing is lost or doubled."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.decisions import held_themes, ledger, replay
from pipeline.decisions.ledger import Decision

WHO = {"who": "Asha"}


def study(**clusters: int) -> tuple[dict[str, int], dict[str, str]]:
    """Segments named <document><number>, each in its cluster."""
    return dict(clusters), {segment: segment[0] for segment in clusters}


def decision(action: str, theme: int, day: int = 1, **more: object) -> Decision:
    return Decision(action=action, theme=theme, when=f"2026-01-{day:02d}", **{**WHO, **more})


def outcome(clusters, documents, *held: Decision, share: float = 0.2) -> replay.Replayed:
    return replay.replay(clusters, documents, ledger.standing(held), shift_share=share)


def test_without_decisions_the_clusters_are_the_themes():
    clusters, documents = study(a1=5, a2=5, b1=6, b2=-1)
    done = outcome(clusters, documents)
    assert done.themes == clusters
    assert done.questions == []


def test_an_accepted_theme_stays_when_the_clusters_move():
    clusters, documents = study(a1=5, a2=5, a3=6, b1=6, b2=6)
    held = decision("accept", 5, members=("a1", "a2", "a3"), documents=("a", "b"))
    done = outcome({**clusters, "a2": 6}, documents, held)
    assert [done.themes[s] for s in ("a1", "a2", "a3")] == [5, 5, 5]


def test_new_talk_joins_a_decided_theme_and_is_asked_about():
    clusters, documents = study(a1=5, a2=5, c1=5)
    done = outcome(clusters, documents, decision("accept", 5, members=("a1", "a2"), documents=("a",)))
    assert done.themes["c1"] == 5
    assert [q.kind for q in done.questions] == ["joined"]


@pytest.mark.parametrize(
    ("settled_in_it", "elsewhere", "more", "joins"),
    [(3, 3, 9, True), (2, 3, 9, False), (2, 9, 2, True), (2, 9, 3, False), (3, 0, 20, True)],
)
def test_a_cluster_goes_on_as_a_theme_if_it_holds_half_of_it_or_is_half_made_of_it(
    settled_in_it, elsewhere, more, joins
):
    inside, beyond = ([f"a{name}{n}" for n in range(count)] for name, count in (("i", settled_in_it), ("e", elsewhere)))
    clusters = dict.fromkeys(inside, 6) | dict.fromkeys(beyond, 7) | {f"c{n}": 6 for n in range(more)}
    held = decision("accept", 5, members=(*inside, *beyond), documents=("a",))
    done = outcome(clusters, {s: s[0] for s in clusters}, held)
    assert {done.themes[f"c{n}"] for n in range(more)} == ({5} if joins else {6})


def test_a_cluster_in_which_two_themes_are_settled_goes_on_as_the_one_with_more_and_of_equals_the_lower_id():
    def joined(five: int, six: int) -> int:
        members = {5: tuple(f"a{n}" for n in range(five)), 6: tuple(f"b{n}" for n in range(six))}
        clusters = dict.fromkeys((*members[5], *members[6], "c1"), 8)
        held = [decision("accept", theme, members=own, documents=("a", "b")) for theme, own in members.items()]
        return outcome(clusters, {s: s[0] for s in clusters}, *held).themes["c1"]

    assert (joined(3, 2), joined(2, 3), joined(2, 2)) == (5, 6, 5)


def test_known_talk_left_beside_a_settled_theme_is_a_candidate_of_its_own_if_it_is_enough():
    clusters, documents = study(a1=5, a2=5, a3=5, a4=5, a5=5)
    done = outcome(clusters, documents, decision("accept", 5, members=("a1", "a2"), documents=("a",)))
    assert done.themes["a3"] == done.themes["a4"] == done.themes["a5"] not in (5, -1)


def test_known_talk_does_not_slip_into_a_settled_theme():
    clusters, documents = study(a1=5, a2=5, a3=5)
    done = outcome(clusters, documents, decision("accept", 5, members=("a1", "a2"), documents=("a",)))
    assert done.themes["a3"] == -1
    assert [(q.kind, q.n_segments) for q in done.questions] == [("claimed", 1)]


def test_a_shift_beyond_the_share_is_a_question_and_within_it_none():
    members = tuple(f"a{i}" for i in range(10))
    clusters = dict.fromkeys(members, 5) | {"a0": 6} | {f"b{i}": 6 for i in range(9)}
    documents = {s: s[0] for s in clusters}
    held = decision("accept", 5, members=members, documents=("a", "b"))
    assert outcome(clusters, documents, held, share=0.2).questions == []
    moved = outcome({**clusters, "a1": 6, "a2": 6}, documents, held, share=0.2)
    assert [(q.kind, q.n_segments) for q in moved.questions] == [("shifted", 3)]
    assert "3 of 10" in moved.questions[0].sentence


def test_a_question_names_the_theme_by_its_label_and_id_and_says_what_was_decided():
    clusters, documents = study(a1=5, a2=5, c1=5, c2=5)
    known = {"members": ("a1", "a2"), "documents": ("a",)}
    asked = [
        outcome(clusters, documents, decision("accept", 5, **known, **label)).questions
        for label in ({}, {"label": "Time"})
    ]
    assert [one.sentence for (one,) in asked] == [
        "2 new passages joined an unlabelled theme (5, accepted by Asha on 2026-01-01): do they fit it?",
        "2 new passages joined “Time” (5, accepted by Asha on 2026-01-01): do they fit it?",
    ]


def test_a_theme_whose_cluster_is_gone_is_kept_and_asked_about():
    clusters, documents = study(a1=-1, a2=-1, b1=6)
    done = outcome(clusters, documents, decision("accept", 5, members=("a1", "a2"), documents=("a", "b")))
    assert (done.themes["a1"], done.themes["a2"]) == (5, 5)
    assert "vanished" in {q.kind for q in done.questions}


def test_two_themes_that_the_clusters_no_longer_tell_apart_are_asked_about():
    clusters, documents = study(a1=8, a2=8, b1=8, b2=8)
    done = outcome(
        clusters,
        documents,
        decision("accept", 5, members=("a1", "a2"), documents=("a", "b")),
        decision("accept", 6, 2, members=("b1", "b2"), documents=("a", "b")),
    )
    assert (done.themes["a1"], done.themes["b1"]) == (5, 6)
    assert "merged" in {q.kind for q in done.questions}


def test_withdrawn_segments_leave_the_theme_and_are_counted():
    clusters, documents = study(a1=5)
    done = outcome(clusters, documents, decision("accept", 5, members=("a1", "z1"), documents=("a", "z")))
    assert [(q.kind, q.n_segments) for q in done.questions] == [("gone", 1)]


def test_a_rejected_theme_sends_its_segments_and_its_new_talk_to_the_reading_list():
    clusters, documents = study(a1=5, a2=5, c1=5)
    done = outcome(clusters, documents, decision("reject", 5, members=("a1", "a2"), documents=("a",)))
    assert set(done.themes.values()) == {-1}


def test_merge_split_move_and_pin():
    clusters, documents = study(a1=5, a2=5, a3=5, b1=6, b2=6)
    everyone = ("a", "b")
    merged = decision("merge", 5, others=(6,), members=("a1", "a2", "a3", "b1", "b2"), documents=everyone)
    assert set(outcome(clusters, documents, merged).themes.values()) == {5}
    split = decision("split", 5, 2, label="Other", segments=("a3",), members=("a1", "a2", "a3"), documents=everyone)
    parts = outcome(clusters, documents, split)
    assert parts.themes["a3"] == held_themes.part_id(split) != parts.themes["a1"] == 5
    assert parts.held[held_themes.part_id(split)].label == "Other"
    assert set(outcome(clusters, documents, decision("merge", 5, others=(6,))).themes.values()) == {5}, "by hand"
    moved = decision("move", -1, segments=("a1",))
    assert outcome(clusters, documents, moved).themes["a1"] == -1
    pinned = decision("pin", 5, segments=("b1",), members=("a1", "a2", "a3"), documents=everyone)
    done = outcome(clusters, documents, pinned)
    assert done.themes["b1"] == 5
    assert done.held[5].pinned == ("b1",)


def test_a_decision_by_hand_is_anchored_on_the_theme_of_that_id_or_asked_about():
    clusters, documents = study(a1=5, a2=5)
    assert outcome(clusters, documents, decision("accept", 5)).held[5].anchor == {"a1", "a2"}
    asked = outcome(clusters, documents, decision("accept", 9)).questions
    assert [q.kind for q in asked] == ["lost"]


def test_a_cluster_that_has_a_held_theme_s_number_by_chance_is_not_that_theme():
    clusters, documents = study(a1=6, a2=6, b1=5, b2=5)
    done = outcome(clusters, documents, decision("accept", 5, members=("a1", "a2"), documents=("a", "b")))
    assert done.themes["a1"] == 5
    assert done.themes["b1"] == done.themes["b2"] not in (5, -1)


def test_an_answered_question_is_asked_again_only_when_the_number_changes():
    members = tuple(f"a{i}" for i in range(6))
    clusters = dict.fromkeys(members, 5) | {"a0": 6, "a1": 6, "b1": 6, "b2": 6, "b3": 6}
    documents = {s: s[0] for s in clusters}
    first = decision("accept", 5, members=members, documents=("a", "b"))
    assert [q.key for q in outcome(clusters, documents, first).questions] == ["shifted 2"]
    again = decision("accept", 5, 2, members=members, documents=("a", "b"), answers=("shifted 2",))
    assert outcome(clusters, documents, first, again).questions == []
    assert "shifted 3" in {q.key for q in outcome({**clusters, "a2": 6}, documents, first, again).questions}


def test_an_accepted_theme_keeps_the_label_it_had_and_a_label_people_gave_goes_before_it():
    clusters, documents = study(a1=5, a2=5)
    accept = decision("accept", 5, 3, members=("a1", "a2"), label="time, protected, day")
    assert outcome(clusters, documents, accept).held[5].label == "time, protected, day"
    rename = decision("rename", 5, 2, members=("a1", "a2"), label="Protected time")
    assert outcome(clusters, documents, rename, accept).held[5].label == "Protected time"
    later = decision("rename", 5, 4, members=("a1", "a2"), label="Time")
    assert outcome(clusters, documents, rename, accept, later).held[5].label == "Time"


def test_new_talk_in_a_theme_that_was_merged_away_is_asked_about():
    clusters, documents = study(a1=5, a2=5, b1=6, b2=6, c1=6)
    merged = decision("merge", 5, others=(6,), members=("a1", "a2", "b1", "b2"), documents=("a", "b"))
    done = outcome(clusters, documents, merged)
    assert done.held[5].anchor == {"a1", "a2", "b1", "b2"}
    assert done.themes["c1"] == 5
    assert "joined 1" in {q.key for q in done.questions}


def test_a_decision_about_a_theme_that_somebody_merged_away_is_asked_about():
    clusters, documents = study(a1=5, a2=5, b1=6, b2=6)
    merged = decision("merge", 5, others=(6,), members=("a1", "a2", "b1", "b2"), documents=("a", "b"))
    rename = decision("rename", 6, 2, label="Mine", members=("b1", "b2"), documents=("a", "b"))
    done = outcome(clusters, documents, merged, rename)
    assert set(done.themes.values()) == {5}
    assert {"contested 2", "empty 0"} <= {q.key for q in done.questions if q.theme_id == 6}


def test_segments_that_two_people_settled_in_two_themes_stay_with_the_first_and_are_asked_about():
    clusters, documents = study(a1=5, a2=5, a3=5, b1=7)
    first = decision("accept", 5, members=("a1", "a2", "a3"), documents=("a", "b"))
    second = decision("accept", 7, 2, members=("a3", "b1"), documents=("a", "b"))
    done = outcome(clusters, documents, first, second)
    assert done.themes["a3"] == 5
    assert [(q.theme_id, q.key) for q in done.questions if q.kind == "contested"] == [(7, "contested 1")]
    settled = decision("move", 7, 3, segments=("a3",))
    assert "contested" not in {q.kind for q in outcome(clusters, documents, first, second, settled).questions}


SEGMENTS = [f"{document}{number}" for document in "abcdefgh" for number in range(5)]
partitions = st.fixed_dictionaries({s: st.integers(-1, 4).map(lambda c: c if c < 0 else 10 + c) for s in SEGMENTS})
steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("add", "remove", "recluster", "accept", "rename", "reject", "merge", "move", "pin", "split", "undo"),
                *("behind", "answer"),
            ]
        ),
        st.integers(0, 10**6),
    ),
    min_size=1,
    max_size=14,
)


def decide(
    action: str, pick: int, day: int, current: dict[str, int], documents: dict[str, str], taken: list[Decision]
) -> Decision | None:
    """What a person could decide on the screen as it is: every choice is read off `pick`."""
    if action in ("behind", "answer"):
        action = "accept"
    if action == "undo":
        alive = [d for d in taken if d.action != "undo"]
        return Decision(action="undo", undoes=alive[pick % len(alive)].key, when=stamp(day), **WHO) if alive else None
    themes = sorted(set(current.values()) - {-1})
    if not themes or not current:
        return None
    theme = themes[pick % len(themes)]
    members = tuple(sorted(s for s, t in current.items() if t == theme))
    more: dict[str, object] = {"members": members, "documents": tuple(sorted(set(documents.values())))}
    if action in ("rename", "split"):
        more["label"] = f"label {pick}"
    if action == "merge":
        others = [t for t in themes if t != theme]
        if not others:
            return None
        other = others[pick % len(others)]
        joined = tuple(sorted(s for s, t in current.items() if t in (theme, other)))
        more |= {"others": (other,), "members": joined}
    if action in ("move", "pin"):
        more["segments"] = (sorted(current)[pick % len(current)],)
    if action == "split":
        more["segments"] = members[: 1 + pick % len(members)]
    return Decision(action=action, theme=theme, when=stamp(day), **WHO, **more)


def stamp(day: int) -> str:
    return f"2026-01-01T00:{day // 60:02d}:{day % 60:02d}"


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    script=steps,
    worlds=st.lists(partitions, min_size=4, max_size=4),
    start=st.sets(st.sampled_from("abcdefgh"), min_size=1),
)
def test_random_edit_scripts_never_break_a_decision_or_lose_a_segment(script, worlds, start):
    present, world, taken = set(start), 0, []
    previous: dict[str, int] | None = None
    for day, (action, pick) in enumerate(script):
        clusters = {s: c for s, c in worlds[world].items() if s[0] in present}
        documents = {s: s[0] for s in clusters}
        done = replay.replay(clusters, documents, ledger.standing(taken), shift_share=0.2)
        check(done, clusters, documents)
        backwards = replay.replay(
            dict(reversed(clusters.items())),
            dict(reversed(documents.items())),
            ledger.standing(reversed(taken)),
            shift_share=0.2,
        )
        assert (backwards.themes, backwards.questions) == (done.themes, done.questions)
        if action == "add":
            present.add("abcdefgh"[pick % 8])
        elif action == "remove":
            present -= {sorted(present)[pick % len(present)]} if len(present) > 1 else set()
        elif action == "recluster":
            world = pick % 4
        elif (new := decide(action, pick, day, shown(action, done, previous), documents, taken)) is not None:
            if action == "answer":
                new = new.model_copy(update={"answers": tuple(sorted(answered(done, new.theme)))})
            taken.append(new)
            after = replay.replay(clusters, documents, ledger.standing(taken), shift_share=0.2)
            check(after, clusters, documents)
            if action == "behind":
                contested(new, after, clusters)
            else:
                holds(new, after, clusters)
            if action == "answer":
                assert not answered(done, new.theme) & answered(after, new.theme)
        previous = done.themes
    assert previous is not None


def shown(action: str, done: replay.Replayed, previous: dict[str, int] | None) -> dict[str, int]:
    """The screen a person has: as it is, or, for one who is behind, as it was before the last change."""
    return previous if action == "behind" and previous is not None else done.themes


def answered(done: replay.Replayed, theme: int | None) -> frozenset[str]:
    return frozenset(q.key for q in done.questions if q.theme_id == theme and q.kind in ("shifted", "claimed", "gone"))


def contested(new: Decision, after: replay.Replayed, clusters: dict[str, int]) -> None:
    """What somebody decided without knowing of the others holds as well, or is asked about."""
    theme = after.held[new.theme]
    elsewhere = {s for s in new.members if s in clusters} - theme.anchor
    asked = {q.kind: q.n_segments for q in after.questions if q.theme_id == new.theme}
    if theme.status != "rejected":
        assert asked.get("contested", 0) == len(elsewhere)


def check(done: replay.Replayed, clusters: dict[str, int], documents: dict[str, str]) -> None:
    """No segment lost or doubled; a held theme has exactly its anchor and new talk that was asked about."""
    assert set(done.themes) == set(clusters)
    anchors = Counter(s for theme in done.held.values() for s in theme.anchor)
    assert all(count == 1 for count in anchors.values())
    for theme in done.held.values():
        if not theme.anchor and theme.status != "rejected":
            assert "empty" in {q.kind for q in done.questions if q.theme_id == theme.theme_id}
        here = {s for s, t in done.themes.items() if t == theme.theme_id}
        settled = theme.anchor & set(clusters)
        if theme.status == "rejected":
            assert not here
            continue
        assert settled <= here
        new = here - settled
        assert not {s for s in new if documents[s] in theme.known}
        asked = {q.kind: q.n_segments for q in done.questions if q.theme_id == theme.theme_id}
        assert asked.get("joined", 0) == len(new)
        gone = len(theme.anchor - settled)
        assert asked.get("gone", 0) == (0 if f"gone {gone}" in theme.answers else gone)


def holds(new: Decision, after: replay.Replayed, clusters: dict[str, int]) -> None:
    """What was just decided is so."""
    here = {s for s, t in after.themes.items() if t == new.theme}
    if new.action in ("accept", "rename") and after.held[new.theme].status != "rejected":
        assert set(new.members) & set(clusters) <= here
    if new.action == "rename":
        assert after.held[new.theme].label == new.label
    if new.action == "reject":
        assert not here
    if new.action in ("move", "pin") and after.held.get(new.theme) and after.held[new.theme].status != "rejected":
        assert set(new.segments) <= here
    if new.action == "split":
        assert {s for s, t in after.themes.items() if t == held_themes.part_id(new)} >= set(new.segments)
