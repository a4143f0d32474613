"""Handouts for stakeholders as Word documents: one card per theme, with a table to fill in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx.shared import Cm, Pt

from pipeline.decisions.alternative_readings import ANSWERS
from pipeline.exchange import docx, markup

# Labels by which a returned form is recognised: first cells of rows and of each theme's table.
NAME, ROLE, DATE = "Your name", "Your role", "Date (year-month-day)"
THEME = "Theme"
# Row heights in cm, with room for handwriting.
LINE, SPACE = 0.9, 2.6
LEFT, RIGHT = 5.0, 11.5
GATHERED = (
    "A computer was asked to group what people said in interviews, but there was too little material "
    "to divide. The cards below show what was said: a name, who talks about it, and a few passages, "
    "word for word. Nothing here is a result yet. We would like to know how you interpret it."
)
INTRO = (
    "A computer has grouped what people said in interviews. Each card below is one group: a name, who "
    "talks about it, and a few passages, word for word. Nothing here is a result yet. We would like to "
    "know how you interpret it.",
    "Fill in the empty cells, as much or as little as you like, and skip anything you have no view on. "
    "Then save the document and send it back. Please do not change the numbers beside the word Theme: "
    "we use them to match your answers to the cards.",
)
# Shown if people have decided on themes.
DECIDED = "The researchers have reviewed these groups and named, merged, split or rejected some of them."


@dataclass(frozen=True)
class Card:
    """A theme as shown to stakeholders. `said`: its description; `quotes`: passages with their speakers."""

    theme_id: int
    label: str
    said: str
    quotes: tuple[tuple[str, str], ...]


def document(
    cards: Sequence[Card],
    *,
    study: str,
    role: str = "",
    decided: bool = False,
    grouped: bool = True,
    labeller: str = "",
) -> bytes:
    """Return the handout as a Word document. `role`: the reader's role, if it is made for one.

    `decided`: whether researchers have decided on any theme; `grouped`: whether themes come from clustering;
    `labeller`: the language model that wrote names, if any.
    """
    made = docx.begun("What do you make of it?")
    made.add_paragraph(markup.allowed(f"Study: {study}"))
    for paragraph in (INTRO[0] if grouped else GATHERED, *((DECIDED,) if decided else ()), *INTRO[1:]):
        made.add_paragraph(paragraph)
    if labeller:
        made.add_paragraph(markup.allowed(f"Some names were written by a language model ({labeller})."))
    about = _table(made)
    for asked, known in ((NAME, ""), (ROLE, role), (DATE, "")):
        _row(about, asked, known, LINE)
    for card in cards:
        _card(made, card)
    if not cards:
        made.add_paragraph("There are no themes yet.")
    return docx.saved(made)


def _card(made: Any, card: Card) -> None:
    heading = made.add_heading(markup.allowed(card.label), level=1)
    heading.paragraph_format.page_break_before = True
    made.add_paragraph(markup.allowed(card.said))
    for text, who in card.quotes:
        quote = made.add_paragraph(style="Quote")
        quote.add_run(markup.allowed(f"“{text}”"))
        if who:
            quote.add_run(markup.allowed(f"  {who}")).italic = False
    table = _table(made)
    _row(table, f"{THEME} {card.theme_id}", card.label, 0.0)
    for asked in ANSWERS.values():
        _row(table, asked, "", SPACE)


def _table(made: Any) -> Any:
    table = made.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    table.autofit = False
    return table


def _row(table: Any, left: str, right: str, height: float) -> None:
    row = table.add_row()
    if height:
        row.height = Cm(height)
    for cell, text, width in zip(row.cells, (left, right), (LEFT, RIGHT), strict=True):
        cell.width = Cm(width)
        cell.paragraphs[0].paragraph_format.space_after = Pt(2)
        if text:
            cell.paragraphs[0].add_run(markup.allowed(text)).bold = text is left
