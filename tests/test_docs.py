"""What the documents say can be done: commands parse, snippets run, examples are valid, links lead somewhere."""

import csv
import re
import runpy
import shlex
import shutil
import struct
import tomllib
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from pipeline import cli
from pipeline.core import params, store
from pipeline.corpus import guide_file, participants, readers
from pipeline.decisions import ledger
from pipeline.deductive import codebook

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
}
NAMING = [*PAGES.values(), (ROOT / "params.yaml").read_text(encoding="utf-8"), MAKEFILE]
GROUP = typer.main.get_command(cli.app)
COMMANDS = GROUP.commands


def blocks(page: str, kind: str) -> list[tuple[str, str]]:
    """The fenced blocks of a page that are of one kind: what follows the kind on the fence, and the block."""
    return re.findall(rf"^```{kind}\b[ ]*([^\n]*)\n(.*?)^```", PAGES[page], re.S | re.M)


def command_lines() -> list[tuple[str, str]]:
    """Every line of every shell block, without its comment, and the page it stands on."""
    lines = [(page, line) for page in PAGES for _, block in blocks(page, "sh") for line in block.splitlines()]
    return [(page, said) for page, line in lines if (said := line.partition(" #")[0].strip()) and line[0] != "#"]


def fenced_off(page: str) -> str:
    return re.sub(r"^```.*?^```", "", PAGES[page], flags=re.S | re.M)


def anchors(page: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", fenced_off(page), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize(("page", "line"), command_lines())
def test_every_command_line_can_be_typed(page: str, line: str):
    first, *words = shlex.split(line)
    if first == "counterpoint":
        name, *arguments = words
        assert name in COMMANDS, line
        COMMANDS[name].make_context(name, arguments)  # raises where an option or an argument is none of the command's
    elif line.startswith("python -m pytest "):
        assert (ROOT / words[2]).exists(), line
    elif first in ("python", "python3", "py"):
        script = ROOT / words[0] if words[0] != "-m" else ROOT / (words[1].replace(".", "/") + ".py")
        assert script.exists(), line
        if script.name == "dev.py":
            assert f'"{words[1]}"' in script.read_text(encoding="utf-8"), line
    elif first == "make":
        assert words[0] in targets()
    elif first == "pip":
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        assert words[0] == "install"
        assert words[-1] == "." or words[-1][len("counterpoint[") : -1] in extras
    else:
        assert first in ("export", "git", "cd", "source", r".venv\Scripts\activate"), line


def test_the_two_commands_come_first_in_the_readme():
    assert [line.split()[-1] for page, line in command_lines() if page == "README.md"][:2] == ["run", "test"]


# Commands that need no file or id of the reader's own, and no run of the pipeline.
HARMLESS = {"check", "decisions", "export", "handout", "sample-for-coding", "disagreements"}
HARMLESS_LINES = sorted({line for _, line in command_lines() if line.split()[1:2] and line.split()[1] in HARMLESS})


@pytest.mark.parametrize("line", HARMLESS_LINES)
def test_what_needs_no_more_than_a_study_runs(line: str, small_study: Path, tmp_path: Path, monkeypatch):
    for name in ("small", "my-study"):
        shutil.copytree(small_study, tmp_path / "data" / name)
        talk = tmp_path / "data" / name / "transcripts" / "int_01.txt"
        talk.parent.mkdir(exist_ok=True)
        talk.write_text(
            "Interviewer: What helps?\n\nAnna: Half a day a month that nobody takes away.\n", encoding="utf-8"
        )
    (tmp_path / "params.yaml").write_text("study: data/small\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli.app, shlex.split(line)[1:])
    assert done.exit_code == 0, (line, done.output, done.exception)
    assert done.output


def test_there_are_command_lines_to_try():
    assert len(command_lines()) > 30
    assert {line.split()[1] for line in HARMLESS_LINES} == HARMLESS


def targets() -> set[str]:
    return {word for line in re.findall(r"^([a-z- ]+):", MAKEFILE, re.M) for word in line.split()}


def test_every_make_target_that_is_named_exists():
    named = {word for page in NAMING for word in re.findall(r"`make ([a-z-]+)`", page)}
    assert named
    assert named <= targets()


def test_every_counterpoint_command_that_is_named_exists():
    named = {word for page in NAMING for word in re.findall(r"`counterpoint ([a-z-]+)", page)}
    assert named
    assert named <= set(COMMANDS)


def test_every_command_is_on_a_page():
    named = {word for page in PAGES.values() for word in re.findall(r"counterpoint ([a-z-]+)", page)}
    assert set(COMMANDS) <= named


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str):
    done = CliRunner().invoke(cli.app, [command, "--help"])
    assert done.exit_code == 0
    assert len(done.output) > 100


def test_the_readme_is_a_page_with_a_picture_and_leads_to_every_other_page():
    assert len(README.splitlines()) <= 120
    named = set(re.findall(r"\((docs/[^)#]+)", README))
    assert {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} <= named
    picture = (ROOT / "docs" / "report.png").read_bytes()
    assert "docs/report.png" in named
    assert len(picture) < 250_000
    assert picture.startswith(b"\x89PNG") and min(struct.unpack(">II", picture[16:24])) > 400


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str):
    for link in re.findall(r"\]\(([^)]+)\)", fenced_off(page)):
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        place = ((ROOT / page).parent / target).resolve() if target else ROOT / page
        assert place.exists(), link
        if anchor:
            assert anchor in anchors(place.relative_to(ROOT).as_posix()), link


@pytest.mark.parametrize("page", PAGES)
def test_every_file_of_the_project_that_is_named_exists(page: str):
    named = re.findall(r"`((?:pipeline|core|tests|docs|notebooks|benchmarks|models)/[\w/.]*)`", PAGES[page])
    assert [name for name in named if not any((ROOT / top / name).exists() for top in (".", "pipeline"))] == []


def test_the_tree_names_every_folder_and_every_stage():
    tree = PAGES["CONTRIBUTING.md"].partition("## The tree")[2].partition("## ")[0]
    named = set(re.findall(r"[\w/]+/|\w+\.py", tree))
    there = {f"{place.parent.name}/" for place in (ROOT / "pipeline").glob("*/__init__.py")}
    there |= {place.name for place in (ROOT / "pipeline").glob("*.py")} - {"__init__.py"}
    assert there <= named
    folders = {name for name in named if name.endswith("/") and name not in ("pipeline/", "views/", "templates/")}
    assert all((ROOT / name).is_dir() or (ROOT / "pipeline" / name).is_dir() for name in folders)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")])
def test_the_snippets_of_a_page_run(page: str, small_study: Path, tmp_path: Path, monkeypatch):
    shutil.copytree(small_study, tmp_path / "data" / "small")
    (tmp_path / "params.yaml").write_text("study: data/small\n")
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for _, block in blocks(page, "python"):
        exec(compile(block, page, "exec"), names)


EXAMPLES = {
    "codebook.yaml": codebook.load_codebook,
    "guide.yaml": guide_file.load,
    "decisions.yaml": ledger.load,
    "params.yaml": params.load,
    "participants.csv": participants.read_participants,
    "human_codes.csv": readers.read_codes,
}


@pytest.mark.parametrize(
    ("page", "name", "text"),
    [(page, *found) for page in PAGES for kind in ("yaml", "csv") for found in blocks(page, kind)],
)
def test_the_examples_of_files_are_read(page: str, name: str, text: str, tmp_path: Path):
    place = tmp_path / name
    place.write_text(text, encoding="utf-8")
    assert EXAMPLES[name](place), f"{page}: {name}"


def test_examples_of_each_file_that_people_write_are_given():
    named = {name for page in PAGES for kind in ("yaml", "csv") for name, _ in blocks(page, kind)}
    assert named >= {"codebook.yaml", "guide.yaml", "decisions.yaml", "participants.csv", "human_codes.csv"}


def test_every_stage_and_every_table_is_on_the_page_of_tables():
    page = PAGES["docs/tables.md"]
    rows = {
        row[0]: set(re.findall(r"`(\w+)`", row[1])) for row in re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", page, re.M)
    }
    dvc = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    by_stage = {
        name: {Path(out).stem for out in stage.get("outs", []) if isinstance(out, str) and out.endswith(".parquet")}
        for name, stage in dvc.items()
    }
    assert set(rows) == {"ingest", "segment", "embed", "themes", "map_codes", "compare", "report"}
    for stage, tables in rows.items():
        own = {name for name in by_stage[stage] if not name.endswith(("_problems", "_record"))}
        assert tables - {"max_words"} == own, stage
    assert {name for tables in rows.values() for name in tables} <= {*store.INTERIM, *store.PROCESSED}


def test_the_views_of_the_report_are_those_it_has_in_their_order():
    templates = ROOT / "pipeline" / "reporting" / "templates"
    shown = re.findall(r'<li><a href="#\w+">(\w+)</a></li>', (templates / "report.html").read_text(encoding="utf-8"))
    page = PAGES["docs/report.md"].partition("## What the page shows")[2].partition("\n\nThe search")[0]
    assert re.findall(r"^\d\. \*\*([^*]+)\*\*", page, re.M) == shown
    assert len(shown) == 5
    parts = re.findall(r"<summary><h2>([^<{]+)</h2>", (templates / "quality.html").read_text(encoding="utf-8"))
    assert {"Saturation", "Audit trail", "Method"} <= set(parts)
    assert all(
        word in " ".join(page.split()) for word in ("saturation", "audit trail", "method", "contrasts and questions")
    )


def test_every_setting_is_explained_above_it():
    lines = (ROOT / "params.yaml").read_text(encoding="utf-8").splitlines()
    for name, field in params.Params.model_fields.items():
        if not isinstance(field.default, params.Section):
            continue
        for key in type(field.default).model_fields:
            at = next(number for number, line in enumerate(lines) if re.match(rf"\s+{key}:", line))
            above = [line.strip() for line in lines[max(0, at - 5) : at]]
            assert "#" in lines[at] or any(line.startswith("#") for line in above), f"{name}.{key}"
    assert yaml.safe_load("\n".join(lines))["study"] == "data/sample"


def test_settings_have_the_defaults_that_their_page_gives():
    shipped = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    told = re.findall(r"^\| `([a-z_.]+)` \| `([^`]+)` \|", PAGES["docs/settings.md"], re.M)
    assert len(told) > 10
    for name, default in told:
        section, _, key = name.rpartition(".")
        assert (shipped[section] if section else shipped)[key] == yaml.safe_load(default), name


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_is_named_exists(page: str):
    shipped = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    sections = [name for name, value in shipped.items() if isinstance(value, dict)]
    for section, key in re.findall(rf"`({'|'.join(sections)})\.([a-z_]+)`", PAGES[page]):
        assert key in shipped[section] or (ROOT / "pipeline" / f"{section}.{key}").exists(), f"{section}.{key}"


def test_the_formats_that_are_named_are_those_that_are_read():
    table = re.search(r"## Formats\n(.*?)\n## ", PAGES["docs/transcripts.md"], re.S)
    assert table
    assert {one.lower() for one in re.findall(r"`(\.[A-Za-z]+)`", table[1])} == set(readers.TRANSCRIPTS)
    people = re.search(r"## Human codes\n(.*?)\n## ", PAGES["docs/codes.md"], re.S)
    assert people
    named = set(re.findall(r"`[\w/]*(\.[a-z0-9]+)`", people[1])) | {".docx"}
    assert set(readers.CODES) - {".csv"} <= named


def test_the_participants_example_has_the_columns_that_are_explained():
    page = PAGES["docs/transcripts.md"]
    header = next(csv.reader(blocks("docs/transcripts.md", "csv")[0][1].splitlines()))
    for column in header:
        assert f"`{column}`" in page


def test_the_page_of_functions_is_what_the_docstrings_say_now():
    made = runpy.run_path(str(ROOT / "docs" / "write_api.py"))["page"]()
    assert PAGES["docs/api.md"] == made, "docs/api.md is out of date: run `python docs/write_api.py`"
    tables = set(
        re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in made.splitlines() if row.startswith("| `")))
    )
    assert tables == {*store.INTERIM, *store.PROCESSED}


def test_the_documents_speak_of_the_project_alone():
    pages = [
        path
        for folder in (".", "docs", "models", "data/sample", "data/codebooks")
        for path in ROOT.glob(f"{folder}/*.md")
    ]
    for file in [*pages, *ROOT.glob("docs/*.py"), *ROOT.glob("pipeline/**/*.py")]:
        text = file.read_text(encoding="utf-8").lower()
        for word in ("/work/", " /tmp/", "`/tmp/", "pypi.org"):
            assert word not in text, (file, word)
