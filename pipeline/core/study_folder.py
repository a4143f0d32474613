"""Which folder may be a study's: one in the project, under a name that means the same on every computer.

What is made of a study lies in it and in `models/<study>`, and is made anew and removed there. A folder elsewhere, or
one that leads elsewhere, would have that happen among what is not the program's.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import MODELS, Places

# Folders of the project itself, and what tools put beside them.
OWN = frozenset([MODELS, "pipeline", "tests", "benchmarks", "notebooks", "docs", "build", "dist", "node_modules"])
CODEBOOKS = ("data", "codebooks")
# Windows opens a device under these names, whatever the ending.
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
FORBIDDEN = frozenset('<>:"|?*')
# The longest name of a folder in bytes that leaves room for names beside it, on every file system.
LONGEST = 200
SUCH_AS = "Write it relative to the project, such as data/my-study"


class StudyFolderError(CounterpointError):
    """A folder that cannot be a study's; the message says why, and what can."""


def checked(name: str | Path, *, root: Path = Path(), what: str = "The study's folder") -> Path:
    """The folder that a name means, relative to the root of the project; nothing is made or changed.

    `what`: how the message begins. Raises StudyFolderError where the folder cannot be a study's.
    """
    text = name if isinstance(name, str) else name.as_posix()
    fault = fault_of_name(text) or fault_of_place(Path(text), root=root)
    if fault:
        shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
        raise StudyFolderError(f"{what} '{shown}' {fault}")
    return Path(text)


def fault_of_name(text: str) -> str:
    """What is wrong with the name of a study's folder, as the rest of a sentence; '' where nothing is."""
    parts = [part for part in text.split("/") if part not in ("", ".")]
    unseen = any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text)
    rooted = text.startswith(("/", "\\")) or bool(re.match("[A-Za-z]:", text))
    faults = (
        (not text.strip(), f"is empty. {SUCH_AS}."),
        (unseen, f"holds a character that cannot be seen. {SUCH_AS}."),
        (
            rooted,
            f"is not a place in the project: it begins at the root of a disk. {SUCH_AS}, and put the study there.",
        ),
        ("\\" in text, f"is written with backslashes. Write it with /: {text.replace(chr(92), '/')}."),
        (text.startswith("~"), f"begins with ~, which is taken as it stands. {SUCH_AS}, and put the study there."),
        (".." in parts, f"leads out of a folder with '..'. {SUCH_AS}, and put the study there."),
        (not parts, "is the project itself. Give the study a folder of its own, such as data/my-study."),
    )
    of_name = next((said for wrong, said in faults if wrong), "")
    return of_name or next((said for part in parts if (said := _fault_of_part(part))), "") or _fault_of_own(parts)


def _fault_of_part(part: str) -> str:
    signs = sorted(FORBIDDEN & set(part))
    faults = (
        (bool(signs), f"holds {''.join(signs[:1])}, which Windows has in no name. Use letters, digits, - and _."),
        (
            part != part.strip() or part.endswith("."),
            f"has the part '{part}', which begins or ends in what Windows leaves off: a space or a dot. Rename it.",
        ),
        (
            part.startswith("."),
            f"has the part '{part}': folders that begin with a dot are those of programs. Choose another name.",
        ),
        (
            bool(DEVICES.fullmatch(part)),
            f"has the part '{part}', which Windows keeps for a device. Choose another name.",
        ),
        (len(part.encode()) > LONGEST, f"has a part that is longer than {LONGEST} bytes. Choose a shorter name."),
    )
    return next((said for wrong, said in faults if wrong), "")


def _fault_of_own(parts: list[str]) -> str:
    low = tuple(_same(part) for part in parts)
    if low == CODEBOOKS[:1]:
        return "is the folder of all studies. Give the study a folder in it, such as data/my-study."
    if low[0] in OWN or low[0].endswith(".egg-info") or low[:2] == CODEBOOKS:
        return "is one of the project's own folders. Give the study a folder of its own, such as data/my-study."
    return ""


def fault_of_place(folder: Path, *, root: Path = Path()) -> str:
    """What is wrong with where a study's folder leads, as the rest of a sentence; '' where nothing is.

    `folder` need not be there. Links are followed by nobody here: what they lead to is not the project's.
    """
    way = [*reversed(folder.parents), folder][1:]
    for part in way:
        if fault := _fault_on_way(part, root):
            return fault
    if not _leads_there(root / folder, root.resolve() / folder):
        return "is reached through a link to another place. Put the folder itself into the project."
    for above in way[:-1]:
        if Places(above, root).transcripts.is_dir():
            return (
                f"lies inside the study {above.as_posix()}, so that what is made of one would lie among the other's. "
                f"Put it beside that, such as in {above.as_posix()}-{folder.name}."
            )
    if inner := next(_inner_studies(folder, root), None):
        return (
            f"holds another study, {inner.as_posix()}, so that what is made of one would lie among the other's. "
            "Move that study out of it."
        )
    return _fault_of_links(folder, root)


def fault_of_output(folder: Path, *, root: Path = Path()) -> str:
    """Why files that leave a study may not be written into a folder, as the rest of a sentence; '' where they may.

    Outside the project every folder will do; inside it, those will not that the program or Git or DVC works in.
    """
    real, base = folder.resolve(), root.resolve()
    if not real.is_relative_to(base):
        return ""
    inside = real.relative_to(base)
    parts = list(inside.parts)
    other = "Name a folder of its own, or leave --to out: then it is the study's own export/."
    if parts and (parts[0].startswith(".") or _fault_of_own(parts)):
        return f"belongs to the project itself. {other}"
    own = {place.name for place in Places(Path()).own} - {Places(Path()).export.name}
    for above in (inside, *inside.parents[:-1]):
        below = inside.relative_to(above).parts
        if Places(above, base).transcripts.is_dir() and (not below or below[0] in own):
            return f"belongs to the study {above.as_posix()}, which reads or makes what lies there. {other}"
    return ""


def _fault_on_way(part: Path, root: Path) -> str:
    place = root / part
    if place.is_symlink():
        return f"is reached through {part.as_posix()}, a link to another place. Put the folder itself there."
    if os.path.lexists(place) and not place.is_dir():
        return f"cannot be a folder: {part.as_posix()} is a file. Choose another name."
    if not place.parent.is_dir():
        return ""
    names = {there.name for there in place.parent.iterdir()}
    like = sorted(name for name in names if name != part.name and _same(name) == _same(part.name))
    # Where the system takes two ways to write an accent for one, the folder is there under both.
    composed = [unicodedata.normalize("NFC", name) for name in like]
    if part.name in names or not like or (place.exists() and unicodedata.normalize("NFC", part.name) in composed):
        return ""
    there = part.with_name(like[0]).as_posix()
    return (
        f"is called {there} here. Write it so, or choose a name that differs in more than capital letters or the way "
        "an accent is written: some computers take them for one folder."
    )


def _same(name: str) -> str:
    """A name as systems see it that tell neither capital letters nor ways to write an accent apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _leads_there(place: Path, expected: Path) -> bool:
    """Whether a place is where its name says, for all links, junctions and mounts by another name."""
    return _same(str(place.resolve())) == _same(str(expected))


def _inner_studies(folder: Path, root: Path) -> Iterator[Path]:
    """The studies below a folder: those that were laid out, so that a folder that is only called so is none."""
    names = {place.name for place in Places(folder).own}
    for place, below, files in os.walk(root / folder):
        here = Path(place)
        if here != root / folder and Places(here).transcripts.is_dir() and Places(here).decisions.name in files:
            yield here.relative_to(root)
        below[:] = sorted(name for name in below if name not in names or Places(here / name).transcripts.is_dir())


def _fault_of_links(folder: Path, root: Path) -> str:
    """The folders in which the program reads, writes and removes lead nowhere else."""
    places = Places(folder, root)
    models = [root / MODELS / above for above in (Path(), *reversed(folder.parents), folder)]
    for place in (*places.own, *models):
        if place.is_symlink() or (place.exists() and not _leads_there(place, root.resolve() / place.relative_to(root))):
            return (
                f"cannot be used: {place.relative_to(root).as_posix()} is a link to another place, and what is written "
                "and removed there would be outside the project. Put a folder there."
            )
    return ""
