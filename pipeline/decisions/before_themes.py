"""What people read and noted before themes were shown to them: notes_before_themes.yaml and the reading ledger.

A passage counts as read before for a person if it was marked in `counterpoint review --read-first` before the themes,
or its own theme, were shown to them there. The notes may repeat what participants said, so Git leaves the file out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from pipeline.core import entry_files, prose, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.core.names import written
from pipeline.core.study_paths import Places
from pipeline.decisions.ledger import Decision
from pipeline.decisions.reading_ledger import Read

LONGEST = 20_000


class NotesError(CounterpointError):
    """notes_before_themes.yaml cannot be used; the message lists every problem, one a line."""


class Note(entry_files.Entry):
    """A person's note on a document or a group of passages before its theme was shown, or that themes were shown.

    `theme`: the group's theme id; without `document` and `theme`, the note is on the whole study. `shown`: from `when`
    on, the person has been shown this theme (all themes, without `theme`).
    """

    who: entry_files.Name
    when: entry_files.Time
    document: str = ""
    theme: int | None = None
    text: str = Field(default="", max_length=LONGEST)
    shown: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> "Note":
        if not (self.text.strip() or self.shown):
            raise ValueError("a note needs a text")
        return self


@dataclass(frozen=True)
class Reader:
    """What a person read: `before` and `after` themes were shown, of `total` segments; `shown`: the day, or ''."""

    who: str
    before: int
    after: int
    total: int
    shown: str


def load(path: Path) -> list[Note]:
    """Return all notes by time and person; none without a file. Raises NotesError for problems."""
    entries = entry_files.read_entries(path, "notes", Note, error=NotesError, beside=())
    named = [entry.model_copy(update={"who": written(entry.who)}) for entry in entries]
    return sorted(named, key=_order)


def dump(notes: Iterable[Note]) -> str:
    """The text of notes_before_themes.yaml: one line per note, by time and person."""
    ordered = sorted(set(notes), key=_order)
    return entry_files.dump_entries("notes", (note.model_dump(exclude_defaults=True) for note in ordered))


def save(path: Path, notes: Iterable[Note]) -> None:
    """Write the file, keeping the comments that people added to it."""
    entry_files.save_entries(
        path, dump(notes), "notes", lambda entry: entry_files.one_line(dump([Note.model_validate(entry)]))
    )


def add(study: Path, fields: Mapping[str, Any]) -> None:
    """Add a note. Raises NotesError if it is invalid, and BusyError."""
    note = entry_files.new_entry(Note, fields, error=NotesError)
    with study_lock.locked(study):
        path = Places(study).notes_before_themes
        save(path, [*load(path), note.model_copy(update={"who": written(note.who)})])


def seen(who: str, ledger: Iterable[Read], decisions: Iterable[Decision], notes: Iterable[Note]) -> str:
    """Return what shows that a person has been shown themes, as the end of a sentence; empty if nothing does."""
    name = written(who)
    opened = sum(entry.who == name and not entry.first for entry in ledger)
    decided = sum(decision.who == name for decision in decisions)
    if any(note.who == name and note.shown and note.theme is None for note in notes):
        return "has been shown the themes"
    if decided:
        return f"has taken {prose.count(decided, 'decision')} about themes"
    return f"has opened {prose.count(opened, 'passage')} in the report" if opened else ""


def readers(ledger: Sequence[Read], notes: Sequence[Note], segments: Iterable[str]) -> list[Reader]:
    """Return what each person read before and after themes were shown, of the `segments` that are analysed."""
    analysed = set(segments)
    people = sorted({entry.who for entry in ledger} | {note.who for note in notes})
    made = []
    for who in people:
        before = {entry.segment for entry in ledger if entry.who == who and entry.first} & analysed
        after = {entry.segment for entry in ledger if entry.who == who and not entry.first} & analysed
        shown = next((note.when[:10] for note in notes if note.who == who and note.shown and note.theme is None), "")
        made.append(Reader(who, len(before), len(after), len(analysed), shown))
    return [reader for reader in made if reader.before or reader.after or reader.shown]


def in_words(readers_: Sequence[Reader]) -> list[str]:
    """A sentence on each person: what they read before the themes, and what after."""
    return [_told(reader) for reader in readers_]


def _told(reader: Reader) -> str:
    total = prose.count(reader.total, "segment")
    if not reader.before:
        return f"{reader.who} read {reader.after:,} of {total}, none of them recorded as read before themes were shown."
    share = prose.percent(reader.before / reader.total) if reader.total else "0%"
    start = f"{reader.who} read {reader.before:,} of {total} ({share}) before their themes were shown"
    on = f" (all themes were shown on {reader.shown})" if reader.shown else ""
    return f"{start}{on}, and opened {reader.after:,} afterwards."


def _order(note: Note) -> tuple[object, ...]:
    return note.when.replace(" ", "T"), note.who, note.document, note.theme or 0, note.shown, note.text
