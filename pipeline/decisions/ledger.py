"""Read and write decisions.yaml, the researchers' decisions about candidate themes.

The file contains ids and the researchers' words, never participants' text. A decision is one line (see
core/entry_files.py); lines are sorted by id, and decisions are replayed in the order of `when`.
"""

import hashlib
import json
import unicodedata
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


# Keys of the file that the report page saves, besides the decisions.
BESIDE = ("basis", "seen")
# Order of keys: those that people look for first, lists of ids last.
ORDER = (
    *("id", "when", "who", "action", "theme", "label", "others", "called", "text", "undoes", "why"),
    *("answers", "segments", "members", "documents"),
)


# The most characters of a theme's label.
LONGEST_LABEL = 200
# What a theme is called whose label, in a file by hand, has no visible character.
NO_LABEL = "(no label)"


class DecisionsError(CounterpointError):
    """decisions.yaml cannot be used; the message lists every problem, one per line."""


class Decision(entry_files.Entry):
    """One decision of the researchers about a theme.

    `theme`: the theme concerned (move: the theme the segments go to, -1 for none; split: the theme they leave).
    `members`: the theme's segments at the time, its anchor (merge: the segments of all merged themes). `documents`: the
    documents in the study at the time, so that later talk can be told from talk already known. `why`, `text`: the
    researchers' own words. `called`: the label at the time of the theme, then of each of the `others`, which name
    themes that no longer exist. `answers`: the open questions about the theme that accepting or rejecting it settles,
    each as kind and number of segments ("shifted 12"); a question is asked again only if its number changes.
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
        """The labels at the time of the themes concerned, by theme id, as far as they were recorded."""
        about = [theme for theme in (self.theme, *self.others) if theme is not None]
        return {theme: name for theme, name in zip(about, self.called, strict=False) if name}

    @property
    def key(self) -> str:
        """The decision's id, or a hash of its content if it was written by hand without one."""
        if self.id:
            return self.id
        fields = self.model_dump(exclude={"id", "called", "members", "documents", "answers"})
        encoded = json.dumps(fields, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(encoded.encode()).hexdigest()[:10]


def load(path: Path) -> list[Decision]:
    """Return the decisions in the file, in order; none if there is no file.

    Raises DecisionsError with all problems at once.
    """
    entries = entry_files.read_entries(
        path,
        "decisions",
        Decision,
        error=DecisionsError,
        word="decision",
        together=partial(_clashes, path),
        beside=BESIDE,
    )
    return in_order(map(_with_id, entries))


def in_order(decisions: Iterable[Decision]) -> list[Decision]:
    """Return decisions sorted by time, then id."""
    return sorted(decisions, key=lambda decision: (decision.when.replace(" ", "T"), decision.key))


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions in force, in order: those not undone. Undoing an undo restores the first decision."""
    ordered = in_order(decisions)
    undone: set[str] = set()
    for decision in reversed(ordered):
        if decision.action == "undo" and decision.key not in undone:
            undone.add(str(decision.undoes))
    return [decision for decision in ordered if decision.action != "undo" and decision.key not in undone]


def dump(decisions: Iterable[Decision]) -> str:
    """Return the text of decisions.yaml: one line per decision, by id, keys in a fixed order, without defaults."""
    keyed = {decision.key: decision for decision in decisions}
    entries = []
    for key in sorted(keyed):
        fields = keyed[key].model_dump(mode="json", exclude_defaults=True) | {"id": key}
        entries.append({name: fields[name] for name in ORDER if name in fields})
    return entry_files.dump_entries("decisions", entries)


def save(path: Path, decisions: Iterable[Decision]) -> None:
    """Write decisions.yaml, keeping the comments that people added to it."""
    entry_files.save_entries(path, dump(decisions), "decisions", _line)


def _line(entry: Any) -> str:
    """Return the line that a decision was read from, in canonical form."""
    return entry_files.one_line(dump([_with_id(Decision.model_validate(entry))]))


def clean_label(text: str) -> str:
    """Return a label on one line: single spaces, no control or format characters; '' if nothing is visible."""
    spaced = "".join(" " if letter.isspace() else letter for letter in text)
    return " ".join("".join(one for one in spaced if unicodedata.category(one) not in ("Cc", "Cf")).split())


def _with_id(decision: Decision) -> Decision:
    """Return the decision with its id (that of the words as written), and its names and labels in canonical form."""
    label = None if decision.label is None else _shortened(decision.label) or NO_LABEL
    called = tuple(map(_shortened, decision.called))
    fields = {"id": decision.key, "who": written(decision.who), "label": label, "called": called}
    return decision.model_copy(update=fields)


def _shortened(label: str) -> str:
    return clean_label(label)[:LONGEST_LABEL].rstrip()


def _clashes(path: Path, decisions: list[Decision], lines: list[int]) -> list[str]:
    """Return problems between decisions that are each valid by themselves."""
    first: dict[str, int] = {}
    problems = []
    for decision, line in zip(decisions, lines, strict=True):
        where = f"{path}, line {line}"
        if decision.key in first:
            problems.append(
                f"{where}: two decisions have the id {decision.key}; the first is on line {first[decision.key]}. "
                "Remove one of them, or its id."
            )
        first.setdefault(decision.key, line)
        if decision.theme == UNASSIGNED and decision.action != "move":
            problems.append(
                f"{where}: decision {decision.key} refers to theme -1, which is not a theme. Give a theme's id."
            )
        if UNASSIGNED in decision.others:
            problems.append(
                f"{where}: decision {decision.key} merges theme -1, which is not a theme. Give a theme's id."
            )
    return problems + [
        f"{path}, line {line}: this undoes {decision.undoes}, but no decision has that id. Correct or remove it."
        for decision, line in zip(decisions, lines, strict=True)
        if decision.action == "undo" and decision.undoes not in first
    ]
