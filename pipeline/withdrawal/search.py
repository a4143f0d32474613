"""Searches every file of a project for a person's words and names: unpacked, caches and Git included.

The result lists files with findings, the number of files without, and files that could not be searched. Nothing is
skipped silently, and no file stops the search.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.core.study_paths import Places
from pipeline.withdrawal import derived_files, git_objects, text_lines
from pipeline.withdrawal.containers import apart, plain
from pipeline.withdrawal.containers.pieces import Budget, Closed, Source
from pipeline.withdrawal.name_patterns import SENTENCE, Hit, surest
from pipeline.withdrawal.search_terms import Needles

# The program's own code, whose examples contain names.
PROGRAM = ("pipeline", "tests", "benchmarks")
# The part of a file that is its name.
OWN_NAME = "its own name"
# Git's object folders, which are searched through Git's commands.
_OBJECTS = re.compile(r"(?:[0-9a-f]{2}|pack)")


# A part of a file, and what was found there.
Found = tuple[str, Hit]


@dataclass(frozen=True, order=True)
class Trace:
    """A file with findings. `part`: where in it, such as the member of an archive; `found`: what was found.

    `lines`: the numbers of the lines, if it is a text file.
    """

    path: str
    part: str
    found: tuple[str, ...]
    lines: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True, order=True)
class Unsearched:
    """A file, or a part of one, that could not be searched, and why, as the end of a sentence."""

    path: str
    part: str
    why: str


@dataclass
class Search:
    """The findings in the order in which to check them: raw files first, caches last.

    `clean`: number of files searched without findings; `small`: names that are also ordinary words, with the files that
    contain them in lower case; `examples`: files of the program itself that contain a name; `installed`: folders of
    installed programs, which are not searched.
    """

    found: list[Trace] = field(default_factory=list)
    unsearched: list[Unsearched] = field(default_factory=list)
    clean: int = 0
    small: dict[str, list[str]] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    installed: list[str] = field(default_factory=list)

    @property
    def nothing_left(self) -> bool:
        """Whether everything was searched and nothing was found."""
        return not self.found and not self.unsearched and not self.small

    def add(self, place: str, hits: Iterable[Found], closed: Iterable[tuple[str, str]]) -> None:
        """Record the findings in a file, one per part, and the parts that could not be searched."""
        self.unsearched += [Unsearched(place, inner_path, why) for inner_path, why in closed]
        hits_by_path: dict[str, set[Hit]] = {}
        for inner_path, hit in hits:
            hits_by_path.setdefault(inner_path, set()).add(hit)
        for inner_path, hits_inside in sorted(hits_by_path.items()):
            best = surest(hits_inside)
            for hit in (hit for hit in best if hit.how == "small"):
                self.small.setdefault(hit.name, []).append(f"{place} ({inner_path})" if inner_path else place)
            descriptions = tuple(sorted(str(hit) for hit in best if hit.how != "small"))
            example = SENTENCE not in best and (place.split("/")[0] in PROGRAM or inner_path.split("/")[0] in PROGRAM)
            if descriptions and example:
                self.examples.append(place)
            elif descriptions:
                self.found.append(Trace(place, inner_path, descriptions))


def search(root: Path, needles: Needles, places: Places | None = None) -> Search:
    """Search every file below the project folder. `places`: paths of the study, which are listed first."""
    done = Search()
    withdrawal_folder = places.withdrawal if places is not None else None
    for path in _entries(root, root, done):
        if withdrawal_folder in (path, path.parent):
            continue
        place = path.relative_to(root).as_posix()
        hits = {(OWN_NAME, hit) for text in plain.readings(os.fsencode(path.name)) for hit in needles.hits(text)}
        closed: set[tuple[str, str]] = set()
        if path.is_symlink():
            closed = _link(path, root)
        elif not path.is_dir():
            hits, closed = _in_file(path, needles, hits)
            done.clean += not hits and not closed
        done.add(place, hits, closed)
    for store in git_objects.stores(root):
        done.add(store.relative_to(root).as_posix(), *git_objects.look(store, needles))
    rank = _Rank(root, places)
    done.found = [
        trace if trace.part else replace(trace, lines=text_lines.holding(root / trace.path, needles))
        for trace in done.found
    ]
    done.found.sort(key=lambda trace: (rank(trace.path), trace))
    done.unsearched.sort(key=lambda unsearched: (rank(unsearched.path), unsearched))
    return done


def _entries(folder: Path, root: Path, done: Search) -> Iterator[Path]:
    """Every file, link and folder below a folder, in order; unreadable folders are recorded."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        done.add(folder.relative_to(root).as_posix(), set(), {("", _refused(error))})
        return
    for path in entries:
        if path.is_dir() and (path / "pyvenv.cfg").exists():
            done.installed.append(path.relative_to(root).as_posix())
            continue
        yield path
        kept_by_git = folder.name == "objects" and (folder.parent / "HEAD").exists() and _OBJECTS.fullmatch(path.name)
        if path.is_dir() and not path.is_symlink() and not kept_by_git:
            yield from _entries(path, root, done)


def _link(path: Path, root: Path) -> set[tuple[str, str]]:
    """Links are not followed: targets in the project are searched there, others are reported."""
    target = Path(os.path.realpath(path))
    inside = target.is_relative_to(root.resolve())
    return set() if inside else {("", f"it is a link to {target}, outside the project: check there")}


def _in_file(path: Path, needles: Needles, hits: set[Found]) -> tuple[set[Found], set[tuple[str, str]]]:
    """The findings in a file by part, added to those in its name; and the parts that could not be searched."""
    closed: set[tuple[str, str]] = set()
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            return hits, set() if ".git" in path.parts else {("", "it is a pipe or device, not a file")}
        with path.open("rb") as stream:
            for piece in apart(Source(stream, state.st_size, path.name, "", Budget(state.st_size))):
                if isinstance(piece, Closed):
                    closed.add((piece.part, piece.why))
                else:
                    hits |= {(piece.part, hit) for hit in needles.hits(piece.text)}
    except OSError as error:
        closed.add(("", _refused(error)))
    # Whatever error a file causes, the others are still searched and this one is reported.
    except Exception as error:  # noqa: BLE001
        closed.add(("", f"it caused an error in the search ({type(error).__name__}): open and check it"))
    return hits, closed


def _refused(error: OSError) -> str:
    return f"it cannot be read ({error.strerror or error})"


class _Rank:
    """The rank of a file in the list: input files first, then results, caches last."""

    def __init__(self, root: Path, places: Places | None) -> None:
        self.order: list[str] = []
        if places is not None:
            given = (places.transcripts, places.participants, places.human_codes, places.imported, places.sheets)
            self.order = [path.relative_to(root).as_posix() for path in given] if _below(given, root) else []
            self.made = (
                [path.relative_to(root).as_posix() for path in derived_files.names(places)] if self.order else []
            )
            self.study = places.folder.relative_to(root).as_posix() if self.order else ""

    def __call__(self, path: str) -> int:
        """A number; smaller ones come first."""
        components = path.split("/")
        if ".git" in components or ".dvc" in components or ".cache" in components:
            return 90
        if not self.order:
            return 50
        for rank, place in enumerate(self.order):
            if _within(path, place):
                return rank
        if any(_within(path, place) for place in self.made):
            return 70
        return 10 if _within(path, self.study) else 60 if components[0] in PROGRAM else 50


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


def _below(paths: Iterable[Path], root: Path) -> bool:
    return all(path.is_relative_to(root) for path in paths)
