"""Removes only folders and files that the program created, identified by a marker file or by their names."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from pipeline.core.errors import CounterpointError

MARK = "MADE_BY_COUNTERPOINT.txt"
CONTENT = """\
Counterpoint made this folder for as long as it works here, and removes it with everything in it.
Keep nothing of your own here.
"""
# Files that older versions, which wrote no marker, left behind when killed.
PARTS = ("*.parquet", "*.npy", "*.npz", ".*.new")


class NotOursError(CounterpointError):
    """A file or folder in the way was not created by the program, so it is not removed."""


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield a new, marked folder for temporary files of a stage; remove it on exit.

    Remains of a killed run are removed first. Raises NotOursError if the folder was not created by the program.
    """
    remove(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text(CONTENT, encoding="utf-8", newline="\n")
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a marked folder and its content; do nothing if it does not exist.

    In a folder without the marker, only table parts of older versions are removed. Raises NotOursError if anything else
    remains or the path is not a folder; raises OSError.
    """
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise NotOursError(
            f"{folder} is a link or a file that Counterpoint did not create. Move it away and try again."
        )
    if _marked(folder):
        shutil.rmtree(folder)
    elif left := clear(folder, PARTS):
        raise NotOursError(
            f"{left[0]} was not created by Counterpoint, but is in a folder it needs. Move it away and try again."
        )


def clear(folder: Path, names: Sequence[str]) -> list[Path]:
    """Remove a folder's files whose paths match patterns, then folders left empty; return the files that remain.

    `names`: patterns of paths below the folder, matched component by component. Raises NotOursError if the path is a
    link or a file; raises OSError.
    """
    if not os.path.lexists(folder):
        return []
    if folder.is_symlink() or not folder.is_dir():
        raise NotOursError(
            f"{folder} is a link or a file that Counterpoint did not create. Move it away and try again."
        )
    left = []
    # A killed run may already have emptied one of these folders.
    within = {name.rpartition("/")[0] for name in names}
    emptied = {folder, *(folder / name for name in within if not set("*?[") & set(name))}
    for place, below, files in os.walk(folder, topdown=False):
        here = Path(place)
        for file in (here / name for name in sorted(files)):
            if any(_fits(file.relative_to(folder), pattern) for pattern in names):
                file.unlink()
                emptied.add(here)
            else:
                left.append(file)
        left += [here / name for name in below if (here / name).is_symlink()]
        if here in emptied and not any(here.iterdir()):
            here.rmdir()
            emptied.add(here.parent)
    return sorted(left)


def _fits(path: PurePath, pattern: str) -> bool:
    parts, wanted = path.parts, pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def _marked(folder: Path) -> bool:
    mark = folder / MARK
    return mark.is_file() and not mark.is_symlink() and mark.read_text(encoding="utf-8", errors="replace") == CONTENT
