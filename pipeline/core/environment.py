"""What a run must not take from its surroundings: the number of processors, the parent process, the character set."""

import io
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from threadpoolctl import threadpool_limits

from pipeline.core.errors import CounterpointError

# Where the libraries of linear algebra and OpenMP look as they are loaded.
ONE = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "GOTO_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)
# How often a process looks whether the one that started it is still there, in seconds.
LOOK_S = 0.2


@contextmanager
def one_thread() -> Iterator[None]:
    """Let every library add up on one thread, whatever the environment says, until this is left.

    The order in which a sum is added up depends on how many threads share it, and so does its last digit. Libraries
    that are loaded are told their number; those loaded later, as parts of SciPy and scikit-learn are, read it in the
    environment as they are.
    """
    before = {name: os.environ.get(name) for name in ONE}
    os.environ.update(ONE)
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@cache
def end_with_parent() -> None:
    """End this process soon after the one that started it is gone.

    A DVC that is killed leaves its stage running, and a stage its workers. What they write would then replace that of
    the next run, which may have been made from other params or transcripts.
    """
    import psutil

    def parent() -> object:
        """The process that started this one, or None: where it ended, another one takes its place or nobody does."""
        try:
            return psutil.Process().parent()
        except psutil.Error:
            return None

    first = parent()

    def watch() -> None:
        while parent() == first:
            time.sleep(LOOK_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def check_file_names() -> None:
    """Raise CounterpointError where Python does not read the names of files as UTF-8: documents are called by them."""
    encoding = sys.getfilesystemencoding()
    if encoding != "utf-8":
        raise CounterpointError(
            f"Python decodes the names of files as {encoding}, so documents would get different names on "
            "other computers. Set PYTHONUTF8=1, or a UTF-8 locale such as LC_ALL=C.UTF-8, and run again."
        )


def variables() -> dict[str, str]:
    """Environment variables for a subprocess: the folder of this Python first on PATH, and UTF-8 everywhere."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "PYTHONUTF8": "1"}


def write_in_any_code_page() -> None:
    """Let what the console's code page lacks be printed as an escape (as `\\u0142`) instead of ending in an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
