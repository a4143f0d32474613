"""The lines of a text file that contain a participant's words or name."""

from itertools import pairwise
from pathlib import Path

from pipeline.corpus.readers import decoding
from pipeline.corpus.readers.model import RefusedError
from pipeline.withdrawal.containers import plain
from pipeline.withdrawal.search_terms import Needles

# Larger files are not looked through line by line.
MOST_BYTES = 2 * 2**20


def holding(path: Path, needles: Needles) -> tuple[int, ...]:
    """Return the numbers of the lines, from 1, that contain something of theirs; of a sentence, where it begins.

    Empty for files that are not text, are large or cannot be read, and where nothing stands on one line or two.
    """
    try:
        data = path.read_bytes() if path.is_file() and path.stat().st_size <= MOST_BYTES else b""
        return numbers(decoding.decode(data)[0], needles) if data and plain.is_text(data) else ()
    except (OSError, RefusedError):
        return ()


def numbers(text: str, needles: Needles) -> tuple[int, ...]:
    """Return the numbers of the lines of a text that contain something of theirs; see `holding`."""
    lines = text.split("\n")
    alone = {number for number, line in enumerate(lines, start=1) if needles.hits(line)}
    over_two = {
        number
        for number, (line, after) in enumerate(pairwise(lines), start=1)
        if not alone & {number, number + 1} and needles.hits(f"{line} {after.strip()}")
    }
    return tuple(sorted(alone | over_two))
