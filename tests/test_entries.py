"""Files of entries: what is read of them, what is refused, and that a line stays a line."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import entry_files
from pipeline.core.errors import CounterpointError


class Note(entry_files.Entry):
    """Something somebody noted."""

    who: str
    when: str = ""
    pages: int = 0


class NotesError(CounterpointError):
    """The notes cannot be used."""


def read(path: Path, **more) -> list[Note]:
    return entry_files.read_entries(path, "notes", Note, error=NotesError, **more)


def test_without_a_file_or_entries_there_are_none(tmp_path: Path):
    assert read(tmp_path / "notes.yaml") == []
    for text in ("", "# nothing yet\n", "notes:\n", "notes: []\n", "[]\n", "study: x\nnotes: []\n"):
        (tmp_path / "notes.yaml").write_text(text)
        assert read(tmp_path / "notes.yaml") == []


def test_a_date_stays_words_and_a_list_may_stand_by_itself(tmp_path: Path):
    (tmp_path / "notes.yaml").write_text("- {who: 7, when: 2026-01-15}\n")
    assert read(tmp_path / "notes.yaml") == [Note(who="7", when="2026-01-15")]


@pytest.mark.parametrize("text", ["notes: words\n", "words\n", "notes: {a: 1}\n", "others: []\n"])
def test_another_shape_is_refused_in_words(tmp_path: Path, text: str):
    (tmp_path / "notes.yaml").write_text(text)
    with pytest.raises(NotesError, match=r"notes\.yaml, line \d+: expected the key 'notes' with a list"):
        read(tmp_path / "notes.yaml")


def test_broken_yaml_is_a_sentence_with_its_line(tmp_path: Path):
    (tmp_path / "notes.yaml").write_text("notes:\n- {who: A\n")
    with pytest.raises(NotesError, match=r"notes\.yaml, line 3, column 1: invalid YAML"):
        read(tmp_path / "notes.yaml")


def test_every_problem_is_said_at_once(tmp_path: Path):
    (tmp_path / "notes.yaml").write_text("notes:\n- {when: x,\n   pages: many}\n- {who: A}\n- 5\n- {who: B, more: 1}\n")
    with pytest.raises(NotesError) as found:
        read(tmp_path / "notes.yaml", word="note", together=lambda good, lines: [f"{good[0].who} on {lines[0]}."])
    said = str(found.value).splitlines()
    assert [": ".join(line.split("notes.yaml, ")[-1].split(": ")[:2]) for line in said[:4]] == [
        "line 2: note 1, who",
        "line 3: note 1, pages",
        "line 5: note 3",
        "line 6: note 4, more",
    ]
    assert said[4:] == ["A on 4."]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30), max_size=4))
def test_whatever_was_written_is_read_again_from_a_line_each(words: list[str]):
    text = entry_files.dump_entries("words", [{"who": one} for one in words])
    assert text.count("\n") == 1 + len(words)
    assert [one["who"] for one in yaml.safe_load(text)["words"] or []] == words
