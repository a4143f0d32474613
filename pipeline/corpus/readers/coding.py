"""A coding as stated in a file of human codes, before it is placed in a document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.core import coders
from pipeline.corpus.readers.model import Remark


@dataclass(frozen=True)
class Coding:
    """A code applied to a span by a coder. `row`: the place in its file; start and end are None if not given.

    `copy`: the text to which start and end refer, if the file contains it; it may differ from the study's document.
    `paragraphs`: the first and last paragraph it lies in, as its program counts them. `file`:
    the name of its file, if that has no column for the document.
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
    paragraphs: tuple[int, int] | None = None
    file: str = ""


class Codings(list[Coding]):
    """The codings of a file, and `remarks` on how it was read.

    `unread`: the headings of a table's columns that were not read; `sheets`: the sheets of a workbook without codings.
    """

    def __init__(
        self,
        codings: Iterable[Coding] = (),
        remarks: Sequence[Remark] = (),
        *,
        unread: Iterable[str] = (),
        sheets: Iterable[str] = (),
    ) -> None:
        """Take the codings in the order of the file."""
        super().__init__(codings)
        self.remarks = list(remarks)
        self.unread = list(unread)
        self.sheets = list(sheets)


def by_people(codings: Sequence[Coding]) -> tuple[list[Coding], str]:
    """Return the codings made by people, and a message about omitted ones by this program ('' if there are none).

    All files of human codes pass through this function: other programs return this program's codings as a user's, and
    they would be compared with themselves.
    """
    ours = sorted({coding.coder for coding in codings if coders.is_program(coding.coder)})
    people = [coding for coding in codings if coding.coder not in ours]
    if not ours:
        return people, ""
    who = " and ".join(f"'{name}'" for name in ours)
    return people, (
        f"{len(codings) - len(people)} of {len(codings)} codings were omitted: they are by {who}, this "
        "program's own name. If a person uses that name, rename the coder."
    )
