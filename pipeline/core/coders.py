"""Who coded: people, and this program under every name that its tables, its exports and other programs give it.

Codings by the program come back in files of human codes, since other programs list it among their users. They are
nobody's second reading: whoever reads human codes asks `is_program` here.
"""

import re
import uuid
from collections.abc import Iterable

from pipeline.core import names

# The program as a coder in the tables, and the name of the user that its exports give its codings to.
PIPELINE = "pipeline"
MODEL = "Counterpoint (model)"
# Its id in REFI-QDA: one for all studies, so that it is known whatever another program calls it.
MODEL_GUID = str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:counterpoint:model"))
# Resolved disagreements come back as the codings of this coder, who is no third independent person.
CONSENSUS = "consensus"
# A coding with this code says: read, and no code applies. Filled blind sheets bring it.
NO_CODE = "(no code)"
# How the pipeline maps codes, and what that rests on. The first that was used is the study's primary method: what was
# learned from people's codes, else the codebook's words.
METHODS = {"few_shot": "from other documents’ codes", "zero_shot": "from the codebook’s words"}

_WORDS = re.compile(r"[^\W_]+")
_SEVERAL = re.compile(r"[,;/&+|]")


def pipeline_name(method: str) -> str:
    """What the pipeline is called as a coder, by one of its methods."""
    return f"{PIPELINE} ({method})"


def primary(methods: Iterable[str]) -> str:
    """The study's primary method among those that were used: whose codes are the pipeline's answer; empty for none."""
    used = set(methods)
    return next((method for method in METHODS if method in used), "")


def is_pipeline(coder: str) -> bool:
    """Whether a coder of our own tables is the pipeline, in any of its methods."""
    return coder == PIPELINE or (coder.startswith(f"{PIPELINE} (") and coder.endswith(")"))


def method_of(coder: str) -> str:
    """The method in the pipeline's name as a coder; "pipeline" where it names none."""
    return coder.removeprefix(PIPELINE).strip(" ()") or PIPELINE


def is_program(coder: str) -> bool:
    """Whether a name in a file of human codes is this program's, however another program wrote it.

    Case, spaces and marks do not count, nor does what is put behind a name that is taken ("_1", " (2)", " copy"), nor
    that a name was cut off after "Counterpoint". A name that begins with another, or names a person beside the program,
    is a person's.
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
