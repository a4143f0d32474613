"""Reads REFI-QDA projects (.qdpx) of NVivo, ATLAS.ti, MAXQDA, QualCoder and others: texts, and who coded what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.core import coders, prose
from pipeline.corpus import refi
from pipeline.corpus.readers import guards, offsets, qde, qdpx_notes, qdpx_tally, qdpx_texts, qdpx_times
from pipeline.corpus.readers.coding import Coding, Codings
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.readers.offsets import Passage, Ruler
from pipeline.corpus.readers.qdpx_notes import Notes
from pipeline.corpus.readers.qdpx_texts import Archive, Text
from pipeline.corpus.taken import Tally

TEXTS = ("TextSource", "PDFSource", "AudioSource", "VideoSource", "PictureSource")
INNER = ("Representation", "Transcript", "TextDescription")
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
    """A text of a project, with LF line breaks and no byte order mark; `description` and `values` as in the file.

    `guids`: its own, and that of the recording, picture or PDF it belongs to. `times`: positions in it and seconds.
    """

    guid: str
    name: str
    text: str
    description: str
    values: dict[str, str]
    guids: tuple[str, ...] = ()
    times: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Place:
    """A source, or a passage of it, that belongs to a case."""

    source: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True)
class Contents:
    """A project with its texts and all codings, including this program's. `counted`: how it counts positions.

    `places`: what belongs to each case, in their order; `memos`: what is written beside the codings; `tally`: what was
    taken of texts and codings, and what was left.
    """

    project: qde.Project
    sources: list[Source]
    codings: list[Coding]
    counted: str
    places: list[list[Place]] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    tally: Tally = field(default_factory=lambda: Tally(""))


@dataclass(frozen=True)
class Held:
    """A source element with its name, its text (None if it has none), and its selections.

    `outer`: the recording, picture or PDF that a transcript or representation belongs to, otherwise the same element.
    """

    guid: str
    name: str
    element: Any
    outer: Any
    found: Text
    selections: list[tuple[Any, Passage | None]]

    @property
    def ruler(self) -> Ruler | None:
        """The text, if there is one."""
        return self.found.ruler


@dataclass(frozen=True)
class _Told:
    """Names of codes by guid, the notes, and the file's name."""

    project: qde.Project
    names: dict[str, str]
    notes: Notes
    stem: str


def read_qdpx(data: bytes, stem: str) -> Codings:
    """Return the codings in a project. `stem`: the coder's name if none is given.

    This program's codings have its own name as coder, whatever the file calls its user. A remark tells what else the
    project holds. Raises RefusedError.
    """
    found = read_project(data, stem)
    return Codings(found.codings, qdpx_tally.beside(found))


def read_project(data: bytes, stem: str, *, units: Sequence[str] = offsets.UNITS) -> Contents:
    """Read a whole project. `stem`: its file name without ending.

    Raises RefusedError if it is damaged or hostile, or if its positions match no text.
    """
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    archive = Archive(guards.opened_archive(data))
    if not archive.project:
        raise RefusedError("Not a REFI-QDA project: it contains no .qde file. Export it again.")
    project = qde.parse_project(guards.member(archive.opened, archive.project))
    notes = qdpx_notes.read(project, archive)
    elements = list(_texts(project, archive, notes))
    spans_of, counted = _placed(project, elements, units)
    known = _Told(project, qde.code_names(project), notes, stem)
    spots = [(held, spot, span) for held in elements for spot, span in _spots(held, spans_of)]
    sources = [_source(held) for held in elements if held.ruler is not None]
    tally = Tally(f"{stem}.qdpx")
    codings = _codings(known, spots, tally)
    qdpx_tally.count(project, elements, tally)
    places = _cases(project, spots, sources)
    memos = qdpx_notes.memos(project, notes, spots, known.names, tally)
    return _with_times(Contents(project, sources, codings, counted, places, memos, tally))


def _placed(
    project: qde.Project, elements: Sequence[Held], units: Sequence[str]
) -> tuple[dict[int, Iterator[offsets.Span | None]], str]:
    """Return the spans of each text's passages, in order, and how the project counts.

    Positions in a text that was read from rich text refer to plain text that is missing, so only names place them.
    """
    plain = [(held, held.ruler) for held in elements if held.ruler is not None and held.found.of == "plain"]
    passages = [(ruler, [passage for _, passage in held.selections if passage is not None]) for held, ruler in plain]
    spans_of: dict[int, Iterator[offsets.Span | None]] = {}
    counted = ""
    if any(of_text for _, of_text in passages):
        way, spans = offsets.fitting(passages, _ways(project, passages, units))
        spans_of = {id(held): iter(of_text) for (held, _), of_text in zip(plain, spans, strict=True)}
        counted = str(way)
    for held in elements:
        if held.ruler is not None and held.found.of != "plain":
            given = [passage for _, passage in held.selections if passage is not None]
            spans_of[id(held)] = iter(offsets.named(held.ruler, given))
    return spans_of, counted


def _spots(held: Held, spans_of: dict[int, Iterator[offsets.Span | None]]) -> Iterator[tuple[Any, offsets.Span | None]]:
    """Yield the element itself, with the span of all its text, and each selection with its span."""
    yield held.element, ((0, len(held.ruler.text)) if held.ruler and held.ruler.text else None)
    for selection, passage in held.selections:
        yield selection, (next(spans_of[id(held)]) if passage and id(held) in spans_of else None)


def _source(held: Held) -> Source:
    text = held.ruler.text if held.ruler else ""
    descriptions = dict.fromkeys(qde.text(element, "Description") for element in (held.outer, held.element))
    values = qde.values(held.outer) | qde.values(held.element)
    guids = tuple(dict.fromkeys((qde.key(held.outer.get("guid")), held.guid)))
    times = [
        (int(point.get("position")), int(point.get("timeStamp")) / 1000)
        for point in held.element.iterfind("SyncPoint")
        if str(point.get("position")).isdecimal() and str(point.get("timeStamp")).isdecimal()
    ]
    return Source(held.guid, held.name, text, "\n".join(filter(None, descriptions)), values, guids, tuple(times))


def _ways(project: qde.Project, texts: Sequence[tuple[Ruler, Any]], units: Sequence[str]) -> list[offsets.Convention]:
    """Return the conventions to try: all for the given units, or the one that our own exports state."""
    said = refi.counted(qde.text(project.root, "Description"))
    if said and project.ours:
        return [offsets.Convention(said, pairs_as_two=False, mark_counts=False, end_included=False)]
    return offsets.conventions(marked=any(ruler.marked for ruler, _ in texts), units=units)


def _texts(project: qde.Project, archive: Archive, notes: Notes) -> Iterator[Held]:
    """Yield the sources; a PDF's text is in its representation, a recording's in its transcripts."""
    names: set[str] = set()
    for source in project.root.iterfind("Sources/*"):
        if source.tag not in TEXTS:
            continue
        inner = [child for child in source if child.tag in INNER]
        texts = {id(child): archive.text(child) for child in inner}
        within = any(found.ruler is not None for found in texts.values())
        for element in [source, *inner]:
            found = texts.get(id(element))
            if found is None:
                found = Text(None, why="within") if within else archive.text(source)
            stated = refi.file_of(qde.text(element, "Description")) or refi.file_of(qde.text(source, "Description"))
            given = source.get("name") or element.get("name") or next((one.get("name") for one in inner), "")
            name = (stated or given or qdpx_texts.stem(element) or source.get("guid") or "").strip()
            syncs = {
                qde.key(point.get("guid")): point.get("position")
                for point in element.iterfind("SyncPoint")
                if point.get("guid")
            }
            selections = [
                (selection, _passage(selection, syncs)) for selection in element if selection.tag in SELECTIONS
            ]
            selections += [(one, _passage(one, {})) for one in notes.annotating(element)]
            name = name if found.ruler is None else _unique(name, names)
            yield Held(qde.key(element.get("guid")), name, element, source, found, selections)


def _unique(name: str, taken: set[str]) -> str:
    """Return a source's name, numbered if it is taken, so that the codings of both stay apart."""
    choices = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 3)))
    found = next(one for one in choices if one.casefold() not in taken)
    taken.add(found.casefold())
    return found


def _passage(selection: Any, syncs: dict[str, str | None]) -> Passage | None:
    """Return a selection's positions; None for a selection of an image or recording."""
    if selection.tag == "TranscriptSelection":
        start, end = (syncs.get(qde.key(selection.get(name))) for name in ("fromSyncPoint", "toSyncPoint"))
    else:
        start, end = selection.get("startPosition"), selection.get("endPosition")
    numbers = [int(value) for value in (start, end) if value and value.strip().isdecimal() and len(value.strip()) < 10]
    return Passage(numbers[0], numbers[1], selection.get("name") or "") if len(numbers) == 2 else None


def _codings(known: _Told, spots: Sequence[tuple[Held, Any, offsets.Span | None]], tally: Tally) -> list[Coding]:
    """Return all codings, text by text; those that say which passages belong to a case are none."""
    codings: list[Coding] = []
    named_by_place = 0
    for held, spot, span in spots:
        for element in spot.iterfind("Coding"):
            reference = element.find("CodeRef")
            code = qde.key(reference.get("targetGUID")) if reference is not None else ""
            if code in known.project.of_cases:
                continue
            coder, stated = _coder(known, (element, spot, held.element, held.outer))
            named_by_place += not stated
            codings.append(_coding(known, held, (spot, element), code, span=span, coder=coder))
    if named_by_place:
        said = prose.count(named_by_place, "coding names", "codings name")
        tally.remark("coders", f"{said} nobody, so the user of the text or project counts as their coder")
    if known.project.same_names:
        tally.remark("coders", f"two users are called {' and '.join(map(repr, known.project.same_names))}: kept apart")
    return codings


def _coder(known: _Told, places: tuple[Any, ...]) -> tuple[str, bool]:
    """Return a coding's coder, and whether the coding or its passage names them.

    `places`: the coding, its passage, the text and what that belongs to. Where the first two name no user, the first of
    the others that does counts, then the project's own, then its only one, then the file's name. What our exports call
    their user stays this program.
    """
    project = known.project
    ours = refi.program_users(project.name)
    coding, spot, *texts = places
    owner = qde.key(coding.get("creatingUser") or spot.get("creatingUser") or spot.get("modifyingUser"))
    if owner in ours or (not owner and refi.is_candidate(qde.text(spot, "Description"))):
        return coders.MODEL, True
    if owner:
        return project.users.get(owner) or known.stem, True
    around = [*(qde.key(text.get("creatingUser")) for text in texts), project.user]
    people = [name for guid, name in project.users.items() if guid not in ours and not coders.is_program(name)]
    named = [project.users.get(guid, "") for guid in around if guid not in ours]
    alone = people if len(people) == 1 else []
    return next((name for name in [*named, *alone] if name), known.stem), False


def _coding(
    known: _Told, held: Held, pair: tuple[Any, Any], code: str, *, span: tuple[int, int] | None, coder: str
) -> Coding:
    """Return one coding. `pair`: its selection (or the source, if it covers all of it) and its own element."""
    place, coding = pair
    above = [entry for entry in known.project.path(code)[1:] if entry.guid not in known.project.of_cases]
    of_source = place is held.element
    remarks = ["" if of_source else qde.text(place, "Description")]
    remarks += known.notes.about(coding) if of_source else [*known.notes.about(place), *known.notes.about(coding)]
    date = coding.get("creationDateTime") or ("" if of_source else place.get("creationDateTime")) or ""
    kind = "" if span else f", a {place.tag} without a position in a text"
    quote = "" if span else _quote(place)
    return Coding(
        row=f"selection {place.get('guid') or '?'}{kind}",
        document=held.name,
        start=span[0] if span else None,
        end=span[1] if span else None,
        text=held.ruler.text[span[0] : span[1]] if span and held.ruler else quote,
        code=known.names.get(code, ""),
        coder=coder,
        parent_code=known.names[above[0].guid] if above else "",
        memo="\n".join(text for text in dict.fromkeys(remarks) if text),
        date=refi.date_of(date),
        copy=held.ruler.text if held.ruler else "",
    )


def _quote(place: Any) -> str:
    """Return the words of a passage on a page, if the project holds them."""
    return (place.findtext("Representation/PlainTextContent") or "").strip()


def _cases(
    project: qde.Project, spots: Sequence[tuple[Held, Any, offsets.Span | None]], sources: Sequence[Source]
) -> list[list[Place]]:
    """Return what belongs to each case: by reference, by its passages, or by the codings of its code."""
    by_guid: dict[str, list[Place]] = {}
    for source in sources:
        for guid in source.guids:
            by_guid.setdefault(guid, []).append(Place(source.name))
    coded: dict[int, list[Place]] = {}
    for held, spot, span in spots:
        whole = spot is held.element
        places = by_guid.get(held.guid, []) if whole or span is None else [Place(held.name, span)]
        if not whole and spot.get("guid"):
            by_guid.setdefault(qde.key(spot.get("guid")), places)
        for reference in spot.iterfind("Coding/CodeRef"):
            number = project.of_cases.get(qde.key(reference.get("targetGUID")), -1)
            if number >= 0:
                coded.setdefault(number, []).extend(places)
    return [
        [
            *(place for guid in (*case.sources, *case.selections) for place in by_guid.get(guid, [])),
            *coded.get(number, []),
        ]
        for number, case in enumerate(project.cases)
    ]


def _with_times(found: Contents) -> Contents:
    """Return a project with the times of transcripts in their texts, and count these times."""
    wanted = {source.name: qdpx_times.marks(source) for source in found.sources if source.times}
    wanted = {name: marks for name, marks in wanted.items() if marks}
    stated = sum(len(source.times) for source in found.sources)
    written = sum(map(len, wanted.values()))
    found.tally.take("times", written, note="written at the beginning of their lines")
    found.tally.leave("times", stated - written, why="not at the beginning of a line, or printed there already")
    if not wanted:
        return found
    sources = [qdpx_times.timed(one, wanted[one.name]) if one.name in wanted else one for one in found.sources]
    texts = {source.name: source.text for source in sources}
    places = [
        [
            replace(place, span=qdpx_times.moved(*place.span, wanted[place.source]))
            if place.span and place.source in wanted
            else place
            for place in of_case
        ]
        for of_case in found.places
    ]
    codings = qdpx_times.of_codings(found.codings, wanted, texts)
    memos = qdpx_times.of_memos(found.memos, wanted, texts)
    return replace(found, sources=sources, codings=codings, places=places, memos=memos)
