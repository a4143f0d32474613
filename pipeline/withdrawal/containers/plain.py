"""Read plain text in any encoding, text inside unknown file types, and files encoded in text."""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

from pipeline.withdrawal.containers.pieces import MIB, Closed, Inner, Pieces, Source, Text

# Text is searched in overlapping slices, so that memory stays small and no sentence is cut.
SLICE, OVERLAP = 4 * MIB, 8192
# Encodings tried for text that is not Unicode.
LEGACY: tuple[str, ...] = ("mac_roman", "cp850", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r")
LEGACY += ("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "cp500")
BOMS: tuple[tuple[bytes, str], ...] = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"))
BOMS += ((codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
UNKNOWN = "its file type is not supported; only plain text in it was searched"
# Least size in bytes of an encoded part that is not text; smaller ones are keys or fingerprints.
SOME = 1024

_CONTROLS = bytes([*range(9), *range(14, 32), 127])
_MAX_CONTROLS = 0.005
_LINES = bytes(10 if code in _CONTROLS else code for code in range(256))
_RUN = re.compile(rb"(?:[\t\n\r\x20-\x7e]|[\x80-\xff]{1,4}(?=[\x20-\x7e])){10,}")
_WIDE = {
    re.compile(rb"(?:[\t\n\r\x20-\x7e\xa0-\xff]\x00|[\x00-\xff][\x01-\x06]){8,}"): "utf-16-le",
    re.compile(rb"(?:\x00[\t\n\r\x20-\x7e\xa0-\xff]|[\x01-\x06][\x00-\xff]){8,}"): "utf-16-be",
}
_BASE64 = re.compile(
    r"[A-Za-z0-9+/_-]{40,}(?:(?:\\n|\s)+[A-Za-z0-9+/_-]{40,})*(?:(?:\\n|\s)+[A-Za-z0-9+/_-]{2,})?={0,2}"
)
_HEX = re.compile(r"\b[xX]'((?:[0-9a-fA-F]{2}){3,})'|\b((?:[0-9a-fA-F]{2}){40,})\b")
_UUENCODED = re.compile(r"^begin [0-7]{3} .*\n((?:[ -`]{1,62}\r?\n)+)", re.MULTILINE)
_ARMOUR = re.compile(r"^(?:-----BEGIN (?:PGP MESSAGE|AGE ENCRYPTED FILE)-----|\$ANSIBLE_VAULT;[\d.]+;\w+)\s*$", re.M)


def pieces(source: Source) -> Pieces:
    """Yield the texts of a text file in every possible encoding; for other files, the text found in their bytes."""
    encoding = _wide(source.head(65536))
    if encoding:
        yield from (Text(source.part, text) for text in _decoded(source, encoding))
        return
    known = True
    for offset, chunk in _chunks(source):
        known &= is_text(chunk)
        texts = (
            readings(chunk, cut=offset > 0, goes_on=offset + len(chunk) < source.size)
            if is_text(chunk)
            else strings(chunk)
        )
        yield from (Text(source.part, text, number > 0) for number, text in enumerate(texts))
    if not known:
        yield Closed(source.part, UNKNOWN)


def everything(source: Source) -> Pieces:
    """Yield the texts of a binary file with uncompressed text, such as a database or compiled program."""
    for _, chunk in _chunks(source):
        yield Text(source.part, chunk.translate(_LINES).decode("utf-8", "ignore"))
        yield from (Text(source.part, text, again=True) for text in _wide_strings(chunk))


def is_text(data: bytes) -> bool:
    """Return whether bytes are text in an encoding without zero bytes."""
    if not data.strip(b"\0"):
        return True
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return b"\0" not in data and controls <= _MAX_CONTROLS * len(data)


def readings(data: bytes, *, cut: bool = False, goes_on: bool = False) -> Iterator[str]:
    """Yield a text decoded as UTF-8, or in each possible encoding if it is not UTF-8.

    `cut`: it may start inside a character; `goes_on`: it may end inside one.
    """
    for begin in range(4 if cut else 1):
        try:
            yield codecs.getincrementaldecoder("utf-8")().decode(data[begin:], not goes_on)
        except UnicodeDecodeError:
            continue
        return
    yield data.decode("utf-8", "ignore")
    yield data.decode("cp1252", "replace")
    if len(data) % 2 == 0 or cut or goes_on:
        yield from (data.decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be"))
    # Pure ASCII lines are the same in all of these.
    other = _beyond_ascii(data)
    given: set[str] = set()
    for encoding in LEGACY:
        text = other.decode(encoding, "replace")
        if text not in given:
            given.add(text)
            yield text


def strings(data: bytes) -> Iterator[str]:
    """Yield the texts found in arbitrary bytes, in one-byte and two-byte encodings."""
    narrow = b"\n".join(_RUN.findall(data))
    if narrow:
        yield narrow.decode("utf-8", "ignore")
    if other := _beyond_ascii(narrow):
        yield from (other.decode(encoding, "ignore") for encoding in ("cp1252", "mac_roman"))
    yield from _wide_strings(data)


def _wide_strings(data: bytes) -> Iterator[str]:
    for pattern, encoding in _WIDE.items():
        if wide := "\n".join(run.decode(encoding, "ignore") for run in pattern.findall(data)):
            yield wide


def _beyond_ascii(data: bytes) -> bytes:
    """Return the lines with non-ASCII bytes."""
    return b"\n".join(line for line in data.split(b"\n") if not line.isascii())


def encoded(place: str, text: str) -> Pieces:
    """Yield the files encoded in a text (base64, hexadecimal, uuencode), and report encrypted parts."""
    if _ARMOUR.search(text):
        yield Closed(place, "part of it is encrypted")
    for number, match in enumerate(_BASE64.finditer(text), start=1):
        letters = re.sub(r"\\n|\s|=", "", match.group()).translate(str.maketrans("-_", "+/"))
        if not (re.search("[A-Z]", letters) and re.search("[a-z]", letters)):
            continue
        try:
            data = base64.b64decode(letters + "=" * (-len(letters) % 4))
        except (binascii.Error, ValueError):
            continue
        if is_text(data) or len(data) >= SOME:
            yield Inner(f"{place}, encoded part {number}".lstrip(", "), data)
    for match in _HEX.finditer(text):
        data = bytes.fromhex(match[1] or match[2])
        if is_text(data) or len(data) >= SOME:
            yield Inner(place, data)
    for match in _UUENCODED.finditer(text):
        with suppress(binascii.Error):
            yield Inner(place, b"".join(binascii.a2b_uu(line) for line in match[1].encode().splitlines()))


def _wide(head: bytes) -> str:
    """Return the UTF-16 or UTF-32 encoding of a text, from its byte order mark or zero bytes; else ''."""
    for mark, name in BOMS:
        if head.startswith(mark) and name != "utf-8":
            return name
    if len(head) < 8 or 0 not in head:
        return ""
    zeros = [head[index::4].count(0) / len(head[index::4]) for index in range(4)]
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if min(zeros[2:]) > 0.9 and zeros[0] < 0.5:
        name = "utf-32-le"
    elif min(zeros[:2]) > 0.9 and zeros[3] < 0.5:
        name = "utf-32-be"
    elif abs(odd - even) > 0.25:
        name = "utf-16-le" if odd > even else "utf-16-be"
    else:
        return ""
    text = head[: len(head) // 4 * 4].decode(name, "replace")
    strange = sum(not (sign.isprintable() or sign.isspace()) for sign in text)
    return name if strange <= 0.02 * len(text) else ""


def _decoded(source: Source, encoding: str) -> Iterator[str]:
    for _, chunk in _chunks(source, unit=4):
        yield chunk.decode(encoding, "replace")


def _chunks(source: Source, *, unit: int = 1) -> Iterator[tuple[int, bytes]]:
    """Yield overlapping slices with their offsets, which are multiples of `unit` bytes."""
    offset = 0
    step = (SLICE - OVERLAP) // unit * unit
    while offset < source.size:
        chunk = source.head(SLICE, offset)
        if not chunk:
            return
        if chunk.strip(b"\0"):
            yield offset, chunk
        if offset + SLICE >= source.size:
            return
        offset += step
