"""The whole pipeline under DVC, on a small invented study in a temporary folder whose path has a space in it."""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml

from benchmarks import copied

ROOT = Path(__file__).parent.parent
STAGES = ["ingest", "segment", "embed", "themes", "map_codes", "compare", "report"]

ONE = """Interviewer: How did you come to the improvement work?

Anna: I was asked by the matron, and to be honest I said yes because nobody else would. We never had any time for it on the ward.

Interviewer: What gets in the way?

Anna: The staffing, always the staffing. There were two of us for twenty eight patients last night. You cannot audit charts with two.

Interviewer: And what helps?

Anna: When the consultant comes to the huddle. She asks what we think and then she does something about it, so people turn up.
"""
TWO = """Interviewer: What is it like to take part?

Bilal: It looks good on my portfolio, I will not pretend it does not. But I also saw a patient picked up early because of that chart.

Interviewer: And the data?

Bilal: The dashboard was wrong for a month. Somebody typed the date in the wrong column and we were red, in front of everybody.

Interviewer: Does the board know?

Bilal: The board asks for numbers. I have never seen one of them on the ward. Perhaps on the website, there is a photograph.
"""
THREE = """Interviewer: Tell me about the learning sessions.

Carys: We stole an idea from the other hospital over coffee, a sticker on the fluid chart, and it worked the very next week for us.

Interviewer: What would keep it going?

Carys: Half a day that nobody can take away from me. They promise a study day and then winter comes and it goes, every single time.
"""
CODEBOOK = """codes:
  - name: Protected time
    definition: Whether there is time set aside for improvement work.
    examples: [We get half a day a month and it is the first thing to go.]
  - name: Staffing
    definition: Whether there are enough people on the shift.
    examples: [There were only two nurses for the whole ward.]
"""
CODES = """document,start,end,text,code,coder
one,,,There were two of us for twenty eight patients last night.,Staffing,A
one,,,We never had any time for it on the ward.,Protected time,A
one,,,There were two of us for twenty eight patients last night.,Staffing,B
three,,,Half a day that nobody can take away from me.,Protected time,A
three,,,Half a day that nobody can take away from me.,Protected time,B
"""


# Every Python process of a test starts with this: a socket to anywhere is written down and refused.
NO_NETWORK = """
import os, socket

def refuse(attempt, *more):
    if getattr(attempt, "family", None) != socket.AF_UNIX:
        with open(os.environ["ATTEMPTS"], "a") as log:
            log.write(f"{more}\\n")
        raise OSError("no network in this test")
    return connect(attempt, *more)

connect = socket.socket.connect
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.getaddrinfo = refuse
"""


def command(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    binaries = str(Path(sys.executable).parent)
    write(root / ".no_network" / "sitecustomize.py", NO_NETWORK)
    environment = {
        **os.environ,
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{root}{os.pathsep}{root / '.no_network'}",
        "ATTEMPTS": str(root / "attempts.txt"),
        # A number that is none is a fault of ours, and no line on the screen of whoever runs this.
        "PYTHONWARNINGS": "error::RuntimeWarning",
    }
    return subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)


def repro(root: Path, *options: str) -> str:
    done = command(root, sys.executable, "-m", "dvc", "repro", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def project(root: Path, *, transcripts: dict[str, str], others: dict[str, str] | None = None) -> Path:
    """A copy of the project with one small study, data/small."""
    copied.project(root, study="data/small")
    for name, text in transcripts.items():
        write(root / "data" / "small" / "transcripts" / name, text)
    for name, text in (others or {}).items():
        write(root / "data" / "small" / name, text)
    assert command(root, sys.executable, "-m", "dvc", "init", "--no-scm", "-q").returncode == 0
    command(root, sys.executable, "-m", "dvc", "config", "core.analytics", "false")
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(root: Path, section: str, key: str, value: object) -> None:
    settings = yaml.safe_load((root / "params.yaml").read_text())
    settings[section][key] = value
    (root / "params.yaml").write_text(yaml.safe_dump(settings))


def ran(output: str) -> list[str]:
    return [stage for stage in STAGES if f"Running stage '{stage}'" in output]


def outputs(root: Path) -> dict[str, bytes]:
    study = root / "data" / "small"
    places = [study / "interim", study / "processed", study / "report", root / "models" / "data"]
    files = [file for place in places for file in sorted(place.rglob("*")) if file.is_file()]
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


def said(root: Path) -> str:
    """Everything a person could read in the outputs and the side cache, unpacked."""
    words = []
    for name, held in {**outputs(root), **side_cache(root)}.items():
        if name.endswith(".parquet"):
            words.append(pd.read_parquet(io.BytesIO(held)).to_csv())
        elif name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(held)) as book:
                words += [book.read(part).decode() for part in book.namelist()]
        else:
            words.append(held.decode(errors="replace"))
    return "\n".join(words)


def side_cache(root: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in (root / "data/small/.cache").rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with everything, run once from nothing."""
    root = project(
        tmp_path_factory.mktemp("a path") / "my project",
        transcripts={"one.txt": ONE, "two.txt": TWO, "three.txt": THREE},
        others={"codebook.yaml": CODEBOOK, "human_codes/codes.csv": CODES},
    )
    assert ran(repro(root)) == STAGES
    return root


def test_the_report_and_every_output_are_there(full: Path):
    page = (full / "data/small/report/index.html").read_text()
    assert "We never had any time for it on the ward." in page
    assert (full / "data/small/report/framework_matrix.xlsx").stat().st_size > 1000
    assert command(full, sys.executable, "-m", "dvc", "metrics", "show").returncode == 0


def test_nothing_to_do_does_nothing(full: Path):
    before = (full / "dvc.lock").read_bytes()
    assert ran(repro(full)) == []
    assert (full / "dvc.lock").read_bytes() == before


def test_what_python_compiles_beside_the_modules_changes_nothing(full: Path):
    before = (full / "dvc.lock").read_bytes()
    assert command(full, sys.executable, "-m", "compileall", "-q", "pipeline").returncode == 0
    assert list((full / "pipeline" / "corpus" / "readers").rglob("*.pyc"))
    assert ran(repro(full)) == []
    assert (full / "dvc.lock").read_bytes() == before


def test_two_runs_from_nothing_give_the_same_bytes_without_dvc_too(full: Path, tmp_path: Path):
    root = project(
        tmp_path / "elsewhere",
        transcripts={"three.txt": THREE, "two.txt": TWO, "one.txt": ONE},
        others={"codebook.yaml": CODEBOOK, "human_codes/codes.csv": CODES},
    )
    for stage in STAGES:
        done = command(root, sys.executable, "-m", f"pipeline.{stage}")
        assert done.returncode == 0, done.stdout + done.stderr
    of_dvc = {name: held for name, held in outputs(full).items() if "/program/" not in name}
    assert outputs(root).keys() == of_dvc.keys()
    assert [name for name, held in outputs(root).items() if held != of_dvc[name]] == []


def test_nothing_tries_to_reach_the_network(full: Path):
    probe = "import socket; socket.create_connection(('127.0.0.1', 9))"
    assert not (full / "attempts.txt").exists()
    assert command(full, sys.executable, "-c", probe).returncode != 0
    assert (full / "attempts.txt").exists(), "the test itself must see an attempt"
    (full / "attempts.txt").unlink()


def test_a_changed_param_runs_the_stages_that_read_it(full: Path):
    change(full, "report", "quotes_per_theme", 4)
    assert ran(repro(full)) == ["report"]
    change(full, "report", "quotes_per_theme", 3)
    assert set(ran(repro(full))) <= {"report"}


def test_an_edited_module_runs_the_stages_that_reach_it(full: Path):
    module = full / "pipeline/comparison/saturation.py"
    kept = module.read_text(encoding="utf-8")
    write(module, f"{kept}# edited\n")
    assert ran(repro(full)) == ["compare"]
    write(module, kept)
    assert set(ran(repro(full))) <= {"compare"}


def test_another_version_of_a_library_runs_the_stages_that_use_it(full: Path):
    facts = full / "xlsxwriter-99.0.dist-info" / "METADATA"
    write(facts, "Metadata-Version: 2.1\nName: xlsxwriter\nVersion: 99.0\n")
    assert ran(repro(full)) == ["report"]
    shutil.rmtree(facts.parent)
    assert set(ran(repro(full))) <= {"report"}


def test_an_edited_codebook_runs_mapping_and_what_follows(full: Path):
    write(full / "data/small/codebook.yaml", CODEBOOK.replace("enough people", "enough nurses"))
    assert ran(repro(full)) == ["map_codes", "compare", "report"]
    write(full / "data/small/codebook.yaml", CODEBOOK)
    repro(full)


def written_in(place: Path) -> bytes:
    """Write a summary into the first cell of the matrix, as a person does."""
    book = openpyxl.load_workbook(place)
    book["Matrix"].cell(2, 3).value = "In my own words."
    book.save(place)
    return place.read_bytes()


def test_what_somebody_wrote_in_the_workbook_outlives_every_run(full: Path):
    report, edited = full / "data/small/report", full / "data/small/edited"
    book = report / "framework_matrix.xlsx"
    mine = written_in(book)
    assert ran(repro(full)) == []
    assert command(full, sys.executable, "-m", "dvc", "checkout", "--force").returncode == 0
    repro(full, "--single-item", "--force", "report")
    assert book.read_bytes() == mine, "nothing new takes its place"
    # Another codebook: there is a new workbook, and then the first one again, from DVC's cache of past runs.
    write(full / "data/small/codebook.yaml", CODEBOOK.replace("Protected time", "Time of their own"))
    output = repro(full)
    assert "framework_matrix.xlsx had been edited and has been regenerated" in output
    assert [file.read_bytes() for file in edited.iterdir()] == [mine]
    again = written_in(book)
    write(full / "data/small/codebook.yaml", CODEBOOK)
    output = repro(full)
    assert "Running stage 'report'" not in output
    assert "framework_matrix.xlsx had been edited and has been regenerated" in output
    assert {file.read_bytes() for file in edited.iterdir()} == {mine, again}
    assert book.read_bytes() == (full / "data/small/processed/report/framework_matrix.xlsx").read_bytes()


def test_only_transcripts_are_required_and_a_removed_one_leaves_no_trace(tmp_path: Path):
    root = project(tmp_path / "bare", transcripts={"one.txt": ONE, "two.txt": TWO})
    assert ran(repro(root)) == STAGES
    page = (root / "data/small/report/index.html").read_text()
    assert "codebook" in page
    assert "guessed" in page or "Interviewer" in page
    assert "Somebody typed the date in the wrong column" in said(root)
    vectors = [name for name in side_cache(root) if name.endswith(".parquet")]
    kept = sum(len(pd.read_parquet(name)) for name in vectors)

    (root / "data/small/transcripts/two.txt").unlink()
    repro(root)
    for trace in ("Somebody typed", "Bilal", "two.txt"):
        assert trace not in said(root)
    assert sum(len(pd.read_parquet(name)) for name in vectors) < kept


def test_a_mistake_in_params_is_a_sentence_and_no_traceback(tmp_path: Path):
    root = project(tmp_path / "wrong", transcripts={"one.txt": ONE})
    change(root, "segment", "max_words", -3)
    change(root, "segment", "wordiness", 1)
    done = command(root, sys.executable, "-m", "pipeline.ingest")
    assert done.returncode == 1
    assert "segment.max_words" in done.stderr and "segment.wordiness" in done.stderr
    assert "Traceback" not in done.stderr
