"""Whether a stage connects to another machine: noted by Python itself, also in workers, and recorded."""

import contextlib
import shutil
import socket
import subprocess
import sys

import pytest

from pipeline.core import connections, parallel, stage_record, stage_runner, store
from pipeline.core.connections import _is_elsewhere


@pytest.fixture
def marker(tmp_path):
    connections.begin(tmp_path / "marker")
    yield tmp_path / "marker"
    connections.end()


def attempt(address: str = "192.0.2.1") -> None:
    """An attempt is enough; nothing is sent (the address is reserved for documentation)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried, contextlib.suppress(OSError):
        tried.connect((address, 9))


@pytest.mark.parametrize(
    ("address", "elsewhere"),
    [
        (("127.0.0.1", 9), False),
        (("::1", 9, 0, 0), False),
        (("localhost", 9), False),
        ("/tmp/socket", False),
        (("192.0.2.1", 9), True),
        (("2001:db8::1", 9, 0, 0), True),
        (("example.org", 443), True),
    ],
)
def test_what_counts_as_another_machine(address, elsewhere):
    assert _is_elsewhere(address) == elsewhere


def test_a_connection_elsewhere_is_noted_and_one_to_itself_is_not(marker):
    attempt("127.0.0.1")
    assert not marker.exists()
    attempt()
    assert connections.end() is True
    attempt()
    assert not marker.exists(), "nothing is noted after the end"


def in_worker(task: int) -> int:
    attempt()
    return task


def test_a_worker_process_is_watched_too(marker):
    code = (
        "from pipeline.core import connections; connections.watch(); import socket\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "try:\n    s.connect(('192.0.2.1', 9))\nexcept OSError:\n    pass\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert marker.exists()


def test_tasks_given_to_workers_are_watched(marker, monkeypatch):
    seen = []
    monkeypatch.setattr(connections, "watch", lambda: seen.append(True))
    monkeypatch.setattr("pipeline.core.environment.end_with_parent", lambda: None)
    assert parallel._here(3, in_worker, ".") == 3
    assert seen == [True]


def test_the_stage_records_it(small_study, monkeypatch, tmp_path):
    folder = shutil.copytree(small_study, tmp_path / "data" / "small")
    (folder / "transcripts").mkdir(exist_ok=True)
    (tmp_path / "params.yaml").write_text("study: data/small\n")
    monkeypatch.chdir(tmp_path)
    record = stage_record.Record(segments=1)
    for connects in (False, True):
        with stage_runner.opened("segment") as params:
            store.write(params.folder, "segment_record", record.table())
            if connects:
                attempt()
        done = stage_record.read_record(store.read(params.folder, "segment_record"))
        assert done == {"segments": 1, "connected": connects}
