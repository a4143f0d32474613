"""Decisions on clusters: numbers, parts, strengths, labels, pins and questions as the researchers left the themes."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.decisions import decided_themes
from pipeline.decisions.decided_themes import Clusters
from pipeline.decisions.ledger import Decision

RNG = np.random.default_rng(3)
NAMES = [f"{document}{number:02d}" for document in "abcd" for number in range(10)]
SEGMENTS = pd.DataFrame({"segment_id": NAMES, "document": [name[0] for name in NAMES]})
VECTORS = RNG.normal(size=(40, 6)).astype(np.float32)


def clusters(themes: list[int] | None = None) -> Clusters:
    """Four clusters of ten unless told, two parts in each, numbered by size."""
    own = np.array(themes if themes is not None else [n % 4 for n in range(40)])
    parts = np.where(own >= 0, 2 * own + (np.arange(40) % 3 == 0), -1)
    parts = np.searchsorted(np.unique(parts[parts >= 0]), parts) if (own >= 0).any() else parts
    parts = np.where(own >= 0, parts, -1)
    count = int(own.max(initial=-1)) + 1
    strength = RNG.dirichlet(np.ones(max(count, 1)), size=40)
    return Clusters(own, parts, strength, [500_000 + n for n in range(count)])


def decide(action: str, theme: int, day: int = 1, **more: object) -> Decision:
    return Decision(**{"action": action, "theme": theme, "who": "Asha", "when": f"2026-01-{day:02d}", **more})


def left(found: Clusters, *taken: Decision, min_size: int = 2) -> decided_themes.Decided:
    return decided_themes.decided(SEGMENTS, found, taken, shift_share=0.2, min_size=min_size)


def of(found: Clusters, theme: int) -> tuple[str, ...]:
    return tuple(name for name, own in zip(NAMES, found.themes, strict=True) if own == theme)


def test_without_decisions_everything_is_as_it_was_found():
    found = clusters()
    done = left(found)
    assert done.themes is found.themes and done.sub_themes is found.sub_themes and done.strength is found.strength
    assert done.ids == list(found.ids)
    assert done.given() == [None] * 4
    assert done.columns()[0] == {"status": "candidate", "decided": "", "label_source": "words"}


def test_a_decision_that_changes_no_membership_keeps_the_numbers_and_is_shown():
    found = clusters()
    accept = decide("accept", 500_002, label="Time", members=of(found, 2), documents=tuple("abcd"))
    done = left(found, accept)
    assert done.themes is found.themes
    assert done.given() == [None, None, "Time", None]
    assert done.columns()[2] == {"status": "accepted", "decided": accept.key, "label_source": "people"}


def test_a_merge_is_numbered_by_size_and_keeps_its_id():
    found = clusters()
    merge = decide("merge", 500_003, others=(500_001,), members=of(found, 3) + of(found, 1), documents=tuple("abcd"))
    done = left(found, merge)
    assert done.ids == [500_003, 500_000, 500_002]
    assert np.bincount(done.themes).tolist() == [20, 10, 10]
    assert set(np.flatnonzero(done.themes == 0)) == set(np.flatnonzero(np.isin(found.themes, [1, 3])))


def test_a_rejected_theme_leaves_its_segments_without_theme_and_part():
    found = clusters()
    done = left(found, decide("reject", 500_000, members=of(found, 0), documents=tuple("abcd")))
    assert 500_000 not in done.ids
    assert (done.themes == -1).sum() == 10
    assert (done.sub_themes[done.themes == -1] == -1).all()


def test_everything_rejected_leaves_no_theme_and_a_strength_that_can_still_be_read():
    found = clusters([0] * 40)
    done = left(found, decide("reject", 500_000, members=of(found, 0), documents=tuple("abcd")))
    assert done.ids == [] and done.given() == [] and done.columns() == []
    assert (done.themes == -1).all() and (done.sub_themes == -1).all()
    assert done.strength.shape == (40, 1) and (done.strength == 0).all()


def test_parts_stay_inside_their_theme_and_crumbs_are_none():
    found = clusters()
    move = decide("move", 500_000, segments=of(found, 1)[:1], members=of(found, 0), documents=tuple("abcd"))
    done = left(found, move, min_size=2)
    place = NAMES.index(of(found, 1)[0])
    assert done.themes[place] == done.ids.index(500_000)
    assert done.sub_themes[place] == -1
    for part in range(done.sub_themes.max() + 1):
        assert len(set(done.themes[done.sub_themes == part])) == 1


def test_strengths_are_stored_with_six_places():
    found = clusters()
    done = left(found, decide("move", -1, segments=of(found, 1)[:3]))
    assert (done.strength == np.round(done.strength, 6)).all()


def test_a_part_is_kept_from_the_smallest_size_on_and_the_largest_comes_first():
    themes, parts = np.array([0, 0, 0, 0, 0, 1, 1, 1, -1]), np.array([4, 4, 2, 2, 2, 4, 4, 7, 4])
    assert decided_themes._sub_themes(themes, parts, min_size=3).tolist() == [-1, -1, 0, 0, 0, -1, -1, -1, -1]
    assert decided_themes._sub_themes(themes, parts, min_size=2).tolist() == [1, 1, 0, 0, 0, 2, 2, -1, -1]
    assert decided_themes._sub_themes(themes, parts, min_size=1).tolist() == [1, 1, 0, 0, 0, 2, 2, 3, -1]


def test_talk_taken_out_of_every_theme_takes_its_share_of_the_strength_with_it():
    found = clusters()
    gone = of(found, 1)[:3]
    done = left(found, decide("move", -1, segments=gone))
    other = [number for number in range(4) if number != 1]
    assert done.ids == [500_000, 500_002, 500_003, 500_001]
    assert np.allclose(done.strength[:, :3], found.strength[:, other], atol=1e-6)
    assert np.allclose(done.strength[:, 3], 0.7 * found.strength[:, 1], atol=1e-6)  # seven of its ten are left


def test_strengths_follow_the_talk_and_add_up_to_what_has_a_theme():
    found = clusters()
    merge = decide("merge", 500_003, others=(500_001,), members=of(found, 3) + of(found, 1), documents=tuple("abcd"))
    done = left(found, merge)
    both = found.strength[:, 1] + found.strength[:, 3]
    assert np.allclose(done.strength[:, 0], both, atol=1e-6)
    assert np.allclose(done.strength.sum(axis=1), 1.0, atol=1e-5)


def test_pins_come_first_and_keep_the_order_they_were_pinned_in():
    found = clusters()
    two = of(found, 1)[3], of(found, 1)[1]
    taken = [
        decide("pin", 500_001, day, segments=(name,), members=of(found, 1), documents=tuple("abcd"))
        for day, name in enumerate(two, start=1)
    ]
    done = left(found, *taken)
    rows = [(n, "typical", r, name, 0.5) for n in range(4) for r, name in enumerate(of(found, n)[:3], start=1)]
    rows += [(n, "diverse", 1, of(found, n)[0], 0.5) for n in range(4)]
    quotes = pd.DataFrame(rows, columns=["theme", "kind", "rank", "segment_id", "score"]).sort_values(
        ["theme", "kind"], ascending=[True, False], kind="stable"
    )
    after = decided_themes.pinned_first(quotes, SEGMENTS, VECTORS, done, count=3)
    typical = after[(after["theme"] == 1) & (after["kind"] == "typical")]
    assert typical["segment_id"].tolist() == [*two, of(found, 1)[0]]
    assert typical["rank"].tolist() == [1, 2, 3]
    mean = VECTORS[found.themes == 1].mean(axis=0)
    one = VECTORS[NAMES.index(two[0])]
    assert abs(typical["score"].iloc[0] - one @ mean / np.linalg.norm(one) / np.linalg.norm(mean)) < 1e-5
    others = after[~((after["theme"] == 1) & (after["kind"] == "typical"))]
    before = quotes[~((quotes["theme"] == 1) & (quotes["kind"] == "typical"))]
    assert others.values.tolist() == before.values.tolist()
    assert after["theme"].is_monotonic_increasing


def test_all_that_is_pinned_stays_though_it_is_more_than_the_quotes_asked_for():
    found = clusters()
    names = of(found, 0)[4:7]
    done = left(found, decide("pin", 500_000, segments=names, members=of(found, 0), documents=tuple("abcd")))
    rows = [(0, "typical", rank, name, 0.5) for rank, name in enumerate(of(found, 0)[:3], start=1)]
    quotes = pd.DataFrame(rows, columns=["theme", "kind", "rank", "segment_id", "score"])
    for count, shown in ((1, names), (4, (*names, of(found, 0)[0]))):
        after = decided_themes.pinned_first(quotes, SEGMENTS, VECTORS, done, count=count)
        assert after["segment_id"].tolist() == list(shown)


def test_a_pin_whose_segment_went_elsewhere_is_not_shown():
    found = clusters()
    name = of(found, 1)[0]
    known = {"documents": tuple("abcd")}
    pin = decide("pin", 500_001, segments=(name,), members=of(found, 1), **known)
    move = decide("move", 500_002, 2, segments=(name,), members=of(found, 2), **known)
    quotes = pd.DataFrame(columns=["theme", "kind", "rank", "segment_id", "score"])
    assert decided_themes.pinned_first(quotes, SEGMENTS, VECTORS, left(found, pin, move), count=3).empty


def test_the_tables_are_empty_without_decisions_and_fit_their_schemas_with_them():
    found = clusters()
    tables = decided_themes.tables(left(found), SEGMENTS, VECTORS, {})
    assert tables["theme_questions"].empty and tables["theme_news"].empty
    assert set(tables["theme_states"]["state"]) == {"candidate"}
    accept = decide("accept", 500_000, members=of(found, 0)[:4], documents=("a",))
    tables = decided_themes.tables(left(found, accept), SEGMENTS, VECTORS, {500_000: "Time"})
    assert tables["theme_questions"]["kind"].tolist() == ["joined"]
    assert tables["theme_news"]["theme_id"].tolist()[:1] == [500_000]
    from pipeline.core import store

    for name, table in tables.items():
        store.schema(name).validate(table)


numbers = st.lists(st.integers(-1, 3), min_size=40, max_size=40)
actions = st.lists(st.tuples(st.sampled_from(["accept", "reject", "merge", "move"]), st.integers(0, 99)), max_size=4)


@settings(max_examples=80, deadline=None)
@given(themes=numbers, script=actions)
def test_numbers_have_no_gap_ids_are_each_once_and_nothing_is_lost(themes: list[int], script: list[tuple[str, int]]):
    present = sorted(set(themes) - {-1})
    found = clusters([present.index(theme) if theme >= 0 else -1 for theme in themes])
    taken = []
    for day, (action, pick) in enumerate(script, start=1):
        if not present:
            break
        theme = pick % len(present)
        more: dict[str, object] = {"members": of(found, theme), "documents": ("a", "b")}
        if action == "merge":
            more["others"] = (500_000 + (theme + 1) % len(present),)
        if action == "move":
            more["segments"] = (NAMES[pick % 40],)
        taken.append(decide(action, 500_000 + theme, day, **more))
    done = left(found, *taken)
    assert len(done.themes) == len(done.sub_themes) == len(done.strength) == 40
    assert sorted(set(done.themes) - {-1}) == list(range(len(done.ids)))
    assert len(set(done.ids)) == len(done.ids)
    assert sorted(set(done.sub_themes) - {-1}) == list(range(done.sub_themes.max() + 1))
    assert ((done.sub_themes == -1) | (done.themes >= 0)).all()
    if done.themes is not found.themes:
        sizes = np.bincount(done.themes[done.themes >= 0], minlength=1)
        assert (np.diff(sizes) <= 0).all(), "the largest first"
