"""The codebook as a Word document, for print and sharing, and what every Word document begins and ends with."""

import io
from typing import Any

from docx import Document
from docx.shared import Mm, Pt

from pipeline.core import formula_guard
from pipeline.core.terms import Paper
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import markup

FIELDS = (("include", "Include"), ("exclude", "Exclude"))
LISTS = (("examples", "Examples"), ("counter_examples", "Counter-examples"))
LEVELS = 9
# Width and height of a sheet, in millimetres.
SHEETS: dict[Paper, tuple[float, float]] = {"a4": (210, 297), "letter": (215.9, 279.4)}


def codebook(book: Codebook, *, paper: Paper = "a4") -> bytes:
    """Return the codebook as a Word document: one heading per code, sub-codes below their parents."""
    document = begun("Codebook", paper=paper)
    if not len(book):
        document.add_paragraph("The codebook has no codes.")
    waiting = [(name, 1) for name in reversed(book.categories)]
    while waiting:
        name, level = waiting.pop()
        _code(document, book, name, level)
        waiting += [(child, level + 1) for child in reversed(book.children(name))]
    return saved(document)


def _code(document: Any, book: Codebook, name: str, level: int) -> None:
    code = book[name]
    document.add_heading(markup.allowed(name), level=min(level, LEVELS))
    if code.definition:
        document.add_paragraph(markup.allowed(code.definition))
    for field, label in FIELDS:
        if getattr(code, field):
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{label}: ").bold = True
            paragraph.add_run(markup.allowed(getattr(code, field)))
    for field, label in LISTS:
        if getattr(code, field):
            heading = document.add_paragraph()
            heading.add_run(f"{label}:").bold = True
            heading.paragraph_format.keep_with_next = True
            for quote in getattr(code, field):
                document.add_paragraph(markup.allowed(quote), style="List Bullet")


def begun(title: str, *, paper: Paper = "a4") -> Any:
    """Return an empty document of a sheet's size, with a title and fixed properties."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = map(Mm, SHEETS[paper])
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by, properties.comments = (
        title,
        "Counterpoint",
        "Counterpoint",
        "",
    )
    properties.created = properties.modified = formula_guard.MADE
    properties.revision = 1
    document.add_heading(title, level=0)
    return document


def saved(document: Any) -> bytes:
    """Return a document's bytes; the same content gives the same bytes."""
    place = io.BytesIO()
    document.save(place)
    return markup.repacked(place.getvalue())
