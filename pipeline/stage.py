"""What every stage does at its edges: read params, take the stage's lock, fix the threads, and fail in a sentence."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout
from threadpoolctl import threadpool_limits

from pipeline import params as settings
from pipeline import study
from pipeline.errors import CounterpointError

# The order of a floating-point sum depends on the number of threads, so it is the same on every machine.
THREADS = 2


@contextmanager
def opened(name: str) -> Iterator[settings.Params]:
    """Open a stage: yield the checked params; end with a sentence and exit code 1 where the user can mend the cause.

    The lock keeps a stage whose parent was killed from writing beside a second run.
    """
    try:
        params = settings.load()
        study.lay_out(params.folder)
        lock = params.folder / ".cache" / f"{name}.lock"
        lock.parent.mkdir(exist_ok=True)
        try:
            with FileLock(lock, timeout=0), threadpool_limits(limits=THREADS):
                yield params
        except Timeout:
            message = (
                f"{name}: another run of this stage is at work on {params.folder}. Wait for it to end, or stop it."
            )
            raise CounterpointError(message) from None
    except CounterpointError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
