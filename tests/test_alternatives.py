"""How others read the themes: read, written, and added to, never twice."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import names
from pipeline.decisions import alternative_readings
from pipeline.decisions.alternative_readings import Reading
from pipeline.decisions.ledger import Decision

WHEN = "2026-03-01"


def reading(theme: int = 5, **more: object) -> Reading:
    return Reading(**{"theme": theme, "who": "Dev", "when": WHEN, "means": "Time is not ours.", **more})


@pytest.mark.parametrize("text", [None, "", "interpretations:\n", "interpretations: []\n", "# a comment\n"])
def test_without_readings_there_are_none(tmp_path: Path, text: str | None):
    if text is not None:
        (tmp_path / "interpretations.yaml").write_text(text)
    assert alternative_readings.load(tmp_path / "interpretations.yaml") == []


def test_a_file_by_hand_is_read_with_its_dates_as_words(tmp_path: Path):
    (tmp_path / "interpretations.yaml").write_text(
        "interpretations:\n  - theme: 5\n    who: Dev\n    when: 2026-03-01\n    called: Nap\n"
    )
    assert alternative_readings.load(tmp_path / "interpretations.yaml") == [
        Reading(theme=5, who="Dev", when=WHEN, called="Nap")
    ]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("{theme: 5, who: Dev, when: 2026-03-01}", "needs one of means, called, missing"),
        ("{theme: 5, who: Dev, when: 2026-03-01, means: ' '}", "needs one of"),
        ("{theme: -1, who: Dev, when: 2026-03-01, means: x}", "theme"),
        ("{theme: 5, who: '', when: 2026-03-01, means: x}", "who"),
        ("{theme: 5, who: Dev, when: soon, means: x}", "when"),
        ("{theme: 5, who: Dev, when: 2026-03-01, means: x, extra: 1}", "extra"),
        ("just words", "entry 1"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_with_its_number(tmp_path: Path, block: str, said: str):
    (tmp_path / "interpretations.yaml").write_text(f"interpretations:\n- {block}\n")
    with pytest.raises(
        alternative_readings.AlternativesError, match=r"interpretations\.yaml, line 2: entry 1"
    ) as found:
        alternative_readings.load(tmp_path / "interpretations.yaml")
    assert said in str(found.value)


@pytest.mark.parametrize("text", ["interpretations: words\n", "interpretations: {a: 1}\n", "interpretations: [\n"])
def test_another_shape_is_refused_in_words(tmp_path: Path, text: str):
    (tmp_path / "interpretations.yaml").write_text(text)
    with pytest.raises(alternative_readings.AlternativesError, match=r"interpretations\.yaml"):
        alternative_readings.load(tmp_path / "interpretations.yaml")


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)
readings = st.builds(
    Reading,
    theme=st.integers(0, 9),
    label=words,
    who=words.map(names.written).filter(bool),
    role=words,
    when=st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(str),
    means=words.map(lambda said: f"x{said}"),
    called=words,
    missing=words,
)


@settings(max_examples=60)
@given(held=st.lists(readings, max_size=5, unique=True))
def test_what_is_written_is_read_back_a_line_each_in_one_order(held: list[Reading], tmp_path_factory):
    path = tmp_path_factory.mktemp("a") / "interpretations.yaml"
    path.write_bytes(alternative_readings.dump(held).encode())
    assert sorted(alternative_readings.load(path), key=repr) == sorted(held, key=repr)
    assert alternative_readings.dump(held[::-1]) == alternative_readings.dump(held)
    assert len(path.read_bytes().decode().split("\n")) == len(held) + 3


def test_the_file_is_a_list_of_plain_entries():
    assert yaml.safe_load(alternative_readings.dump([reading(role="porter")])) == {
        "interpretations": [{"theme": 5, "who": "Dev", "role": "porter", "when": WHEN, "means": "Time is not ours."}]
    }


def test_the_same_reading_is_added_once_whenever_it_comes_in():
    there = [reading()]
    again = reading(when="2026-04-01", label="Called otherwise by now")
    other = reading(called="Ours")
    assert alternative_readings.added(there, [again, other, other, reading(who="Eva")]) == [other, reading(who="Eva")]
    assert alternative_readings.added([], []) == []


def test_a_theme_is_what_it_was_merged_into_while_that_stands():
    first = Decision(action="merge", theme=6, others=(5,), who="Asha", when="2026-01-01")
    second = Decision(action="merge", theme=7, others=(6,), who="Asha", when="2026-01-02")
    undo = Decision(action="undo", undoes=second.key, who="Asha", when="2026-01-03")
    assert alternative_readings.current_theme(5, []) == 5
    assert alternative_readings.current_theme(5, [second, first]) == 7
    assert alternative_readings.current_theme(5, [first, second, undo]) == 6
    assert alternative_readings.current_theme(8, [first, second]) == 8
