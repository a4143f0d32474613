"""Where the parts of a study are worked on: here, one after another, or by Dask on several processes or machines.

The only module that knows Dask. A part is read from the study's folder and written there; what travels between
processes is which part to do and what became of it, and no text but sentences that may be a study's script. Results do
not depend on the engine.

Dask and not Ray, which were both tried: Ray 2.60 listens on all of a machine's addresses whatever it is told, takes
240 MB on disk and 600 MB of memory for services of its own (Dask with what it needs: 28 MB, and none), and twice as
long to start.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from pipeline.core import environment
from pipeline.core.errors import CounterpointError
from pipeline.core.params import Engine

Part = TypeVar("Part")
Result = TypeVar("Result")

# A part that was being worked on when its worker died is done again, this often at most.
DEATHS = 5
SETTINGS = {
    "distributed.scheduler.allowed-failures": DEATHS,
    # No pages on a port, with or without bokeh, and no threads beyond those asked for.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # Tokenizers take a thread for each processor unless told; memory that is free goes back at once.
    "distributed.nanny.pre-spawn-environ": {
        **environment.ONE,
        "RAYON_NUM_THREADS": 1,
        "MALLOC_TRIM_THRESHOLD_": 65536,
    },
    "distributed.admin.log-length": 0,
}
# An address under which Dask's own settings name a cluster that is there already.
ADDRESS = "DASK_SCHEDULER_ADDRESS"


class EngineError(CounterpointError):
    """The engine of params.yaml is not installed, or lost its workers."""


class Run(Protocol):
    """Does `work` on each part and returns the results in the parts' order.

    `work` is a function of a module, or a partial of one, and may be done again on a part whose worker died: what it
    writes it writes whole or not at all. Raises EngineError, and what `work` raises.
    """

    def __call__(self, work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
        """The results, one a part."""


@contextmanager
def opened(engine: Engine = "local", *, workers: int | None = None) -> Iterator[Run]:
    """Open an engine for as long as a stage needs it. `workers`: processes of dask; None is one for each processor."""
    if engine == "local":
        yield _here
        return
    with _client(workers) as client:
        yield partial(_by_dask, client)


def threads(engine: Engine) -> int | None:
    """How many threads a part may take: one beside other processes, and here as many as there are (None)."""
    return None if engine == "local" else 1


def _here(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    return [work(part) for part in tqdm(parts, **_bar(work, parts))]


def _by_dask(client: Any, work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    from distributed import KilledWorker

    futures = client.map(_at, parts, work=work, root=str(Path.cwd()), pure=False)
    try:
        return [future.result() for future in tqdm(futures, **_bar(work, parts))]
    except KilledWorker:
        raise EngineError(
            f"The workers of the engine dask were stopped {DEATHS + 1} times over one part, most likely for want of "
            "memory. Set fewer `workers` in params.yaml, or `engine: local`, and run this again."
        ) from None


def _bar(work: Any, parts: Sequence[Any]) -> dict[str, Any]:
    """What tqdm is told: a bar on a screen, where there are several parts."""
    name = str(getattr(getattr(work, "func", work), "__name__", "parts"))
    return {"desc": name, "unit": "part", "disable": None if len(parts) > 1 else True}


def _at(part: Part, work: Callable[[Part], Result], root: str) -> Result:
    """Do a part in the project's root, which every machine sees under the same path."""
    os.chdir(root)
    with environment.one_thread():
        return work(part)


@contextmanager
def _client(workers: int | None) -> Iterator[Any]:
    """A client of the cluster that Dask's settings name, else of processes on this machine that nobody else can reach.

    They listen on 127.0.0.1 alone, and to those who hold a certificate made for this run.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
        from distributed.security import Security
    except ImportError:
        raise EngineError(
            "`engine: dask` needs Dask, which is not installed. Install it (pip install 'counterpoint[dask]', or `make "
            "setup`), or set `engine: local` in params.yaml."
        ) from None
    if os.environ.get(ADDRESS):
        try:
            with Client(set_as_default=False) as client:
                yield client
        except (OSError, TimeoutError) as error:
            raise EngineError(
                f"The cluster that {ADDRESS} names cannot be reached ({error}). Start it, or unset {ADDRESS}."
            ) from None
        return
    with (
        dask.config.set(SETTINGS),
        tempfile.TemporaryDirectory(prefix="counterpoint-") as folder,
        LocalCluster(
            n_workers=workers or environment.processors(),
            threads_per_worker=1,
            host="tls://127.0.0.1",
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            local_directory=folder,
            security=Security.temporary(),
            silence_logs=50,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client
