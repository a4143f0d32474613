"""Records what a stage did, as a small table of keys and values among its outputs.

The methods paragraph is written from these tables alone, so it reports what ran. They contain no times, paths, machine
names or participants' words: the same inputs give the same bytes.
"""

import importlib.metadata
import json
from typing import Any

import pandas as pd

# Proper names of libraries, by package name.
NAMES = {
    "bertopic": "BERTopic",
    "model2vec": "Model2Vec",
    "onnxruntime": "ONNX Runtime",
    "sentence-transformers": "Sentence Transformers",
    "spacy": "spaCy",
    "torch": "PyTorch",
}


class Record(dict[str, Any]):
    """What a stage did: text, numbers, booleans and lists of them, by key."""

    def table(self) -> pd.DataFrame:
        """Return the record as a table, one row per key, in insertion order."""
        rows = [(key, _written(value)) for key, value in self.items()]
        return pd.DataFrame(rows, columns=["key", "value"], dtype="str")


def read_record(table: pd.DataFrame) -> Record:
    """Return the record stored in a table; the inverse of `Record.table`."""
    return Record((str(key), _read(str(value))) for key, value in zip(table["key"], table["value"], strict=True))


def library(package: str) -> str:
    """Return an installed library with its version, as a methods section cites it: BERTopic 0.17.4.

    Raises PackageNotFoundError.
    """
    return f"{NAMES.get(package, package)} {importlib.metadata.version(package)}"


def _written(value: Any) -> str:
    """Return a value as text: plain text unchanged unless it would be read as something else, other values as JSON."""
    if isinstance(value, str) and _read(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _read(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return said
