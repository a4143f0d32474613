"""Whether a path is a plain file that can be opened: a pipe, a device or a link is never opened to find out."""

import stat
from pathlib import Path

LINK = "It is a link to another place. Put the file itself here."
# DVC, which hashes what a stage depends on, stops or waits for ever at these.
STOPS = "Until then `dvc repro` stops at it."
GONE = f"It is a link to something that is not there. Remove it, or put the file itself here. {STOPS}"
_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}


def problem(path: Path, *, follow: bool = False) -> str:
    """Why a path is no plain file, as a sentence; '' where it is one. `follow`: a link to one will do."""
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
    said = f"It is {_KINDS.get(stat.S_IFMT(mode), 'a device')}, not a file. Put the file itself here."
    return said if folder else f"{said} {STOPS}"


def not_opened(error: Exception) -> str:
    """A sentence for a file that could not be opened."""
    why = getattr(error, "strerror", None) or type(error).__name__
    return f"It cannot be opened ({why}). Check that it is there and you may read it."
