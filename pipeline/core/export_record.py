"""What an export wrote to a folder, by its own list: tells its unchanged files from edited ones."""

import hashlib
import json
from pathlib import Path

from pipeline.core.study_paths import EXPORT_LIST


def known_hashes(place: Path, study: str | None = None) -> dict[str, list[str]]:
    """Return the hashes of the files an export wrote to a folder, for `study` or (None) any study; empty if none."""
    try:
        manifest = json.loads((place / EXPORT_LIST).read_text(encoding="utf-8"))
        hashes_of = {str(name): [str(hash_) for hash_ in hashes] for name, hashes in manifest["files"].items()}
        return hashes_of if study in (None, manifest["study"]) else {}
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def unchanged(place: Path, file: Path) -> bool:
    """Return whether a file below an export's folder is as the export wrote it."""
    if not file.is_relative_to(place):
        return False
    known = known_hashes(place).get(file.relative_to(place).as_posix(), [])
    return hashlib.sha256(file.read_bytes()).hexdigest() in known
