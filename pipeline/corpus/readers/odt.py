"""Reads OpenDocument texts (.odt), as written by LibreOffice."""

from typing import Any

from pipeline.corpus.readers import cell_turns, docx, guards, printed_marks
from pipeline.corpus.readers.cell_turns import Cell
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, paragraph_marks, traced

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# Skipped: comments, footnotes and deletions. Insertions are ordinary text in the body.
_SKIPPED = frozenset([f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}tracked-changes", f"{_TEXT}sequence-decls"])
_PARAGRAPHS = frozenset([f"{_TEXT}p", f"{_TEXT}h"])
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_CELLS = {
    f"{_TABLE}table": "tbl",
    f"{_TABLE}table-row": "tr",
    f"{_TABLE}table-cell": "tc",
    f"{_TABLE}covered-table-cell": "tc",
}
_MAX_SPACES = 1_000
_MANIFEST = "META-INF/manifest.xml"


def read_odt(data: bytes, labels: Labels) -> Transcript:
    """Read an OpenDocument text; its canonical text is its paragraphs and headings, one per line.

    Raises RefusedError.
    """
    paragraphs, cells = _paragraphs(_content(data))
    words, remarks = printed_marks.set_aside("\n".join(paragraphs), labels)
    found = cell_turns.transcript(words, cells, labels)
    found.remarks.extend(remarks)
    return traced(found, "paragraph", paragraph_marks(paragraphs))


def paragraphs(data: bytes) -> list[str]:
    """Return the text of each paragraph and heading, in order. Raises RefusedError."""
    return _paragraphs(_content(data))[0]


def read_tables(data: bytes) -> list[list[list[str]]]:
    """Return each table as rows of cells; paragraphs in a cell become lines, and a nested table belongs to its cell.

    Raises RefusedError.
    """
    paragraphs, cells = _paragraphs(_content(data))
    text = "\n".join(paragraphs)
    tables: dict[int, dict[int, list[str]]] = {}
    for cell in cells:
        tables.setdefault(cell.table, {}).setdefault(cell.row, []).append(text[cell.start : cell.end].strip())
    return [list(rows.values()) for rows in tables.values()]


def _content(data: bytes) -> bytes:
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    archive = guards.opened_archive(data)
    if _MANIFEST in archive.namelist() and b"encryption-data" in guards.member(archive, _MANIFEST):
        raise RefusedError(guards.LOCKED)
    return guards.member(archive, "content.xml")


def _paragraphs(xml: bytes) -> tuple[list[str], list[Cell]]:
    """Return the paragraphs, and the cells of the tables by their place in the paragraphs' text."""
    done: list[str] = []
    tables = docx.Tables()
    size, depth, skipping = 0, 0, 0
    # An element's text is complete only at its end; text that follows it in its parent is in its tail.
    for event, element in guards.xml_events(xml):
        if element.tag in _SKIPPED:
            skipping += 1 if event == "start" else -1
        elif element.tag in _CELLS and not skipping:
            tables.event(_CELLS[element.tag], element, begins=event == "start", size=size)
        elif element.tag in _PARAGRAPHS and not skipping:
            if event == "start":
                depth += 1
            else:
                depth -= 1
                done.append(_said(element).strip("\n"))
                size += len(done[-1]) + 1
                if not depth:
                    element.clear()
    return done, tables.cells


def _said(element: Any) -> str:
    """Return the words of a paragraph in order, without those of paragraphs nested in it (frames)."""
    pieces: list[str] = []
    waiting: list[Any] = [element]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            pieces.append(part)
            continue
        if part is not element and (part.tag in _SKIPPED or part.tag in _PARAGRAPHS):
            continue
        pieces.append(_mark(part))
        for child in reversed(part):
            waiting.extend([(child.tail or "").replace("\n", " "), child])
        if part.text:
            waiting.append(part.text.replace("\n", " "))
    return "".join(pieces)


def _mark(element: Any) -> str:
    if element.tag == f"{_TEXT}s":
        count = element.get(f"{_TEXT}c", "1")
        return " " * min(int(count) if count.isdecimal() and len(count) < 6 else 1, _MAX_SPACES)
    return {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}.get(element.tag, "")
