"""Reads surveys: a row is a respondent, a column a question, and closed questions are attributes of the respondent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers import guards, header_words, rows
from pipeline.corpus.readers.column_profiles import Profile, clean_name
from pipeline.corpus.readers.grids import Grid
from pipeline.corpus.readers.model import RefusedError, Remark
from pipeline.corpus.readers.sayings import Saying, Talk

# The label of a question, and that of a respondent without a name, followed by a number.
QUESTION, RESPONDENT = "Question", "Respondent"
# Most values of a closed question, and most words in one.
MOST_VALUES, MOST_VALUE_WORDS = 20, 6
# A header with this many words is a question.
QUESTION_WORDS = 4
# Beside columns of questions, a column with this share of sentences holds answers too.
ALSO_OPEN = 0.5
SHOWN = 6
_NUMBERED = re.compile(
    r"(?:q|question|frage|f|pregunta|pergunta|p|domanda|d|vraag|v|item)[\s_.]*\d{1,3}\b.*", re.IGNORECASE
)
_RESERVED = ("case", "document", "speaker", "part", "source_type")


@dataclass(frozen=True)
class Survey:
    """The columns of a survey, as positions: respondents (or -1), open questions, attributes, and what is not read."""

    respondent: int
    questions: tuple[int, ...]
    attributes: tuple[int, ...]
    unread: tuple[int, ...]


def find(profiles: Sequence[Profile]) -> Survey | None:
    """Return the columns of a survey, or None if the table is none.

    A survey has at least two open questions, or one whose header is a question, and nobody who speaks in turn.
    """
    if any(one.means("speaker") and one.alternation >= 0.3 and _recurs(one) for one in profiles):
        return None
    if any(one.means("question") == 1 or header_words.role(one.column.name) == "interviewer" for one in profiles):
        return None
    open_ones = [at for at, one in enumerate(profiles) if _open(one)]
    asking = [at for at in open_ones if asks(profiles[at].column.name)]
    closed_question = any(one.column.name.endswith("?") and closed_answers(one) for one in profiles)
    asking = asking or (open_ones if closed_question else [])
    unnamed = [at for at in open_ones if not profiles[at].means("text") and not profiles[at].means("aside")]
    questions = asking or (unnamed if len(unnamed) >= 2 else [])
    if not questions or (not asking and len(open_ones) > len(unnamed)) or _conversation(profiles, questions):
        return None
    if asking:  # beside questions in full, other open columns are answers too ("Other", "Comments")
        questions = [at for at in open_ones if at in asking or profiles[at].prose >= ALSO_OPEN]
    respondent = _respondent(profiles, set(questions))
    rest = [at for at, one in enumerate(profiles) if at not in questions and at != respondent and one.filled]
    closed = tuple(at for at in rest if closed_answers(profiles[at]))
    return Survey(respondent, tuple(questions), closed, tuple(at for at in rest if at not in closed))


def asks(header: str) -> bool:
    """Return whether a header is a question: with its mark, of several words, or numbered as in `Q3 Reasons`."""
    asked = header.rstrip().endswith(("?", "？", "؟")) or "?" in header
    return asked or text_layout.count_words(header) >= QUESTION_WORDS or bool(_NUMBERED.fullmatch(header.strip()))


def closed_answers(profile: Profile) -> bool:
    """Return whether a column has few, short, recurring values, and so describes respondents."""
    if profile.dated or profile.timed or profile.names_files or not profile.filled or not profile.column.name:
        return False
    if profile.coded and not profile.numeric and profile.recurrence < 0.5:
        return False
    longest = max(text_layout.count_words(value) for value in profile.counts)
    few = len(profile.counts) <= max(2, min(MOST_VALUES, len(profile.filled) / 2))
    return few and longest <= MOST_VALUE_WORDS and profile.column.name.strip().casefold() not in _RESERVED


def attributes_of(grid: Grid, names: Sequence[str], columns: Sequence[int]) -> dict[str, dict[str, str]]:
    """Return the attributes of each respondent by key, from the columns at some positions."""
    found: dict[str, dict[str, str]] = {}
    for at, name in enumerate(names):
        of = found.setdefault(key(name), {})
        for column in columns:
            cell, header = grid.columns[column].cells[at], " ".join(grid.columns[column].name.casefold().split())
            if cell:
                of.setdefault(header, cell)
    return {name: of for name, of in found.items() if of}


def talk(grid: Grid, survey: Survey) -> Talk:
    """Return a survey as talk: each respondent's answers, each after its question."""
    names = respondents(grid, survey.respondent)
    answers = [cell for column in survey.questions for cell in grid.columns[column].filled]
    asked = sum(len(grid.columns[at].name) * len(grid.columns[at].filled) for at in survey.questions)
    guards.check_text(asked + sum(map(len, answers)))
    if len(answers) > rows.MAX_ROWS:
        raise RefusedError(f"The survey has more than {rows.MAX_ROWS:,} answers. Split it.")
    sayings = []
    for at, name in enumerate(names):
        for column in survey.questions:
            if grid.columns[column].cells[at]:
                sayings.append(Saying(QUESTION, grid.columns[column].name, at, -1, None, "interviewer"))
                sayings.append(Saying(name, grid.columns[column].cells[at], at, column, None, "participant"))
    attributes = attributes_of(grid, names, survey.attributes)
    return Talk(sayings, [_remark(grid, survey, len(set(map(key, names))))], attributes)


def respondents(grid: Grid, column: int) -> list[str]:
    """Return a label for each row: as the column at a position names it, or numbered."""
    labels: list[str] = []
    for at in range(len(grid.numbers)):
        cell = clean_name(grid.columns[column].cells[at]) if column >= 0 else ""
        number = (
            cell if cell.isdecimal() else "" if cell else f"{at + 1}" if column < 0 else f"of row {grid.numbers[at]}"
        )
        labels.append(f"{RESPONDENT} {number}" if number else cell)
    return labels


def _open(profile: Profile) -> bool:
    """Return whether a column holds answers in people's own words."""
    if not profile.speaks or profile.words == 0:
        return False
    mean = profile.words / len(profile.filled)
    if mean >= 8:
        return True
    if mean >= 3 and len(profile.counts) > 0.5 * len(profile.filled):
        return True
    varied = len(profile.counts) > max(7, 0.5 * len(profile.filled)) or (
        profile.recurrence == 0 and len(profile.filled) > 1
    )
    return varied and asks(profile.column.name)


def _recurs(profile: Profile) -> bool:
    return profile.recurrence >= 0.3 and len(profile.counts) <= 12


def _conversation(profiles: Sequence[Profile], questions: Sequence[int]) -> bool:
    """Return whether the columns are people who talk: one asks, or each row belongs to one of them."""
    asked = [profiles[at].asking for at in questions]
    if len(questions) >= 2 and max(asked) >= 0.6 and min(asked) < 0.3:
        return True
    rows = list(zip(*(profiles[at].column.cells for at in questions), strict=True))
    alone = sum(1 for cells in rows if sum(map(bool, cells)) == 1)
    short = all(not asks(profiles[at].column.name) for at in questions)
    return short and len(questions) >= 2 and alone >= 0.9 * len(rows)


def _respondent(profiles: Sequence[Profile], taken: set[int]) -> int:
    """Return the column that identifies the respondents: a value of its own in each row, under a name that says so."""
    for at, profile in enumerate(profiles):
        own = profile.filled and len(profile.counts) == len(profile.filled) and profile.coverage >= 0.9
        named = profile.means("speaker") or header_words.numbers_rows(profile.column.name)
        mail = any("@" in cell for cell in profile.filled)
        if at not in taken and own and (named or (at == 0 and (profile.coded or profile.numeric))) and not mail:
            return at
    return -1


def _remark(grid: Grid, survey: Survey, respondents: int) -> Remark:
    def listed(columns: Sequence[int]) -> str:
        names = [f"'{grid.columns[at].name[:60]}'" for at in columns]
        return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")

    said = [
        f"Read as a survey with {respondents} respondents, a row each. Questions: {listed(survey.questions)}.",
        f"Attributes: {listed(survey.attributes)}." if survey.attributes else "",
        f"Not read: {listed(survey.unread)}." if survey.unread else "",
        "If it is a conversation instead, name the columns 'speaker' and 'text'.",
    ]
    return Remark("guessed", " ".join(filter(None, said)))
