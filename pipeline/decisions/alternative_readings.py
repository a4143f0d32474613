"""Read and write interpretations.yaml: how stakeholders interpreted themes on a handout.

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
    """interpretations.yaml cannot be used; the message lists every problem, one a line."""


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
    entries = entry_files.read_entries(path, "interpretations", Reading, error=AlternativesError, beside=())
    return sorted(map(_with_canonical_name, entries), key=_order)


def _order(reading: Reading) -> tuple[object, ...]:
    return (
        reading.theme,
        reading.when,
        reading.who,
        reading.role,
        reading.label,
        reading.called,
        reading.means,
        reading.missing,
    )


def added(present: Sequence[Reading], offered: Iterable[Reading]) -> list[Reading]:
    """Return the readings that are not yet in `present`, each once."""
    known = {reading.same for reading in present}
    new: dict[tuple[object, ...], Reading] = {}
    for reading in offered:
        if reading.same not in known:
            new.setdefault(reading.same, reading)
    return list(new.values())


def dump(readings: Iterable[Reading]) -> str:
    """Return the text of interpretations.yaml: one line per reading, by theme, time and person."""
    ordered = sorted(set(readings), key=_order)
    return entry_files.dump_entries(
        "interpretations", (reading.model_dump(exclude_defaults=True) for reading in ordered)
    )


def save(path: Path, readings: Iterable[Reading]) -> None:
    """Write interpretations.yaml, keeping the comments that people added to it."""
    entry_files.save_entries(
        path, dump(readings), "interpretations", lambda entry: entry_files.one_line(dump([_with_canonical_name(entry)]))
    )


def _with_canonical_name(entry: Any) -> Reading:
    """Return a reading with its author's name in canonical spelling."""
    reading = Reading.model_validate(entry)
    return reading.model_copy(update={"who": written(reading.who)})


def current_theme(theme: int, decisions: Iterable[Decision]) -> int:
    """Return the current id of a theme: its own, or that of the theme it was merged into."""
    for decision in ledger.standing(decisions):
        if decision.action == "merge" and theme in decision.others and decision.theme is not None:
            theme = decision.theme
    return theme
