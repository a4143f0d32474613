"""Parallel work: independent tasks, shared between processes of this machine (joblib) or the workers of Dask.

The only module that knows joblib and Dask. Results do not depend on where a task is computed, or on how many workers
there are. A worker is a new process and no fork, so this works on every system. It gets the function, the task and what
they refer to; large arrays are memory-mapped rather than copied. Small work is done without workers, and on this
machine the process that begins a piece of work does its share.

Dask and not Ray, which were both tried: Ray 2.60 listens on all of a machine's addresses whatever it is told, takes
240 MB on disk and 600 MB of memory for services of its own (Dask with what it needs: 28 MB, and none), and twice as
long to start.
"""

import math
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from tqdm import tqdm

from pipeline.core import connections, environment
from pipeline.core.errors import CounterpointError
from pipeline.core.params import Engine

Task = TypeVar("Task")
Result = TypeVar("Result")

# Seconds of work from which two workers are sooner done than one process, for all that they take to start.
WORTH_S = 4.0
# Arrays of so many bytes and more are memory-mapped by the workers of this machine.
MAPPED_BYTES = 1_000_000
# Workers of this machine that have nothing to do end after so long, in seconds.
IDLE_S = 300
# A task whose worker died is done again by Dask, this often at most.
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


@dataclass
class _Opened:
    """The engine in use. `workers`: how many processes, None for one a processor; Dask's are started when needed."""

    engine: Engine = "local"
    workers: int | None = None
    stack: ExitStack = field(default_factory=ExitStack)
    client: Any = None

    @property
    def count(self) -> int:
        return self.workers or environment.processors()

    def dask(self) -> Any:
        """The client of the cluster, which is started the first time."""
        if self.client is None:
            self.client = self.stack.enter_context(_client(self.workers))
        return self.client


# What is used unless something else was opened; and in a worker, where there are no workers.
_LOCAL, _ALONE = _Opened(), _Opened(workers=1)
_engine: ContextVar[_Opened] = ContextVar("_engine", default=_LOCAL)


@contextmanager
def opened(engine: Engine = "local", *, workers: int | None = None) -> Iterator[None]:
    """Do all parallel work inside on an engine. `workers`: how many processes; None is one for each processor.

    Without it, work is done by processes of this machine. Raises EngineError where Dask is not installed.
    """
    if engine == "dask":
        _check_dask()
    with ExitStack() as stack:
        before = _engine.set(_Opened(engine, workers, stack))
        try:
            yield
        finally:
            _engine.reset(before)


def processors() -> int:
    """How many threads may compute at once in this process: one in a worker, else as many as there are processors."""
    return 1 if _engine.get() is _ALONE else environment.processors()


def each(
    work: Callable[[Task], Result], tasks: Sequence[Task], *, seconds: float = math.inf, threaded: bool = False
) -> list[Result]:
    """What `work` gives for each task, in the tasks' order; see `begun`."""
    with begun(work, tasks, seconds=seconds, threaded=threaded) as results:
        return results()


@contextmanager
def begun(
    work: Callable[[Task], Result], tasks: Sequence[Task], *, seconds: float = math.inf, threaded: bool = False
) -> Iterator[Callable[[], list[Result]]]:
    """Begin independent tasks; what is yielded waits for them and gives their results, in the tasks' order.

    `work` must be a function of its task alone: it may be done again where a worker died, and what it writes it writes
    whole or not at all. Tasks are begun in their order: the longest should come first. `seconds`: about how long all
    take in one process; for few, no workers are started. `threaded`: the work takes all processors of a machine by
    itself, so that only other machines could help. Raises EngineError, and what `work` raises.
    """
    engine = _engine.get()
    with environment.one_thread():
        if engine.count < 2 or len(tasks) < 2 or seconds < WORTH_S or (threaded and engine.engine == "local"):
            yield lambda: [work(task) for task in tqdm(tasks, **_bar(work, tasks))]
        elif engine.engine == "dask":
            # Sent once and kept by a worker; made again where that worker dies, as data that is scattered is not.
            given = engine.dask().submit(_itself, work, pure=False)
            futures = engine.dask().map(_at, tasks, work=given, root=str(Path.cwd()), pure=False)
            yield lambda: _from_dask(tqdm(futures, **_bar(work, tasks)))
        else:
            with _workers(work, tasks, count=engine.count) as results:
                yield results


@contextmanager
def _workers(
    work: Callable[[Task], Result], tasks: Sequence[Task], *, count: int
) -> Iterator[Callable[[], list[Result]]]:
    """Begin tasks in worker processes of this machine, one fewer than `count`; while it waits, this one joins in.

    Workers take tasks from the front, each the next when it has done one, and this process from the end. A worker costs
    seconds to start, so that on two processors this takes half as many as a pool would. They end with this process.
    """
    from joblib.executor import get_memmapping_executor

    executor = get_memmapping_executor(
        min(count, len(tasks)) - 1, env=environment.ONE, max_nbytes=MAPPED_BYTES, timeout=IDLE_S
    )
    shared = _Shared(executor, work, tasks)
    for _ in range(min(count, len(tasks)) - 1):
        shared.hand_out()
    try:
        yield shared.results
    finally:
        shared.end()


class _Shared:
    """Tasks that workers take from the front, and the process that began them from the end."""

    def __init__(self, executor: Any, work: Callable[[Any], Any], tasks: Sequence[Any]) -> None:
        self._executor, self._work, self._tasks = executor, work, tasks
        self._waiting = deque(enumerate(tasks))
        self._with_workers: dict[int, Any] = {}
        self._root = str(Path.cwd())
        self._one_at_a_time = RLock()

    def hand_out(self, done: Any = None) -> None:
        """Give a worker the next task; called again where that is done, and not where it was refused."""
        with self._one_at_a_time:
            error = done and done.exception()
            if error and not isinstance(error, BrokenProcessPool):
                self._waiting.clear()
            if error or not self._waiting:
                return
            number, task = self._waiting.popleft()
            try:
                self._with_workers[number] = self._executor.submit(_here, task, self._work, self._root)
            except BrokenProcessPool:
                self._waiting.appendleft((number, task))
                return
            self._with_workers[number].add_done_callback(self.hand_out)

    def results(self) -> list[Any]:
        """Do what waits, then wait for the workers; do here what a worker died over, as for want of memory."""
        found: dict[int, Any] = {}
        with tqdm(**_bar(self._work, self._tasks)) as bar:
            while last := self._last():
                found[last[0]] = _alone(last[1], self._work)
                bar.update()
            for number in sorted(self._with_workers):
                try:
                    found[number] = self._with_workers[number].result()
                except BrokenProcessPool:
                    found[number] = _alone(self._tasks[number], self._work)
                bar.update()
        return [found[number] for number in range(len(self._tasks))]

    def end(self) -> None:
        """Begin nothing more, end the workers, at once where they are still at something, and remove mapped arrays."""
        with self._one_at_a_time:
            self._waiting.clear()
        busy = not all(future.done() for future in self._with_workers.values())
        self._executor.terminate(kill_workers=busy)

    def _last(self) -> tuple[int, Any] | None:
        with self._one_at_a_time:
            return self._waiting.pop() if self._waiting else None


def _itself(work: Any) -> Any:
    return work


def _from_dask(futures: Iterable[Any]) -> list[Any]:
    from distributed import KilledWorker

    try:
        return [future.result() for future in futures]
    except KilledWorker:
        raise EngineError(
            f"Dask workers stopped {DEATHS + 1} times on the same task, most likely because memory ran "
            "out. Set fewer `workers` in params.yaml, or `engine: local`, and run again."
        ) from None


def _bar(work: Any, tasks: Sequence[Any]) -> dict[str, Any]:
    """What tqdm is told: a bar on a screen, where there are several tasks."""
    name = str(getattr(getattr(work, "func", work), "__name__", "tasks"))
    return {"desc": name, "total": len(tasks), "unit": "part", "disable": None if len(tasks) > 1 else True}


def _here(task: Task, work: Callable[[Task], Result], root: str) -> Result:
    """Do a task in a worker of this machine, which ends with the process that started it."""
    environment.end_with_parent()
    connections.watch()
    return _at(task, work, root)


def _at(task: Task, work: Callable[[Task], Result], root: str) -> Result:
    """Do a task in the project's root, which every machine sees under the same path."""
    os.chdir(root)
    return _alone(task, work)


def _alone(task: Task, work: Callable[[Task], Result]) -> Result:
    """Do a task on one processor, without workers of its own."""
    before = _engine.set(_ALONE)
    try:
        with environment.one_thread():
            return work(task)
    finally:
        _engine.reset(before)


def _check_dask() -> None:
    try:
        import dask  # noqa: F401
        import distributed  # noqa: F401
    except ImportError:
        raise EngineError(
            "`engine: dask` requires Dask, which is not installed. Install it (pip install "
            "'.[dask]'), or set `engine: local` in params.yaml."
        ) from None


@contextmanager
def _client(workers: int | None) -> Iterator[Any]:
    """A client of the cluster that Dask's settings name, else of processes on this machine that nobody else can reach.

    They listen on 127.0.0.1 alone, and to those who hold a certificate made for this run.
    """
    import dask
    from distributed import Client, LocalCluster
    from distributed.security import Security

    if os.environ.get(ADDRESS):
        try:
            with Client(set_as_default=False) as client:
                yield client
        except (OSError, TimeoutError) as error:
            raise EngineError(
                f"The Dask cluster in {ADDRESS} cannot be reached ({error}). Start it, or unset {ADDRESS}."
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
