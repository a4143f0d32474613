"""Reads REFI-QDA projects (.qdpx) of NVivo, ATLAS.ti, MAXQDA, QualCoder and others: texts, and who coded what."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.core import coders
from pipeline.corpus import refi
from pipeline.corpus.readers import decoding, guards, offsets, qde
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.readers.offsets import Passage, Ruler

MAX_SOURCE_BYTES = 8 * 2**20
# Two and a half million words, about 250 long interviews.
MAX_SOURCES_BYTES = 16 * 2**20
TEXTS = ("TextSource", "PDFSource", "AudioSource", "VideoSource", "PictureSource")
SELECTIONS = (
    "PlainTextSelection",
    "TranscriptSelection",
    "PDFSelection",
    "AudioSelection",
    "VideoSelection",
    "PictureSelection",
)


@dataclass(frozen=True)
class Source:
    """A text of a project, with LF line breaks and no byte order mark; `description` and `values` as in the file."""

    guid: str
    name: str
    text: str
    description: str
    values: dict[str, str]


@dataclass(frozen=True)
class Contents:
    """A project with its texts and all codings, including this program's. `counted`: how it counts positions."""

    project: qde.Project
    sources: list[Source]
    codings: list[Coding]
    counted: str


@dataclass(frozen=True)
class _Held:
    """A source element with its name, its text (None if it has none), and its selections."""

    guid: str
    name: str
    element: Any
    ruler: Ruler | None
    selections: list[tuple[Any, Passage | None]]


@dataclass(frozen=True)
class _Told:
    """Names of codes and texts of notes by guid, and the file's name."""

    project: qde.Project
    names: dict[str, str]
    notes: dict[str, str]
    stem: str


def read_qdpx(data: bytes, stem: str) -> list[Coding]:
    """Return the codings in a project. `stem`: the coder's name if none is given.

    This program's codings have its own name as coder, whatever the file calls its user. Raises RefusedError.
    """
    return read_project(data, stem).codings


def read_project(data: bytes, stem: str, *, units: Sequence[str] = offsets.UNITS) -> Contents:
    """Read a whole project. Raises RefusedError if it is damaged or hostile, or if its positions match no text."""
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    archive = guards.opened_archive(data)
    inner = sorted(name for name in archive.namelist() if name.lower().endswith(".qde") and "/" not in name)
    if not inner:
        raise RefusedError("Not a REFI-QDA project: it contains no .qde file. Export it again.")
    project = qde.parse_project(guards.member(archive, inner[0]))
    elements = list(_texts(project, archive))
    placed = [(element, element.ruler) for element in elements if element.ruler is not None]
    passages = [
        (ruler, [passage for _, passage in element.selections if passage is not None]) for element, ruler in placed
    ]
    if any(of_text for _, of_text in passages):
        way, spans = offsets.fitting(passages, _ways(project, passages, units))
        spans_of = {id(element): iter(of_text) for (element, _), of_text in zip(placed, spans, strict=True)}
        counted = str(way)
    else:
        spans_of, counted = {}, ""
    known = _Told(project, qde.code_names(project), _notes(project, archive), stem)
    codings = _codings(known, elements, spans_of)
    sources = [
        Source(
            element.guid,
            element.name,
            element.ruler.text,
            qde.text(element.element, "Description"),
            qde.values(element.element),
        )
        for element in elements
        if element.ruler is not None
    ]
    return Contents(project, sources, codings, counted)


def _ways(project: qde.Project, texts: Sequence[tuple[Ruler, Any]], units: Sequence[str]) -> list[offsets.Convention]:
    """Return the conventions to try: all for the given units, or the one that our own exports state."""
    said = refi.counted(qde.text(project.root, "Description"))
    if said and project.origin.startswith(refi.ORIGIN):
        return [offsets.Convention(said, pairs_as_two=False, mark_counts=False, end_included=False)]
    return offsets.conventions(marked=any(ruler.marked for ruler, _ in texts), units=units)


def _texts(project: qde.Project, archive: zipfile.ZipFile) -> Iterator[_Held]:
    """Yield the sources; a PDF's text is in its representation, a recording's in its transcripts."""
    members = {name.lower(): name for name in archive.namelist()}
    room = MAX_SOURCES_BYTES
    names: set[str] = set()
    for source in project.root.iterfind("Sources/*"):
        if source.tag not in TEXTS:
            continue
        inner = [child for child in source if child.tag in ("Representation", "Transcript", "TextDescription")]
        for element in [source, *inner] if source.tag != "TextSource" else [source]:
            data = _bytes(element, archive, members)
            room -= len(data or b"")
            if room < 0:
                raise RefusedError(
                    f"The texts of the project are larger than {MAX_SOURCES_BYTES // 2**20} MiB together. "
                    "Split the project."
                )
            stated = refi.file_of(qde.text(element, "Description"))
            name = stated or source.get("name") or _path(element) or source.get("guid") or ""
            syncs = {qde.key(point.get("guid")): point.get("position") for point in element.iterfind("SyncPoint")}
            selections = [
                (selection, _passage(selection, syncs)) for selection in element if selection.tag in SELECTIONS
            ]
            ruler = None if data is None else _ruler(data)
            name = name.strip() if ruler is None else _unique(name.strip(), names)
            yield _Held(qde.key(element.get("guid")), name, element, ruler, selections)


def _unique(name: str, taken: set[str]) -> str:
    """Return a source's name, numbered if it is taken, so that the codings of both stay apart."""
    choices = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 3)))
    found = next(one for one in choices if one.casefold() not in taken)
    taken.add(found.casefold())
    return found


def _bytes(element: Any, archive: zipfile.ZipFile, members: dict[str, str]) -> bytes | None:
    """Return an element's plain text, from the XML or the archive; None if it has none."""
    inline = element.findtext("PlainTextContent")
    if inline is not None:
        return str(inline).encode()
    path = _path(element)
    if not path:
        return None
    # Programs write `sources` or `Sources`, and some omit `internal://`.
    member = members.get(f"sources/{path}".lower()) or members.get(path.lower())
    if member is None:
        return None
    if archive.getinfo(member).file_size > MAX_SOURCE_BYTES:
        raise RefusedError(
            f"Text '{path[:80]}' is larger than {MAX_SOURCE_BYTES // 2**20} MiB, the limit for a transcript. Split it."
        )
    return guards.member(archive, member)


def _path(element: Any) -> str:
    path = str(element.get("plainTextPath") or "").removeprefix("internal://").lstrip("/")
    if ".." in path.replace("\\", "/").split("/"):
        raise RefusedError(
            f"The project refers to a text outside itself ('{path[:60]}'). Export it with its sources included."
        )
    return path


def _ruler(data: bytes) -> Ruler:
    """Return a text with its line breaks unchanged, since positions may count them."""
    decoding.decode(data, any_type=True)  # raises RefusedError if it is not text
    raw, _ = decoding.as_written(data)
    return Ruler(raw, marked=any(data.startswith(mark) for mark, _ in decoding.BOMS))


def _passage(selection: Any, syncs: dict[str, str | None]) -> Passage | None:
    """Return a selection's positions; None for a selection of an image or recording."""
    if selection.tag == "TranscriptSelection":
        start, end = (syncs.get(qde.key(selection.get(name))) for name in ("fromSyncPoint", "toSyncPoint"))
    else:
        start, end = selection.get("startPosition"), selection.get("endPosition")
    numbers = [int(value) for value in (start, end) if value and value.strip().isdecimal() and len(value.strip()) < 10]
    return Passage(numbers[0], numbers[1], selection.get("name") or "") if len(numbers) == 2 else None


def _codings(known: _Told, elements: list[_Held], spans_of: dict[int, Any]) -> list[Coding]:
    """Return all codings, text by text. `spans_of`: the spans of each text's passages, in order."""
    codings: list[Coding] = []
    for element in elements:
        whole = (0, len(element.ruler.text)) if element.ruler and element.ruler.text else None
        places: list[tuple[Any, tuple[int, int] | None]] = [(element.element, whole)]
        for selection, passage in element.selections:
            places.append((selection, next(spans_of[id(element)]) if passage and id(element) in spans_of else None))
        for place, span in places:
            for coding in place.iterfind("Coding"):
                codings.append(_coding(known, element, (place, coding), span=span, coder=_coder(known, place, coding)))
    return codings


def _coder(known: _Told, place: Any, coding: Any) -> str:
    """Return a coding's coder: the user by id, otherwise derived from the description or the file's name."""
    ours = refi.program_users(known.project.name)
    owner = qde.key(coding.get("creatingUser") or place.get("creatingUser"))
    if owner in ours or (not owner and refi.is_candidate(qde.text(place, "Description"))):
        return coders.MODEL
    if not owner and known.project.user not in ours:
        owner = known.project.user
    return known.project.users.get(owner) or known.stem


def _coding(known: _Told, element: _Held, pair: tuple[Any, Any], *, span: tuple[int, int] | None, coder: str) -> Coding:
    """Return one coding. `pair`: its selection (or the source, if it covers all of it) and its own element."""
    place, coding = pair
    reference = coding.find("CodeRef")
    code = qde.key(reference.get("targetGUID")) if reference is not None else ""
    above = known.project.path(code)[1:]
    of_source = place is element.element
    references = [ref for owner in pair for ref in owner.iterfind("NoteRef")]
    remarks = ["" if of_source else qde.text(place, "Description")]
    remarks += [known.notes.get(qde.key(ref.get("targetGUID")), "") for ref in references]
    date = coding.get("creationDateTime") or ("" if of_source else place.get("creationDateTime")) or ""
    kind = "" if span else f", a {place.tag} without a position in a text"
    return Coding(
        row=f"selection {place.get('guid') or '?'}{kind}",
        document=element.name,
        start=span[0] if span else None,
        end=span[1] if span else None,
        text=element.ruler.text[span[0] : span[1]] if span and element.ruler else "",
        code=known.names.get(code, ""),
        coder=coder,
        parent_code=known.names[above[0].guid] if above else "",
        memo="\n".join(text for text in dict.fromkeys(remarks) if text),
        date=refi.date_of(date),
        copy=element.ruler.text if element.ruler else "",
    )


def _notes(project: qde.Project, archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the texts of notes that codings and selections refer to, by guid."""
    members = {name.lower(): name for name in archive.namelist()}
    wanted = {qde.key(ref.get("targetGUID")) for ref in project.root.iter("NoteRef")}
    texts = {}
    for note in project.root.iterfind("Notes/Note"):
        if qde.key(note.get("guid")) in wanted:
            data = _bytes(note, archive, members)
            texts[qde.key(note.get("guid"))] = decoding.decode(data, any_type=True)[0] if data else ""
    return texts
