"""What of a study stays out of Git: all of its folder but the few files that hold no participant's words.

Every study's folder carries the rule itself, in its own .gitignore, so that it holds wherever the folder lies.
"""

from pathlib import Path

from pipeline.core import atomic_files

NAME = ".gitignore"
# What belongs in Git: the framework, and ids and words of the researchers.
SHARED = (NAME, ".gitattributes", "codebook.yaml", "decisions.yaml", "reading.yaml")
FIRST = "# Counterpoint: of this folder, Git takes up the files named here. All else may hold what people said."
LAST = "# End of Counterpoint's lines. Add your own below; for example, !/README.md makes Git track that file."
BLOCK = "\n".join([FIRST, "/*", *(f"!/{name}" for name in SHARED), LAST]) + "\n"


def stands(folder: Path) -> bool:
    """Whether a study's folder carries the rule."""
    place = folder / NAME
    return place.is_file() and FIRST.encode() in place.read_bytes().splitlines()


def ensure(folder: Path) -> list[Path]:
    """Give a study's folder the rule if it lacks it; return what was written. One that is there is added to."""
    if stands(folder):
        return []
    place = folder / NAME
    there = place.read_bytes() if place.exists() else b""
    gap = b"" if not there or there.endswith(b"\n") else b"\n"
    atomic_files.write(place, there + gap + BLOCK.encode())
    return [place]
