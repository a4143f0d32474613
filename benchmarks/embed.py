"""How fast texts become vectors: plain SentenceTransformer.encode against the encoder here, paired, as ratios.

Run it from the root: python -m benchmarks.embed [data/sample] [--texts 500] [--rounds 5]. It draws so many substantive
segments of a study that was run, and prints wall and processor seconds (medians), the ratio of each round to the plain
encode beside it (median), the cosine to it, and the arithmetic done against the machine's own best matrix product.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline.core import model_registry, store
from pipeline.vectors import onnx_bert

MODEL = "all-MiniLM-L6-v2"


def timed(work: Callable[[], np.ndarray]) -> tuple[np.ndarray, float, float]:
    """A result, its wall seconds and its processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - processor


def flops(folder: Path, pieces: list[int]) -> float:
    """The multiplications and additions of the matrix products, for texts of so many word pieces."""
    config = json.loads((folder / "config.json").read_text())
    width, wide, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    return float(sum(layers * (2 * n * (4 * width**2 + 2 * width * wide) + 4 * n * n * width) for n in pieces))


def peak(precision: str) -> float:
    """GFLOP/s of one large product on one thread of ONNX Runtime at a precision, the best of ten."""
    size = 1536
    random = np.random.default_rng(0)
    weights = {"w.weight": random.normal(size=(size, size)).astype("f"), "w.bias": np.zeros(size, "f")}
    build = onnx_bert.Builder(weights, epsilon=0.0, precision=precision)
    session = onnx_bert._session(build.model(build.linear("x", "w"), width=size))
    x = random.normal(size=(size, size)).astype("f")
    return 2 * size**3 / min(timed(lambda: session.run(None, {"x": x}))[2] for _ in range(10)) / 1e9


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path, nargs="?", default=Path("data/sample"))
    parser.add_argument("--texts", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    segments = store.read(arguments.study, "segments").sort_values("segment_id")
    texts = sorted(set(segments.loc[segments["substantive"], "text"]))
    np.random.default_rng(0).shuffle(texts)
    texts = texts[: arguments.texts]

    model_registry.go_offline()
    from sentence_transformers import SentenceTransformer

    folder = model_registry.find(MODEL, kind="sentence-transformers").folder
    plain = SentenceTransformer(str(folder), device="cpu")
    ours = {precision: onnx_bert.Bert(folder, precision=precision) for precision in ("float32", "int8")}
    ways: dict[str, Callable[[], np.ndarray]] = {"plain": lambda: plain.encode(texts, show_progress_bar=False)}
    ways |= {name: lambda model=model: model.vectors(texts, lambda n: None) for name, model in ours.items()}
    pieces = ours["float32"].pieces(texts)
    work = flops(folder, pieces)
    print(f"{len(texts)} texts, {np.mean(pieces):.0f} word pieces each, {work / 1e9:.0f} GFLOP")

    for way in ways.values():
        way()
    rounds = [{name: timed(way) for name, way in ways.items()} for _ in range(arguments.rounds)]
    for name in ways:
        wall, processor = (statistics.median(r[name][i] for r in rounds) for i in (1, 2))
        ratios = [statistics.median(r["plain"][i] / r[name][i] for r in rounds) for i in (1, 2)]
        one, other = rounds[0]["plain"][0], rounds[0][name][0]
        cosine = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
        print(
            f"{name:8} {len(texts) / wall:6.0f} texts/s  wall {wall:6.2f} s ({ratios[0]:.2f} x plain)  processor "
            f"{processor:6.2f} s ({ratios[1]:.2f} x)  cosine mean {cosine.mean():.6f} least {cosine.min():.6f}  "
            f"{work / processor / 1e9:.0f} GFLOP/s a processor second"
        )
    print("Best product on one thread: " + ", ".join(f"{name} {peak(name):.0f} GFLOP/s" for name in ours))


if __name__ == "__main__":
    main()
