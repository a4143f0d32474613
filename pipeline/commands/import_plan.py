"""What an import will write, worked out whole before anything is written."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.core import atomic_files, study_lock, study_template
from pipeline.core.study_paths import Places
from pipeline.corpus import imported, memos, taken
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.taken import Taken


@dataclass(frozen=True)
class Wanted:
    """Options: replace the codebook, add transcripts, and how positions are counted."""

    codebook: bool = False
    transcripts: bool = False
    offsets: str = "auto"


@dataclass
class Plan:
    """What an import will write, with messages. It is completed before anything is written.

    `files`: new files; `replaced`: existing files; `kept`: for replaced files, the path of the copy that is kept;
    `memos` and `taken`: what goes to imported/; `conflicts`: whether the study has other content that was kept.
    """

    folder: Path
    wanted: Wanted
    files: dict[Path, bytes] = field(default_factory=dict)
    replaced: dict[Path, bytes] = field(default_factory=dict)
    kept: dict[Path, Path] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    conflicts: bool = False

    def replace(self, file: Path, data: bytes, *, copy: Path) -> None:
        """Plan to write a file that may exist as a template; a changed one is kept as a copy, preferably at `copy`."""
        if not file.exists():
            self.files[file] = data
            return
        self.replaced[file] = data
        if file.read_bytes() != study_template.FILES[file.name].encode():
            self.kept[file] = study_lock.kept_as(file, copy)
            self.lines.append(f"The previous {file} was kept as {self.kept[file]}.")

    def finish(self) -> None:
        """Plan the files of imported/, and say what was taken and left, and whether anything is new.

        Where nothing is, the table of what was taken stays as it is.
        """
        places = Places(self.folder).imported
        memos_file, taken_file = places / memos.NAME, places / imported.TAKEN
        there = memos.load(memos_file.read_bytes()) if memos_file.is_file() else []
        every = memos.added(there, self.memos)
        if len(every) > len(there):
            self._put(memos_file, memos.dump(every))
        before = taken.load(taken_file.read_bytes()) if taken_file.is_file() else []
        known = {row.file for row in before}
        changed = any(not _is(path, data) for path, data in {**self.files, **self.replaced}.items())
        self.lines += taken.sentences(self.taken)
        if self.taken and (changed or self.taken[0].file not in known):
            self._put(taken_file, taken.dump(taken.replaced(before, self.taken[0].file, self.taken)))
        elif self.taken and not changed:
            why = "what differs was left out" if self.conflicts else "the study has all of it already"
            self.lines.append(f"Nothing was changed: {why}.")

    def _put(self, file: Path, data: bytes) -> None:
        (self.replaced if file.exists() else self.files)[file] = data

    def carry_out(self) -> None:
        """Write the files atomically. If interrupted, running the same import again completes it."""
        for old, copy in self.kept.items():
            study_lock.keep(old, copy)
        for path, data in self.files.items():
            atomic_files.create(path, data)
        for path, data in self.replaced.items():
            atomic_files.write(path, data)


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data
