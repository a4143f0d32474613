"""The engine: the same results here and on processes of their own, whatever becomes of a worker in between."""

import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import small_models
import yaml

from pipeline import embed, segment
from pipeline.core import engine, partition, store
from pipeline.core.errors import CounterpointError

ROOT = Path(__file__).parent.parent
TABLES = ("segments", "segment_problems", "embeddings")


def squared(part, *, folder=None):
    """Square a number; note who did it."""
    if folder is not None:
        (folder / f"{part}.{os.getpid()}").touch()
    return part * part, os.getpid()


def stopped_once(part, *, folder):
    """Write a part's file whole; the worker that does part 3 first is killed in the midst of it."""
    mark = folder / "killed"
    if part == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    place = folder / f"{part}.{os.getpid()}.new"
    place.write_text(str(part))
    place.replace(folder / f"{part}.txt")
    return part


def fatal(part):
    """Kill whoever does it."""
    os.kill(os.getpid(), signal.SIGKILL)


def refusing(part):
    """Refuse, in words."""
    raise CounterpointError(f"Part {part} cannot be used. Leave it out.")


def surroundings(part):
    """What a worker finds around it."""
    return str(Path.cwd()), sys.modules["pipeline.core.engine"].__name__, os.environ.get("OMP_NUM_THREADS")


def test_here_parts_are_done_one_after_another_in_this_process():
    with engine.opened() as run:
        assert run(squared, [3, 1, 2]) == [(9, os.getpid()), (1, os.getpid()), (4, os.getpid())]
        assert run(squared, []) == []


def test_a_part_may_take_every_thread_here_and_one_beside_others():
    assert engine.threads("local") is None
    assert engine.threads("dask") == 1


@pytest.fixture(scope="module")
def run():
    """An engine of two processes."""
    pytest.importorskip("distributed")
    with engine.opened("dask", workers=2) as run:
        yield run


def test_on_processes_results_are_in_the_order_of_the_parts(run, tmp_path):
    found = run(partial(squared, folder=tmp_path), list(range(20)))
    assert [square for square, _ in found] == [part * part for part in range(20)]
    workers = {worker for _, worker in found}
    assert len(workers) <= 2 and os.getpid() not in workers
    assert len(list(tmp_path.iterdir())) == 20, "each part is done once"
    assert run(squared, []) == []


def test_a_worker_is_at_the_projects_root_and_counts_its_threads(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(surroundings, [1]) == [(str(tmp_path.resolve()), "pipeline.core.engine", "1")]


def test_a_refusal_reaches_the_reader_as_it_was_said(run):
    with pytest.raises(CounterpointError) as refused:
        run(refusing, [7])
    assert str(refused.value) == "Part 7 cannot be used. Leave it out."


def test_a_killed_workers_part_is_done_again_and_nothing_is_lost_or_doubled(run, tmp_path):
    assert run(partial(stopped_once, folder=tmp_path), list(range(12))) == list(range(12))
    assert (tmp_path / "killed").exists()
    assert sorted(int(place.stem) for place in tmp_path.glob("*.txt")) == list(range(12))


def test_a_part_that_kills_every_worker_ends_in_a_sentence(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setitem(engine.SETTINGS, "distributed.scheduler.allowed-failures", 0)
    with pytest.raises(engine.EngineError, match="Set fewer `workers`"), engine.opened("dask", workers=1) as run:
        run(fatal, [1])


def test_the_processes_listen_to_this_machine_alone(run):
    psutil = pytest.importorskip("psutil")
    me = psutil.Process()
    listening = {
        connection.laddr.ip
        for process in [me, *me.children(recursive=True)]
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_without_dask_a_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(engine.EngineError, match=r"pip install 'counterpoint\[dask\]'"), engine.opened("dask"):
        pass


def test_a_cluster_that_is_not_there_ends_in_a_sentence(monkeypatch):
    dask = pytest.importorskip("dask")
    pytest.importorskip("distributed")
    monkeypatch.setenv(engine.ADDRESS, "tcp://127.0.0.1:9")
    settings = {"scheduler-address": "tcp://127.0.0.1:9", "distributed.comm.timeouts.connect": "500ms"}
    with dask.config.set(settings), pytest.raises(engine.EngineError, match="cannot be reached"):
        engine.opened("dask").__enter__()


def test_the_engine_here_loads_nothing_of_dask():
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


def test_the_same_study_gives_the_same_bytes_in_one_piece_in_parts_and_on_two_processes(
    tmp_path, small_study, monkeypatch
):
    pytest.importorskip("distributed")
    found = {}
    model = {"model": str(small_models.bert(tmp_path / "model"))}
    for name, words, settings in (
        ("whole", partition.WORDS, {}),
        ("parts", 20, {}),
        ("processes", 20, {"engine": "dask", "workers": 2}),
    ):
        root = project(tmp_path / name, small_study, embed=model, **settings)
        monkeypatch.chdir(root)
        monkeypatch.setattr(partition, "WORDS", words)
        found[name] = tables(root)
        left = sorted(place.name for place in (root / "data/small/.cache").iterdir() if place.suffix != ".lock")
        assert left == (["vectors.parquet"] if name == "whole" else ["vectors"])
    assert len(partition.partition(store.words(root / "data/small", "documents"))) > 2
    assert found["whole"] == found["parts"] == found["processes"]
