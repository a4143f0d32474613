"""How time and memory of each stage after embedding grow with the number of segments: 1,000, 10,000 and 100,000.

Run as `make bench-growth`, or `python -m benchmarks.growth --sizes 1000 10000`. The studies are made from the coded
sets of ../shared/data, or from the sample study where those are not there: synthetic documents that follow real ones
segment by segment, their sentences drawn anew from the same set, their vectors real ones with a little noise, their
codings those of the segments they follow. Everything lies in a temporary folder. Each stage is a process of its own;
memory is its largest resident set.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from benchmarks.mapping_sets import WORK, run_study
from pipeline.core import store, study_template
from pipeline.deductive import codebook

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
SAMPLE = ROOT / "data" / "sample"
SETS = ("pdpilot_interviews", "serdif_usability", "world_after_covid")
STAGES = ("themes", "map_codes", "compare", "report")
LENGTH = 60
NOISE = 0.3
CODES = 40


@dataclass
class Real:
    """What a set lends: its substantive and other segments in order, their vectors, codes of each, and sentences."""

    name: str
    documents: list[pd.DataFrame]
    vectors: dict[str, np.ndarray]
    codes: dict[str, list[tuple[str, str]]]
    sentences: dict[str, list[str]]


def sets() -> tuple[list[Real], dict[str, str]]:
    """What studies are made of, and what the codebooks say of each code."""
    said: dict[str, str] = {}
    if not DATA.exists():
        for code in codebook.load_codebook(SAMPLE / "codebook.yaml").codes:
            said[code.name] = code.definition
        return [real("sample", run_sample())], said
    for name in SETS:
        book = pd.read_csv(DATA / name / "codebook.csv", dtype=str, keep_default_na=False)
        said |= dict(zip(book["code"], book["description"], strict=True))
    return [real(name, run_study(DATA / name, name)) for name in SETS], said


def run_sample() -> Path:
    """Run the sample study up to embed, in a folder of its own."""
    folder = WORK / "data" / "sample"
    for part in ("transcripts", "human_codes", "participants.csv", "codebook.yaml"):
        copy = shutil.copytree if (SAMPLE / part).is_dir() else shutil.copy
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / part, ignore_errors=True)
        copy(SAMPLE / part, folder / part)
    shutil.copytree(ROOT / "models", WORK / "models", dirs_exist_ok=True)
    (WORK / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    for step in ("study", "ingest", "segment", "embed"):
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", f"pipeline.{step}"], cwd=WORK, env=environment, check=True)
    return folder


def real(name: str, folder: Path) -> Real:
    """Read a set that was run up to embed."""
    # Read as they are: a set that was run before a table gained a column lends what it has.
    segments, codings, embeddings = (
        pd.read_parquet(store.path(folder, table)) for table in ("segments", "codings", "embeddings")
    )
    vectors = embeddings.set_index("segment_id")["vector"].to_dict()
    pool: dict[str, list[str]] = defaultdict(list)
    for row in segments.itertuples():
        pool[str(row.part)] += sentences(str(row.text))
    codes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    of_document = {str(at): rows for at, rows in codings.groupby("document")}
    for row in segments.itertuples():
        near = of_document.get(str(row.document))
        if near is not None:
            hit = near[(near["start"] < row.end) & (near["end"] > row.start)]
            codes[str(row.segment_id)] = sorted(set(zip(hit["coder"], hit["code"], strict=True)))
    documents = [rows for _, rows in segments.sort_values(["document", "start"]).groupby("document")]
    return Real(name, documents, vectors, codes, pool)


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.?!])\s+", text.strip()) if one]


def make(folder: Path, n: int, sets: list[Real], said: dict[str, str], *, seed: int) -> None:
    """Write a study of about n segments, as ingest, segment and embed would have left it."""
    draw = np.random.default_rng(seed)
    rows: dict[str, list[dict[str, object]]] = defaultdict(list)
    while len(rows["segments"]) < n:
        number = len(rows["documents"])
        source = sets[number % len(sets)]
        _document(rows, f"{source.name}/{number:05}.txt", source, draw)
    for name in ("documents", "turns", "cases", "codings", "segments", "embeddings"):
        store.write(folder, name, ordered(name, pd.DataFrame(rows[name])))
    for name in ("ingest_problems", "segment_problems"):
        store.write(folder, name, store.empty(name))
    (folder / "transcripts").mkdir()
    used = pd.Series([row["code"] for row in rows["codings"]]).value_counts()
    names = sorted(used.index[:CODES])
    entries = [{"name": name, "definition": said.get(name, "") or f"Talk about {name}."} for name in names]
    (folder / "codebook.yaml").write_text(yaml.safe_dump({"codes": entries}))
    study_template.create(folder)


def _document(rows: dict[str, list[dict[str, object]]], name: str, source: Real, draw: np.random.Generator) -> None:
    """Append one synthetic document to every table."""
    like = source.documents[int(draw.integers(len(source.documents)))]
    first = int(draw.integers(max(1, len(like) - LENGTH)))
    text, prompt, case = "", "", f"{name}/person"
    for at, row in enumerate(like.iloc[first : first + LENGTH].itertuples()):
        own, pool = sentences(str(row.text)), source.sentences[str(row.part)]
        if row.part != "interviewer" and row.substantive:
            own = [one if draw.random() < 0.5 else pool[int(draw.integers(len(pool)))] for one in own]
        said = " ".join(own) or str(row.text)
        start = len(text) + len(f"{row.speaker}: ")
        text = f"{text}{row.speaker}: {said}\n"
        end = start + len(said)
        turn, segment = f"{name}:{at}", sha256(f"{name}{at}".encode()).hexdigest()[:16]
        shared = {"document": name, "speaker": str(row.speaker), "part": str(row.part), "start": start, "end": end}
        shared |= {
            "place": f"paragraph {at + 1}",
            "case": case if row.part != "interviewer" else "",
            "time_s": None,
            "text": said,
            "turn_id": turn,
        }
        rows["turns"].append(shared)
        rows["segments"].append(
            shared
            | {
                "segment_id": segment,
                "prompt_id": "" if row.part == "interviewer" else prompt,
                "n_words": len(said.split()),
                "substantive": bool(row.substantive),
                "set_aside": str(row.set_aside),
            }
        )
        prompt = turn if row.part == "interviewer" else prompt
        vector = source.vectors[str(row.segment_id)]
        noisy = vector + NOISE * draw.standard_normal(len(vector)) / np.sqrt(len(vector))
        rows["embeddings"].append({"segment_id": segment, "vector": (noisy / np.linalg.norm(noisy)).astype(np.float32)})
        for coder, code in source.codes.get(str(row.segment_id), []):
            for who in [coder] + (["second"] if draw.random() < 0.8 else []):
                span = {"document": name, "start": start, "end": end, "text": said, "code": code, "coder": who}
                rows["codings"].append(span | {"parent_code": "", "memo": "", "date": ""})
    digest = sha256(text.encode()).hexdigest()
    kind = {"source_type": "interview", "path": name, "sha256": digest, "n_words": len(text.split()), "text": text}
    rows["documents"].append({"document": name, **kind})
    number = len(rows["documents"])
    role, site = ("nurse", "doctor", "manager")[number % 3], ("north", "south")[number % 2]
    rows["cases"].append({"case": case, "role": role, "site": site})


def made_up_themes(folder: Path) -> None:
    """Themes for the stages after it where the stage is left out: groups around segments drawn by chance."""
    segments = store.read(folder, "segments")
    talk = segments[segments["substantive"]]
    by_id = store.read(folder, "embeddings").set_index("segment_id")["vector"]
    vectors = np.stack(by_id.loc[talk["segment_id"]].tolist())
    centres = vectors[np.random.default_rng(1).choice(len(talk), 12, replace=False)]
    groups = (vectors @ centres.T).argmax(axis=1)
    table = pd.DataFrame(
        {"segment_id": talk["segment_id"].to_numpy(), "theme_id": groups, "subtheme_id": -1, "strength": 0.5}
    )
    store.write(folder, "theme_assignments", ordered("theme_assignments", table))


def ordered(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The columns in the schema's order."""
    return frame if table == "cases" else frame[list(store.empty(table).columns)]


def measured(root: Path, stage: str, limit: float) -> tuple[float, float, float, str]:
    """Seconds on the clock and of the processor, MiB and, where it failed or took too long, why."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            (sys.executable, "-m", f"pipeline.{stage}"), cwd=root, env=environment, stdout=said, stderr=said
        )
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            wall = time.perf_counter() - began
            if pid:
                break
            if wall > limit:
                process.send_signal(signal.SIGKILL)
                _, status, usage = os.wait4(process.pid, 0)
                break
            time.sleep(0.1)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        last = (said.read().decode(errors="replace").strip().splitlines() or [""])[-1]
    why = "" if not process.returncode else f"stopped after {limit:.0f} s" if wall > limit else last
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, why


def project(root: Path, n: int, sets: list[Real], said: dict[str, str]) -> Path:
    """A project whose study is data/grown, of about n segments."""
    (root / "models").mkdir(parents=True)
    shutil.copytree(ROOT / "pipeline", root / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "models" / "models.yaml").write_text((ROOT / "models" / "models.yaml").read_text())
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    (root / "params.yaml").write_text(yaml.safe_dump({**settings, "study": "data/grown"}))
    make(root / "data" / "grown", n, sets, said, seed=1)
    return root


def main() -> None:
    """Print a row a stage and size, then how each grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--stages", nargs="+", default=list(STAGES))
    parser.add_argument("--limit", type=float, default=3600, help="seconds a stage may take")
    options = parser.parse_args()
    sources, said = sets()
    found: dict[str, dict[int, float]] = defaultdict(dict)
    print("| segments | stage | s | processor s | MiB | |\n| ---: | --- | ---: | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory(prefix="growth-") as folder:
        for n in options.sizes:
            root = project(Path(folder) / str(n), n, sources, said)
            if "themes" not in options.stages:
                made_up_themes(root / "data" / "grown")
            for stage in options.stages:
                wall, cpu, peak, why = measured(root, stage, options.limit)
                print(f"| {n} | {stage} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {why} |", flush=True)
                if why:
                    break
                found[stage][n] = cpu
    print("\nGrowth of processor time against linear growth (1), and as a power of n:")
    for stage, times in found.items():
        sizes = sorted(times)
        for small, large in pairwise(sizes):
            ratio = times[large] / times[small]
            power = log(ratio) / log(large / small)
            print(f"{stage}: {small} to {large}: {ratio * small / large:.2f} times linear, n^{power:.2f}")


if __name__ == "__main__":
    main()
