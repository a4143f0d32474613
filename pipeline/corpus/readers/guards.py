"""What a file is checked for before anything is read from it, so that a hostile one costs a sentence and no more."""

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

# Far above any transcript (8 MiB of text are more than a million words), far below what would fill the memory.
MAX_TEXT_BYTES = 8 * 2**20
MAX_LINES = 100_000
MAX_ARCHIVE_BYTES = 200 * 2**20
MAX_MEMBERS = 5_000
MAX_MEMBER_BYTES = 32 * 2**20
# A member may be so many times larger unpacked than packed; a small one may be more, as text that repeats packs well.
MAX_RATIO, SMALL_BYTES = 200, 2**20
# Marks (`<`) in an XML text: half as many elements. Sixty thousand words in a run each take some five hundred thousand.
MAX_MARKS = 1_500_000
_LONG_MARK = re.compile(rb"<[^<>]{%d}" % 2**20)
# An Office file that is no archive: from before 2007, or with a password.
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK"


def check_size(size: int, *, limit: int = MAX_TEXT_BYTES) -> None:
    """Raise RefusedError where a file is empty or larger than any transcript."""
    if size == 0:
        raise RefusedError("It is empty. Remove it, or export it again.")
    if size > limit:
        raise RefusedError(
            f"It is larger than {limit // 2**20} MiB, which no transcript is. Split it, or remove what is no text."
        )


def check_lines(count: int, *, what: str = "lines") -> None:
    """Raise RefusedError where a text has more lines, or turns, than any transcript."""
    if count > MAX_LINES:
        raise RefusedError(f"It has more than {MAX_LINES} {what}, which no transcript has. Split it.")


def check_text(characters: int) -> None:
    """Raise RefusedError where what was read from a file is longer than any transcript."""
    if characters > MAX_TEXT_BYTES:
        raise RefusedError(f"It holds more than {MAX_TEXT_BYTES:,} characters, which no transcript does. Split it.")


def opened_archive(data: bytes) -> zipfile.ZipFile:
    """Open a zip after checking how many members it has and where they claim to lie; nothing is unpacked."""
    if data.startswith(OLE):
        raise RefusedError(
            "It is protected by a password, or in Office's format from before 2007. Save it without a password, as "
            "its ending says."
        )
    if data.count(b"PK\x01\x02") > 2 * MAX_MEMBERS:  # before Python lists them
        raise RefusedError(f"It holds more than {MAX_MEMBERS} files. No transcript does: it was left out.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise RefusedError(
            f"It cannot be opened as the archive it should be ({error}). Save it again in the program it comes from."
        ) from None
    if len(members) > MAX_MEMBERS:
        raise RefusedError(
            f"It holds {len(members)} files, more than {MAX_MEMBERS}. No transcript does: it was left out."
        )
    names: set[str] = set()
    for member in members:
        if (
            member.filename.startswith(("/", "\\"))
            or ".." in member.filename.replace("\\", "/").split("/")
            or ":" in member.filename
        ):
            raise RefusedError(
                f"It holds a file whose name leaves the folder ('{member.filename[:60]}'). It was left out."
            )
        if member.filename in names:
            raise RefusedError(
                f"It holds '{member.filename[:60]}' twice, so that it is unclear which one counts. Save it again."
            )
        names.add(member.filename)
    return archive


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return one member, unpacked; raise RefusedError where it is missing, damaged, encrypted or far too large."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise RefusedError(f"It lacks the part '{name}', so it is not what its ending says. Save it again.") from None
    swollen = info.file_size > SMALL_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size)
    if info.file_size > MAX_MEMBER_BYTES or swollen:
        raise RefusedError(
            f"Its part '{name}' would unpack to {info.file_size / 2**20:.0f} MiB. No transcript does: it was left out."
        )
    if info.flag_bits & 1:
        raise RefusedError("It is protected by a password. Save it without one.")
    try:
        with archive.open(info) as handle:
            return handle.read(MAX_MEMBER_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise RefusedError(
            f"Its part '{name}' is damaged ({error}). Save it again in the program it comes from."
        ) from None


def refuse_doctype(data: bytes) -> None:
    """Raise RefusedError where an XML text declares a document type or entities, without reading it as XML."""
    plain = data.replace(b"\0", b"").upper()  # without zeros UTF-16 reads as ASCII does
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise RefusedError(
            "Its XML declares a document type or entities, which no such program writes. It was left out."
        )


def check_marks(xml: bytes, *, most: int = MAX_MARKS) -> None:
    """Raise RefusedError where an XML text holds more marks, or a longer one, than any study's, before it is read."""
    if xml.count(b"<") > most:
        raise RefusedError(
            f"Its XML holds more than {most:,} marks, which no transcript does. Copy its words to a new file."
        )
    if _LONG_MARK.search(xml):
        raise RefusedError("Its XML holds a mark of more than a MiB, which no transcript does. It was left out.")


def xml_events(data: bytes) -> Iterator[tuple[str, Any]]:
    """Yield ("start" or "end", element) over an XML text; raise RefusedError for DOCTYPE, entities and bad XML."""
    check_marks(data)
    try:
        yield from iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True)
    except DefusedXmlException:
        raise RefusedError(
            "Its XML declares a document type or entities, which no such program writes. It was left out."
        ) from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise RefusedError(f"Its XML is damaged ({error}). Save it again in the program it comes from.") from None
