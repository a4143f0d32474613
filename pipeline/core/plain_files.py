"""Checks that a path is a regular file without opening it: pipes, devices and links are never opened."""

import stat
from pathlib import Path

LINK = "It is a link. Replace it with the file itself."
# DVC, which hashes the dependencies of a stage, fails or hangs on these.
STOPS = "Until then `dvc repro` fails on it."
GONE = f"It is a broken link. Remove it, or replace it with the file itself. {STOPS}"
_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}


def problem(path: Path, *, follow: bool = False) -> str:
    """Return why a path is not a regular file, as a sentence; '' if it is one. `follow`: accept a link to one."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            if not follow:
                return LINK if path.exists() else GONE
            mode = path.stat().st_mode
    except (OSError, RuntimeError) as error:  # a link to itself
        return not_opened(error)
    if stat.S_ISREG(mode):
        return ""
    folder = stat.S_ISDIR(mode)
    message = f"It is {_KINDS.get(stat.S_IFMT(mode), 'a device')}, not a file. Replace it with the file itself."
    return message if folder else f"{message} {STOPS}"


def not_opened(error: Exception) -> str:
    """Return a message for a file that could not be opened."""
    why = getattr(error, "strerror", None) or type(error).__name__
    return f"It cannot be opened ({why}). Check that it exists and that you have permission to read it."
