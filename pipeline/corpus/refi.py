"""REFI-QDA 1.0, in which programs for qualitative analysis exchange projects: what reading and writing it share."""

import re
import uuid

from pipeline.core import coders, terms

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
ORIGIN = "Counterpoint"
# What this project adds to a file under names of its own, so that it is known again when the file comes back.
THEMES = "Candidate themes"
BEYOND = "Codes beyond the codebook"
CANDIDATE = ("Candidate codes (", "Candidate theme: ")
SOURCE_TYPE = "source_type"
# QualCoder cannot read a selection without a date. This one stands for "not known".
UNDATED = "2000-01-01T00:00:00Z"

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:counterpoint:refi-qda")
_SPEAKER = re.compile(r"Speaker: (.*); part: (" + "|".join(terms.PARTS) + r"); case: (.*)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")
_MIDNIGHT = "T00:00:00Z"


def guid(study: str, kind: str, *key: object) -> str:
    """The id of a thing in a study: the same in every export, and another for every other thing."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join([study, kind, *(str(part) for part in key)])))


def user(study: str, name: str) -> str:
    """The id of a coder, who is of one study, or of this program, which is the same user in all of them."""
    return coders.MODEL_GUID if name == coders.MODEL else guid(study, "user", name)


def program_users(project: str) -> frozenset[str]:
    """The ids by which this program's own user may be known in a project of that name.

    Beside the one of all studies, that which exports once made of the study's name.
    """
    return frozenset((coders.MODEL_GUID, guid(project, "user", coders.MODEL)))


def is_candidate(description: str) -> bool:
    """Whether a selection's description is one that exports write to what the program applied."""
    return description.startswith(CANDIDATE)


def speaker_line(speaker: str, part: str, case: str) -> str:
    """A line of a source's description that says who a speaker is."""
    return f"Speaker: {speaker}; part: {part}; case: {case}"


def speakers(description: str) -> list[tuple[str, str, str]]:
    """The (speaker, part, case) of every such line of a source's description."""
    found = [_SPEAKER.fullmatch(line) for line in description.splitlines()]
    return [(line[1], line[2], line[3]) for line in found if line]


def moment(date: str) -> str:
    """A date as the format writes it (`2026-01-15` is midnight); empty where it is none."""
    date = date.strip()
    if _DAY.fullmatch(date):
        return date + _MIDNIGHT
    found = _MOMENT.fullmatch(date)
    return f"{found[1]}T{found[2]}{found[3] or ':00'}{found[4] or 'Z'}" if found else ""


def date_of(written: str) -> str:
    """The date in a file, the way back from `moment`; empty where it stands for "not known"."""
    return "" if written == UNDATED else written.removesuffix(_MIDNIGHT)


def file_line(document: str) -> str:
    """The line of a source's description that says which file of a study it is."""
    return f"File: {document}"


def file_of(description: str) -> str:
    """The file that such a line names, or empty."""
    first = description.split("\n", 1)[0]
    return first.removeprefix("File: ").strip() if first.startswith("File: ") else ""


def counting(unit: str) -> str:
    """The sentence by which an export says what its positions count: code points or UTF-16 units."""
    return f"Positions count {unit}; the end is not included."


def counted(description: str) -> str:
    """The unit that such a sentence names, or empty."""
    return next((unit for unit in ("code points", "UTF-16 units") if counting(unit) in description), "")
