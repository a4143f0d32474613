"""Quotes with their source, verified verbatim against the documents."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import numpy as np
import pandas as pd

from pipeline.core.errors import CounterpointError
from pipeline.core.table_rows import each, lookup


class QuoteError(CounterpointError):
    """A quote is not verbatim in its document."""


@dataclass(frozen=True)
class Quote:
    """A quoted segment. `number`: its position in the page; `time`: a time such as 12:31, or empty."""

    number: int
    segment_id: str
    document: str
    source_type: str
    speaker: str
    case: str
    attributes: str
    time: str
    question: str
    start: int
    end: int
    text: str


def collect(
    *, documents: pd.DataFrame, turns: pd.DataFrame, cases: pd.DataFrame, segments: pd.DataFrame
) -> dict[str, Quote]:
    """Return every segment as a quote, by segment_id, in text order; raise QuoteError if one is not verbatim."""
    texts, sources = lookup(documents, "document", "text"), lookup(documents, "document", "source_type")
    questions = lookup(turns, "turn_id", "text")
    attributes = described(cases)
    quotes = {}
    for number, row in enumerate(each(in_order(segments))):
        check(texts, document=row.document, start=row.start, end=row.end, text=row.text)
        quotes[row.segment_id] = Quote(
            number=number,
            segment_id=row.segment_id,
            document=row.document,
            source_type=sources[row.document],
            speaker=row.speaker,
            case=row.case,
            attributes=attributes.get(row.case, ""),
            time=clock(row.time_s),
            question=questions.get(row.prompt_id, ""),
            start=row.start,
            end=row.end,
            text=row.text,
        )
    return quotes


def in_order(segments: pd.DataFrame) -> pd.DataFrame:
    """Sort segments or turns in text order."""
    last = "segment_id" if "segment_id" in segments else "turn_id"
    return segments.sort_values(["document", "start", "end", last], kind="stable")


def check(texts: Mapping[str, str], *, document: str, start: int, end: int, text: str) -> None:
    """Raise QuoteError unless `text` is the document's text from `start` to `end` (code points)."""
    if document not in texts or texts[document][start:end] != text:
        raise QuoteError(
            f"{document}, {start} to {end}: the passage quoted is not what the document says there, so the report was "
            "not made. The tables come from different runs: run `counterpoint run`."
        )


def described(cases: pd.DataFrame) -> dict[str, str]:
    """Return each case's attributes, joined by commas."""
    columns = [column for column in cases.columns if column != "case"]
    known = {}
    for row in cases.to_dict("records"):
        values = [str(row[column]) for column in columns if pd.notna(row[column]) and str(row[column]).strip()]
        known[str(row["case"])] = ", ".join(values)
    return known


def clock(seconds: float) -> str:
    """Format seconds as 2:05 or 1:02:05; empty if the time is unknown."""
    if pd.isna(seconds):
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def utf16_offsets(text: str) -> list[int]:
    """Return the UTF-16 offset, as browsers count, of each code point boundary of a text (length + 1 values)."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    beyond = np.concatenate([[0], np.cumsum(points > 0xFFFF)])
    return list(map(int, np.arange(len(points) + 1) + beyond))


# Where the page's data stand.
DATA_OPENS, DATA_CLOSES = '<script type="application/json" id="data">', "</script>"


def verify_page(html: str, documents: pd.DataFrame) -> int:
    """Compare everything that a finished page quotes from with the documents; return the number of comparisons.

    The page's script cuts quotes out of the documents' texts in the page's data, so each of these must be its document,
    letter for letter, with nothing left out or added. An element with data-quote="document number:start:end" (documents
    numbered in alphabetical order) is compared too. Raises QuoteError at the first difference.
    """
    ordered = documents.sort_values("document")
    names, texts = list(ordered.document), dict(zip(ordered.document, ordered.text, strict=True))
    _, opens, rest = html.partition(DATA_OPENS)
    held = json.loads(rest.partition(DATA_CLOSES)[0])["documents"] if opens else []
    for one in held:
        said = texts.get(one["name"], "")
        check(texts, document=one["name"], start=0, end=max(len(said), len(one["text"])), text=one["text"])
    reader = _QuoteReader()
    reader.feed(html)
    reader.close()
    for place, text in reader.found:
        number, start, end = (int(field) for field in place.split(":"))
        check(texts, document=names[number], start=start, end=end, text=text)
    return len(held) + len(reader.found)


class _QuoteReader(HTMLParser):
    """Collects the text of every element that has a data-quote attribute; such an element holds text alone."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._open: list[str] | None = None
        self._place = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start collecting text at an element with data-quote."""
        if self._open is not None:
            raise QuoteError(f"A quote in the page ({self._place}) holds markup (<{tag}>): escape it in the template.")
        place = dict(attrs).get("data-quote")
        if place:
            self._open, self._place = [], place

    def handle_endtag(self, tag: str) -> None:
        """Finish the current quote."""
        if self._open is not None:
            self.found.append((self._place, "".join(self._open)))
            self._open = None

    def handle_data(self, data: str) -> None:
        """Add text to the current quote."""
        if self._open is not None:
            self._open.append(data)
