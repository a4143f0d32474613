"""decisions.yaml: every error at once, stable blocks, undo."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import decisions
from pipeline.decisions import Decision


def accept(theme: int = 7, **more: object) -> Decision:
    return Decision(**{"action": "accept", "theme": theme, "who": "Asha", "when": "2026-01-15", **more})


def written(folder: Path, text: str) -> Path:
    path = folder / "decisions.yaml"
    path.write_text(text)
    return path


def test_a_study_without_decisions_has_none(tmp_path: Path):
    assert decisions.load(tmp_path / "decisions.yaml") == []
    for text in ("", "decisions: []\n", "decisions:\n", "# only a comment\n"):
        assert decisions.load(written(tmp_path, text)) == []


def test_a_block_by_hand_needs_no_id_and_dates_may_be_bare(tmp_path: Path):
    text = "decisions:\n- action: rename\n  theme: 412345\n  label: Protected time\n  who: Asha\n  when: 2026-01-15\n"
    first, second = (decisions.load(written(tmp_path, text))[0] for _ in range(2))
    assert first.when == "2026-01-15"
    assert first.id == second.id != ""


def test_every_problem_is_named_at_once(tmp_path: Path):
    text = """decisions:
- {action: accept, who: A, when: 2026-01-15}
- {action: celebrate, theme: 3, who: A, when: 2026-01-15}
- {action: memo, theme: 3, text: hm, who: A, when: yesterday}
- {action: undo, undoes: nothing, who: A, when: 2026-01-15}
"""
    with pytest.raises(decisions.DecisionsError) as error:
        decisions.load(written(tmp_path, text))
    said = str(error.value)
    for part in ("decision 1: accept needs theme", "decision 2, action", "decision 3, when", "undoes nothing"):
        assert part in said


@pytest.mark.parametrize("text", ["- a\n", "words\n", "themes: []\n", "decisions: [\n"])
def test_a_file_of_another_shape_is_refused_in_words(tmp_path: Path, text: str):
    with pytest.raises(decisions.DecisionsError, match=r"decisions\.yaml"):
        decisions.load(written(tmp_path, text))


def test_two_decisions_with_one_id_are_refused(tmp_path: Path):
    text = "decisions:\n" + 2 * "- {id: x, action: accept, theme: 3, who: A, when: 2026-01-15}\n"
    with pytest.raises(decisions.DecisionsError, match="id x"):
        decisions.load(written(tmp_path, text))


def test_undo_takes_a_decision_back_and_undoing_that_brings_it_again():
    first = accept()
    undo = Decision(action="undo", undoes=first.key, who="B", when="2026-01-16")
    redo = Decision(action="undo", undoes=undo.key, who="B", when="2026-01-17")
    assert decisions.standing([first]) == [first]
    assert decisions.standing([undo, first]) == []
    assert decisions.standing([redo, undo, first]) == [first]


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
some = st.builds(
    Decision,
    action=st.just("memo"),
    theme=st.integers(100_000, 999_999),
    text=words,
    who=words,
    when=st.dates().map(str),
    why=words,
    members=st.lists(st.from_regex(r"[0-9a-f]{12}", fullmatch=True), max_size=4).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(held=st.lists(some, max_size=5, unique_by=lambda decision: decision.key))
def test_what_is_saved_is_read_back_and_the_order_of_saving_does_not_matter(held: list[Decision], tmp_path_factory):
    folder = tmp_path_factory.mktemp("d")
    decisions.save(folder / "decisions.yaml", held)
    read = decisions.load(folder / "decisions.yaml")
    assert [d.model_copy(update={"id": ""}) for d in read] == decisions.in_order(held)
    assert decisions.dump(reversed(held)) == decisions.dump(held) == decisions.dump(read)


def test_two_people_s_additions_are_separate_blocks(tmp_path: Path):
    base = [accept(theme) for theme in range(10, 14)]
    mine, yours = decisions.dump([*base, accept(20)]), decisions.dump([*base, accept(21)])
    both = set(decisions.dump([*base, accept(20), accept(21)]).split("\n\n"))
    assert len(set(mine.split("\n")) - set(decisions.dump(base).split("\n"))) <= 7
    assert both
    assert decisions.load(written(tmp_path, yours)) != decisions.load(written(tmp_path, mine))
