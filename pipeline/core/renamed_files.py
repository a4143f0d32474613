"""Files of a study that had another name in earlier versions: both names are read, and the next run renames them."""

import re
from pathlib import Path

from pipeline.core import atomic_files, git_exclusions, text_files
from pipeline.core.errors import CounterpointError

# Present name and key of a file of entries, and the earlier ones.
NAMES = {"passages_read.yaml": "reading.yaml", "interpretations.yaml": "readings.yaml"}
KEYS = {"passages_read": "reading", "interpretations": "readings"}


class RenamedError(CounterpointError):
    """A file exists under its present and under its earlier name."""


def present(place: Path) -> Path:
    """Return where a file is: under its present name, or under its earlier one where only that exists."""
    earlier = place.with_name(NAMES.get(place.name, place.name))
    return earlier if earlier.is_file() and not place.exists() else place


def both(place: Path) -> str:
    """Return what to do where a file exists under both names; empty where it does not."""
    earlier = place.with_name(NAMES.get(place.name, place.name))
    if earlier == place or not (place.exists() and earlier.exists()):
        return ""
    return (
        f"{earlier} is the earlier name of {place}, and both exist. Move the entries of {earlier.name} to "
        f"{place.name}, and delete {earlier.name}."
    )


def with_present_key(text: str, key: str) -> str:
    """Return a file's text with its earlier key, at the start of a line, replaced by the present one."""
    return re.sub(rf"(?m)^{KEYS[key]}(?=\s*:)", key, text) if key in KEYS else text


def rename(folder: Path) -> list[Path]:
    """Rename the files of a study that have earlier names; return them. The study's lock must be held.

    Git's exclusions follow. Raises RenamedError, before anything is changed, where both names exist.
    """
    waiting = {folder / new: folder / old for new, old in NAMES.items() if (folder / old).is_file()}
    for place in waiting:
        if fault := both(place):
            raise RenamedError(fault)
    for place, earlier in waiting.items():
        atomic_files.create(place, with_present_key(text_files.read_text(earlier), place.stem))
        earlier.unlink()
    rules = folder / git_exclusions.NAME
    if waiting and rules.is_file():
        text = rules.read_text(encoding="utf-8")
        for new, old in NAMES.items():
            text = re.sub(rf"(?m)^!/{re.escape(old)}$", f"!/{new}", text)
        atomic_files.write(rules, text)
    return list(waiting)
