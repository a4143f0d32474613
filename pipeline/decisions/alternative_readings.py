"""How others read a theme, in readings.yaml: what stakeholders wrote on a handout, kept beside the team's label.

The file holds people's own words, perhaps a participant's, so it stays out of Git like the transcripts. Entries are
only ever added; the team's labels are never touched by them.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from pipeline.core import entry_files
from pipeline.core.errors import CounterpointError
from pipeline.core.names import written
from pipeline.decisions import ledger
from pipeline.decisions.ledger import Decision

# What a reading says, and how the handout asks for it.
ANSWERS = {
    "means": "What does this mean to you?",
    "called": "What would you call it?",
    "missing": "What is missing?",
}
LONGEST = 20_000


class AlternativesError(CounterpointError):
    """readings.yaml cannot be used; the message lists every problem, one a line."""


class Reading(entry_files.Entry):
    """One person's reading of one theme. `label`: what the theme was called on their handout; `who`, `role`: theirs.

    `means`, `called`, `missing`: their answers, at least one of them (see ANSWERS).
    """

    theme: int = Field(ge=0, le=999_999_999)
    label: str = ""
    who: entry_files.Name
    role: str = ""
    when: entry_files.Day
    means: str = Field(default="", max_length=LONGEST)
    called: str = Field(default="", max_length=LONGEST)
    missing: str = Field(default="", max_length=LONGEST)

    @model_validator(mode="after")
    def _says_something(self) -> "Reading":
        if not any(getattr(self, name).strip() for name in ANSWERS):
            raise ValueError(f"a reading needs one of {', '.join(ANSWERS)}")
        return self

    @property
    def same(self) -> tuple[object, ...]:
        """What makes it the same reading, whenever it was taken in and whatever the theme was called by then."""
        return self.theme, written(self.who), self.role, *(getattr(self, name) for name in ANSWERS)


def load(path: Path) -> list[Reading]:
    """Every reading by theme, time and person; raise AlternativesError with every problem. Without a file, none."""
    held = entry_files.read_entries(path, "readings", Reading, error=AlternativesError, beside=())
    return sorted(map(_kept, held), key=_order)


def _order(one: Reading) -> tuple[object, ...]:
    return one.theme, one.when, one.who, one.role, one.label, one.called, one.means, one.missing


def added(there: Sequence[Reading], brought: Iterable[Reading]) -> list[Reading]:
    """The readings that are not there yet, each once."""
    known = {one.same for one in there}
    new: dict[tuple[object, ...], Reading] = {}
    for one in brought:
        if one.same not in known:
            new.setdefault(one.same, one)
    return list(new.values())


def dump(found: Iterable[Reading]) -> str:
    """The text of readings.yaml: a line each, by theme, time and person."""
    held = sorted(set(found), key=_order)
    return entry_files.dump_entries("readings", (one.model_dump(exclude_defaults=True) for one in held))


def save(path: Path, found: Iterable[Reading]) -> None:
    """Write readings.yaml whole, with the comments that people wrote into it."""
    entry_files.save_entries(path, dump(found), "readings", lambda held: entry_files.one_line(dump([_kept(held)])))


def _kept(held: Any) -> Reading:
    """A reading as it is kept: whose it is in one spelling."""
    one = Reading.model_validate(held)
    return one.model_copy(update={"who": written(one.who)})


def now(theme: int, taken: Iterable[Decision]) -> int:
    """The theme that a theme is today: itself, or the one it was merged into by a decision that stands."""
    for decision in ledger.standing(taken):
        if decision.action == "merge" and theme in decision.others and decision.theme is not None:
            theme = decision.theme
    return theme
