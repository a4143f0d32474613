"""Detects and keeps edits that people make to generated files, before the files are generated again.

DVC overwrites any output with its cached copy, often before a stage runs. Files that people may edit are therefore made
in a folder tracked by DVC and copied beside the report page, where DVC tracks only the page and its figures. A file is
unedited if its hash is in the study's record, in the list of the export that wrote it, or in dvc.lock.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pipeline.core import atomic_files, export_record
from pipeline.core.study_paths import BESIDE_PAGE, Places


class Kept(NamedTuple):
    """A file that was edited, and the copy that was kept."""

    file: Path
    copy: Path


def remember(places: Places, files: Iterable[Path]) -> None:
    """Record the hashes of files just generated, so that later edits are detected."""
    known = _known(places)
    new = sorted({_sha256(file) for file in files if file.is_file()} - known)
    if new:
        places.record.parent.mkdir(parents=True, exist_ok=True)
        # Append only: two commands that finish at the same time both keep their lines.
        with places.record.open("a", encoding="ascii", newline="\n") as record:
            record.write("".join(f"\n{digest}" for digest in new))


def changed(places: Places, file: Path) -> bool:
    """Return whether a file exists and differs from everything the program generated."""
    if not file.is_file() or _sha256(file) in _known(places) or _of_dvc(places, file):
        return False
    return not export_record.unchanged(places.export, file)


def keep(places: Places, files: Iterable[Path]) -> list[Kept]:
    """Copy edited files to the study's folder of edited files, without overwriting anything there.

    Content kept before is not copied again. Returns the new copies.
    """
    made = []
    for file in sorted(files):
        if changed(places, file):
            copy = places.edited / f"{file.stem}-{_sha256(file)[:8]}{file.suffix}"
            if not copy.exists():
                atomic_files.create(copy, file.read_bytes())
                made.append(Kept(file, copy))
    return made


def deliver(places: Places) -> list[Kept]:
    """Copy the report stage's files for people beside the page; return the edited versions that were kept.

    An edited file stays in place until a new version is generated.
    """
    before = _delivered(places)
    now: dict[str, str] = {}
    kept: list[Kept] = []
    for name in BESIDE_PAGE:
        made, delivered = places.beside_page / name, places.report / name
        if not made.exists():
            continue
        now[name] = _sha256(made)
        if delivered.exists() and (_sha256(delivered) == now[name] or before.get(name) == now[name]):
            continue
        kept += keep(places, [delivered])
        atomic_files.write(delivered, made.read_bytes())
    remember(places, (places.beside_page / name for name in now))
    if now != before:
        atomic_files.write(places.delivered, "".join(f"{digest} {name}\n" for name, digest in sorted(now.items())))
    return kept


def kept_messages(kept: Iterable[Kept]) -> list[str]:
    """Return one message per kept file."""
    return [
        f"{one.file} had been edited and has been regenerated; your edited version is kept in {one.copy}."
        for one in kept
    ]


def _delivered(places: Places) -> dict[str, str]:
    """Return the hash of each file last copied beside the page."""
    if not places.delivered.exists():
        return {}
    lines = [line.split() for line in places.delivered.read_text(encoding="ascii", errors="replace").splitlines()]
    return {line[1]: line[0] for line in lines if len(line) == 2}


def _known(places: Places) -> set[str]:
    return set(places.record.read_text(encoding="ascii", errors="replace").split()) if places.record.exists() else set()


def _of_dvc(places: Places, file: Path) -> bool:
    """Return whether dvc.lock lists the content, for example from a run on another machine."""
    lock = places.root / "dvc.lock"
    if not lock.exists():
        return False
    digest = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
    return digest in lock.read_text(encoding="utf-8", errors="replace")


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
