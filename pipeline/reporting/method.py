"""How the results came about: settings and versions."""

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline import words

PACKAGES = (
    "bertopic",
    "numpy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "scikit-network",
    "scipy",
    "sentence-transformers",
    "spacy",
    "torch",
    "transformers",
)


def versions() -> tuple[tuple[str, str], ...]:
    """The installed version of each library that shapes a result, and of this program first."""
    found = []
    for name in ("counterpoint", *PACKAGES):
        try:
            found.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append((name, "not installed"))
    return tuple(found)


def draft(
    *,
    sources: str,
    n_segments: int,
    n_themes: int,
    n_codes: int,
    coders: Sequence[str],
    params: Mapping[str, Any],
    decided: str = "",
) -> tuple[str, ...]:
    """Sentences to start a methods section from: only what the run itself knows, nothing judged.

    `n_themes`: the candidates that were found; `decided`: what people made of them, in words.
    """
    installed = dict(versions())
    segment, embed = params["segment"], params["embed"]
    size = (
        f"whole sentences of one turn, up to {segment['max_words']} words"
        if segment["unit"] == "window"
        else segment["unit"]
    )
    said = [
        f"{sources[:1].upper()}{sources[1:]} were divided into segments ({size}) with spaCy {installed['spacy']} "
        f"({segment['model']}); {words.count(n_segments, 'segment')} of participants’ talk or of written sources were "
        "analysed, and interviewers’ words were set aside.",
        f"Segments were represented by {embed['model']} (sentence-transformers {installed['sentence-transformers']}) "
        f"and grouped with BERTopic {installed['bertopic']} into {words.count(n_themes, 'candidate theme')} "
        f"(seed {params['seed']}).",
    ]
    if decided:
        said.append(f"{decided}.")
    if n_codes:
        said.append(
            f"Each segment was set against the {words.count(n_codes, 'code')} of the framework, and the result was "
            "arranged as a framework matrix of cases by codes (Gale et al. 2013)."
        )
    if coders:
        said.append(f"The interviews were also coded by {words.count(len(coders), 'person', 'people')}.")
    said.append("All machine results were treated as candidates. [Say here who read them, and what was decided.]")
    return tuple(said)


def settings(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every setting of the run, `section.name` and its value as params.yaml would write it."""
    found = []
    for section, values in params.items():
        if isinstance(values, Mapping):
            found += [(f"{section}.{name}", _shown(value)) for name, value in values.items()]
        else:
            found.append((section, _shown(values)))
    return tuple(found)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ", ".join(str(item) for item in value)
    return json.dumps(value)
