"""Readers of transcripts and human codes, one module per format, chosen by file extension.

Transcript readers share one interface, (data, labels) -> Transcript; readers of human codes another, (data, stem) ->
list[Coding], where `stem` is the file's name, used as the coder's name if the file names none.
"""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.corpus.readers import (
    chat,
    code_reports,
    codes_qualcoder,
    codes_rock,
    codes_tables,
    codes_taguette,
    decoding,
    docx,
    eaf,
    files,
    guards,
    json_turns,
    odt,
    pdf,
    programs,
    qdpx,
    qdpx_tally,
    rqda_project,
    rtf,
    tables,
    textgrid,
    txt,
    vtt,
    word_comments,
)
from pipeline.corpus.readers.coding import Coding, Codings
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript

TRANSCRIPTS: dict[str, Callable[[bytes, Labels], Transcript]] = {
    ".cha": chat.read_cha,
    ".csv": tables.read_csv,
    ".docx": docx.read_docx,
    ".eaf": eaf.read_eaf,
    ".json": json_turns.read_json,
    ".md": txt.read_txt,
    ".odt": odt.read_odt,
    ".otr": json_turns.read_json,
    ".pdf": pdf.read_pdf,
    ".rtf": rtf.read_rtf,
    ".srt": vtt.read_vtt,
    ".textgrid": textgrid.read_textgrid,
    ".txt": txt.read_txt,
    ".vtt": vtt.read_vtt,
    ".xlsx": tables.read_xlsx,
}
# Formats that are plain text and do not state their encoding.
PLAIN = frozenset([".cha", ".csv", ".json", ".md", ".otr", ".srt", ".textgrid", ".txt", ".vtt"])


def _read_document(data: bytes, stem: str) -> list[Coding]:
    """Return the codings in a Word document: the references of NVivo's report, or else comments that are codes."""
    if code_reports.is_report(code_reports.lines_of(data, ".docx")):
        return code_reports.read_report(data, stem, suffix=".docx")
    return word_comments.read_comments(data, stem)


def _read_database(read: Callable[[bytes, str], list[Coding]], data: bytes, stem: str) -> Codings:
    """Return the codings in another program's database, and a remark on what else it holds."""
    codings = read(data, stem)
    try:
        project = programs.as_contents(programs.read_project(data, stem))
    except RefusedError:  # such as a database of several projects, whose codings can be read all the same
        return Codings(codings)
    return Codings(codings, qdpx_tally.beside(project))


CODES: dict[str, Callable[[bytes, str], list[Coding]]] = {
    ".csv": codes_tables.read_csv,
    ".docx": _read_document,
    ".qda": partial(_read_database, codes_qualcoder.read_qualcoder),
    ".qdpx": qdpx.read_qdpx,
    ".rock": codes_rock.read_rock,
    ".rqda": partial(_read_database, rqda_project.read_rqda),
    ".sqlite3": partial(_read_database, codes_taguette.read_taguette),
    ".xlsx": codes_tables.read_xlsx,
    **{
        suffix: partial(code_reports.read_report, suffix=suffix) for suffix in code_reports.ENDINGS if suffix != ".docx"
    },
}


def read_transcript(path: Path, labels: Labels) -> tuple[Transcript, str]:
    """Read a transcript with the reader for its extension; return it with the file's sha256.

    Raises RefusedError if the file cannot be used.
    """
    reader = TRANSCRIPTS.get(path.suffix.lower())
    if path.suffix.lower() == ".qdpx":
        raise RefusedError(
            "A REFI-QDA project contains several texts. Run `counterpoint import --transcripts` to extract "
            "each to its own file."
        )
    if reader is None:
        raise RefusedError(
            f"Unsupported transcript file '{path.suffix or path.name}'. Supported: {', '.join(sorted(TRANSCRIPTS))}."
        )
    data = files.content(path)
    with files.reading(f"{path.suffix.lower()} (a transcript)"):
        transcript = reader(data, labels)
        if path.suffix.lower() in PLAIN:
            transcript.remarks.extend(decoding.remarks(data))
        _check_transcript(transcript)
    return transcript, hashlib.sha256(data).hexdigest()


def code_files(paths: list[Path]) -> list[Path]:
    """Return the files to read below human_codes/; of a QualCoder project (a folder), only its database."""
    projects = {path.parent for path in paths if path.name == "data.qda"}
    return [path for path in paths if path.name == "data.qda" or projects.isdisjoint(path.parents)]


def read_codes(path: Path, *, follow: bool = False) -> Codings:
    """Read a file of human codes with the reader for its extension; the codings come with remarks.

    `follow`: accept a link. Raises RefusedError if the file cannot be used.
    """
    reader = CODES.get(path.suffix.lower())
    if reader is None:
        raise RefusedError(
            f"Unsupported coding file '{path.suffix or path.name}'. Supported: {', '.join(sorted(CODES))}."
        )
    inside = path.name == "data.qda" and path.parent.suffix.lower() == ".qda"
    data = files.content(path, follow=follow)
    with files.reading(f"{path.suffix.lower()} (human codes)"):
        codings = reader(data, path.parent.stem if inside else path.stem)
        for coding in codings:
            _check_coding(coding)
    remarks = decoding.remarks(data) if path.suffix.lower() in PLAIN else []
    if not isinstance(codings, Codings):
        return Codings(codings, remarks)
    return Codings(codings, [*codings.remarks, *remarks], unread=codings.unread, sheets=codings.sheets)


def _check_transcript(found: Transcript) -> None:
    """Raise RefusedError for content that no table or page can hold, whichever reader accepted it."""
    if not found.turns:
        raise RefusedError("The file contains no text. Remove it, or export it again.")
    guards.check_text(len(found.text))
    decoding.check_controls(found.text)
    for speaker in {turn.speaker for turn in found.turns}:
        decoding.check_controls(speaker)


def _check_coding(coding: Coding) -> None:
    try:
        for text in (
            coding.document,
            coding.text,
            coding.code,
            coding.coder,
            coding.parent_code,
            coding.memo,
            coding.date,
        ):
            decoding.check_controls(text)
    except RefusedError:
        raise RefusedError(
            f"Invalid characters (such as NUL) in {coding.row}. Export the file again as UTF-8."
        ) from None
