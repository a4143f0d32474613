"""Static models (model2vec, sentence-transformers' StaticEmbedding): a text is the mean of its word pieces' vectors.

No layer is computed, so a million short answers take minutes. What a word means in its sentence is lost.
"""

import json
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.bert import Floats

WEIGHTS = ("embedding.weight", "embeddings")


class Static:
    """A loaded table of word pieces' vectors; it takes a text of any length."""

    window = sys.maxsize

    def __init__(self, folder: Path) -> None:
        """Load tokenizer and vectors from a folder of which `supports` said yes."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        place = folder / str(_modules(folder)[0].get("path", ""))
        stored = load_file(place / "model.safetensors")
        self._words = stored[next(name for name in WEIGHTS if name in stored)].astype(np.float32)
        self.width = int(self._words.shape[1])
        self._tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def pieces(self, texts: list[str]) -> list[int]:
        """The number of word pieces of each text."""
        return [len(ids) for ids in self._ids(texts)]

    def vectors(self, texts: list[str], advance: Callable[[int], object]) -> Floats:
        """The vectors (n, width) of texts, in their order; of a text without a known word piece, zeros."""
        found = np.zeros((len(texts), self.width), dtype=np.float32)
        for at, ids in enumerate(self._ids(texts)):
            if ids:
                found[at] = self._words[ids].mean(axis=0, dtype=np.float64)
        advance(len(texts))
        return found

    def _ids(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch(texts, add_special_tokens=False)]


def supports(folder: Path) -> bool:
    """Whether a folder holds a static model and nothing after it but a normalization."""
    modules = _modules(folder)
    kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in modules]
    if kinds not in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]):
        return False
    place = folder / str(modules[0].get("path", ""))
    return all((place / name).is_file() for name in ("tokenizer.json", "model.safetensors"))


@lru_cache(maxsize=1)
def load(folder: Path, fingerprint: str) -> Static:
    """The model of a folder, loaded once for all parts of a study; `fingerprint` says what is in the folder."""
    return Static(folder)


def _modules(folder: Path) -> list[dict[str, Any]]:
    place = folder / "modules.json"
    return list(json.loads(place.read_text(encoding="utf-8"))) if place.is_file() else []
