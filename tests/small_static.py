"""A small static model, as model2vec and sentence-transformers save theirs."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from pipeline import models


def static(
    folder: Path,
    *,
    path: str = "0_StaticEmbedding",
    key: str = "embedding.weight",
    kinds: tuple[str, ...] = ("StaticEmbedding",),
) -> Path:
    """Write MiniLM's own word vectors as a static model."""
    minilm = models.find("all-MiniLM-L6-v2", kind="sentence-transformers").folder
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
