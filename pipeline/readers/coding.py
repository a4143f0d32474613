"""A coding as a file of human codes states it, before it is placed in a document."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Coding:
    """A coder applied a code to a span: `row` names the place in its file; start and end are None where not given."""

    row: str
    document: str
    start: int | None
    end: int | None
    text: str
    code: str
    coder: str
    parent_code: str = ""
    memo: str = ""
    date: str = ""
