"""What the researchers say of themselves, and who read what before and after themes were shown, for the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.decisions import before_themes, outcomes, reflexivity
from pipeline.decisions.before_themes import Note
from pipeline.decisions.reflexivity import Statement
from pipeline.reporting.report_tables import ReportData


@dataclass(frozen=True)
class Noted:
    """A note made before themes were shown. `about`: the document, the theme, or the whole study."""

    who: str
    when: str
    about: str
    text: str


@dataclass(frozen=True)
class Reflexivity:
    """`statements`: each person's entries, oldest first, with what they answered; `readers`: who read what.

    `notes`: what people noted before themes were shown; `overruled`: what became of the candidates, or empty.
    """

    statements: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    readers: tuple[str, ...]
    notes: tuple[Noted, ...]
    overruled: str


def build(data: ReportData) -> Reflexivity:
    """Prepare the section from what people wrote and what the ledgers hold."""
    labels = dict(zip(data.tables["theme_states"].theme_id, data.tables["theme_states"].label, strict=True))
    return Reflexivity(
        statements=_statements(data.statements),
        readers=tuple(before_themes.in_words(data.readers)),
        notes=tuple(
            Noted(note.who, note.when.replace("T", " "), _about(note, labels), note.text)
            for note in data.notes
            if note.text.strip()
        ),
        overruled=outcomes.in_words(data.outcomes),
    )


def _statements(statements: Sequence[Statement]) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    return tuple(
        (
            statement.who,
            statement.when,
            tuple((reflexivity.QUESTIONS[name], text) for name, text in statement.answers.items()),
        )
        for statement in statements
    )


def _about(note: Note, labels: dict[int, str]) -> str:
    if note.theme is not None:
        return f"the passages of “{labels[note.theme]}”" if labels.get(note.theme) else f"the passages of {note.theme}"
    return note.document or "the whole study"
