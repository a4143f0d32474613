"""Removes one participant's turns from a transcript shared with others, keeping its file format.

Each of their turns is replaced by the note [withdrawn], without a name, so that all other turns stay in place. The new
file is read again for verification: unless all other turns are identical, the removal is refused.
"""

import html
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from lxml import etree

from pipeline.core.errors import CounterpointError
from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers import TRANSCRIPTS, cue_speakers, cues, decoding, docx, guards
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, Turn, Utterance

MARK = text_layout.WITHDRAWN
TEXTS, SUBTITLES, WORD = (".txt", ".md"), (".vtt", ".srt"), (".docx",)

_SPACE_KEPT = "{http://www.w3.org/XML/1998/namespace}space"
_BREAK = re.compile(r"([\n\t])")


class RedactError(CounterpointError):
    """A person's turns cannot be removed from a file automatically; the message says what to do by hand."""


@dataclass(frozen=True)
class Redacted:
    """The new file, and for each remaining turn (old start, old end, new start) in code points."""

    data: bytes
    text: str
    places: tuple[tuple[int, int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The new position of a span of the old text, cut to remaining turns; None if nothing of it remains."""
        remaining = [(old, stop, new) for old, stop, new in self.places if old < end and start < stop]
        if not remaining:
            return None
        (first, _, moved), (last, stop, ends) = remaining[0], remaining[-1]
        return moved + max(start, first) - first, ends + min(end, stop) - last


def redact(data: bytes, document: str, removed_speakers: set[str], labels: Labels, *, file: str = "") -> Redacted:
    """Remove the turns of some speakers (their keys) from a file. `labels`: those of the remaining speakers.

    `file`: the file's name, if the document is one of several in it. Raises RedactError if turns cannot be removed
    safely from this file.
    """
    ending = PurePosixPath(file or document).suffix.lower()
    full = Labels(labels.interviewer, labels.listed | removed_speakers, labels.min_count)
    try:
        before = TRANSCRIPTS[ending](data, full)
        for new in _attempts(data, ending, before, removed_speakers, full):
            places = _places(before, TRANSCRIPTS[ending](new, labels), removed_speakers)
            if places is not None:
                return Redacted(new, TRANSCRIPTS[ending](new, labels).text, places)
    except (RefusedError, KeyError):
        pass
    raise RedactError(
        f"transcripts/{document}: their turns cannot be removed safely from this file automatically. Delete their "
        "turns and name in the program the file was written with, save it, and run this command again."
    )


def _attempts(
    data: bytes, ending: str, before: Transcript, removed_speakers: set[str], full: Labels
) -> Iterator[bytes]:
    """Candidates for the new file, best first. `full`: the labels that the file was read with."""
    if ending in TEXTS:
        text = before.text
        for start, end in reversed(_regions(before, removed_speakers)):
            text = text[:start] + MARK + text[end:]
        yield text.encode()
    elif ending in SUBTITLES:
        text, _ = decoding.decode(data)
        if not cue_speakers.roll(list(cues.cues(text))):  # captions that roll show the words again later
            for replacement in (MARK, f"Withdrawn: {MARK}", ""):
                yield _subtitles(text, removed_speakers, full, replacement).encode()
    elif ending in WORD:
        yield _word(data, _regions(before, removed_speakers))


def _regions(before: Transcript, removed_speakers: set[str]) -> list[tuple[int, int]]:
    """The spans of the removed turns including their labels, in code points."""
    regions = []
    last = 0
    for turn in before.turns:
        if key(turn.speaker) in removed_speakers:
            lead = before.text[last : turn.start]
            regions.append((last + len(lead) - len(lead.lstrip()), turn.end))
        last = turn.end
    return regions


def _places(
    before: Transcript, after: Transcript, removed_speakers: set[str]
) -> tuple[tuple[int, int, int], ...] | None:
    """The new position of each remaining turn; None unless exactly these remain, in order and with their speakers."""
    remaining = [turn for turn in _spoken(before) if key(turn.speaker) not in removed_speakers]
    if _talk(before.text, remaining) != _talk(after.text, _spoken(after)):
        return None
    places, offset = [], 0
    for turn in remaining:
        new = after.text.index(before.text[turn.start : turn.end], offset)
        places.append((turn.start, turn.end, new))
        offset = new + turn.end - turn.start
    return tuple(places)


def _spoken(transcript: Transcript) -> list[Turn]:
    """The turns that still say something: not those that this or an earlier withdrawal replaced by the mark."""
    return [turn for turn in transcript.turns if not text_layout.is_withdrawn(transcript.text[turn.start : turn.end])]


def _talk(text: str, turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Speaker and text of each turn, with consecutive turns of one speaker joined, as some readers do."""
    spoken: list[tuple[str, str]] = []
    for turn in turns:
        speaker, turn_text = key(turn.speaker), text[turn.start : turn.end]
        if spoken and speaker and spoken[-1][0] == speaker:
            turn_text = f"{spoken.pop()[1]} {turn_text}"
        spoken.append((speaker, turn_text))
    return spoken


def _subtitles(text: str, removed_speakers: set[str], labels: Labels, replacement: str) -> str:
    """Replace the text of the removed speakers' cues; remove the cues if `replacement` is empty."""
    lines: list[str | None] = list(text.split("\n"))
    all_cues = list(cues.cues(text))
    spoken: dict[int, list[Utterance]] = defaultdict(list)
    for piece in cue_speakers.pieces(all_cues, labels)[0]:
        spoken[piece.at].append(piece.utterance)
    for number, cue in enumerate(all_cues):
        if removed_speakers.isdisjoint(key(voice.speaker) for voice in spoken[number]):
            continue
        voiced = cue_speakers.has_voice("\n".join(cue.lines))
        new = [
            replacement if key(voice.speaker) in removed_speakers else _voice(voice, voiced=voiced)
            for voice in spoken[number]
            if voice.text
        ]
        timing, after = cue.line - 1, cue.line + len(cue.lines)
        lines[cue.line : after] = ["\n".join(filter(None, new)) or None, *[None] * (len(cue.lines) - 1)]
        if not any(new):
            lines[timing] = None
        for above in range(max(timing - 3, 0), timing):
            if cue.identifier and (lines[above] or "").strip() == cue.identifier:
                lines[above] = None
    return "\n".join(line for line in lines if line is not None)


def _voice(voice: Utterance, *, voiced: bool) -> str:
    """A remaining voice of a cue whose other voices are removed, as its cue writes voices."""
    if voiced and voice.speaker:
        return f"<v {html.escape(voice.speaker, quote=False)}>{html.escape(voice.text, quote=False)}"
    return f"{voice.speaker}: {voice.text}" if voice.speaker else voice.text


def _word(data: bytes, regions: Sequence[tuple[int, int]]) -> bytes:
    """Rewrite the paragraphs of a Word document that overlap the regions; everything else is unchanged."""
    archive = guards.opened_archive(data)
    xml = guards.member(archive, "word/document.xml")
    for _ in guards.xml_events(xml):  # refuses what must not be parsed
        pass
    tree = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    paragraphs = [element for _, element in etree.iterwalk(tree, events=("end",)) if docx.name(str(element.tag)) == "p"]
    offset = 0
    for paragraph, text in zip(paragraphs, docx.paragraphs(xml), strict=True):
        touching = [
            (start - offset, end - offset) for start, end in regions if start < offset + len(text) and offset < end
        ]
        if touching:
            _rewrite(paragraph, text, touching)
        offset += len(text) + 1
    new_xml = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in archive.infolist():
            changed = info.filename == "word/document.xml"
            new.writestr(info, new_xml if changed else guards.member(archive, info.filename))
    return out.getvalue()


def _rewrite(paragraph: etree._Element, text: str, touching: list[tuple[int, int]]) -> None:
    """Replace the regions of a paragraph by the mark."""
    for start, end in reversed(touching):
        text = text[: max(start, 0)] + (MARK if start >= 0 else "") + text[max(end, 0) :]
    space = str(paragraph.tag).rpartition("}")[0] + "}"
    for child in list(paragraph):
        if docx.name(str(child.tag)) != "pPr":
            paragraph.remove(child)
    run = etree.SubElement(paragraph, f"{space}r")
    for piece in _BREAK.split(text):
        if piece in ("\n", "\t"):
            etree.SubElement(run, f"{space}{'br' if piece == chr(10) else 'tab'}")
        elif piece:
            text_element = etree.SubElement(run, f"{space}t")
            text_element.text = piece
            text_element.set(_SPACE_KEPT, "preserve")
