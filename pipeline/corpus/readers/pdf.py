"""Reads PDFs with a text layer: lines are rejoined to paragraphs; what belongs to the page is left out.

That is running heads and feet, page numbers, and line numbers in the margin.
"""

import io
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, PyPdfError

from pipeline.core.names import key
from pipeline.corpus.readers import columns, guards, label_lines, line_ends, line_numbers, page_layout, speakers
from pipeline.corpus.readers.model import Labels, RefusedError, Remark, Transcript, traced

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
# Looking for columns takes as long as reading, so only a few pages, evenly spread, are looked at first.
LOOKS = 5
_DRAWN = "The PDF has more drawing operations than a transcript needs. Export it as .docx."
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
# Printers' ligatures, which no word is written with.
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})


def read_pdf(data: bytes, labels: Labels) -> Transcript:
    """Read a PDF's text layer; its canonical text is its paragraphs, one per line.

    Raises RefusedError for scans, protected files, and columns that cannot be separated reliably.
    """
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    if b"%PDF-" not in data[:1024]:
        raise RefusedError("Not a PDF, despite its extension. Correct the extension, or export it again.")
    try:
        with apply_configuration(**_LIMITS), _nothing_skipped():
            pages, in_columns = _pages(data)
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
    lines, remarks = _spoken(pages, labels)
    if not lines:
        raise RefusedError(
            "The PDF has no text layer (it is a scan). Run text recognition (OCR) first, or type the text."
        )
    text, marks = _paragraphs(lines, labels)
    transcript = traced(speakers.transcript(text, labels), "page", marks)
    transcript.remarks.extend([*columns.remarks(in_columns), *remarks])
    return transcript


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
        raise RefusedError(_DRAWN)


class _Pen:
    """Counts drawing operations and stops at a limit, so that refusal does not depend on the machine's speed."""

    def __init__(self, left: int) -> None:
        self.left = left

    def stroke(self, *_: object) -> None:
        self.left -= 1
        if self.left < 0:
            raise RefusedError(_DRAWN)


def _pages(data: bytes) -> tuple[list[list[str]], list[int]]:
    """Return the lines of each page, with single spaces, and the numbers of the pages in two columns."""
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise RefusedError(guards.LOCKED)
    if len(reader.pages) > MAX_PAGES:
        raise RefusedError(f"The PDF has more than {MAX_PAGES:,} pages, the limit for a transcript. Split it.")
    looked_at = max(1, len(reader.pages) // LOOKS)
    pages, laid_out = [], {}
    pen = _Pen(MAX_STROKES)
    for number, page in enumerate(reader.pages, start=1):
        extracted = page.extract_text(visitor_operand_before=pen.stroke)
        if pen.left < 0 or len(extracted) > MAX_PAGE_CHARACTERS:
            raise RefusedError(
                f"The PDF has more drawing operations up to page {number} than a transcript needs. Export it as .docx."
            )
        if number % looked_at == 0:
            laid_out[number] = page.extract_text(extraction_mode="layout")
        pages.append(_lines(extracted))
    in_columns = []
    if any(map(columns.are_in, laid_out.values())):
        for number, page in enumerate(reader.pages, start=1):
            rows = laid_out[number] if number in laid_out else page.extract_text(extraction_mode="layout")
            if columns.are_in(rows):
                pages[number - 1] = columns.in_order(pages[number - 1], rows, number)
                in_columns.append(number)
    return pages, in_columns


def _lines(extracted: str) -> list[str]:
    text = extracted.encode("utf_16", "surrogatepass").decode("utf_16", "replace").replace("\0", "")
    return [words for line in text.translate(_LIGATURES).split("\n") if (words := " ".join(line.split()))]


def _spoken(pages: list[list[str]], labels: Labels) -> tuple[list[tuple[str, int]], list[Remark]]:
    """Return the lines of all pages with their page numbers, without what belongs to the page, and remarks."""
    bare = [line_numbers.without_blocks(page) for page in pages]
    edges = "\n".join(line for page in bare for line in (*page[: page_layout.DEEP], *page[-page_layout.DEEP :]))
    labelled = {edges[line.start : line.end] for line in label_lines.classify_lines(edges, labels) if line.label}
    trimmed = page_layout.without_heads(bare, labelled=labelled)
    spoken, numbered = line_numbers.without(trimmed)
    remarks = [Remark("note", line_numbers.said(numbered))] if numbered else []
    return _one_after_another(spoken), remarks


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
    opens = {at for at, name in enumerate(named) if name and (counts[name] > 1 or labels.known(name))}
    full = FULL * sorted(len(line) for line in lines)[int(0.95 * (len(lines) - 1))]
    text, starts = line_ends.joined(lines, opens, full=full)
    return text, [(start, number) for start, (line, number) in zip(starts, numbered, strict=True) if line]
