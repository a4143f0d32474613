"""Lists and opens users' files safely: a problem with one file is reported and does not affect the others.

All readers go through this module: `listed` finds files, `content` reads one, and `reading` turns unexpected errors of
readers and libraries into a message about that file.
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
# Longest part of a library's error message that is shown.
_SAID = 160


class Listing(NamedTuple):
    """The regular files below a folder, in order, and other entries, each with its name and a message."""

    files: list[Path]
    refused: list[tuple[str, str]]


def listed(folder: Path, *, endings: Collection[str] = ()) -> Listing:
    """List the files below a folder, except hidden files and lock files.

    Nothing is opened and no link is followed. An empty folder whose name has one of the `endings` (lower case) is
    reported, because it looks like a file.
    """
    listing = Listing([], [])
    waiting = [folder] if folder.is_dir() else []
    while waiting:
        at = waiting.pop()
        try:
            with os.scandir(at) as inside:
                entries = [entry for entry in inside if not _hidden(entry.name)]
        except OSError as error:
            listing.refused.append((_below(folder, at), f"{plain_files.not_opened(error)} Its contents were omitted."))
            continue
        if not entries and at != folder and at.suffix.lower() in endings:
            listing.refused.append(
                (_below(folder, at), "It is an empty folder, not a file. Replace it with the file itself.")
            )
        for entry in entries:
            path = at / entry.name
            why = plain_files.problem(path)
            if path.is_dir() and not path.is_symlink():
                waiting.append(path)
            elif why:
                listing.refused.append((_below(folder, path), why))
            else:
                listing.files.append(path)
    listing.files.sort(key=lambda path: path.relative_to(folder).as_posix())
    return Listing(listing.files, sorted(listing.refused))


def content(path: Path, *, limit: int = MAX_FILE_BYTES, follow: bool = False) -> bytes:
    """Return a file's bytes. `follow`: accept a link. Pipes and devices are never opened.

    Raises RefusedError if the path is not a readable regular file or is larger than `limit` bytes.
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
    """Convert unexpected exceptions to a RefusedError about the current file. `kind`: what the file was read as.

    Libraries may raise anything on damaged files; this must not stop other files from being read. The message names the
    exception, so that a bug of ours is not blamed on the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # libraries' warnings; what matters is reported as a message
            yield
    except CounterpointError:
        raise
    except Exception as error:  # reported for this file, with its type
        raise RefusedError(
            f"The file could not be read as {kind}: the reader failed with "
            f"{type(error).__name__}{_words(error)}. Save it again in the program it comes from. If the "
            "file is valid, please report this as a bug."
        ) from error


def check_name(name: str) -> None:
    """Raise RefusedError for a file name that is not UTF-8 or contains control characters."""
    if document_names.unfit(name):
        raise RefusedError(f"{document_names.unfit(name)} Rename it.")


def _hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name in NEVER_A_SOURCE


def _below(folder: Path, path: Path) -> str:
    return document_names.shown(path.relative_to(folder).as_posix())


def _words(error: Exception) -> str:
    said = document_names.shown(" ".join(str(error).split()))[:_SAID].rstrip(".")
    return f" ({said})" if said else ""
