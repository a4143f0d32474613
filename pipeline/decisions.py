"""What researchers decided about candidate themes: read from and written to decisions.yaml.

The file holds ids and words only, never a participant's text. A decision is one line; lines stand in the order of their
ids, and replay follows `when`. One line each, because Git then merges two people's additions whole (merge=union in
.gitattributes); of blocks over several lines it would take the lines they share once, and mix the rest.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline import schemas
from pipeline.errors import CounterpointError

Action = Literal["accept", "rename", "merge", "split", "reject", "move", "pin", "memo", "undo"]

# What each action cannot do without, beside who and when.
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


# What a person looks for comes first in a line; the lists of ids come last.
ORDER = (
    *("id", "when", "who", "action", "theme", "label", "others", "text", "undoes", "why"),
    *("answers", "segments", "members", "documents"),
)


class DecisionsError(CounterpointError):
    """decisions.yaml cannot be used; the message lists every problem, one a line."""


class Decision(BaseModel):
    """One decision.

    `theme`: the theme it is about (for move: where the segments go, -1 for none; for split: the theme they leave).
    `members`: the segments the theme held when it was decided, its anchor (for merge: those of all themes merged).
    `documents`: the documents there were then,
    so that talk which came later can be told from talk that was known. `why`, `text`: the researchers' own words.
    `answers`: the questions that were open about the theme and that accepting it settles, each as kind and number of
    segments ("shifted 12"); they are asked again only if the number changes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    id: str = ""
    action: Action
    theme: int | None = None
    label: str | None = Field(default=None, min_length=1)
    others: tuple[int, ...] = ()
    segments: tuple[str, ...] = ()
    text: str | None = None
    undoes: str | None = None
    who: str = Field(min_length=1)
    when: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?$")]
    why: str = ""
    members: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _dates_are_words(cls, held: Any) -> Any:
        # YAML reads 2026-01-15 as a date; the file keeps words.
        if isinstance(held, dict) and held.get("when") is not None:
            return {**held, "when": str(held["when"])}
        return held

    @model_validator(mode="after")
    def _complete(self) -> "Decision":
        missing = [name for name in NEEDS[self.action] if getattr(self, name) in (None, (), "")]
        if missing:
            raise ValueError(f"{self.action} needs {' and '.join(missing)}")
        return self

    @property
    def key(self) -> str:
        """The id, or one made from what the decision says, for one written by hand without it."""
        if self.id:
            return self.id
        said = self.model_dump(exclude={"id", "members", "documents", "answers"})
        held = json.dumps(said, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(held.encode()).hexdigest()[:10]


def load(path: Path) -> list[Decision]:
    """The decisions of a study in the order they were taken; raise DecisionsError with every problem at once."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    except yaml.YAMLError as error:
        raise DecisionsError(f"{path} is not valid YAML: {error}. Mend the line it names.") from None
    blocks = (raw or {}).get("decisions") if isinstance(raw, dict | None) else None
    if blocks is None and raw not in (None, {}, {"decisions": None}):
        raise DecisionsError(
            f"{path} should hold one key, 'decisions', with a list of decisions. Mend its first lines."
        )
    problems: list[str] = []
    found: list[Decision] = []
    for number, block in enumerate(blocks or [], start=1):
        try:
            decision = Decision.model_validate(block)
            found.append(decision.model_copy(update={"id": decision.key}))
        except ValidationError as error:
            problems += [_sentence(path, number, problem) for problem in error.errors()]
    problems += _clashes(path, found)
    if problems:
        raise DecisionsError("\n".join(problems))
    return in_order(found)


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


class _OneLine(yaml.SafeDumper):
    """Writes YAML without a line break, whatever the words hold."""


def _words(dumper: yaml.SafeDumper, words: str) -> yaml.Node:
    breaks = any(mark in words for mark in "\n\r\x85\u2028\u2029")
    return dumper.represent_scalar("tag:yaml.org,2002:str", words, style='"' if breaks else None)


_OneLine.add_representer(str, _words)


def line(held: dict[str, Any]) -> str:
    """One entry of a list in YAML, on one line."""
    flow = yaml.dump(held, Dumper=_OneLine, sort_keys=False, allow_unicode=True, width=10**9, default_flow_style=True)
    return f"- {flow}"


def dump(decisions: Iterable[Decision]) -> str:
    """The text of decisions.yaml: a line each, in the order of ids, keys in one order, defaults left out."""
    keyed = {decision.key: decision for decision in decisions}
    lines = []
    for key in sorted(keyed):
        held = keyed[key].model_dump(mode="json", exclude_defaults=True) | {"id": key}
        lines.append(line({name: held[name] for name in ORDER if name in held}))
    head = "# What the researchers decided about candidate themes. Ids and words only: no participant's text.\n"
    return f"{head}decisions:\n{''.join(lines)}"


def save(path: Path, decisions: Iterable[Decision]) -> None:
    """Write decisions.yaml whole: a temporary file beside it first, then a rename."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(dump(decisions), encoding="utf-8")
    temporary.replace(path)


def _clashes(path: Path, decisions: list[Decision]) -> list[str]:
    keys = [decision.key for decision in decisions]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    unknown = sorted({str(d.undoes) for d in decisions if d.action == "undo"} - set(keys))
    self_named = [d.key for d in decisions if d.theme == schemas.UNASSIGNED and d.action != "move"]
    return [
        *(f"{path}: two decisions have the id {key}. Remove one, or its id." for key in twice),
        *(f"{path}: a decision undoes {key}, and there is none with that id. Mend or remove it." for key in unknown),
        *(f"{path}: decision {key} is about theme -1, which is none. Name a theme." for key in self_named),
    ]


def _sentence(path: Path, number: int, problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{path}: decision {number}{f', {where}' if where else ''}: {reason}. Mend that entry."
