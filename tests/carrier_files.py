"""Files of many kinds that hold a sentence or a name, each in the way its kind hides it; and files nobody can open."""

import base64
import binascii
import bz2
import email.message
import gzip
import html
import io
import json
import lzma
import pickle
import quopri
import sqlite3
import struct
import tarfile
import unicodedata
import urllib.parse
import wave
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import xlsxwriter
from openpyxl.comments import Comment
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText

NAME = "Zoë"
SAID = "The purple tractor of my cousin broke down near Penrith."
BOTH = f"Bob: {NAME} told us: {SAID} And so on.\n"
NFD = unicodedata.normalize("NFD", NAME)

Build = Callable[[Path], None]


def put(data: str | bytes) -> Build:
    return lambda path: path.write_bytes(data.encode() if isinstance(data, str) else data) and None


def archive(*members: tuple[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as made:
        for name, data in members:
            made.writestr(name, data)
    return out.getvalue()


def tar(name: str = "x.txt", data: bytes = BOTH.encode()) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        made.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    return pa.Codec("zstd").compress(data, asbytes=True)


def lz4(data: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "lz4") as stream:
        stream.write(data)
    return out.getvalue().to_pybytes()


def word(text: str = BOTH, *, author: str = "", comment: str = "", deleted: str = "") -> bytes:
    made = docx.Document()
    paragraph = made.add_paragraph(text)
    made.core_properties.author = author
    out = io.BytesIO()
    made.save(out)
    if not comment and not deleted:
        return out.getvalue()
    held = zipfile.ZipFile(out)
    members = {name: held.read(name) for name in held.namelist()}
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    if deleted:
        run = f"<w:del w:id='1' w:author='x'><w:r><w:delText>{deleted}</w:delText></w:r></w:del>"
        members["word/document.xml"] = members["word/document.xml"].replace(b"</w:p>", run.encode() + b"</w:p>", 1)
    if comment:
        said = f"<w:comments xmlns:w='{namespace}'><w:comment w:id='0' w:author='x'><w:t>{comment}</w:t></w:comment></w:comments>"
        members["word/comments.xml"] = said.encode()
    assert paragraph is not None
    return archive(*members.items())


def workbook(text: str = BOTH, *, rich: bool = False) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    if rich:
        bold = book.add_format({"bold": True})
        sheet.write_rich_string(0, 0, "Zo", bold, "ë", " told us The purple tractor of", bold, " my cousin broke down")
    else:
        sheet.write(3, 2, text)
    book.close()
    return out.getvalue()


def noted_workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "nothing"
    book.active["A1"].comment = Comment(BOTH, "x")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def open_document(kind: str = "text", text: str = BOTH) -> bytes:
    xml = f"<office:document-content><text:p>{html.escape(text)}</text:p></office:document-content>"
    return archive(("mimetype", f"application/vnd.oasis.opendocument.{kind}".encode()), ("content.xml", xml.encode()))


def rtf(text: str) -> bytes:
    escaped = "".join(sign if sign.isascii() else f"\\'{sign.encode('cp1252').hex()}" for sign in text)
    return f"{{\\rtf1\\ansi\\ansicpg1252 {escaped}}}".encode()


def rtf_unicode(text: str) -> bytes:
    escaped = "".join(sign if sign.isascii() else f"\\u{ord(sign)}?" for sign in text)
    return f"{{\\rtf1\\ansi{{\\*\\annotation {escaped}}} nothing}}".encode()


def page(text: str = BOTH, *, packed: bool = True, table: bool = True) -> bytes:
    """A PDF of one page, as printers of PDFs write it; `table`: with the table of contents at its end."""
    shown = f"BT /F1 10 Tf 40 700 Td ({text.strip()}) Tj ET".encode("cp1252")
    held = zlib.compress(shown) if packed else shown
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    kind = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 900 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    length = f"<</Length {len(held)}{'/Filter/FlateDecode' if packed else ''}>>".encode()
    stream = length + b"stream\n" + held + b"\nendstream"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", kind, stream, font]
    out = b"%PDF-1.4\n"
    places = []
    for number, held in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj".encode() + held + b"endobj\n"
    if not table:
        return out + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF"
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    return (
        out
        + f"xref\n0 6\n0000000000 65535 f \n{rows}trailer<</Root 1 0 R/Size 6>>\nstartxref\n{len(out)}\n%%EOF".encode()
    )


def written_pdf(change: Callable[[PdfWriter], None], text: str = "nothing") -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(page(text))))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scanned() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    data = writer
    out = io.BytesIO()
    data.write(out)
    image = b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\n\x00\nendstream"
    kind = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>"
    shown = b"<</Length 5>>stream\n/I Do\nendstream"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", kind, shown, image]
    made, places = b"%PDF-1.4\n", []
    for number, held in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj".encode() + held + b"endobj\n"
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    return (
        made
        + f"xref\n0 6\n0000000000 65535 f \n{rows}trailer<</Root 1 0 R/Size 6>>\nstartxref\n{len(made)}\n%%EOF".encode()
    )


def mail(encoding: str, *, attached: bytes = b"") -> bytes:
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "hello"
    message.set_content("nothing" if attached else BOTH, cte=encoding)
    if attached:
        message.add_attachment(attached, maintype="application", subtype="zip", filename="a.zip")
    return message.as_bytes()


def headed(name: str) -> bytes:
    message = email.message.EmailMessage()
    message["From"], message["Subject"] = "a@example.org", f"Interview with {name}, confirmed"
    message.set_content("nothing")
    return message.as_bytes()


def database(path: Path, *, blob: bool = False, deleted: bool = False) -> None:
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE source (name TEXT, fulltext)")
    base.execute("INSERT INTO source VALUES (?, ?)", ["x", gzip.compress(BOTH.encode()) if blob else BOTH])
    base.commit()
    if deleted:
        base.execute("PRAGMA secure_delete = OFF")
        base.execute("DELETE FROM source")
        base.commit()
    base.close()


def notebook(path: Path) -> None:
    lines = [f"{NAME}: The purple trac", "tor of my cousin broke\n", "down near Penrith"]
    cell = {"cell_type": "code", "source": [], "outputs": [{"output_type": "stream", "text": lines}]}
    path.write_text(json.dumps({"cells": [cell], "nbformat": 4}))


# Kinds in which the sentence, the name or both must be found.
FOUND: dict[str, Build] = {
    "plain.txt": put(BOTH),
    "decomposed.txt": put(unicodedata.normalize("NFD", BOTH)),
    "capitals.txt": put(BOTH.upper()),
    "small.txt": put(BOTH.lower()),
    "full width.txt": put("".join(chr(ord(c) + 0xFEE0) if 33 <= ord(c) < 127 else c for c in BOTH)),
    "no accents.txt": put("Zoe was there.\n"),
    "possessive.txt": put("That was Zoë’s idea, and Zoës too.\n"),
    "soft hyphens.txt": put(BOTH.replace("tractor", "trac\u00adtor").replace("Zoë", "Zo\u00adë")),
    "zero width.txt": put("\u200b".join(BOTH)),
    "broken over a line.txt": put("Zo-\në. The purple trac-\ntor of my cou-\nsin broke down near"),
    "bidi marks.txt": put("".join(f"{c}\u200e" for c in BOTH)),
    "ligature.txt": put("The purple tractor of my couﬁn\n".replace("couﬁn", "cousin") + "Zo\u00eb"),
    "subtitles.vtt": put(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nThe purple tractor\n\n00:02.000 --> 00:03.000\nof my cousin broke down\n"
    ),
    "quoted mail.txt": put("> The purple\n> tractor of\n> my cousin\n> broke down\n"),
    "cp1252.txt": put(BOTH.encode("cp1252")),
    "cp1252 at the end.txt": put("it was Zo\u00eb".encode("cp1252")),
    "mac.txt": put(b"it was " + NAME.encode("mac_roman") + b", said Bob"),
    "dos.txt": put(b"it was " + NAME.encode("cp850") + b", said Bob"),
    "utf-16 le.txt": put(BOTH.encode("utf-16-le")),
    "utf-16 be.txt": put(BOTH.encode("utf-16-be")),
    "utf-16 bom.txt": put(BOTH.encode("utf-16")),
    "utf-32.txt": put(BOTH.encode("utf-32")),
    "utf-32 without mark.txt": put(BOTH.encode("utf-32-le")),
    "one bad byte.txt": put(b"\xff" + BOTH.encode()),
    "misread.txt": put(BOTH.encode().decode("cp1252")),
    "entities.html": put("<p>Zo&euml;</p><p>The pur<b>ple tr</b>actor of my &#99;ousin broke down</p>"),
    "hexadecimal entities.xml": put("<x>Zo&#xEB;</x>"),
    "escaped.json": put(json.dumps({"a": BOTH})),
    "escaped twice.json": put(json.dumps({"a": json.dumps({"b": "told by Zoë"})})),
    "escaped.yaml": put('a: "Zo\\xEB told"\n'),
    "script.js": put("const a = 'Zo\\u{eb}';"),
    "octal.txt": put("Zo\\303\\253.txt"),
    "address.txt": put("https://example.org/?q=" + urllib.parse.quote(BOTH)),
    "form.txt": put("said=" + urllib.parse.quote_plus(SAID)),
    "latex.tex": put('by Zo\\"e and Zo\\"{e} and Zo{\\"e}'),
    "accent beside.txt": put("Zo¨e told us"),
    "quoted printable.eml": put(mail("quoted-printable")),
    "base64.eml": put(mail("base64")),
    "attached.eml": put(mail("7bit", attached=archive(("a.txt", BOTH.encode())))),
    "subject.eml": put(headed(NAME)),
    "box.mbox": put(b"From a@b Mon Jan  1 00:00:00 2024\n" + mail("base64") + b"\nFrom a@b Mon\n" + mail("8bit")),
    "card.vcf": put(
        b"BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:" + quopri.encodestring(NAME.encode()) + b"\nEND:VCARD"
    ),
    "page.mhtml": put(mail("quoted-printable").replace(b"text/plain", b"text/html")),
    "base64 in a text.txt": put("key: " + base64.b64encode(BOTH.encode() * 3).decode()),
    "picture address.html": put("<img src='data:text/html;base64," + base64.b64encode(BOTH.encode()).decode() + "'>"),
    "a.gz": put(gzip.compress(BOTH.encode())),
    "a.bz2": put(bz2.compress(BOTH.encode())),
    "a.xz": put(lzma.compress(BOTH.encode())),
    "a.lzma": put(lzma.compress(BOTH.encode(), format=lzma.FORMAT_ALONE)),
    "a.zst": put(zstd(BOTH.encode())),
    "a.lz4": put(lz4(BOTH.encode())),
    "a.tar": put(tar()),
    "a.tar.gz": put(gzip.compress(tar())),
    "a.tar.bz2": put(bz2.compress(tar())),
    "a.tar.xz": put(lzma.compress(tar())),
    "a.tar.zst": put(zstd(tar())),
    "member.tar": put(tar(f"{NAME}.txt", b"nothing")),
    "a.zip": put(archive(("a.txt", BOTH.encode()))),
    "nested.zip": put(archive(("b.tar.gz", gzip.compress(tar(data=archive(("a.txt", BOTH.encode()))))))),
    "no ending": put(archive(("a.txt", BOTH.encode()))),
    "member.zip": put(archive((f"{NAME}.txt", b"nothing"))),
    "body.docx": put(word()),
    "author.docx": put(word("nothing", author=NAME)),
    "comment.docx": put(word("nothing", comment=BOTH)),
    "deleted.docx": put(word("nothing", deleted=BOTH)),
    "cells.xlsx": put(workbook()),
    "rich.xlsx": put(workbook(rich=True)),
    "note.xlsx": put(noted_workbook()),
    "text.odt": put(open_document()),
    "cells.ods": put(open_document("spreadsheet")),
    "book.epub": put(archive(("mimetype", b"application/epub+zip"), ("a.xhtml", f"<p>{BOTH}</p>".encode()))),
    "project.qdpx": put(
        archive(("project.qde", f"<Project><User name='{NAME}'/></Project>".encode()), ("sources/1.txt", BOTH.encode()))
    ),
    "escapes.rtf": put(rtf(BOTH)),
    "no substitutes.rtf": put("{\\rtf1\\uc0 Zo\\u235  hi}"),
    "ebcdic.txt": put(BOTH.encode("cp500")),
    "seven bits.txt": put("it was Zoë, said Bob".encode("utf-7")),
    "emphasis.md": put("Zo**ë** said"),
    "dump.sql": put(f"INSERT INTO a VALUES (X'{BOTH.encode().hex()}');"),
    "mail of old.uu": put(b"begin 644 a.txt\n" + binascii.b2a_uu(b"it was Zo\xc3\xab") + b"`\nend\n"),
    "split.docx": put(archive(("word/document.xml", "<w:t>Zo</w:t></w:r><w:r><w:t>ë</w:t>".encode()))),
    "unicode.rtf": put(rtf_unicode(BOTH)),
    "text.pdf": put(page()),
    "lost table.pdf": put(page(table=False)),
    "note.pdf": put(
        written_pdf(lambda writer: writer.add_annotation(0, FreeText(text=BOTH, rect=(0, 0, 9, 9))) and None)
    ),
    "properties.pdf": put(written_pdf(lambda writer: writer.add_metadata({"/Author": NAME}))),
    "attached.pdf": put(
        written_pdf(lambda writer: writer.add_attachment("a.zip", archive(("a.txt", BOTH.encode()))) and None)
    ),
    "database.sqlite3": database,
    "project.qda": database,
    "blob.db": lambda path: database(path, blob=True),
    "deleted.db": lambda path: database(path, deleted=True),
    "table.parquet": lambda path: pd.DataFrame({"a": [BOTH]}).to_parquet(path),
    "lists.parquet": lambda path: pd.DataFrame({"a": [[{"b": BOTH}]]}).to_parquet(path),
    "bytes.parquet": lambda path: pd.DataFrame({"a": [gzip.compress(BOTH.encode())]}).to_parquet(path),
    "categories.parquet": lambda path: pd.DataFrame({"a": pd.Categorical([BOTH] * 3)}).to_parquet(path),
    "a.feather": lambda path: pyarrow.feather.write_feather(pd.DataFrame({"a": [BOTH]}), str(path)),
    "texts.npy": lambda path: np.save(path, np.array([BOTH])),
    "objects.npy": lambda path: np.save(path, np.array([BOTH, 1], dtype=object), allow_pickle=True),
    "texts.npz": lambda path: np.savez_compressed(path, a=np.array([BOTH])),
    "a.pkl": lambda path: put(pickle.dumps({"a": [BOTH, 1.5]}))(path),
    "old.pkl": lambda path: put(pickle.dumps({"a": [BOTH]}, protocol=0))(path),
    "run.ipynb": notebook,
    "words.json": put(json.dumps({"words": [{"word": word, "speaker": "A"} for word in SAID.split()]})),
    "words.csv": put("start,word,speaker\n" + "".join(f"{at},{word},A\n" for at, word in enumerate(SAID.split()))),
    "words.TextGrid": put("".join(f'xmin = {at}\ntext = "{word}"\n' for at, word in enumerate(SAID.split()))),
    "dos name.zip": put(archive(("Zo_!.txt", b"nothing")).replace(b"Zo_!", b"Zo\x89-")),
    "windows name.zip": put(archive(("Zo_!.txt", b"nothing")).replace(b"Zo_!", b"Zo\xeb-")),
    ".DS_Store": put(b"\x00\x00\x00\x01Bud1" + bytes(60) + "interview Zoë.docx".encode("utf-16-be") + bytes(60)),
    "pretends.txt": put(b"PAR1 " + BOTH.encode()),
    "damaged.zip": put(b"PK\x03\x04 broken " + BOTH.encode()),
    "cut.gz": put(gzip.compress(BOTH.encode() * 500 + bytes(range(256)) * 40)[:-12]),
    "large.txt": put(b"nothing here at all\n" * 300_000 + BOTH.encode()),
}
# Kinds that nobody can look into here, or not wholly: they must be listed.
CLOSED: dict[str, Build] = {
    "encrypted.pdf": put(written_pdf(lambda writer: writer.encrypt("secret"), BOTH)),
    "scan.pdf": put(scanned()),
    "a.7z": put(b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(range(256))),
    "a.rar": put(b"Rar!\x1a\x07\x01\x00" + bytes(range(256))),
    "old.doc": put(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "packed.Z": put(b"\x1f\x9d\x90" + bytes(range(200))),
    "a.h5": put(b"\x89HDF\r\n\x1a\n" + bytes(range(256))),
    "a.png": put(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))),
    "a.jpg": put(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256))),
    "a.heic": put(b"\x00\x00\x00\x18ftypheic" + bytes(range(256))),
    "a.mp3": put(b"ID3\x04\x00\x00\x00" + bytes(range(256))),
    "a.m4a": put(b"\x00\x00\x00\x18ftypM4A " + bytes(range(256))),
    "a.wav": lambda path: silence(path),
    "secret.zip": lambda path: put(locked_zip())(path),
    "broken.zip": put(b"PK\x03\x04 broken"),
    "half.zip": put(archive(("a.txt", bytes(range(256)) * 40))[:-30]),
    "pretends.parquet": put(b"PAR1 hello"),
    "pretends.gz": put(b"\x1f\x8b hello"),
    "pretends.bin": put(b"PK\x03\x04"),
    "unknown.bin": put(bytes(range(256)) * 20),
    "bomb.gz": put(gzip.compress(bytes(300 * 2**20), 9)[: 2**20]),
    "bomb.zip": put(archive(("a.txt", bytes(64 * 2**20)))),
    "bomb.bz2": put(bz2.compress(bytes(100 * 2**20))),
    "bomb.xz": put(lzma.compress(bytes(100 * 2**20))),
    "deep.zip": lambda path: put(deep())(path),
    "message.asc": put("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"),
    "picture.docx": put(archive(("word/media/image1.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))))),
    "pictures.ipynb": put(json.dumps({"png": base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8).decode()})),
}
# Kinds that hold nothing and can be looked through to their end.
CLEAN: dict[str, Build] = {
    "nothing.txt": put("Somebody else says other things here.\n"),
    "empty.txt": put(b""),
    "zeros.bin": put(bytes(1000)),
    "DS_Store": put(b"\x00\x00\x00\x01Bud1" + bytes(60) + "other.docx".encode("utf-16-be") + bytes(60)),
    "clean.docx": put(word("Somebody else says other things.")),
    "clean.xlsx": put(workbook("Somebody else")),
    "clean.pdf": put(page("Somebody else says other things.")),
    "clean.zip": put(archive(("a.txt", b"Somebody else"))),
    "clean.sqlite3": lambda path: clean_database(path),
    "numbers.npy": lambda path: np.save(path, np.arange(1000.0)),
    "numbers.parquet": lambda path: pd.DataFrame({"a": [1.5, 2.5]}).to_parquet(path),
    "a.safetensors": lambda path: put(tensors())(path),
}


def silence(path: Path) -> None:
    with wave.open(str(path), "wb") as made:
        made.setparams((1, 2, 8000, 0, "NONE", ""))
        made.writeframes(bytes(range(256)) * 40)


def locked_zip() -> bytes:
    """A zip whose member is marked as encrypted."""
    data = bytearray(archive(("a.txt", b"x" * 40), level=zipfile.ZIP_STORED))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


def deep(levels: int = 30) -> bytes:
    data = BOTH.encode()
    for _ in range(levels):
        data = archive(("a.zip", data))
    return data


def clean_database(path: Path) -> None:
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE a (b TEXT)")
    base.execute("INSERT INTO a VALUES ('Somebody else')")
    base.commit()
    base.close()


def tensors() -> bytes:
    header = json.dumps({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    return struct.pack("<Q", len(header)) + header + struct.pack("<4f", 1, 2, 3, 4)
