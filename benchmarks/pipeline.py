"""The whole pipeline against BERTopic's quick start on the same segments: whole processes, paired, medians and ratios.

Run as `make bench-pipeline`. It needs the human-coded sets beside the project (../shared/data) and says so where they
are absent. Every run is a process of its own; memory is the largest resident set of any process in it.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import copied

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
# About 2,000 segments that take part: two sets whole, and the first transcripts of a third.
SETS = {"pdpilot_interviews": None, "world_after_covid": None, "serdif_usability": 4}
SPARE = "pdpilot_interviews/P1.txt"

QUICK_START = """
import sys
import pandas as pd
from bertopic import BERTopic
from sentence_transformers import SentenceTransformer
from pipeline.core import model_registry as models
segments = pd.read_parquet(sys.argv[1])
texts = segments.loc[segments["substantive"], "text"].tolist()
folder = models.find("all-MiniLM-L6-v2", kind="sentence-transformers").folder
topics, _ = BERTopic(embedding_model=SentenceTransformer(str(folder))).fit_transform(texts)
print(len(texts), "segments,", len(set(topics)), "topics")
"""


def project(root: Path) -> Path:
    """A copy of the project whose study is transcripts of the coded sets."""
    copied.project(root, study="data/bench")
    study = root / "data" / "bench"
    for name, most in SETS.items():
        (study / "transcripts" / name).mkdir(parents=True)
        for path in sorted((DATA / name / "transcripts").iterdir())[:most]:
            shutil.copy(path, study / "transcripts" / name)
    shutil.copy(ROOT / "data" / "sample" / "codebook.yaml", study)
    dvc(root, "init", "--no-scm", "-q")
    dvc(root, "config", "core.analytics", "false")
    return root


def measured(root: Path, *words: str) -> tuple[float, float]:
    """Wall seconds and the largest resident set in MiB of a command and its children."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
    }
    began = time.perf_counter()
    process = subprocess.Popen(words, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, said = process.communicate()
    wall = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{said.decode()}")
    return wall, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def dvc(root: Path, *words: str) -> tuple[float, float]:
    """One DVC command."""
    return measured(root, sys.executable, "-m", "dvc", *words)


def alone(function: str, root: Path) -> tuple[float, float]:
    """Measure in a process of its own, so that one run's peak memory is not another's."""
    words = (sys.executable, "-m", "benchmarks.pipeline", "--one", function, str(root))
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    wall, peak = done.stdout.split()[-2:]
    return float(wall), float(peak)


def one(function: str, root: Path) -> None:
    """What `alone` calls: run one thing, print its wall time and peak memory."""
    if function == "quick_start":
        figures = measured(root, sys.executable, "-c", QUICK_START, str(root / "data/bench/interim/segments.parquet"))
    else:
        figures = dvc(root, "repro")
    print(*figures)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", nargs=2)
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one[0], Path(chosen.one[1]))
        return
    if not DATA.exists():
        raise SystemExit(f"{DATA} is not there: this benchmark reads the human-coded sets beside the project.")
    figures: dict[str, list[tuple[float, float]]] = {}
    for _ in range(chosen.runs):
        with tempfile.TemporaryDirectory() as folder:
            root = project(Path(folder) / "project")
            study = root / "data" / "bench"
            spare = study / "transcripts" / SPARE
            held = spare.read_text()
            spare.unlink()
            cold = alone("repro", root)
            figures.setdefault("cold dvc repro", []).append(cold)
            figures.setdefault("BERTopic quick start", []).append(alone("quick_start", root))
            figures.setdefault("nothing to do", []).append(alone("repro", root))
            book = study / "codebook.yaml"
            book.write_text(book.read_text().replace("What makes a person want", "Whatever makes a person want"))
            figures.setdefault("a changed codebook", []).append(alone("repro", root))
            spare.write_text(held)
            figures.setdefault("one interview more", []).append(alone("repro", root))
    whole = statistics.median(wall for wall, _ in figures["cold dvc repro"])
    print(f"{'':24}{'median s':>10}{'of cold':>10}{'peak MiB':>10}")
    for name, rows in figures.items():
        wall = statistics.median(seconds for seconds, _ in rows)
        print(f"{name:24}{wall:10.1f}{wall / whole:10.2f}{statistics.median(peak for _, peak in rows):10.0f}")


if __name__ == "__main__":
    main()
