"""Sets aside what printing left in plain text: line numbers in the margin, page numbers, running heads between pages.

They become spaces, so that every position in the text stays.
"""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from pipeline.corpus.readers import label_lines, line_numbers, page_layout
from pipeline.corpus.readers.model import Labels, Remark

# Page numbers in lines of their own count from one to the next; fewer of them are something else.
FEWEST = 3
_FEED = "\f"
_DIGITS = re.compile(r"\d+")
_SIGNED = re.compile(r"[^\W\d_]|[-–—/]")


def set_aside(text: str, labels: Labels) -> tuple[str, list[Remark]]:
    """Return a text of the same length without what belongs to its pages, and remarks on that."""
    text, numbered = line_numbers.blanked(text)
    remarks = [Remark("note", line_numbers.said(numbered))] if numbered else []
    lines = text.split("\n")
    marks = _heads(lines, labels) if text.count(_FEED) >= FEWEST - 1 else _page_numbers(lines)
    if not marks:
        return text, remarks
    shown = " ".join(lines[marks[0]].split())[:40]
    for at in marks:
        lines[at] = "".join(sign if sign.isspace() else " " for sign in lines[at])
    message = (
        f"{len(marks)} lines such as '{shown}' number the pages or head them, and were left out of what was said. If "
        "they are speech, put them in one line with other words."
    )
    return "\n".join(lines), [*remarks, Remark("note", message)]


def _page_numbers(lines: Sequence[str]) -> list[int]:
    """Return the lines that hold a page number with a word or dashes (`Page 3 of 9`, `- 3 -`), if they count on."""
    found = {at: int(_DIGITS.findall(line)[0]) for at, line in enumerate(lines) if _numbers_a_page(line)}
    counts_on = all(two - one == 1 for one, two in pairwise(found.values()))
    return list(found) if len(found) >= FEWEST and counts_on else []


def _numbers_a_page(line: str) -> bool:
    return bool(_SIGNED.search(line)) and page_layout.is_page_number(line)


def _heads(lines: Sequence[str], labels: Labels) -> list[int]:
    """Return the lines of running heads and feet of pages that form feeds part."""
    pages: list[list[int]] = [[]]
    for at, line in enumerate(lines):
        if _FEED in line:
            pages.append([])
        if line.strip():
            pages[-1].append(at)
    pages = [page for page in pages if page]
    labelled = _labelled([lines[at] for page in pages for at in page], labels)
    bodies = page_layout.bodies([[lines[at].strip() for at in page] for page in pages], labelled=labelled)
    return [at for page, (top, end) in zip(pages, bodies, strict=True) for at in (*page[:top], *page[end:])]


def _labelled(lines: Sequence[str], labels: Labels) -> Collection[str]:
    text = "\n".join(line.strip() for line in lines)
    return {text[line.start : line.end] for line in label_lines.classify_lines(text, labels) if line.label}
