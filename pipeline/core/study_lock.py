"""The files that people write and decide in: one lock a study, held from reading such a file until it is written.

decisions.yaml, reading.yaml, readings.yaml, summaries.yaml, codebook.yaml, participants.csv, and what lies in
transcripts/, human_codes/ and sheets/. A command that changes one of them reads it, works out the new content and
writes it inside `locked`; `pipeline.core.atomic_files` writes it so that a kill at any moment leaves the old file or
the new one.
"""

import itertools
import os
import shutil
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.core import atomic_files
from pipeline.core.errors import CounterpointError

# It lies in the study's folder itself, because .cache/ is thrown away by `withdraw`, which holds the lock meanwhile.
LOCK = ".people.lock"
# How long a command waits for another one to end its writing, in seconds.
WAIT_S = 30.0
# Where commands write directly into a folder, and a kill may leave a temporary file.
FOLDERS = ("", "human_codes", "sheets", "export", "earlier")

_held = threading.local()


class BusyError(CounterpointError):
    """Another command is writing to the study, and does not end."""


@contextmanager
def locked(study: Path) -> Iterator[None]:
    """Keep every other command from changing what people wrote in a study; what a killed one left is removed first.

    Within a thread it may be taken again. Raises BusyError where another command does not end its writing, and
    CounterpointError where the study's folder is not there: none is made.
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
        # Whoever waits for the lock sees that its file is gone, and begins anew. Windows keeps the file.
        with suppress(OSError):
            place.unlink()
        lock.release()


def clear(folder: Path) -> None:
    """Remove what killed commands left anywhere below a folder; the study's lock must be held."""
    for left in folder.rglob(".*.new"):
        if atomic_files.is_leftover(left.name) and not left.is_symlink():
            with suppress(OSError):
                left.unlink()


def kept_as(place: Path, first: Path) -> Path:
    """Where a file that is about to be replaced is kept: the first of `first`, then with -2, -3 …, that is free.

    One that holds the very same is taken, so that a command that is run again keeps nothing twice.
    """
    for number in itertools.count(1):
        kept = first if number == 1 else first.with_stem(f"{first.stem}-{number}")
        if not os.path.lexists(kept) or (kept.is_file() and kept.read_bytes() == place.read_bytes()):
            return kept
    raise AssertionError


def keep(place: Path, kept: Path) -> None:
    """Keep a copy of a file, whole, at a place of `kept_as`."""
    if not kept.exists():
        atomic_files.create(kept, place.read_bytes())
        with suppress(OSError):
            shutil.copymode(place, kept)


def alike(place: Path) -> Path | None:
    """The file that has a place's name, or one that some file systems take for the same: capitals and accents."""
    if not place.parent.is_dir():
        return None
    own = _folded(place.name)
    found = sorted(other for other in place.parent.iterdir() if _folded(other.name) == own)
    return place if place in found else next(iter(found), None)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _clear(study: Path) -> None:
    """Remove what killed commands left: only this command writes now, so nobody is still at it."""
    for folder in FOLDERS:
        for left in atomic_files.leftovers(study / folder):
            with suppress(OSError):
                left.unlink()
