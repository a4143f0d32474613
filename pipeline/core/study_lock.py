"""One lock per study for the files that people write, held from reading such a file until it is written.

Covers decisions.yaml, passages_read.yaml, interpretations.yaml, summaries.yaml, codebook.yaml, participants.csv and the
files in transcripts/, human_codes/ and sheets/. Commands that change one of them read, compute and write inside
`locked`; writes are atomic (`pipeline.core.atomic_files`).
"""

import itertools
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.core import atomic_files
from pipeline.core.errors import CounterpointError
from pipeline.core.names import on_disk

# Not in .cache/, which `withdraw` deletes while it holds the lock.
LOCK = ".people.lock"
# How long a command waits for another to finish writing, in seconds.
WAIT_S = 30.0
# Folders in which a killed command may leave temporary files.
FOLDERS = ("", "human_codes", "imported", "sheets", "export", "earlier")

_held = threading.local()


class BusyError(CounterpointError):
    """Another command is still writing to the study."""


@contextmanager
def locked(study: Path) -> Iterator[None]:
    """Hold the study's lock, after deleting temporary files of killed commands. Reentrant within a thread.

    Raises BusyError if another command does not finish in time, and CounterpointError if the study's folder does not
    exist.
    """
    if not study.is_dir():
        raise CounterpointError(
            f"{study} does not exist. Correct `study` in params.yaml, or create the study with `counterpoint new`."
        )
    place = (study / LOCK).resolve()
    inside: set[Path] = _held.__dict__.setdefault("places", set())
    if place in inside:
        yield
        return
    lock = FileLock(place)
    try:
        lock.acquire(timeout=WAIT_S)
    except Timeout:
        raise BusyError(
            f"Another command is still writing to {study}. Nothing was changed; try again in a moment."
        ) from None
    inside.add(place)
    try:
        _clear(study)
        yield
    finally:
        inside.discard(place)
        # Waiting processes notice that the file is gone and retry. On Windows the file stays.
        with suppress(OSError):
            place.unlink()
        lock.release()


def clear(folder: Path) -> None:
    """Delete temporary files of killed commands anywhere below a folder. The study's lock must be held."""
    for left in folder.rglob(".*.new"):
        if atomic_files.is_leftover(left.name) and not left.is_symlink():
            with suppress(OSError):
                left.unlink()


def kept_as(place: Path, first: Path) -> Path:
    """Return where to keep a file that will be replaced: `first`, or the first free name with -2, -3 …

    An existing copy with the same content is reused, so that running a command again keeps nothing twice.
    """
    for number in itertools.count(1):
        candidate = first if number == 1 else first.with_stem(f"{first.stem}-{number}")
        if not os.path.lexists(candidate) or (candidate.is_file() and candidate.read_bytes() == place.read_bytes()):
            return candidate
    raise AssertionError


def keep(place: Path, kept: Path) -> None:
    """Copy a file to a path from `kept_as`, unless the copy exists."""
    if not kept.exists():
        atomic_files.create(kept, place.read_bytes())
        with suppress(OSError):
            shutil.copymode(place, kept)


def alike(place: Path) -> Path | None:
    """Return an existing file with the same name on file systems that ignore case or accents; None without one."""
    if not place.parent.is_dir():
        return None
    own = on_disk(place.name)
    found = sorted(other for other in place.parent.iterdir() if on_disk(other.name) == own)
    return place if place in found else next(iter(found), None)


def _clear(study: Path) -> None:
    """Delete temporary files of killed commands; the lock guarantees that no command is running."""
    for folder in FOLDERS:
        for left in atomic_files.leftovers(study / folder):
            with suppress(OSError):
                left.unlink()
