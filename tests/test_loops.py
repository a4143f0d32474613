"""Out to another program and back: what the documentation says that each loop keeps is what it keeps."""

import re
from pathlib import Path

import loop_study
import pytest

from pipeline import ingest
from pipeline.commands import importing
from pipeline.core import store
from pipeline.deductive import codebook

PAGE = (Path(__file__).parents[1] / "docs/exchange.md").read_text("utf-8")
PROGRAMS = ("QualCoder", "Taguette", "pyrefiqda", "qualitative-coding")


def promised() -> dict[str, dict[str, bool]]:
    """For each program, whether the page says that all of a kind of thing comes back, or none."""
    table = re.search(r"\| what \| QualCoder .*?\n\n", PAGE, re.S)
    assert table
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table[0].strip().split("\n")]
    assert all(cell.startswith(("all", "none")) for row in rows[2:] for cell in row[1:])
    return {
        program: {row[0]: row[number].startswith("all") for row in rows[2:]}
        for number, program in enumerate(PROGRAMS, start=1)
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return loop_study.write(tmp_path_factory.mktemp("loop") / "study")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_loop_keeps_what_the_page_says(study, tmp_path, program):
    name, data = loop_study.came_back(program, study)
    (tmp_path / name).write_bytes(data)
    importing.run(tmp_path / name, tmp_path / "back")
    after = ingest.ingest(tmp_path / "back", **loop_study.OPTIONS)
    before = {table: store.read(study, table) for table in ("documents", "codings", "cases")}
    ours, theirs = (codebook.load_codebook(folder / "codebook.yaml") for folder in (study, tmp_path / "back"))

    def told(frames, *columns):
        return sorted(frames["codings"][list(columns)].itertuples(index=False, name=None))

    def fields(book):
        return {(one.name, one.definition, one.include, one.exclude, one.examples) for one in book.codes}

    passages = ("document", "start", "end", "text", "code")
    kept = {
        "texts": dict(after["documents"][["document", "text"]].itertuples(index=False, name=None)) == loop_study.TEXTS,
        "coded passages": told(before, *passages) == told(after, *passages),
        "coders": set(before["codings"]["coder"]) == set(after["codings"]["coder"]),
        "codes": set(ours.names) == set(theirs.names),
        "parents of codes": {(one.name, one.parent) for one in ours.codes}
        == {(one.name, one.parent) for one in theirs.codes},
        "definitions, criteria, examples": fields(ours) == fields(theirs),
        "cases and attributes": before["cases"].to_dict("records") == after["cases"].to_dict("records"),
    }
    assert kept == promised()[program]


def test_the_file_that_goes_to_taguette_has_the_coders_itself(study, tmp_path):
    from pipeline.commands import exporting

    exporting.export(study, tmp_path / "out")
    importing.run(tmp_path / "out/taguette.sqlite3", tmp_path / "back")
    after = ingest.ingest(tmp_path / "back", **loop_study.OPTIONS)["codings"]
    wanted = store.read(study, "codings")
    columns = ["document", "start", "end", "code", "coder"]
    assert after[columns].to_dict("records") == wanted[columns].to_dict("records")
