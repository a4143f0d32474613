"""The reading ledger, passages_read.yaml: which segments a person has opened. Ids and names, no participant's text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    """passages_read.yaml cannot be used."""


class Line(entry_files.Entry):
    """A line of passages_read.yaml."""

    segment: str = Field(min_length=1)
    who: entry_files.Name
    first: bool = False


@dataclass(frozen=True, order=True)
class Read:
    """A person read a segment; `first`: before its theme was shown to them."""

    segment: str
    who: str
    first: bool = False

    @property
    def line(self) -> dict[str, Any]:
        """The entry as it is written."""
        return {"segment": self.segment, "who": self.who, **({"first": True} if self.first else {})}


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
    """Return the reading ledger by segment; empty if there is no file. Raises ReadingError if it is malformed."""
    entries = entry_files.read_entries(path, "passages_read", Line, error=ReadingError, beside=())
    return sorted({Read(entry.segment, written(entry.who), entry.first) for entry in entries})


def dump(ledger: Iterable[Read]) -> str:
    """The text of passages_read.yaml: a line each, in the order of segments."""
    return entry_files.dump_entries("passages_read", (read.line for read in sorted(set(ledger))))


def save(path: Path, ledger: Iterable[Read]) -> None:
    """Write the ledger whole, with the comments that people wrote into it."""
    entry_files.save_entries(path, dump(ledger), "passages_read", _line)


def _line(raw: Any) -> str:
    """Return the line that an entry was read from, in canonical form."""
    entry = Line.model_validate(raw)
    return entry_files.one_line(dump([Read(entry.segment, written(entry.who), entry.first)]))


def opened(study: Path, segments: Sequence[str], *, who: str, first: bool = False) -> int:
    """Note that a person opened segments; return how many they had not opened before.

    `first`: before the segments' themes were shown to them. A segment read first can be opened again later.
    """
    if not written(who):
        raise ReadingError("Name the reader: add --who NAME or set COUNTERPOINT_WHO.")
    with study_lock.locked(study):
        before = set(load(Places(study).passages_read))
        after = before | {Read(segment, written(who), first) for segment in segments}
        if after != before:
            save(Places(study).passages_read, after)
    return len(after) - len(before)


def shares(themes: Mapping[str, int], ledger: Iterable[Read], decisions_taken: Iterable[Decision]) -> dict[int, Share]:
    """Return for each theme how many of its segments have been read: opened, or named in a standing decision.

    `themes`: the theme of each segment; -1 (no theme) has a share too. Segments that a decision lists only as members
    of its theme do not count as read.
    """
    read_segments = {entry.segment for entry in ledger}
    read_segments |= {segment for decision in decisions.standing(decisions_taken) for segment in decision.segments}
    of_theme: dict[int, list[str]] = {}
    for segment, theme in themes.items():
        of_theme.setdefault(theme, []).append(segment)
    return {theme: Share(len(read_segments & set(of_theme[theme])), len(of_theme[theme])) for theme in sorted(of_theme)}


def overall(by_theme: Mapping[int, Share]) -> Share:
    """How much of the talk that is in any theme has been read."""
    within = [share for theme, share in by_theme.items() if theme != UNASSIGNED]
    return Share(sum(share.n_read for share in within), sum(share.n_segments for share in within))
