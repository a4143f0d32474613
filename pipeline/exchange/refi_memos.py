"""Exports memos that an import brought to REFI-QDA, each where it belongs.

Memos about a document or a case go into its description, since formats or programs know no notes there; annotations are
passages with a description; all others are notes.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipeline.core import table_rows
from pipeline.corpus import refi
from pipeline.exchange import markup
from pipeline.exchange.refi_notes import Note

# Start, end, text, author and date.
Annotation = tuple[int, int, str, str, str]


@dataclass
class Memos:
    """The memos of a study as XML: notes, references to them, descriptions, and annotations by document.

    `of_project`, `of_codes`: references; `of_documents`, `of_cases`, `of_attributes`: text for descriptions.
    """

    notes: list[Note] = field(default_factory=list)
    of_project: list[str] = field(default_factory=list)
    of_codes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    of_documents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    of_cases: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    of_attributes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    annotations: dict[str, list[Annotation]] = field(default_factory=lambda: defaultdict(list))
    authors: set[str] = field(default_factory=set)


def memos(table: pd.DataFrame, codes: Mapping[str, str], attributes: set[str], *, study_name: str) -> Memos:
    """Return a study's memos. `table`: memos; `codes`: guids by name; `attributes`: of the cases."""
    found = Memos()
    for row in table_rows.each(table):
        memo, author = str(row.memo), str(row.author)
        found.authors |= {author} - {""}
        if row.about == "document" and row.document:
            line = refi.memo_line(str(row.title), author, str(row.date))
            found.of_documents[str(row.document)].append(f"{line}\n{memo}")
        elif row.about == "case":
            found.of_cases[str(row.case)].append(memo)
        elif row.about == "attribute" and str(row.title).lower() in attributes:
            found.of_attributes[str(row.title).lower()].append(memo)
        elif row.about == "passage" and row.start == row.start and not row.title:
            at = (int(row.start), int(row.end))
            found.annotations[str(row.document)].append((*at, memo, author, str(row.date)))
        else:
            note = _note(row, study_name)
            found.notes.append(note)
            reference = markup.element("NoteRef", {"targetGUID": note.guid})
            if row.about == "project":
                found.of_project.append(reference)
            elif row.about == "code" and row.code in codes:
                found.of_codes[codes[str(row.code)]].append(reference)
    return found


def annotation(study_name: str, document: str, text: str, memo: Annotation, at: Callable[[int], int]) -> str:
    """Return an annotation as XML: a passage without a code. `at`: from code points to the export's unit."""
    start, end, said, author, date = memo
    attributes = {
        "guid": refi.guid(study_name, "annotation", document, *memo),
        "name": " ".join(text[start:end].split())[:60],
        "startPosition": at(start),
        "endPosition": at(end),
        "creatingUser": refi.user(study_name, author) if author else "",
        "creationDateTime": refi.moment(date) or refi.UNDATED,
    }
    return markup.element("PlainTextSelection", attributes, markup.text("Description", said))


def _note(row: object, study_name: str) -> Note:
    cells = {name: str(getattr(row, name)) for name in ("memo_id", "about", "code", "title", "memo", "author", "date")}
    guid = refi.guid(study_name, "memo", cells["memo_id"], cells["about"], cells["code"])
    attributes = {
        "guid": guid,
        "name": cells["title"],
        "plainTextPath": f"internal://{guid}.txt",
        "creatingUser": refi.user(study_name, cells["author"]) if cells["author"] else "",
        "creationDateTime": refi.moment(cells["date"]) or refi.UNDATED,
    }
    return Note(guid, markup.element("Note", attributes), f"sources/{guid}.txt", cells["memo"].encode(), -2)
