"""Throwing away what the pipeline made of a study, wherever it is kept, and saying what is out of reach."""

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

# A folder in use is tried again so often, after so long.
TRIES, PAUSE_S = 10, 0.3


class PurgeError(CounterpointError):
    """What was made cannot be thrown away; the message says why."""


def purge(root: Path, study: Path) -> list[str]:
    """Remove a study's outputs and side caches, dvc.lock, and everything DVC keeps of past runs; say what was removed.

    Files among the outputs that the program did not make are left, and named.
    Without dvc.lock nothing that was made counts as in use, so that DVC's collection of garbage takes all of it, and
    the next run makes everything from the raw files. Raises PurgeError where a run is at work, or something cannot be
    removed.
    """
    idle(root / study)
    # What somebody wrote in the workbook is no work of ours to throw away; if it quotes them, the search says so.
    said = edited_outputs.kept_messages(edited_outputs.keep(Places(study, root), [Places(study, root).workbook]))
    touched, left = derived_files.discard(Places(study, root))
    said += [f"removed {folder.relative_to(root).as_posix()}" for folder in touched if not folder.exists()]
    for place in (place.relative_to(root).as_posix() for place in left):
        said.append(f"left {place}, which Counterpoint did not make: remove it yourself if it holds what was said")
    if not (root / ".dvc").is_dir():
        return said
    (root / "dvc.lock").unlink(missing_ok=True)
    cache, site = _places(root)
    if _inside(cache, root):
        done = _dvc(root, "gc", "-w", "-f")
        if done.returncode != 0:
            raise PurgeError(f"DVC's cache could not be cleaned: {done.stderr.strip()}. Run this command again.")
        said.append("removed everything from DVC's cache that no file of the project names")
    for folder in (cache.parent.parent / "runs", root / ".dvc" / "tmp", site):
        if folder.is_dir() and (_inside(folder, root) or folder == site):
            _remove(folder)
    said.append("removed DVC's record of past runs, its temporary files, and its index of them")
    return said


def _remove(folder: Path) -> None:
    """Remove a folder into which a process of DVC's that is about to end may still be writing."""
    for left in reversed(range(TRIES)):
        try:
            shutil.rmtree(folder)
        except OSError as error:
            if not folder.exists():
                return
            if not left:
                raise PurgeError(
                    f"{folder} could not be removed: {error}. End what still uses it and run this command again."
                ) from None
            time.sleep(PAUSE_S)
        else:
            return


def _inside(folder: Path, root: Path) -> bool:
    return folder.resolve().is_relative_to(root.resolve())


def idle(study: Path) -> None:
    """Raise PurgeError where a stage is at work on a study."""
    for lock in sorted(Places(study).cache.glob("*.lock")):
        try:
            with FileLock(lock, timeout=0):
                pass
        except Timeout:
            raise PurgeError(f"{lock.stem} is at work on {study}. Wait for it to end, or stop it.") from None


def rerun(root: Path) -> int:
    """Run the pipeline, its output on the screen; return its exit status."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline.commands.running"], cwd=root, env=environment.variables(), check=False
    ).returncode


def _dvc(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return _run(root, sys.executable, "-m", "dvc", *words)


def _run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # The words are this module's own; no shell reads them.
    env = environment.variables()
    return subprocess.run(words, cwd=root, env=env, capture_output=True, encoding="utf-8", check=False)  # noqa: S603


def _places(root: Path) -> tuple[Path, Path]:
    """Where DVC keeps the project's cache, and its index of it outside the project; PurgeError where it cannot say."""
    from dvc.exceptions import DvcException  # type: ignore[import-untyped]
    from dvc.repo import Repo  # type: ignore[import-untyped]

    try:
        with Repo(str(root)) as repo:
            return Path(repo.cache.local.path), Path(repo.site_cache_dir)
    except DvcException as error:
        raise PurgeError(f"DVC cannot open the project: {error}. Mend that, and run this command again.") from None


def beyond(root: Path, files: Iterable[Path]) -> list[str]:
    """What a withdrawal cannot reach and how a person can, a paragraph each. `files`: the raw files it changed."""
    said = []
    tracked = [path for path in files if _git(root, "log", "--all", "--oneline", "-1", "--", str(path))]
    if tracked:
        named = " ".join(f"--path {path.as_posix()}" for path in tracked)
        said.append(
            "Git's history still holds these files as they were. Commit the change, rewrite the history with "
            f"`git filter-repo --invert-paths {named}` (then add back those in which others speak), push it with "
            "--force, and ask everyone who has a copy to clone anew."
        )
    if _git(root, "for-each-ref", "refs/exps"):
        said.append("DVC experiments hold the study as it was: `dvc exp remove --all-commits`, `git gc --prune=now`.")
    if (root / ".dvc").is_dir():
        cache, _ = _places(root)
        if not _inside(cache, root):
            said.append(
                f"DVC's cache lies outside the project, in {cache}, where others may use it, so it was left. To clean "
                "it: `dvc gc -w -f -p` and the folders of the other projects that use it."
            )
        for line in _dvc(root, "remote", "list").stdout.splitlines():
            if line.strip():
                name = line.split()[0]
                said.append(f"DVC's remote '{name}' may hold past results. After the run: `dvc gc -w -c -r {name}`.")
    said.append(
        "What has left this folder: reports, workbooks and projects that were sent or copied, recordings, backups and "
        "snapshots, cloud folders and their history, the waste-paper bin, other people's copies. Ask who has them."
    )
    return said


def _git(root: Path, *words: str) -> str:
    git = shutil.which("git")
    done = _run(root, git, *words) if git else None
    return done.stdout.strip() if done and done.returncode == 0 else ""
