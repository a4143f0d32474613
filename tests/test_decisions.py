"""decisions.yaml: every error at once, one line a decision so that Git merges them, undo."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import names
from pipeline.decisions import ledger
from pipeline.decisions.ledger import Decision


def accept(theme: int = 7, **more: object) -> Decision:
    return Decision(**{"action": "accept", "theme": theme, "who": "Asha", "when": "2026-01-15", **more})


def written(folder: Path, text: str) -> Path:
    path = folder / "decisions.yaml"
    path.write_text(text)
    return path


def test_a_study_without_decisions_has_none(tmp_path: Path):
    assert ledger.load(tmp_path / "decisions.yaml") == []
    for text in ("", "decisions: []\n", "decisions:\n", "# only a comment\n"):
        assert ledger.load(written(tmp_path, text)) == []


def test_a_block_by_hand_needs_no_id_and_dates_may_be_bare(tmp_path: Path):
    text = "decisions:\n- action: rename\n  theme: 412345\n  label: Protected time\n  who: Asha\n  when: 2026-01-15\n"
    first, second = (ledger.load(written(tmp_path, text))[0] for _ in range(2))
    assert first.when == "2026-01-15"
    assert first.id == second.id != ""


def test_an_id_made_of_what_a_decision_says_is_for_ever():
    """Another decision may undo it by this id: it must not change with the program, nor with what the machine adds."""
    one = Decision(action="rename", theme=412345, label="Protected time", who="Asha", when="2026-01-15", why="é")
    more = one.model_copy(update={"members": ("a",), "documents": ("b",), "answers": ("shifted 1",)})
    assert one.key == more.key == "8640dbdd56"
    said = {"label": "Time", "who": "Ben", "when": "2026-01-16", "why": "", "theme": 412346}
    assert len({one.model_copy(update={name: value}).key for name, value in said.items()} | {one.key}) == 6


def test_labels_of_earlier_files_are_cleaned_and_the_decisions_keep_their_ids(tmp_path: Path):
    dirty = ["a\nb\x07", " \u200b ", "x" * 200_000]
    held = [Decision(action="rename", theme=7, label=one, called=(one,), who="A", when="2026-01-15") for one in dirty]
    path = tmp_path / "decisions.yaml"
    path.write_text(ledger.dump(held), encoding="utf-8")
    found = {decision.id: decision for decision in ledger.load(path)}
    assert [found[one.key].label for one in held] == ["a b", ledger.NO_LABEL, "x" * 200]
    assert [found[one.key].called for one in held] == [("a b",), ("",), ("x" * 200,)]
    ledger.save(path, found.values())
    assert {decision.id: decision for decision in ledger.load(path)} == found


def test_every_problem_is_named_at_once(tmp_path: Path):
    text = """decisions:
- {action: accept, who: A, when: 2026-01-15}
- {action: celebrate, theme: 3, who: A, when: 2026-01-15}
- {action: memo, theme: 3, text: hm, who: A, when: yesterday}
- {action: undo, undoes: nothing, who: A, when: 2026-01-15}
"""
    with pytest.raises(ledger.DecisionsError) as error:
        ledger.load(written(tmp_path, text))
    said = str(error.value)
    for part in ("decision 1: accept needs theme", "decision 2, action", "decision 3, when", "undoes nothing"):
        assert part in said


@pytest.mark.parametrize("text", ["- a\n", "words\n", "themes: []\n", "decisions: [\n"])
def test_a_file_of_another_shape_is_refused_in_words(tmp_path: Path, text: str):
    with pytest.raises(ledger.DecisionsError, match=r"decisions\.yaml"):
        ledger.load(written(tmp_path, text))


def test_two_decisions_with_one_id_are_refused(tmp_path: Path):
    text = "decisions:\n" + 2 * "- {id: x, action: accept, theme: 3, who: A, when: 2026-01-15}\n"
    with pytest.raises(ledger.DecisionsError, match="id x"):
        ledger.load(written(tmp_path, text))


def test_decisions_are_in_the_order_they_were_taken_however_the_time_is_written():
    times = ["2026-01-15T08:00", "2026-01-15 09:00", "2026-01-15", "2026-01-15T10:00:30", "2026-01-14 23:59"]
    ordered = ledger.in_order(accept(number, when=when) for number, when in enumerate(times))
    assert [one.theme for one in ordered] == [4, 2, 0, 1, 3]
    first, second = (accept(number).model_copy(update={"id": name}) for number, name in ((1, "b"), (2, "a")))
    assert ledger.in_order([first, second]) == [second, first], "at one time by id"


def test_undo_takes_a_decision_back_and_undoing_that_brings_it_again():
    first = accept()
    undo = Decision(action="undo", undoes=first.key, who="B", when="2026-01-16")
    redo = Decision(action="undo", undoes=undo.key, who="B", when="2026-01-17")
    assert ledger.standing([first]) == [first]
    assert ledger.standing([undo, first]) == []
    assert ledger.standing([redo, undo, first]) == [first]


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)
some = st.builds(
    Decision,
    action=st.just("memo"),
    theme=st.integers(100_000, 999_999),
    text=words,
    who=words.map(names.written).filter(bool),
    when=st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(str),
    why=words,
    members=st.lists(st.from_regex(r"[0-9a-f]{12}", fullmatch=True), max_size=4).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(held=st.lists(some, max_size=5, unique_by=lambda decision: decision.key))
def test_what_is_saved_is_read_back_and_the_order_of_saving_does_not_matter(held: list[Decision], tmp_path_factory):
    folder = tmp_path_factory.mktemp("d")
    ledger.save(folder / "decisions.yaml", held)
    read = ledger.load(folder / "decisions.yaml")
    assert [d.model_copy(update={"id": ""}) for d in read] == ledger.in_order(held)
    assert ledger.dump(reversed(held)) == ledger.dump(held) == ledger.dump(read)


def test_a_decision_is_one_line_whatever_its_words_hold(tmp_path: Path):
    odd = "first\nsecond\r\x85third\u2028: - {a}, 'b' \"c\" # d\ttab é 😀"
    text = ledger.dump([accept(why=odd, label=odd)])
    assert len(text.split("\n")) == 4
    assert ledger.load(written(tmp_path, text))[0].why == odd


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def repository(root: Path, text: str) -> Path:
    git(root, "init", "-q", "-b", "main")
    for name, value in (("user.name", "A"), ("user.email", "a@example.org"), ("commit.gpgsign", "false")):
        git(root, "config", name, value)
    path = root / "data" / "mine" / "decisions.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    shutil.copy(Path(__file__).parent.parent / ".gitattributes", root)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "start")
    return path


def add(path: Path, branch: str, *more: Decision) -> None:
    root = path.parents[2]
    git(root, "checkout", "-q", "-b", branch, "main")
    ledger.save(path, [*ledger.load(path), *more])
    git(root, "commit", "-q", "-a", "-m", branch)


@pytest.mark.parametrize("start", [ledger.dump([]), "# ours\ndecisions: []\n", ledger.dump([accept(1)])])
@pytest.mark.parametrize("seed", range(4))
def test_git_merges_what_two_people_decided_even_about_the_same_theme(tmp_path: Path, start: str, seed: int):
    path = repository(tmp_path, start)
    before = ledger.load(path)
    members = tuple(f"{n:012x}" for n in range(40))
    asha = [accept(theme, why=f"{seed}\nlong", members=members, documents=("a", "b")) for theme in (20, 21, 22)]
    ben = [accept(theme, why=f"{seed}", who="Ben", members=members) for theme in (20, 21, 23)]
    add(path, "asha", *asha)
    add(path, "ben", *ben)
    git(tmp_path, "merge", "-q", "--no-edit", "asha")
    merged = ledger.load(path)
    assert {d.key for d in merged} == {d.key for d in [*before, *asha, *ben]}
    assert {d.key: d.members for d in merged if d.who == "Ben"} == {d.key: d.members for d in ben}


def test_two_people_who_change_the_same_decision_are_told(tmp_path: Path):
    first = accept(1).model_copy(update={"id": "x"})
    path = repository(tmp_path, ledger.dump([first]))
    for who in ("asha", "ben"):
        git(tmp_path, "checkout", "-q", "-b", who, "main")
        ledger.save(path, [first.model_copy(update={"why": who})])
        git(tmp_path, "commit", "-q", "-a", "-m", who)
    git(tmp_path, "merge", "-q", "--no-edit", "asha")
    with pytest.raises(ledger.DecisionsError, match="two decisions have the id x"):
        ledger.load(path)
