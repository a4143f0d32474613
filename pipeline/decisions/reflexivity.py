"""Read reflexivity.yaml: what the researchers say of themselves, in dated entries written by hand."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, model_validator

from pipeline.core import entry_files
from pipeline.core.errors import CounterpointError
from pipeline.core.names import written

LONGEST = 20_000
# The questions of the template, in order, by field.
QUESTIONS = {
    "part": "Part in the study",
    "credentials": "Credentials",
    "occupation": "Occupation",
    "gender": "Gender",
    "experience": "Experience and training",
    "relation": "Relation to participants",
    "known": "What participants knew",
    "assumptions": "Assumptions",
    "surprise": "What would be surprising",
    "note": "Note",
}
# The items of COREQ that each field answers.
COREQ = {
    "part": 1,
    "credentials": 2,
    "occupation": 3,
    "gender": 4,
    "experience": 5,
    "relation": 6,
    "known": 7,
    "assumptions": 8,
    "surprise": 8,
}


class ReflexivityError(CounterpointError):
    """reflexivity.yaml cannot be used; the message lists every problem, one a line."""


class Statement(entry_files.Entry):
    """What a person says of themselves on a day; at least one of QUESTIONS is answered."""

    who: entry_files.Name
    when: entry_files.Day
    part: str = Field(default="", max_length=LONGEST)
    credentials: str = Field(default="", max_length=LONGEST)
    occupation: str = Field(default="", max_length=LONGEST)
    gender: str = Field(default="", max_length=LONGEST)
    experience: str = Field(default="", max_length=LONGEST)
    relation: str = Field(default="", max_length=LONGEST)
    known: str = Field(default="", max_length=LONGEST)
    assumptions: str = Field(default="", max_length=LONGEST)
    surprise: str = Field(default="", max_length=LONGEST)
    note: str = Field(default="", max_length=LONGEST)

    @model_validator(mode="after")
    def _says_something(self) -> "Statement":
        if not self.answers:
            raise ValueError(f"an entry needs one of {', '.join(QUESTIONS)}")
        return self

    @property
    def answers(self) -> dict[str, str]:
        """What is said, by field, in the order of QUESTIONS, each on one line."""
        said = {name: " ".join(str(getattr(self, name)).split()) for name in QUESTIONS}
        return {name: text for name, text in said.items() if text}


def load(path: Path) -> list[Statement]:
    """Return the entries by date and person; none without a file. Raises ReflexivityError for problems."""
    entries = entry_files.read_entries(path, "reflexivity", Statement, error=ReflexivityError, beside=())
    named = [entry.model_copy(update={"who": written(entry.who)}) for entry in entries]
    return sorted(named, key=lambda entry: (entry.when, entry.who))


def people(statements: Sequence[Statement]) -> list[str]:
    """The people who say something of themselves, in alphabetical order."""
    return sorted({statement.who for statement in statements})


def coreq(statements: Sequence[Statement]) -> dict[int, str]:
    """What the statements say to the items 1 to 8 of COREQ, by number: the last answer of each person to each field."""
    last: dict[str, dict[str, str]] = {}
    for statement in statements:
        last.setdefault(statement.who, {}).update(statement.answers)
    items: dict[int, dict[str, list[str]]] = {}
    for who in sorted(last):
        for name, item in COREQ.items():
            if said := last[who].get(name):
                whole = said if said[-1] in ".!?…" else f"{said}."
                lead = f"{QUESTIONS[name]}: " if name == "surprise" else ""
                items.setdefault(item, {}).setdefault(who, []).append(f"{lead}{whole}")
    return {
        item: " ".join(f"{who}: {' '.join(said)}" for who, said in by_person.items())
        for item, by_person in sorted(items.items())
    }


def in_words(statements: Sequence[Statement]) -> str:
    """A paragraph for the methods section on who the researchers are and what they assumed; empty if unsaid."""
    items = coreq(statements)
    return " ".join(items[number] for number in (1, 2, 3, 5, 6, 8) if number in items)
