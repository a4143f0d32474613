"""Deletes the results of a study, wherever they are stored, and lists what is out of reach."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.core import edited_outputs, environment
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.withdrawal import derived_files

# Number of attempts to delete a folder in use, and the pause between them.
TRIES, PAUSE_S = 10, 0.3


class PurgeError(CounterpointError):
    """The results cannot be deleted; the message says why."""


def purge(root: Path, study: Path) -> list[str]:
    """Delete a study's outputs and side caches, dvc.lock, and DVC's data of past runs; return messages.

    Files among the outputs that the program did not create are kept and listed. Without dvc.lock no result counts as in
    use, so DVC's garbage collection removes all of them, and the next run recomputes everything from the raw files.
    Raises PurgeError if a stage is running or something cannot be removed.
    """
    idle(root / study)
    # Edits in the workbook are not ours to delete; if they quote the person, the search reports it.
    messages = edited_outputs.kept_messages(edited_outputs.keep(Places(study, root), [Places(study, root).workbook]))
    touched, not_ours = derived_files.discard(Places(study, root))
    messages += [f"removed {folder.relative_to(root).as_posix()}" for folder in touched if not folder.exists()]
    for place in (place.relative_to(root).as_posix() for place in not_ours):
        messages.append(
            f"kept {place}, which Counterpoint did not create: delete it yourself if it contains their words"
        )
    if not (root / ".dvc").is_dir():
        return messages
    (root / "dvc.lock").unlink(missing_ok=True)
    cache, site = _places(root)
    if _inside(cache, root):
        done = _dvc(root, "gc", "-w", "-f")
        if done.returncode != 0:
            raise PurgeError(
                f"DVC's cache could not be cleaned: {done.stderr.strip()}. Fix the problem and run this command again."
            )
        messages.append("removed everything unused from DVC's cache")
    for folder in (cache.parent.parent / "runs", root / ".dvc" / "tmp", site):
        if folder.is_dir() and (_inside(folder, root) or folder == site):
            _remove(folder)
    messages.append("removed DVC's records of past runs and its temporary files")
    return messages


def _remove(folder: Path) -> None:
    """Delete a folder, retrying while a terminating DVC process may still write to it."""
    for left in reversed(range(TRIES)):
        try:
            shutil.rmtree(folder)
        except OSError as error:
            if not folder.exists():
                return
            if not left:
                raise PurgeError(
                    f"{folder} could not be removed: {error}. Close programs that use it and run this command again."
                ) from None
            time.sleep(PAUSE_S)
        else:
            return


def _inside(folder: Path, root: Path) -> bool:
    return folder.resolve().is_relative_to(root.resolve())


def idle(study: Path) -> None:
    """Raise PurgeError if a stage is running on a study."""
    for lock in sorted(Places(study).cache.glob("*.lock")):
        try:
            with FileLock(lock, timeout=0):
                pass
        except Timeout:
            raise PurgeError(
                f"The stage {lock.stem} is running on {study}. Wait for it to finish, or stop it."
            ) from None


def rerun(root: Path) -> int:
    """Run the pipeline, its output on the screen; return its exit status."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline.commands.running"], cwd=root, env=environment.variables(), check=False
    ).returncode


def _dvc(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _run(root, sys.executable, "-m", "dvc", *arguments)


def _run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    # The words are this module's own; no shell reads them.
    env = environment.variables()
    return subprocess.run(command, cwd=root, env=env, capture_output=True, encoding="utf-8", check=False)  # noqa: S603


def _places(root: Path) -> tuple[Path, Path]:
    """The project's DVC cache and DVC's site cache outside the project. Raises PurgeError if DVC cannot open it."""
    from dvc.exceptions import DvcException  # type: ignore[import-untyped]
    from dvc.repo import Repo  # type: ignore[import-untyped]

    try:
        with Repo(str(root)) as repo:
            return Path(repo.cache.local.path), Path(repo.site_cache_dir)
    except DvcException as error:
        raise PurgeError(f"DVC cannot open the project: {error}. Fix the problem and run this command again.") from None


def beyond(root: Path, files: Iterable[Path]) -> list[str]:
    """What a withdrawal cannot remove and how to do it by hand, one paragraph each. `files`: raw files changed."""
    paragraphs = []
    tracked = [path for path in files if _git(root, "log", "--all", "--oneline", "-1", "--", str(path))]
    if tracked:
        named = " ".join(f"--path {path.as_posix()}" for path in tracked)
        paragraphs.append(
            "Git's history still contains the original files. Commit the change, rewrite the history with "
            f"`git filter-repo --invert-paths {named}` (then add back files in which others speak), push it with "
            "--force, and ask everyone with a copy to clone it again."
        )
    if _git(root, "for-each-ref", "refs/exps"):
        paragraphs.append(
            "DVC experiments contain earlier versions of the study: `dvc exp remove --all-commits`, `git gc "
            "--prune=now`."
        )
    if (root / ".dvc").is_dir():
        cache, _ = _places(root)
        if not _inside(cache, root):
            paragraphs.append(
                f"DVC's cache is outside the project, in {cache}, and may be shared, so it was not changed. To clean "
                "it: `dvc gc -w -f -p` with the folders of the other projects that use it."
            )
        for line in _dvc(root, "remote", "list").stdout.splitlines():
            if line.strip():
                name = line.split()[0]
                paragraphs.append(
                    f"DVC's remote '{name}' may contain earlier results. After the run: `dvc gc -w -c -r {name}`."
                )
    paragraphs.append(
        "Copies outside this folder: reports, workbooks and projects that were sent or copied, recordings, backups and "
        "snapshots, cloud folders and their history, the recycle bin, other people's copies. Find out who has them."
    )
    return paragraphs


def _git(root: Path, *arguments: str) -> str:
    git = shutil.which("git")
    done = _run(root, git, *arguments) if git else None
    return done.stdout.strip() if done and done.returncode == 0 else ""
