"""How the results came about: settings and versions."""

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from typing import Any

PACKAGES = (
    "bertopic",
    "numpy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "scikit-network",
    "scipy",
    "sentence-transformers",
    "spacy",
    "torch",
    "transformers",
)


def versions() -> tuple[tuple[str, str], ...]:
    """The installed version of each library that shapes a result, and of this program first."""
    found = []
    for name in ("counterpoint", *PACKAGES):
        try:
            found.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append((name, "not installed"))
    return tuple(found)


def settings(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every setting of the run, `section.name` and its value as params.yaml would write it."""
    found = []
    for section, values in params.items():
        if isinstance(values, Mapping):
            found += [(f"{section}.{name}", _shown(value)) for name, value in values.items()]
        else:
            found.append((section, _shown(values)))
    return tuple(found)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ", ".join(str(item) for item in value)
    return json.dumps(value)
