"""Lays out overviews of documents as lines for a terminal, by the columns that characters take up there."""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len, chop_cells, set_cell_size

from pipeline.core import prose
from pipeline.core.terms import PARTS
from pipeline.corpus.overview import Overview, Voice

# Columns of a terminal that does not say how wide it is, and the fewest that the table can use.
WIDTH, NARROWEST = 80, 40
# So many documents are shown in full; of more, only those with questions, and at most so many; the others in one line
# each, and at most so many.
IN_FULL, WITH_QUESTIONS, IN_ONE_LINE = 20, 20, 100
# Speakers and questions shown for a document, and interviewers for the study.
SPEAKERS, QUESTIONS, INTERVIEWERS = 12, 6, 5
NAME = (12, 22)
INDENT = "  "
UNNAMED = "(no name)"


def terminal_width() -> int:
    """Return how many columns the terminal has, or WIDTH if the output goes to a file or another program."""
    return max(shutil.get_terminal_size((WIDTH, 24)).columns, NARROWEST)


def lines(documents: Sequence[Overview], *, width: int = WIDTH, whole: bool = False) -> list[str]:
    """Return the lines to print. `width`: columns of the terminal; `whole`: every document and speaker in full."""
    width = max(width, NARROWEST)
    if whole or len(documents) <= IN_FULL:
        return [line for document in documents for line in [*_in_full(document, width, whole), ""]]
    asked = [document for document in documents if document.questions]
    first = asked[:WITH_QUESTIONS]
    rest = [document for document in documents if document not in first]
    said = [line for document in first for line in [*_in_full(document, width, whole), ""]]
    said += [cut(_in_one_line(document, width), width) for document in rest[:IN_ONE_LINE]]
    if len(rest) > IN_ONE_LINE:
        said.append(f"… and {len(rest) - IN_ONE_LINE:,} more documents")
    number = f"{len(asked):,} of {len(documents):,} documents have questions. "
    return [*said, "", *wrapped(f"{number}To see all in full: counterpoint check --all", width), ""]


def interviewers(documents: Iterable[Overview]) -> str:
    """Return who was taken for the interviewer in how many documents, as a sentence; '' if nobody speaks."""
    talks = [document for document in documents if document.of("participant") or document.of("interviewer")]
    counted = Counter(name for document in talks for name in {voice.speaker for voice in document.of("interviewer")})
    without = sum(not document.of("interviewer") for document in talks)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{name} ({prose.count(number, 'document')})" for name, number in ordered[:INTERVIEWERS]]
    if len(ordered) > INTERVIEWERS:
        shown.append(f"{prose.count(len(ordered) - INTERVIEWERS, 'other')}")
    if without:
        shown.append(f"nobody ({prose.count(without, 'document')})")
    return f"Interviewer: {', '.join(shown)}." if shown else ""


def wrapped(text: str, width: int, *, first: str = "", indent: str = "") -> list[str]:
    """Return a text broken at spaces into lines of at most `width` columns; longer words are broken anywhere.

    `first`: what the first line begins with; `indent`: what the others begin with.
    """
    found, line, fresh = [], first, True
    for word in printable(text).split():
        gap = "" if fresh else " "
        if not fresh and cell_len(line + gap + word) > width:
            found.append(line)
            line, gap = indent, ""
        while cell_len(line + gap + word) > width:
            head = chop_cells(word, max(width - cell_len(line), 2))[0]
            found.append(line + head)
            word, line = word[len(head) :], indent
        line, fresh = line + gap + word, False
    return [*found, line]


def cut(text: str, width: int) -> str:
    """Return a text on one line, cut to `width` columns with an ellipsis."""
    text = printable(text).rstrip()
    return text if cell_len(text) <= width else f"{set_cell_size(text, width - 1).rstrip()}…"


def printable(text: str) -> str:
    """Return a text without control characters, which a terminal would obey, and without line breaks."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _in_full(document: Overview, width: int, whole: bool) -> Iterator[str]:
    yield from wrapped(document.document, width, indent=INDENT)
    about = f"{document.source_type}, {document.language}, {prose.count(document.n_words, 'word')}"
    yield from wrapped(about, width, first=INDENT, indent=INDENT)
    shown = document.voices if whole else document.voices[:SPEAKERS]
    longest = max([cell_len(printable(_name(voice))) for voice in shown], default=0)
    name = min(max(longest, NAME[0]), NAME[1], width // 3)
    text = INDENT + " " * (name + 2)
    for voice in shown:
        yield from _voice(voice, name, width, text)
    if len(document.voices) > len(shown):
        yield f"{text}… and {prose.count(len(document.voices) - len(shown), 'more speaker')}"
    if document.of("participant") and not document.of("interviewer"):
        yield from wrapped("nobody was taken for the interviewer", width, first=text, indent=text)
    labelled = [("set aside", "; ".join(document.aside))] if document.aside else []
    questions = document.questions if whole else document.questions[:QUESTIONS]
    labelled += [("question", question) for question in questions]
    if len(document.questions) > len(questions):
        labelled.append(("", f"… and {prose.count(len(document.questions) - len(questions), 'more question')}"))
    for label, said in labelled:
        yield from wrapped(said, width, first=f"{INDENT}{set_cell_size(label, name)}  ", indent=text)


def _voice(voice: Voice, name: int, width: int, text: str) -> Iterator[str]:
    turns = prose.count(voice.n_turns, "turn")
    words = prose.count(voice.n_words, "word")
    numbers = f"{voice.part:<{max(map(len, PARTS))}} {turns:>11} {words:>13} {_percent(voice.share):>5}"
    label = set_cell_size(cut(_name(voice), name), name)
    if cell_len(text) + len(numbers) <= width:
        yield f"{INDENT}{label}  {numbers}"
    else:
        said = f"{voice.part}, {turns}, {words}, {_percent(voice.share)}"
        yield from wrapped(said, width, first=f"{INDENT}{label}  ", indent=text)
    if voice.first:
        yield text + cut(f"“{voice.first}”", width - cell_len(text))
    if voice.part == "interviewer" and voice.why:
        yield from wrapped(f"because {voice.why}", width, first=text, indent=text)


def _in_one_line(document: Overview, width: int) -> str:
    """A document on one line: its name, type, language, who speaks most, and who asks."""
    room = max(width // 3, 16)
    speak = [f"{_name(voice)} {_percent(voice.share)}" for voice in document.of("participant")]
    speak = [*speak[:2], *([f"{len(speak) - 2} more"] if len(speak) > 2 else [])]
    ask = [_name(voice) for voice in document.of("interviewer")]
    mark = "? " if document.questions else "  "
    said = f"{document.source_type}, {document.language.partition(' ')[0]}: {', '.join(speak) or 'no participant'}"
    return f"{mark}{set_cell_size(cut(document.document, room), room)}  {said}; {', '.join(ask[:2]) or 'nobody'} asks"


def _percent(share: float) -> str:
    return "<1%" if 0 < share < 0.01 else prose.percent(share)


def _name(voice: Voice) -> str:
    return voice.speaker or UNNAMED
