"""What of a study Git tracks, or would take up with the next `git add`, although it may hold what people said."""

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.core import git_exclusions
from pipeline.core.study_paths import Places

# Where DVC keeps what it was given, and works; below the root of the project.
OF_DVC = (Path(".dvc/cache"), Path(".dvc/tmp"))
# Git's own word on which repository it should work in would hide the one that a folder lies in.
_OUTPUT = re.compile(rb'"outputs"\s*:\s*\[\s*\{')
ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


@dataclass
class Exposed:
    """Sentences on what is private and is not kept out of Git, and on what somebody let in on purpose."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def exposed(places: Places) -> Exposed:
    """Look at a study, its model and DVC's store as Git sees them; nothing is said where there is no Git."""
    found = Exposed()
    for folder in (places.folder, places.model, *(places.root / of_dvc for of_dvc in OF_DVC)):
        if folder.is_dir():
            _look(found, folder, places)
    found.notes += _notebooks(places.root / "notebooks")
    return found


def _notebooks(folder: Path) -> list[str]:
    """A sentence on each notebook in Git's reach that holds output: what a cell shows may quote people."""
    if not folder.is_dir():
        return []
    names = sorted(name for name in (*_listed(folder), *untracked(folder)) if name.endswith(".ipynb"))
    return [
        f"{(folder / name).as_posix()} holds output, which may quote people. Clear it before Git takes it up."
        for name in names
        if (folder / name).is_file() and _OUTPUT.search((folder / name).read_bytes())
    ]


def untracked(folder: Path) -> list[str]:
    """What `git add` would take up in a folder: paths below it; none where there is no Git."""
    return _listed(folder, "--others", "--exclude-standard")


def _look(found: Exposed, folder: Path, places: Places) -> None:
    """Add what Git tracks or would take up of a folder, but for what is shared or was let in."""
    shared = set(git_exclusions.SHARED) if folder == places.folder else set()
    tracked = [name for name in _listed(folder) if name not in shared]
    new = [name for name in untracked(folder) if name not in shared]
    let_in = _let_in(folder, {PurePosixPath(name).parts[0] for name in (*tracked, *new)})
    shown = folder.as_posix()
    for rules, names in let_in.items():
        listed = ", ".join(sorted(names))
        found.notes.append(f"{rules} lets Git take up {listed} of {shown}. Right only if they hold no words of others.")
    allowed = {name for names in let_in.values() for name in names}
    if parts := _parts(tracked, allowed):
        paths = " ".join(f'"{(folder / part).as_posix()}"' for part in sorted(parts))
        found.problems.append(
            f"Git tracks {_named(parts)} of {shown}, which may hold what people said. To take that out and keep the "
            f"files: git rm -r --cached --quiet -- {paths}. What was committed stays in Git's history, and where it "
            "was pushed to."
        )
    if parts := _parts(new, allowed):
        found.problems.append(
            f"Git would take up {_named(parts)} of {shown}, which may hold what people said. {_remedy(folder, places)}"
        )


def _remedy(folder: Path, places: Places) -> str:
    if folder == places.folder and not git_exclusions.stands(folder):
        made = f"`counterpoint new {folder.as_posix()}` writes a {git_exclusions.NAME}"
        return f"Keep it out: {made} and changes nothing else."
    return f"Keep it out with a line in a {git_exclusions.NAME}."


def _parts(names: Iterable[str], allowed: Set[str]) -> dict[str, int]:
    """The first part of each path, a folder's with a slash, and how many files are in it."""
    paths = [PurePosixPath(name).parts for name in names]
    counted = Counter(f"{parts[0]}/" if len(parts) > 1 else parts[0] for parts in paths if parts[0] not in allowed)
    return dict(counted)


def _named(parts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count} files)" if count > 1 else name for name, count in sorted(parts.items()))


def _let_in(folder: Path, names: set[str]) -> dict[str, set[str]]:
    """Those of the names in a folder that a line in a .gitignore lets in, by the file that says so."""
    found: dict[str, set[str]] = {}
    asked = "".join(f"{name}\0" for name in sorted(names))
    told = _git(folder, "check-ignore", "--no-index", "--verbose", "-z", "--stdin", asked=asked) if names else ""
    fields = told.split("\0")
    for rules, pattern, name in zip(fields[0::4], fields[2::4], fields[3::4], strict=False):
        if pattern.startswith("!"):
            found.setdefault(rules, set()).add(name.rstrip("/"))
    return found


def _listed(folder: Path, *options: str) -> list[str]:
    """Paths below a folder as `git ls-files` gives them."""
    return [name for name in _git(folder, "ls-files", "-z", *options).split("\0") if name]


def _git(folder: Path, *words: str, asked: str = "") -> str:
    """What Git says of a folder; nothing where there is no Git, or no repository around the folder.

    Names that are not UTF-8 are told with escapes: they are shown, and nothing is done with them.
    """
    git = shutil.which("git")
    if git is None:
        return ""
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    command = [git, "-C", str(folder), *words]
    # The words are this module's own; no shell reads them.
    done = subprocess.run(command, env=environment, input=asked.encode(), capture_output=True, check=False)  # noqa: S603
    return done.stdout.decode("utf-8", "backslashreplace") if done.returncode == 0 else ""
