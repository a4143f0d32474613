"""Writes one talk in the forms that people and programs give transcripts, with the slips that people make.

A form is a function from a talk to a file's content; `FORMS` names them with the file's ending. Names and times are
invented. Slips are those of a fixed seed: a colon left out, a name misspelt, a question mark left out.
"""

import csv
import html
import io
import json
import random
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import openpyxl
from docx import Document

# One turn in so many has each of the slips, and every talk has one more.
SLIPS = 40
PAGE_LINES, LINE = 34, 76
_ESCAPED = re.compile(r"[()\\]")


@dataclass(frozen=True)
class Said:
    """A turn: who speaks (0 asks), the name as written, the words, seconds from the start, the sign after a name."""

    who: int
    name: str
    text: str
    at: int
    colon: str = ":"


def with_slips(talk: list[Said], seed: int) -> list[Said]:
    """Return a talk with people's slips."""
    chance = random.Random(seed)
    slipped = list(talk)
    inner = range(2, len(talk))
    for number, slip in enumerate((_no_colon, _misspelt, _no_question_mark)):
        for at in chance.sample(inner, min(len(inner), len(talk) // SLIPS + (seed % 3 == number))):
            slipped[at] = slip(slipped[at])
    return slipped


def _no_colon(turn: Said) -> Said:
    return replace(turn, colon="")


def _misspelt(turn: Said) -> Said:
    first, *rest = turn.name.split()
    return replace(turn, name=" ".join([first[:-2] + first[-1] + first[-2], *rest]))


def _no_question_mark(turn: Said) -> Said:
    return replace(turn, text=turn.text.replace("?", ".", 1))


def _clock(seconds: int, *, hours: bool = True) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _lines(write: Callable[[Said], str], between: str = "\n") -> Callable[[list[Said]], bytes]:
    return lambda talk: (between.join(write(turn) for turn in talk) + "\n").encode()


def _first(turn: Said) -> str:
    return turn.name.split()[0]


def _initials(turn: Said) -> str:
    return "".join(word[0] for word in turn.name.split())


def _numbered(talk: list[Said]) -> bytes:
    lines = [line for turn in talk for line in (*_wrapped(turn), "")]
    return "\n".join(f"{at:4}  {line}" if line else "" for at, line in enumerate(lines, start=1)).encode()


def _wrapped(turn: Said) -> list[str]:
    return textwrap.wrap(f"{_first(turn)}{turn.colon} {turn.text}", LINE)


def _questions(talk: list[Said]) -> bytes:
    lines, number = [], 0
    for turn in talk:
        number += turn.who == 0
        lines.append(f"{'A' if turn.who else 'Q'}{number}{turn.colon} {turn.text}")
    return "\n".join(lines).encode()


def _two_a_line(talk: list[Said]) -> bytes:
    pairs = [f"{_first(turn)}: {turn.text}" for turn in talk]
    return "\n".join(" ".join(pairs[at : at + 2]) for at in range(0, len(pairs), 2)).encode()


def _introduced(talk: list[Said]) -> bytes:
    seen: set[int] = set()
    lines = []
    for turn in talk:
        label = _initials(turn) if turn.who in seen else f"{turn.name} ({_initials(turn)})"
        seen.add(turn.who)
        lines.append(f"{label}{turn.colon} {turn.text}")
    return "\n".join(lines).encode()


def _cues(write: Callable[[Said], str], *, head: str, comma: bool) -> Callable[[list[Said]], bytes]:
    def made(talk: list[Said]) -> bytes:
        cues = []
        for number, turn in enumerate(talk, start=1):
            times = f"{_clock(turn.at)}.000 --> {_clock(turn.at + 3)}.000"
            cues.append(f"{number}\n{times.replace('.', ',') if comma else times}\n{write(turn)}\n")
        return (head + "\n".join(cues)).encode()

    return made


def _table(talk: list[Said]) -> Iterator[tuple[str, str, str]]:
    yield "Start", "Speaker", "Transcript"
    yield from ((_clock(turn.at), turn.name, turn.text) for turn in talk)


def _csv(talk: list[Said]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(_table(talk))
    return out.getvalue().encode()


def _xlsx(talk: list[Said]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in _table(talk):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _docx(talk: list[Said]) -> bytes:
    document, out = Document(), io.BytesIO()
    table = document.add_table(rows=0, cols=2)
    for turn in talk:
        left, right = table.add_row().cells
        left.text, right.text = _first(turn) + turn.colon, turn.text
    document.save(out)
    return out.getvalue()


def _bold(talk: list[Said]) -> bytes:
    document, out = Document(), io.BytesIO()
    for turn in talk:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{_first(turn)}{turn.colon} ").bold = True
        paragraph.add_run(turn.text)
    document.save(out)
    return out.getvalue()


def _whisperx(talk: list[Said]) -> bytes:
    segments = [
        {"start": turn.at, "end": turn.at + 3, "text": f" {turn.text}", "speaker": f"SPEAKER_{turn.who:02}"}
        for turn in talk
    ]
    return json.dumps({"segments": segments}).encode()


def _pdf(talk: list[Said], *, numbers: bool) -> bytes:
    lines = [line for turn in talk for line in _wrapped(turn)]
    pages = [lines[at : at + PAGE_LINES] for at in range(0, len(lines), PAGE_LINES)]
    drawn = []
    for number, page in enumerate(pages, start=1):
        rows = [(60, 800, "Oral History Centre"), (60, 786, f"Interview 7, part {number}")]
        for at, line in enumerate(page):
            rows += [(30, 760 - 20 * at, str(at + 1))] * numbers + [(60, 760 - 20 * at, line)]
        drawn.append([*rows, (280, 30, f"Page {number} of {len(pages)}")])
    return pdf_of(drawn)


def _escaped(words: str) -> str:
    return _ESCAPED.sub(r"\\\g<0>", words)


def pdf_of(pages: list[list[tuple[int, int, str]]]) -> bytes:
    """Return a PDF whose pages show words at the given places, (x, y, words), in Windows-1252."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    kids = []
    for rows in pages:
        shown = "".join(f"1 0 0 1 {x} {y} Tm ({_escaped(words)}) Tj\n" for x, y, words in rows)
        content = f"BT /F1 10 Tf\n{shown}ET".encode("cp1252", "replace")
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        kids.append(len(objects) + 1)
        page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        objects.append((page % len(objects)).encode())
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>".encode()
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + trailer


FORMS: dict[str, tuple[str, Callable[[list[Said]], bytes]]] = {
    "label: words": (".txt", _lines(lambda turn: f"{_first(turn)}{turn.colon} {turn.text}")),
    "label： words": (".txt", _lines(lambda turn: f"{_first(turn)}{'：' if turn.colon else ' '}{turn.text}")),
    "label, tab, words": (".txt", _lines(lambda turn: f"{_first(turn)}\t{turn.text}")),
    "name on its own line": (".txt", _lines(lambda turn: f"{turn.name}\n{turn.text}\n")),
    "**bold:** words": (".md", _lines(lambda turn: f"**{_first(turn)}{turn.colon}** {turn.text}\n")),
    "**bold** words": (".md", _lines(lambda turn: f"**{turn.name}** {turn.text}\n")),
    "## heading": (".md", _lines(lambda turn: f"## {turn.name}\n\n{turn.text}\n")),
    "[id1] words": (".txt", _lines(lambda turn: f"[id{turn.who + 1}] {turn.text}")),
    "(Name) words": (".txt", _lines(lambda turn: f"({_first(turn)}) {turn.text}")),
    "[time] label: words": (".txt", _lines(lambda turn: f"[{_clock(turn.at)}] {_first(turn)}{turn.colon} {turn.text}")),
    "label [time]: words": (".txt", _lines(lambda turn: f"{_first(turn)} [{_clock(turn.at)}]{turn.colon} {turn.text}")),
    "Otter": (".txt", _lines(lambda turn: f"{turn.name}  {_clock(turn.at, hours=False)}\n{turn.text}\n")),
    "Teams": (
        ".txt",
        _lines(lambda turn: f"{_clock(turn.at)}.0 --> {_clock(turn.at + 3)}.120\n{turn.name}\n{turn.text}\n"),
    ),
    "Zoom, saved": (".txt", _lines(lambda turn: f"[{turn.name}] {_clock(turn.at)}\n{turn.text}\n")),
    "f4": (".txt", _lines(lambda turn: f"{_first(turn)}{turn.colon} {turn.text} #{_clock(turn.at)}-4#")),
    "numbered lines": (".txt", _numbered),
    "wrapped lines": (".txt", _lines(lambda turn: "\n".join(_wrapped(turn)), "\n\n")),
    "Q1: / A1:": (".txt", _questions),
    "<b>label:</b> words": (
        ".txt",
        _lines(lambda turn: f"<b>{_first(turn)}{turn.colon}</b> {html.escape(turn.text, quote=False)}<br>"),
    ),
    "direction marks": (".txt", _lines(lambda turn: f"\u200e{_first(turn)}{turn.colon}\u200f {turn.text}")),
    "two labels a line": (".txt", _two_a_line),
    "[T001] label: words": (
        ".txt",
        _lines(lambda turn: f"[T{turn.at // 7:03}] {_first(turn)}{turn.colon} {turn.text}"),
    ),
    "T1 label: words": (".txt", _lines(lambda turn: f"T{turn.at // 7} {_first(turn)}{turn.colon} {turn.text}")),
    "(#1) label: words": (".txt", _lines(lambda turn: f"(#{turn.at // 7}) {_first(turn)}{turn.colon} {turn.text}")),
    "name (abbreviation) once": (".txt", _introduced),
    "vtt, voices": (".vtt", _cues(lambda turn: f"<v {turn.name}>{turn.text}</v>", head="WEBVTT\n\n", comma=False)),
    "vtt, labels": (".vtt", _cues(lambda turn: f"{turn.name}: {turn.text}", head="WEBVTT\n\n", comma=False)),
    "srt, >> label": (".srt", _cues(lambda turn: f">> {_first(turn).upper()}: {turn.text}", head="", comma=True)),
    "csv": (".csv", _csv),
    "xlsx": (".xlsx", _xlsx),
    "docx, table": (".docx", _docx),
    "docx, bold label": (".docx", _bold),
    "json, whisperX": (".json", _whisperx),
    "pdf, heads and feet": (".pdf", lambda talk: _pdf(talk, numbers=False)),
    "pdf, line numbers": (".pdf", lambda talk: _pdf(talk, numbers=True)),
    "Windows-1252": (".txt", lambda talk: FORMS["label: words"][1](talk).decode().encode("cp1252", "replace")),
}
