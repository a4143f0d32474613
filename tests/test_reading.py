"""The reading ledger: one line an entry, merged by Git, counted by theme."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.names import written
from pipeline.decisions import reading_ledger
from pipeline.decisions.ledger import Decision
from pipeline.decisions.reading_ledger import Read, Share
from tests.test_decisions import git, repository

WHEN = {"who": "Asha", "when": "2026-01-15"}


def test_nothing_was_read_before_anything_is_opened(tmp_path: Path):
    assert reading_ledger.load(tmp_path / "passages_read.yaml") == []
    for text in ("", "passages_read:\n", "passages_read: []\n", "# a comment\n"):
        (tmp_path / "passages_read.yaml").write_text(text)
        assert reading_ledger.load(tmp_path / "passages_read.yaml") == []


def test_opening_is_noted_once_for_each_person(tmp_path: Path):
    assert reading_ledger.opened(tmp_path, ["b", "a"], who="Asha") == 2
    assert reading_ledger.opened(tmp_path, ["a", "c"], who=" Asha ") == 1
    assert reading_ledger.opened(tmp_path, ["a"], who="Ben") == 1
    assert reading_ledger.load(tmp_path / "passages_read.yaml") == [
        Read("a", "Asha"), Read("a", "Ben"), Read("b", "Asha"), Read("c", "Asha")
    ]  # fmt: skip


def test_opening_again_writes_nothing(tmp_path: Path):
    reading_ledger.opened(tmp_path, ["a"], who="Asha")
    before = (tmp_path / "passages_read.yaml").stat().st_mtime_ns
    assert reading_ledger.opened(tmp_path, ["a"], who="Asha") == 0
    assert (tmp_path / "passages_read.yaml").stat().st_mtime_ns == before


def test_a_reader_has_a_name(tmp_path: Path):
    with pytest.raises(reading_ledger.ReadingError, match="COUNTERPOINT_WHO"):
        reading_ledger.opened(tmp_path, ["a"], who=" ")
    assert not (tmp_path / "passages_read.yaml").exists()


@pytest.mark.parametrize(
    "text",
    [
        "passages_read: [a]\n",
        "- a\n",
        "passages_read:\n- {segment: a}\n",
        "passages_read: [\n",
        "passages_read: words\n",
    ],
)
def test_another_shape_is_refused_in_words(tmp_path: Path, text: str):
    (tmp_path / "passages_read.yaml").write_text(text)
    with pytest.raises(reading_ledger.ReadingError, match=r"passages_read\.yaml"):
        reading_ledger.load(tmp_path / "passages_read.yaml")


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=10)


@settings(max_examples=100, deadline=None)
@given(ledger=st.sets(st.builds(Read, names, names.map(written).filter(bool)), max_size=6))
def test_what_is_saved_is_read_back_a_line_each(ledger: set[Read], tmp_path_factory):
    path = tmp_path_factory.mktemp("r") / "passages_read.yaml"
    reading_ledger.save(path, ledger)
    assert set(reading_ledger.load(path)) == ledger
    assert len(path.read_bytes().decode().split("\n")) == len(ledger) + 3


def test_git_keeps_what_two_people_read(tmp_path: Path):
    path = repository(tmp_path, "decisions:\n").with_name("passages_read.yaml")
    reading_ledger.save(path, [])
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "ledger")
    for who, segments in (("Asha", ["a", "b", "c"]), ("Ben", ["b", "c", "d"])):
        git(tmp_path, "checkout", "-q", "-b", who, "main")
        reading_ledger.opened(path.parent, segments, who=who)
        git(tmp_path, "commit", "-q", "-a", "-m", who)
    git(tmp_path, "merge", "-q", "--no-edit", "Asha")
    assert len(reading_ledger.load(path)) == 6


def test_a_theme_s_share_counts_what_was_opened_or_named_in_a_standing_decision():
    themes = {"a": 5, "b": 5, "c": 5, "d": 5, "e": -1}
    pin = Decision(action="pin", theme=5, segments=("b",), members=("a", "b", "c", "d"), **WHEN)
    undone = Decision(action="pin", theme=5, segments=("c",), **WHEN)
    undo = Decision(action="undo", undoes=undone.key, **WHEN)
    shares = reading_ledger.shares(
        themes, [Read("a", "Asha"), Read("a", "Ben"), Read("gone", "Asha")], [pin, undone, undo]
    )
    assert shares == {-1: Share(0, 1), 5: Share(2, 4)}
    assert shares[5].share == 0.5
    assert reading_ledger.overall(shares) == Share(2, 4)


def test_a_study_without_themes_has_no_share():
    assert reading_ledger.shares({}, [], []) == {}
    assert reading_ledger.overall({}).share == 0.0
