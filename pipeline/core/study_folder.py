"""Validates a study's folder: inside the project, with a name that works on every operating system.

Outputs are written, replaced and removed in this folder and in `models/<study>`. In a folder elsewhere, or reached
through a link, this could affect files that are not the program's.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pipeline.core.errors import CounterpointError
from pipeline.core.names import on_disk
from pipeline.core.study_paths import MODELS, Places

# Folders of the project itself, and those that tools create beside them.
OWN = frozenset([MODELS, "pipeline", "tests", "benchmarks", "notebooks", "docs", "build", "dist", "node_modules"])
CODEBOOKS = ("data", "codebooks")
# Device names reserved by Windows, with any extension.
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
FORBIDDEN = frozenset('<>:"|?*')
# Longest folder name in bytes that leaves room for temporary names, on every file system.
LONGEST = 200
SUCH_AS = "Give a path relative to the project, such as data/my-study"


class StudyFolderError(CounterpointError):
    """A folder cannot be used for a study; the message says why and suggests another."""


def checked(name: str | Path, *, root: Path = Path(), what: str = "The study folder") -> Path:
    """Return a study's folder as a path relative to the project root. Nothing is created.

    `what`: subject of the error message. Raises StudyFolderError if the folder cannot be used.
    """
    text = name if isinstance(name, str) else name.as_posix()
    fault = fault_of_name(text) or fault_of_place(Path(text), root=root)
    if fault:
        shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
        raise StudyFolderError(f"{what} '{shown}' {fault}")
    return Path(text)


def fault_of_name(text: str) -> str:
    """Return what is wrong with the name of a study's folder, as the end of a sentence; '' if it is valid."""
    parts = [part for part in text.split("/") if part not in ("", ".")]
    unseen = any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text)
    rooted = text.startswith(("/", "\\")) or bool(re.match("[A-Za-z]:", text))
    faults = (
        (not text.strip(), f"is empty. {SUCH_AS}."),
        (unseen, f"contains an invisible character. {SUCH_AS}."),
        (
            rooted,
            f"is an absolute path. {SUCH_AS}, and move the study there.",
        ),
        ("\\" in text, f"contains backslashes. Use forward slashes: {text.replace(chr(92), '/')}."),
        (text.startswith("~"), f"begins with ~, which is not expanded. {SUCH_AS}, and move the study there."),
        (".." in parts, f"contains '..'. {SUCH_AS}, and move the study there."),
        (not parts, "is the project itself. Give the study its own folder, such as data/my-study."),
    )
    of_name = next((fault for wrong, fault in faults if wrong), "")
    return of_name or next((fault for part in parts if (fault := _fault_of_part(part))), "") or _fault_of_own(parts)


def _fault_of_part(part: str) -> str:
    signs = sorted(FORBIDDEN & set(part))
    faults = (
        (
            bool(signs),
            (f"contains {''.join(signs[:1])}, which Windows does not allow in names. Use letters, digits, - and _."),
        ),
        (
            part != part.strip() or part.endswith("."),
            f"contains '{part}', which begins or ends with a space or a dot; Windows drops these. Rename it.",
        ),
        (
            part.startswith("."),
            f"contains '{part}'; names that begin with a dot are reserved for programs. Choose another name.",
        ),
        (
            bool(DEVICES.fullmatch(part)),
            f"contains '{part}', a device name reserved by Windows. Choose another name.",
        ),
        (len(part.encode()) > LONGEST, f"contains a name longer than {LONGEST} bytes. Choose a shorter name."),
    )
    return next((fault for wrong, fault in faults if wrong), "")


def _fault_of_own(parts: list[str]) -> str:
    low = tuple(on_disk(part) for part in parts)
    if low == CODEBOOKS[:1]:
        return "is the folder that contains all studies. Give the study its own folder in it, such as data/my-study."
    if low[0] in OWN or low[0].endswith(".egg-info") or low[:2] == CODEBOOKS:
        return "is one of the project's own folders. Give the study its own folder, such as data/my-study."
    return ""


def fault_of_place(folder: Path, *, root: Path = Path()) -> str:
    """Return what is wrong with the location of a study's folder, as the end of a sentence; '' if it is valid.

    The folder need not exist. Links are never followed, because they may lead outside the project.
    """
    way = [*reversed(folder.parents), folder][1:]
    for part in way:
        if fault := _fault_on_way(part, root):
            return fault
    if not _leads_there(root / folder, root.resolve() / folder):
        return "is reached through a link. Move the folder itself into the project."
    for above in way[:-1]:
        if Places(above, root).transcripts.is_dir():
            return (
                f"is inside the study {above.as_posix()}, and their outputs would mix. Move it beside that "
                f"study, such as to {above.as_posix()}-{folder.name}."
            )
    if inner := next(_inner_studies(folder, root), None):
        return f"contains another study, {inner.as_posix()}, and their outputs would mix. Move that study out of it."
    return _fault_of_links(folder, root)


def fault_of_output(folder: Path, *, root: Path = Path()) -> str:
    """Return why exported files may not be written to a folder, as the end of a sentence; '' if they may.

    Folders outside the project are always allowed; inside it, those used by the program, Git or DVC are not.
    """
    real, base = folder.resolve(), root.resolve()
    if not real.is_relative_to(base):
        return ""
    inside = real.relative_to(base)
    parts = list(inside.parts)
    other = "Choose another folder, or omit --to to use the study's own export/."
    if parts and (parts[0].startswith(".") or _fault_of_own(parts)):
        return f"belongs to the project itself. {other}"
    own = {place.name for place in Places(Path()).own} - {Places(Path()).export.name}
    for above in (inside, *inside.parents[:-1]):
        below = inside.relative_to(above).parts
        if Places(above, base).transcripts.is_dir() and (not below or below[0] in own):
            return f"belongs to the study {above.as_posix()}, which reads or writes files there. {other}"
    return ""


def _fault_on_way(part: Path, root: Path) -> str:
    place = root / part
    if place.is_symlink():
        return f"is reached through the link {part.as_posix()}. Replace the link with the folder itself."
    if os.path.lexists(place) and not place.is_dir():
        return f"cannot be created: {part.as_posix()} is a file. Choose another name."
    if not place.parent.is_dir():
        return ""
    names = {existing.name for existing in place.parent.iterdir()}
    like = sorted(name for name in names if name != part.name and on_disk(name) == on_disk(part.name))
    # Some file systems treat composed and decomposed accents as the same name.
    composed = [unicodedata.normalize("NFC", name) for name in like]
    if part.name in names or not like or (place.exists() and unicodedata.normalize("NFC", part.name) in composed):
        return ""
    existing = part.with_name(like[0]).as_posix()
    return (
        f"already exists as {existing}. Use that spelling, or choose a name that differs in more than "
        "capitals or accents: some file systems treat these two as the same folder."
    )


def _leads_there(place: Path, expected: Path) -> bool:
    """Return whether a path resolves to `expected`, through no link, junction or mount."""
    return on_disk(str(place.resolve())) == on_disk(str(expected))


def _inner_studies(folder: Path, root: Path) -> Iterator[Path]:
    """Yield the studies below a folder; a folder counts if it was laid out as a study."""
    names = {place.name for place in Places(folder).own}
    for place, below, files in os.walk(root / folder):
        here = Path(place)
        if here != root / folder and Places(here).transcripts.is_dir() and Places(here).decisions.name in files:
            yield here.relative_to(root)
        below[:] = sorted(name for name in below if name not in names or Places(here / name).transcripts.is_dir())


def _fault_of_links(folder: Path, root: Path) -> str:
    """Return what is wrong if a folder that the program writes to is a link.

    The project's own `models` folder may be a link, for instance to a larger disk; what is below it may not.
    """
    models = (root / MODELS).resolve()
    below = [*reversed(folder.parents), folder][1:]
    expected = {place: root.resolve() / place.relative_to(root) for place in Places(folder, root).own}
    expected |= {root / MODELS / part: models / part for part in below}
    for place, target in expected.items():
        if place.is_symlink() or (place.exists() and not _leads_there(place, target)):
            return (
                f"cannot be used: {place.relative_to(root).as_posix()} is a link, so files outside the "
                "project would be overwritten or removed. Replace the link with a folder."
            )
    return ""
