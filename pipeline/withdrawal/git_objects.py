"""Searches Git's objects: every version of every file, including versions in no branch."""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pipeline.withdrawal.containers import apart
from pipeline.withdrawal.containers.pieces import INNER, MIB, Budget, Closed, Source
from pipeline.withdrawal.name_patterns import Hit
from pipeline.withdrawal.search_terms import Needles

NOWHERE = "in no branch: a stash or a deleted version"


def stores(root: Path) -> Iterator[Path]:
    """The folders below a project in which Git keeps its objects: the project's own, submodules, bare repositories."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not (Path(folder) / name / "pyvenv.cfg").exists())
        if "objects" in names and "refs" in names and "HEAD" in files:
            yield Path(folder)
            names.remove("objects")


def look(store: Path, needles: Needles) -> tuple[set[tuple[str, Hit]], set[tuple[str, str]]]:
    """The findings in Git's objects by file path, and the parts that could not be searched."""
    findings: set[tuple[str, Hit]] = set()
    closed: set[tuple[str, str]] = set()
    git = shutil.which("git")
    if git is None:
        return findings, {("", "Git is not installed, so its data cannot be searched")}
    try:
        names = _names(git, store)
        for mark, kind, data in _objects(git, store):
            place = {"commit": "a commit's message", "tag": "a tag"}.get(kind) or names.get(mark, NOWHERE)
            if data is None:
                closed.add((place, f"a version of it is larger than {INNER // MIB} MiB"))
                continue
            for piece in apart(Source(io.BytesIO(data), len(data), place, place, Budget(len(data)))):
                if isinstance(piece, Closed):
                    closed.add((piece.part, f"in a version stored by Git, {piece.why}"))
                else:
                    findings |= {(place, hit) for hit in needles.hits(piece.text)}
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        closed.add(("", f"Git cannot read its data ({error})"[:200]))
    return findings, closed


def _git_command(git: str, store: Path, *arguments: str) -> list[str]:
    # A store that lacks objects must not fetch them from elsewhere.
    return [git, "--git-dir", str(store.resolve()), "-c", "safe.bareRepository=all", *arguments]


def _environment() -> dict[str, str]:
    return {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def _names(git: str, store: Path) -> dict[str, str]:
    """By object, the path at which a commit has it."""
    command = _git_command(git, store, "rev-list", "--objects", "--all", "--reflog")
    done = subprocess.run(command, capture_output=True, check=False, env=_environment())  # noqa: S603
    lines = done.stdout.decode("utf-8", "surrogateescape").splitlines()
    return {mark: name for mark, _, name in (line.partition(" ") for line in lines) if name}


def _objects(git: str, store: Path) -> Iterator[tuple[str, str, bytes | None]]:
    """Yield (object, kind, content) of all that Git keeps: of trees, the names in them; None for what is too large."""
    command = _git_command(git, store, "cat-file", "--batch", "--batch-all-objects", "--unordered")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()) as run:  # noqa: S603
        stream = run.stdout
        while stream is not None and (head := stream.readline()):
            mark, kind, size = head.decode().split()
            data = _taken(stream, int(size))
            stream.read(1)
            yield mark, kind, _in_tree(data, len(mark) // 2) if kind == "tree" and data is not None else data
        if run.wait() != 0:
            error = run.stderr.read().decode("utf-8", "replace").strip() if run.stderr else ""
            raise ValueError(error or "it stopped")


def _taken(stream: IO[bytes], size: int) -> bytes | None:
    if size <= INNER:
        return stream.read(size)
    while size > 0:
        size -= len(stream.read(min(size, MIB))) or size
    return None


def _in_tree(data: bytes, size: int) -> bytes:
    """The names in a tree: each entry is its mode, its name, a zero, and an object's number of `size` bytes."""
    names, offset = [], 0
    while (end := data.find(b"\0", offset)) >= 0:
        names.append(data[offset:end].partition(b" ")[2])
        offset = end + 1 + size
    return b"\n".join(names)
