"""The frame around every stage: reads params, takes the stage's lock, sets threads, and reports errors as messages."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.core import connections, environment, study_template, withdrawal_state
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.study_paths import Places

# How long a stage waits for another run of itself to end, in seconds.
WAIT_S = 600.0


@contextmanager
def opened(name: str) -> Iterator[settings.Params]:
    """Run a stage: yield the validated params; exit with a message and code 1 on errors the user can fix.

    The lock keeps a stage whose parent was killed from writing at the same time as a second run.
    """
    environment.write_in_any_code_page()
    try:
        if "DVC_STAGE" in os.environ:
            environment.end_with_parent()
        environment.check_file_names()
        params = settings.load()
        withdrawal_state.refuse(params.folder)
        study_template.lay_out(params.folder)
        with _alone(name, params.folder), environment.one_thread(), _connections_noted(name, params.folder):
            yield params
    except CounterpointError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    except Exception as error:
        message = refused(error, doing=f"Stage {name}")
        if message is None:
            raise
        print(message, file=sys.stderr)
        raise SystemExit(1) from None


@contextmanager
def _connections_noted(name: str, folder: Path) -> Iterator[None]:
    """Add to the stage's record whether it, or one of its workers, connected to another machine."""
    connections.begin(Places(folder).cache / f"{name}.connected")
    try:
        yield
    finally:
        connected = connections.end()
    table, places = f"{name}_record", Places(folder)
    if any((where / f"{table}.parquet").exists() for where in (places.interim, places.processed)):
        # The first stage, which always runs, has no record and reads no table: it is spared pandas.
        from pipeline.core import stage_record, store

        done = stage_record.read_record(store.read(folder, table))
        store.write(folder, table, stage_record.Record({**done, "connected": connected}).table())


@contextmanager
def _alone(name: str, folder: Path) -> Iterator[None]:
    """Hold the stage's lock; wait while another run holds it.

    Raises CounterpointError if the lock is not released in time.
    """
    place = Places(folder).cache / f"{name}.lock"
    place.parent.mkdir(exist_ok=True)
    busy = f"{name}: another run of this stage is processing {folder}"
    lock = FileLock(place)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"{busy}. Waiting for it to finish.", file=sys.stderr, flush=True)
        try:
            lock.acquire(timeout=WAIT_S)
        except Timeout:
            raise CounterpointError(f"{busy} and has not finished. Stop it, then run this again.") from None
    try:
        yield
    finally:
        lock.release()
