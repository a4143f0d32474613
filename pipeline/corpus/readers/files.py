"""Files that people bring, listed and opened safely: what is no plain file costs a sentence, and stops no other file.

Every reader of such a file goes through here: `listed` finds them, `content` opens one, and `reading` is where whatever
else a reader or its library raises becomes a sentence about that one file.
"""

import os
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.core import plain_files
from pipeline.core.errors import CounterpointError
from pipeline.corpus import document_names
from pipeline.corpus.readers.model import RefusedError

MAX_FILE_BYTES = 200 * 2**20
NEVER_A_SOURCE = frozenset(["Thumbs.db", "desktop.ini", "__MACOSX"])
# How much of what a library says of its failure is passed on.
_SAID = 160


class Listing(NamedTuple):
    """The plain files below a folder, in order, and what else lies there: its name below the folder, and a sentence."""

    files: list[Path]
    refused: list[tuple[str, str]]


def listed(folder: Path, *, endings: Collection[str] = ()) -> Listing:
    """List what lies below a folder, without what people never put there: hidden files and lock files.

    Nothing is opened, and no link is followed. An empty folder is refused where its name has one of the `endings`
    (in lower case), since it looks like a file.
    """
    found = Listing([], [])
    waiting = [folder] if folder.is_dir() else []
    while waiting:
        at = waiting.pop()
        try:
            with os.scandir(at) as inside:
                entries = [entry for entry in inside if not _hidden(entry.name)]
        except OSError as error:
            found.refused.append((_below(folder, at), f"{plain_files.not_opened(error)} Its contents were omitted."))
            continue
        if not entries and at != folder and at.suffix.lower() in endings:
            found.refused.append(
                (_below(folder, at), "It is an empty folder, not a file. Replace it with the file itself.")
            )
        for entry in entries:
            path = at / entry.name
            why = plain_files.problem(path)
            if path.is_dir() and not path.is_symlink():
                waiting.append(path)
            elif why:
                found.refused.append((_below(folder, path), why))
            else:
                found.files.append(path)
    found.files.sort(key=lambda path: path.relative_to(folder).as_posix())
    return Listing(found.files, sorted(found.refused))


def content(path: Path, *, limit: int = MAX_FILE_BYTES, follow: bool = False) -> bytes:
    """Return a file's bytes; raise RefusedError for anything but a plain file that may be read and is not too large.

    `follow`: a link will do, since somebody named it. Nothing waits: a pipe or a device is not opened.
    """
    why = plain_files.problem(path, follow=follow)
    if why:
        raise RefusedError(why)
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise RefusedError(plain_files.not_opened(error)) from None
    if len(data) > limit:
        raise RefusedError(f"The file is larger than {limit // 2**20} MiB, the limit for this kind of file. Split it.")
    return data


@contextmanager
def reading(kind: str) -> Iterator[None]:
    """Turn what a reader did not foresee into a RefusedError about this one file, which keeps the failure's type.

    A library may raise anything on a damaged file; which file that is must not decide whether others are read. The
    sentence names the failure, so that a fault of ours is not taken for the file's. `kind`: what it was read as.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # libraries warn of what they pass over; what matters is said in a sentence
            yield
    except CounterpointError:
        raise
    except Exception as error:  # it goes no further than this file, and is said with its type
        raise RefusedError(
            f"The file could not be read as {kind}: the reader failed with "
            f"{type(error).__name__}{_words(error)}. Save it again in the program it comes from. If the "
            "file is valid, please report this as a bug."
        ) from error


def check_name(name: str) -> None:
    """Raise RefusedError for a file's name that cannot be written down: no UTF-8, control characters."""
    if document_names.unfit(name):
        raise RefusedError(f"{document_names.unfit(name)} Rename it.")


def _hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name in NEVER_A_SOURCE


def _below(folder: Path, path: Path) -> str:
    return document_names.shown(path.relative_to(folder).as_posix())


def _words(error: Exception) -> str:
    said = document_names.shown(" ".join(str(error).split()))[:_SAID].rstrip(".")
    return f" ({said})" if said else ""
