"""Encodes texts as vectors: each distinct text once, long texts in parts, and only texts missing from the cache.

A vector depends on the text, the model and the precision alone, to the byte: not on other texts, their order, or the
cache. BERT models are computed by `onnx_bert`, static models by `static_models`, and all others by
sentence-transformers, one text at a time on the CPU and in batches of one shape on a GPU.
"""

import hashlib
import importlib.metadata
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from pipeline.core import atomic_files, model_registry, stage_record
from pipeline.core.arithmetic import unit
from pipeline.core.errors import CounterpointError
from pipeline.core.terms import Device, Precision
from pipeline.vectors import model_files, onnx_bert, static_models
from pipeline.vectors.onnx_bert import Floats

# Version of the arithmetic, stored in every cache: increase it whenever this module or `onnx_bert` changes results.
ARITHMETIC = "2"
# The cache is written after this many new vectors, the most that an interrupted run can lose.
PART = 16_384


class EncoderError(CounterpointError):
    """The model cannot be loaded, or cannot be used with the settings in params.yaml."""


@dataclass(frozen=True)
class Used:
    """What vectors were computed with: the model, the software and the device.

    `way`: bert, static or library; `place`: cpu or cuda; `window`: maximum number of word pieces, 0 if unlimited or
    unknown; `libraries`: with versions.
    """

    model: str
    revision: str
    fingerprint: str
    way: str
    place: str
    precision: str
    modules: tuple[str, ...]
    pooling: str
    prompt: str
    window: int
    libraries: tuple[str, ...]


class Encoder(Protocol):
    """Encodes texts as vectors of `width` numbers. `window`: maximum number of word pieces per text."""

    window: int
    width: int

    def pieces(self, texts: list[str]) -> list[int]:
        """Return the number of word pieces of each text, without truncation."""

    def vectors(self, texts: list[str], advance: Callable[[int], object]) -> Floats:
        """Return vectors of shape (n, width) for texts within the window.

        Calls `advance` with the number of texts done after each batch.
        """


def encode(
    texts: Sequence[str],
    *,
    model: str,
    revision: str | None = None,
    device: Device = "cpu",
    batch_size: int = 16,
    precision: Precision = "float32",
    network: bool = False,
    cache: Path | None = None,
    others: Sequence[Path] = (),
    progress: bool = False,
    tell: Callable[[Used], object] | None = None,
) -> Floats:
    """Return unit vectors of texts, in order: float32, shape (n, d).

    A text beyond the model's window is split into parts, at spaces if possible; its vector is the mean of the parts'
    unit vectors weighted by word pieces. `cache`: Parquet file of vectors by sha256 of the text; afterwards it contains
    exactly those of `texts`. `others`: further caches to read. `tell`: called with what the vectors (cached ones
    included) were computed with. Raises ModelError if the model cannot be found, EncoderError if it cannot be used.
    """
    resolved = model_registry.find(model, kind="sentence-transformers", revision=revision, network=network)
    place = "cuda" if device == "auto" and _has_gpu() else "cpu"
    way = _way(model, resolved.folder, place)
    if precision == "int8" and way != "bert":
        raise EncoderError(
            f"embed.precision: int8 requires a BERT model on the CPU; '{model}' does not qualify here. Set "
            "float32, or choose another model."
        )
    if tell:
        tell(_used(model, resolved, way, place, precision))
    ways: dict[str, Callable[[], Encoder]] = {
        "static": partial(static_models.load_static_model, resolved.folder, resolved.fingerprint),
        "bert": partial(onnx_bert.Bert, resolved.folder, precision=precision),
    }
    load = ways.get(way, partial(Library, resolved.folder, place, batch_size))
    if not texts:
        if cache:
            cache.unlink(missing_ok=True)
        return np.empty((0, _loaded(model, load).width), dtype=np.float32)

    mark = _mark(resolved.fingerprint, way, precision)
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
    wanted = dict(zip(keys, texts, strict=True))
    stored = _read(cache, mark) if cache else {}
    for other in others if wanted.keys() - stored.keys() else ():
        stored |= {key: vector for key, vector in _read(other, mark).items() if key in wanted}
    vectors = {key: stored[key] for key in wanted if key in stored}
    missing = [key for key in wanted if key not in vectors]
    if missing:
        encoder = _loaded(model, load)
        for part in _parts(missing):
            with _told(model, "used"):
                new = _embed(encoder, [wanted[key] for key in part], progress=progress)
            vectors |= dict(zip(part, new, strict=True))
            if cache:
                _write(cache, mark, vectors)
    elif cache and (stored.keys() != vectors.keys() or others):
        _write(cache, mark, vectors)
    return np.stack([vectors[key] for key in keys])


def _way(model: str, folder: Path, place: str) -> str:
    """Return what computes a model: static, bert, or library with the device."""
    with _told(model, "loaded"):
        other = model_files.other_kind(folder)
        if other:
            raise EncoderError(
                f"The model '{model}' does not produce one vector per text ({other}). Choose another in "
                "embed.model of params.yaml."
            )
        if static_models.supports(folder):
            return "static"
        return "bert" if place == "cpu" and onnx_bert.supports(folder) else f"library {place}"


def _loaded(model: str, load: Callable[[], Encoder]) -> Encoder:
    """Load a model. Raises EncoderError if its files cannot be read."""
    with _told(model, "loaded"):
        return load()


@contextmanager
def _told(model: str, what: str) -> Iterator[None]:
    """Convert errors that libraries raise for unsuitable models to EncoderError."""
    from safetensors import SafetensorError

    errors = (ArithmeticError, AttributeError, ImportError, LookupError, OSError, RuntimeError, SafetensorError)
    try:
        yield
    except CounterpointError:
        raise
    except ModuleNotFoundError as error:
        raise EncoderError(
            f"The model '{model}' requires {error.name}, which is not installed. Install it (in a clone: `python "
            "dev.py setup`; elsewhere: `pip install torch transformers`), or choose another in embed.model of "
            "params.yaml."
        ) from None
    except (*errors, TypeError, ValueError) as error:
        raise EncoderError(
            f"The model '{model}' cannot be {what} ({type(error).__name__}: {error}). Download it again, "
            "save it again with sentence-transformers, or choose another in embed.model of params.yaml."
        ) from None


class Library:
    """A model run by sentence-transformers."""

    def __init__(self, folder: Path, place: str, batch_size: int) -> None:
        """Load the model in a folder onto cpu or cuda."""
        model_registry.go_offline()
        import torch
        from sentence_transformers import SentenceTransformer
        from tokenizers import Tokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(1)
        torch.backends.cuda.matmul.allow_tf32 = False
        self._model = SentenceTransformer(
            str(folder),
            device=place,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": "float32"},
        )
        longest = self._model.get_max_seq_length() or math.inf
        self.window = sys.maxsize if math.isinf(longest) else int(longest)
        self.width = int(self._model.get_embedding_dimension() or 0)
        self._rows = 1 if place == "cpu" else batch_size
        # The model prepends its prompt to each text, so the prompt counts towards the window.
        self._prompt = model_files.prompt(folder)
        if isinstance(self._model.tokenizer, Tokenizer):  # a static model's
            self._model.tokenizer.no_truncation()

    def pieces(self, texts: list[str]) -> list[int]:
        """Return the number of word pieces of each text with the model's prompt, without truncation."""
        texts = [self._prompt + text for text in texts]
        tokenizer: Any = self._model.tokenizer
        if hasattr(tokenizer, "encode_batch"):
            return [len(encoding.ids) for encoding in tokenizer.encode_batch(texts)]
        return [len(ids) for ids in tokenizer(texts, truncation=False, padding=False, verbose=False)["input_ids"]]

    def vectors(self, texts: list[str], advance: Callable[[int], object]) -> Floats:
        """Return vectors of shape (n, width) for texts within the window, in order.

        Batches contain texts of one length and are filled by repeating the last text, so there is no padding, and the
        shape in which a text is computed depends only on its length.
        """
        lengths = self.pieces(texts)
        vectors = np.empty((len(texts), self.width), dtype=np.float32)
        for length in sorted(set(lengths)):
            same = [at for at, n in enumerate(lengths) if n == length]
            for first in range(0, len(same), self._rows):
                block = same[first : first + self._rows]
                full = [texts[at] for at in block] + [texts[block[-1]]] * (self._rows - len(block))
                computed = self._model.encode(full, batch_size=self._rows, show_progress_bar=False)
                vectors[block] = computed[: len(block)]
                advance(len(block))
        return vectors


def _libraries(way: str) -> tuple[str, ...]:
    """Return the packages that compute a model, the main one first."""
    own = {"bert": ("onnxruntime", "tokenizers"), "static": ("model2vec", "numpy", "tokenizers")}
    return own.get(way, ("sentence-transformers", "torch", "tokenizers"))


def _used(model: str, resolved: model_registry.Model, way: str, place: str, precision: Precision) -> Used:
    with _told(model, "loaded"):
        return Used(
            model=Path(model).name,
            revision=resolved.revision,
            fingerprint=resolved.fingerprint,
            way=way.split()[0],
            place=place,
            precision=precision,
            modules=tuple(model_files.kinds(resolved.folder)),
            pooling=model_files.pooling(resolved.folder),
            prompt=model_files.prompt(resolved.folder),
            window=onnx_bert.window(resolved.folder) if way == "bert" else 0,
            libraries=tuple(stage_record.library(name) for name in _libraries(way) if name in stage_record.NAMES),
        )


def _has_gpu() -> bool:
    try:
        import torch
    except ImportError:  # nothing here could use one
        return False
    return bool(torch.cuda.is_available())


def _mark(fingerprint: str, way: str, precision: str) -> str:
    """Return what a cached vector depends on besides its text: model, method, and library versions."""
    versions = [f"{library} {importlib.metadata.version(library)}" for library in _libraries(way)]
    return hashlib.sha256("\n".join([ARITHMETIC, fingerprint, way, precision, *versions]).encode()).hexdigest()


def _parts(keys: list[bytes]) -> Iterator[list[bytes]]:
    for first in range(0, len(keys), PART):
        yield keys[first : first + PART]


def _embed(encoder: Encoder, texts: list[str], *, progress: bool) -> list[Floats]:
    """Return one unit vector per text, in order; longest texts first, so that the progress bar does not slow down."""
    pieces = encoder.pieces(texts)
    chunks: list[tuple[int, str]] = []
    weights: list[int] = []
    for at, (text, n) in enumerate(zip(texts, pieces, strict=True)):
        parts = [text] if n <= encoder.window else _split(text, encoder)
        chunks += [(at, part) for part in parts]
        weights += [n] if len(parts) == 1 else encoder.pieces(parts)
    order = sorted(range(len(chunks)), key=lambda i: -weights[i])
    with tqdm(total=len(chunks), desc="embed", unit="text", disable=None if progress else True) as bar:
        computed = encoder.vectors([chunks[i][1] for i in order], bar.update)
    of_text: list[list[tuple[int, Floats]]] = [[] for _ in texts]
    for i, vector in sorted(zip(order, computed, strict=True), key=lambda pair: pair[0]):
        of_text[chunks[i][0]].append((weights[i], vector))
    return [_mean(found_) for found_ in of_text]


def _split(text: str, encoder: Encoder) -> list[str]:
    """Split a text at the space nearest its middle until each part fits the window."""
    if len(text) < 2 or encoder.pieces([text])[0] <= encoder.window:
        return [text]
    middle = len(text) // 2
    spaces = [at for at in range(1, len(text) - 1) if text[at].isspace()]
    cut = min(spaces, key=lambda at: abs(at - middle)) if spaces else middle
    return _split(text[:cut], encoder) + _split(text[cut:], encoder)


def _mean(parts: list[tuple[int, Floats]]) -> Floats:
    """Return a text's unit vector from the word pieces and vectors of its parts."""
    vectors = np.array([vector for _, vector in parts], dtype=np.float64)
    if not np.isfinite(vectors).all():
        raise EncoderError(
            "The model produced invalid vectors (NaN or infinite): its weights are damaged. Download it again."
        )
    total = vectors[0]
    if len(parts) > 1:
        total = np.sum([weight * row for (weight, _), row in zip(parts, unit(vectors), strict=True)], axis=0)
    mean: Floats = unit(total[None])[0].astype(np.float32)
    return mean


def _read(place: Path, mark: str) -> dict[bytes, Floats]:
    """Return the cached vectors by key; empty if the file is missing, damaged or from another model."""
    if not place.exists():
        return {}
    try:
        table = pq.read_table(place, page_checksum_verification=True)
        if (table.schema.metadata or {}).get(b"mark") != mark.encode():
            return {}
        keys = table["key"].to_pylist()
        vectors = table["vector"].combine_chunks()
        rows = vectors.flatten().to_numpy(zero_copy_only=False).reshape(len(keys), -1)
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        print(f"{place} cannot be read ({error}) and will be rebuilt.", file=sys.stderr)
        return {}
    return dict(zip(keys, rows.astype(np.float32), strict=True))


def _write(place: Path, mark: str, vectors: dict[bytes, Floats]) -> None:
    """Write the cache atomically: rows sorted by key, with checksums, so that damage is detected."""
    keys = sorted(vectors)
    rows = np.stack([vectors[key] for key in keys])
    column = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), rows.shape[1])
    table = pa.table({"key": pa.array(keys, pa.binary(32)), "vector": column}, metadata={"mark": mark})
    with atomic_files.beside(place) as temporary:
        pq.write_table(table, temporary, compression="none", write_page_checksum=True)
