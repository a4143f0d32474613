"""Rows of participants.csv that the program proposed and nobody has confirmed: used, and still a question.

A proposed row says what `confirmed` = no says. It decides who has which part, so that a correction counts at once, but
not how a file is read, and what would be asked without it is asked until somebody writes yes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.core import prose
from pipeline.corpus.participants import ANY, Person
from pipeline.corpus.speaker_roles import Role

Roles = Mapping[tuple[str, str], Role]
# Rows named in one sentence.
SHOWN = 4
NAME = "participants.csv"


def by_document(people: Mapping[tuple[str, str], Person]) -> dict[str, list[Person]]:
    """Return the proposed rows of each document, in the order of their lines."""
    found = defaultdict(list)
    for (document, _), person in people.items():
        if person.proposed and person.document != ANY:
            found[document].append(person)
    return {document: sorted(rows, key=lambda row: row.line) for document, rows in sorted(found.items())}


def doubts(
    proposed: Mapping[str, Sequence[Person]],
    *,
    without: tuple[Roles, Mapping[str, Sequence[str]]],
    roles: Roles,
    doubts: Mapping[str, Sequence[str]],
) -> dict[str, list[str]]:
    """Return the doubts about each document's roles, with those that only proposed rows answer.

    `without`: the roles and doubts without the proposed rows; `roles` and `doubts`: those with them.
    """
    found = {document: list(said) for document, said in doubts.items() if document not in proposed}
    for document, rows in proposed.items():
        said = list(without[1].get(document, ()))
        if said and _parts(without[0], document) != _parts(roles, document):
            said = [_corrected(rows)]  # what was doubted is no longer so
        if said:
            found[document] = [*said[:-1], f"{said[-1]} {confirm(rows)}"]
    return found


def explained(roles: Roles, without: Roles, people: Mapping[tuple[str, str], Person]) -> dict[tuple[str, str], Role]:
    """Return roles in which a proposed row gives the reason of the guess that it records, if it still does."""
    found = dict(roles)
    for place, role in roles.items():
        person, guess = people.get(place), without[place]
        if person is not None and person.proposed and guess.why and guess.part == role.part:
            found[place] = replace(role, why=f"{guess.why} ({NAME}, line {person.line}, not confirmed)")
    return found


def confirm(rows: Iterable[Person]) -> str:
    """Return the sentence that says how to confirm rows."""
    where = lines(row.line for row in rows)
    return f"If it is right, write yes in the column confirmed of {NAME}, {where}."


def lines(numbers: Iterable[int]) -> str:
    """Return line numbers in words: `line 3`, `lines 3, 4 and 7`, `lines 3 to 90`."""
    own = sorted(numbers)
    if len(own) > SHOWN:
        return f"lines {own[0]} to {own[-1]}"
    return f"line{'s' if len(own) > 1 else ''} {prose.listed([str(number) for number in own])}"


def _corrected(rows: Sequence[Person]) -> str:
    asks = [f"'{row.speaker}'" for row in rows if row.part == "interviewer"]
    return f"{NAME} gives {prose.listed(asks) or 'nobody'} as the interviewer, but this is not confirmed."


def _parts(roles: Roles, document: str) -> dict[str, str]:
    return {name: role.part for (of, name), role in roles.items() if of == document}
