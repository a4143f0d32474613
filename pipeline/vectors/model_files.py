"""Reads the configuration of a sentence-transformers model: modules, settings and prompt."""

import json
from pathlib import Path
from typing import Any

SENTENCE_TRANSFORMERS = "config_sentence_transformers.json"
MADE_AS = "SentenceTransformer"
# Other kinds of model made by the library, which do not give one vector per text.
OTHER_KINDS = ("cross_encoder", "multi_vector_encoder", "sparse_encoder")
# Settings that do not change vectors.
HARMLESS = frozenset(("__version__", "prompts", "requirements", "similarity_fn_name"))


def read_json(place: Path) -> Any:
    """Return the content of a JSON file; an empty dictionary without one. Raises ValueError if it is damaged."""
    try:
        return json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    except ValueError as error:
        raise ValueError(f"{place.name}: {error}") from None


def tokenizer(folder: Path) -> Any:
    """Return the tokenizer in a folder, without truncation and padding. Raises ValueError if it is damaged."""
    from tokenizers import Tokenizer

    try:
        loaded = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # noqa: BLE001 (the library raises nothing narrower)
        raise ValueError(f"tokenizer.json: {error}") from None
    loaded.no_padding()
    loaded.no_truncation()
    return loaded


def modules(folder: Path) -> list[tuple[str, Path]]:
    """Return the kind and folder of each module, in order of processing."""
    listed = read_json(folder / "modules.json") or []
    return [(str(one["type"]).rsplit(".", 1)[-1], folder / str(one.get("path", ""))) for one in listed]


def other_kind(folder: Path) -> str:
    """Return the kind of a model that does not give one vector per text, otherwise ''."""
    made_as = str(read_json(folder / SENTENCE_TRANSFORMERS).get("model_type", MADE_AS))
    types = [str(one["type"]) for one in read_json(folder / "modules.json") or []]
    other = [name for name in types if name.split(".")[1:2] and name.split(".")[1] in OTHER_KINDS]
    return made_as if made_as != MADE_AS else "".join(other[:1])


def kinds(folder: Path) -> list[str]:
    """Return the kinds of the modules, such as Transformer, Pooling, Normalize; empty if none are listed."""
    return [kind for kind, _ in modules(folder)]


def prompt(folder: Path) -> str:
    """Return the default prompt that the model prepends to each text, or ''."""
    config = read_json(folder / SENTENCE_TRANSFORMERS)
    return str((config.get("prompts") or {}).get(config.get("default_prompt_name") or "", ""))


def is_plain(folder: Path) -> bool:
    """Return whether a model's vectors come from its modules alone: no prompt, no truncation, nothing unknown."""
    config = read_json(folder / SENTENCE_TRANSFORMERS)
    left = {key: value for key, value in config.items() if key not in HARMLESS and value is not None}
    return left in ({}, {"model_type": MADE_AS})


def pooling(folder: Path) -> str:
    """Return the pooling of word piece vectors: mean, cls, max, weightedmean, …, joined by + if there are several."""
    place = next((place for kind, place in modules(folder) if kind == "Pooling"), None)
    config = read_json(place / "config.json") if place else {}
    if "pooling_mode" in config:
        modes = config["pooling_mode"]
        return modes if isinstance(modes, str) else "+".join(map(str, modes))
    chosen = [key for key, value in config.items() if key.startswith("pooling_mode_") and value is True]
    return "+".join(key.removeprefix("pooling_mode_").removesuffix("_token").removesuffix("_tokens") for key in chosen)


def pools_all(folder: Path) -> bool:
    """Return whether pooling covers every word piece, including those of a prompt."""
    return all(
        read_json(place / "config.json").get("include_prompt") is not False
        for kind, place in modules(folder)
        if kind == "Pooling"
    )
