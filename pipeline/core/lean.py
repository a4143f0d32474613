"""Imports without what is not used: some packages load, wherever it is installed, what this project never calls."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType


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


@contextmanager
def lazily(name: str) -> Iterator[None]:
    """Let a part of a package, by its full name, be loaded only when something of it is used.

    For what is imported in passing and seldom called. It is the same module, only later: see importlib's LazyLoader.
    """
    finder = _Lazily(name)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Lazily:
    """Finds one module, and puts its loading off."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where the module is and how it is loaded; None for any other."""
        spec = PathFinder.find_spec(name, path, target) if name == self._name else None
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec
