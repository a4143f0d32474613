"""Texts to vectors: each text once, long ones in parts, and only those that the side cache does not know.

A vector depends on the text, the model and the precision alone, to the byte: not on the other texts of the run, their
order, or the cache. Models of the BERT kind are computed by `bert`, static ones by `static`; any other by
sentence-transformers, one text at a time on the processor and in blocks of one shape on a GPU.
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

# Part of every cache's mark: raise it whenever this module or `bert` computes differently.
ARITHMETIC = "2"
# New vectors after which the cache is written, so that a run that is stopped loses no more.
PART = 16_384


class EncoderError(CounterpointError):
    """The model cannot be loaded or used as params.yaml asks."""


@dataclass(frozen=True)
class Used:
    """What vectors are made with: the model, what computes it, and where.

    `way`: bert, static or library; `place`: cpu or cuda; `window`: the most word pieces at once, 0 where there is no
    limit or the library alone knows it; `libraries`: those that compute, with their versions.
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
    """What turns texts into vectors: `window` is the most word pieces it takes at once."""

    window: int
    width: int

    def pieces(self, texts: list[str]) -> list[int]:
        """The number of word pieces of each text, however long."""

    def vectors(self, texts: list[str], advance: Callable[[int], object]) -> Floats:
        """The vectors (n, width) of texts within the window; `advance` is told of each few that are done."""


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
    """The vectors of texts, in their order: float32 (n, d), each of unit length.

    A text beyond the model's window is cut into parts, at spaces where there are any, and its vector is the mean of the
    parts' unit vectors, weighted by their word pieces. `cache`: a parquet file of vectors by the sha256 of their text;
    afterwards it holds those of `texts` and no others. What it does not know, `others` may. `tell` is given what the
    vectors are made with, those of the cache too: it keeps none that were made with anything else. Raises ModelError or
    EncoderError.
    """
    found = model_registry.find(model, kind="sentence-transformers", revision=revision, network=network)
    place = "cuda" if device == "auto" and _has_gpu() else "cpu"
    way = _way(model, found.folder, place)
    if precision == "int8" and way != "bert":
        raise EncoderError(
            f"embed.precision: int8 requires a BERT model on the CPU; '{model}' does not qualify here. Set "
            "float32, or choose another model."
        )
    if tell:
        tell(_used(model, found, way, place, precision))
    ways: dict[str, Callable[[], Encoder]] = {
        "static": partial(static_models.load_static_model, found.folder, found.fingerprint),
        "bert": partial(onnx_bert.Bert, found.folder, precision=precision),
    }
    load = ways.get(way, partial(Library, found.folder, place, batch_size))
    if not texts:
        if cache:
            cache.unlink(missing_ok=True)
        return np.empty((0, _loaded(model, load).width), dtype=np.float32)

    mark = _mark(found.fingerprint, way, precision)
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
    """What computes a model: static, bert, or the library it was made for, on `place`."""
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
    """The loaded model; raise EncoderError where its files cannot be read."""
    with _told(model, "loaded"):
        return load()


@contextmanager
def _told(model: str, what: str) -> Iterator[None]:
    """Say in a sentence (EncoderError) what the libraries say where a model is not what they expect."""
    from safetensors import SafetensorError

    errors = (ArithmeticError, AttributeError, ImportError, LookupError, OSError, RuntimeError, SafetensorError)
    try:
        yield
    except CounterpointError:
        raise
    except (*errors, TypeError, ValueError) as error:
        raise EncoderError(
            f"The model '{model}' cannot be {what} ({type(error).__name__}: {error}). Download it again, "
            "save it again with sentence-transformers, or choose another in embed.model of params.yaml."
        ) from None


class Library:
    """Any sentence-transformers model, run by that library."""

    def __init__(self, folder: Path, place: str, batch_size: int) -> None:
        """Load the model of a folder onto cpu or cuda."""
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
        # The model puts its prompt before each text, so that it counts towards the window.
        self._prompt = model_files.prompt(folder)
        if isinstance(self._model.tokenizer, Tokenizer):  # a static model's
            self._model.tokenizer.no_truncation()

    def pieces(self, texts: list[str]) -> list[int]:
        """The number of word pieces of each text with the model's prompt, however long it is."""
        texts = [self._prompt + text for text in texts]
        tokenizer: Any = self._model.tokenizer
        if hasattr(tokenizer, "encode_batch"):
            return [len(encoding.ids) for encoding in tokenizer.encode_batch(texts)]
        return [len(ids) for ids in tokenizer(texts, truncation=False, padding=False, verbose=False)["input_ids"]]

    def vectors(self, texts: list[str], advance: Callable[[int], object]) -> Floats:
        """The vectors (n, width) of texts within the window, in their order.

        Blocks are of one length and always full, the last text repeated where texts run out: nothing is padded, and the
        shape that a text is computed in depends on its length alone.
        """
        lengths = self.pieces(texts)
        vectors = np.empty((len(texts), self.width), dtype=np.float32)
        for length in sorted(set(lengths)):
            same = [at for at, n in enumerate(lengths) if n == length]
            for first in range(0, len(same), self._rows):
                block = same[first : first + self._rows]
                full = [texts[at] for at in block] + [texts[block[-1]]] * (self._rows - len(block))
                found = self._model.encode(full, batch_size=self._rows, show_progress_bar=False)
                vectors[block] = found[: len(block)]
                advance(len(block))
        return vectors


def _libraries(way: str) -> tuple[str, ...]:
    """The packages that compute a model, the one that does most of it first."""
    own = {"bert": ("onnxruntime", "tokenizers"), "static": ("model2vec", "numpy", "tokenizers")}
    return own.get(way, ("sentence-transformers", "torch", "tokenizers"))


def _used(model: str, found: model_registry.Model, way: str, place: str, precision: Precision) -> Used:
    with _told(model, "loaded"):
        return Used(
            model=Path(model).name,
            revision=found.revision,
            fingerprint=found.fingerprint,
            way=way.split()[0],
            place=place,
            precision=precision,
            modules=tuple(model_files.kinds(found.folder)),
            pooling=model_files.pooling(found.folder),
            prompt=model_files.prompt(found.folder),
            window=onnx_bert.window(found.folder) if way == "bert" else 0,
            libraries=tuple(stage_record.library(name) for name in _libraries(way) if name in stage_record.NAMES),
        )


def _has_gpu() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def _mark(fingerprint: str, way: str, precision: str) -> str:
    """What a cached vector depends on beside its text: the model, how it is computed, the libraries' versions."""
    versions = [f"{library} {importlib.metadata.version(library)}" for library in _libraries(way)]
    return hashlib.sha256("\n".join([ARITHMETIC, fingerprint, way, precision, *versions]).encode()).hexdigest()


def _parts(keys: list[bytes]) -> Iterator[list[bytes]]:
    for first in range(0, len(keys), PART):
        yield keys[first : first + PART]


def _embed(encoder: Encoder, texts: list[str], *, progress: bool) -> list[Floats]:
    """A unit vector a text, in order; the longest texts first, so that the progress bar does not promise too much."""
    pieces = encoder.pieces(texts)
    chunks: list[tuple[int, str]] = []
    weights: list[int] = []
    for at, (text, n) in enumerate(zip(texts, pieces, strict=True)):
        parts = [text] if n <= encoder.window else _split(text, encoder)
        chunks += [(at, part) for part in parts]
        weights += [n] if len(parts) == 1 else encoder.pieces(parts)
    order = sorted(range(len(chunks)), key=lambda i: -weights[i])
    with tqdm(total=len(chunks), desc="embed", unit="text", disable=None if progress else True) as bar:
        found = encoder.vectors([chunks[i][1] for i in order], bar.update)
    of_text: list[list[tuple[int, Floats]]] = [[] for _ in texts]
    for i, vector in sorted(zip(order, found, strict=True), key=lambda pair: pair[0]):
        of_text[chunks[i][0]].append((weights[i], vector))
    return [_mean(found_) for found_ in of_text]


def _split(text: str, encoder: Encoder) -> list[str]:
    """Cut a text in two, at the space nearest its middle, until each part is within the window."""
    if len(text) < 2 or encoder.pieces([text])[0] <= encoder.window:
        return [text]
    middle = len(text) // 2
    spaces = [at for at in range(1, len(text) - 1) if text[at].isspace()]
    cut = min(spaces, key=lambda at: abs(at - middle)) if spaces else middle
    return _split(text[:cut], encoder) + _split(text[cut:], encoder)


def _mean(parts: list[tuple[int, Floats]]) -> Floats:
    """The unit vector of one text from its parts' word pieces and vectors."""
    vectors = np.array([vector for _, vector in parts], dtype=np.float64)
    if not np.isfinite(vectors).all():
        raise EncoderError(
            "The model produced invalid vectors (NaN or infinite): its weights are damaged. Download it again."
        )
    total = vectors[0]
    if len(parts) > 1:
        total = np.sum([weight * row for (weight, _), row in zip(parts, unit(vectors), strict=True)], axis=0)
    found: Floats = unit(total[None])[0].astype(np.float32)
    return found


def _read(place: Path, mark: str) -> dict[bytes, Floats]:
    """The cached vectors by key; none where there is no file, where it is another model's, or where it is damaged."""
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
    """Write the cache whole or not at all: rows in order of key, with checksums, so that damage is noticed."""
    keys = sorted(vectors)
    rows = np.stack([vectors[key] for key in keys])
    column = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), rows.shape[1])
    table = pa.table({"key": pa.array(keys, pa.binary(32)), "vector": column}, metadata={"mark": mark})
    with atomic_files.beside(place) as temporary:
        pq.write_table(table, temporary, compression="none", write_page_checksum=True)
