"""Read and write decisions.yaml, the researchers' decisions about candidate themes.

The file contains ids and the researchers' words, never participants' text. A decision is one line (see
core/entry_files.py); lines are sorted by id, and decisions are replayed in the order of `when`.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pipeline.core import entry_files
from pipeline.core.errors import CounterpointError
from pipeline.core.names import written
from pipeline.core.terms import UNASSIGNED

# Theme ids have six digits; more than nine digits is a typing error.
ThemeId = Annotated[int, Field(ge=UNASSIGNED, le=999_999_999)]
Action = Literal["accept", "rename", "merge", "split", "reject", "move", "pin", "memo", "undo"]

# Required fields of each action, besides who and when.
NEEDS = {
    "accept": ("theme",),
    "rename": ("theme", "label"),
    "merge": ("theme", "others"),
    "split": ("theme", "label", "segments"),
    "reject": ("theme",),
    "move": ("theme", "segments"),
    "pin": ("theme", "segments"),
    "memo": ("theme", "text"),
    "undo": ("undoes",),
}


# What the file that the report's page saves holds beside its decisions.
BESIDE = ("basis", "seen")
# What a person looks for comes first in a line; the lists of ids come last.
ORDER = (
    *("id", "when", "who", "action", "theme", "label", "others", "called", "text", "undoes", "why"),
    *("answers", "segments", "members", "documents"),
)


class DecisionsError(CounterpointError):
    """decisions.yaml cannot be used; the message lists every problem, one a line."""


class Decision(entry_files.Entry):
    """One decision.

    `theme`: the theme it is about (for move: where the segments go, -1 for none; for split: the theme they leave).
    `members`: the segments the theme held when it was decided, its anchor (for merge: those of all themes merged).
    `documents`: the documents there were then,
    so that talk which came later can be told from talk that was known. `why`, `text`: the researchers' own words.
    `called`: the label of the theme when it was decided, then those of the `others`, so that they have a name where
    they are gone since. `answers`: the questions that were open about the theme and that accepting or rejecting it
    settles, each as kind and number of segments ("shifted 12"); they are asked again only if the number changes.
    """

    id: str = ""
    action: Action
    theme: ThemeId | None = None
    label: str | None = Field(default=None, min_length=1)
    others: tuple[ThemeId, ...] = ()
    called: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    text: str | None = None
    undoes: str | None = None
    who: entry_files.Name
    when: entry_files.Time
    why: str = ""
    members: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> "Decision":
        missing = [name for name in NEEDS[self.action] if getattr(self, name) in (None, (), "")]
        if missing:
            raise ValueError(f"{self.action} needs {' and '.join(missing)}")
        return self

    @property
    def names(self) -> dict[int, str]:
        """What the themes it is about were called when it was decided, by their ids, as far as it says so."""
        about = [theme for theme in (self.theme, *self.others) if theme is not None]
        return {theme: name for theme, name in zip(about, self.called, strict=False) if name}

    @property
    def key(self) -> str:
        """The id, or one made from what the decision says, for one written by hand without it."""
        if self.id:
            return self.id
        said = self.model_dump(exclude={"id", "called", "members", "documents", "answers"})
        held = json.dumps(said, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(held.encode()).hexdigest()[:10]


def load(path: Path) -> list[Decision]:
    """The decisions of a study in the order they were taken; raise DecisionsError with every problem at once."""
    found = entry_files.read_entries(
        path,
        "decisions",
        Decision,
        error=DecisionsError,
        word="decision",
        together=partial(_clashes, path),
        beside=BESIDE,
    )
    return in_order(map(_kept, found))


def in_order(decisions: Iterable[Decision]) -> list[Decision]:
    """Decisions as they were taken: by time, then by id."""
    return sorted(decisions, key=lambda decision: (decision.when.replace(" ", "T"), decision.key))


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that were not undone, in order; undoing an undo brings the first one back."""
    ordered = in_order(decisions)
    undone: set[str] = set()
    for decision in reversed(ordered):
        if decision.action == "undo" and decision.key not in undone:
            undone.add(str(decision.undoes))
    return [decision for decision in ordered if decision.action != "undo" and decision.key not in undone]


def dump(decisions: Iterable[Decision]) -> str:
    """The text of decisions.yaml: a line each, in the order of ids, keys in one order, defaults left out."""
    keyed = {decision.key: decision for decision in decisions}
    rows = []
    for key in sorted(keyed):
        held = keyed[key].model_dump(mode="json", exclude_defaults=True) | {"id": key}
        rows.append({name: held[name] for name in ORDER if name in held})
    return entry_files.dump_entries("decisions", rows)


def save(path: Path, decisions: Iterable[Decision]) -> None:
    """Write decisions.yaml whole, with the comments that people wrote into it."""
    entry_files.save_entries(path, dump(decisions), "decisions", _line)


def _line(held: Any) -> str:
    """The line of a decision as it was read."""
    return entry_files.one_line(dump([_kept(Decision.model_validate(held))]))


def _kept(one: Decision) -> Decision:
    """A decision as it is kept: with its id, and who took it in one spelling."""
    return one.model_copy(update={"id": one.key, "who": written(one.who)})


def _clashes(path: Path, decisions: list[Decision], lines: list[int]) -> list[str]:
    """What is wrong with decisions that are right by themselves."""
    first: dict[str, int] = {}
    said = []
    for decision, line in zip(decisions, lines, strict=True):
        where = f"{path}, line {line}"
        if decision.key in first:
            said.append(
                f"{where}: two decisions have the id {decision.key}; the first is on line {first[decision.key]}. "
                "Remove one of them, or its id."
            )
        first.setdefault(decision.key, line)
        if decision.theme == UNASSIGNED and decision.action != "move":
            said.append(
                f"{where}: decision {decision.key} refers to theme -1, which is not a theme. Give a theme's id."
            )
        if UNASSIGNED in decision.others:
            said.append(f"{where}: decision {decision.key} merges theme -1, which is not a theme. Give a theme's id.")
    return said + [
        f"{path}, line {line}: this undoes {decision.undoes}, but no decision has that id. Correct or remove it."
        for decision, line in zip(decisions, lines, strict=True)
        if decision.action == "undo" and decision.undoes not in first
    ]
