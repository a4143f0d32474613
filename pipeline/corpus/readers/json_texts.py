"""Reads JSON that holds a transcript as one text: oTranscribe's HTML, plain text, or a list of lines."""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeline.corpus.readers import speakers
from pipeline.corpus.readers.json_items import TEXT
from pipeline.corpus.readers.json_times import MAX_DEPTH
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript
from pipeline.corpus.readers.times import first_time

# A text of fewer words is a setting or a title.
LEAST_WORDS = 5

_HTML = re.compile(r"<(?:p|br|div|span|b|i|em|strong)\b[^<>]{0,300}>", re.IGNORECASE)
_STAMP = re.compile(
    r"<span\b[^<>]{0,300}\bdata-timestamp=\"(?P<time>[\d.]{1,20})\"[^<>]{0,300}>[^<>]{0,20}</span>", re.IGNORECASE
)
_BREAK = re.compile(r"<br\b[^<>]{0,300}>|</(?:p|div|li)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]{0,1000}>", re.IGNORECASE)
# A time stamp in the text under way; private-use characters, which no transcript holds.
_MARK = re.compile("\ue000([\\d.]{1,20})\ue001")


def read_text(content: Any, labels: Labels) -> Transcript:
    """Read the longest text of a JSON value as a plain transcript; times that oTranscribe sets are taken out of it.

    Raises RefusedError if there is no text.
    """
    whole = longest(content)
    if len(whole.split()) < LEAST_WORDS and "\n" not in whole:
        raise RefusedError("No list of turns found (such as 'segments', each with 'text'). Export the file again.")
    marked = _marked(whole) if is_html(whole) else whole
    pieces: list[str] = []
    times: list[tuple[int, float | None]] = []
    last = length = 0
    for mark in _MARK.finditer(marked):
        before = marked[last : mark.start()]
        pieces.append(before)
        length += len(before)
        times.append((length, first_time(mark[1]) if ":" in mark[1] else float(mark[1].strip(".") or 0)))
        last = mark.end()
        last += len(marked[last:]) - len(marked[last:].lstrip(" ")) if before[-1:] in ("", "\n", " ") else 0
    text = "".join([*pieces, marked[last:]])
    found = speakers.transcript(text, labels)
    starts = [at for at, _ in times]
    turns = []
    end = 0
    for turn in found.turns:
        at = bisect_right(starts, turn.start) - 1
        stamp = times[at][1] if at >= 0 and starts[at] >= end else None
        turns.append(turn if turn.time_s is not None or stamp is None else replace(turn, time_s=stamp))
        end = turn.end
    return replace(found, turns=turns)


def is_html(text: str) -> bool:
    """Return whether a text has HTML tags."""
    return bool(_HTML.search(text))


def plain(marked: str) -> str:
    """Return HTML as text, without time stamps."""
    return _MARK.sub("", _marked(marked))


def longest(content: Any) -> str:
    """Return the longest text in a JSON value: a string of a key such as `text`, or a list of lines."""
    return max(_texts(content, "text" if isinstance(content, list) else "", 0), key=len, default="")


def _texts(value: Any, name: str, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, str) and name in (*TEXT, "html", "transcription", "notes"):
        yield value
    elif isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        yield "\n".join(value)
    elif isinstance(value, list) and value and all(_is_pair(one) for one in value):
        yield "\n".join(f"{who}: {words}" for who, words in value)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(one, key, depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, "", depth + 1)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)


def _marked(text: str) -> str:
    """Return HTML as text, one paragraph a line, with marks for time stamps."""
    text = _STAMP.sub("\ue000\\g<time>\ue001", text.replace("\r", "").replace("\n", " "))
    text = _TAG.sub("", _BREAK.sub("\n", text))
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in html.unescape(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
