"""Finds the text of a source or note of a REFI-QDA project: in the XML, as plain text, as rich text, or in a PDF."""

import zipfile
from dataclasses import dataclass, field
from typing import Any
from urllib import parse

from pipeline.corpus.readers import decoding, docx, guards, odt, pdf, rtf
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript
from pipeline.corpus.readers.offsets import Ruler

MAX_SOURCE_BYTES = 8 * 2**20
# Two and a half million words, about 250 long interviews.
MAX_SOURCES_BYTES = 16 * 2**20
RICH = {".docx": docx.read_docx, ".odt": odt.read_odt, ".rtf": rtf.read_rtf}
_OUTSIDE = ("relative:", "absolute:", "file:", "http:", "https:")
_INSIDE = "internal://"
_OF_MACOS = "__MACOSX/"


@dataclass(frozen=True)
class Text:
    """A text as stored, and where it is from: plain, rich or PDF. `why`: why there is none, or what was left beside."""

    ruler: Ruler | None
    of: str = "plain"
    why: str = ""


@dataclass
class Archive:
    """A project's archive, and how many bytes of text may still be read from it."""

    opened: zipfile.ZipFile
    room: int = MAX_SOURCES_BYTES
    members: dict[str, str] = field(default_factory=dict)
    project: str = ""

    def __post_init__(self) -> None:
        """List the members by their places beside the project's XML, in lower case, and find that (`project`).

        Older programs on Windows part folders by backslashes; who packs an unpacked project anew packs its folder too.
        """
        names = {name.replace("\\", "/"): name for name in self.opened.namelist() if not name.startswith(_OF_MACOS)}
        books = [name for name in names if name.lower().endswith(".qde")]
        if books:
            top = min(books, key=lambda name: (name.count("/"), name))
            self.project = names[top]
            base = top[: top.rfind("/") + 1]
            names = {name.removeprefix(base): member for name, member in names.items()}
        self.members = {name.lower(): member for name, member in names.items()}

    def text(self, element: Any) -> Text:
        """Return the text of an element. Raises RefusedError if it is hostile or too large."""
        data = self.plain(element)
        if data is not None:
            self._spend(len(data))
            return Text(_ruler(data))
        for attribute, of in (("richTextPath", "rich"), ("path", "PDF")):
            found = self._rich(str(element.get(attribute) or ""), of)
            if found is not None:
                return found
        stated = element.get("plainTextPath")
        return Text(None, why="its text is missing from the file" if stated else "it has no text")

    def plain(self, element: Any) -> bytes | None:
        """Return an element's plain text, from the XML or the archive; None if it has none."""
        inline = element.findtext("PlainTextContent")
        if inline is not None:
            return str(inline).encode()
        member = self._member(str(element.get("plainTextPath") or ""))
        return None if member is None else self._content(member)

    def _rich(self, path: str, of: str) -> Text | None:
        ending = path[path.rfind(".") :].lower() if "." in path else ""
        reader = RICH.get(ending) if of == "rich" else {".pdf": pdf.read_pdf}.get(ending)
        if is_outside(path):
            return Text(None, of, "it lies outside the project file")
        member = self._member(path) if reader else None
        if reader is None or member is None:
            return None if not (reader or of == "rich") or not path else Text(None, of, "its file cannot be read")
        try:
            found: Transcript = reader(self._content(member), Labels(()))
        except RefusedError as error:
            return Text(None, of, f"no text in it ({str(error).rstrip('.').splitlines()[0]})")
        self._spend(len(found.text.encode()))
        return Text(Ruler(found.text, marked=False), of) if found.text.strip() else Text(None, of, "no text in it")

    def _member(self, path: str) -> str | None:
        """Return the name of the member that a path means; None if there is none."""
        if not path or is_outside(path):
            return None
        inside = path.removeprefix(_INSIDE).replace("\\", "/").lstrip("/")
        if ".." in inside.split("/"):
            raise RefusedError(
                f"The project refers to a text outside itself ('{inside[:60]}'). Export it with its sources included."
            )
        # Programs write `sources` or `Sources`, and some omit `internal://`.
        named = (f"sources/{inside}", inside, f"sources/{parse.unquote(inside)}")
        return next((self.members[name.lower()] for name in named if name.lower() in self.members), None)

    def _content(self, member: str) -> bytes:
        if self.opened.getinfo(member).file_size > MAX_SOURCE_BYTES:
            raise RefusedError(
                f"Text '{member[-80:]}' is larger than {MAX_SOURCE_BYTES // 2**20} MiB, the limit for a transcript. "
                "Split it."
            )
        return guards.member(self.opened, member)

    def _spend(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise RefusedError(
                f"The texts of the project are larger than {MAX_SOURCES_BYTES // 2**20} MiB together. "
                "Split the project."
            )


def is_outside(path: str) -> bool:
    """Return whether a path leads to a file that is not part of the project."""
    return path.lower().startswith(_OUTSIDE)


def stem(element: Any) -> str:
    """Return the name of an element's plain text in the archive, or ''."""
    return str(element.get("plainTextPath") or "").removeprefix(_INSIDE).lstrip("/")


def _ruler(data: bytes) -> Ruler:
    """Return a text with its line breaks unchanged, since positions may count them."""
    decoding.decode(data, any_type=True)  # raises RefusedError if it is not text
    raw, _ = decoding.as_written(data)
    return Ruler(raw, marked=any(data.startswith(mark) for mark, _ in decoding.BOMS))
