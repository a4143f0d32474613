"""Word documents: typed interviews, and the .docx of Otter, Teams and NVivo.

The document's XML is read directly. The libraries for it either lose words (python-docx: tracked insertions, content
controls) or add their own (docx2python: bullets, link targets, image names), and the canonical text must be the words.
"""

from pipeline.readers import guards, speakers
from pipeline.readers.model import Labels, Transcript

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
# Deleted and moved-away words are gone; a fallback repeats what its alternative says.
# A paragraph's properties hold tab stops, not tabs.
_SKIPPED = frozenset(["del", "moveFrom", "delText", "instrText", "Fallback", "pPr"])
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}


def read(data: bytes, labels: Labels) -> Transcript:
    """Read a Word document; its canonical text is its paragraphs, joined by line ends (tables cell by cell)."""
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    archive = guards.opened_archive(data)
    return speakers.transcript("\n".join(_paragraphs(guards.member(archive, "word/document.xml"))), labels)


def _paragraphs(xml: bytes) -> list[str]:
    done: list[str] = []
    open_paragraphs: list[list[str]] = []
    skipping = 0
    for event, element in guards.xml_events(xml):
        tag = _name(element.tag)
        if tag in _SKIPPED:
            skipping += 1 if event == "start" else -1
        elif tag == "p" and event == "start":
            open_paragraphs.append([])
        elif tag == "p":
            done.append("".join(open_paragraphs.pop()).strip("\n"))
        elif event == "end" and open_paragraphs and not skipping:
            open_paragraphs[-1].append(_said(tag, element.text))
        if event == "end":
            element.clear()
    return done


def _said(tag: str, text: str | None) -> str:
    return (text or "").replace("\n", " ") if tag == "t" else _MARKS.get(tag, "")


def _name(tag: str) -> str:
    if tag.startswith((_W, _STRICT)) or tag.endswith("}Fallback"):
        return tag.rpartition("}")[2]
    return ""
