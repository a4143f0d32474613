"""A million short answers through ingest, segment, embed and assign: answers a second, memory, and a worker killed.

Run as `make bench-engine`, or `python -m benchmarks.engine --answers 50000`. The answers are sentences of real comments
(../shared/data/nhs_fft_framework), or of the sample study where those are not there, drawn and put together anew, 100
to a document. Each step is a process of its own with its workers; memory is that of all of them together, sampled.

The whole million is cut by spaCy's rules for sentences and embedded by a static model (MiniLM's own word vectors,
averaged), on two workers. On a share of it, one worker is compared with two, a worker is killed in mid-run, and the
models that are the default (a trained sentence splitter, MiniLM) are timed.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import psutil
import pyarrow.parquet as pq
import yaml
from safetensors.numpy import load_file, save_file

from pipeline.core import model_registry, parallel, params, store
from pipeline.inductive import assigning, grouping
from pipeline.inductive.grouping import Talk

ROOT = Path(__file__).parent.parent
REAL = ROOT.parent / "shared" / "data" / "nhs_fft_framework" / "transcripts"
SAMPLE = ROOT / "data" / "sample" / "transcripts"
# So few that no sentence recurs in so many documents that it would be the study's script.
TO_A_DOCUMENT = 100
STUDY = Path("data/answers")


def pool() -> list[str]:
    """Sentences that people said."""
    source = REAL if REAL.exists() else SAMPLE
    texts = [place.read_text(encoding="utf-8", errors="replace") for place in sorted(source.glob("**/*.txt"))]
    lines = [line.split(":", 1)[-1].strip() for text in texts for line in text.splitlines()]
    found = [one.strip() for line in lines for one in re.split(r"(?<=[.?!])\s+", line)]
    return sorted({one for one in found if len(one.split()) > 3})


def project(root: Path, answers: int) -> Path:
    """A project whose study is so many answers, one a line."""
    root.mkdir(parents=True)
    for part in ("pipeline", "models"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__", "data"))
    folder = root / STUDY / "transcripts"
    folder.mkdir(parents=True)
    said, draw = pool(), np.random.default_rng(1)
    for number in range(-(-answers // TO_A_DOCUMENT)):
        rows = min(TO_A_DOCUMENT, answers - number * TO_A_DOCUMENT)
        counts = draw.integers(1, 4, size=rows)
        lines = [" ".join(said[int(at)] for at in draw.integers(len(said), size=count)) for count in counts]
        (folder / f"{number:05}.txt").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return root


def settings(root: Path, **changed: object) -> None:
    """Write params.yaml: the study, and what else is changed."""
    (root / "params.yaml").write_text(yaml.safe_dump({"study": str(STUDY), **changed}))


def light(root: Path) -> dict[str, dict[str, object]]:
    """Sections of params for models that a million answers can wait for, made in the project."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(root / "rules")
    minilm = model_registry.find(
        "all-MiniLM-L6-v2", kind="sentence-transformers", manifest=ROOT / model_registry.MANIFEST
    ).folder
    weights = load_file(minilm / "model.safetensors")
    words = weights[next(name for name in weights if name.endswith("word_embeddings.weight"))]
    (root / "words").mkdir()
    save_file({"embedding.weight": words.astype(np.float32)}, root / "words" / "model.safetensors")
    tokenizer = json.loads((minilm / "tokenizer.json").read_text(encoding="utf-8")) | {"truncation": None}
    (root / "words" / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    modules = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}]
    (root / "words" / "modules.json").write_text(json.dumps(modules))
    return {"segment": {"model": "rules"}, "embed": {"model": "words"}}


class Used(NamedTuple):
    """Seconds on the clock and of all processors, and MiB of all processes together."""

    wall: float
    processors: float
    mib: float


def watched(process: psutil.Process, done: threading.Event, spent: dict[int, float], peak: list[float]) -> None:
    """Note the seconds of each process of a family, and the largest sum of their memory, five times a second."""
    while not done.wait(0.2):
        try:
            family = [process, *process.children(recursive=True)]
            for one in family:
                spent[one.pid] = sum(one.cpu_times()[:2])
            peak[0] = max(peak[0], sum(one.memory_info().rss for one in family) / 2**20)
        except psutil.Error:
            continue


def step(root: Path, stage: str, *, kill: bool = False) -> Used:
    """What a stage uses with its workers. `kill`: one worker is killed once the parts are being worked on."""
    (root / STUDY / ".cache" / "vectors.parquet").unlink(missing_ok=True)
    shutil.rmtree(root / STUDY / ".cache" / "vectors", ignore_errors=True)
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", f"pipeline.{stage}"], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    done, spent, peak = threading.Event(), dict[int, float](), [0.0]
    watching = threading.Thread(target=watched, args=(psutil.Process(process.pid), done, spent, peak))
    watching.start()
    if kill:
        _killed(process, root / STUDY / ".cache" / stage)
    code = process.wait()
    wall = time.perf_counter() - began
    done.set()
    watching.join()
    if code:
        raise SystemExit(f"{stage} ended with {code}")
    return Used(wall, sum(spent.values()), peak[0])


def _killed(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Kill a worker of a stage as soon as the first parts are there."""
    while process.poll() is None:
        time.sleep(0.02)
        if len(list(folder.glob("*"))) > 1:
            workers = [one for one in psutil.Process(process.pid).children() if "spawn_main" in " ".join(one.cmdline())]
            if workers:
                workers[0].kill()
                return
    print("The stage was done before a worker could be killed: take a larger share.", flush=True)


def digest(root: Path, table: str) -> str:
    """The sha256 of a table's bytes."""
    return sha256(store.path(root / STUDY, table).read_bytes()).hexdigest()


def blocks(root: Path) -> Iterator[np.ndarray]:
    """The study's vectors, some at a time."""
    with pq.ParquetFile(store.path(root / STUDY, "embeddings")) as stored:
        for batch in stored.iter_batches(assigning.BATCH, columns=["vector"]):
            yield np.asarray(batch["vector"].flatten()).reshape(len(batch), -1)


def fit(root: Path, most: int) -> assigning.Fit:
    """The themes of a sample of about `most` answers."""
    columns = ["segment_id", "document", "case"]
    segments = pd.read_parquet(store.path(root / STUDY, "segments"), columns=columns)
    looked = assigning.sampled(segments, most=most, seed=1)
    at, rows = 0, []
    for block in blocks(root):
        rows.append(block[looked[at : at + len(block)]])
        at += len(block)
    vectors = np.concatenate(rows)
    talk = Talk(segments[looked].reset_index(drop=True), vectors, vectors)
    return assigning.fitted(vectors, grouping.grouped(talk, options=params.Themes(context=0)))


def assign(root: Path, known: assigning.Fit, workers: int) -> tuple[Used, str]:
    """What it takes to assign every answer on so many workers, and the sha256 of what came out."""
    os.chdir(root)
    shutil.rmtree(root / "assign", ignore_errors=True)
    said, own = sha256(), time.process_time()
    done, spent, peak = threading.Event(), dict[int, float](), [0.0]
    with parallel.opened("dask", workers=workers):
        began = time.perf_counter()
        watching = threading.Thread(target=watched, args=(psutil.Process(), done, spent, peak))
        watching.start()
        for rows in assigning.in_batches(blocks(root), known, folder=root / "assign"):
            for name in sorted(rows):
                said.update(rows[name].tobytes())
        wall = time.perf_counter() - began
        done.set()
        watching.join()
    spent[os.getpid()] = time.process_time() - own
    return Used(wall, sum(spent.values()), peak[0]), said.hexdigest()


def compared(root: Path, answers: int, lighter: dict[str, dict[str, object]], fitted: int) -> None:
    """One worker against two, and a worker killed, on a share."""
    for stage, table in (("segment", "segments"), ("embed", "embeddings")):
        times, bytes_ = {}, set()
        for name, changed, kill in (
            ("local", {}, False),
            ("1 worker", {"engine": "dask", "workers": 1}, False),
            ("2 workers", {"engine": "dask", "workers": 2}, False),
            ("2 workers, one killed", {"engine": "dask", "workers": 2}, True),
        ):
            settings(root, **lighter, **changed)
            used = step(root, stage, kill=kill)
            times[name] = used.wall
            bytes_.add(digest(root, table))
            row(answers, f"{stage}, {name}", used)
        same(bytes_, f"{table} of all four")
        print(f"{stage}: 2 workers over 1, efficiency {times['1 worker'] / times['2 workers'] / 2:.2f}\n", flush=True)
    known = fit(root, fitted)
    found = [assign(root, known, workers) for workers in (1, 2)]
    for workers, (used, _) in zip((1, 2), found, strict=True):
        row(answers, f"assign, {workers} worker{'s' * (workers > 1)}", used)
    same({said for _, said in found}, "groups of both")
    print(f"assign: 2 workers over 1, efficiency {found[0][0].wall / found[1][0].wall / 2:.2f}\n", flush=True)


def row(answers: int, what: str, used: Used) -> None:
    figures = f"{used.wall:.1f} | {used.processors:.1f} | {answers / used.processors:,.0f} | {used.mib:.0f}"
    print(f"| {answers:,} | {what} | {figures} |", flush=True)


def same(digests: set[str], what: str) -> None:
    print(f"{what}: {'the same bytes' if len(digests) == 1 else 'NOT THE SAME BYTES'}", flush=True)


def main() -> None:
    """Print a row a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--share", type=int, default=200_000, help="answers for the comparisons; 0: none")
    parser.add_argument("--slow", type=int, default=5_000, help="answers for the default models; 0: none")
    parser.add_argument("--fit", type=int, default=5_000, help="answers in which themes are found")
    options = parser.parse_args()
    print("| answers | step | s | processor s | answers a processor second | MiB |")
    print("| ---: | --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory(prefix="engine-") as folder:
        if options.slow:
            root = project(Path(folder) / "slow", options.slow)
            settings(root, engine="dask", workers=2)
            for stage in ("ingest", "segment", "embed"):
                row(options.slow, f"{stage}, default models, 2 workers", step(root, stage))
        if options.share:
            root = project(Path(folder) / "share", options.share)
            lighter = light(root)
            settings(root, **lighter)
            row(options.share, "ingest", step(root, "ingest"))
            compared(root, options.share, lighter, options.fit)
        if options.answers:
            root = project(Path(folder) / "whole", options.answers)
            settings(root, **light(root), engine="dask", workers=2)
            for stage in ("ingest", "segment", "embed"):
                row(options.answers, f"{stage}, 2 workers" if stage != "ingest" else stage, step(root, stage))
            row(options.answers, "assign, 2 workers", assign(root, fit(root, options.fit), 2)[0])
            print(f"{pq.read_metadata(store.path(root / STUDY, 'segments')).num_rows:,} segments")


if __name__ == "__main__":
    main()
