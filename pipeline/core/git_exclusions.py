"""Keeps participants' words out of Git: each study folder's .gitignore excludes everything but a few listed files."""

from pathlib import Path

from pipeline.core import atomic_files

NAME = ".gitignore"
# Tracked by Git: the codebook, and the researchers' ids and notes.
SHARED = (NAME, ".gitattributes", "codebook.yaml", "decisions.yaml", "passages_read.yaml")
FIRST = "# Counterpoint: of this folder, Git takes up the files named here. All else may hold what people said."
LAST = "# End of Counterpoint's lines. Add your own below; for example, !/README.md makes Git track that file."
BLOCK = "\n".join([FIRST, "/*", *(f"!/{name}" for name in SHARED), LAST]) + "\n"


def stands(folder: Path) -> bool:
    """Return whether a study folder's .gitignore contains the rule."""
    place = folder / NAME
    return place.is_file() and FIRST.encode() in place.read_bytes().splitlines()


def ensure(folder: Path) -> list[Path]:
    """Add the rule to a study folder's .gitignore if missing; return the files written."""
    if stands(folder):
        return []
    place = folder / NAME
    existing = place.read_bytes() if place.exists() else b""
    gap = b"" if not existing or existing.endswith(b"\n") else b"\n"
    atomic_files.write(place, existing + gap + BLOCK.encode())
    return [place]
