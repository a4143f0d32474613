"""Removing what the program made, and nothing else: by a mark of its own in the folder, or by the names it writes."""

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
# What versions without the mark left in such folders where they were killed.
PARTS = ("*.parquet", "*.npy", "*.npz", ".*.new")


class NotOursError(CounterpointError):
    """Something is in the way that the program did not make, and so does not remove."""


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder, new and marked, for what is needed while a stage works; it is gone afterwards.

    What a run that was killed left of it is removed first. Raises NotOursError where the folder is not the program's.
    """
    remove(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text(CONTENT, encoding="utf-8", newline="\n")
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder that carries the mark, with all that is in it; one that is not there is no matter.

    Of a folder without the mark only parts of tables go, as older versions left them. Raises NotOursError where it
    then still holds something, or is no folder; OSError where the system refuses.
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
    """Remove the files of a folder that have the names that the program writes, then the folders this left empty.

    `names`: patterns of paths below the folder, part by part. Returns the files that stay: they are somebody else's.
    Raises NotOursError where the folder is a link or a file, and OSError where the system refuses.
    """
    if not os.path.lexists(folder):
        return []
    if folder.is_symlink() or not folder.is_dir():
        raise NotOursError(
            f"{folder} is a link or a file that Counterpoint did not create. Move it away and try again."
        )
    left = []
    # A run that was killed may have emptied a folder of its own already.
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
