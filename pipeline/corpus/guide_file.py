"""guide.yaml: the questions of the interview guide, as the researchers word, name and join them.

An entry is one question. `also`: other wordings of it, as they were asked; `follow_up`: it is no question of the guide.
"""

import difflib
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, model_validator

from pipeline.core import entry_files
from pipeline.core.entry_files import Entry
from pipeline.core.errors import CounterpointError
from pipeline.corpus import question_wording

KEY = "questions"


class GuideError(CounterpointError):
    """guide.yaml cannot be used; the message has one line per problem."""


def _worded(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise ValueError("the words of a question are required")
    return text


Words = Annotated[str, AfterValidator(_worded)]


class Question(Entry):
    """A question of the guide. `name`: what it is called in the report, by default its words."""

    question: Words
    name: str = ""
    also: tuple[Words, ...] = ()
    follow_up: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, held: object) -> object:
        """A guide that people have is a plain list of questions; one other wording needs no list."""
        if isinstance(held, str):
            return {"question": held}
        if words := _with_colon(held, tuple(cls.model_fields)):
            return {"question": words}
        if isinstance(held, dict) and isinstance(held.get("also"), str):
            return {**held, "also": [held["also"]]}
        return held

    @property
    def wordings(self) -> tuple[str, ...]:
        """The question and its other wordings."""
        return (self.question, *self.also)

    @property
    def shown(self) -> str:
        """Its name, or its words."""
        return " ".join(self.name.split()) or self.question


def _with_colon(held: object, fields: Collection[str]) -> str:
    """Return the words of a plain question with a colon in it, which YAML reads as a name and a value; else nothing.

    A misspelt field is no question.
    """
    if not isinstance(held, dict) or len(held) != 1:
        return ""
    before, after = next(iter(held.items()))
    if not (after is None or isinstance(after, str)) or difflib.get_close_matches(before.casefold(), fields):
        return ""
    return f"{before}: {after or ''}".strip()


def load(path: Path) -> list[Question]:
    """Read guide.yaml; a missing file has no questions. Raises GuideError with all problems."""
    return entry_files.read_entries(
        path, KEY, Question, error=GuideError, word="question", together=_twice(path), beside=()
    )


def _twice(path: Path) -> Callable[[list[Question], list[int]], list[str]]:
    def together(entries: list[Question], lines: list[int]) -> list[str]:
        """Return a message for each wording that stands under two questions."""
        first: dict[str, int] = {}
        messages = []
        for entry, line in zip(entries, lines, strict=True):
            for words in dict.fromkeys(map(question_wording.plain, entry.wordings)):
                if words in first:
                    messages.append(
                        f"{path}, line {line}: “{entry.question}” has a wording that is also in line {first[words]}. "
                        "Keep it under one question."
                    )
                first.setdefault(words, line)
        return messages

    return together


def dump(entries: Iterable[Question]) -> str:
    """Return the text of guide.yaml: one line per question."""
    return entry_files.dump_entries(KEY, [entry.model_dump(mode="json", exclude_defaults=True) for entry in entries])


def save(path: Path, entries: Iterable[Question]) -> None:
    """Write guide.yaml, keeping the comments that people wrote into it. Raises OSError."""
    entry_files.save_entries(
        path, dump(entries), KEY, lambda block: entry_files.one_line(dump([Question(**_fields(block))]))
    )


def _fields(block: object) -> dict[str, object]:
    return dict(block) if isinstance(block, dict) else {"question": str(block)}
