"""Extract all text from a file for a search, choosing a reader by file type and reporting what cannot be read."""

import io
import re
from collections.abc import Callable, Iterator

from pipeline.withdrawal.containers import columns, documents, packed, plain, tables
from pipeline.withdrawal.containers.pieces import Closed, Inner, Pieces, Source, Text, TooMuchError

__all__ = ["MAX_DEPTH", "apart"]

# Maximum depth of nested archives.
MAX_DEPTH = 8

Reader = Callable[[Source], Pieces]
Test = Callable[[bytes, Source], bool]

MAIL_SIZE = 64 * 2**20
_PICTURE = "it is an image, which may show text"
_SOUND = "it is a recording, which may contain their voice"
_UNPACK = "which cannot be opened here; unpack it and check by hand"
_MAIL_ENDINGS = (".eml", ".emlx", ".mbox", ".mbx", ".mht", ".mhtml")


def apart(source: Source, depth: int = 0) -> Iterator[Text | Closed]:
    """Yield every text in a file, including nested archives, and everything that could not be searched.

    A file that its reader cannot parse is reported and searched as raw bytes; no file stops the search.
    """
    if depth > MAX_DEPTH:
        yield Closed(source.part, f"it is nested more than {MAX_DEPTH} archives deep")
        return
    kind, reader = _reader(source)
    try:
        yield from _all(reader(source), source, depth)
    except TooMuchError as error:
        yield Closed(source.part, str(error))
    # Libraries may raise anything on damaged files; the search must go on and report it.
    except Exception:  # noqa: BLE001
        yield Closed(source.part, f"it starts like {kind} but cannot be read as one; it may be damaged")
        yield from _all(_as_it_stands(source), source, depth)


def _all(pieces: Pieces, source: Source, depth: int) -> Iterator[Text | Closed]:
    for piece in pieces:
        if isinstance(piece, Inner):
            within = Source(io.BytesIO(piece.data), len(piece.data), piece.name, piece.part, source.budget)
            yield from apart(within, depth + 1)
            continue
        yield piece
        if isinstance(piece, Text) and not piece.again:
            yield from (Text(piece.part, joined, again=True) for joined in columns.read(piece.text, source.name))
            yield from _all(plain.encoded(piece.part, piece.text), source, depth)


def _reader(source: Source) -> tuple[str, Reader]:
    """Return a file's type, from its first bytes, and its reader."""
    head = source.head()
    for test, kind, reader in KINDS:
        if test(head, source):
            return kind, reader
    return "a text", plain.pieces


def _begins(*marks: bytes) -> Test:
    return lambda head, _: head.startswith(marks)


def _like(pattern: bytes) -> Test:
    """Match a pattern at the start of a file that is not plain text."""
    compiled = re.compile(pattern, re.DOTALL)
    return lambda head, _: bool(compiled.match(head)) and not plain.is_text(head)


def _ends(*endings: str) -> Test:
    return lambda _, source: source.name.lower().endswith(endings)


def _is_pdf(head: bytes, _: Source) -> bool:
    return bool(re.search(rb"(?:\A|[\r\n\0])%PDF-\d", head[:1024]))


def _is_tar(head: bytes, source: Source) -> bool:
    return head[257:262] == b"ustar" or _ends(".tar")(head, source)


def _is_mail(head: bytes, source: Source) -> bool:
    """Require at least two header lines, since a transcript may start with one."""
    lines = rb"(?:From [^\n]*\d\d:\d\d[^\n]*\n)?(?:[A-Za-z][\w-]*:[ \t][^\n]*\n(?:[ \t][^\n]*\n)*){2}"
    of_mail = rb"^(?:Received|Return-Path|Delivered-To|MIME-Version|Message-ID|Content-Type|From|Date):"
    text = head.replace(b"\r\n", b"\n")
    known = bool(re.match(lines, text)) and bool(re.search(of_mail, text, re.IGNORECASE | re.MULTILINE))
    return (known or _ends(*_MAIL_ENDINGS)(head, source)) and source.size <= MAIL_SIZE


def _closed(why: str) -> Reader:
    def reader(source: Source) -> Pieces:
        yield from _as_it_stands(source)
        yield Closed(source.part, why)

    return reader


def _as_it_stands(source: Source) -> Pieces:
    """Yield the texts found in the raw bytes of a file that cannot be parsed."""
    packed_text = documents.salvaged(source) if _is_pdf(source.head(), source) else iter(())
    yield from (piece for piece in (*packed_text, *plain.pieces(source)) if not isinstance(piece, Closed))


# Test, name and reader of each file type; the first match counts.
KINDS: tuple[tuple[Test, str, Reader], ...] = (
    (_begins(b"PK\x03\x04", b"PK\x05\x06"), "a zip archive", packed.zipped),
    (_begins(b"\x1f\x8b"), "a gzip file", packed.gzipped),
    (_begins(b"BZh"), "a bzip2 file", packed.bzipped),
    (_begins(b"\xfd7zXZ\x00"), "an xz file", packed.xz),
    (_begins(b"\x28\xb5\x2f\xfd"), "a Zstandard file", packed.zstd),
    (_begins(b"\x04\x22\x4d\x18"), "an LZ4 file", packed.lz4),
    (_begins(b"PAR1"), "a Parquet table", tables.columnar),
    (_begins(b"ARROW1"), "an Arrow table", tables.arrow),
    (_begins(b"SQLite format 3\0"), "an SQLite database", tables.sqlite),
    (_begins(b"\x93NUMPY"), "a NumPy array", tables.numpy),
    (_begins(b"{\\rtf"), "rich text", documents.rtf),
    (_is_pdf, "a PDF", documents.pdf),
    (_is_tar, "a tar archive", packed.tarred),
    (_ends(".lzma"), "an lzma file", packed.xz),
    (_like(rb"\x80[\x02-\x05][\x8c\x95\x58\x5d\x7d\x63\x28\x71\x94\x4b]"), "a Python pickle", tables.pickled),
    (_like(rb".{4}\0\0\0\0\{"), "a safetensors file", tables.tensors),
    # Uncompressed text inside: Git's index, database journals, macOS folder settings, compiled Python.
    (_like(rb"DIRC\0\0\0|\x37\x7f\x06[\x82\x83]|\xd9\xd5\x05\xf9"), "an index file", plain.everything),
    (_like(rb"\0\0\0\x01Bud1"), "a folder settings file", plain.everything),
    (_ends(".pyc"), "compiled Python", plain.everything),
    (_begins(b"7z\xbc\xaf\x27\x1c"), "a 7z archive", _closed(f"it is a 7z archive, {_UNPACK}")),
    (_begins(b"Rar!"), "a rar archive", _closed(f"it is a rar archive, {_UNPACK}")),
    (_begins(b"\x1f\x9d", b"\x1f\xa0", b"MSCF"), "an archive", _closed(f"it is an archive, {_UNPACK}")),
    (
        _begins(b"\xd0\xcf\x11\xe0"),
        "an old Office file",
        _closed("it is an old or password-protected Office file or an Outlook message; open it and check by hand"),
    ),
    (_like(rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0{4}|II\*\0|MM\0\*|8BPS"), "an image", _closed(_PICTURE)),
    (_like(rb"\0\0\x01\0.\0|RIFF.{4}WEBP|.{4}ftyp(?:hei|hev|mif|avif|msf)"), "an image", _closed(_PICTURE)),
    (_like(rb"ID3|OggS|fLaC|RIFF.{4}(?:WAVE|AVI )|FORM.{4}AIF|.{4}ftyp"), "a recording", _closed(_SOUND)),
    (_like(rb"#!AMR|caff|\x02dss|\x03ds2|\x1aE\xdf\xa3|0&\xb2u"), "a recording", _closed(_SOUND)),
    (_like(rb"\0\0\x01[\xba\xb3]|\xff[\xfb\xfa\xf3\xf2\xf1\xf9]"), "a recording", _closed(_SOUND)),
    (_is_mail, "an email", documents.mail),
)
