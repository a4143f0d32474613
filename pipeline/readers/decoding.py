"""From bytes to text, safely: never a wrong guess without saying so."""

import codecs

from charset_normalizer import from_bytes

from pipeline.readers.model import RefusedError

# The encodings that word processors and transcription programs write. A wider choice guesses worse, not better.
GUESSES = ["utf_8", "cp1252", "mac_roman", "utf_16"]
BOMS = (
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
OTHER_TYPES = (
    (b"PK\x03\x04", "a zip archive (such as .docx or .odt)"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Office file"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "a database"),
)
# More control characters than this share of a text, and it is no text.
MAX_CONTROLS = 0.005


def decode(data: bytes, *, any_type: bool = False) -> tuple[str, str]:
    """Return the text of a file, line ends as LF and without a byte order mark, and the encoding if it was guessed.

    `any_type`: the caller knows that the file is a text of some markup. Raises RefusedError for what is no text.
    """
    for mark, name in OTHER_TYPES:
        if not any_type and data.startswith(mark):
            raise RefusedError(
                f"It is {name} in truth, not plain text. Give it its right ending, or save it as plain text."
            )
    text, guessed = as_written(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise RefusedError("It holds NUL characters, so it is not a text. Export it again as plain text in UTF-8.")
    controls = sum(text.count(chr(code)) for code in range(1, 32) if chr(code) not in "\t\n\x0b\x0c")
    if controls > MAX_CONTROLS * len(text):
        raise RefusedError("It holds control characters, so it is not a text. Export it again as plain text in UTF-8.")
    return text, guessed


def as_written(data: bytes) -> tuple[str, str]:
    """Return a text with the line ends of its file, and the encoding if it was guessed; nothing else is checked."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return _strict(data, name), ""
    try:
        text = data.decode("utf_8")
    except UnicodeDecodeError:
        pass
    else:
        return (_sixteen(data), "utf_16") if "\0" in text and len(data) % 2 == 0 else (text, "")
    if 0 in data and len(data) % 2 == 0:
        return _sixteen(data), "utf_16"
    best = from_bytes(data, cp_isolation=GUESSES).best()
    if best is None:
        raise RefusedError("Its characters are in no encoding we know. Save it again as plain text in UTF-8.")
    return _strict(data, best.encoding), best.encoding


def _sixteen(data: bytes) -> str:
    """Decode UTF-16 that has no byte order mark: the zeros of Latin text are the high bytes."""
    return _strict(data, "utf_16_le" if data[1::2].count(0) >= data[::2].count(0) else "utf_16_be")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise RefusedError(
            f"Byte {error.start} is not valid {encoding}. Save it again as plain text in UTF-8."
        ) from None
