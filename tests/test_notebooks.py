"""The notebooks run on a small study, on an empty one and without any; they are thin, and stored without outputs."""

import ast
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pipeline.core import store

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IDS = [file.stem for file in NOTEBOOKS]
LOOPS = (
    ast.For,
    ast.While,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.DictComp,
)


def code(file: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(file.read_text())["cells"] if cell["cell_type"] == "code"]


def run(file: Path, root: Path) -> nbformat.NotebookNode:
    """Execute a notebook whose folder is inside a project, as it is when somebody opens it there."""
    (root / "notebooks").mkdir(exist_ok=True)
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(root / "notebooks")}}).execute()
    return notebook


def outputs(notebook: nbformat.NotebookNode) -> list[dict]:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [output for cell in cells for output in cell.outputs]


@pytest.fixture
def typed(monkeypatch, capsys):
    """Run a notebook's cells in this process, as if typed in inside a project; return what it printed."""

    def run_cells(file: Path, root: Path) -> str:
        monkeypatch.chdir(root)
        names: dict = {}
        for cell in code(file):
            exec(compile(cell, file.name, "exec"), names)
        return capsys.readouterr().out

    return run_cells


@pytest.fixture
def project(small_study):
    root = small_study.parent.parent
    (root / "params.yaml").write_text("study: data/small\n")
    return root


@pytest.fixture
def bare(tmp_path):
    (tmp_path / "params.yaml").write_text("study: data/none\n")
    return tmp_path


def test_there_are_the_four_of_the_house():
    assert IDS == ["01_segments", "02_candidate_themes", "03_themes_against_human_codes", "04_framework_matrix"]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_cells_are_short_and_hold_no_logic(file):
    for cell in code(file):
        assert cell.count("\n") < 8
        assert not [node for node in ast.walk(ast.parse(cell)) if isinstance(node, LOOPS)]
        assert "parquet" not in cell


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_they_are_stored_without_outputs(file):
    for cell in json.loads(file.read_text())["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_every_plot_has_a_table_beside_it(file):
    cells = code(file)
    for number, cell in enumerate(cells):
        for drawn in re.findall(r"plots\.\w+\((\w+)", cell):
            assert re.match(rf"{drawn}\b", cells[number + 1]), f"{drawn} is drawn, and not shown as a table after it"


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_they_run_on_a_study_and_need_no_network(file, project):
    made = outputs(run(file, project))
    kinds = {kind for output in made for kind in output.get("data", {})}
    assert "application/vnd.plotly.v1+json" in kinds
    page = json.dumps([output["data"].get("text/html", "") for output in made if "data" in output])
    assert "https://" not in page.replace("https://plotly.com", "")
    assert "<script" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_they_say_what_is_missing_before_anything_was_made(file, bare, typed):
    assert "does not exist yet. Run `counterpoint run` first" in typed(file, bare)


@pytest.mark.parametrize("file", NOTEBOOKS[1:], ids=IDS[1:])
def test_they_say_what_is_missing_in_a_study_of_nothing(file, bare, typed):
    for name in (*store.INTERIM, *store.PROCESSED):
        store.write(bare / "data" / "none", name, store.empty(name))
    assert re.search("There (is|are) no ", typed(file, bare))


def test_with_a_reflexive_stance_there_is_no_coefficient(small_study, tmp_path):
    shutil.copytree(small_study, tmp_path / "data" / "small")
    (tmp_path / "params.yaml").write_text("study: data/small\nstance: reflexive\n")
    shown = json.dumps(outputs(run(NOTEBOOKS[2], tmp_path)))
    assert "0.42" not in shown
