"""An overview of each document: what it is, who speaks in it, what was set aside, and what remains to be confirmed."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import languages, prose
from pipeline.core.names import key
from pipeline.core.table_rows import each
from pipeline.corpus import text_layout

# Kinds of problem that ask the researcher something.
ASKED = ("refused", "guessed")
# Problems of human codes are theirs, not the document's.
CODES = "human_codes/"
# First turns with fewer words than this say little about a speaker, if a longer one follows.
TELLING = 4
# A line outside of turns that begins with a speaker's label and has at most so many words more is a label.
LABEL_WORDS = 2
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Voice:
    """A speaker of a document. `share`: of its words, 0 to 1; `first`: the first words, of one line."""

    speaker: str
    part: str
    case: str
    why: str
    n_turns: int
    n_words: int
    share: float
    first: str


@dataclass(frozen=True)
class Overview:
    """A document at a glance.

    `language`: with the share of its words; `aside`: what is not analysed as speech, in words; `questions`: what was
    guessed or left out of its talk, as ingest_problems says it.
    """

    document: str
    source_type: str
    language: str
    n_words: int
    voices: tuple[Voice, ...]
    aside: tuple[str, ...]
    questions: tuple[str, ...]

    def of(self, part: str) -> tuple[Voice, ...]:
        """The speakers of one part."""
        return tuple(voice for voice in self.voices if voice.part == part)


def overviews(tables: Mapping[str, pd.DataFrame]) -> list[Overview]:
    """Return the overview of each document that was read, in order of their names.

    `tables`: documents, turns, speakers and ingest_problems.
    """
    turns, speakers, questions = defaultdict(list), defaultdict(list), defaultdict(list)
    for turn in each(tables["turns"].sort_values("turn_id")):
        turns[turn.document].append(turn)
    for row in each(tables["speakers"]):
        speakers[row.document].append(row)
    for row in each(tables["ingest_problems"].sort_values(["document", "kind", "place", "reason"])):
        if row.kind in ASKED and not row.place.startswith(CODES):
            questions[row.document].append(f"{row.place}: {row.reason}" if row.place else row.reason)
    return [
        Overview(
            document=row.document,
            source_type=prose.SOURCES[row.source_type].removeprefix("set of "),
            language=languages.described(row.language, row.language_share, row.other_languages),
            n_words=row.n_words,
            voices=tuple(_voices(_in_order(speakers[row.document]), turns[row.document])),
            aside=tuple(_aside(row.text, turns[row.document])),
            questions=tuple(questions[row.document]),
        )
        for row in each(tables["documents"].sort_values("document"))
    ]


def _in_order(speakers: Iterable[Any]) -> list[Any]:
    """Return the speakers of a document in the order of the table, whatever the order of its rows."""
    parts = {"participant": 0, "interviewer": 1, "none": 2}
    return sorted(speakers, key=lambda row: (parts[row.part], -row.n_words, row.speaker, row.case))


def _titles(turns: Sequence[Any]) -> list[Any]:
    """Return the turns that are no talk but lines before the first speaker."""
    places = text_layout.title_lines([(turn.speaker, turn.text) for turn in turns])
    no_speaker = (turns[place] for place in sorted(places))
    return [turn for turn in no_speaker if turn.part == "none" and not turn.case and pd.isna(turn.time_s)]


def _voices(speakers: Iterable[Any], turns: Sequence[Any]) -> Iterator[Voice]:
    said = defaultdict(list)
    titles = {turn.turn_id for turn in _titles(turns)}
    for turn in turns:
        if turn.turn_id in titles:
            continue
        said[key(turn.speaker), turn.part, turn.case].append(turn.text)
    for row in speakers:
        texts = said[key(row.speaker), row.part, row.case]
        if not row.speaker and all(text_layout.is_heading(text) or text_layout.is_note(text) for text in texts):
            continue  # told as what was set aside
        telling = (text for text in texts if text_layout.count_words(text) >= TELLING)
        first = " ".join(next(telling, texts[0] if texts else "").split())
        yield Voice(row.speaker, row.part, row.case, row.why, row.n_turns, row.n_words, row.share, first)


def _aside(text: str, turns: Sequence[Any]) -> Iterator[str]:
    """Yield what is in a document besides speech, in words."""
    titles = [
        turn for turn in _titles(turns) if not text_layout.is_heading(turn.text) and not text_layout.is_note(turn.text)
    ]
    headings = sum(turn.part == "none" and text_layout.is_heading(turn.text) for turn in turns)
    notes = sum(text_layout.is_note(turn.text) for turn in turns)
    if headings:
        yield prose.count(headings, "heading")
    if notes:
        yield prose.count(notes, "transcriber’s note", "transcriber’s notes")
    if titles:
        words = sum(text_layout.count_words(turn.text) for turn in titles)
        shown = prose.shortened(titles[0].text)
        yield f"{prose.count(len(titles), 'line')} before the first speaker ({prose.count(words, 'word')}): “{shown}”"
    lines = list(outside(text, [(turn.start, turn.end) for turn in turns], {turn.speaker for turn in turns}))
    if lines:
        words = sum(map(text_layout.count_words, lines))
        yield f"{prose.count(len(lines), 'line')} that nobody says ({prose.count(words, 'word')}): “{lines[0]}”"


def outside(text: str, spans: Collection[tuple[int, int]], names: Collection[str]) -> Iterator[str]:
    """Yield the lines of a text that belong to no turn: front matter, notes. Labels and times are left out.

    `spans`: start and end of each turn; `names`: the speakers' labels.
    """
    labels = {words for name in names if (words := tuple(_WORDS.findall(name.casefold())))}
    at = 0
    for start, end in [*sorted(spans), (len(text), len(text))]:
        gap = text[at : max(start, at)].split("\n")
        # What stands on a turn's own line before or after it is its label or its time.
        for line in gap[1 if at else 0 : -1 if end > start else None]:
            words = tuple(_WORDS.findall(line.casefold()))
            is_label = any(words[: len(one)] == one and len(words) <= len(one) + LABEL_WORDS for one in labels)
            if words and not is_label:
                yield " ".join(line.split())
        at = max(end, at)
