"""Static models (model2vec, StaticEmbedding of sentence-transformers): a text's vector is the mean of its word pieces'.

No layer is computed, so a million short answers take minutes, but words have no context. Both kinds are computed by
model2vec, from safetensors only; texts are never truncated.
"""

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.vectors import model_files
from pipeline.vectors.onnx_bert import Floats

# Tensors that a model's file may contain: the vectors (under either library's name), a weight per word piece, and a
# mapping of word pieces to shared vectors.
VECTORS = ("embeddings", "embedding.weight")
KNOWN = frozenset((*VECTORS, "weights", "mapping"))


class Static:
    """A loaded static model; takes texts of any length."""

    window = sys.maxsize

    def __init__(self, folder: Path) -> None:
        """Load tokenizer and vectors from a folder accepted by `supports`.

        Raises ValueError if its tensors are inconsistent or unsupported.
        """
        from model2vec import StaticModel
        from safetensors.numpy import load_file

        place, own = _place(folder), _is_model2vec(folder)
        tensors = load_file(place / "model.safetensors")
        tokenizer = model_files.tokenizer(place)
        vectors = next((tensors[name] for name in VECTORS if name in tensors), np.empty((0, 0), dtype=np.float32))
        _check(tensors, len(vectors), pieces=max(tokenizer.get_vocab().values(), default=-1) + 1)
        self._model = StaticModel(
            vectors if own else vectors.astype(np.float32),
            tokenizer,
            normalize=own and bool(model_files.read_json(folder / "config.json").get("normalize")),
            weights=tensors.get("weights"),
            token_mapping=tensors.get("mapping"),
        )
        if not own:
            self._model.unk_token_id = None  # sentence-transformers counts unknown pieces too
        self.width = int(self._model.dim)

    def pieces(self, texts: list[str]) -> list[int]:
        """Return the number of word pieces of each text that have a vector."""
        self._model.tokenizer.no_truncation()
        return [len(ids) for ids in self._model.tokenize(texts)]

    def vectors(self, texts: list[str], advance: Callable[[int], object]) -> Floats:
        """Return vectors of shape (n, width) for texts, in order; zeros for a text without a known word piece."""
        if not texts:
            return np.empty((0, self.width), dtype=np.float32)
        computed = self._model.encode(texts, max_length=None, use_multiprocessing=False)
        advance(len(texts))
        return np.asarray(computed, dtype=np.float32)


def supports(folder: Path) -> bool:
    """Return whether a folder contains a static model without other modules than a normalization."""
    place = _place(folder)
    return (
        model_files.kinds(folder) in ([], ["StaticEmbedding"], ["StaticEmbedding", "Normalize"])
        and all((place / name).is_file() for name in ("tokenizer.json", "model.safetensors"))
        and (_is_model2vec(folder) or bool(model_files.kinds(folder)))
        and model_files.is_plain(folder)
    )


@lru_cache(maxsize=1)
def load_static_model(folder: Path, fingerprint: str) -> Static:
    """Return the model in a folder, loaded once per process. `fingerprint`: of the folder's content."""
    return Static(folder)


def _place(folder: Path) -> Path:
    """Return the folder of the first module, or the folder itself."""
    return next((place for _, place in model_files.modules(folder)), folder)


def _is_model2vec(folder: Path) -> bool:
    """Return whether the folder was saved by model2vec; unknown word pieces are then left out of the mean."""
    there = all((folder / name).is_file() for name in ("config.json", "tokenizer.json", "model.safetensors"))
    return there and VECTORS[0] in _tensors(folder)


def _tensors(place: Path) -> list[str]:
    """Return the names of the tensors in a model's file, without loading them."""
    from safetensors import safe_open

    with safe_open(place / "model.safetensors", framework="numpy") as file:
        return list(file.keys())


def _check(tensors: dict[str, Any], rows: int, *, pieces: int) -> None:
    """Raise ValueError if a model's tensors are inconsistent or unsupported."""
    strange = sorted(set(tensors) - KNOWN)
    if strange:
        raise ValueError(f"it contains the unsupported tensor '{strange[0]}'")
    for name in ("weights", "mapping"):
        if name in tensors and len(tensors[name]) < pieces:
            raise ValueError(f"it has {len(tensors[name])} {name} for {pieces} word pieces")
    last = int(tensors["mapping"].max()) if "mapping" in tensors else pieces - 1
    if last >= rows:
        raise ValueError(f"its word pieces need {last + 1} vectors, but it has {rows}")
