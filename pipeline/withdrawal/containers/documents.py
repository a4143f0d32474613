"""Read PDF, rich text and email files."""

import email
import email.message
import email.policy
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, StreamObject, TextStringObject

from pipeline.corpus.readers import pdf as reader
from pipeline.withdrawal.containers import plain
from pipeline.withdrawal.containers.packed import LOCKED
from pipeline.withdrawal.containers.pieces import LITTLE, Closed, Inner, Pieces, Source, Text

MAX_PAGES, MAX_OBJECTS = 2_000, 200_000
_SPACED_OUT = re.compile(r"(?<=\b[^\W\d_]) (?=[^\W\d_]\b)")
_HEX = re.compile(r"(?:\\'[0-9a-fA-F]{2})+")
_CODE = re.compile(r"\\u(-?\d{1,6}) ?(?:\\'[0-9a-fA-F]{2}|[^\\{}\r\n])?")
_CODE_ALONE = re.compile(r"\\u(-?\d{1,6}) ?")
_CONTROL = re.compile(r"\\(?:(par|line|tab|cell|row|page|sect)\b ?|[a-zA-Z]+-?\d* ?|[^a-zA-Z])|[{}]")
_CODE_PAGE = re.compile(r"\\ansicpg(\d{3,5})")
_PICTURES = ("\\pict", "\\objdata")
# Between the pieces of a shown line stand numbers: how far apart they are.
_SHOWN = re.compile(r"\)\s*-?[\d.]*\s*\(")
_FROM = re.compile(rb"(?:\A|\n)From [^\n]*\n(?=[A-Za-z-]+:)")


def pdf(source: Source) -> Pieces:
    """Yield the text layer, annotations, forms and attachments of a PDF; report pages without text."""
    source.stream.seek(0)
    with apply_configuration(**reader._LIMITS), _quiet():
        file = PdfReader(source.stream)
        if file.is_encrypted and not file.decrypt(""):
            yield Closed(source.part, LOCKED)
            return
        pages = file.pages[:MAX_PAGES]
        if len(file.pages) > MAX_PAGES:
            yield Closed(source.part, f"it has more than {MAX_PAGES} pages")
        pen = reader._Pen(reader.MAX_STROKES)
        page_texts, pictures, unread = [], 0, 0
        for page in pages:
            text = page.extract_text(visitor_operand_before=pen.stroke)
            page_texts.append(text)
            resources: Any = page.get("/Resources") or DictionaryObject()
            pictures += len(text.strip()) < 20 and bool(page.images)
            unread += any(_unmapped(font.get_object()) for font in (resources.get_object().get("/Font") or {}).values())
        text_layer = "\n".join(page_texts)
        yield Text(source.part, text_layer)
        yield Text(source.part, _SPACED_OUT.sub("", text_layer))
        if pictures:
            yield Closed(source.part, f"{pictures} of its {len(pages)} pages are images without a text layer")
        if unread:
            yield Closed(source.part, f"the text of {unread} of its {len(pages)} pages cannot be decoded")
        yield from _objects(source, file)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence pypdf's log messages about damaged files; they are reported in the results."""
    log = logging.getLogger("pypdf")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def salvaged(source: Source) -> Pieces:
    """Yield the decompressed streams of a PDF whose cross-reference table is damaged, in file order."""
    data = source.read()
    end = 0
    while (start := data.find(b"stream", end)) >= 0 and (end := data.find(b"endstream", start)) >= 0:
        with suppress(zlib.error):
            packed = data[start + len(b"stream") : end].lstrip(b"\r\n")
            unpacked = zlib.decompressobj().decompress(packed, LITTLE)
            source.budget.take(len(unpacked))
            yield Text(source.part, _SHOWN.sub("", unpacked.decode("cp1252", "replace")))
        end += len(b"endstream")


def _unmapped(font: Any) -> bool:
    """Return whether a font has no mapping from glyphs to characters."""
    if not isinstance(font, DictionaryObject) or "/ToUnicode" in font:
        return False
    kind, encoding = font.get("/Subtype"), font.get("/Encoding")
    return (kind == "/Type0" and str(encoding).startswith("/Identity")) or (kind == "/Type3" and encoding is None)


def _objects(source: Source, file: PdfReader) -> Pieces:
    """Yield the texts of a PDF outside its pages (annotations, bookmarks, forms, metadata) and its attachments."""
    texts: list[str] = []
    numbers = sorted({number for pdf_object in file.xref.values() for number in pdf_object} | set(file.xref_objStm))
    for number in numbers[:MAX_OBJECTS]:
        pdf_object = file.get_object(number)
        if isinstance(pdf_object, StreamObject) and pdf_object.get("/Type") in ("/EmbeddedFile", "/Metadata"):
            yield Inner(source.within("attached"), pdf_object.get_data(), "attached")
        texts += _strings(pdf_object)
    yield Text(source.part, "\n".join(texts))


def _strings(pdf_object: Any) -> Iterator[str]:
    waiting = [pdf_object]
    while waiting:
        value = waiting.pop()
        if isinstance(value, DictionaryObject):
            waiting.extend(value.values())
        elif isinstance(value, ArrayObject):
            waiting.extend(value)
        elif isinstance(value, TextStringObject):
            yield str(value)
        elif isinstance(value, ByteStringObject):
            yield bytes(value).decode("cp1252", "replace")


def rtf(source: Source) -> Pieces:
    """Yield rich text with escapes decoded, including comments, properties and hidden text."""
    for text in _rtf_texts(source.read()):
        yield Text(source.part, text)
    if any(sign in source.read().decode("latin-1") for sign in _PICTURES):
        yield Closed(source.part, "it contains images or objects, which may show text")


def _rtf_texts(data: bytes) -> Iterator[str]:
    """Yield the text in each possible code page, with and without fallback characters after Unicode escapes."""
    text = data.decode("latin-1")
    named = _CODE_PAGE.search(text)
    for encoding in dict.fromkeys([f"cp{named[1]}" if named else "cp1252", "cp1252", "mac_roman"]):
        for coded in (_CODE, _CODE_ALONE):
            letters = _HEX.sub(partial(_letters, encoding), _coded(text, coded))
            yield _CONTROL.sub(lambda escape: "\n" if escape[1] else "", letters)


def _letters(encoding: str, match: re.Match[str]) -> str:
    data = bytes.fromhex(match.group().replace("\\'", ""))
    try:
        return data.decode(encoding, "replace")
    except LookupError:
        return data.decode("cp1252", "replace")


def _coded(text: str, coded: re.Pattern[str]) -> str:
    """Decode escapes such as \\u233?; numbers may be negative or half of a surrogate pair."""
    decoded = coded.sub(lambda escape: chr(int(escape[1]) % 0x10000), text)
    return decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def mail(source: Source) -> Pieces:
    """Yield the headers, decoded parts and attachments of an email, a mailbox or a saved web page."""
    data = source.read()
    starts = [match.start() for match in _FROM.finditer(data)] or [0]
    yield from plain.pieces(source)
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        source.budget.take(end - start)
        yield from _message_pieces(
            source, email.message_from_bytes(data[start:end].lstrip(b"\n"), policy=email.policy.default)
        )


def _message_pieces(source: Source, message: email.message.Message) -> Pieces:
    for piece in message.walk():
        yield Text(source.part, "\n".join(f"{name}: {value}" for name, value in piece.items()))
        name = piece.get_filename() or ""
        payload = piece.get_payload(decode=True)
        if not piece.is_multipart() and isinstance(payload, bytes):
            yield Inner(source.within(name), payload, name or "part.txt")
