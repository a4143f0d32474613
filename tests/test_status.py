"""The status: one screen that says what changed, what waits, what is stale and what was read."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.commands import status
from pipeline.core import environment, store
from pipeline.decisions import deciding, reading_ledger
from tests import decided_study

NOW = datetime(2026, 1, 15, 10, 0, 0, tzinfo=UTC)
THEMES = {"a1": 500_000, "a2": 500_000, "b1": 500_000, "b2": 500_001, "c1": 500_001, "c3": -1}
# Where the next run's clusters put two of the three segments of a theme.
MOVED = {"a1": 500_002, "a2": 500_003}
SHIFTED = (
    "2 of 3 passages of “Protected time” (500000, accepted by Asha on 2026-01-15) are now in other clusters: is it "
    "still one theme?"
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("study: data/mine\n")
    decided_study.write(Path("data/mine"), themes=THEMES)
    return Path("data/mine")


def screen(study: Path, **more: bool) -> str:
    return "\n".join(status.lines(study, **more))


def part(study: Path, title: str) -> str:
    return screen(study).split(f"\n{title}\n")[1].split("\n\n")[0]


def test_a_study_that_never_ran_says_what_to_do(tmp_path: Path):
    assert "Run `counterpoint run`" in status.lines(tmp_path / "data" / "mine", root=tmp_path)[0]


def test_the_first_line_sums_up(study: Path):
    deciding.decide(study, "reject", "500001", who="Asha", now=NOW)
    assert status.lines(study)[0] == (
        "data/mine: 3 documents, 6 passages. 1 theme is shown: the run found 2 candidates; you rejected 1. 3 passages "
        "(50%) are in no theme: 1 (17%) fit no theme and 2 (33%) were in themes you rejected."
    )


def test_before_anything_is_decided_there_is_nothing_to_compare_with(study: Path):
    assert "No theme has been accepted yet" in part(study, "Changes since your decisions")


def test_new_documents_and_what_they_say_of_accepted_themes_are_listed(study: Path):
    deciding.decide(study, "accept", "500000", who="Asha", why="Clear.", now=NOW)
    decided_study.write(study, themes={**THEMES, "d1": 500_000})
    row = {"theme_id": 500_000, "verdict": "untold", "candidate_id": -1, "n_segments": 1, "n_documents": 1}
    store.write(study, "theme_news", pd.DataFrame([{**row, "sentence": "1 new passage joined."}]))
    said = part(study, "Changes since your decisions")
    assert "New documents: d.txt." in said
    assert "1 new passage joined." in said
    assert "1 decision by Asha. Latest: 2026-01-15 10:00:00  Asha accepted “Protected time” (500000)" in said


def test_documents_that_left_are_named(study: Path):
    deciding.decide(study, "accept", "500000", who="Asha", now=NOW)
    decided_study.write(study, themes={name: theme for name, theme in THEMES.items() if name[0] != "b"})
    said = part(study, "Changes since your decisions")
    assert "No new documents." in said
    assert "No longer in the study, or without usable passages: b.txt." in said


def test_a_question_waits_until_it_is_answered(study: Path):
    deciding.decide(study, "accept", "500000", who="Asha", now=NOW)
    assert "of “Protected time”" not in part(study, "To decide")
    decided_study.write(study, themes=THEMES, clusters=MOVED)
    said = part(study, "To decide")
    assert SHIFTED in said
    assert "1 candidate theme without a decision: “Staffing” (500001)." in said
    deciding.decide(study, "accept", "500000", who="Ben", now=NOW)
    said = part(study, "To decide")
    assert "are now in other clusters" not in said
    deciding.decide(study, "accept", "500001", who="Asha", now=NOW)
    assert part(study, "To decide") == "  Nothing."


def test_it_says_how_to_decide_and_names_the_first_themes_only(study: Path):
    assert status.HOW_TO_DECIDE in part(study, "To decide")
    many = {f"{document}{number}": 500_000 + number for number in range(12) for document in "ab"}
    decided_study.write(study, themes=many)
    assert "; and 4 more." in part(study, "To decide") and "(500011)" not in screen(study)
    assert "(500011)." in screen(study, show_all=True)


def test_a_theme_that_was_worked_on_waits_still(study: Path):
    deciding.decide(study, "memo", "500000", ["Is", "it", "one?"], who="Asha", now=NOW)
    said = part(study, "To decide")
    assert "1 candidate theme without a decision: “Staffing” (500001)." in said
    assert "1 theme in progress, neither accepted nor rejected: “Protected time” (500000)." in said


def test_one_screen_holds_the_first_questions_and_all_are_there_to_be_had(study: Path):
    many = {f"{document}{number}": 500_000 + number for number in range(30) for document in "ab"}
    decided_study.write(study, themes=many)
    for theme in range(500_000, 500_030):
        deciding.decide(study, "accept", str(theme), who="Asha", now=NOW)
    decided_study.write(study, themes={**many, **{f"c{number}": 500_000 + number for number in range(30)}})
    assert "and 22 more: counterpoint status --all" in screen(study)
    assert len(screen(study).splitlines()) < 40
    assert "an unlabelled theme (500029, accepted" not in screen(study)
    assert "1 new passage joined an unlabelled theme (500029, accepted by Asha" in screen(study, show_all=True)


def test_the_share_read_counts_what_was_opened_and_themes_that_were_decided_on_are_counted_apart(study: Path):
    said = part(study, "Read")
    assert "0% of the passages in themes have been opened or cited in a decision (0 of 5)." in said
    assert "None of 2 themes has been decided on." in said
    reading_ledger.opened(study, ["a1", "a2", "b1", "c3"], who="Asha")
    deciding.decide(study, "accept", "500000", who="Asha", now=NOW)
    said = part(study, "Read")
    assert "60% of the passages in themes have been opened or cited in a decision (3 of 5)." in said
    assert "1 of 2 themes has been decided on: 1 accepted." in said
    assert "Least read: “Staffing” (500001), 0%." in said


def test_what_was_learned_of_codes_and_what_more_would_add_is_told_unless_the_study_is_reflexive(study: Path):
    assert "\nCodes\n" not in screen(study)
    rows = {"kind": ["now", "expected"], "n_documents": [4, 6], "kappa": [0.41, 0.44], "low": [None, 0.41]}
    table = pd.DataFrame(rows | {"high": [None, 0.47], "n_draws": [0, 4]})
    store.write(study, "learning_curve", table)
    store.write(study, "agreement", store.empty("agreement"))
    said = (
        "Learned from 4 documents: kappa 0.41 with the coders; 2 more may add about 0.03 (80% interval 0.00 to 0.06)."
    )
    assert part(study, "Codes") == f"  {said}\n  {status.KAPPA}"
    assert said not in screen(study, reflexive=True)


def dvc(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *words], capture_output=True, text=True, check=False, env=environment.variables()
    )
    assert done.returncode == 0, done.stderr


def test_what_is_stale_is_told_with_the_file_that_changed(study: Path):
    assert "has no DVC repository" in part(study, "Out of date")
    Path("dvc.yaml").write_text(
        "stages:\n  copy:\n    cmd: cp in.txt out.txt\n    deps: [in.txt]\n    outs: [out.txt]\n"
        "  study:\n    cmd: cp dvc.yaml s.txt\n    always_changed: true\n    outs: [s.txt]\n"
    )
    Path("in.txt").write_text("one")
    dvc("init", "--no-scm", "-q")
    dvc("repro", "-q")
    assert part(study, "Out of date") == "  Nothing: all results are up to date."
    Path("in.txt").write_text("two")
    assert part(study, "Out of date") == (
        "  `counterpoint run` will run these steps, and those that follow from them, because of what changed:\n"
        "    copy: in.txt changed"
    )
    Path("params.yaml").write_text("study: data/mine\nseed: 1\n")
    pipeline = Path("dvc.yaml").read_text().replace("    deps: [in.txt]", "    deps: [in.txt]\n    params: [seed]")
    Path("dvc.yaml").write_text(pipeline)
    dvc("repro", "-q")
    Path("params.yaml").write_text("study: data/mine\nseed: 2\n")
    assert "    copy: seed in params.yaml changed" in part(study, "Out of date")


def test_dvc_s_own_trouble_is_passed_on(study: Path):
    Path("dvc.yaml").write_text("stages: [\n")
    dvc_folder = Path(".dvc")
    dvc_folder.mkdir()
    assert "`dvc status` failed" in part(study, "Out of date")


def test_the_command_shows_the_screen(study: Path):
    done = CliRunner().invoke(cli.app, ["status"])
    assert done.exit_code == 0
    for title in ("Changes since your decisions", "To decide", "Out of date", "Read"):
        assert title in done.output
