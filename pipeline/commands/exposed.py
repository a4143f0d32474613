"""Private files of a study that Git tracks or would add with the next `git add`."""

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
from pipeline.notebook import stored as stored_notebooks

# DVC's cache and temporary folder, relative to the project root.
OF_DVC = (Path(".dvc/cache"), Path(".dvc/tmp"))
_OUTPUT = re.compile(rb'"outputs"\s*:\s*\[\s*\{')
# Environment variables that would point Git to another repository than the folder's own.
ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


@dataclass
class Exposed:
    """Sentences on private files not excluded from Git (problems), and on files allowed on purpose (notes)."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def exposed(places: Places) -> Exposed:
    """Check a study, its model and DVC's cache as Git sees them; finds nothing if there is no Git."""
    findings = Exposed()
    for folder in (places.folder, places.model, *(places.root / of_dvc for of_dvc in OF_DVC)):
        if folder.is_dir():
            _look(findings, folder, places)
    findings.notes += _notebooks(places.root / "notebooks")
    return findings


def _notebooks(folder: Path) -> list[str]:
    """A sentence on each notebook that has output and that Git tracks or would add: output may quote participants.

    Those that ship show the invented sample study, and are left out while they are as they were stored.
    """
    if not folder.is_dir():
        return []
    names = sorted(name for name in (*_listed(folder), *untracked(folder)) if name.endswith(".ipynb"))
    return [
        f"{(folder / name).as_posix()} has output, which may quote participants. Clear it before committing."
        for name in names
        if (folder / name).is_file() and _quotes((folder / name).read_bytes())
    ]


def _quotes(notebook: bytes) -> bool:
    """Whether a notebook has output that may quote participants of a study of one's own."""
    return bool(_OUTPUT.search(notebook)) and not stored_notebooks.is_of_sample(notebook)


def untracked(folder: Path) -> list[str]:
    """Paths below a folder that `git add` would add; none if there is no Git."""
    return _listed(folder, "--others", "--exclude-standard")


def _look(findings: Exposed, folder: Path, places: Places) -> None:
    """Add findings on the files of a folder that Git tracks or would add, except shared and allowed ones."""
    shared = set(git_exclusions.SHARED) if folder == places.folder else set()
    tracked = [name for name in _listed(folder) if name not in shared]
    new = [name for name in untracked(folder) if name not in shared]
    let_in = _let_in(folder, {PurePosixPath(name).parts[0] for name in (*tracked, *new)})
    shown = folder.as_posix()
    for rules, names in let_in.items():
        listed = ", ".join(sorted(names))
        findings.notes.append(
            f"{rules} lets Git add {listed} in {shown}. Make sure they contain nothing participants said."
        )
    allowed = {name for names in let_in.values() for name in names}
    if counts := _first_components(tracked, allowed):
        paths = " ".join(f'"{(folder / component).as_posix()}"' for component in sorted(counts))
        findings.problems.append(
            f"Git tracks {_listed_counts(counts)} in {shown}, which may contain what participants said. To stop "
            "tracking and "
            f"keep the files: git rm -r --cached --quiet -- {paths}. Earlier commits stay in Git's history and "
            "wherever it was pushed."
        )
    if counts := _first_components(new, allowed):
        findings.problems.append(
            f"Git would add {_listed_counts(counts)} in {shown}, which may contain what participants said. "
            f"{_remedy(folder, places)}"
        )


def _remedy(folder: Path, places: Places) -> str:
    if folder == places.folder and not git_exclusions.stands(folder):
        remedy = f"`counterpoint new {folder.as_posix()}` writes a {git_exclusions.NAME}"
        return f"Exclude it: {remedy} and changes nothing else."
    return f"Exclude it with a line in a {git_exclusions.NAME}."


def _first_components(names: Iterable[str], allowed: Set[str]) -> dict[str, int]:
    """The first component of each path (folders end in a slash), with the number of files in it."""
    paths = [PurePosixPath(name).parts for name in names]
    counts = Counter(
        f"{path_components[0]}/" if len(path_components) > 1 else path_components[0]
        for path_components in paths
        if path_components[0] not in allowed
    )
    return dict(counts)


def _listed_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count} files)" if count > 1 else name for name, count in sorted(counts.items()))


def _let_in(folder: Path, names: set[str]) -> dict[str, set[str]]:
    """The names in a folder allowed by a `!` line of a .gitignore, by the path of that file."""
    allowed_by: dict[str, set[str]] = {}
    input_names = "".join(f"{name}\0" for name in sorted(names))
    output = (
        _git(folder, "check-ignore", "--no-index", "--verbose", "-z", "--stdin", input_text=input_names)
        if names
        else ""
    )
    fields = output.split("\0")
    for rules, pattern, name in zip(fields[0::4], fields[2::4], fields[3::4], strict=False):
        if pattern.startswith("!"):
            allowed_by.setdefault(rules, set()).add(name.rstrip("/"))
    return allowed_by


def _listed(folder: Path, *options: str) -> list[str]:
    """Paths below a folder as `git ls-files` gives them."""
    return [name for name in _git(folder, "ls-files", "-z", *options).split("\0") if name]


def _git(folder: Path, *arguments: str, input_text: str = "") -> str:
    """The output of a Git command in a folder; empty if there is no Git or no repository.

    File names that are not UTF-8 are escaped; they are only displayed.
    """
    git = shutil.which("git")
    if git is None:
        return ""
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    command = [git, "-C", str(folder), *arguments]
    # The words are this module's own; no shell reads them.
    done = subprocess.run(command, env=environment, input=input_text.encode(), capture_output=True, check=False)  # noqa: S603
    return done.stdout.decode("utf-8", "backslashreplace") if done.returncode == 0 else ""
