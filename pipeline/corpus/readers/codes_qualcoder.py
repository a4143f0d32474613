"""Reads human codes from QualCoder projects: the database `data.qda` in the folder `name.qda`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pipeline.corpus import refi
from pipeline.corpus.readers import codes_csv, databases, offsets
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.databases import Row
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.readers.offsets import Passage, Ruler, Span

WANTED = {
    "code_text": ("ctid?", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo"),
    "code_name": ("cid", "name", "catid?", "supercid?"),
    "code_cat?": ("catid", "name"),
    "source": ("id", "name", "fulltext"),
    "code_image?": ("imid", "id", "cid", "owner", "memo", "date"),
    "code_av?": ("avid", "id", "cid", "owner", "memo", "date"),
}
# Its text editor counts UTF-16 units and separates selected lines with paragraph separators.
UNITS = offsets.UNITS[:2]
_SEPARATORS = str.maketrans("\u2028\u2029", "\n\n")


def read_qualcoder(data: bytes, stem: str) -> list[Coding]:
    """Return the codings of a project. `stem`: the coder's name if none is given.

    A code's parent is the code above it, since QualCoder 4, or else its category. Codings of images and recordings
    have no position in a text and are returned without one. Raises RefusedError if the file is not a QualCoder
    project.
    """
    tables = databases.read_database(data, WANTED, program="QualCoder")
    categories = {row["catid"]: row["name"].strip() for row in tables["code_cat"]}
    names = {row["cid"]: row["name"].strip() for row in tables["code_name"]}
    codes = {
        row["cid"]: (names[row["cid"]], names.get(row["supercid"], "") or categories.get(row["catid"], ""))
        for row in tables["code_name"]
    }
    return codings(tables, codes, stem=stem)


def codings(tables: Mapping[str, Sequence[Row]], codes: dict[str, tuple[str, str]], *, stem: str) -> list[Coding]:
    """Return the codings in a project's tables. `codes`: the name and the parent's name of each code, by its number."""
    sources = {row["id"]: row for row in tables["source"]}
    by_source: dict[str, list[Row]] = defaultdict(list)
    for number, row in enumerate(tables["code_text"], start=1):  # before version 6 they had no number of their own
        by_source[row["fid"]].append(row if row["ctid"] else row | {"ctid": str(number)})
    found: list[Coding] = []
    for at, rows in by_source.items():
        source = sources.get(at, {"name": "", "fulltext": ""})
        ruler = Ruler(source["fulltext"], marked=False)
        for row, span in zip(rows, _spans(ruler, rows), strict=True):
            words = ruler.text[span[0] : span[1]] if span else row["seltext"].translate(_SEPARATORS)
            found.append(
                _coding(row, f"coding {row['ctid']}", source, codes, stem=stem, found=(span, words, ruler.text))
            )
    for table, column, kind in (("code_image", "imid", "a picture"), ("code_av", "avid", "a recording")):
        for row in tables[table]:
            place = f"coding {row[column]} of {kind}, which has no position in a text"
            source = sources.get(row["id"], {"name": ""})
            found.append(_coding(row, place, source, codes, stem=stem))
    return found


def _spans(ruler: Ruler, rows: list[Row]) -> Iterator[Span | None]:
    """Yield the codings' spans in their source, counted in the way that fits the selected words."""
    passages: list[Passage | None] = []
    for row in rows:
        start, end = codes_csv.integer(row["pos0"]), codes_csv.integer(row["pos1"])
        words = row["seltext"].translate(_SEPARATORS)
        passages.append(None if start is None or end is None else Passage(start, end, words))
    given = [passage for passage in passages if passage is not None]
    try:
        _, ((*spans,),) = offsets.fitting([(ruler, given)], offsets.conventions(marked=False, units=UNITS))
    except RefusedError:
        spans = [None] * len(given)  # the words alone must do
    placed = iter(spans)
    for passage in passages:
        span = next(placed) if passage is not None else None
        fits = span and passage and _same(ruler.text[span[0] : span[1]], passage.name)
        yield span if fits else None


def _same(words: str, selected: str) -> bool:
    return bool(words.strip()) and (not selected or words.split() == selected.split())


def _coding(
    row: Row,
    place: str,
    source: Row,
    codes: dict[str, tuple[str, str]],
    *,
    stem: str,
    found: tuple[Span | None, str, str] = (None, "", ""),
) -> Coding:
    """Return one coding. `found`: its span in the source, its words, and the source's text."""
    span, words, copy = found
    start, end = span or (None, None)
    code, parent = codes.get(row["cid"], ("", ""))
    at = (place, source["name"], start, end, words)
    memo, date = row["memo"].strip(), refi.date_of(row["date"])
    return Coding(*at, code, row["owner"].strip() or stem, parent, memo, date, copy)
