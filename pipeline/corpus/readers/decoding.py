"""Decodes text files; an uncertain encoding is always reported."""

import codecs
import re
import unicodedata

from pipeline.corpus.readers import encoding_evidence
from pipeline.corpus.readers.model import RefusedError, Remark

BOMS = (
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
# File signatures: offset, bytes, and type of the file.
OTHER_TYPES = (
    (0, b"PK\x03\x04", "a zip archive (such as .docx or .odt)"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"%PDF-", "a PDF"),
    (0, b"\xd0\xcf\x11\xe0", "an old or password-protected Office file"),
    (0, b"{\\rtf", "RTF"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh91AY&SY", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"SQLite format 3\0", "a database"),
    (0, b"PAR1", "a parquet table"),
    (0, b"\x89PNG\r\n\x1a\n", "an image (PNG)"),
    (0, b"\xff\xd8\xff", "an image (JPEG)"),
    (0, b"GIF8", "an image (GIF)"),
    (0, b"II*\0", "an image (TIFF)"),
    (0, b"MM\0*", "an image (TIFF)"),
    (8, b"WEBP", "an image (WebP)"),
    (8, b"WAVE", "a recording (WAV)"),
    (0, b"ID3\x03", "a recording (MP3)"),
    (0, b"ID3\x04", "a recording (MP3)"),
    (0, b"OggS\0", "a recording (Ogg)"),
    (0, b"fLaC\0", "a recording (FLAC)"),
    (4, b"ftyp", "a recording, a film or an image (MP4, M4A, HEIC)"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90\0", "a program"),
)
AGAIN, EXPORT = "Save it again as plain text in UTF-8.", "Export it again as plain text in UTF-8."
# Maximum share of control characters in a text.
MAX_CONTROLS = 0.005
# UTF-16 without a byte order mark is accepted if at least this share of high bytes is zero, as spaces and line breaks
# are in any alphabet, and the others belong to alphabets, symbols and emoji; in 8-bit text they would be letters.
SIXTEEN_ZEROS = 0.1
SIXTEEN_HIGH = frozenset([*range(0x27), *range(0xD8, 0xE0), 0xFE])
# Chinese, Japanese, Korean and Thai have few spaces: this share of characters must be theirs or ASCII.
SIXTEEN_WIDE = 0.97
_WIDE = re.compile("[\n\r\t -~、-〿ぁ-ヿ一-鿿가-힣฀-๿！-｠‘-”…—·]")
# Unambiguous UTF-8 in a file that is not valid UTF-8: a lower-case letter or space before an accented letter, a curly
# quote or dash, or three Cyrillic letters.
_UTF_8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|(?P<other>[\x80-\xff])"
)
# A text is UTF-8 with errors if at least this share of its bytes beyond ASCII are valid.
BROKEN = 0.8
_CLEAR = re.compile(rb"(?<![A-Z\x80-\xff])(?:[\xc3-\xc5][\x80-\xbf]|\xe2\x80[\x90-\xbf]|(?:[\xd0\xd1][\x80-\xbf]){3})")
_NUL, _HALF = re.compile("\0"), re.compile("[\ud800-\udfff]")


def decode(data: bytes, *, any_type: bool = False) -> tuple[str, str]:
    """Return a file's text (LF line breaks, no byte order mark), and its encoding if it was guessed.

    `any_type`: skip the check of file signatures, for text known to be markup. Raises RefusedError if the file is not
    text.
    """
    other = "" if any_type else other_type(data)
    if other:
        raise RefusedError(
            f"The file is actually {other}, not plain text. Correct its extension, or save it as plain text."
        )
    text, guessed = as_written(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    check_controls(text)
    return text, guessed


def other_type(data: bytes) -> str:
    """Return the file type by its signature (`a PDF`); '' if it has none."""
    return next((name for at, mark, name in OTHER_TYPES if data.startswith(mark, at)), "")


def check_controls(text: str) -> None:
    """Raise RefusedError for NUL characters, lone surrogates, or many control characters."""
    for sign, name in ((_NUL, "NUL characters"), (_HALF, "incomplete characters (lone surrogates)")):
        match = sign.search(text)
        if match:
            line = text.count("\n", 0, match.start()) + 1
            raise RefusedError(f"Not a text file: it contains {name}, first on line {line}. {EXPORT}")
    controls = sum(text.count(chr(code)) for code in range(1, 32) if chr(code) not in "\t\n\x0b\x0c")
    if controls > MAX_CONTROLS * len(text):
        raise RefusedError(f"Not a text file: it contains many control characters. {EXPORT}")


def as_written(data: bytes) -> tuple[str, str]:
    """Return a text with its line breaks unchanged, and its encoding if it was guessed. Raises RefusedError."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return _strict(data, name), ""
    sixteen = _sixteen(data)
    if sixteen:
        return _strict(data, sixteen), "utf_16"
    try:
        return data.decode("utf_8"), ""
    except UnicodeDecodeError as error:
        at = error.start
    if b"\0" in data:  # not in any guessed encoding; reported with its line
        return data.decode("latin_1"), ""
    return _likeliest(data, at)


def remarks(data: bytes) -> list[Remark]:
    """Return a remark that names the encoding of a text file if it had to be guessed. Raises RefusedError."""
    text, guessed = as_written(data)
    if not guessed:
        return []
    words = encoding_evidence.examples(text)
    shown = f", in which it has such words as {words}" if words else ""
    message = (
        f"The encoding is not stated and was guessed to be {guessed}{shown}. If characters look wrong, save the file "
        "as UTF-8."
    )
    return [Remark("guessed", message)]


def _likeliest(data: bytes, at: int) -> tuple[str, str]:
    """Return the likeliest reading of a text that is not UTF-8. `at`: its first byte that shows this."""
    _check_broken(data, at)
    found = encoding_evidence.readings(data)
    if not found or encoding_evidence.is_latin(found[0].encoding):
        _check_one_encoding(data, at)
    if not found:
        raise RefusedError(
            "The character encoding could not be determined (first unreadable character on line "
            f"{_line(data, at)}). {AGAIN}"
        )
    best = found[0]
    if len(found) > 1 and best.nats - found[1].nats < encoding_evidence.LEAD:
        one, other = (encoding_evidence.difference(*pair) for pair in ((best, found[1]), (found[1], best)))
        raise RefusedError(
            f"The character encoding could not be determined: line {_line(data, at)} may be {best.encoding} ('{one}') "
            f"or {found[1].encoding} ('{other}'). {AGAIN}"
        )
    return best.text, best.encoding


def _sixteen(data: bytes) -> str:
    """Return the kind of UTF-16 of a file without a byte order mark; '' unless it is clear (see SIXTEEN_ZEROS)."""
    if len(data) % 2 or 0 not in data:
        return ""
    kinds = [("utf_16_le", data[1::2]), ("utf_16_be", data[::2])]
    kinds.sort(key=lambda kind: -kind[1].count(0))
    return next((name for name, high in kinds if _is_sixteen(data, high, name)), "")


def _is_sixteen(data: bytes, high: bytes, name: str) -> bool:
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return False
    if high.count(0) < SIXTEEN_ZEROS * len(high) or not SIXTEEN_HIGH.issuperset(high):
        wide = sum(1 for _ in _WIDE.finditer(text))
        if wide < SIXTEEN_WIDE * len(text) or not encoding_evidence.is_wide(text):
            return False
    return not any(
        unicodedata.category(letter) in ("Cc", "Cn", "Co") and letter not in "\t\n\r\x0b\x0c\x85"
        for letter in set(text)
    )


def _check_broken(data: bytes, at: int) -> None:
    """Raise RefusedError if a file is UTF-8 with a few errors."""
    found = list(_UTF_8.finditer(data))
    others = sum(match["other"] is not None for match in found)
    valid = sum(len(match.group()) for match in found) - others
    if valid >= BROKEN * (valid + others):
        raise RefusedError(
            f"The file is UTF-8, but line {_line(data, at)} is not (byte 0x{data[at]:02X}). Correct that line, and "
            "save the file as plain text in UTF-8."
        )


def _check_one_encoding(data: bytes, at: int) -> None:
    """Raise RefusedError if a file is only partly UTF-8: decoding it either way would garble the other part."""
    clear = _CLEAR.search(data)
    if clear:
        raise RefusedError(
            f"The file mixes two encodings: line {_line(data, clear.start())} is UTF-8, but line "
            f"{_line(data, at)} is not (byte 0x{data[at]:02X}). Correct that line, and save the file as "
            "plain text in UTF-8."
        )


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "ignore")
        raise RefusedError(f"Line {before.count(chr(10)) + 1} is not valid {encoding}. {AGAIN}") from None


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1
