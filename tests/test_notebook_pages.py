"""Notebooks as pages: run on the study, without scripts and network, laid out for print."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.commands import notebook_pages
from pipeline.core import project_files
from pipeline.core.study_paths import Places
from pipeline.withdrawal import derived_files

SHOWN = "import pandas as pd\npd.DataFrame({'code': ['Rota'], 'n': [41 + 1]})"


def notebook(place: Path, *cells: str) -> Path:
    place.parent.mkdir(exist_ok=True)
    made = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "execution_count": None, "source": cell}
        for n, cell in enumerate(cells)
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    place.write_text(json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return place


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("study: data/mine\nreport: {paper: letter}\n")
    (tmp_path / "data/mine/transcripts").mkdir(parents=True)
    return Path("data/mine")


def test_a_notebook_becomes_a_page_without_network_for_the_study_s_paper(study):
    notebook(Path("notebooks/a.ipynb"), SHOWN)
    done = CliRunner().invoke(cli.app, ["notebooks"])
    assert done.exit_code == 0, done.output
    place = study / "paper/notebooks/a.html"
    text = place.read_text(encoding="utf-8")
    assert "<td>42</td>" in text and "size: letter;" in text
    assert "<script" not in text and 'src="http' not in text and 'href="http' not in text
    assert any(place.match(pattern) for pattern in derived_files.names(Places(study))[Places(study).paper])


def test_a_project_without_notebooks_runs_those_of_the_program_on_its_own_study(study, monkeypatch, tmp_path_factory):
    installed = tmp_path_factory.mktemp("installed")
    notebook(installed / "notebooks/a.ipynb", "from pathlib import Path\nlist(map(str, Path('.').glob('params.yaml')))")
    monkeypatch.setattr(project_files, "root", lambda: installed)
    done = CliRunner().invoke(cli.app, ["notebooks"])
    assert done.exit_code == 0, done.output
    assert (
        "params.yaml"
        in (study / "paper/notebooks/a.html").read_text(encoding="utf-8").split("jp-Cell-outputWrapper")[-1]
    )


def test_what_cannot_be_run_is_said(study, monkeypatch):
    monkeypatch.setattr(project_files, "root", lambda: study / "none")
    done = CliRunner().invoke(cli.app, ["notebooks"])
    assert "There are no notebooks" in str(done.exception)
    broken = notebook(Path("notebooks/b.ipynb"), "1 / 0")
    with pytest.raises(
        notebook_pages.NotebookError, match=r"b\.ipynb cannot be run: ZeroDivisionError: division by zero\."
    ):
        notebook_pages.page(broken)
    broken.write_text("{")
    with pytest.raises(notebook_pages.NotebookError, match="cannot be read as a notebook"):
        notebook_pages.page(broken)
    monkeypatch.setattr(notebook_pages, "find_spec", lambda name: None if name == "nbconvert" else name)
    done = CliRunner().invoke(cli.app, ["notebooks"])
    assert "Notebooks need nbconvert, which a run does not" in str(done.exception)
    assert not (study / "paper").exists()
