"""What a file is taken apart into when it is searched: texts, files within it, and what could not be looked into."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

# How much of a file is read into memory at once, and how much a file within a file may unpack to.
INNER = 256 * 2**20
# What one file of the project may unpack to in all, and into how many pieces: beyond it is not looked.
UNPACKED, MEMBERS = 4 * 2**30, 200_000
# What unpacks to so many times its size is an archive made to fill a disk; a little may.
RATIO, LITTLE = 200, 8 * 2**20
MIB = 2**20
BOMB = "it unpacks to many times its size, as a decompression bomb does"


@dataclass(frozen=True)
class Text:
    """A text to search. `part`: where in the file it stands, or ''; `again`: the same text read in another way."""

    part: str
    text: str
    again: bool = False


@dataclass(frozen=True)
class Inner:
    """A file within a file, which is taken apart in its turn. `name`: what it is called there."""

    part: str
    data: bytes = field(repr=False)
    name: str = ""


@dataclass(frozen=True)
class Closed:
    """Something that could not be looked into, and why, as the end of a sentence."""

    part: str
    why: str


Piece = Text | Inner | Closed
Pieces = Iterator[Piece]


class TooMuchError(Exception):
    """A file unpacks to more than is looked through; the message says so."""


@dataclass
class Budget:
    """How much a file of the project, of `packed` bytes, may still unpack to, whatever is packed in it however deep."""

    packed: int
    size: int = 0
    members: int = 0

    def take(self, size: int) -> None:
        """Count a piece of so many bytes; raise TooMuchError where that is more than is looked through."""
        self.size += size
        self.members += 1
        if swollen(self.size, self.packed):
            raise TooMuchError(BOMB)
        if self.size > UNPACKED or self.members > MEMBERS:
            raise TooMuchError(f"it unpacks to more than {UNPACKED // 2**30} GiB or {MEMBERS:,} parts")


@dataclass(frozen=True)
class Source:
    """A file to take apart: a seekable stream, its size and name; `part`: where in the file of the project it is."""

    stream: BinaryIO
    size: int
    name: str
    part: str
    budget: Budget

    def head(self, size: int = 4096, at: int = 0) -> bytes:
        """The first bytes, or those from another place on."""
        self.stream.seek(at)
        return self.stream.read(size)

    def read(self) -> bytes:
        """The whole of it; raise TooMuchError for more than is held in memory."""
        if self.size > INNER:
            raise TooMuchError(f"it is larger than {INNER // MIB} MiB")
        return self.head(self.size)

    def within(self, name: str) -> str:
        """Where a file of that name within this one is."""
        return f"{self.part}/{name}".strip("/")


def swollen(unpacked: int, packed: int) -> bool:
    """Whether something unpacks to more than any honest file does."""
    return unpacked > LITTLE and unpacked > RATIO * max(packed, 1)
