"""Brings the texts of another program's project into transcripts/, under safe names, once."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.commands.import_plan import Plan
from pipeline.core import prose
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.corpus import document_names
from pipeline.corpus.readers.qdpx import Source
from pipeline.corpus.sources import source_files
from pipeline.corpus.taken import Tally

# Characters not allowed in file names on some systems, and device names reserved on Windows.
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_LONGEST = 120


def add(plan: Plan, sources: Sequence[Source], tally: Tally) -> dict[str, str]:
    """Plan to add missing texts if the study has no transcripts; return the document of each source that has one."""
    transcripts = Places(plan.folder).transcripts
    present = [document_names.normal(file.relative_to(transcripts).as_posix()) for file in source_files(transcripts)]
    known = document_names.Documents(present)
    names = {source.name: known.find(source.name) or _as_written(source, transcripts, sources) for source in sources}
    written_before = _written_before(transcripts, names, sources)
    missing = [source for source in sources if not names[source.name] and source.text.strip()]
    if missing and set(present) - written_before and not plan.wanted.transcripts:
        listed = ", ".join(source.name for source in missing[:5]) + (", …" if len(missing) > 5 else "")
        plan.lines.append(
            f"Texts of this file that are not in {transcripts} ({len(missing)}): {listed}. To add them, use "
            "--transcripts."
        )
        names_missing = [source.name for source in missing]
        tally.give_back("texts", len(missing), why="not in transcripts/; use --transcripts", names=names_missing)
        missing = []
    used = {name.casefold() for name in present}
    for source in missing:
        names[source.name] = free(safe(source.name), used)
        file = transcripts / names[source.name]
        if not file.resolve().is_relative_to(transcripts.resolve()):
            raise CounterpointError(f"{file.parent} is a link to another location. Replace it by a folder.")
        plan.files[file] = source.text.encode()
    if missing:
        plan.lines.append(f"Wrote {prose.count(len(missing), 'text')} to {transcripts}.")
    # Keep a name that already identifies the document, so that a repeated import gives the same result.
    documents_after = document_names.Documents([*present, *filter(None, names.values())])
    return {
        name: name if documents_after.find(name) == document else document
        for name, document in names.items()
        if document
    }


def _as_written(source: Source, transcripts: Path, sources: Sequence[Source]) -> str:
    """Return the document that an import wrote of a source whose name is not allowed as a file's, or ''."""
    name, data = safe(source.name), source.text.encode()
    found = (one for one in (name, *_numbered(name, len(sources))) if holds(transcripts / one, data))
    return next(found, "")


def _written_before(transcripts: Path, names: dict[str, str], sources: Sequence[Source]) -> set[str]:
    """The documents that an interrupted import of this file has already written: identical to its texts, byte for byte.

    Corrects `names` if several sources match one document: all but the one with its text get their own numbered
    document, or none.
    """
    texts = {source.name: source.text.encode() for source in sources}
    same_text = {
        name: document for name, document in names.items() if document and holds(transcripts / document, texts[name])
    }
    for name, document in names.items():
        if document in same_text.values() and name not in same_text:
            names[name] = next(
                (
                    candidate
                    for candidate in _numbered(safe(name), len(names))
                    if holds(transcripts / candidate, texts[name])
                ),
                "",
            )
            same_text |= {name: names[name]} if names[name] else {}
    return set(same_text.values())


def holds(file: Path, data: bytes) -> bool:
    """Return whether a file has this content."""
    return file.is_file() and file.stat().st_size == len(data) and file.read_bytes() == data


def safe(name: str) -> str:
    """A source's name as a safe path of a text file below transcripts/: no hidden files, no way out of the folder."""
    components = [_FORBIDDEN.sub("_", component).strip(" .~") for component in document_names.normal(name).split("/")]
    path = (
        "/".join(
            _short(f"_{component}" if _RESERVED.match(component) else component)
            for component in components
            if component
        )
        or "source"
    )
    return path if path.lower().endswith(".txt") else f"{path}.txt"


def _short(component: str) -> str:
    """A name cut to at most 120 bytes without splitting a character."""
    return unicodedata.normalize("NFC", component).encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")


def free(name: str, used: set[str]) -> str:
    """Return a name that is not used, with a number if need be, and add it to the used ones."""
    found = next(candidate for candidate in (name, *_numbered(name, len(used) + 1)) if candidate.casefold() not in used)
    used.add(found.casefold())
    return found


def _numbered(name: str, count: int) -> Iterator[str]:
    """`count` alternative names for a text file."""
    return (f"{name[:-4]} ({number}).txt" for number in range(2, count + 2))
