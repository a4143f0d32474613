"""One small reader per transcript format and per format of human codes; which one reads a file is decided here."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from pipeline.readers import (
    codes_qualcoder,
    codes_rock,
    codes_tables,
    codes_taguette,
    docx,
    json_turns,
    odt,
    pdf,
    qdpx,
    rtf,
    tables,
    tiers,
    txt,
    vtt,
    word_comments,
)
from pipeline.readers.coding import Coding
from pipeline.readers.model import Labels, RefusedError, Transcript

TRANSCRIPTS: dict[str, Callable[[bytes, Labels], Transcript]] = {
    ".cha": tiers.read_cha,
    ".csv": tables.read_csv,
    ".docx": docx.read,
    ".eaf": tiers.read_eaf,
    ".json": json_turns.read,
    ".md": txt.read,
    ".odt": odt.read,
    ".pdf": pdf.read,
    ".rtf": rtf.read,
    ".srt": vtt.read,
    ".textgrid": tiers.read_textgrid,
    ".txt": txt.read,
    ".vtt": vtt.read,
    ".xlsx": tables.read_xlsx,
}
CODES: dict[str, Callable[[bytes, str], list[Coding]]] = {
    ".csv": codes_tables.read_csv,
    ".docx": word_comments.read,
    ".qda": codes_qualcoder.read,
    ".qdpx": qdpx.read,
    ".rock": codes_rock.read,
    ".sqlite3": codes_taguette.read,
    ".xlsx": codes_tables.read_xlsx,
}
MAX_FILE_BYTES = 200 * 2**20


def read_transcript(path: Path, labels: Labels) -> tuple[Transcript, str]:
    """Read a transcript by its ending; return it and the file's sha256.

    Raises RefusedError, whose message is a sentence, where the file cannot be used.
    """
    reader = TRANSCRIPTS.get(path.suffix.lower())
    if path.suffix.lower() == ".qdpx":
        raise RefusedError(
            "A project holds many texts: `counterpoint import --transcripts` puts each in a file of its own. Run it."
        )
    if reader is None:
        raise RefusedError(
            f"The ending '{path.suffix}' is none we read ({', '.join(sorted(TRANSCRIPTS))}). Export it as one of these."
        )
    data = _bytes(path)
    found = reader(data, labels)
    if not found.turns:
        raise RefusedError("It holds no words. Remove it, or export it again.")
    return found, hashlib.sha256(data).hexdigest()


def code_files(paths: list[Path]) -> list[Path]:
    """Return the files to read of those below human_codes/: of a QualCoder project, a folder, its data and no more."""
    projects = {path.parent for path in paths if path.name == "data.qda"}
    return [path for path in paths if path.name == "data.qda" or projects.isdisjoint(path.parents)]


def read_codes(path: Path) -> list[Coding]:
    """Read a file of human codes by its ending; raise RefusedError where it cannot be used."""
    reader = CODES.get(path.suffix.lower())
    if reader is None:
        raise RefusedError(
            f"The ending '{path.suffix}' is none of human codes ({', '.join(sorted(CODES))}). Export it as one of them."
        )
    inside = path.name == "data.qda" and path.parent.suffix.lower() == ".qda"
    return reader(_bytes(path), path.parent.stem if inside else path.stem)


def _bytes(path: Path) -> bytes:
    if path.is_symlink():
        raise RefusedError("It is a link to another place. Put the file itself here.")
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise RefusedError(f"It is larger than {MAX_FILE_BYTES // 2**20} MiB, which no transcript is.")
        return path.read_bytes()
    except OSError as error:
        raise RefusedError(f"It cannot be opened ({error.strerror}). Check that you may read it.") from None
