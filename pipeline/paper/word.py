"""Builds the paper's Word documents: page size, tables with a repeated head, gaps that only people can fill."""

import re
from collections.abc import Sequence
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor

from pipeline.core.terms import Paper
from pipeline.exchange import docx, markup

# The margins of a sheet, in millimetres.
MARGIN = 20
SMALL = 8.5
# What only people know stands in brackets: [State who …]. Numbers of references and codes of participants are no gaps.
GAP = re.compile(r"(\[[A-Z][^\[\]]* [^\[\]]*\])")


def begun(title: str, *, paper: Paper, landscape: bool = False) -> Any:
    """An empty document of a sheet's size, upright or landscape, with page numbers."""
    document = docx.begun(markup.allowed(title), paper=paper)
    section = document.sections[0]
    width, height = docx.SHEETS[paper]
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        width, height = height, width
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    _page_number(section.footer.paragraphs[0])
    for name, size in (("Title", 18), ("Heading 1", 13), ("Heading 2", 11.5)):
        document.styles[name].font.size = Pt(size)
        document.styles[name].font.color.rgb = RGBColor(0, 0, 0)
    return document


def room(paper: Paper, *, landscape: bool = False) -> float:
    """The width between the margins, in centimetres."""
    width, height = docx.SHEETS[paper]
    return ((height if landscape else width) - 2 * MARGIN) / 10


def paragraph(document: Any, text: str, *, style: str | None = None) -> Any:
    """Add a paragraph in which every gap is marked."""
    added = document.add_paragraph(style=style)
    marked(added, text)
    return added


def marked(place: Any, text: str, *, size: float | None = None, bold: bool = False) -> None:
    """Add text to a paragraph, with its gaps highlighted."""
    for number, part in enumerate(GAP.split(markup.allowed(text))):
        if part:
            run = place.add_run(part)
            run.bold, run.italic = bold, False
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW if number % 2 else None
            run.font.size = Pt(size) if size else None


def plain(place: Any, text: str, *, size: float = SMALL, bold: bool = False, italic: bool = False) -> None:
    """Add what somebody said: brackets in it are no gaps, and a transcript's line breaks and indents are spaces."""
    run = place.add_run(re.sub(r"\s+", " ", markup.allowed(text)))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def table(document: Any, head: Sequence[str], widths: Sequence[float], *, size: float = SMALL) -> Any:
    """Add a table with ruled rows; its head is repeated on each page. `widths`: of the columns, in centimetres."""
    added = document.add_table(rows=1, cols=len(head))
    added.autofit = False
    for column, width in zip(added.columns, widths, strict=True):
        column.width = Cm(width)  # LibreOffice reads this one, Word that of the cells
    _rules(added)
    for cell, text in zip(added.rows[0].cells, head, strict=True):
        plain(cell.paragraphs[0], text, size=size, bold=True)
    _flag(added.rows[0], "w:tblHeader")
    _flag(added.rows[0], "w:cantSplit")
    _widths(added.rows[0], widths)
    return added


def row(added: Any, texts: Sequence[str], widths: Sequence[float], *, size: float = SMALL) -> Any:
    """Add a row, as tall as its text, which moves to the next page rather than being divided."""
    new = added.add_row()
    for cell, text in zip(new.cells, texts, strict=True):
        if text:
            marked(cell.paragraphs[0], text, size=size)
    _flag(new, "w:cantSplit")
    _widths(new, widths)
    return new


def tight(cell: Any) -> Any:
    """A further paragraph of a cell, close to the one before."""
    added = cell.add_paragraph()
    added.paragraph_format.space_before = Pt(3)
    added.paragraph_format.space_after = Pt(1)
    return added


def _widths(of: Any, widths: Sequence[float]) -> None:
    for cell, width in zip(of.cells, widths, strict=True):
        cell.width = Cm(width)
        for place in cell.paragraphs:
            place.paragraph_format.space_after = Pt(1)


def _flag(of: Any, name: str) -> None:
    of._tr.get_or_add_trPr().append(OxmlElement(name))


def _rules(added: Any) -> None:
    """A line above and below, a thin one between rows, none between columns."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "45")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    borders = OxmlElement("w:tblBorders")
    for side, width, colour in (("top", 8, "000000"), ("bottom", 8, "000000"), ("insideH", 4, "A0A0A0")):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", str(width)), ("space", "0"), ("color", colour)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    # The order of a table's properties is fixed: borders, then the layout that python-docx wrote, then margins.
    layout = added._tbl.tblPr.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    layout.addnext(margins)


def _page_number(place: Any) -> None:
    run = place.add_run()
    for kind in ("begin", "", "end"):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = "PAGE"
        run._r.append(part)
    run.font.size = Pt(SMALL)


def saved(document: Any) -> bytes:
    """A document's bytes; the same content gives the same bytes."""
    return docx.saved(document)
