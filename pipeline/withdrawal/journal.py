"""The journal of a withdrawal: all planned steps, written to disk first, so that an interrupted one can continue.

It contains ids and names, which have to be searched for, and fingerprints of sentences, but none of the person's words.
Changed files are stored with it in their final form and then renamed into place, which needs no space on a full disk.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.core import atomic_files, withdrawal_state
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.withdrawal.search_terms import Needles

VERSION = 1


class JournalError(CounterpointError):
    """An unfinished withdrawal cannot continue; the message says what to do."""


@dataclass(frozen=True)
class Change:
    """A file to delete (`after` is '') or change: its path below the study's folder, and its SHA-256 before and after.

    `held`: the name of the file with its final content, in the journal's folder.
    """

    path: str
    before: str
    after: str = ""
    held: str = ""


@dataclass(frozen=True)
class Journal:
    """A withdrawal in progress. `words`: the command's options; `ids`: by kind: segments, documents, cases, labels.

    `nobody`: changed files that also have text without a speaker; `beyond`: what is out of reach, in sentences.
    """

    subject: str
    words: Mapping[str, str]
    changes: tuple[Change, ...]
    ids: Mapping[str, frozenset[str]]
    needles: Needles
    nobody: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    emptied: bool = field(default=False, compare=False)


def begin(study: Path, journal: Journal, contents: Mapping[str, bytes]) -> None:
    """Write the journal of a withdrawal, its files first. `contents`: the final content of files, by path."""
    clear(study)
    try:
        _write(study, journal, contents)
    except OSError:  # nothing was changed, so there is nothing to continue
        clear(study)
        raise


def _write(study: Path, journal: Journal, contents: Mapping[str, bytes]) -> None:
    folder = Places(study).withdrawal
    atomic_files.write(folder / ".gitignore", "*\n")
    for change in journal.changes:
        if change.after:
            atomic_files.write(folder / change.held, contents[change.path])
            with suppress(OSError):
                shutil.copymode(study / change.path, folder / change.held)
    content = {
        "version": VERSION,
        "subject": journal.subject,
        "words": dict(journal.words),
        "changes": [[change.path, change.before, change.after, change.held] for change in journal.changes],
        "ids": {kind: sorted(ids) for kind, ids in journal.ids.items()},
        "needles": journal.needles.dump(),
        "nobody": list(journal.nobody),
        "beyond": list(journal.beyond),
    }
    atomic_files.write(folder / withdrawal_state.BEGUN, json.dumps(content, ensure_ascii=True) + "\n")


def read(study: Path) -> Journal | None:
    """The withdrawal in progress, or None. Raises JournalError if its journal is damaged."""
    path = withdrawal_state.journal(study)
    if path is None:
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _journal(content, emptied=path.name == withdrawal_state.EMPTIED)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise JournalError(
            f"{path}, the journal of an unfinished withdrawal, cannot be read ({error}). Delete it, and run "
            "`counterpoint withdraw` with the same options as before."
        ) from None


def _journal(content: Mapping[str, Any], *, emptied: bool) -> Journal:
    if content["version"] != VERSION:
        raise ValueError("another version of Counterpoint wrote it")
    return Journal(
        str(content["subject"]),
        {str(name): str(value) for name, value in content["words"].items()},
        tuple(Change(*map(str, change)) for change in content["changes"]),
        {str(kind): frozenset(map(str, ids)) for kind, ids in content["ids"].items()},
        Needles.load(content["needles"]),
        tuple(map(str, content["nobody"])),
        tuple(map(str, content["beyond"])),
        emptied,
    )


def change_files(study: Path, journal: Journal) -> tuple[list[Change], list[OSError]]:
    """Bring every file to its final state; return the files changed meanwhile by others, and system errors.

    A file that cannot be changed does not stop the others.
    """
    changed: list[Change] = []
    refusals: list[OSError] = []
    for change in journal.changes:
        try:
            if not _bring(study, change):
                changed.append(change)
        except OSError as error:
            refusals.append(error)
    return changed, refusals


def _bring(study: Path, change: Change) -> bool:
    """Bring a file to its final state; False if it has neither its original nor its final content."""
    place = study / change.path
    now = fingerprint(place)
    if now in ("", change.after):
        return True
    if now != change.before:
        return False
    if change.after:
        _take_place(Places(study).withdrawal / change.held, place)
    else:
        place.unlink()
    return True


def _take_place(new_file: Path, place: Path) -> None:
    """Move a file into place; a link stays a link."""
    if place.is_symlink():
        atomic_files.write(place, new_file.read_bytes())
    else:
        new_file.replace(place)


def emptied(study: Path) -> None:
    """Record that the results are deleted: from now on, the pipeline may run again."""
    folder = Places(study).withdrawal
    (folder / withdrawal_state.BEGUN).replace(folder / withdrawal_state.EMPTIED)


def clear(study: Path) -> None:
    """Delete the journal and its files, the journal first; also files left before a journal was written."""
    folder = Places(study).withdrawal
    if not folder.is_dir() or folder.is_symlink():
        return
    first = (folder / withdrawal_state.BEGUN, folder / withdrawal_state.EMPTIED)
    for place in [*first, *sorted(place for place in folder.iterdir() if not place.is_dir())]:
        place.unlink(missing_ok=True)
    with suppress(OSError):  # the folder has files of somebody else
        folder.rmdir()


def fingerprint(place: Path) -> str:
    """The SHA-256 of a file; '' if it does not exist."""
    if not os.path.lexists(place):
        return ""
    return digest(place.read_bytes()) if place.exists() else "a link to nowhere"


def digest(data: bytes) -> str:
    """The SHA-256 of data."""
    return hashlib.sha256(data).hexdigest()
