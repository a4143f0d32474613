"""Static models (model2vec, sentence-transformers' StaticEmbedding): a text is the mean of its word pieces' vectors.

No layer is computed, so a million short answers take minutes. What a word means in its sentence is lost. Both kinds are
computed by model2vec, from safetensors alone; a text is never cut, however long.
"""

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.vectors import model_files
from pipeline.vectors.onnx_bert import Floats

# What a model's file may hold: the vectors, under model2vec's name for them or the other library's, a weight for each
# word piece, and the vector of each word piece where several share one.
VECTORS = ("embeddings", "embedding.weight")
KNOWN = frozenset((*VECTORS, "weights", "mapping"))


class Static:
    """A loaded table of word pieces' vectors; it takes a text of any length."""

    window = sys.maxsize

    def __init__(self, folder: Path) -> None:
        """Load tokenizer and vectors from a folder of which `supports` said yes.

        Raises ValueError where its tensors do not belong together, or hold more than is known how to compute.
        """
        from model2vec import StaticModel
        from safetensors.numpy import load_file

        place, own = _place(folder), _is_model2vec(folder)
        held = load_file(place / "model.safetensors")
        tokenizer = model_files.tokenizer(place)
        vectors = next((held[name] for name in VECTORS if name in held), np.empty((0, 0), dtype=np.float32))
        _check(held, len(vectors), pieces=max(tokenizer.get_vocab().values(), default=-1) + 1)
        self._model = StaticModel(
            vectors if own else vectors.astype(np.float32),
            tokenizer,
            normalize=own and bool(model_files.read_json(folder / "config.json").get("normalize")),
            weights=held.get("weights"),
            token_mapping=held.get("mapping"),
        )
        if not own:
            self._model.unk_token_id = None  # sentence-transformers counts unknown pieces too
        self.width = int(self._model.dim)

    def pieces(self, texts: list[str]) -> list[int]:
        """The number of word pieces of each text that have a vector."""
        self._model.tokenizer.no_truncation()
        return [len(ids) for ids in self._model.tokenize(texts)]

    def vectors(self, texts: list[str], advance: Callable[[int], object]) -> Floats:
        """The vectors (n, width) of texts, in their order; of a text without a known word piece, zeros."""
        if not texts:
            return np.empty((0, self.width), dtype=np.float32)
        found = self._model.encode(texts, max_length=None, use_multiprocessing=False)
        advance(len(texts))
        return np.asarray(found, dtype=np.float32)


def supports(folder: Path) -> bool:
    """Whether a folder holds a static model, with nothing before or after it but a normalization."""
    place = _place(folder)
    return (
        model_files.kinds(folder) in ([], ["StaticEmbedding"], ["StaticEmbedding", "Normalize"])
        and all((place / name).is_file() for name in ("tokenizer.json", "model.safetensors"))
        and (_is_model2vec(folder) or bool(model_files.kinds(folder)))
        and model_files.is_plain(folder)
    )


@lru_cache(maxsize=1)
def load_static_model(folder: Path, fingerprint: str) -> Static:
    """The model of a folder, loaded once for all parts of a study; `fingerprint` says what is in the folder."""
    return Static(folder)


def _place(folder: Path) -> Path:
    """Where the vectors lie: in the folder of the first module, or in the folder itself."""
    return next((place for _, place in model_files.modules(folder)), folder)


def _is_model2vec(folder: Path) -> bool:
    """Whether model2vec saved the folder, whose own rules then hold: unknown word pieces take no part in the mean."""
    there = all((folder / name).is_file() for name in ("config.json", "tokenizer.json", "model.safetensors"))
    return there and VECTORS[0] in _tensors(folder)


def _tensors(place: Path) -> list[str]:
    """The names of the tensors in a model's file, without reading them."""
    from safetensors import safe_open

    with safe_open(place / "model.safetensors", framework="numpy") as file:
        return list(file.keys())


def _check(held: dict[str, Any], rows: int, *, pieces: int) -> None:
    """Raise ValueError where a model's tensors do not belong together, or where one of them is not known."""
    strange = sorted(set(held) - KNOWN)
    if strange:
        raise ValueError(f"it contains the unsupported tensor '{strange[0]}'")
    for name in ("weights", "mapping"):
        if name in held and len(held[name]) < pieces:
            raise ValueError(f"it has {len(held[name])} {name} for {pieces} word pieces")
    last = int(held["mapping"].max()) if "mapping" in held else pieces - 1
    if last >= rows:
        raise ValueError(f"its word pieces need {last + 1} vectors, but it has {rows}")
