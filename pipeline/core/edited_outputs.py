"""What people change in files that the program makes: noticed before the file is made again, and kept.

DVC puts its own copy of a file in the place of any other, often before a stage of ours can look. So what people may
write in is made where DVC keeps it, and delivered beside the report's page, where DVC knows no file but the page and
its figures. A file is as it was made if the study's record or dvc.lock knows its content; the record holds hashes.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pipeline.core import atomic_files
from pipeline.core.study_paths import BESIDE_PAGE, Places


class Kept(NamedTuple):
    """A file that somebody changed, and the copy of it that is kept."""

    file: Path
    copy: Path


def remember(places: Places, files: Iterable[Path]) -> None:
    """Note the content of files that the program has just made, so that a change to them is noticed."""
    known = _known(places)
    new = sorted({_sha256(file) for file in files if file.is_file()} - known)
    if new:
        places.record.parent.mkdir(parents=True, exist_ok=True)
        # Lines are added and none is changed: two commands that end together both leave theirs.
        with places.record.open("a", encoding="ascii", newline="\n") as record:
            record.write("".join(f"\n{digest}" for digest in new))


def changed(places: Places, file: Path) -> bool:
    """Whether somebody changed a file since the program made it, or made it in the first place."""
    return file.is_file() and _sha256(file) not in _known(places) and not _of_dvc(places, file)


def keep(places: Places, files: Iterable[Path]) -> list[Kept]:
    """Copy those of the files that somebody changed into the study's folder of edited files; nothing there is replaced.

    A content that was kept before is not kept twice. Returns what was kept now.
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
    """Put beside the page what the report stage made for people; return what was changed there, and is kept.

    A file that somebody changed stays as it is until there is a new one to take its place.
    """
    before = _delivered(places)
    now: dict[str, str] = {}
    kept: list[Kept] = []
    for name in BESIDE_PAGE:
        made, there = places.beside_page / name, places.report / name
        if not made.exists():
            continue
        now[name] = _sha256(made)
        if there.exists() and (_sha256(there) == now[name] or before.get(name) == now[name]):
            continue
        kept += keep(places, [there])
        atomic_files.write(there, made.read_bytes())
    remember(places, (places.beside_page / name for name in now))
    if now != before:
        atomic_files.write(places.delivered, "".join(f"{digest} {name}\n" for name, digest in sorted(now.items())))
    return kept


def kept_messages(kept: Iterable[Kept]) -> list[str]:
    """A sentence on each file that was kept."""
    return [
        f"{one.file} had been edited and has been regenerated; your edited version is kept in {one.copy}."
        for one in kept
    ]


def _delivered(places: Places) -> dict[str, str]:
    """The hash of each file that was last put beside the page."""
    if not places.delivered.exists():
        return {}
    lines = [line.split() for line in places.delivered.read_text(encoding="ascii", errors="replace").splitlines()]
    return {line[1]: line[0] for line in lines if len(line) == 2}


def _known(places: Places) -> set[str]:
    return set(places.record.read_text(encoding="ascii", errors="replace").split()) if places.record.exists() else set()


def _of_dvc(places: Places, file: Path) -> bool:
    """Whether dvc.lock names the content: DVC put it there, perhaps from another machine's run."""
    lock = places.root / "dvc.lock"
    if not lock.exists():
        return False
    digest = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
    return digest in lock.read_text(encoding="utf-8", errors="replace")


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
