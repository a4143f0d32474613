"""New talk against accepted themes: fits, stretches, asks, silent, untold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.decisions import new_talk
from pipeline.decisions.held_themes import Held

RNG = np.random.default_rng(7)


def around(direction: int, n: int, spread: float) -> list[np.ndarray]:
    points = np.eye(8)[direction] + RNG.normal(0, spread, (n, 8))
    return list((points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32))


def study(**groups: tuple[str, int, list[np.ndarray]]):
    """Segments by group: (document, theme, vectors)."""
    themes, documents, vectors = {}, {}, {}
    for name, (document, theme, found) in groups.items():
        for number, vector in enumerate(found):
            segment = f"{name}{number:03d}"
            themes[segment], documents[segment], vectors[segment] = theme, document, vector
    return {"themes": themes, "documents": documents, "vectors": vectors}


def accepted(theme: int, world: dict[str, dict], known: set[str]) -> Held:
    anchor = {s for s, t in world["themes"].items() if t == theme and world["documents"][s] in known}
    return Held(theme, "accepted", anchor=anchor, known=set(known))


def said(world, *held: Held) -> list[new_talk.News]:
    return new_talk.news(
        new_talk.Talk(**world), held={h.theme_id: h for h in held}, labels={5: "Time", 6: "Staff", 9: "Board"}
    )


def test_no_accepted_theme_no_news():
    world = study(old=("a", 5, around(0, 20, 0.1)), new=("b", 5, around(0, 5, 0.1)))
    assert said(world) == []
    assert said(world, Held(5, "open", anchor={"old000"}, known={"a"})) == []
    assert said(world, Held(5, "rejected", anchor={"old000"}, known={"a"})) == []


def test_no_new_document_no_news():
    world = study(old=("a", 5, around(0, 20, 0.1)))
    assert said(world, accepted(5, world, {"a"})) == []


def test_like_talk_fits_and_says_how_much_and_from_where():
    world = study(old=("a", 5, around(0, 60, 0.1)), new=("b", 5, around(0, 12, 0.1)))
    (row,) = said(world, accepted(5, world, {"a"}))
    assert (row.verdict, row.n_segments, row.n_documents, row.candidate_id) == ("fits", 12, 1, -1)
    assert row.sentence == "12 new passages from 1 document fit “Time” (5) as decided."


def test_talk_further_out_than_the_theme_s_own_stretches_it():
    world = study(old=("a", 5, around(0, 60, 0.05)), new=("b", 5, around(0, 12, 0.4)))
    (row,) = said(world, accepted(5, world, {"a"}))
    assert row.verdict == "stretches"
    assert "further from its centre" in row.sentence


def test_a_theme_of_too_few_segments_is_not_judged():
    world = study(old=("a", 5, around(0, new_talk.MIN_ANCHOR - 1, 0.05)), new=("b", 5, around(0, 3, 0.4)))
    assert [row.verdict for row in said(world, accepted(5, world, {"a"}))] == ["untold"]


def test_new_documents_without_talk_for_a_theme_are_said():
    world = study(old=("a", 5, around(0, 9, 0.1)), new=("b", -1, around(3, 9, 0.1)), more=("c", -1, around(3, 2, 0.1)))
    (row,) = said(world, accepted(5, world, {"a"}))
    assert (row.verdict, row.n_segments, row.n_documents) == ("silent", 0, 2)


def test_new_talk_in_a_candidate_theme_of_its_own_asks_for_one_and_names_the_nearest():
    between = [v / np.linalg.norm(v) for v in (np.eye(8)[6] + 0.6 * np.eye(8)[1] for _ in range(6))]
    world = study(
        old=("a", 5, around(0, 20, 0.1)),
        other=("a", 6, around(1, 20, 0.1)),
        new=("b", 9, [v.astype(np.float32) for v in between]),
    )
    rows = said(world, accepted(5, world, {"a"}), accepted(6, world, {"a"}))
    asks = [row for row in rows if row.verdict == "asks"]
    assert [(row.theme_id, row.candidate_id, row.n_segments) for row in asks] == [(6, 9, 6)]
    assert "“Board” (9)" in asks[0].sentence and "“Staff” (6)" in asks[0].sentence


@pytest.mark.parametrize(
    ("old", "new", "asks"), [(0, 3, True), (0, 2, False), (3, 3, False), (2, 3, True), (10, 4, False)]
)
def test_a_candidate_theme_asks_only_if_it_is_mostly_new_and_large_enough(old: int, new: int, asks: bool):
    world = study(
        anchor=("a", 5, around(0, 9, 0.1)), known=("a", 9, around(4, old, 0.1)), new=("b", 9, around(4, new, 0.1))
    )
    rows = said(world, accepted(5, world, {"a"}))
    assert ("asks" in {row.verdict for row in rows}) is asks


def test_a_document_that_one_accepted_theme_knows_is_new_only_to_the_others():
    world = study(old=("a", 5, around(0, 9, 0.1)), other=("b", 6, around(1, 9, 0.1)), cand=("b", 9, around(4, 6, 0.1)))
    rows = said(world, accepted(5, world, {"a"}), accepted(6, world, {"a", "b"}))
    assert [(row.theme_id, row.verdict) for row in rows] == [(5, "silent")]


@pytest.mark.parametrize(("beyond", "of", "chance"), [(0, 5, 1.0), (1, 1, 0.1), (2, 2, 0.01), (1, 2, 0.19)])
def test_the_chance_of_lying_beyond_the_edge_is_the_binomial_s(beyond: int, of: int, chance: float):
    assert new_talk._by_chance(beyond, of) == pytest.approx(chance)


def test_the_edge_is_where_nine_in_ten_of_the_others_lie():
    # Settled vectors at angles from the axis, ten on either side, so that the middle of each nine in ten stays near it.
    def at(*degrees: float) -> list[np.ndarray]:
        return [np.array([np.cos(angle), np.sin(angle)], dtype=np.float32) for angle in np.radians(degrees)]

    settled = at(*range(1, 11), *(-angle for angle in range(1, 11)))
    # Of twenty, the farthest two are ten degrees out; without themselves the middle is half a degree on the other side.
    assert new_talk.stretched(settled, at(10.3, -10.3)) == (0, False)
    assert new_talk.stretched(settled, at(11, -11)) == (2, True)
    assert new_talk.stretched(settled, at(11, *[0] * 5)) == (1, False)


def test_one_segment_alone_never_stretches_a_theme():
    assert new_talk.stretched(around(0, 30, 0.01), around(4, 1, 0.01)) == (1, False)
    assert new_talk.stretched(around(0, 30, 0.01), around(4, 2, 0.01)) == (2, True)


def test_like_talk_is_rarely_said_to_stretch():
    wrong = sum(new_talk.stretched(around(0, 60, 0.2), around(0, 20, 0.2))[1] for _ in range(200))
    assert wrong <= 30, "one in twenty by design, a little more for an edge that is estimated"


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_segments_does_not_matter(seed: int):
    rng = np.random.default_rng(seed)
    world = study(old=("a", 5, around(0, 12, 0.2)), new=("b", 5, around(0, 5, 0.3)), cand=("b", 9, around(2, 4, 0.1)))
    held = accepted(5, world, {"a"})
    names = list(world["themes"])
    rng.shuffle(names)
    mixed = {key: {name: held_of[name] for name in names} for key, held_of in world.items()}
    assert said(mixed, held) == said(world, held)


def test_vectors_without_direction_do_no_harm():
    zero = [np.zeros(8, dtype=np.float32)] * 6
    assert new_talk.stretched(zero, zero) == (0, False)
