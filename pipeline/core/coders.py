"""Coders: people, and this program under every name that tables, exports and other programs give it.

Other programs list this program among their users, so its codings can come back in files of human codes. They are not
an independent second coding: code that reads human codes must check `is_program`.
"""

import re
import uuid
from collections.abc import Iterable

from pipeline.core import names

# This program as a coder in our tables, and as a user in exported projects.
PIPELINE = "pipeline"
MODEL = "Counterpoint (model)"
# Its REFI-QDA id, the same for all studies, so that it is recognised after another program renamed it.
MODEL_GUID = str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:counterpoint:model"))
# Coder of resolved disagreements; not an independent coder.
CONSENSUS = "consensus"
# Marks a passage that was read and fits no code. Used in blind sheets.
NO_CODE = "(no code)"
# Mapping methods, and what each is based on. The first one used is the study's primary method.
METHODS = {"few_shot": "using human codes of other documents", "zero_shot": "using the codebook only"}

_WORDS = re.compile(r"[^\W_]+")
_SEVERAL = re.compile(r"[,;/&+|]")


def people(names: Iterable[str]) -> list[str]:
    """Return the people among coders, sorted, each once; the consensus and the pipeline are no further person."""
    return sorted({name for name in names if name != CONSENSUS and not is_pipeline(name)})


def pipeline_name(method: str) -> str:
    """Return the pipeline's name as a coder for a mapping method."""
    return f"{PIPELINE} ({method})"


def primary(methods: Iterable[str]) -> str:
    """Return the study's primary method: the first of `METHODS` that was used, or '' if none was."""
    used = set(methods)
    return next((method for method in METHODS if method in used), "")


def is_pipeline(coder: str) -> bool:
    """Return whether a coder in our own tables is the pipeline, with any method."""
    return coder == PIPELINE or (coder.startswith(f"{PIPELINE} (") and coder.endswith(")"))


def method_of(coder: str) -> str:
    """Return the method in the pipeline's coder name; "pipeline" if it names none."""
    return coder.removeprefix(PIPELINE).strip(" ()") or PIPELINE


def is_program(coder: str) -> bool:
    """Return whether a coder in a file of human codes is this program, as other programs may write its name.

    Ignores case, spaces and punctuation, suffixes added to duplicate names ("_1", " (2)", " copy"), and truncation
    after "Counterpoint". A longer name that only begins with this program's, or that also names a person, counts as a
    person.
    """
    if coder.strip().strip("{}").casefold() == MODEL_GUID:
        return True
    parts = [part for part in _SEVERAL.split(names.key(coder)) if _level(part)]
    return bool(parts) and all(_is_model(_level(name)) or _is_method(_level(name)) for name in parts)


def _level(name: str) -> str:
    return " ".join(_WORDS.findall(name))


def _is_model(name: str) -> bool:
    full = _level(MODEL.casefold())
    for whole in (full, full.replace(" ", "")):
        behind = name.removeprefix(whole)
        if behind != name and (not behind or behind[0] == " " or behind[0].isdecimal()):
            return True
    short = name.rstrip(" 0123456789")
    return short.startswith(full.split()[0]) and full.startswith(short)


def _is_method(name: str) -> bool:
    known = {PIPELINE, *(_level(pipeline_name(method)) for method in METHODS)}
    return name.rstrip(" 0123456789") in known
