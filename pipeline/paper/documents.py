"""The Word documents of a paper, from their content: themes, quotes, methods, checklists."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.shared import Pt

from pipeline.core import prose
from pipeline.core.terms import Paper
from pipeline.paper import word
from pipeline.paper.methods import Methods
from pipeline.paper.theme_table import Cited, Row
from pipeline.reporting import checklists
from pipeline.reporting.disclosure import SOURCE, Disclosure

# Shares of the width of the sheet.
THEME_COLUMNS = (("Theme", 0.19), ("Description", 0.22), ("Who", 0.18), ("Quotes", 0.41))
CHECKLIST_COLUMNS = (("No.", 0.06), ("Item", 0.26), ("Reported", 0.58), ("Page", 0.10))
ANSWER = "[{question}]"
CANDIDATES = (
    "None of these themes has been accepted by the researchers: they are candidates proposed by a program. "
    "Decide on them with counterpoint review, then write this table again."
)


@dataclass(frozen=True)
class Gathered:
    """Quotes under a heading. `about`: a sentence on them, or empty."""

    heading: str
    about: str
    quotes: tuple[Cited, ...]


def themes(rows: Sequence[Row], *, accepted: bool, waiting: int, paper: Paper) -> bytes:
    """The table of themes. `accepted`: whether people accepted them; `waiting`: how many others are undecided."""
    title = "Themes" if accepted else "Candidate themes"
    document = word.begun(title, paper=paper)
    if rows and not accepted:
        word.paragraph(document, CANDIDATES)
    if accepted and waiting:
        word.paragraph(
            document, f"Left out: {prose.count(waiting, 'theme')} that the researchers have not decided on yet."
        )
    names = [name for name, _ in THEME_COLUMNS]
    widths = [share * word.room(paper) for _, share in THEME_COLUMNS]
    grid = word.table(document, names, widths)
    for row in rows:
        added = word.row(grid, ["", row.description, row.reach, ""], widths)
        word.marked(added.cells[0].paragraphs[0], row.name, size=word.SMALL, bold=True)
        if row.line:
            word.plain(word.tight(added.cells[0]), f"“{row.line}”", italic=True)
        for number, quote in enumerate(row.quotes):
            place = added.cells[3].paragraphs[0] if not number else word.tight(added.cells[3])
            _quote(place, quote, size=word.SMALL)
    if not rows:
        document.add_paragraph("There are no themes.")
    return word.saved(document)


def quotes(groups: Sequence[Gathered], *, title: str, paper: Paper) -> bytes:
    """Quotes under headings, each with its speaker."""
    document = word.begun(title, paper=paper)
    for group in groups:
        word.paragraph(document, group.heading, style="Heading 1")
        if group.about:
            word.paragraph(document, group.about)
        for quote in group.quotes:
            place = document.add_paragraph()
            place.paragraph_format.left_indent = Pt(14)
            place.paragraph_format.keep_together = True
            _quote(place, quote, size=10.5)
    if not groups:
        document.add_paragraph("There are no quotes.")
    return word.saved(document)


def methods(text: Methods, *, legends: Sequence[tuple[str, Sequence[str], str]], paper: Paper) -> bytes:
    """The methods section, the legends of the figures, and the references.

    `legends`: name, files and legend of each figure.
    """
    document = word.begun("Methods", paper=paper)
    word.paragraph(
        document,
        "Written from what each step recorded when it ran. "
        f"[Gaps like this one, {text.gaps} in all, are for you: delete this sentence when none is left.]",
    )
    for section in text.sections:
        document.add_heading(section.heading, level=2)
        for paragraph in section.paragraphs:
            word.paragraph(document, paragraph)
    if legends:
        document.add_heading("Figure legends", level=2)
    for name, files, legend in legends:
        place = document.add_paragraph()
        word.plain(place, f"{name} ", size=11, bold=True)
        word.plain(place, f"({', '.join(files)}). {legend}", size=11)
    document.add_heading("References", level=2)
    for number, reference in enumerate(text.references, start=1):
        place = document.add_paragraph()
        place.paragraph_format.left_indent, place.paragraph_format.first_line_indent = Pt(20), Pt(-20)
        place.paragraph_format.space_after = Pt(4)
        word.plain(place, f"{number}.  {reference}", size=10)
    return word.saved(document)


def checklist(name: str, source: str, items: Sequence[checklists.Item], *, paper: Paper) -> bytes:
    """A checklist as a table: what the run can say, else the item's question, and a column for the page."""
    document = word.begun(f"{name} checklist", paper=paper)
    document.add_paragraph(f"{source} Items are paraphrased and keep their numbers. {checklists.missing(items)}")
    names = [column for column, _ in CHECKLIST_COLUMNS]
    widths = [share * word.room(paper) for _, share in CHECKLIST_COLUMNS]
    grid = word.table(document, names, widths)
    for item in items:
        said = item.statement or ANSWER.format(question=item.question)
        word.row(grid, [str(item.number), item.name, said, ""], widths)
    return word.saved(document)


def disclosure(made: Disclosure, *, paper: Paper) -> bytes:
    """The disclosure as a document: two sentences, then twenty questions in five parts."""
    document = word.begun("Disclosure: programs and models", paper=paper)
    word.paragraph(document, made.lead)
    document.add_paragraph(SOURCE)
    widths = [share * word.room(paper) for share in (0.06, 0.34, 0.60)]
    for part in made.parts:
        document.add_heading(part.heading, level=2)
        grid = word.table(document, ["No.", "Question", "Answer"], widths)
        for item in part.items:
            word.row(grid, [str(item.number), item.question, item.answer], widths)
    return word.saved(document)


def _quote(place: object, quote: Cited, *, size: float) -> None:
    word.plain(place, f"“{quote.text}” ", size=size)
    word.plain(place, f"({quote.who})", size=size)
