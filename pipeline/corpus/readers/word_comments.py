"""Reads human codes from comments in a Word document: the comment names codes, its range is the passage."""

from dataclasses import dataclass, field

from pipeline.corpus.readers import codes_tables, docx, guards
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.model import RefusedError

_COMMENTS, _THREADS = "word/comments.xml", "word/commentsExtended.xml"


@dataclass
class _Comment:
    """A comment. `paragraph`: id of its last paragraph, to which replies refer."""

    number: str
    author: str
    date: str
    paragraph: str = ""
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The comment's text, one line per paragraph."""
        return "".join(self.pieces).strip()


def read_comments(data: bytes, stem: str) -> list[Coding]:
    """Return one coding per code of each comment; the document is the transcript with the same name.

    Codes are separated by line breaks or semicolons; `A > B` is B below A. A comment's author is the coder; replies
    become the memo. Raises RefusedError if there are no comments.
    """
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    archive = guards.opened_archive(data)
    if _COMMENTS not in archive.namelist():
        raise RefusedError("The document has no comments, so it contains no codes. Write the codes as Word comments.")
    text, spans, _ = docx.text_and_comments(guards.member(archive, "word/document.xml"))
    comments = _comments(guards.member(archive, _COMMENTS))
    replied = _replied(guards.member(archive, _THREADS)) if _THREADS in archive.namelist() else {}
    memos: dict[str, list[str]] = {}
    for comment in comments:
        if comment.paragraph in replied:
            memos.setdefault(replied[comment.paragraph], []).append(f"{comment.author}: {comment.text}".strip(": "))
    codings = []
    for comment in comments:
        if comment.paragraph in replied:
            continue
        start, end = spans.get(comment.number, (None, None))
        words = text[start:end] if start is not None else ""
        at = (f"comment {comment.number}", f"{stem}.docx", start, end, words)
        memo = "\n".join(memos.get(comment.paragraph, []) if comment.paragraph else [])
        for code in _codes(comment.text):
            *above, name = codes_tables.path(code)
            parent = above[-1] if above else ""
            codings.append(Coding(*at, name, comment.author or stem, parent, memo, comment.date, text))
    return codings


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.replace(";", "\n").split("\n") if code.strip()] or [""]


def _comments(xml: bytes) -> list[_Comment]:
    comments: list[_Comment] = []
    for event, element in guards.xml_events(xml):
        tag = docx.name(element.tag)
        if event == "start" and tag == "comment":
            author, date = docx.attribute(element, "author"), docx.attribute(element, "date")
            comments.append(_Comment(docx.attribute(element, "id"), author.strip(), date.strip()))
        elif event == "end" and comments and tag in ("t", "p", "br"):
            comments[-1].pieces.append((element.text or "") if tag == "t" else "\n")
            if tag == "p":
                comments[-1].paragraph = _plain(element, "paraId") or comments[-1].paragraph
        if event == "end":
            element.clear()
    guards.check_lines(len(comments), what="comments")
    return comments


def _replied(xml: bytes) -> dict[str, str]:
    """Map the paragraph of each reply to the paragraph of the comment it replies to."""
    found = {}
    for event, element in guards.xml_events(xml):
        if event == "start" and _plain(element, "paraIdParent"):
            found[_plain(element, "paraId")] = _plain(element, "paraIdParent")
    return found


def _plain(element: object, of: str) -> str:
    """Return an attribute by local name in any namespace."""
    attributes: dict[str, str] = getattr(element, "attrib", {})
    return next((value for key, value in attributes.items() if key.rpartition("}")[2] == of), "")
