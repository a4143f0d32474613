"""Looks through the finished files of a paper for the names of those who spoke."""

import html
import io
import re
import zipfile
from collections.abc import Iterable, Mapping

from pipeline.paper import documents, matrix_table
from pipeline.paper.identities import People, folded
from pipeline.reporting import references

# What the program itself writes in every study, and that is nobody's name there.
OWN = (documents.CANDIDATES, matrix_table.LEAD, "Cohen’s kappa")
# Files in which works are cited by their authors, and in which the researchers are named.
CITING = ("methods.docx", "coreq.docx", "srqr.docx", "disclosure.docx")
_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"</w:p>|</text>|\r?\n")
_TAG = re.compile(r"<[^>]+>")


def found(files: Mapping[str, bytes], people: People, *, researchers: Iterable[str] = ()) -> dict[str, list[str]]:
    """The names in each file, as they are written there; files without any are left out.

    `researchers`: the names of people who coded and decided, which may stand in a paper.
    """
    theirs = {folded(word) for name in researchers for word in _WORD.findall(name)}
    cited = {folded(word) for work in (*references.WORKS, *references.WORKS.values()) for word in _WORD.findall(work)}
    names = {}
    for name, data in sorted(files.items()):
        text = text_of(name, data)
        for own in OWN:
            text = text.replace(own, "")
        allowed = theirs | cited if name in CITING else theirs
        if left := [word for word in people.names_in(text) if folded(word) not in allowed]:
            names[name] = left
    return names


def text_of(name: str, data: bytes) -> str:
    """The text of a docx, svg or csv file; empty for other files."""
    if name.endswith(".docx"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = [
                package.read(part).decode("utf-8")
                for part in package.namelist()
                if part.startswith("word/") and part.endswith(".xml") and "styles" not in part and "theme" not in part
            ]
        return _plain("\n".join(parts))
    if name.endswith(".svg"):
        return _plain(data.decode("utf-8").partition("</style>")[2])
    return data.decode("utf-8-sig") if name.endswith(".csv") else ""


def _plain(markup: str) -> str:
    return html.unescape(_TAG.sub("", _END.sub("\n", markup)))
