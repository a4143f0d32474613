"""Reads PDFs with a text layer: lines are rejoined to paragraphs; page headers and page numbers are removed."""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, PyPdfError

from pipeline.core.names import key
from pipeline.corpus.readers import guards, label_lines, speakers
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, traced

# Limits. A page printed by a browser takes about ten thousand drawing operations, an hour's interview about 30 pages.
MAX_PAGES, MAX_STROKES, MAX_PAGE_CHARACTERS = 2_000, 3_000_000, 60_000
# Limits passed to pypdf, far below its own, which allow minutes of work for a file of a few kilobytes.
_LIMITS: dict[str, Any] = {
    "stream_parsing_work_maximum_count": 400_000,
    "zlib_maximum_output_length": 8 * 2**20,
    "lzw_maximum_output_length": 8 * 2**20,
    "run_length_maximum_output_length": 8 * 2**20,
    "array_based_stream_maximum_output_length": 8 * 2**20,
    "xform_maximum_invocations_per_extraction": 500,
}
# A line at least this full, relative to the usual longest, continues on the next line.
FULL = 0.75
# Two columns: a gap at the same position, in the middle third, in this share of a page's lines. Checking takes as long
# as reading, so only a few pages, evenly spread, are checked.
LOOKS = 5
GAP, COLUMN_ROWS, COLUMN_SHARE = 3, 10, 0.6
# Exceptions that pypdf raises on damaged files.
_DAMAGE = (
    PyPdfError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OSError,
    ArithmeticError,
    RuntimeError,
)
# A line at least this long that ends one page and begins the next was printed twice.
REPEATED, TWICE = 40, 5
_NUMBER = re.compile(r"(?:page|p\.|seite)?\s*[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:/|of|von)\s*\d{1,4})?", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


def read_pdf(data: bytes, labels: Labels) -> Transcript:
    """Read a PDF's text layer; its canonical text is its paragraphs, one per line.

    Raises RefusedError for scans, protected files, and pages in two columns, whose lines cannot be separated reliably.
    """
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    if b"%PDF-" not in data[:1024]:
        raise RefusedError("Not a PDF, despite its extension. Correct the extension, or export it again.")
    try:
        with apply_configuration(**_LIMITS), _nothing_skipped():
            pages = _pages(data)
    except RefusedError:
        raise
    except DependencyError:  # encryption that pypdf supports only with another package
        raise RefusedError(
            "The file is protected by a password or by access restrictions. Save it without them."
        ) from None
    except _DAMAGE as error:
        raise RefusedError(
            f"The file cannot be read as a PDF ({type(error).__name__}). Export it again, or as .docx."
        ) from None
    lines = _one_after_another(_without_heads(pages))
    if not lines:
        raise RefusedError(
            "The PDF has no text layer (it is a scan). Run text recognition (OCR) first, or type the text."
        )
    text, marks = _paragraphs(lines, labels)
    return traced(speakers.transcript(text, labels), "page", marks)


@contextmanager
def _nothing_skipped() -> Iterator[None]:
    """Keep pypdf's messages out of the log; raise RefusedError if it skipped part of the file."""
    messages: list[str] = []
    log, listener = logging.getLogger("pypdf"), logging.Handler()
    listener.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(listener)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(listener)
        log.propagate = True
    if any("is skipped" in message for message in messages):
        raise RefusedError("The PDF has more drawing operations than a transcript needs. Export it as .docx.")


class _Pen:
    """Counts drawing operations and stops at a limit, so that refusal does not depend on the machine's speed."""

    def __init__(self, left: int) -> None:
        self.left = left

    def stroke(self, *_: object) -> None:
        self.left -= 1
        if self.left < 0:
            raise RefusedError("The PDF has more drawing operations than a transcript needs. Export it as .docx.")


def _pages(data: bytes) -> list[list[str]]:
    """Return the lines of each page, with single spaces."""
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise RefusedError("The file is password-protected. Save it without a password.")
    if len(reader.pages) > MAX_PAGES:
        raise RefusedError(f"The PDF has more than {MAX_PAGES:,} pages, the limit for a transcript. Split it.")
    looked_at = max(1, len(reader.pages) // LOOKS)
    pages = []
    pen = _Pen(MAX_STROKES)
    for number, page in enumerate(reader.pages, start=1):
        extracted = page.extract_text(visitor_operand_before=pen.stroke)
        if pen.left < 0 or len(extracted) > MAX_PAGE_CHARACTERS:
            raise RefusedError(
                f"The PDF has more drawing operations up to page {number} than a transcript needs. Export it as .docx."
            )
        if number % looked_at == 0 and _two_columns(page.extract_text(extraction_mode="layout")):
            raise RefusedError(
                f"Page {number} has two columns, which would be read across. Export the text in a single column."
            )
        text = extracted.encode("utf_16", "surrogatepass").decode("utf_16", "replace").replace("\0", "")
        pages.append([words for line in text.split("\n") if (words := " ".join(line.split()))])
    return pages


def _two_columns(laid_out: str) -> bool:
    rows = [row for row in laid_out.split("\n") if row.strip()]
    width = max((len(row.rstrip()) for row in rows), default=0)
    wide = [row for row in rows if len(row.rstrip()) > 0.6 * width]
    if len(wide) < COLUMN_ROWS:
        return False
    middle = range(width // 3, 2 * width // 3)
    return any(
        sum(row[at : at + GAP].isspace() and bool(row[:at].strip()) for row in wide) >= COLUMN_SHARE * len(wide)
        for at in middle
    )


def _without_heads(pages: list[list[str]]) -> list[list[str]]:
    """Remove page numbers, and first and last lines that most pages share except for digits."""
    edges = Counter(_DIGITS.sub("0", line) for page in pages if page for line in {page[0], page[-1]})
    shared = {line for line, count in edges.items() if count >= max(3, len(pages) / 2)}
    trimmed_pages = []
    for page in pages:
        lines = list(page)
        while lines and (_NUMBER.fullmatch(lines[0]) or _DIGITS.sub("0", lines[0]) in shared):
            lines.pop(0)
        while lines and (_NUMBER.fullmatch(lines[-1]) or _DIGITS.sub("0", lines[-1]) in shared):
            lines.pop()
        trimmed_pages.append(lines)
    return trimmed_pages


def _one_after_another(pages: list[list[str]]) -> list[tuple[str, int]]:
    """Return the lines of all pages with their page numbers, without long lines repeated at a page break.

    Browsers that cut a line at the end of a page print it again on the next.
    """
    numbered: list[tuple[str, int]] = []
    lines: list[str] = []
    for number, page in enumerate(pages, start=1):
        most = min(len(page), len(lines), TWICE)
        twice = (n for n in range(most, 0, -1) if len(page[n - 1]) >= REPEATED and lines[-n:] == page[:n])
        new_lines = page[next(twice, 0) :]
        lines.extend(new_lines)
        numbered.extend((line, number) for line in new_lines)
    return numbered


def _paragraphs(numbered: list[tuple[str, int]], labels: Labels) -> tuple[str, list[tuple[int, int]]]:
    """Join lines to paragraphs: a full line continues, unless the next begins with a recurring speaker label.

    Returns the text, and the start and page number of each line in it.
    """
    lines = [line for line, _ in numbered]
    named = [key(line.label) for line in label_lines.classify_lines("\n".join(lines), labels)]
    counts = Counter(name for name in named if name)
    full = FULL * sorted(len(line) for line in lines)[int(0.95 * (len(lines) - 1))]
    pieces, marks = [lines[0]], [(0, numbered[0][1])]
    at = len(lines[0])
    for (before, _), (line, number), name in zip(numbered, numbered[1:], named[1:], strict=False):
        opens = bool(name) and (counts[name] > 1 or labels.known(name))
        torn = before.endswith("-") and line[0].islower()
        between = "\n" if len(before) < full or opens else "" if torn else " "
        pieces += [between, line]
        marks.append((at + len(between), number))
        at += len(between) + len(line)
    return "".join(pieces), marks
