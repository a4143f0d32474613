"""Safety checks before a file is parsed, so that a hostile file costs no more than an error message."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from pipeline.corpus.readers.model import RefusedError

# Limits far above any transcript (8 MiB of text are more than a million words) and far below available memory.
MAX_TEXT_BYTES = 8 * 2**20
MAX_LINES = 100_000
MAX_ARCHIVE_BYTES = 200 * 2**20
MAX_MEMBERS = 5_000
MAX_MEMBER_BYTES = 32 * 2**20
# Maximum compression ratio of an archive member; small members are exempt, because repetitive text compresses well.
MAX_RATIO, SMALL_BYTES = 200, 2**20
# Maximum number of tags in an XML text. Sixty thousand words, each in a run of its own, need about half a million.
MAX_MARKS = 1_500_000
_LONG_MARK = re.compile(rb"<[^<>]{%d}" % 2**20)
# Signatures of old or password-protected Office files, and of zip archives.
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK"
LOCKED = "The file is password-protected. Save it without a password."
_DECLARES = "The XML declares a document type or entities, which are not allowed. The file was omitted; save it again."


def check_size(size: int, *, limit: int = MAX_TEXT_BYTES) -> None:
    """Raise RefusedError if a file is empty or larger than `limit` bytes."""
    if size == 0:
        raise RefusedError("The file is empty. Remove it, or export it again.")
    if size > limit:
        raise RefusedError(
            f"The file is larger than {limit // 2**20} MiB, the limit for a transcript. Split it, or "
            "remove what is not text."
        )


def check_lines(count: int, *, what: str = "lines") -> None:
    """Raise RefusedError if there are more lines (or other items, `what`) than in any transcript."""
    if count > MAX_LINES:
        raise RefusedError(f"The file has more than {MAX_LINES:,} {what}, the limit for a transcript. Split it.")


def check_text(characters: int) -> None:
    """Raise RefusedError if the extracted text is longer than any transcript."""
    if characters > MAX_TEXT_BYTES:
        raise RefusedError(
            f"The file contains more than {MAX_TEXT_BYTES:,} characters, the limit for a transcript. Split it."
        )


def opened_archive(data: bytes) -> zipfile.ZipFile:
    """Open a zip archive after checking the number and names of its members, without unpacking.

    Raises RefusedError for anything but a safe archive.
    """
    if data.startswith(OLE):
        raise RefusedError(
            "The file is password-protected or in an Office format from before 2007. Save it without a "
            "password in the format of its extension."
        )
    if data.count(b"PK\x01\x02") > 2 * MAX_MEMBERS:  # before Python lists them
        raise RefusedError(
            f"The file contains more than {MAX_MEMBERS:,} parts, the limit for a document. It was omitted; "
            "save it again."
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise RefusedError(
            f"The file cannot be opened as a zip archive ({error}). Save it again in the program it comes from."
        ) from None
    if len(members) > MAX_MEMBERS:
        raise RefusedError(
            f"The file contains {len(members):,} parts, more than the limit of {MAX_MEMBERS:,}. It was "
            "omitted; save it again."
        )
    names: set[str] = set()
    for member in members:
        if (
            member.filename.startswith(("/", "\\"))
            or ".." in member.filename.replace("\\", "/").split("/")
            or ":" in member.filename
        ):
            raise RefusedError(
                "The file contains a part that would be written outside its folder "
                f"('{member.filename[:60]}'). It was omitted; save it again."
            )
        if member.filename in names:
            raise RefusedError(
                f"The file contains '{member.filename[:60]}' twice, so it is unclear which one counts. Save it again."
            )
        names.add(member.filename)
    return archive


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return one unpacked member. Raises RefusedError if it is missing, damaged, encrypted or too large."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise RefusedError(
            f"Missing part '{name}': the content does not match the file's extension. Save it again."
        ) from None
    swollen = info.file_size > SMALL_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size)
    if info.file_size > MAX_MEMBER_BYTES or swollen:
        raise RefusedError(
            f"Part '{name}' would unpack to {info.file_size / 2**20:.0f} MiB, more than a transcript "
            "needs. The file was omitted; save it again."
        )
    if info.flag_bits & 1:
        raise RefusedError(LOCKED)
    try:
        with archive.open(info) as handle:
            return handle.read(MAX_MEMBER_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise RefusedError(
            f"Part '{name}' is damaged ({error}). Save the file again in the program it comes from."
        ) from None


def refuse_doctype(data: bytes) -> None:
    """Raise RefusedError if an XML text declares a document type or entities; does not parse it."""
    plain = data.replace(b"\0", b"").upper()  # without NULs, UTF-16 looks like ASCII
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise RefusedError(_DECLARES)


def check_marks(xml: bytes, *, most: int = MAX_MARKS) -> None:
    """Raise RefusedError if an XML text has more than `most` tags, or one longer than 1 MiB; does not parse it."""
    if xml.count(b"<") > most:
        raise RefusedError(
            f"The XML has more than {most:,} tags, the limit for a transcript. Copy the text to a new file."
        )
    if _LONG_MARK.search(xml):
        raise RefusedError("The XML has a tag larger than 1 MiB. The file was omitted; save it again.")


def xml_events(data: bytes) -> Iterator[tuple[str, Any]]:
    """Yield ("start" or "end", element) for an XML text. Raises RefusedError for DOCTYPE, entities and invalid XML."""
    check_marks(data)
    try:
        yield from iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True)
    except DefusedXmlException:
        raise RefusedError(_DECLARES) from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise RefusedError(f"The XML is damaged ({error}). Save the file again in the program it comes from.") from None
