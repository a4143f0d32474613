"""Imports without what is not used: some packages load, wherever it is installed, what this project never calls."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let what is imported inside find these packages missing, where it can do without them.

    Seconds and hundreds of MiB are spared. A package that is loaded already stays loaded.
    """
    # Python's own mark for a module that must not be imported: it is neither found nor looked for.
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in missing:
            if sys.modules.get(name) is None:
                sys.modules.pop(name, None)
