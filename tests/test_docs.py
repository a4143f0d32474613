"""What the documents say can be done: commands exist, files are where they are said to be, settings are explained."""

import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pipeline import cli
from pipeline.core import params, store
from pipeline.corpus import readers

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PAGES = [README, (ROOT / "CONTRIBUTING.md").read_text(), (ROOT / "params.yaml").read_text(), MAKEFILE]


def code_lines() -> list[str]:
    return [line for block in re.findall(r"```sh\n(.*?)```", README, re.S) for line in block.splitlines() if line]


def test_the_two_commands_come_first():
    assert [line.split()[:2] for line in code_lines()[:2]] == [["make", "run"], ["make", "test"]]


def test_every_make_target_that_is_named_exists():
    named = {word for page in PAGES for word in re.findall(r"`make ([a-z-]+)`", page)}
    named |= {line.split()[1] for line in code_lines() if line.startswith("make ")}
    assert named
    targets = {word for line in re.findall(r"^([a-z- ]+):", MAKEFILE, re.M) for word in line.split()}
    assert named <= targets


def test_every_counterpoint_command_that_is_named_exists():
    named = {word for page in PAGES for word in re.findall(r"counterpoint ([a-z-]+)", page)}
    known = {command.name or command.callback.__name__.replace("_", "-") for command in cli.app.registered_commands}
    assert named
    assert named <= known


@pytest.mark.parametrize(
    "command", [c.name or c.callback.__name__.replace("_", "-") for c in cli.app.registered_commands]
)
def test_every_command_explains_itself(command: str):
    done = CliRunner().invoke(cli.app, [command, "--help"])
    assert done.exit_code == 0
    assert len(done.output) > 100


def test_every_stage_and_its_tables_are_in_the_readme():
    for stage in ("ingest", "segment", "embed", "themes", "map_codes", "compare", "report"):
        assert f"`{stage}`" in README
    tables = {*store.INTERIM, *store.PROCESSED}
    row = re.compile(r"^\| `\w+` \|.*\| ([^|]+) \|$", re.M)
    named = {name for cell in row.findall(README) for name in re.findall(r"[a-z_]+", cell) if "_" in name}
    assert {name for name in named if name not in {"framework_matrix"}} <= tables | {"html", "xlsx"}


def test_every_setting_is_explained_above_it():
    lines = (ROOT / "params.yaml").read_text().splitlines()
    for name, field in params.Params.model_fields.items():
        if not isinstance(field.default, params.Section):
            continue
        for key in type(field.default).model_fields:
            at = next(number for number, line in enumerate(lines) if re.match(rf"\s+{key}:", line))
            above = [line.strip() for line in lines[max(0, at - 5) : at]]
            assert "#" in lines[at] or any(line.startswith("#") for line in above), f"{name}.{key}"
    assert yaml.safe_load("\n".join(lines))["study"] == "data/sample"


def test_the_documents_speak_of_the_project_alone():
    for file in [
        *ROOT.glob("*.md"),
        *ROOT.glob("models/*.md"),
        *ROOT.glob("data/**/*.md"),
        *ROOT.glob("pipeline/**/*.py"),
    ]:
        text = file.read_text().lower()
        for word in ("/work/", " /tmp/", "`/tmp/", "pypi.org"):
            assert word not in text, (file, word)


def test_readable_formats_that_the_readme_names_are_read():
    named = set(re.findall(r"`(\.[a-z]+)`", README))
    assert named <= set(readers.TRANSCRIPTS) | {".csv", ".qdpx", ".qdc", ".xlsx", ".docx"}
