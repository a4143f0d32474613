"""The reading ledger, reading.yaml: which segments a person has opened. Ids and names only: no participant's text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.core import entry_files, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.core.names import written
from pipeline.core.study_paths import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import ledger as decisions
from pipeline.decisions.ledger import Decision


class ReadingError(CounterpointError):
    """reading.yaml cannot be used."""


class Line(entry_files.Entry):
    """A line of reading.yaml."""

    segment: str = Field(min_length=1)
    who: entry_files.Name


@dataclass(frozen=True, order=True)
class Read:
    """A person opened a segment."""

    segment: str
    who: str


@dataclass(frozen=True)
class Share:
    """How much of a theme somebody has opened or decided on: `n_read` of its `n_segments`."""

    n_read: int
    n_segments: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 for a theme without segments."""
        return self.n_read / self.n_segments if self.n_segments else 0.0


def load(path: Path) -> list[Read]:
    """The ledger in the order of segments; empty where there is no file. Raises ReadingError for another shape."""
    held = entry_files.read_entries(path, "reading", Line, error=ReadingError, beside=())
    return sorted({Read(one.segment, written(one.who)) for one in held})


def dump(ledger: Iterable[Read]) -> str:
    """The text of reading.yaml: a line each, in the order of segments."""
    return entry_files.dump_entries("reading", (asdict(read) for read in sorted(set(ledger))))


def save(path: Path, ledger: Iterable[Read]) -> None:
    """Write the ledger whole, with the comments that people wrote into it."""
    entry_files.save_entries(path, dump(ledger), "reading", _line)


def _line(held: Any) -> str:
    """The line of an entry as it was read."""
    one = Line.model_validate(held)
    return entry_files.one_line(dump([Read(one.segment, written(one.who))]))


def opened(study: Path, segments: Sequence[str], *, who: str) -> int:
    """Note that a person opened segments; return how many they had not opened before."""
    if not written(who):
        raise ReadingError("Name the reader: add --who NAME or set COUNTERPOINT_WHO.")
    with study_lock.locked(study):
        before = set(load(Places(study).reading))
        after = before | {Read(segment, written(who)) for segment in segments}
        if after != before:
            save(Places(study).reading, after)
    return len(after) - len(before)


def shares(themes: Mapping[str, int], ledger: Iterable[Read], taken: Iterable[Decision]) -> dict[int, Share]:
    """For each theme, how many of its segments somebody has opened, or named in a standing decision.

    `themes`: each segment's theme (-1, no theme, has its share too). What a decision only counts among the theme's
    members is not thereby read.
    """
    read = {entry.segment for entry in ledger}
    read |= {segment for decision in decisions.standing(taken) for segment in decision.segments}
    of_theme: dict[int, list[str]] = {}
    for segment, theme in themes.items():
        of_theme.setdefault(theme, []).append(segment)
    return {theme: Share(len(read & set(of_theme[theme])), len(of_theme[theme])) for theme in sorted(of_theme)}


def overall(by_theme: Mapping[int, Share]) -> Share:
    """How much of the talk that is in any theme has been read."""
    within = [share for theme, share in by_theme.items() if theme != UNASSIGNED]
    return Share(sum(share.n_read for share in within), sum(share.n_segments for share in within))
