"""What a stage did, as a small table of keys and values that is one of its outputs.

The methods paragraph is written from these tables and from nothing else, so that it says what ran and not what was
meant. They hold no time, path or name of a machine, and no word of a participant: the same inputs give the same bytes.
"""

import importlib.metadata
import json
from typing import Any

import pandas as pd

# What libraries call themselves, by the name of their package.
NAMES = {
    "bertopic": "BERTopic",
    "model2vec": "Model2Vec",
    "onnxruntime": "ONNX Runtime",
    "sentence-transformers": "Sentence Transformers",
    "spacy": "spaCy",
    "torch": "PyTorch",
}


class Record(dict[str, Any]):
    """What a stage did, by key: text, numbers, truth values, and lists of them."""

    def table(self) -> pd.DataFrame:
        """A row a key, in the order of the keys as they were put in."""
        rows = [(key, _written(value)) for key, value in self.items()]
        return pd.DataFrame(rows, columns=["key", "value"], dtype="str")


def read_record(table: pd.DataFrame) -> Record:
    """The record that a table holds, the way back from `Record.table`."""
    return Record((str(key), _read(str(value))) for key, value in zip(table["key"], table["value"], strict=True))


def library(package: str) -> str:
    """An installed library with its version, as a methods section names it: BERTopic 0.17.4."""
    return f"{NAMES.get(package, package)} {importlib.metadata.version(package)}"


def _written(value: Any) -> str:
    """Text as it stands, unless it could be taken for something else; anything else as JSON writes it."""
    if isinstance(value, str) and _read(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _read(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return said
