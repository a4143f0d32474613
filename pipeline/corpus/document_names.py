"""Resolves document names as people write them: `P1.txt`, `P1` or `site_a/P1`."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

Part = TypeVar("Part")

# Extensions a document may have had in the program in which it was coded, or as a recording.
ENDINGS = frozenset((".doc", ".docx", ".htm", ".html", ".md", ".odt", ".pdf", ".rtf", ".srt", ".txt", ".vtt"))
ENDINGS |= {".m4a", ".mov", ".mp3", ".mp4", ".wav"}
# What programs put before a document's name: a number (ATLAS.ti), folders (NVivo) and groups (MAXQDA).
_NUMBERED = re.compile(r"^(?:[DP] ?)?\d+: +")
_FOLDERS = re.compile(
    r"^(?:internals|externals|files|dateien|fichiers|archivos|arquivos|interne)/+|^.* > ", re.IGNORECASE
)
# Extensions of files that may contain several documents, named `interviews.csv/A`.
HOLDING = frozenset((".csv", ".xlsx"))
_RESERVED = frozenset(["CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))])


class Documents:
    """A study's documents, found by id or by any unambiguous shorter name."""

    def __init__(self, documents: Iterable[str]) -> None:
        """Take the document ids: paths below transcripts/, with forward slashes."""
        self._ids = set(documents)
        self._short: dict[str, set[str]] = defaultdict(set)
        self._within: dict[str, set[str]] = defaultdict(set)
        for document in sorted(self._ids):
            path = PurePosixPath(document)
            if _holds(str(path.parent)):
                for name in (str(path.parent), str(path.parent.with_suffix("")), path.parent.name, path.parent.stem):
                    self._within[name.casefold()].add(document)
            for name in (document, str(path.with_suffix("")), path.name, path.stem):
                self._short[name.casefold()].add(document)

    def find(self, name: str) -> str:
        """Return the id that a name refers to; '' if there is none or it is ambiguous.

        The extension does not count: what was coded as `P1.docx` may be transcribed here as `P1.txt`.
        """
        name = normal(name)
        if name in self._ids:
            return name
        fitting = self._fitting(name)
        # Of several documents in a file, the last one left is the file's only one.
        file = name.rpartition("/")[0]
        fitting = fitting or ({file} if file in self._ids and _holds(file) else set())
        return next(iter(fitting)) if len(fitting) == 1 else ""

    def every(self, name: str) -> list[str]:
        """Return the ids that a name refers to: one, or all documents of a file that contains several, or none."""
        found = self.find(name)
        return [found] if found else sorted(self._within.get(normal(name).casefold(), set()))

    def reason(self, name: str) -> str:
        """Return why a name refers to no document, as a sentence."""
        if not normal(name):
            return "No document is named."
        name = normal(name)
        fitting = sorted(self._fitting(name))
        within = sorted(self._within.get(name.casefold(), set()))
        if within and not fitting:
            return f"'{name}' contains several documents. Name one of them, such as {within[0]}."
        if fitting:
            return f"'{name}' matches several documents: {', '.join(fitting)}. Give the full path below transcripts/."
        return f"No readable document '{name}' in transcripts/. Correct the name, or add the file."

    def _fitting(self, name: str) -> set[str]:
        """Return the documents that a name may mean: as it stands, without extension, or as programs export it."""
        for one in (name, *_exported(name)):
            fitting = self._short.get(one.casefold(), set()) or self._short.get(_bare(one).casefold(), set())
            if fitting:
                return fitting
        return set()


def _exported(name: str) -> list[str]:
    r"""Return a name without what programs put before it: `D1: P1`, `<Internals\P1>`, `Group > P1`."""
    bare = _NUMBERED.sub("", name.strip("<>"))
    return [bare, _FOLDERS.sub("", bare)]


def parts(document: str, names: Mapping[str, Part]) -> dict[str, Part]:
    """Return the documents within a file by their ids, which are the file's, a slash and their name."""
    return {f"{document}/{name}": part for name, part in names.items()}


def _holds(document: str) -> bool:
    return PurePosixPath(document).suffix.lower() in HOLDING


def _bare(name: str) -> str:
    """Return a name without the extension of a text or recording; '' if it has none."""
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in ENDINGS and path.stem else ""


def normal(name: str) -> str:
    """Return a name in the form used for comparison: NFC, forward slashes, no surrounding space."""
    return unicodedata.normalize("NFC", name).strip().replace("\\", "/")


def shown(name: str) -> str:
    r"""Return a printable name: invalid UTF-8 and invisible characters are escaped, as in \xe9 and \n."""
    text = name.encode("utf-8", "surrogateescape" if _escaped(name) else "backslashreplace")
    return "".join(_visible(letter) for letter in text.decode("utf-8", "backslashreplace"))


def unfit(name: str) -> str:
    """Return why a file name cannot be used in tables and other programs, as a sentence; '' if it can."""
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        return "The file name is not valid UTF-8, and `dvc repro` fails on it."
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in name):
        return "The file name contains a line break or another control character."
    return ""


def foreign(name: str) -> str:
    """Return why a path cannot be copied to Windows, as a sentence; '' if it can."""
    for part in name.split("/"):
        stem = part.partition(".")[0].strip().upper()
        if stem in _RESERVED:
            return (
                f"'{stem}' is a device name reserved by Windows, so this file cannot be copied to a Windows computer."
            )
        if set(part) & set('<>:"|?*\\') or part != part.rstrip(". "):
            return f"Windows does not allow the name '{part}', so this file cannot be copied to a Windows computer."
    return ""


def _escaped(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" and not "\udc80" <= letter <= "\udcff" for letter in name)


def _visible(letter: str) -> str:
    seen = unicodedata.category(letter) not in ("Cc", "Zl", "Zp", "Cs")
    return letter if seen else letter.encode("unicode_escape").decode("ascii")
