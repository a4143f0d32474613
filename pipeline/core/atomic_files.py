"""Files written whole or not at all: a temporary one beside the place first, then a rename."""

import errno
import glob
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The longest name, in bytes, that leaves room for what a temporary file's name adds to it.
_LONGEST = 200


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """A temporary file for the caller to fill; it takes its place when that went well, and is removed when not.

    What runs that were killed left beside it is removed first. Folders that are missing are made. Raises OSError, which
    names the place and not what stands in for it.
    """
    with _filled(place) as temporary:
        yield temporary
        temporary.replace(place)


def write(place: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; text in UTF-8, its line breaks as they are. Raises OSError.

    It is on the disk when this returns, keeps the rights that the old one had, and a link stays a link to what is
    written.
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
    """Write a file whole where there is none; raise FileExistsError, and change nothing, where there is one."""
    with _filled(place) as temporary:
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))
        _fill(temporary, content)
        _name(temporary, place)
        _settle(place.parent)


def leftovers(folder: Path) -> Iterator[Path]:
    """The temporary files that killed commands left directly in a folder."""
    yield from (left for left in folder.glob(".*.new") if is_leftover(left.name))


def is_leftover(name: str) -> bool:
    """Whether a file has the name of a temporary one: a dot, the name of its place, a process, and .new."""
    return bool(re.fullmatch(r"\..+\.[0-9]+\.new", name, re.DOTALL))


@contextmanager
def _filled(place: Path) -> Iterator[Path]:
    """The temporary file of a place; it is gone in the end, unless it was renamed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    held = os.fsencode(place.name)
    name = place.name if len(held) <= _LONGEST else hashlib.sha256(held).hexdigest()[:32]
    for left in place.parent.glob(f".{glob.escape(name)}.*.new"):
        left.unlink(missing_ok=True)
    temporary = place.with_name(f".{name}.{os.getpid()}.new")
    try:
        yield temporary
    except OSError as error:
        # What people know is the file, not what stands in for it. A full disk names no file at all.
        if error.errno is not None and error.filename in (None, str(temporary)):
            error.filename = str(place)
        raise
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _fill(temporary: Path, content: str | bytes) -> None:
    """Write a temporary file, and see it on the disk before it takes another's place."""
    temporary.write_bytes(content.encode() if isinstance(content, str) else content)
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())


def _name(temporary: Path, place: Path) -> None:
    """Give a file its name where nothing has it; raise FileExistsError where something does."""
    try:
        os.link(temporary, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: what takes the name in this very moment is lost
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        temporary.rename(place)


def _settle(folder: Path) -> None:
    """See a rename on the disk, where the system has a way to ask for it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
