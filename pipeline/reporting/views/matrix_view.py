"""The framework matrix on the page: counts for all codes, then summaries in tables narrow enough to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.core import prose
from pipeline.deductive.codebook import Codebook
from pipeline.reporting.matrix import Cell
from pipeline.reporting.quotes import Quote
from pipeline.reporting.written_summaries import Summary, digest

COLUMNS_A_TABLE = 5
NO_CODES = "This study has no codebook, so there is no framework matrix."
NOT_MAPPED = "Not available: no text could be mapped to the codebook. See Problems for what was left out and why."


@dataclass(frozen=True)
class ShownSentence:
    """A sentence of a summary; `place`: document number and span, as quotes.verify_page reads it."""

    text: str
    number: int
    place: str


@dataclass(frozen=True)
class ShownCell:
    """A cell of the matrix; `shade` 0 (nothing) to 5 (most passages).

    `written`: a summary written by a person (`author`) in place of the extractive one; `older`: passages changed since.
    """

    n: int
    shade: int
    state: str
    sentences: tuple[ShownSentence, ...]
    question: str
    written: str = ""
    author: str = ""
    older: bool = False


@dataclass(frozen=True)
class Row:
    """A case of the matrix. `field` and `number`: the page filter, and its value, that show the case's segments."""

    case: str
    about: str
    field: str
    number: int
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True)
class CategoryTable:
    """A table of the matrix: a few codes of one category."""

    title: str
    codes: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class MatrixView:
    """Counts for all codes (`rows`) and summaries in several tables (`category_tables`).

    `unread`: whether the mapping does not support some cases' language; `mappable`: whether there is a framework.
    """

    lead: str
    codes: tuple[str, ...]
    rows: tuple[Row, ...]
    category_tables: tuple[CategoryTable, ...]
    unread: bool = False
    mappable: bool = True


def build(
    cells: Sequence[Cell],
    *,
    codes: Sequence[str],
    book: Codebook,
    quotes: Mapping[str, Quote],
    questions: Mapping[str, str],
    about: Mapping[str, str],
    people: Sequence[str],
    documents: Sequence[str],
    written: Mapping[tuple[str, str], Summary] | None = None,
) -> MatrixView:
    """Prepare the matrix for the page. `people` and `documents`: the values of the page's filters, in order.

    `written`: summaries written by people, by (case, code).
    """
    most = max((len(cell.excerpts) for cell in cells), default=1) or 1
    number = {document: place for place, document in enumerate(documents)}
    summaries = written or {}
    shown = {
        (cell.case, cell.code): _shown(
            cell, most, quotes, number, questions, summary=summaries.get((cell.case, cell.code))
        )
        for cell in cells
    }
    cases = sorted({cell.case for cell in cells})
    place = {name: ("case", person_number) for person_number, name in enumerate(people)}

    def rows(chosen: Sequence[str]) -> tuple[Row, ...]:
        return tuple(
            Row(
                case,
                about.get(case, ""),
                *place.get(case, ("document", number.get(case, 0))),
                tuple(shown[case, code] for code in chosen),
            )
            for case in cases
        )

    category_tables = tuple(
        CategoryTable(title, tuple(chosen), rows(chosen)) for title, chosen in by_category(codes, book)
    )
    if not codes:
        return MatrixView(NOT_MAPPED if len(book) else NO_CODES, (), (), (), mappable=len(book) > 0)
    unread = any(cell.state == "not_available" for cell in cells)
    return MatrixView(_lead(cells, len(cases), len(codes)), tuple(codes), rows(codes), category_tables, unread)


def by_category(codes: Sequence[str], book: Codebook) -> list[tuple[str, list[str]]]:
    """Codes grouped by category, at most COLUMNS_A_TABLE per group."""
    if 0 < len(codes) <= COLUMNS_A_TABLE:
        return [("All codes", list(codes))]
    groups: dict[str, list[str]] = {}
    for code in codes:
        groups.setdefault(book.category_of(code), []).append(code)
    grouped = []
    for title, category_codes in groups.items():
        pieces = [
            category_codes[start : start + COLUMNS_A_TABLE] for start in range(0, len(category_codes), COLUMNS_A_TABLE)
        ]
        for number, piece in enumerate(pieces):
            grouped.append((title if len(pieces) == 1 else f"{title} ({number + 1} of {len(pieces)})", piece))
    return grouped


def _shown(
    cell: Cell,
    most: int,
    quotes: Mapping[str, Quote],
    number: Mapping[str, int],
    questions: Mapping[str, str],
    *,
    summary: Summary | None,
) -> ShownCell:
    sentences = []
    for sentence in cell.sentences:
        quote = quotes[sentence.segment_id]
        sentences.append(
            ShownSentence(sentence.text, quote.number, f"{number[quote.document]}:{sentence.start}:{sentence.end}")
        )
    n_passages = len(cell.excerpts)
    shade = 0 if not n_passages else min(5, 1 + int(4 * np.sqrt(n_passages / most)))
    shown = ShownCell(n_passages, shade, cell.state, tuple(sentences), questions.get(cell.question, ""))
    if summary is None:
        return shown
    return replace(shown, written=summary.summary, author=summary.who, older=summary.of != digest(cell.summary))


def _lead(cells: Sequence[Cell], cases: int, codes: int) -> str:
    spoken = sum(cell.state == "spoken" for cell in cells)
    silent = sum(cell.state == "asked" for cell in cells)
    size = f"{prose.count(cases, 'case').capitalize()} by {prose.count(codes, 'code')}"
    unread = sum(cell.state == "not_available" for cell in cells)
    left = f" {unread:,} cells are not available because the cases do not speak English." if unread else ""
    return (
        f"{size}: {spoken:,} of {len(cells):,} cells have passages; in {silent:,}, a related question was asked but no "
        "passage was assigned the code. The codes are candidates assigned by the pipeline."
        f"{left}"
    )
