"""What the files of a sentence-transformers model say: its modules in their order, their settings, and its prompt."""

import json
from pathlib import Path
from typing import Any

SENTENCE_TRANSFORMERS = "config_sentence_transformers.json"
MADE_AS = "SentenceTransformer"
# What the library also makes: models of pairs of texts, of words counted, of a vector for each word piece.
OTHER_KINDS = ("cross_encoder", "multi_vector_encoder", "sparse_encoder")
# What its settings say without changing a vector.
HARMLESS = frozenset(("__version__", "prompts", "requirements", "similarity_fn_name"))


def read_json(place: Path) -> Any:
    """A file of JSON; an empty dictionary where there is none. Raises ValueError where it is damaged."""
    try:
        return json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
    except ValueError as error:
        raise ValueError(f"{place.name}: {error}") from None


def tokenizer(folder: Path) -> Any:
    """The tokenizer in a folder, which cuts no text and fills none up. Raises ValueError where its file is damaged."""
    from tokenizers import Tokenizer

    try:
        found = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # noqa: BLE001 (the library raises nothing narrower)
        raise ValueError(f"tokenizer.json: {error}") from None
    found.no_padding()
    found.no_truncation()
    return found


def modules(folder: Path) -> list[tuple[str, Path]]:
    """The kind of each module and its folder, in the order in which a text goes through them."""
    listed = read_json(folder / "modules.json") or []
    return [(str(one["type"]).rsplit(".", 1)[-1], folder / str(one.get("path", ""))) for one in listed]


def other_kind(folder: Path) -> str:
    """What a model is, where it gives something else than one vector a text; else empty."""
    made_as = str(read_json(folder / SENTENCE_TRANSFORMERS).get("model_type", MADE_AS))
    types = [str(one["type"]) for one in read_json(folder / "modules.json") or []]
    other = [name for name in types if name.split(".")[1:2] and name.split(".")[1] in OTHER_KINDS]
    return made_as if made_as != MADE_AS else "".join(other[:1])


def kinds(folder: Path) -> list[str]:
    """The kinds of the modules, such as Transformer, Pooling, Normalize; empty where the folder lists none."""
    return [kind for kind, _ in modules(folder)]


def prompt(folder: Path) -> str:
    """What the model puts before each text unasked (its default prompt), or empty."""
    config = read_json(folder / SENTENCE_TRANSFORMERS)
    return str((config.get("prompts") or {}).get(config.get("default_prompt_name") or "", ""))


def is_plain(folder: Path) -> bool:
    """Whether a model's vectors are those of its modules alone: no prompt, no numbers cut off, nothing unknown."""
    config = read_json(folder / SENTENCE_TRANSFORMERS)
    left = {key: value for key, value in config.items() if key not in HARMLESS and value is not None}
    return left in ({}, {"model_type": MADE_AS})


def pooling(folder: Path) -> str:
    """How the vectors of word pieces become one: mean, cls, max, weightedmean, …; several with a + between them."""
    place = next((place for kind, place in modules(folder) if kind == "Pooling"), None)
    config = read_json(place / "config.json") if place else {}
    if "pooling_mode" in config:
        modes = config["pooling_mode"]
        return modes if isinstance(modes, str) else "+".join(map(str, modes))
    chosen = [key for key, value in config.items() if key.startswith("pooling_mode_") and value is True]
    return "+".join(key.removeprefix("pooling_mode_").removesuffix("_token").removesuffix("_tokens") for key in chosen)


def pools_all(folder: Path) -> bool:
    """Whether pooling takes in every word piece, those of a prompt too."""
    return all(
        read_json(place / "config.json").get("include_prompt") is not False
        for kind, place in modules(folder)
        if kind == "Pooling"
    )
