"""Whatever is decided, in whatever order, every place counts the same themes and the same segments."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.commands import status
from pipeline.core import store
from pipeline.core.study_paths import Places
from pipeline.decisions import decided_themes, screen, states
from pipeline.decisions.decided_themes import Clusters, Decided
from pipeline.decisions.ledger import Decision, save
from pipeline.decisions.states import Count
from pipeline.inductive import theme_tables
from pipeline.inductive.grouping import Groups, Talk
from pipeline.reporting import checklists, metrics
from pipeline.reporting.views import first_screen, states_view, theme_view
from tests import counts, decided_study
from tests.test_checklists import NOTHING

NAMES = [f"{document}{number}" for document in "abcdef" for number in range(6)]
ACTIONS = ("accept", "rename", "merge", "split", "reject", "move", "out", "pin", "memo", "undo", "behind")
partitions = st.lists(st.integers(-1, 5), min_size=len(NAMES), max_size=len(NAMES))
steps = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 10**6)), max_size=9)
MIN_SIZE = 2
EMPTY = {name: store.empty(name) for name in (*store.INTERIM, *store.PROCESSED)}


def clusters(numbers: list[int], names: list[str]) -> Clusters:
    """What a run would have found: numbers without a gap, and the same id for the same number in every run."""
    present = sorted(set(numbers) - {-1})
    own = np.array([present.index(number) if number >= 0 else -1 for number in numbers], dtype=np.int64)
    strength = np.full((len(names), max(len(present), 1)), 0.5)
    return Clusters(own, own.copy(), strength, [500_000 + number for number in present])


def left(numbers: list[int], names: list[str], taken: list[Decision]) -> Decided:
    segments = pd.DataFrame({"segment_id": names, "document": [f"{name[0]}.txt" for name in names]})
    return decided_themes.decided(segments, clusters(numbers, names), taken, shift_share=0.2, min_size=MIN_SIZE)


def decide(action: str, pick: int, day: int, done: Decided, taken: list[Decision]) -> Decision | None:
    """What a person could decide on what is there; who is behind decides on every segment of two themes."""
    when = f"2026-01-01T00:00:{day:02d}"
    if action == "undo":
        alive = [one for one in taken if one.action != "undo"]
        return (alive and Decision(action="undo", undoes=alive[pick % len(alive)].key, who="Ben", when=when)) or None
    themes = done.replayed.themes
    present = sorted({*themes.values(), *done.replayed.held} - {-1})
    if not present:
        return None
    theme, other = present[pick % len(present)], present[(pick // 7) % len(present)]
    held = sorted(name for name, own in themes.items() if own == theme)
    both = sorted(name for name, own in themes.items() if own in (theme, other))
    common = {"who": ("Asha", "Ben")[pick % 2], "when": when, "theme": theme, "called": (f"was {theme}",)}
    common |= {"members": tuple(held), "documents": tuple(f"{document}.txt" for document in "abcd")}
    some = (NAMES[pick % len(NAMES)],)
    match action:
        case "merge":
            return (
                None
                if theme == other
                else Decision(**common | {"action": "merge", "others": (other,), "members": both})
            )
        case "split":
            return Decision(**common, action="split", label="part", segments=held[: 1 + pick % 3]) if held else None
        case "out":
            return Decision(action="move", theme=-1, segments=some, who="Asha", when=when)
        case "behind":
            return Decision(**common | {"action": "accept", "members": both})
        case "rename" | "memo":
            return Decision(**common, action=action, label=f"name {pick}", text="hm")
        case "move" | "pin":
            return Decision(**common, action=action, segments=some)
    return Decision(**common, action=action)


def tables(done: Decided, names: list[str]) -> dict[str, pd.DataFrame]:
    """The tables that themes are counted from, as the stage writes them."""
    segments = pd.DataFrame({"segment_id": names, "document": [f"{name[0]}.txt" for name in names], "case": ""})
    vectors = np.ones((len(names), 4), dtype=np.float32)
    talk = Talk(segments, vectors, vectors)
    groups = Groups(done.themes, done.sub_themes, done.strength, np.ones(len(names)), {})
    labels = dict.fromkeys(done.ids, "a label")
    found = decided_themes.tables(done, segments, vectors, labels)
    rows = theme_tables.assignments(talk, groups, done.ids, [-1] * (int(done.sub_themes.max(initial=-1)) + 1), done)
    sizes = [int((done.themes == number).sum()) for number in range(len(done.ids))]
    first = [
        {"theme_id": theme, "level": 1, "parent_id": -1, "n_segments": size, "label": "a label", "n_documents": 1}
        | {"keywords": [], **columns}
        for theme, size, columns in zip(done.ids, sizes, done.columns(), strict=True)
    ]
    themes = decided_study.filled("themes", first) if first else EMPTY["themes"]
    return {**found, "theme_assignments": rows, "themes": themes}


def check(count: Count, done: Decided, made: dict[str, pd.DataFrame]) -> None:
    assigned, become = made["theme_assignments"], made["theme_states"]
    assert count.shown == len(done.ids) == len(made["themes"])
    assert set(become[become.state.isin(states.SHOWN)].theme_id) == set(done.ids)
    assert count.found == len({one for one in done.clusters.values() if one >= 0})
    assert count.found == count.candidates + count.in_decided + count.in_rejected + count.scattered
    assert count.accepted == int((made["themes"].status == "accepted").sum())
    assert count.segments == len(assigned) and count.n_outside == int((assigned.theme_id == -1).sum())
    assert ((assigned.outside == "") == (assigned.theme_id >= 0)).all()
    assert ((assigned.rejected_id >= 0) == (assigned.outside == "rejected")).all()
    sizes = assigned[assigned.theme_id >= 0].theme_id.value_counts() if len(assigned) else {}
    left_out = assigned[assigned.rejected_id >= 0].rejected_id.value_counts()
    for row in become.itertuples():
        own = left_out if row.state == "rejected" else sizes
        assert row.n_segments == own.get(row.theme_id, 0)
        assert (row.state == "merged") == (row.into != -1)
        assert row.state == "candidate" or (row.settled and row.settled_by in row.settled_as)


def number(said: str, pattern: str) -> int:
    """The number a sentence begins with, or has where the pattern says."""
    found = re.search(pattern, said)
    assert found, said
    return 0 if found.group(1).lower() == "no" else int(found.group(1).replace(",", ""))


def said_of(count: Count, made: dict[str, pd.DataFrame]) -> dict[str, int]:
    """How many themes each place says there are."""
    lead = theme_view.lead(made["themes"], count)
    screen = first_screen.found(count)
    told = states_view.sentences(count, made["theme_states"])
    facts = dataclasses.replace(NOTHING, count=count)
    derived = next(item.statement for item in checklists.coreq(facts) if item.number == 26)
    numbers = metrics.build(
        EMPTY | made,
        count=count, problems=EMPTY["ingest_problems"], cells=[], reflexive=True,
    )  # fmt: skip
    counted = r"(\d[\d,]*|[Nn]o)(?: groups?|\.)"
    themes = r"(\d[\d,]*|[Nn]o) (?:candidate )?themes?(?: (?:is|are) shown)?"
    found = {
        "page": number(lead, themes),
        "screen": number(screen, f"{'there (?:is|are) ' if 'After your' in screen else ''}{counted}"),
        "workbook": number(told[0], themes),
        "metrics": int(numbers["themes"]),
    }
    if count.touched:
        found["checklist"] = number(derived, r"clustering\. (\d[\d,]*|[Nn]o) themes? (?:is|are) shown")
    return found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(worlds=st.lists(partitions, min_size=2, max_size=2), script=steps)
def test_counts_agree_and_add_up_after_any_decisions_and_any_new_clusters(worlds, script):
    known = [name for name in NAMES if name[0] in "abcd"]
    taken: list[Decision] = []
    done = left(worlds[0][: len(known)], known, taken)
    for day, (action, pick) in enumerate(script):
        new = decide(action, pick, day, done, taken)
        taken += [new] if new is not None else []
        done = left(worlds[0][: len(known)], known, taken)
    for names, numbers in ((known, worlds[0][: len(known)]), (NAMES, worlds[1])):
        done = left(numbers, names, taken)
        made = tables(done, names)
        count = states.counted(made["theme_states"], made["theme_assignments"])
        check(count, done, made)
        if count.found:
            assert set(said_of(count, made).values()) == {count.shown}
        sentence = states.shown_in_words(count)
        if count.touched and count.adds_up:
            assert "without a decision" not in sentence
        elif count.touched:
            assert number(sentence, r": (\d+) that you decided on") == count.decided
            assert number(sentence, r"and (\d+|no) candidates? without") == count.candidates
            assert number(sentence, r"[Tt]he run found (\d+|no) candidate") == count.found


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)  # fmt: skip
@given(world=partitions, script=steps)
def test_status_counts_before_a_run_what_the_report_counts_after_it(world, script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(f"study: data/mine\nthemes: {{min_size: {MIN_SIZE}}}\n")
    study = Path("data/mine")
    found = dict(zip(NAMES, world, strict=True))
    themes = {name: 500_000 + cluster if cluster >= 0 else -1 for name, cluster in found.items()}
    taken: list[Decision] = []
    decided_study.write(study, themes=themes)
    for day, (action, pick) in enumerate(script):
        new = decide(action, pick, day, left(world, NAMES, taken), taken)
        taken += [new] if new is not None else []
    save(Places(study).decisions, taken)
    done = left(world, NAMES, taken)
    made = tables(done, NAMES)
    count = states.counted(made["theme_states"], made["theme_assignments"])
    assert screen.read(study, taken).count == count
    first = status.lines(study)[0]
    assert states.shown_in_words(count) in first and states.outside_in_words(count) in first


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"found": 12, "candidates": 12}, "The analysis found 12 candidate themes"),
        ({"found": 1, "candidates": 1}, "The analysis found 1 candidate theme"),
        (
            {"found": 12, "candidates": 4, "accepted": 5, "merged": 1, "rejected": 2},
            "9 themes are shown: the run found 12 candidates; you merged 1 into another and rejected 2",
        ),
        ({"found": 2, "accepted": 2, "in_decided": 2}, "2 themes are shown: the run found 2 candidates"),
        ({"found": 1, "accepted": 2, "split": 1}, "2 themes are shown: the run found 1 candidate; you split off 1"),
        ({"found": 2, "accepted": 1, "rejected": 1}, "1 theme is shown: the run found 2 candidates; you rejected 1"),
        (
            {"found": 1, "rejected": 1, "in_rejected": 1},
            "No themes are shown: the run found 1 candidate; you rejected 1",
        ),
        (
            {"found": 11, "candidates": 9, "accepted": 5, "open": 2, "missed": 1, "in_decided": 2, "rejected": 2},
            "16 themes are shown: 7 that you decided on, and 9 candidates without a decision. The run found 11 "
            "candidates: 9 of them are shown as candidates and 2 are in themes you decided on. 1 of those decided on was not found "
            "again: it is kept as decided. You rejected 2",
        ),
        (
            {"found": 4, "candidates": 1, "accepted": 3, "in_rejected": 2, "scattered": 1, "rejected": 1},
            "4 themes are shown: 3 that you decided on, and 1 candidate without a decision. The run found 4 "
            "candidates: 1 of them is shown as candidates, 2 are in themes you rejected and 1 is in no theme. You rejected 1",
        ),
    ],
)
def test_the_number_of_themes_is_explained(numbers, said):
    assert states.shown_in_words(counts.made(**numbers)) == said


@pytest.mark.parametrize(
    ("outside", "said"),
    [
        ({}, ""),
        ({"unlike": 3}, "3 passages (3%) fit no theme."),
        ({"unlike": 1}, "1 passage (1%) fit no theme."),
        ({"rejected": 14}, "14 passages (14%) were in themes you rejected."),
        (
            {"unlike": 3, "rejected": 14},
            "17 passages (17%) are in no theme: 3 (3%) fit no theme and 14 (14%) were in themes you rejected.",
        ),
        (
            {"unlike": 1, "moved": 1, "beside": 2},
            "4 passages (4%) are in no theme: 1 (1%) fit no theme, 1 (1%) was moved out of all themes by you and 2 "
            "(2%) were close to a theme you decided on, but too few to form their own theme.",
        ),
    ],
)
def test_what_is_in_no_theme_is_explained(outside, said):
    assert states.outside_in_words(counts.made(segments=100, outside=outside)) == said
