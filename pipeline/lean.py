"""Imports without what is not used: some packages load, wherever it is installed, what this project never calls."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder


class _Missing(MetaPathFinder):
    """Says of some packages, while it is asked, that they are not installed."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        """Refuse those packages; leave every other module to the next finder."""
        if fullname.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named '{fullname}'", name=fullname)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let what is imported inside find these packages missing, where it can do without them.

    Seconds and hundreds of MiB are spared. A package that is loaded already stays loaded.
    """
    finder = _Missing(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
