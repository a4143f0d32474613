"""Files written whole or not at all: a temporary one beside the place first, then a rename."""

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """A temporary file for the caller to fill; it takes its place when that went well, and is removed when not.

    What runs that were killed left beside it is removed first. Folders that are missing are made. Raises OSError.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    for left in place.parent.glob(f".{glob.escape(place.name)}.*.new"):
        left.unlink(missing_ok=True)
    temporary = place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        yield temporary
        temporary.replace(place)
    except OSError as error:
        # What people know is the file, not what stands in for it.
        if error.filename == str(temporary):
            error.filename = str(place)
        raise
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write(place: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; text in UTF-8, its line breaks as they are. Raises OSError."""
    with beside(place) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
