"""`counterpoint guide`, and what a withdrawal leaves of guide.yaml."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands import guide
from pipeline.core import store, study_template
from pipeline.corpus import guide_file
from pipeline.corpus.guide_file import Question
from pipeline.withdrawal import ledger_entries, search_terms

STUDY = Path("data/mine")


def table(*questions: tuple[str, list[str], str]) -> pd.DataFrame:
    rows = [
        {"guide_id": f"Q{at}", "question": words, "source": source, "wordings": wordings, "n_prompts": len(wordings)}
        | {"n_documents": len(wordings), "n_segments": 9, "n_cases": 3}
        for at, (words, wordings, source) in enumerate(questions, start=1)
    ]
    return pd.DataFrame(rows) if rows else store.empty("guide")


FOUND = table(
    ("Is there time?", ["Do you get hours?", "Is there time?"], "found"), ("Your role?", ["Your role?"] * 2, "found")
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(f"study: {STUDY.as_posix()}\n")
    (STUDY / "transcripts").mkdir(parents=True)
    study_template.create(STUDY)
    store.write(STUDY, "guide", FOUND)
    return STUDY


def entries(study: Path) -> list[Question]:
    return guide_file.load(study / "guide.yaml")


def test_what_recurs_is_proposed_once_and_listed_with_its_wordings(study):
    done = CliRunner().invoke(app, ["guide"])
    assert done.exit_code == 0
    assert "Q1 Is there time? (asked 2 times in 2 documents)" in done.output
    assert "    Do you get hours?" in done.output
    assert "Added 2 questions to" in done.output
    assert [one.question for one in entries(study)] == ["Is there time?", "Your role?"]
    before = (study / "guide.yaml").read_bytes()
    assert before.startswith(study_template.HEADS["questions"].encode())
    assert guide.write(study)[-1].endswith("Nothing was changed.")
    assert (study / "guide.yaml").read_bytes() == before


def test_what_people_wrote_stays(study):
    (study / "guide.yaml").write_text(
        "questions:\n# Ours.\n- {question: Hours, name: Time, also: [do you get HOURS]}\n"
    )
    said = guide.write(study)[-1]
    assert "Added 1 question to" in said and "Give it a `name`" in said and "them" not in said
    assert [one.question for one in entries(study)] == ["Hours", "Your role?"]
    assert entries(study)[0].name == "Time"
    assert "# Ours." in (study / "guide.yaml").read_text()


def test_a_study_in_which_nothing_recurs_says_what_to_do(study):
    store.write(study, "guide", store.empty("guide"))
    before = (study / "guide.yaml").read_bytes()
    (said,) = guide.write(study)
    assert "there is none to propose" in said and "guide.yaml" in said
    assert (study / "guide.yaml").read_bytes() == before


def test_a_mistake_in_the_guide_is_told_and_nothing_written(study):
    (study / "guide.yaml").write_text("questions:\n- {name: Time}\n")
    done = CliRunner().invoke(app, ["guide"])
    assert done.exit_code == 1
    assert "line 2" in str(done.output) + str(done.exception)
    assert (study / "guide.yaml").read_text() == "questions:\n- {name: Time}\n"


def test_a_withdrawn_interview_leaves_none_of_its_wordings(study):
    theirs = "How did you, Josephine, come to be a nurse on that ward?"
    guide_file.save(
        study / "guide.yaml",
        [Question(question=theirs, name="Start", also=("How did you start?",)), Question(question=theirs + " Yes?")],
    )
    needles = search_terms.needles(
        pd.Series([theirs, theirs + " Yes?"]), pd.Series(["How did you start?"]), set(), phrases=[]
    )
    ids = {name: set() for name in ("segments", "documents", "cases", "labels")}
    files, said = ledger_entries.changes(study, ids=ids, needles=needles)
    assert "Josephine" not in files[study / "guide.yaml"].decode()
    assert "How did you start?" in files[study / "guide.yaml"].decode()
    assert "remove 2 wordings from guide.yaml" in said
