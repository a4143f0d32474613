"""How others read a theme, in readings.yaml: what stakeholders wrote on a hand-out, kept beside the team's label.

The file holds people's own words, perhaps a participant's, so it stays out of Git like the transcripts. Entries are
only ever added; the team's labels are never touched by them.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline import decisions
from pipeline.decisions import Decision, line
from pipeline.errors import CounterpointError

FILE = "readings.yaml"
HEAD = "# How others read the themes, as they wrote on hand-outs. Beside the team's labels, never instead of them.\n"
# What a reading says, and how the hand-out asks for it.
ANSWERS = {
    "means": "What does this mean to you?",
    "called": "What would you call it?",
    "missing": "What is missing?",
}
LONGEST = 20_000


class AlternativesError(CounterpointError):
    """readings.yaml cannot be used; the message lists every problem, one a line."""


class Reading(BaseModel):
    """One person's reading of one theme. `label`: what the theme was called on their hand-out; `who`, `role`: theirs.

    `means`, `called`, `missing`: their answers, at least one of them (see ANSWERS).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    theme: int = Field(ge=0)
    label: str = ""
    who: str = Field(min_length=1)
    role: str = ""
    when: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    means: str = Field(default="", max_length=LONGEST)
    called: str = Field(default="", max_length=LONGEST)
    missing: str = Field(default="", max_length=LONGEST)

    @model_validator(mode="before")
    @classmethod
    def _dates_are_words(cls, held: Any) -> Any:
        # YAML reads 2026-01-15 as a date; the file keeps words.
        if isinstance(held, dict) and held.get("when") is not None:
            return {**held, "when": str(held["when"])}
        return held

    @model_validator(mode="after")
    def _says_something(self) -> "Reading":
        if not any(getattr(self, name).strip() for name in ANSWERS):
            raise ValueError(f"a reading needs one of {', '.join(ANSWERS)}")
        return self

    @property
    def same(self) -> tuple[object, ...]:
        """What makes it the same reading, whenever it was taken in and whatever the theme was called by then."""
        return self.theme, self.who, self.role, *(getattr(self, name) for name in ANSWERS)


def load(path: Path) -> list[Reading]:
    """Every reading by theme, time and person; raise AlternativesError with every problem. Without a file, none."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    except yaml.YAMLError as error:
        raise AlternativesError(f"{path} is not valid YAML: {error}. Mend the line it names.") from None
    blocks = raw.get("readings") or [] if isinstance(raw, dict) else raw or []
    if not isinstance(blocks, list):
        raise AlternativesError(f"{path} should hold one key, 'readings', with a list. Mend its first lines.")
    problems: list[str] = []
    found: list[Reading] = []
    for number, block in enumerate(blocks, start=1):
        try:
            found.append(Reading.model_validate(block))
        except ValidationError as error:
            problems += [_sentence(path, number, one) for one in error.errors()]
    if problems:
        raise AlternativesError("\n".join(problems))
    return sorted(found, key=_order)


def _sentence(path: Path, number: int, problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{path}: entry {number}{f', {where}' if where else ''}: {reason}. Mend that entry."


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
    return f"{HEAD}readings:\n" + "".join(line(one.model_dump(exclude_defaults=True)) for one in held)


def now(theme: int, taken: Iterable[Decision]) -> int:
    """The theme that a theme is today: itself, or the one it was merged into by a decision that stands."""
    for decision in decisions.standing(taken):
        if decision.action == "merge" and theme in decision.others and decision.theme is not None:
            theme = decision.theme
    return theme
