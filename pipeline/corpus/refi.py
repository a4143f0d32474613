"""REFI-QDA 1.0, the exchange format of programs for qualitative analysis: definitions shared by reading and writing."""

import re
import uuid

from pipeline.core import coders, terms

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
ORIGIN = "Counterpoint"
# Names of what exports add to a project, by which it is recognised when the file is imported again.
THEMES = "Candidate themes"
BEYOND = "Codes beyond the codebook"
CANDIDATE = ("Candidate codes (", "Candidate theme: ")
SOURCE_TYPE = "source_type"
# The longest path of a Taguette tag.
TAG = 200
# Begins the description of a passage that is a turn of a case.
TURN = "Turn of the case "
# Stands for an unknown date, because QualCoder requires one.
UNDATED = "2000-01-01T00:00:00Z"
# As programs that imported it write it again.
_NO_DATE = re.compile(r"2000-01-01(?:[T ]00:00:00(?:\.0+)?(?:Z|[+-]00:00)?)?")

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:counterpoint:refi-qda")
_SPEAKER = re.compile(r"Speaker: (.*); part: (" + "|".join(terms.PARTS) + r"); case: (.*)")
_MEMO = re.compile(r"Memo(?: by (.*?))?(?:, (\d{4}-\d{2}-\d{2}\S*))?:(?: (.*))?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")
_MIDNIGHT = "T00:00:00Z"


def guid(study: str, kind: str, *key: object) -> str:
    """Return the id of an object in a study: the same in every export, unique to the object."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join([study, kind, *(str(part) for part in key)])))


def user(study: str, name: str) -> str:
    """Return a coder's id: unique to the study, except for this program, whose id is the same in all studies."""
    return coders.MODEL_GUID if name == coders.MODEL else guid(study, "user", name)


def program_users(project: str) -> frozenset[str]:
    """Return the ids under which this program's user may appear in a project of that name.

    Earlier versions derived the id from the study's name.
    """
    return frozenset((coders.MODEL_GUID, guid(project, "user", coders.MODEL)))


def is_candidate(description: str) -> bool:
    """Return whether a selection's description is one that exports write for the program's own codings."""
    return description.startswith(CANDIDATE)


def speaker_line(speaker: str, part: str, case: str) -> str:
    """Return the line of a source's description that describes a speaker."""
    return f"Speaker: {speaker}; part: {part}; case: {case}"


def speakers(description: str) -> list[tuple[str, str, str]]:
    """Return (speaker, part, case) for each such line in a source's description."""
    found = [_SPEAKER.fullmatch(line) for line in description.splitlines()]
    return [(line[1], line[2], line[3]) for line in found if line]


def is_own_set(name: str) -> bool:
    """Return whether exports make sets of that name; another program may bring them back as variables."""
    return name == BEYOND or name.startswith(CANDIDATE[1])


def memo_line(title: str, author: str, date: str) -> str:
    """Return the line that begins a memo in a source's description."""
    return f"Memo{f' by {author}' if author else ''}{f', {date}' if date else ''}: {' '.join(title.split())}".rstrip()


def beside_own_lines(description: str) -> list[dict[str, str]]:
    """Return the memos in a source's description: those that exports wrote, or all of another program's text."""
    if not description.strip():
        return []
    if not file_of(description):
        return [{"memo": description.strip()}]
    found: list[dict[str, str]] = []
    for line in description.splitlines():
        begun = _MEMO.fullmatch(line)
        if begun:
            cells = {"author": begun[1], "date": begun[2], "title": begun[3]}
            found.append({name: cell or "" for name, cell in cells.items()} | {"memo": ""})
        elif found:
            found[-1]["memo"] = f"{found[-1]['memo']}\n{line}".lstrip("\n")
    return found


def moment(date: str) -> str:
    """Return a date in the format's form (`2026-01-15` becomes midnight); '' if it is not a date."""
    date = date.strip()
    if _DAY.fullmatch(date):
        return date + _MIDNIGHT
    found = _MOMENT.fullmatch(date)
    return f"{found[1]}T{found[2]}{found[3] or ':00'}{found[4] or 'Z'}" if found else ""


def date_of(written: str) -> str:
    """Return the date in a file; the inverse of `moment`. '' for an unknown date."""
    written = written.strip()
    return "" if _NO_DATE.fullmatch(written) else written.removesuffix(_MIDNIGHT)


def file_line(document: str) -> str:
    """Return the line of a source's description that names its file in the study."""
    return f"File: {document}"


def file_of(description: str) -> str:
    """Return the file named by such a line, or ''."""
    first = description.split("\n", 1)[0]
    return first.removeprefix("File: ").strip() if first.startswith("File: ") else ""


def counting(unit: str) -> str:
    """Return the sentence by which an export states its unit of positions: code points or UTF-16 units."""
    return f"Positions count {unit}; the end is not included."


def counted(description: str) -> str:
    """Return the unit named by such a sentence, or ''."""
    return next((unit for unit in ("code points", "UTF-16 units") if counting(unit) in description), "")


def tag_path(name: str) -> str:
    """Return a code's name as the path of a Taguette tag, which is cut at 200 characters."""
    return name if len(name) <= TAG else f"{name[: TAG - 1]}…"


def tag_told(name: str, description: str) -> str:
    """Return a tag's description, with a line for a code's name that is longer than a tag's path."""
    return description if len(name) <= TAG else f"Name: {name}\n{description}"


def tag_name(path: str, description: str) -> tuple[str, str]:
    """Return the name and description of a code from those of a tag; the inverse of the two above."""
    first, _, rest = description.partition("\n")
    name = first.removeprefix("Name: ")
    shortened = len(path) > TAG - 10 and first.startswith("Name: ") and name.startswith(path[: TAG - 10])
    return (name, rest) if shortened else (path, description)
