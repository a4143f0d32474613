"""Read and write readings.yaml: how stakeholders interpreted themes on a handout.

The file contains people's own words, perhaps a participant's, so it is kept out of Git like the transcripts. Entries
are only added, and they never change the team's labels.
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

# The answers of a reading, and the questions on the handout.
ANSWERS = {
    "means": "What does this mean to you?",
    "called": "What would you call it?",
    "missing": "What is missing?",
}
LONGEST = 20_000


class AlternativesError(CounterpointError):
    """readings.yaml cannot be used; the message lists every problem, one a line."""


class Reading(entry_files.Entry):
    """One person's interpretation of one theme.

    `label`: the theme's label on the handout; `who`, `role`: the person's name and role; `means`, `called`, `missing`:
    their answers, at least one (see ANSWERS).
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
        """The key of a reading, without its date and the theme's label."""
        return self.theme, written(self.who), self.role, *(getattr(self, name) for name in ANSWERS)


def load(path: Path) -> list[Reading]:
    """Return all readings by theme, time and person, none without a file; raise AlternativesError for problems."""
    held = entry_files.read_entries(path, "readings", Reading, error=AlternativesError, beside=())
    return sorted(map(_kept, held), key=_order)


def _order(one: Reading) -> tuple[object, ...]:
    return one.theme, one.when, one.who, one.role, one.label, one.called, one.means, one.missing


def added(there: Sequence[Reading], brought: Iterable[Reading]) -> list[Reading]:
    """Return the readings that are not yet in `there`, each once."""
    known = {one.same for one in there}
    new: dict[tuple[object, ...], Reading] = {}
    for one in brought:
        if one.same not in known:
            new.setdefault(one.same, one)
    return list(new.values())


def dump(found: Iterable[Reading]) -> str:
    """Return the text of readings.yaml: one line per reading, by theme, time and person."""
    held = sorted(set(found), key=_order)
    return entry_files.dump_entries("readings", (one.model_dump(exclude_defaults=True) for one in held))


def save(path: Path, found: Iterable[Reading]) -> None:
    """Write readings.yaml whole, with the comments that people wrote into it."""
    entry_files.save_entries(path, dump(found), "readings", lambda held: entry_files.one_line(dump([_kept(held)])))


def _kept(held: Any) -> Reading:
    """Return a reading with its author's name in canonical spelling."""
    one = Reading.model_validate(held)
    return one.model_copy(update={"who": written(one.who)})


def now(theme: int, taken: Iterable[Decision]) -> int:
    """Return the current id of a theme: its own, or that of the theme it was merged into."""
    for decision in ledger.standing(taken):
        if decision.action == "merge" and theme in decision.others and decision.theme is not None:
            theme = decision.theme
    return theme
