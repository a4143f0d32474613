"""A coding as a file of human codes states it, before it is placed in a document."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Coding:
    """A coder applied a code to a span: `row` names the place in its file; start and end are None where not given.

    `copy`: the text in which start and end count, where the file holds it; it may differ from the study's document.
    """

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
    copy: str = field(default="", repr=False, compare=False)
