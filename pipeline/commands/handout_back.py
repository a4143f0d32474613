"""Import of completed handouts: the answers on the cards become readings of themes in interpretations.yaml."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.core import entry_files, prose, store, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.corpus.readers import files, odt, word_tables
from pipeline.decisions import alternative_readings
from pipeline.decisions.alternative_readings import ANSWERS, Reading
from pipeline.exchange import handout

_THEME = re.compile(rf"{handout.THEME}\W*(\d{{1,9}})\b", re.IGNORECASE)
# Unambiguous date formats.
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%B %d %Y", "%Y/%m/%d")


class HandoutBackError(CounterpointError):
    """The handout cannot be imported; nothing was written."""


@dataclass(frozen=True)
class Filled:
    """A completed handout: who filled it in, and for each theme (id, label on the card) the answers given."""

    who: str
    role: str
    date: str
    cards: tuple[tuple[int, str, dict[str, str]], ...]
    n_cards: int


def take_in(path: Path, study: Path, *, who: str, now: datetime) -> list[str]:
    """Add the answers of a completed handout to interpretations.yaml; return messages.

    `who` is used only if the form has no name. A form may be imported again: existing answers are not added twice and
    nothing is replaced. Raises HandoutBackError or RefusedError, and writes nothing, if the file is not a handout, is
    empty, or names no person.
    """
    with files.reading("a handout"):
        data = files.content(path, follow=True)
        tables = odt.read_tables(data) if path.suffix.lower() == ".odt" else word_tables.read_tables(data)
        form = parsed(tables, place=str(path))
    name = form.who or who.strip()
    if not name:
        raise HandoutBackError(f"{path} has no name. Fill in “{handout.NAME}” on the form, or add --who NAME.")
    when, lines = _when(form.date, now)
    offered = [
        entry_files.new_entry(
            Reading,
            {"theme": theme, "label": label, "who": name, "role": form.role, "when": when, **answers},
            error=HandoutBackError,
        )
        for theme, label, answers in form.cards
    ]
    with study_lock.locked(study):
        present = alternative_readings.load(Places(study).interpretations)
        new = alternative_readings.added(present, offered)
        if new:
            alternative_readings.save(Places(study).interpretations, [*present, *new])
    author = f"{name} ({form.role})" if form.role else name
    name_source = "" if form.who else " (from --who; the form has no name)"
    summary = f"Added {prose.count(len(new), 'reading')} by {author}{name_source} to {Places(study).interpretations}."
    old = len(offered) - len(new)
    again = f" {old} already existed." if old else ""
    run = " Run `counterpoint run` to see them in the report." if new else ""
    return [f"{summary}{again}{run}", *lines, *_unknown(new, study)]


def is_form(tables: list[word_tables.Table]) -> bool:
    """Return whether a document's tables are those of our handout."""
    return any(table and table[0] and _THEME.fullmatch(_plain(table[0][0])) for table in tables)


def parsed(tables: list[word_tables.Table], *, place: str) -> Filled:
    """The content of a handout's tables; raises HandoutBackError if it is not our handout or is empty."""
    about = dict.fromkeys((handout.NAME, handout.ROLE, handout.DATE), "")
    cards, n_cards = [], 0
    for table in tables:
        heading = _THEME.fullmatch(_plain(table[0][0])) if table and table[0] else None
        if heading is None:
            about |= {
                question: answers for question, answers in _answers(table, list(about)).items() if not about[question]
            }
            continue
        n_cards += 1
        answers = _answers(table[1:], list(ANSWERS.values()))
        named_answers = {name: answers[question] for name, question in ANSWERS.items() if question in answers}
        if named_answers:
            cards.append((int(heading[1]), _plain(" ".join(table[0][1:])), named_answers))
    if not n_cards:
        raise HandoutBackError(
            f"{place} is not a Counterpoint handout: it has no table that starts with “{handout.THEME}” and a number. "
            "Import the .docx that `counterpoint handout` wrote, filled in (saved as .docx or .odt). Transcripts go to "
            "transcripts/; codings and codebooks are imported as tables (.csv, .xlsx) or projects (.qdpx, .qda)."
        )
    if not cards:
        raise HandoutBackError(f"{place}: all {n_cards} cards are empty, so there is nothing to import.")
    too_long = [theme for theme, _, answers in cards if max(map(len, answers.values())) > alternative_readings.LONGEST]
    if too_long:
        raise HandoutBackError(
            f"{place}: an answer on the card of theme {too_long[0]} is longer than {alternative_readings.LONGEST:,} "
            "characters. Shorten it."
        )
    who, role, date = (_plain(about[question]) for question in about)
    return Filled(who, role, date, tuple(cards), n_cards)


def _answers(rows: word_tables.Table, questions: list[str]) -> dict[str, str]:
    """The answer to each question, from the other cells of its row; unanswered questions are left out."""
    question_of = {_key(question): question for question in questions}
    answer_of: dict[str, str] = {}
    for row in rows:
        question = question_of.get(_key(row[0])) if row else None
        answer = "\n".join(cell for cell in row[1:] if cell.strip()).strip()
        if question and answer:
            answer_of.setdefault(question, answer)
    return answer_of


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _plain(text: str) -> str:
    return " ".join(text.split())


def _when(date: str, now: datetime) -> tuple[str, list[str]]:
    """The date on the form, or today's date with a message if it is missing or ambiguous."""
    today = now.strftime("%Y-%m-%d")
    if not date:
        return today, [f"The form has no date; today's date ({today}) was used."]
    for form in _DATES:
        try:
            return datetime.strptime(date, form).strftime("%Y-%m-%d"), []
        except ValueError:
            continue
    return today, [f"The date on the form ('{date[:40]}') is ambiguous; today's date ({today}) was used."]


def _unknown(new: list[Reading], study: Path) -> list[str]:
    """A line for each reading of a theme that the last run does not have."""
    if not store.path(study, "themes").exists():
        return []
    theme_ids = set(store.read(study, "themes")["theme_id"].to_list())
    return [
        f"Theme {reading.theme} ({reading.label or 'no label'}) is not among the themes now: the reading is kept, "
        "and the "
        "report shows it with the theme that took this one in, or lists it as a question."
        for reading in new
        if reading.theme not in theme_ids
    ]
