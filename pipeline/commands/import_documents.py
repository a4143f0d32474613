"""`counterpoint import` of documents (Word, OpenDocument, RTF, PDF, text): says what a document is by what is in it."""

from pathlib import Path
from typing import Literal

from pipeline.commands import handout_back, import_tables
from pipeline.corpus.readers import code_reports, files, guards, odt, word_tables
from pipeline.corpus.readers.model import RefusedError

Kind = Literal["", "handout", "report", "codebook", "comments"]
ENDINGS = code_reports.ENDINGS
WORD, OPEN = ".docx", ".odt"
_COMMENTS = "word/comments.xml"


def kind(path: Path) -> Kind:
    """Return what a document is; '' if it is nothing that can be imported, or cannot be read."""
    suffix = path.suffix.lower()
    if suffix not in ENDINGS or not path.is_file():
        return ""
    try:
        data = files.content(path, limit=guards.MAX_ARCHIVE_BYTES, follow=True)
        with files.reading(f"{suffix} (to import)"):
            return _kind(data, suffix)
    except RefusedError:
        return ""


def _kind(data: bytes, suffix: str) -> Kind:
    tables = tables_of(data, suffix)
    if handout_back.is_form(tables):
        return "handout"
    if code_reports.is_report(code_reports.lines_of(data, suffix)):
        return "report"
    if any(import_tables.is_codebook(table) for table in tables):
        return "codebook"
    if suffix == WORD and _COMMENTS in guards.opened_archive(data).namelist():
        return "comments"
    return ""


def tables_of(data: bytes, suffix: str) -> list[word_tables.Table]:
    """Return the tables of a Word document or an OpenDocument text; none for other kinds. Raises RefusedError.

    In Word, spaces before the first cell of a row tell how far its paragraph is indented.
    """
    if suffix == OPEN:
        return odt.read_tables(data)
    return word_tables.read_tables(data, indents=True) if suffix == WORD else []
