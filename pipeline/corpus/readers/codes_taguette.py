"""Reads human codes from Taguette projects (.sqlite3), which store documents as HTML."""

import html
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from pipeline.corpus import refi
from pipeline.corpus.readers import codes_csv, databases, strict_json
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.readers.offsets import Convention, Passage, Ruler

WANTED = {
    "documents": ("id", "name", "filename", "contents"),
    "highlights": ("id", "document_id", "start_offset", "end_offset", "snippet"),
    "tags": ("id", "path"),
    "highlight_tags": ("highlight_id", "tag_id"),
    "commands?": ("user_login", "date", "payload"),
}
# Taguette's offsets count UTF-8 bytes of the text outside tags.
COUNTED = Convention("UTF-8 bytes", pairs_as_two=True, mark_counts=False, end_included=False)
_APART = frozenset(
    ("blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre")
)
_APART |= {"section", "table", "td", "th", "tr", "ul"}
# Taguette escapes < in text as &lt;. Possessive and bounded quantifiers keep matching linear in the text's length.
_TAG = re.compile(r"""</?([A-Za-z][A-Za-z0-9-]*+)(?:[^<>"']|"[^"]{0,2000}"|'[^']{0,2000}')*+>""")


class Page:
    """A document: `text` as offsets count it, and `broken`, the same with a line break between blocks."""

    def __init__(self, marked: str) -> None:
        """Take a document's HTML."""
        pieces: list[str] = []
        breaks: set[int] = set()
        at = size = 0
        for tag in _TAG.finditer(marked):
            pieces.append(html.unescape(marked[at : tag.start()]))
            size += len(pieces[-1])
            at = tag.end()
            if tag[1].lower() in _APART:
                breaks.add(size)
        pieces.append(html.unescape(marked[at:]))
        self.text = "".join(pieces)
        self.ruler = Ruler(self.text, marked=False)
        # Where the text has a line break of its own, or nothing at all, a block needs none.
        inside = range(1, size)
        self._breaks = sorted(at for at in breaks if at in inside and "\n" not in self.text[at - 1 : at + 1])
        self.broken = "\n".join(self.text[a:b] for a, b in pairwise([0, *self._breaks, len(self.text)]))

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """Return the position in `broken` of a span of `text`, without line breaks at its ends."""
        return start + bisect_right(self._breaks, start), end + bisect_left(self._breaks, end)


def read_taguette(data: bytes, stem: str) -> list[Coding]:
    """Return the codings of all documents. A tag is a code; the first author of a highlight is its coder.

    Highlights without a tag are ignored. Taguette's tags have no parents. Raises RefusedError if the file is not a
    Taguette project.
    """
    tables = databases.read_database(data, WANTED, program="Taguette")
    names = {row["id"]: row["name"].strip() or row["filename"].strip() for row in tables["documents"]}
    return codings(tables, names, {row["id"]: row["path"].strip() for row in tables["tags"]}, stem=stem)


def codings(
    tables: Mapping[str, Sequence[databases.Row]], names: Mapping[str, str], paths: Mapping[str, str], *, stem: str
) -> list[Coding]:
    """Return the codings in a project's tables. `names`, `paths`: documents' names and tags, by their numbers."""
    tags: dict[str, list[str]] = defaultdict(list)
    for row in tables["highlight_tags"]:
        tags[row["highlight_id"]].append(paths.get(row["tag_id"], ""))
    made = _made(tables["commands"])
    marked: dict[str, list[databases.Row]] = defaultdict(list)
    for row in tables["highlights"]:
        marked[row["document_id"]].append(row)
    contents = {row["id"]: row["contents"] for row in tables["documents"] if row["id"] in marked}
    found: list[Coding] = []
    for number, rows in marked.items():
        page = Page(contents.get(number, ""))
        for row, (start, end, words) in zip(rows, _places(page, rows), strict=True):
            coder, date = made.get(row["id"], ("", ""))
            at = (f"highlight {row['id']}", names.get(number, ""), start, end, words)
            found += [Coding(*at, tag, coder or stem, "", "", date, page.broken) for tag in sorted(tags[row["id"]])]
    return found


def _places(page: Page, rows: list[databases.Row]) -> list[tuple[int | None, int | None, str]]:
    """Return each highlight's span and words; only the words of its snippet if the span does not match them."""
    pairs = [(codes_csv.integer(row["start_offset"]), codes_csv.integer(row["end_offset"])) for row in rows]
    spans = page.ruler.spans([Passage(start or 0, end or 0) for start, end in pairs], COUNTED)
    places: list[tuple[int | None, int | None, str]] = []
    for row, span in zip(rows, spans, strict=True):
        snippet = Page(row["snippet"])
        if span and page.text[span[0] : span[1]].split() == snippet.text.split():
            start, end = page.moved(*span)
            places.append((start, end, page.broken[start:end]))
        else:
            places.append((None, None, snippet.broken))
    return places


def _made(commands: Sequence[databases.Row]) -> dict[str, tuple[str, str]]:
    """Return the author and date of each highlight, from the project's command history."""
    made: dict[str, tuple[str, str]] = {}
    for row in commands:
        try:
            payload = strict_json.parse_json(row["payload"])
        except RefusedError:
            continue  # only the history is damaged: the highlight's coder stays unknown
        if isinstance(payload, dict) and payload.get("type") == "highlight_add":
            made.setdefault(
                str(payload.get("highlight_id")),
                (row["user_login"].strip(), refi.date_of(row["date"].partition(".")[0])),
            )
    return made
