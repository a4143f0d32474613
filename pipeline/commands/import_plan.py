"""What an import will write, worked out whole before anything is written."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.core import atomic_files, study_lock, study_template


@dataclass(frozen=True)
class Wanted:
    """Options: replace the codebook, add transcripts, and how positions are counted."""

    codebook: bool = False
    transcripts: bool = False
    offsets: str = "auto"


@dataclass
class Plan:
    """What an import will write, with messages. It is completed before anything is written.

    `files`: new files; `replaced`: existing files; `kept`: for replaced files, the path of the copy that is kept.
    """

    folder: Path
    wanted: Wanted
    files: dict[Path, bytes] = field(default_factory=dict)
    replaced: dict[Path, bytes] = field(default_factory=dict)
    kept: dict[Path, Path] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def replace(self, file: Path, data: bytes, *, copy: Path) -> None:
        """Plan to write a file that may exist as a template; a changed one is kept as a copy, preferably at `copy`."""
        if not file.exists():
            self.files[file] = data
            return
        self.replaced[file] = data
        if file.read_bytes() != study_template.FILES[file.name].encode():
            self.kept[file] = study_lock.kept_as(file, copy)
            self.lines.append(f"The previous {file} was kept as {self.kept[file]}.")

    def carry_out(self) -> None:
        """Write the files atomically. If interrupted, running the same import again completes it."""
        for old, copy in self.kept.items():
            study_lock.keep(old, copy)
        for path, data in self.files.items():
            atomic_files.create(path, data)
        for path, data in self.replaced.items():
            atomic_files.write(path, data)
