"""Where a person's words or name can still be found: every file below a folder, unpacked, caches included."""

import html
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

# Somebody is quoted where so many of their words stand in a row. Shorter sentences ("Yes, I think so.") are anybody's.
RUN, MIN_WORDS = 6, 5
# Git's own store is named apart; the others hold programs, not the study.
SKIPPED = frozenset([".git", ".venv", "node_modules", "__pycache__"])
MAX_DEPTH = 3

_WORD = re.compile(r"\w+")
_TAG = re.compile(r"<[^<>]*>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|\n+")


@dataclass(frozen=True, order=True)
class Trace:
    """A file in which something was found. `part`: the member of an archive, or ''; `kind`: sentence or name."""

    path: str
    part: str
    kind: str
    found: str


@dataclass(frozen=True)
class Needles:
    """What is looked for: runs of words that are theirs alone, in any case and however marked up; names, as written."""

    runs: frozenset[str]
    names: tuple[str, ...]


def needles(theirs: Iterable[str], others: Iterable[str], names: Iterable[str]) -> Needles:
    """The runs of words in somebody's turns that nobody else says too, and their names."""
    own = {run for text in theirs for sentence in _SENTENCE_END.split(text) for run in _runs(_words(sentence))}
    shared = {run for text in others for size in (MIN_WORDS, RUN) for run in _windows(_words(text), size)}
    return Needles(frozenset(own - shared), tuple(sorted({name.strip() for name in names} - {""})))


def _runs(words: list[str]) -> Iterator[str]:
    if len(words) >= MIN_WORDS:
        yield from _windows(words, min(RUN, len(words)))


def _windows(words: list[str], size: int) -> Iterator[str]:
    yield from (" ".join(words[at : at + size]) for at in range(len(words) - size + 1))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def search(folder: Path, wanted: Needles) -> list[Trace]:
    """Every file below a folder that holds any of it, one row for each file, part and kind, in a stable order."""
    pattern = _names(wanted)
    found = set()
    for path in _files(folder):
        place = path.relative_to(folder).as_posix()
        if pattern and (named := pattern.search(place.replace("_", " "))):
            found.add(Trace(place, "", "name", f"{named.group()} (the file's own name)"))
        for part, text in _texts(path.read_bytes(), "", 0):
            if hit := quoted(text, wanted):
                found.add(Trace(place, part, "sentence", hit))
            # A name in a program is an example's: the code of this project has an Anna of its own.
            if pattern and path.suffix != ".py" and (named := pattern.search(text)):
                found.add(Trace(place, part, "name", named.group()))
    return sorted(found)


def quoted(text: str, wanted: Needles) -> str:
    """The first run of somebody's words that a text holds, or ''."""
    words = _words(text)
    for size in (MIN_WORDS, RUN) if wanted.runs else ():
        for run in _windows(words, size):
            if run in wanted.runs:
                return run
    return ""


def holds(data: bytes, wanted: Needles) -> bool:
    """Whether a file, given its bytes, holds any of their words or names."""
    pattern = _names(wanted)
    return any(bool(quoted(text, wanted)) or bool(pattern and pattern.search(text)) for _, text in _texts(data, "", 0))


def _names(wanted: Needles) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, wanted.names))})(?!\w)") if wanted.names else None


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        yield from (Path(root) / name for name in sorted(names) if not (Path(root) / name).is_symlink())


def _texts(data: bytes, part: str, depth: int) -> Iterator[tuple[str, str]]:
    """The texts in a file: as it is, or of each member where it is an archive or a table."""
    if data.startswith(b"PAR1"):
        yield part, _table(data)
    elif data.startswith(b"PK\x03\x04") and depth < MAX_DEPTH and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield f"{part}/{member.filename}".strip("/"), member.filename
                if not member.flag_bits & 1:  # an encrypted member cannot be read, and says nothing
                    yield from _texts(archive.read(member), f"{part}/{member.filename}".strip("/"), depth + 1)
    elif data.startswith(b"\x1f\x8b") and depth < MAX_DEPTH:
        yield from _texts(zlib.decompressobj(wbits=31).decompress(data), part, depth + 1)
    else:
        yield part, _plain(data)


def _table(data: bytes) -> str:
    """All text in a parquet file, whichever table or cache it is."""
    held = pq.ParquetFile(io.BytesIO(data)).read()
    columns = [field.name for field in held.schema if _is_text(field.type)]
    return "\n".join(str(value) for name in columns for value in held.column(name).to_pylist())


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_list(kind) or pa.types.is_large_list(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_dictionary(inner))


def _plain(data: bytes) -> str:
    sixteen = data[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\0" in data[:200] and data[:200].count(b"\0") > 50)
    text = data.decode("utf-16" if sixteen else "utf-8", errors="replace")
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    # Marked-up text is looked through twice: with its tags and without, for a word may be cut by one.
    return text if "<" not in text else f"{html.unescape(text)}\n{html.unescape(_TAG.sub('', text))}"
