"""The notebooks run on a small study, on an empty one and without any; they are thin, and show the sample study."""

import ast
import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from pipeline.core import store
from pipeline.notebook import stored

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


@pytest.fixture(scope="module")
def project(small_study, tmp_path_factory):
    root = tmp_path_factory.mktemp("notebooks")
    shutil.copytree(small_study, root / "data" / "small")
    (root / "params.yaml").write_text("study: data/small\n")
    return root


@pytest.fixture
def bare(tmp_path):
    (tmp_path / "params.yaml").write_text("study: data/none\n")
    return tmp_path


def test_there_are_the_five_of_the_house():
    assert IDS == [
        "01_who_speaks",
        "02_candidate_themes",
        "03_themes_against_codes",
        "04_framework_matrix",
        "05_from_codes_to_a_figure",
    ]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_cells_are_short_and_hold_no_logic(file):
    for cell in code(file):
        assert cell.count("\n") < 8
        assert not [node for node in ast.walk(ast.parse(cell)) if isinstance(node, LOOPS)]
        assert "parquet" not in cell


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_they_are_stored_with_light_outputs_of_the_sample_in_step_with_the_code(file):
    notebook = json.loads(file.read_text(encoding="utf-8"))
    said = notebook["metadata"].get(stored.KEY, {})
    assert said.get("code") == stored.code_digest(notebook), (
        "run `python docs/run_notebooks.py` after a run of the sample"
    )
    assert stored.is_of_sample(file.read_bytes())
    assert file.stat().st_size < 700_000
    for cell in notebook["cells"]:
        assert cell.get("execution_count") is None
        assert not [output for output in cell.get("outputs", []) if output["output_type"] == "error"]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_outputs_hold_no_path_of_a_computer(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w/.])/(?:home|root|Users|work|tmp|var|private)/|[A-Z]:\\\\", text)
    assert str(ROOT) not in text


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_the_first_cell_that_runs_is_a_picture(file):
    cells = [cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert [list(output["data"]) for output in cells[0]["outputs"]] == [["image/png"]]
    assert "table" in cells[0]["outputs"][0]["metadata"]["image/png"]["alt"]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_sections_ask_a_question_and_say_what_can_be_turned(file):
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    heads = re.findall(r"^## (.*)$", "\n".join("".join(cell["source"]) for cell in cells), re.MULTILINE)
    assert all(head.endswith("?") or head in ("Save it", "Asked and silent, or not asked?") for head in heads)
    assert any("# turn" in cell for cell in code(file))


def test_a_notebook_with_outputs_of_another_study_is_no_stored_one():
    notebook = json.loads(NOTEBOOKS[0].read_text(encoding="utf-8"))
    assert stored.is_of_sample(json.dumps(notebook).encode())
    notebook["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["what Ana said"]}]
    assert not stored.is_of_sample(json.dumps(notebook).encode())
    assert not stored.is_of_sample(b"[]") and not stored.is_of_sample(b"{")


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_pictures_survive_an_export_to_html(file):
    page, _ = HTMLExporter(template_name="basic").from_filename(str(file))
    n_pictures = len(re.findall(r"plots\.\w+\(", "\n".join(code(file))))
    assert page.count("data:image/png;base64,") >= n_pictures - ("keep(" in "".join(code(file)))
    assert not re.findall(r"<script[^>]+src=", page)


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_every_plot_has_a_table_beside_it(file):
    cells = code(file)
    for number, cell in enumerate(cells):
        for drawn in re.findall(r"^plots\.\w+\((\w+)", cell, re.MULTILINE):
            assert re.match(rf"{drawn}\b", cells[number + 1]), f"{drawn} is drawn, and not shown as a table after it"


@pytest.mark.parametrize("file", NOTEBOOKS, ids=IDS)
def test_they_run_on_a_study_and_need_no_network(file, project):
    made = outputs(run(file, project))
    kinds = {kind for output in made for kind in output.get("data", {})}
    assert "image/png" in kinds
    page = json.dumps([output["data"].get("text/html", "") for output in made if "data" in output])
    assert "https://" not in page
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
