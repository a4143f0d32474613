"""Atomic writes: a file is written under a temporary name beside its place, then renamed."""

import errno
import glob
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Longest file name, in bytes, that leaves room for the suffix of a temporary file.
_LONGEST = 200


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """Yield a temporary file to fill; rename it to `place` on success, and delete it on failure.

    Temporary files of killed runs are deleted first, and missing folders are created. Raises OSError that names
    `place`, not the temporary file.
    """
    with _filled(place) as temporary:
        yield temporary
        temporary.replace(place)


def write(place: Path, content: str | bytes) -> None:
    """Write a file atomically; text as UTF-8 with its line breaks unchanged.

    The data is on disk when this returns. Permissions are kept, and a link is followed. Raises OSError.
    """
    if place.is_symlink():
        place = Path(os.path.realpath(place))
    with _filled(place) as temporary:
        _fill(temporary, content)
        with suppress(FileNotFoundError):
            shutil.copymode(place, temporary)
        temporary.replace(place)
        _settle(place.parent)


def create(place: Path, content: str | bytes) -> None:
    """Write a new file atomically. Raises FileExistsError, and changes nothing, if `place` exists; raises OSError."""
    with _filled(place) as temporary:
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))
        _fill(temporary, content)
        _name(temporary, place)
        _settle(place.parent)


def leftovers(folder: Path) -> Iterator[Path]:
    """Yield the temporary files that killed commands left directly in a folder."""
    yield from (left for left in folder.glob(".*.new") if is_leftover(left.name))


def is_leftover(name: str) -> bool:
    """Return whether a name is that of a temporary file: `.NAME.PID.new`."""
    return bool(re.fullmatch(r"\..+\.[0-9]+\.new", name, re.DOTALL))


@contextmanager
def _filled(place: Path) -> Iterator[Path]:
    """Yield the temporary file for `place`; delete it on exit unless it was renamed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    encoded = os.fsencode(place.name)
    name = place.name if len(encoded) <= _LONGEST else hashlib.sha256(encoded).hexdigest()[:32]
    for left in place.parent.glob(f".{glob.escape(name)}.*.new"):
        left.unlink(missing_ok=True)
    temporary = place.with_name(f".{name}.{os.getpid()}.new")
    try:
        yield temporary
    except OSError as error:
        # Name the user's file, not the temporary one. An error about a full disk names no file at all.
        if error.errno is not None and error.filename in (None, str(temporary)):
            error.filename = str(place)
        raise
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _fill(temporary: Path, content: str | bytes) -> None:
    """Write a temporary file and flush it to disk."""
    temporary.write_bytes(content.encode() if isinstance(content, str) else content)
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())


def _name(temporary: Path, place: Path) -> None:
    """Rename a file unless the name is taken; raise FileExistsError if it is."""
    try:
        os.link(temporary, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: a file created at this very moment would be replaced
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        temporary.rename(place)


def _settle(folder: Path) -> None:
    """Flush a rename to disk, if the system supports it."""
    directory = getattr(os, "O_DIRECTORY", None)  # not on Windows
    if directory is None:
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | directory)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
