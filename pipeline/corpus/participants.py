"""Reads participants.csv: the speakers of each document, their cases and attributes."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.core import formula_guard, terms, text_files
from pipeline.core.errors import CounterpointError
from pipeline.core.names import alike, key, written
from pipeline.corpus.document_names import Documents, normal
from pipeline.corpus.readers import decoding, files, rows
from pipeline.corpus.readers.model import RefusedError

COLUMNS = ("document", "speaker", "case", "part")
PARTS = (*terms.PARTS, "")
SOURCE_TYPES = (*terms.SOURCE_TYPES, "")
ANY = "*"
# The column in which people confirm the rows that the program proposed. Rows without an entry are people's own.
CONFIRMED = "confirmed"
YES, NO = ("", "yes", "y", "true", "1", "x"), ("no", "n", "false", "0")
# Columns that are no attributes of a case.
RESERVED = (*COLUMNS, "source_type", CONFIRMED)


class ParticipantsError(CounterpointError):
    """participants.csv is invalid; the message has one line per problem."""


@dataclass(frozen=True)
class Person:
    """One row. `document` may be `*` (all); an empty `speaker` stands for speech without a speaker label.

    `other_spelling`: how the row spells its case, if other rows' spelling of the same name was used instead.
    `confirmed`: its entry in that column.
    """

    line: int
    document: str
    speaker: str
    case: str
    part: str
    source_type: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    other_spelling: str = ""
    confirmed: str = ""

    @property
    def proposed(self) -> bool:
        """Whether the program proposed the row and nobody has confirmed it."""
        return self.confirmed in NO


def read_participants(path: Path) -> list[Person]:
    """Read participants.csv; a missing or empty file has no rows. Raises ParticipantsError with all problems."""
    if not path.exists() and not path.is_symlink():
        return []
    try:
        return parse_participants(files.content(path), place=str(path))
    except RefusedError as error:
        raise ParticipantsError(f"{path}: {error}") from None


def parse_participants(data: bytes, *, place: str) -> list[Person]:
    """Parse the content of a participants.csv. `place`: the file, for messages. Raises ParticipantsError."""
    people, problems = usable_rows(data, place=place)
    if problems:
        raise ParticipantsError("\n".join(problems))
    return people


def usable_rows(data: bytes, *, place: str) -> tuple[list[Person], list[str]]:
    """Return the rows that can be used, and the problems of the others, each with its line.

    Raises ParticipantsError if the file cannot be read at all, or a column is missing.
    """
    if not data:
        return [], []
    try:
        _refuse_damaged(data, place)
        with files.reading("a list of participants"):
            header, numbered_rows = rows.read_csv(data, comments=True)
    except RefusedError as error:
        raise ParticipantsError(f"{place}: {error}") from None
    except text_files.TextFileError as error:
        raise ParticipantsError(str(error)) from None
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ParticipantsError(
            f"{place}: missing column: {', '.join(missing)}. Add it to the header; its cells may be empty."
        )
    people = _one_spelling([_person(line, row) for line, row in numbered_rows])
    problems = [(person.line, problem) for person in people for problem in _wrong(person)] + _twice(people)
    wrong = {line for line, _ in problems}
    usable = [person for person in people if person.line not in wrong]
    return usable, [f"{place}, line {line}: {problem}" for line, problem in problems]


def _refuse_damaged(data: bytes, place: str) -> None:
    """Raise TextFileError, with the line, if names could be misread or cells lost or shifted.

    Other encodings than UTF-8 are accepted only if the file declares them; a guess could change a name.
    """
    if decoding.other_type(data):
        return  # reported by the reader
    try:
        text, guessed = decoding.as_written(data)
    except RefusedError:
        text, guessed = "", "nothing that can be read"
    text_files.decode_utf8(data if guessed else text.encode(), place=place)
    header = 0
    for line, row in text_files.csv_rows(text, place=place, comments=True):
        header = header or len(row)
        if len(row) < min(header, len(COLUMNS)) or any(cell.strip() for cell in row[header:]):
            raise text_files.TextFileError(
                f"{place}, line {line}: {len(row)} cells in this row, but {header} columns in the header. "
                "Put a cell that contains a comma in quotation marks, and keep the commas of empty cells."
            )


def match_documents(
    people: list[Person], documents: list[str]
) -> tuple[dict[tuple[str, str], Person], list[tuple[Person, str]]]:
    """Return the person for each (document, speaker key), and the rows without a matching document, with the reason.

    Rows for one document take precedence over rows for all.
    """
    names = Documents(documents)
    matched: dict[tuple[str, str], Person] = {}
    lost: list[tuple[Person, str]] = []
    for person in sorted(people, key=lambda person: person.document != ANY):
        whole = documents if person.document == ANY else names.every(person.document)
        if not whole and person.document != ANY:
            lost.append((person, names.reason(person.document)))
            continue
        for document in whole:
            matched[document, key(person.speaker)] = person
    return matched, lost


def _person(line: int, row: dict[str, str]) -> Person:
    cell = {name: formula_guard.plain(value.strip()) for name, value in row.items() if name}
    attributes = {name: value for name, value in cell.items() if name not in RESERVED}
    return Person(
        line,
        normal(cell.get("document", "")),
        written(cell.get("speaker", "")),
        written(cell.get("case", "")),
        cell.get("part", "").lower(),
        cell.get("source_type", "").lower().replace(" ", "_"),
        attributes,
        confirmed=cell.get(CONFIRMED, "").lower(),
    )


def _one_spelling(people: list[Person]) -> list[Person]:
    """Give each case its most frequent spelling."""
    standing = alike(person.case for person in people if person.case)
    return [
        replace(person, case=standing[person.case], other_spelling=person.case)
        if person.case and person.case != standing[person.case]
        else person
        for person in people
    ]


def _wrong(person: Person) -> list[str]:
    problems = []
    if not person.document:
        problems.append("no document is given. Write its path below transcripts/, or * for all documents.")
    if person.part not in PARTS:
        problems.append(f"unknown part '{person.part}'. Write participant, interviewer or none, or leave it empty.")
    if person.source_type not in SOURCE_TYPES:
        problems.append(
            f"unknown source_type '{person.source_type}'. Write interview, focus_group, field_note or "
            "document, or leave it empty."
        )
    if person.confirmed not in (*YES, *NO):
        problems.append(f"unknown entry '{person.confirmed}' in the column {CONFIRMED}. Write yes or no.")
    return problems


def _twice(people: list[Person]) -> list[tuple[int, str]]:
    """Return problems of rows that repeat a speaker or contradict an attribute of their case, by line."""
    problems = []
    first: dict[tuple[str, str], Person] = {}
    known: dict[tuple[str, str], Person] = {}
    kinds: dict[str, Person] = {}
    for person in people:
        kind = kinds.setdefault(person.document.casefold(), person) if person.source_type else person
        if kind.source_type != person.source_type:
            problems.append(
                (
                    person.line,
                    f"source_type of {person.document} is '{person.source_type}' here but '{kind.source_type}' on line "
                    f"{kind.line}. Give the same value on both, or on one of them.",
                )
            )
        before = first.setdefault((person.document.casefold(), key(person.speaker)), person)
        if before is not person:
            problems.append(
                (
                    person.line,
                    f"duplicate speaker '{person.speaker}' of {person.document}, first given on line "
                    f"{before.line}. Keep one of them.",
                )
            )
        for name, value in person.attributes.items():
            if person.case and value and known.setdefault((person.case, name), person).attributes[name] != value:
                other = known[person.case, name]
                problems.append(
                    (
                        person.line,
                        f"{name} of '{person.case}' is '{value}' here but differs on line {other.line}. "
                        "Give the same value on both.",
                    )
                )
    return problems
