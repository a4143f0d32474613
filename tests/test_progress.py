"""What a run says of how far it is, and what it keeps of that for the next one."""

import logging
from pathlib import Path

import pytest

from pipeline.commands import progress

STAGES = ["study", "ingest", "themes"]


def line(said: progress.Progress, text: str) -> bool:
    return said.filter(logging.LogRecord("dvc", logging.INFO, "", 0, text, None, None))


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.02, "1 s"), (1.4, "1 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (9000, "2.5 h")]
)
def test_a_time_is_said_as_people_say_it(seconds: float, words: str):
    assert progress.duration(seconds) == words


def test_a_stage_is_announced_with_its_place_and_with_times_where_they_are_known():
    assert progress.announcement("ingest", STAGES, {}) == "[2/3] ingest"
    before = {"study": 1.0, "ingest": 20.0, "themes": 130.0}
    assert progress.announcement("ingest", STAGES, before) == "[2/3] ingest: about 20 s, at most 2 min to the end"
    assert progress.announcement("of somebody", STAGES, before) == "[-] of somebody"


def test_lines_of_dvc_become_progress_and_what_matters_stays():
    heard: list[str] = []
    said = progress.Progress(STAGES, {}, heard.append)
    shown = [
        text
        for text in (
            "Running stage 'study':",
            "> python -m pipeline.study",
            "Generating lock file 'dvc.lock'",
            "Updating lock file 'dvc.lock'",
            "",
            "Stage 'ingest' didn't change, skipping",
            "'data/x/human_codes' is empty.",
            "Stage 'themes' is cached - skipping run, checking out outputs",
            "file 'x.csv' is missing",
        )
        if line(said, text)
    ]
    assert shown == ["file 'x.csv' is missing"]
    assert heard == ["[1/3] study", "[3/3] themes: kept from an earlier run"]
    assert set(said.took) == {"study"}


def test_a_stage_that_failed_leaves_no_time_behind():
    said = progress.Progress(STAGES, {}, lambda _: None)
    line(said, "Running stage 'ingest':")
    assert said.running == "ingest"
    said.over(failed=True)
    assert not said.took and not said.running


def test_times_are_kept_by_study_and_what_cannot_be_read_is_nothing(tmp_path: Path):
    path = tmp_path / "tmp" / "times.json"
    assert progress.load(Path("data/x"), path=path) == {}
    progress.note(Path("data/x"), {"ingest": 2.0}, path=path)
    progress.note(Path("data/y"), {"ingest": 5.0}, path=path)
    progress.note(Path("data/x"), {"themes": 9.0}, path=path)
    assert progress.load(Path("data/x"), path=path) == {"ingest": 2.0, "themes": 9.0}
    for broken in ("{", "[]", '{"data/x": 3}', '{"data/x": {"ingest": "long"}}'):
        path.write_text(broken)
        assert progress.load(Path("data/x"), path=path) == {}
    progress.note(Path("data/x"), {"ingest": 2.0}, path=path)
    assert progress.load(Path("data/x"), path=path) == {"ingest": 2.0}
