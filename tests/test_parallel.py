"""Parallel work: the same results in this process, on joblib's workers and on Dask's, whatever becomes of a worker."""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest
import small_models
import yaml

from pipeline import embed, segment
from pipeline.core import parallel, params, partition, store
from pipeline.core.errors import CounterpointError
from pipeline.inductive import grouping

ROOT = Path(__file__).parent.parent
TABLES = ("segments", "segment_problems", "embeddings")
ENGINES = ("local", "dask")

killing = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are not killed by a signal on Windows")


def squared(task, *, folder=None):
    """Square a number; note who did it."""
    if folder is not None:
        (folder / f"{task}.{os.getpid()}").touch()
    return task * task, os.getpid()


def stopped_once(task, *, folder, first):
    """Write a task's file whole; the worker that does task 3 first is killed, and the first process waits for that."""
    mark = folder / "killed"
    while os.getpid() == first and not mark.exists():
        time.sleep(0.05)
    if task == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    place = folder / f"{task}.{os.getpid()}.new"
    place.write_text(str(task))
    place.replace(folder / f"{task}.txt")
    return task


def fatal(task):
    """Kill whoever does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def refusing(task):
    """Refuse, in words."""
    raise CounterpointError(f"Part {task} cannot be used. Leave it out.")


def surroundings(task):
    """What a worker finds around it."""
    inner = parallel.each(squared, [1, 2, 3])
    return str(Path.cwd()), parallel.processors(), os.environ.get("OMP_NUM_THREADS"), {pid for _, pid in inner}


def added(task, *, numbers):
    """A sum over a large array, and whether it is mapped from a file."""
    mapped = isinstance(numbers, np.memmap) or isinstance(numbers.base, np.memmap)
    return float(numbers[task].sum()), mapped


@pytest.fixture(params=ENGINES, scope="module")
def engine(request):
    """An engine of two processes."""
    if request.param == "dask":
        pytest.importorskip("distributed")
    with parallel.opened(request.param, workers=2):
        yield request.param


def test_results_are_in_the_order_of_the_tasks_and_each_is_done_once(engine, tmp_path):
    found = parallel.each(partial(squared, folder=tmp_path), list(range(20)))
    assert [square for square, _ in found] == [task * task for task in range(20)]
    workers = {worker for _, worker in found}
    assert len(workers) <= 2
    assert len(list(tmp_path.iterdir())) == 20
    assert parallel.each(squared, []) == []


def test_no_worker_is_started_for_little_work_one_task_one_processor_or_work_that_takes_all_of_them():
    def here(tasks, **options):
        return {pid for _, pid in parallel.each(squared, tasks, **options)} == {os.getpid()}

    with parallel.opened("local", workers=2):
        assert here([1, 2], seconds=parallel.WORTH_S / 2)
        assert here([1])
        assert here([1, 2, 3], threaded=True)
        assert not here([1, 2], seconds=parallel.WORTH_S)
    with parallel.opened("local", workers=1):
        assert here([1, 2, 3])


def test_a_worker_is_at_the_projects_root_has_one_processor_and_starts_no_workers(engine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = parallel.each(surroundings, [1, 2])
    for root, threads, environment, inner in found:
        assert (root, threads, environment) == (str(tmp_path.resolve()), 1, "1")
        assert len(inner) == 1
    assert os.getpid() not in found[0][-1]
    assert parallel.processors() == parallel.environment.processors()


def test_tasks_are_done_while_this_process_does_other_work(engine, tmp_path):
    with parallel.begun(partial(squared, folder=tmp_path), [1, 2, 3]) as results:
        for _ in range(600):
            if len(list(tmp_path.iterdir())) == 3:
                break
            time.sleep(0.1)
        assert len(list(tmp_path.iterdir())) == 3
        assert [square for square, _ in results()] == [1, 4, 9]


def first_to_end(task, *, folder, first):
    """Do a task, in a worker only once the process that began it has done one."""
    while os.getpid() != first and not (folder / "done").exists():
        time.sleep(0.05)
    (folder / "done").touch()
    return task, os.getpid()


def test_the_process_that_waits_takes_tasks_from_the_end(tmp_path):
    with parallel.opened("local", workers=2):
        found = parallel.each(partial(first_to_end, folder=tmp_path, first=os.getpid()), list(range(5)))
    assert [task for task, _ in found] == list(range(5))
    assert found[0][1] != os.getpid() == found[-1][1]
    assert len({who for _, who in found}) == 2


def test_a_large_array_is_mapped_and_not_copied():
    numbers = np.arange(400_000, dtype=np.float64).reshape(4, -1)
    with parallel.opened("local", workers=2):
        found = parallel.each(partial(added, numbers=numbers), range(4))
    assert [total for total, _ in found] == [float(row.sum()) for row in numbers]
    assert found[0][1], "the first task is a worker's"


def test_a_refusal_reaches_the_reader_as_it_was_said(engine):
    with pytest.raises(CounterpointError) as refused:
        parallel.each(refusing, [7, 7])
    assert str(refused.value) == "Part 7 cannot be used. Leave it out."
    assert [square for square, _ in parallel.each(squared, [1, 2])] == [1, 4], "there are workers afterwards"


@killing
def test_a_killed_workers_task_is_done_again_and_nothing_is_lost_or_doubled(engine, tmp_path):
    assert parallel.each(partial(stopped_once, folder=tmp_path, first=os.getpid()), list(range(12))) == list(range(12))
    assert (tmp_path / "killed").exists()
    assert sorted(int(place.stem) for place in tmp_path.glob("*.txt")) == list(range(12))


@killing
def test_a_task_that_kills_every_worker_ends_in_a_sentence(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setitem(parallel.SETTINGS, "distributed.scheduler.allowed-failures", 0)
    with pytest.raises(parallel.EngineError, match="Set fewer `workers`"), parallel.opened("dask", workers=2):
        parallel.each(fatal, [1, 2])


WAITS = """
import os, sys, time
from pathlib import Path
from pipeline.core import parallel

def slow(task):
    Path(f"{task}.began").touch()
    time.sleep(3)
    Path(f"{task}.ended").touch()

if __name__ == "__main__":
    with parallel.opened("local", workers=3), parallel.begun(slow, [1, 2, 3]):
        while not (Path("1.began").exists() and Path("2.began").exists()):
            time.sleep(0.05)
        os._exit(0)
"""


def test_workers_end_with_the_process_that_started_them(tmp_path):
    (tmp_path / "waits.py").write_text(WAITS, encoding="utf-8", newline="\n")
    subprocess.run([sys.executable, "waits.py"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    time.sleep(3.5)
    assert not list(tmp_path.glob("*.ended"))


def test_the_processes_listen_to_this_machine_alone(engine):
    parallel.each(squared, [1, 2])
    me = psutil.Process()
    listening = {
        connection.laddr.ip
        for process in [me, *me.children(recursive=True)]
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening <= {"127.0.0.1"}


def test_without_dask_a_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(parallel.EngineError, match=r"pip install '\.\[dask\]'"), parallel.opened("dask"):
        pass


def test_a_cluster_that_is_not_there_ends_in_a_sentence(monkeypatch):
    dask = pytest.importorskip("dask")
    pytest.importorskip("distributed")
    monkeypatch.setenv(parallel.ADDRESS, "tcp://127.0.0.1:9")
    settings = {"scheduler-address": "tcp://127.0.0.1:9", "distributed.comm.timeouts.connect": "500ms"}
    with (
        dask.config.set(settings),
        pytest.raises(parallel.EngineError, match="cannot be reached"),
        parallel.opened("dask", workers=2),
    ):
        parallel.each(squared, [1, 2])


def test_nothing_of_dask_is_loaded_without_it():
    code = "import sys; from pipeline import segment, embed, themes; print(*(n for n in sys.modules if 'd' in n))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"dask", "distributed"} & set(said.split())


def project(folder: Path, study: Path, **settings: object) -> Path:
    """A project with the documents and turns of a study alone."""
    for table in ("documents", "turns", "cases"):
        place = store.path(folder / "data" / "small", table)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(store.path(study, table), place)
    (folder / "data" / "small" / "transcripts").mkdir()
    shutil.copytree(ROOT / "models", folder / "models", ignore=shutil.ignore_patterns("data"))
    (folder / "params.yaml").write_text(yaml.safe_dump({"study": "data/small", **settings}))
    return folder


def tables(folder: Path) -> dict[str, bytes]:
    """The stages' tables, made in a project's folder."""
    segment.main()
    embed.main()
    return {table: store.path(folder / "data" / "small", table).read_bytes() for table in TABLES}


def test_the_same_study_gives_the_same_bytes_in_one_piece_in_parts_and_on_workers(tmp_path, small_study, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(parallel, "WORTH_S", 0)
    found = {}
    model = {"model": str(small_models.bert(tmp_path / "model"))}
    for name, words, settings in (
        ("whole", partition.WORDS, {"workers": 1}),
        ("parts", 20, {"workers": 1}),
        ("joblib", 20, {"workers": 2}),
        ("dask", 20, {"engine": "dask", "workers": 2}),
    ):
        root = project(tmp_path / name, small_study, embed=model, **settings)
        monkeypatch.chdir(root)
        monkeypatch.setattr(partition, "WORDS", words)
        found[name] = tables(root)
        left = sorted(place.name for place in (root / "data/small/.cache").iterdir() if place.suffix != ".lock")
        assert left == ["questions.parquet", "vectors.parquet" if name == "whole" else "vectors"]
    assert len(partition.partition(store.words(root / "data/small", "documents"))) > 2
    assert found["whole"] == found["parts"] == found["joblib"] == found["dask"]


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("workers", [2, 3])
def test_the_same_talk_gives_the_same_themes_whoever_clusters_it(monkeypatch, name, workers):
    if name == "dask":
        pytest.importorskip("distributed")
    monkeypatch.setattr(parallel, "WORTH_S", 0)
    monkeypatch.setattr(parallel, "MAPPED_BYTES", 1000)
    random = np.random.default_rng(1)
    centres = random.normal(size=(4, 16))
    vectors = (centres[np.arange(240) % 4] + 0.4 * random.normal(size=(240, 16))).astype(np.float32)
    segments = store.empty("segments").reindex(range(240))
    segments["document"] = [f"d{row // 20:02}.txt" for row in range(240)]
    talk = grouping.Talk(segments, vectors, vectors)
    options = params.Themes(runs=8)
    with parallel.opened("local", workers=1):
        alone = grouping.grouped(talk, options=options)
    with parallel.opened(name, workers=workers):
        shared = grouping.grouped(talk, options=options)
    assert len(set(alone.themes)) > 2
    for part in ("themes", "sub_themes", "strength", "likeness"):
        assert getattr(shared, part).tobytes() == getattr(alone, part).tobytes()
    assert shared.clusterings.groups.tobytes() == alone.clusterings.groups.tobytes()
