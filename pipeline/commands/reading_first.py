"""`counterpoint review --read-first`: passages are read and noted before any theme is shown; then comes the report.

What was read and noted is recorded under the reader's name, and so is when themes were shown to them.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.commands import review, review_server
from pipeline.commands.review import ReviewError
from pipeline.commands.review_server import Said
from pipeline.core import store
from pipeline.core.names import written
from pipeline.core.study_paths import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import before_themes, ledger, reading_ledger
from pipeline.decisions.before_themes import Note
from pipeline.reporting.views import first_reading_page
from pipeline.reporting.views.first_reading_page import Part

By = Literal["document", "theme"]
TABLES = ("segments", "turns", "theme_assignments", "theme_states")


class Marked(BaseModel):
    """A part that was read, with a note on it (or empty)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    part: str
    note: str = Field(default="", max_length=before_themes.LONGEST)


class Asked(BaseModel):
    """Themes that the reader wants to be shown: that of a part, or all ('')."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    part: str


def begin(study: Path, *, who: str) -> None:
    """Raise ReviewError if a person cannot read first: without a name, or if themes were shown to them before."""
    if not written(who):
        raise ReviewError("Name the reader: add --who NAME or set COUNTERPOINT_WHO.")
    places = Places(study)
    notes = before_themes.load(places.notes_before_themes)
    seen = before_themes.seen(who, reading_ledger.load(places.passages_read), ledger.load(places.decisions), notes)
    if seen:
        raise ReviewError(
            f"{written(who)} {seen}, so what is read now is not read before. Use `counterpoint review` without "
            "--read-first."
        )


def unit(name: str) -> By:
    """What is read in one go, by its name; raises ReviewError for another."""
    units: dict[str, By] = {"document": "document", "theme": "theme"}
    if name not in units:
        raise ReviewError(f"Unknown --by '{name}'. Use document, or theme.")
    return units[name]


def shown(study: Path, *, who: str, by: By) -> str:
    """The page: passages to read, or the report once all themes were shown to this reader."""
    if _all_shown(_notes(study, who)):
        return review.shown(study, who=who)
    return first_reading_page.render(parts(study, who=who, by=by), who=written(who), by_theme=by == "theme")


def parts(study: Path, *, who: str, by: By) -> list[Part]:
    """What there is to read, with what this reader has read and noted of it."""
    tables = {name: store.read(study, name) for name in TABLES}
    ledger_ = reading_ledger.load(Places(study).passages_read)
    read = {entry.segment for entry in ledger_ if entry.who == written(who) and entry.first}
    make = first_reading_page.groups if by == "theme" else first_reading_page.documents
    notes = _notes(study, who)
    return [_noted(part, notes, tables["theme_states"]) for part in make(tables, read=read)]


def mark(study: Path, body: bytes, *, who: str, by: By) -> Said:
    """Record that a part was read, and a note on it; return the HTTP status and the reply.

    400 if there is no such part; 409 if its theme, or all themes, were shown already.
    """
    try:
        asked = Marked.model_validate_json(body)
    except ValidationError:
        return 400, review.INVALID
    part, refused = _part(study, asked.part, who=who, by=by)
    if part is None:
        return refused
    reading_ledger.opened(study, part.segments, who=who, first=True)
    if asked.note.strip():
        about = {"theme": part.theme} if by == "theme" else {"document": part.key}
        before_themes.add(study, {"who": who, "when": _now(), "text": asked.note.strip(), **about})
    return 200, {"read": len(part.segments)}


def show(study: Path, body: bytes, *, who: str, by: By) -> Said:
    """Record that a theme, or all themes, are shown to the reader from now on; return the HTTP status and the reply."""
    try:
        asked = Asked.model_validate_json(body)
    except ValidationError:
        return 400, review.INVALID
    if asked.part and by == "theme":
        part, refused = _part(study, asked.part, who=who, by=by)
        if part is None:
            return refused
        before_themes.add(study, {"who": who, "when": _now(), "theme": part.theme, "shown": True})
    else:
        before_themes.add(study, {"who": who, "when": _now(), "shown": True})
    return 200, {}


def server(study: Path, *, who: str, by: By, port: int = 0) -> tuple[review_server.Server, str]:
    """A server that is ready to run, and the address of its page. Raises ReviewError if it cannot start."""
    begin(study, who=who)
    review.shown(study, who=who)  # what cannot be reviewed later is refused before anything is read
    answers: dict[str, review_server.Answer] = {
        **review.answers(study),
        "mark": partial(mark, study, who=who, by=by),
        "show": partial(show, study, who=who, by=by),
    }
    return review.listening(partial(shown, study, who=who, by=by), answers, port=port)


def read(study: Path, *, who: str, by: By, port: int = 0, say: Callable[[str], None] = print) -> None:
    """Serve the passages, then the report, until Ctrl-C."""
    http_server, address = server(study, who=who, by=by, port=port)
    places = Places(study)
    say(f"Open {address}")
    say(
        f"What {written(who)} reads is recorded in {places.passages_read}, notes in {places.notes_before_themes}. Only "
        "this machine can open the page. Stop with Ctrl-C, and go on with the same command."
    )
    review.serve(http_server, say=say)


def _part(study: Path, key: str, *, who: str, by: By) -> tuple[Part | None, Said]:
    """The part with a key, if it can still be read first; otherwise the reply that says why not."""
    if _all_shown(_notes(study, who)):
        return None, (409, {"error": "Not recorded: all themes have been shown. Reload the page."})
    found = next((part for part in parts(study, who=who, by=by) if part.key == key), None)
    if found is None:
        return None, (400, {"error": "Not recorded: there is no such part. Reload the page."})
    if found.shown:
        return None, (409, {"error": "Not recorded: this theme has been shown already. Reload the page."})
    return found, (200, {})


def _noted(part: Part, notes: Sequence[Note], states: pd.DataFrame) -> Part:
    own = [
        note for note in notes if (note.theme == part.theme if part.theme != UNASSIGNED else note.document == part.key)
    ]
    said = tuple((note.when[:10], note.text) for note in own if note.text.strip())
    is_shown = part.theme != UNASSIGNED and any(note.shown for note in own)
    label = next(iter(states[states.theme_id == part.theme].label), "") if is_shown else ""
    return Part(
        part.key, part.name, part.theme, part.said, part.segments, part.read, said, label or ("-" if is_shown else "")
    )


def _notes(study: Path, who: str) -> list[Note]:
    return [note for note in before_themes.load(Places(study).notes_before_themes) if note.who == written(who)]


def _all_shown(notes: Sequence[Note]) -> bool:
    return any(note.shown and note.theme is None for note in notes)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
