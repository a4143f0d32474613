"""Small static models, as model2vec and sentence-transformers save theirs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from pipeline.core import model_registry


def static(
    folder: Path,
    *,
    path: str = "0_StaticEmbedding",
    key: str = "embedding.weight",
    kinds: tuple[str, ...] = ("StaticEmbedding",),
) -> Path:
    """Write MiniLM's own word vectors as a static model."""
    minilm = model_registry.find("all-MiniLM-L6-v2", kind="sentence-transformers").folder
    place = folder / path
    place.mkdir(parents=True)
    weights = load_file(minilm / "model.safetensors")
    words = weights[next(name for name in weights if name.endswith("word_embeddings.weight"))]
    save_file({key: words.astype(np.float32)}, place / "model.safetensors")
    stored = json.loads((minilm / "tokenizer.json").read_text(encoding="utf-8")) | {"truncation": None, "padding": None}
    (place / "tokenizer.json").write_text(json.dumps(stored), encoding="utf-8")
    module = "sentence_transformers.models"
    listed = [
        {
            "idx": number,
            "name": str(number),
            "path": path if number == 0 else f"{number}_{kind}",
            "type": f"{module}.{kind}",
        }
        for number, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(listed))
    for entry in listed[1:]:
        (folder / entry["path"]).mkdir()
    (folder / "config_sentence_transformers.json").write_text("{}")
    return folder


def model2vec(
    folder: Path,
    *,
    kind: str = "float32",
    weighted: bool = False,
    shared: bool = False,
    normalize: bool = False,
    max_length: int | None = 512,
    tokens: str = "WordLevel",
    listed: bool = True,
) -> Path:
    """Save a model of six word pieces, one of them for unknown words, with the library itself.

    `kind`: of its numbers. `weighted`: each piece has a weight; `shared`: several share one vector (vocabulary
    quantization). `listed`: with the modules.json that older versions did not write.
    """
    from model2vec import StaticModel

    vectors = np.random.default_rng(7).normal(size=(6, 4))
    vectors = np.rint(vectors * 40) if kind == "int8" else vectors
    StaticModel(
        (vectors[:3] if shared else vectors).astype(kind),
        _tokenizer(tokens),
        normalize=normalize,
        weights=np.linspace(0.2, 3, 6) if weighted else None,
        token_mapping=np.array([0, 1, 2, 2, 1, 0]) if shared else None,
        max_length=max_length,
    ).save_pretrained(folder)
    if not listed:
        (folder / "modules.json").unlink()
    return folder


def _tokenizer(kind: str) -> Any:
    from tokenizers import Tokenizer
    from tokenizers import models as of
    from tokenizers.pre_tokenizers import Whitespace

    pieces = ["[UNK]", "nobody", "had", "time", "home", "never"]
    numbered = {piece: number for number, piece in enumerate(pieces)}
    model = {
        "WordLevel": lambda: of.WordLevel(numbered, unk_token="[UNK]"),
        "WordPiece": lambda: of.WordPiece(numbered, unk_token="[UNK]"),
        "Unigram": lambda: of.Unigram([(piece, -1.0 - number) for piece, number in numbered.items()], unk_id=0),
    }[kind]()
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = Whitespace()
    return tokenizer
