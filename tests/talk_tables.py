"""Tables of talk for tests: one short interview, as people and programs lay it out."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence

QUESTIONS = ("How do you start the day here?", "And who writes the list?", "What if nobody answers?")
ANSWERS = (
    "I open the shed first and look at the list on the door.",
    "The night team writes it, and sometimes nobody can read it.",
    "Then we wait, and waiting costs us most of the morning.",
)
TALK = [said for pair in zip(QUESTIONS, ANSWERS, strict=True) for said in zip(("Jo", "Eva"), pair, strict=True)]
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def table(header: Sequence[str], row: Callable[[int, str, str], Sequence[object]], *, mark: str = ",") -> bytes:
    """Return the interview as a csv: `row` gives the cells for a number from 0, a speaker and their words."""
    return written([header] * bool(header) + [row(at, *said) for at, said in enumerate(TALK)], mark=mark)


def written(rows: Sequence[Sequence[object]], *, mark: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode()


def word(*tables: Sequence[Sequence[str]], before: Sequence[str] = ()) -> bytes:
    """Return a Word document of paragraphs and then tables; a cell's lines are paragraphs."""
    body = "".join(map(_paragraph, before)) + "".join(
        f"<w:tbl>{''.join(map(_row, rows))}</w:tbl><w:p/>" for rows in tables
    )
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>')
    return place.getvalue()


def _paragraph(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def _row(cells: Sequence[str]) -> str:
    return f"<w:tr>{''.join(map(_cell, cells))}</w:tr>"


def _cell(words: str) -> str:
    return f"<w:tc>{''.join(map(_paragraph, words.split(chr(10))))}</w:tc>"
