"""Reads Word documents: typed interviews, and exports of Otter, Teams and NVivo.

Parses the XML directly, because libraries lose words (python-docx: tracked insertions, content controls) or add some
(docx2python: bullets, link targets, image names), and the canonical text must contain exactly the words.
"""

from dataclasses import dataclass, field
from typing import Any

from pipeline.corpus.readers import cell_turns, guards, printed_marks
from pipeline.corpus.readers.cell_turns import Cell
from pipeline.corpus.readers.model import Labels, Transcript, paragraph_marks, traced

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
# Skipped: deleted and moved text, fallbacks (which repeat their alternative), and paragraph properties, whose tab
# stops are not tabs.
SKIPPED = frozenset(["del", "moveFrom", "delText", "instrText", "Fallback", "pPr"])
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_TABLE = frozenset(["tbl", "tr", "tc", "gridSpan"])
_RANGES = {"commentRangeStart": 0, "commentRangeEnd": 1}


@dataclass
class _Open:
    """A paragraph being read: its words, their length, and where in it comments begin (0) and end (1), by id."""

    marks: list[tuple[int, str, int]]
    pieces: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, words: str) -> None:
        self.pieces.append(words)
        self.size += len(words)


@dataclass
class Tables:
    """The cells of the tables being read; those of tables within a cell belong to that cell."""

    cells: list[Cell] = field(default_factory=list)
    depth: int = 0
    table: int = 0
    row: int = 0
    column: int = 0
    start: int = 0
    width: int = 1

    def event(self, tag: str, element: Any, *, begins: bool, size: int) -> None:
        """Follow the start or end of an element of a table. `size`: the length of the text so far."""
        if tag == "tbl":
            self.depth += 1 if begins else -1
            self.table += begins and self.depth == 1
        elif self.depth != 1:
            return
        elif tag == "tr" and begins:
            self.row, self.column = self.row + 1, 0
        elif tag == "tc" and begins:
            self.start, self.width = size, 1
        elif tag == "gridSpan" and begins:
            span = attribute(element, "val")
            self.width = int(span) if span.isdecimal() and len(span) < 3 else 1
        elif tag == "tc":
            self.cells.append(Cell(self.table, self.row, self.column, self.start, max(self.start, size - 1)))
            self.column += max(1, self.width)


@dataclass
class _Text:
    """A text being read: finished and open paragraphs, and the positions where comments begin (0) and end (1)."""

    done: list[str] = field(default_factory=list)
    size: int = 0
    opened: list[_Open] = field(default_factory=list)
    waiting: list[tuple[int, str, int]] = field(default_factory=list)
    edges: tuple[dict[str, int], dict[str, int]] = field(default_factory=lambda: ({}, {}))
    tables: "Tables" = field(default_factory=lambda: Tables())

    def open(self) -> None:
        self.opened.append(_Open(self.waiting))
        self.waiting = []

    def close(self) -> None:
        paragraph = self.opened.pop()
        words = "".join(paragraph.pieces)
        lead = len(words) - len(words.lstrip("\n"))
        self.done.append(words.strip("\n"))
        for side, comment, offset in paragraph.marks:
            self.edges[side].setdefault(comment, self.size + min(max(offset - lead, 0), len(self.done[-1])))
        self.size += len(self.done[-1]) + 1

    def mark(self, side: int, comment: str) -> None:
        """Record where a comment's range begins or ends; between paragraphs, that is the next or the previous one."""
        if self.opened:
            self.opened[-1].marks.append((side, comment, self.opened[-1].size))
        elif side == 0:
            self.waiting.append((side, comment, 0))
        else:
            self.edges[1].setdefault(comment, max(self.size - 1, 0))


def read_docx(data: bytes, labels: Labels) -> Transcript:
    """Read a Word document; its canonical text is its paragraphs, one per line (tables cell by cell).

    Raises RefusedError.
    """
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    archive = guards.opened_archive(data)
    text = _walked(guards.member(archive, "word/document.xml"))
    words, remarks = printed_marks.set_aside("\n".join(text.done), labels)
    found = cell_turns.transcript(words, text.tables.cells, labels)
    found.remarks.extend(remarks)
    return traced(found, "paragraph", paragraph_marks(text.done))


def text_and_comments(xml: bytes) -> tuple[str, dict[str, tuple[int, int]], list[tuple[int, int]]]:
    """Return a document's text, the span of each comment by id, and the start and number of each paragraph.

    Empty paragraphs are not numbered. Raises RefusedError.
    """
    text = _walked(xml)
    starts, ends = text.edges
    spans = {comment: (start, ends.get(comment, 0)) for comment, start in starts.items()}
    ranges = {comment: span for comment, span in spans.items() if span[0] < span[1]}
    return "\n".join(text.done), ranges, paragraph_marks(text.done)


def paragraphs(xml: bytes) -> list[str]:
    """Return the text of each paragraph, including empty ones, in the order in which they end. Raises RefusedError."""
    return _walked(xml).done


def _walked(xml: bytes) -> _Text:
    text = _Text()
    skipping = 0
    for event, element in guards.xml_events(xml):
        tag = name(element.tag)
        if tag in SKIPPED:
            skipping += 1 if event == "start" else -1
        elif tag in _RANGES and event == "start":
            text.mark(_RANGES[tag], attribute(element, "id"))
        elif tag in _TABLE:
            text.tables.event(tag, element, begins=event == "start", size=text.size)
        elif tag == "p":
            text.open() if event == "start" else text.close()
        elif event == "end" and text.opened and not skipping:
            text.opened[-1].add(element_text(tag, element.text))
        if event == "end":
            element.clear()
    return text


def attribute(element: Any, of: str) -> str:
    """Return a Word attribute of an element, or ''."""
    return element.get(f"{_W}{of}") or element.get(f"{_STRICT}{of}") or ""


def element_text(tag: str, text: str | None) -> str:
    """Return the text an element stands for, by its tag from `name`; '' for most."""
    return (text or "").replace("\n", " ") if tag == "t" else _MARKS.get(tag, "")


def name(tag: str) -> str:
    """Return a tag without Word's namespace; '' for tags of other namespaces."""
    if tag.startswith((_W, _STRICT)) or tag.endswith("}Fallback"):
        return tag.rpartition("}")[2]
    return ""
