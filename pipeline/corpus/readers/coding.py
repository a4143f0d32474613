"""A coding as a file of human codes states it, before it is placed in a document."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.core import coders


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


def by_people(codings: Sequence[Coding]) -> tuple[list[Coding], str]:
    """The codings that people made, and a sentence on those of this program that are left out; empty without any.

    Every file of human codes goes through here: what the program applied comes back in other programs' files as the
    work of one of their users, and would be set against itself.
    """
    ours = sorted({one.coder for one in codings if coders.is_program(one.coder)})
    people = [one for one in codings if one.coder not in ours]
    if not ours:
        return people, ""
    who = " and ".join(f"'{name}'" for name in ours)
    return people, (
        f"{len(codings) - len(people)} of {len(codings)} codings were omitted: they are by {who}, this "
        "program's own name. If a person uses that name, rename the coder."
    )
