"""The tables of a Word document, cell by cell: forms that people filled in come back as these."""

from dataclasses import dataclass, field

from pipeline.corpus.readers import docx, guards
from pipeline.corpus.readers.model import RefusedError

# More than any form has; a file with more is damaged, or made to fill the memory.
MOST_CELLS = 50_000

Table = list[list[str]]


@dataclass
class _Open:
    """A table under way: its rows of cells, each cell the pieces of its text."""

    rows: list[list[list[str]]] = field(default_factory=list)

    def add(self, words: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1].append(words)

    def done(self) -> Table:
        return [["".join(cell).strip() for cell in row] for row in self.rows]


def read_tables(data: bytes) -> list[Table]:
    """Each table of a document as rows of cells, in the order in which tables end; paragraphs of a cell are lines.

    Deleted words are left out, inserted ones and what stands in content controls are read. A table inside a cell is one
    by itself, and the cell holds its words too. Raises RefusedError for a file that is no Word document, or is made to
    do harm.
    """
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    return parse_tables(guards.member(guards.opened_archive(data), "word/document.xml"))


def parse_tables(xml: bytes) -> list[Table]:
    """The same of a document's XML."""
    found: list[Table] = []
    opened: list[_Open] = []
    skipping = cells = 0
    for event, element in guards.xml_events(xml):
        tag, begins = docx.name(element.tag), event == "start"
        if tag in docx.SKIPPED:
            skipping += 1 if begins else -1
        elif tag == "tbl":
            _table(opened, found, begins)
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
    return found


def _table(opened: list[_Open], found: list[Table], begins: bool) -> None:
    if begins:
        opened.append(_Open())
    else:
        found.append(opened.pop().done())
        if opened:
            opened[-1].add("".join("\t".join(row) + "\n" for row in found[-1]))


def _begin(table: _Open, tag: str) -> None:
    if tag == "tr":
        table.rows.append([])
    elif table.rows:
        table.rows[-1].append([])
