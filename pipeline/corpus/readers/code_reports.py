"""Reads NVivo's coding reports: the references of a code, exported as Word, RTF, PDF, OpenDocument or plain text.

A line names a source and counts its references, such as `<Files\\\\int_01> - § 2 references coded [4.10% Coverage]`.
Each reference follows a line of its own, `Reference 1 - 2.05% Coverage`. Whatever the language, the section sign, the
numbers and the percentages stand where they do in English.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.core import prose
from pipeline.corpus.readers import code_separators, codes_taguette, decoding, docx, guards, odt, pdf, rtf
from pipeline.corpus.readers.coding import Coding, Codings
from pipeline.corpus.readers.model import Labels, RefusedError, Remark

ENDINGS = (".docx", ".htm", ".html", ".odt", ".pdf", ".rtf", ".txt")
# The report does not say who coded.
CODER = "NVivo"
LONGEST_TITLE, LONGEST_LINE = 100, 1_000
_SOURCE = re.compile(
    r"\s*<?\s*(?P<path>[^<>\n]{1,400}?)\s*>?\s*[-–—]\s*§\s*(?P<count>\d[\d.,'\u00a0\u202f ]{0,8})\s*[^\[\]\n]{0,60}?"
    r"\s*\[[^\[\]\n]{0,60}%[^\[\]\n]{0,60}\]\s*"
)
_REFERENCE = re.compile(
    r"\s*[^\W\d][^\d%\n]{0,30}?\s*(?P<number>\d{1,6})\s*[-–—:]\s*(?:[^\d%\n]{0,30}\s)?\d[\d.,]*\s*[%٪][^\n]{0,40}"
)
_CODE = re.compile(
    r"\s*<?(?:codes?|nodes?|kodes?|knoten|n(?:œ|oe)uds?|nodos?|nós?|nodi|nodo|códigos?|codici|コード|ノード|节点|代码|编码)"
    r"\\+(?P<path>[^<>]{1,400}?)>?\s*",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\s*(?:name|nom|nombre|nome)\s*[:：]\s*(?P<name>\S.{0,200}?)\s*", re.IGNORECASE)
_PATH = re.compile(
    r"\s*<?(?:files|internals|externals|dateien|interne|fichiers|internes|archivos|internos|arquivos)\\+\S", re.I
)


@dataclass
class _Reference:
    """A reference: its document's path, its code, the line where it begins, and its lines."""

    path: str
    code: str
    row: int
    words: list[str] = field(default_factory=list)


def is_report(lines: Iterable[str]) -> bool:
    """Return whether a text is such a report."""
    return any("§" in line and _source(line) for line in lines)


def read_report(data: bytes, stem: str, *, suffix: str) -> Codings:
    """Return the codings in a report; the code is the file's name where the report does not name it.

    Raises RefusedError if the file is no such report.
    """
    lines = lines_of(data, suffix)
    if not is_report(lines):
        if any(_PATH.match(line[:LONGEST_LINE]) for line in lines):
            raise RefusedError(
                "The report lists sources but not their references in the form that is read here. In NVivo, open the "
                "code, and export it with its references (right click, Export, Reference View), or export the project "
                "as REFI-QDA (.qdpx)."
            )
        raise RefusedError(
            f"Unsupported coding file '{suffix}': not a coding report of NVivo. Transcripts go to transcripts/; "
            "export codings as a table (.csv, .xlsx) or a REFI-QDA project (.qdpx); save a completed handout as .docx "
            "or .odt."
        )
    found, remarks = _references(lines, stem)
    names = _documents([one.path for one in found])
    codings = [
        Coding(f"line {one.row}", names[one.path], None, None, words, code, CODER, parent)
        for one in found
        for words in ["\n".join(one.words).strip()]
        for *above, code in [code_separators.path(one.code)]
        for parent in [above[-1] if above else ""]
    ]
    text = f"The report does not say who coded; the coder is called '{CODER}' here."
    remarks.append(Remark("guessed", f"{text} If several people coded, export a table or .qdpx."))
    title = _title(lines)
    if title and not _NAMED.fullmatch(title) and title != stem and {one.code for one in found} == {stem}:
        text = f"The report begins with '{title}', but its code was called as the file is, '{stem}'."
        remarks.append(Remark("guessed", f"{text} If that is wrong, rename the file."))
    return Codings(codings, remarks)


def _source(line: str) -> re.Match[str] | None:
    """Return a line's parts if it names a source; long lines do not, and patterns take long to see that."""
    return _SOURCE.fullmatch(line.strip()) if len(line) <= LONGEST_LINE else None


def _named(line: str, *, first: bool) -> re.Match[str] | None:
    """Return a line's part if it names a code. `first`: whether no source was named before it."""
    if len(line) > LONGEST_LINE:
        return None
    return _CODE.fullmatch(line.strip()) or (_NAMED.fullmatch(line.strip()) if first else None)


def _title(lines: Sequence[str]) -> str:
    """Return the one short line before the first source, if there is just one."""
    before = []
    for line in lines:
        if _source(line):
            break
        before += [line.strip()] if line.strip() else []
    return before[0] if len(before) == 1 and len(before[0]) <= LONGEST_TITLE else ""


def lines_of(data: bytes, suffix: str) -> list[str]:
    """Return the lines of a text file or document. Raises RefusedError."""
    if suffix == ".docx":
        guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
        found = docx.paragraphs(guards.member(guards.opened_archive(data), "word/document.xml"))
        return [line for paragraph in found for line in paragraph.split("\n")]
    if suffix == ".odt":
        return [line for paragraph in odt.paragraphs(data) for line in paragraph.split("\n")]
    if suffix == ".rtf":
        return rtf.read_rtf(data, Labels()).text.split("\n")
    if suffix == ".pdf":
        return pdf.read_pdf(data, Labels()).text.split("\n")
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    return (codes_taguette.Page(text).broken if suffix in (".htm", ".html") else text).split("\n")


def _references(lines: Sequence[str], stem: str) -> tuple[list[_Reference], list[Remark]]:
    """Return the references in order, and a remark on sources with other than the stated number of them."""
    found: list[_Reference] = []
    code, path, stated, number = stem, "", 0, 0
    odd: list[str] = []
    for row, line in enumerate(lines, start=1):
        source, named = _source(line), _named(line, first=not path)
        if source or named:
            odd += [path] if path and stated != number else []
        if source:
            path, number = source["path"].strip(), 0
            stated = int(re.sub(r"\D", "", source["count"]))
            continue
        if named:
            code, path, stated, number = next(iter(named.groupdict().values())).strip(), "", 0, 0
            continue
        reference = _REFERENCE.fullmatch(line.strip()) if path and len(line) <= LONGEST_LINE else None
        if reference and int(reference["number"]) == number + 1:
            number += 1
            found.append(_Reference(path, code, row))
        elif number:
            found[-1].words.append(line.strip())
    odd += [path] if path and stated != number else []
    if not odd:
        return found, []
    shown = prose.listed([f"'{_last(one)}'" for one in odd[:5]])
    text = f"{prose.count(len(odd), 'source')} with other than the stated number of references: {shown}. Compare them."
    return found, [Remark("guessed", text)]


def _documents(paths: Sequence[str]) -> dict[str, str]:
    """Return each path's document: its last part, or all but its first if several share that."""
    shared: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        shared[_last(path).casefold()].add(path)
    several = Counter({last: len(found) for last, found in shared.items()})
    return {
        path: _last(path) if several[_last(path).casefold()] == 1 else "/".join(_parts(path)[1:] or _parts(path))
        for path in dict.fromkeys(paths)
    }


def _parts(path: str) -> list[str]:
    return [part for part in re.split(r"\\+", path) if part.strip()]


def _last(path: str) -> str:
    return (_parts(path) or [path])[-1].strip()
