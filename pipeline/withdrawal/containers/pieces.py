"""Results of reading a file for a search: texts, inner files, and parts that could not be searched."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

# Maximum bytes read into memory at once, and maximum unpacked size of an inner file.
INNER = 256 * 2**20
# Maximum total unpacked size of one file of the project, in bytes, and number of parts.
UNPACKED, MEMBERS = 4 * 2**30, 200_000
# Compression ratio above which a file counts as a decompression bomb, and the size from which it is checked.
RATIO, LITTLE = 200, 8 * 2**20
MIB = 2**20
BOMB = "it unpacks to many times its size, as a decompression bomb does"


@dataclass(frozen=True)
class Text:
    """A text to search. `part`: where in the file it is, or ''; `again`: another reading of the same text."""

    part: str
    text: str
    again: bool = False


@dataclass(frozen=True)
class Inner:
    """A file inside a file, to be read in turn. `name`: its name there."""

    part: str
    data: bytes = field(repr=False)
    name: str = ""


@dataclass(frozen=True)
class Closed:
    """A part that could not be searched. `why`: the reason, as the end of a sentence."""

    part: str
    why: str


Piece = Text | Inner | Closed
Pieces = Iterator[Piece]


class TooMuchError(Exception):
    """A file unpacks to more than the limits; the message says so."""


@dataclass
class Budget:
    """Total unpacked so far from a file of `packed` bytes, over all levels of nesting."""

    packed: int
    size: int = 0
    members: int = 0

    def take(self, size: int) -> None:
        """Count a part of `size` bytes; raise TooMuchError if a limit is exceeded."""
        self.size += size
        self.members += 1
        if swollen(self.size, self.packed):
            raise TooMuchError(BOMB)
        if self.size > UNPACKED or self.members > MEMBERS:
            raise TooMuchError(f"it unpacks to more than {UNPACKED // 2**30} GiB or {MEMBERS:,} parts")


@dataclass(frozen=True)
class Source:
    """A file to read: a seekable stream, its size in bytes and name; `part`: its place in the project's file."""

    stream: BinaryIO
    size: int
    name: str
    part: str
    budget: Budget

    def head(self, size: int = 4096, offset: int = 0) -> bytes:
        """Return `size` bytes from offset `offset`."""
        self.stream.seek(offset)
        return self.stream.read(size)

    def read(self) -> bytes:
        """Return the whole content; raise TooMuchError if it is larger than INNER."""
        if self.size > INNER:
            raise TooMuchError(f"it is larger than {INNER // MIB} MiB")
        return self.head(self.size)

    def within(self, name: str) -> str:
        """Return the place of a file with this name inside this one."""
        return f"{self.part}/{name}".strip("/")


def swollen(unpacked: int, packed: int) -> bool:
    """Return whether sizes in bytes are those of a decompression bomb."""
    return unpacked > LITTLE and unpacked > RATIO * max(packed, 1)
