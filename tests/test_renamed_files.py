"""Files that had another name in earlier versions: nothing in them is lost, and the next run renames them."""

import pytest

from pipeline.core import git_exclusions, renamed_files, study_template
from pipeline.core.study_paths import Places
from pipeline.decisions import alternative_readings, reading_ledger

READ = "# My own comment.\nreading:\n# of Asha\n- {segment: a, who: Asha}\n"
SAID = "readings:\n- {theme: 5, who: Dev, when: 2026-03-01, called: Nap}\n"


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "data" / "old"
    study_template.create(folder)
    for name, old in renamed_files.NAMES.items():
        (folder / name).unlink()
        rules = folder / git_exclusions.NAME
        rules.write_text(rules.read_text().replace(f"!/{name}", f"!/{old}"))
    (folder / "reading.yaml").write_text(READ)
    (folder / "readings.yaml").write_text(SAID)
    return folder


def test_files_with_earlier_names_are_read_before_any_run(study):
    places = Places(study)
    assert [entry.segment for entry in reading_ledger.load(places.passages_read)] == ["a"]
    assert [entry.called for entry in alternative_readings.load(places.interpretations)] == ["Nap"]


def test_a_command_that_adds_to_such_a_file_loses_nothing(study):
    reading_ledger.opened(study, ["b"], who="Asha")
    text = (study / "reading.yaml").read_text()
    assert [entry.segment for entry in reading_ledger.load(Places(study).passages_read)] == ["a", "b"]
    assert "# My own comment." in text and "# of Asha" in text


def test_the_next_run_renames_them_with_all_comments_and_git_s_exclusions(study):
    study_template.lay_out(study)
    assert not (study / "reading.yaml").exists() and not (study / "readings.yaml").exists()
    assert (study / "passages_read.yaml").read_text() == READ.replace("reading:", "passages_read:")
    assert (study / "interpretations.yaml").read_text() == SAID.replace("readings:", "interpretations:")
    assert "!/passages_read.yaml" in (study / ".gitignore").read_text().splitlines()
    assert "!/reading.yaml" not in (study / ".gitignore").read_text().splitlines()
    assert study_template.lay_out(study) == []


def test_where_both_names_exist_nothing_is_read_in_silence_and_nothing_changed(study):
    (study / "passages_read.yaml").write_text("passages_read:\n- {segment: c, who: Ben}\n")
    with pytest.raises(reading_ledger.ReadingError, match=r"reading\.yaml is the earlier name of"):
        reading_ledger.load(Places(study).passages_read)
    with pytest.raises(renamed_files.RenamedError, match=r"Move the entries of reading\.yaml"):
        study_template.lay_out(study)
    assert (study / "reading.yaml").read_text() == READ
    assert (study / "readings.yaml").exists()


def test_a_file_renamed_by_hand_may_keep_its_earlier_key(tmp_path):
    (tmp_path / "passages_read.yaml").write_text(READ)
    assert len(reading_ledger.load(tmp_path / "passages_read.yaml")) == 1
