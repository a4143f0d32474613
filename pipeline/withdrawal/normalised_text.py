"""The forms in which the same words may be written, levelled, so that they are found in any of them."""

import html
import quopri
import re
import unicodedata
import urllib.parse
from collections.abc import Callable, Iterator
from email.header import decode_header, make_header
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipeline.core.names import INVISIBLE

# Scripts that set no space between words, and Hangul, in which particles follow a name without one.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"

# Letters that decompose into no letter and mark, but are written without their stroke or apart all the same.
_PLAIN = dict.fromkeys("\u2018\u2019\u02bc\u00b4\u2032", "'")
_PLAIN |= {"ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D"}
# Forms of yeh, kaf and heh that keyboards mix.
_PLAIN |= {"\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647"}
_PLAIN |= {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"}
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
# Arabic's tatweel only lengthens a line.
_UNSEEN = re.compile(f"[{INVISIBLE}\u0640]")
_TAG = re.compile(r"<[^<>]*>")
_BROKEN = re.compile(r"[-‐‑\u00ad][ \t]*\r?\n\s*")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([nrt]))")
_OCTAL = re.compile(r"(?:\\[0-3][0-7]{2})+")
_QUOTED = re.compile(r"=(?:[0-9A-Fa-f]{2}|\r?\n)")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_WORD_OF_MAIL = re.compile(r"=\?[\w.-]+\?[bBqQ]\?[^?\s]*\?=")
# What is left of a letter in UTF-8 where a program took it for Windows' or old Mac's encoding.
_MISREAD = re.compile("[\u00c2-\u00f4\u0100-\u0178][\u0080-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u2122]+")
_LATEX = re.compile(r"\\(?:[\"'`^~=.]|[uvHcdbkr](?=\{| ))\s*\{?\\?([^\W\d_])\}{0,2}")
_SEVEN = re.compile(r"\+[A-Za-z0-9/]{3,}-?")
_EMPHASIS = re.compile(r"[*_]{1,3}(?=[^\W_])")
_ACCENT_BESIDE = re.compile(r"[¨´ˆ˜¸˚](?=[^\W\d_])")


def level(text: str) -> str:
    """Return a text without marks, accents and signs that are not seen, in plain letters; capitals stay.

    Signs of punctuation beyond ASCII become spaces: they part words as well.
    """
    return text if text.isascii() else _BEYOND_ASCII.sub(lambda match: _levelled(match.group()), text)


@lru_cache(maxsize=100_000)
def _levelled(signs: str) -> str:
    return "".join(map(_sign, signs))


@lru_cache(maxsize=20_000)
def _sign(sign: str) -> str:
    if _UNSEEN.match(sign):
        return ""
    if sign in _PLAIN:
        return _PLAIN[sign]
    base_characters = (
        character for character in unicodedata.normalize("NFKD", sign) if unicodedata.category(character)[0] != "M"
    )
    return "".join(
        _PLAIN.get(character) or (character if character.isascii() or character.isalnum() else " ")
        for character in base_characters
    )


def small(levelled: str) -> str:
    """Return a levelled text in small letters, those of every alphabet that has them."""
    return levelled.lower() if levelled.isascii() else levelled.casefold()


def letters(lower: str) -> str:
    """Return the letters of a text in small letters alone: no space, sign, digit or line's end that may part them."""
    if lower.isascii():
        return lower.encode().translate(None, _NO_LETTERS).decode()
    codes = np.frombuffer(lower.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    letter_bytes: bytes = codes[_is_letter()[codes]].tobytes()
    return letter_bytes.decode("utf-32-le", "surrogatepass")


@lru_cache(maxsize=1)
def _is_letter() -> npt.NDArray[np.bool_]:
    """For each code point, whether it is a letter."""
    return np.fromiter((chr(code).isalpha() for code in range(0x110000)), dtype=bool, count=0x110000)


def forms(text: str) -> Iterator[str]:
    """Yield a text as it stands, and as it reads where it is marked up or encoded.

    Marked-up text is given with its tags and without, for a word may be cut by one. Beside the text itself each form
    is given once.
    """
    plain = text
    for marked, decode in _DECODERS:
        if marked(plain):
            plain = decode(plain)
    given = {text}
    yield text
    untagged = _TAG.sub("", plain) if "<" in plain else plain
    unmarked = _EMPHASIS.sub("", plain).replace("*", "") if "*" in plain else plain
    for form in (plain, untagged, _BROKEN.sub("", plain), unmarked):
        if form not in given:
            given.add(form)
            yield form
    if not plain.isascii() and _ACCENT_BESIDE.search(plain):
        yield _ACCENT_BESIDE.sub("", plain)


def _holds(*signs: str) -> Callable[[str], bool]:
    return lambda text: any(sign in text for sign in signs)


def _mail(text: str) -> str:
    def decoded(match: re.Match[str]) -> str:
        try:
            return str(make_header(decode_header(match.group())))
        except (LookupError, ValueError):
            return match.group()

    return _WORD_OF_MAIL.sub(decoded, text)


def _quoted_printable(text: str) -> str:
    """Decode quoted-printable, as mail writes it, in the encodings it is mostly in."""
    if not _QUOTED.search(text):
        return text
    return _bytes_read(quopri.decodestring(text.encode("utf-8", "surrogatepass")))


def _percent(text: str) -> str:
    if not _PERCENT.search(text):
        return text
    return _bytes_read(urllib.parse.unquote_to_bytes(text.encode("utf-8", "surrogatepass").replace(b"+", b" ")))


def _escapes(text: str) -> str:
    def sign(match: re.Match[str]) -> str:
        if match[5]:
            return " "
        code = int(next(group for group in match.groups() if group), 16)
        return chr(code) if code < 0x110000 else match.group()

    for _ in range(2):  # a text within a text is escaped twice
        text = _ESCAPE.sub(sign, text.replace("\\\\", "\\"))
    text = _OCTAL.sub(lambda match: _bytes_read(bytes(int(octal, 8) for octal in match.group().split("\\")[1:])), text)
    # JSON writes signs beyond the first plane as two halves.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _misread(text: str) -> str:
    def read(match: re.Match[str]) -> str:
        for encoding in ("cp1252", "latin-1", "mac_roman"):
            try:
                return match.group().encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
        return match.group()

    return _MISREAD.sub(read, text)


def _unescaped(text: str) -> str:
    return html.unescape(html.unescape(text))  # a page within a feed is escaped twice


def _bytes_read(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _utf_seven(text: str) -> str:
    def read(match: re.Match[str]) -> str:
        try:
            return f"{match.group().rstrip('-')}-".encode().decode("utf-7")
        except UnicodeError:
            return match.group()

    return _SEVEN.sub(read, text)


# Mail is the outermost wrapping, a page's entities the innermost.
_DECODERS: tuple[tuple[Callable[[str], bool], Callable[[str], str]], ...] = (
    (_holds("=?"), _mail),
    (_holds("="), _quoted_printable),
    (_holds("+"), _utf_seven),
    (_holds("%"), _percent),
    (_holds("\\"), _escapes),
    (_holds("\\"), lambda text: _LATEX.sub(r"\1", text.replace("{\\", "\\"))),
    (_holds("&"), _unescaped),
    (lambda text: not text.isascii(), _misread),
)
