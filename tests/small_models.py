"""Small sentence-transformers models with random weights, so that tests of any kind of model take no time."""

import json
import shutil
from pathlib import Path

from pipeline.core import model_registry


def bert(folder: Path, *, pooling: str = "mean", window: int = 24, normalize: bool = True, **config: object) -> Path:
    """Write a two-layer BERT of width 32 with MiniLM's word list."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    settings = BertConfig(**(sizes | {"max_position_embeddings": 64, "initializer_range": 0.5} | config))
    BertModel(settings, add_pooling_layer=False).save_pretrained(folder)
    minilm = model_registry.find("all-MiniLM-L6-v2", kind="sentence-transformers").folder
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        shutil.copy(minilm / name, folder / name)
    kinds = ["Transformer", "Pooling"] + ["Normalize"] * normalize
    modules = [
        {"idx": i, "name": str(i), "path": f"{i}_{kind}" if i else "", "type": f"sentence_transformers.models.{kind}"}
        for i, kind in enumerate(kinds)
    ]
    dump(folder / "modules.json", modules)
    dump(folder / "sentence_bert_config.json", {"max_seq_length": window, "do_lower_case": False})
    modes = {
        f"pooling_mode_{name}": False for name in ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")
    }
    chosen = {"mean": "mean_tokens", "cls": "cls_token", "max": "max_tokens"}[pooling]
    dump(
        folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, **modes, f"pooling_mode_{chosen}": True}
    )
    (folder / "2_Normalize").mkdir(exist_ok=True)
    return folder


def dump(place: Path, value: object) -> None:
    """Write JSON, with the folders above it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(value))
