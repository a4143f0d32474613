"""A study's folder: templates where something is missing, nothing overwritten."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from pipeline.core import study_template


def test_a_bare_study_gets_what_is_optional(tmp_path: Path):
    (tmp_path / "transcripts").mkdir()
    made = {path.name for path in study_template.lay_out(tmp_path)}
    assert made == {
        ".gitignore",
        "participants.csv",
        "codebook.yaml",
        "decisions.yaml",
        "passages_read.yaml",
        "guide.yaml",
        "interpretations.yaml",
        "summaries.yaml",
        "reflexivity.yaml",
        "notes_before_themes.yaml",
        "human_codes",
        "imported",
    }
    assert study_template.lay_out(tmp_path) == []


def test_what_is_there_is_never_overwritten(tmp_path: Path):
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "codebook.yaml").write_text("codes: [{name: mine}]\n")
    study_template.lay_out(tmp_path)
    assert "mine" in (tmp_path / "codebook.yaml").read_text()


def test_a_misspelt_study_is_not_made(tmp_path: Path):
    with pytest.raises(study_template.StudyError, match="counterpoint new"):
        study_template.lay_out(tmp_path / "mispelt")
    assert not (tmp_path / "mispelt").exists()


def test_the_templates_are_empty_and_valid():
    assert yaml.safe_load(study_template.CODEBOOK) == {"codes": []}
    assert yaml.safe_load(study_template.FILES["decisions.yaml"]) == {"decisions": []}
    assert yaml.safe_load(study_template.FILES["passages_read.yaml"]) == {"passages_read": []}
    assert yaml.safe_load(study_template.FILES["interpretations.yaml"]) == {"interpretations": []}
    rows = [line for line in study_template.PARTICIPANTS.splitlines() if not line.startswith("#")]
    assert rows == ["document,speaker,case,part,role,site"]


def test_the_commented_example_in_the_codebook_template_is_a_valid_codebook(tmp_path: Path):
    from pipeline.deductive import codebook

    lines = [
        line.removeprefix("# ").removeprefix("#")
        for line in study_template.CODEBOOK.splitlines()
        if line.startswith("#")
    ]
    example = "\n".join(lines[lines.index("codes:") :]).replace("parent: Resources", "parent: null")
    (tmp_path / "codebook.yaml").write_text(example)
    assert codebook.load_codebook(tmp_path / "codebook.yaml").codes[0].name == "Protected time"


def test_a_new_study_can_start_from_a_framework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("data/codebooks").mkdir(parents=True)
    Path("data/codebooks/mine.yaml").write_text("codes: [{name: a}]\n")
    made = study_template.start(Path("data/new"), framework="mine")
    assert Path("data/new/transcripts") in made
    assert Path("data/new/codebook.yaml").read_text() == "codes: [{name: a}]\n"
    with pytest.raises(study_template.StudyError, match="will not be overwritten"):
        study_template.start(Path("data/new"), framework="mine")
    Path("data/new/passages_read.yaml").unlink()  # as where a command was killed
    assert study_template.start(Path("data/new"), framework="mine") == [*made[:1], Path("data/new/passages_read.yaml")]
    Path("data/new/passages_read.yaml").unlink()
    Path("data/new/codebook.yaml").write_text("codes: [{name: mine}]\n")
    with pytest.raises(study_template.StudyError, match="will not be overwritten"):
        study_template.start(Path("data/new"), framework="mine")
    with pytest.raises(study_template.StudyError, match=r"Available: .*mine"):
        study_template.start(Path("data/other"), framework="cfri")


def test_participants_template_reads_as_a_table_without_rows():
    import io

    assert pd.read_csv(io.StringIO(study_template.PARTICIPANTS), comment="#").empty
