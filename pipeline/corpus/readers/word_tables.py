"""Reads the tables of a Word document, such as forms that people filled in."""

from dataclasses import dataclass, field

from pipeline.corpus.readers import docx, guards
from pipeline.corpus.readers.model import RefusedError

# Most cells accepted; a file with more is damaged or malicious.
MOST_CELLS = 50_000
# A paragraph's indent in twentieths of a point as spaces, and the most of them.
SPACE, MOST_SPACES, LONGEST_NUMBER = 60, 200, 6

Table = list[list[str]]


@dataclass
class _Open:
    """A table being read: rows of cells, each a list of text pieces, and how far each row's first cell is indented."""

    rows: list[list[list[str]]] = field(default_factory=list)
    indents: dict[int, int] = field(default_factory=dict)

    def add(self, words: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1].append(words)

    def indent(self, width: str) -> None:
        if self.rows and len(self.rows[-1]) == 1 and width.isdecimal() and len(width) < LONGEST_NUMBER:
            self.indents.setdefault(len(self.rows) - 1, min(int(width) // SPACE, MOST_SPACES))

    def done(self, *, indents: bool) -> Table:
        rows = [["".join(cell).strip() for cell in row] for row in self.rows]
        for number, spaces in self.indents.items() if indents else ():
            rows[number][0] = " " * spaces + rows[number][0]
        return rows


def read_tables(data: bytes, *, indents: bool = False) -> list[Table]:
    """Return each table as rows of cells, in the order in which tables end; paragraphs in a cell become lines.

    Deleted text is omitted; insertions and content controls are included. A nested table is returned separately, and
    its words are also in the outer cell. `indents`: put spaces before a row's first cell for its indent. Raises
    RefusedError.
    """
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    return parse_tables(guards.member(guards.opened_archive(data), "word/document.xml"), indents=indents)


def parse_tables(xml: bytes, *, indents: bool = False) -> list[Table]:
    """Return the tables of a document's XML, as `read_tables` does. Raises RefusedError."""
    finished: list[Table] = []
    opened: list[_Open] = []
    skipping = cells = 0
    for event, element in guards.xml_events(xml):
        tag, begins = docx.name(element.tag), event == "start"
        if tag in docx.SKIPPED:
            skipping += 1 if begins else -1
        elif tag == "tbl":
            _table(opened, finished, begins, indents)
        elif begins and opened and tag == "ind":
            opened[-1].indent(docx.attribute(element, "left") or docx.attribute(element, "start"))
        elif begins and opened and tag in ("tr", "tc"):
            cells += tag == "tc"
            _begin(opened[-1], tag)
        elif not begins and opened and not skipping:
            opened[-1].add("\n" if tag == "p" else docx.element_text(tag, element.text))
        if cells > MOST_CELLS:
            raise RefusedError(
                f"The tables have more than {MOST_CELLS:,} cells, the limit for a form. The file was omitted; "
                "save it again."
            )
        if not begins:
            element.clear()
    return finished


def _table(opened: list[_Open], finished: list[Table], begins: bool, indents: bool) -> None:
    if begins:
        opened.append(_Open())
    else:
        finished.append(opened.pop().done(indents=indents))
        if opened:
            opened[-1].add("".join("\t".join(row) + "\n" for row in finished[-1]))


def _begin(table: _Open, tag: str) -> None:
    if tag == "tr":
        table.rows.append([])
    elif table.rows:
        table.rows[-1].append([])
