"""Read the members of archives and compressed files; report those that cannot be unpacked."""

import bz2
import contextlib
import gzip
import hashlib
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

import pyarrow as pa

from pipeline.withdrawal.containers.pieces import BOMB, INNER, MIB, Closed, Inner, Pieces, Source, Text, swollen

# Exceptions that libraries raise for damaged or unsupported files.
DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
    KeyError,
    OverflowError,
    pa.ArrowException,
)
# Packed bytes that are unpacked before the two sizes are compared.
STEP = 8 * 2**10
LOCKED = "it is password-protected"
DAMAGED = "it is damaged; only what could be unpacked was searched"
LARGE = f"it unpacks to more than {INNER // MIB} MiB"
_PACKED = (".gz", ".bz2", ".xz", ".lzma", ".zst", ".lz4", ".br", ".tgz", ".tbz2", ".txz")
# The thumbnail that python-docx puts into every document.
_KNOWN = frozenset(["96367138dc44ce09bf2c8f0f8e49348a1478d2c5c0af69bbc2bbc38b63cdcead"])
_SHEET = re.compile(r"(?:xl/.*|content|styles)\.xml")
# Cell addresses in workbooks (attributes and formulas) are removed: a case named C1 would match in every sheet.
_ADDRESS = re.compile(
    rb"""\s(?:\w+:)?(?:r|ref|sqref|topLeftCell|activeCell|activeCellId|spans|formula|[\w-]*address|[\w-]*ranges?)="[^"]*\""""
)
_FORMULA = re.compile(rb"<(?:\w+:)?(f|formula[12]?|definedName)\b[^>]*>[^<]*</(?:\w+:)?\1>")


def zipped(source: Source) -> Pieces:
    """Yield the members of a zip archive, including Office files and REFI-QDA projects."""
    with zipfile.ZipFile(source.stream) as archive:
        yield Text(source.part, _any_encoding(archive.comment))
        sheet = "xl/workbook.xml" in archive.namelist() or "content.xml" in archive.namelist()
        for info in archive.infolist():
            place = source.within(info.filename)
            yield Text(place, _name(info))
            if not info.is_dir():
                yield from _member(archive, info, place, source, sheet=sheet)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: str, source: Source, *, sheet: bool) -> Pieces:
    if info.flag_bits & 1:
        yield Closed(place, LOCKED)
    elif swollen(info.file_size, info.compress_size):
        yield Closed(place, BOMB)
    elif info.file_size > INNER:
        yield Closed(place, LARGE)
    else:
        source.budget.take(info.file_size)
        try:
            with archive.open(info) as member:
                data = member.read(info.file_size + 1)
        except DAMAGE:
            yield Closed(place, DAMAGED)
            return
        if sheet and _SHEET.fullmatch(info.filename):
            data = _FORMULA.sub(b"", _ADDRESS.sub(b"", data))
        if hashlib.sha256(data).hexdigest() not in _KNOWN:
            yield Inner(place, data, info.filename)


def tarred(source: Source) -> Pieces:
    """Yield the members of a tar archive."""
    source.stream.seek(0)
    yield from _members(source.stream, source, "r:")


def _members(stream: BinaryIO, source: Source, mode: str) -> Pieces:
    with tarfile.open(fileobj=stream, mode=cast(Any, mode)) as archive:
        for info in archive:
            place = source.within(info.name)
            yield Text(place, f"{info.name}\n{info.linkname}\n{info.uname}")
            if not info.isfile():
                continue
            if info.size > INNER:
                yield Closed(place, LARGE)
                continue
            source.budget.take(info.size)
            member = archive.extractfile(info)
            yield Inner(place, member.read() if member else b"", info.name)


def compressed(source: Source, opened: Callable[[BinaryIO], Any]) -> Pieces:
    """Yield the members of a compressed archive, or the single file in it; `opened` returns the unpacked stream."""
    source.stream.seek(0)
    name = source.name[: source.name.rindex(".")] if source.name.lower().endswith(_PACKED) else source.name
    counted = _Counted(source.stream)
    with contextlib.closing(opened(cast(BinaryIO, counted))) as stream:
        unpacked = _Unpacked(stream, counted)
        head = unpacked.peeked(512)
        if head[257:262] == b"ustar":
            yield from _members(cast(BinaryIO, unpacked), source, "r|")
        else:
            data = b"".join(unpacked.chunks(INNER))
            source.budget.take(len(data))
            yield Inner(source.part, data, name)
        if unpacked.why:
            yield Closed(source.part, unpacked.why)


class _Counted:
    """A stream that counts the bytes read from it, a little at a time, so that what swells is noticed early."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.count, self.closed = stream, 0, False

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(min(size, STEP) if size >= 0 else size)
        self.count += len(data)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class _Unpacked:
    """A decompressed stream; it ends early, with the reason in `why`, if it is damaged or too large."""

    def __init__(self, stream: Any, packed: _Counted) -> None:
        self.stream, self.packed = stream, packed
        self.size, self.why, self._ahead = 0, "", b""

    def peeked(self, size: int) -> bytes:
        self._ahead = self.read(size)
        return self._ahead

    def read(self, size: int = MIB) -> bytes:
        ahead, self._ahead = self._ahead[:size], self._ahead[size:]
        if ahead or self.why:
            return ahead
        try:
            data = bytes(self.stream.read(size))
        except DAMAGE:
            self.why = DAMAGED
            return b""
        self.size += len(data)
        if swollen(self.size, self.packed.count):
            self.why = BOMB
            return b""
        return data

    def chunks(self, most: int) -> Iterator[bytes]:
        left = most
        while chunk := self.read(min(MIB, left + 1)):
            left -= len(chunk)
            if left < 0:
                self.why = LARGE
                return
            yield chunk


def gzipped(source: Source) -> Pieces:
    """A file that gzip compressed."""
    yield from compressed(source, lambda stream: gzip.GzipFile(fileobj=stream))


def bzipped(source: Source) -> Pieces:
    """A file that bzip2 compressed."""
    yield from compressed(source, bz2.BZ2File)


def xz(source: Source) -> Pieces:
    """A file that xz or lzma compressed."""
    yield from compressed(source, lzma.LZMAFile)


def zstd(source: Source) -> Pieces:
    """A file that Zstandard compressed."""
    yield from compressed(source, lambda stream: pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd"))


def lz4(source: Source) -> Pieces:
    """A file that LZ4 compressed."""
    yield from compressed(source, lambda stream: pa.CompressedInputStream(pa.PythonFile(stream, "r"), "lz4"))


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name, decoded in each possible encoding if the archive does not declare one."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return f"{info.filename}\n{_any_encoding(info.filename.encode('cp437'))}"
    except UnicodeEncodeError:
        return info.filename


def _any_encoding(data: bytes) -> str:
    return "\n".join(data.decode(encoding, "ignore") for encoding in ("utf-8", "cp1252", "mac_roman", "cp850"))
