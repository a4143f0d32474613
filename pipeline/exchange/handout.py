"""Handouts for stakeholders as Word documents: one card per theme, with a table to fill in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx.shared import Cm, Pt

from pipeline.core.terms import Paper
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
    """A theme as shown to stakeholders. `about`: its description; `quotes`: passages with their speakers."""

    theme_id: int
    label: str
    about: str
    quotes: tuple[tuple[str, str], ...]


def document(
    cards: Sequence[Card],
    *,
    study_name: str,
    role: str = "",
    decided: bool = False,
    grouped: bool = True,
    labeller: str = "",
    paper: Paper = "a4",
) -> bytes:
    """Return the handout as a Word document. `role`: the reader's role, if it is made for one.

    `decided`: whether researchers have decided on any theme; `grouped`: whether themes come from clustering;
    `labeller`: the language model that wrote names, if any.
    """
    handout = docx.begun("What do you make of it?", paper=paper)
    handout.add_paragraph(markup.allowed(f"Study: {study_name}"))
    for paragraph in (INTRO[0] if grouped else GATHERED, *((DECIDED,) if decided else ()), *INTRO[1:]):
        handout.add_paragraph(paragraph)
    if labeller:
        handout.add_paragraph(markup.allowed(f"Some names were written by a language model ({labeller})."))
    about = _table(handout)
    for field, prefilled in ((NAME, ""), (ROLE, role), (DATE, "")):
        _row(about, field, prefilled, LINE)
    for card in cards:
        _card(handout, card)
    if not cards:
        handout.add_paragraph("There are no themes yet.")
    return docx.saved(handout)


def _card(handout: Any, card: Card) -> None:
    heading = handout.add_heading(markup.allowed(card.label), level=1)
    heading.paragraph_format.page_break_before = True
    handout.add_paragraph(markup.allowed(card.about))
    for text, speaker in card.quotes:
        quote = handout.add_paragraph(style="Quote")
        quote.add_run(markup.allowed(f"“{text}”"))
        if speaker:
            quote.add_run(markup.allowed(f"  {speaker}")).italic = False
    table = _table(handout)
    _row(table, f"{THEME} {card.theme_id}", card.label, 0.0)
    for question in ANSWERS.values():
        _row(table, question, "", SPACE)


def _table(handout: Any) -> Any:
    table = handout.add_table(rows=0, cols=2)
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
